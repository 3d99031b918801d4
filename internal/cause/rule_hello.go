package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// segment is how much of a ClientHello fits a TCP segment on an ordinary path: 1500 bytes of Ethernet less IP and TCP
// headers with options, and a little for tunnels.
const segment = 1400

// The experiments that several causes look at.
var (
	olderVersions = fact.Variant{Kind: fact.Versions, Value: "old"}
	newerVersions = fact.Variant{Kind: fact.Versions, Value: "new"}
	allSuites     = fact.Variant{Kind: fact.Suites, Value: "all"}
	allGroups     = fact.Variant{Kind: fact.Groups, Value: "all"}
	allSignatures = fact.Variant{Kind: fact.Signatures, Value: "all"}
	withEMS       = fact.Variant{Kind: fact.EMS, Value: "on"}
	oneSegment    = fact.Variant{Kind: fact.HelloShape, Value: "one-segment"}
	paddedHello   = fact.Variant{Kind: fact.HelloShape, Value: "padded"}
	smallHello    = fact.Variant{Kind: fact.HelloShape, Value: "small"}
	plainHello    = fact.Variant{Kind: fact.HelloShape, Value: "plain"}
	smallSegments = fact.Variant{Kind: fact.Segment, Value: "536"}
	withoutSNI    = fact.Variant{Kind: fact.ServerName, Value: "none"}
	sayNothing    = fact.Variant{Kind: fact.Silence, Value: "300ms"}
)

// atHello is the handshake to explain when the ClientHello was its end and what stands in it may be why: a peer that
// closes although nothing is said does not mind the hello.
func atHello(c *fact.Case) *fact.Handshake {
	h := helloRefused(c)
	if h == nil || h.Client == nil || closesUnasked(c) {
		return nil
	}
	return h
}

// closesUnasked reports whether the peer closed a connection on which we said nothing.
func closesUnasked(c *fact.Case) bool {
	if h := c.Tried(sayNothing); h != nil {
		return cut(h)
	}
	base := c.Base()
	return base != nil && cut(base) && saidNothing(base)
}

// saidNothing reports whether the client was still waiting for the server's first word, as MySQL's does.
func saidNothing(h *fact.Handshake) bool {
	return h.Protocol == "mysql" && h.Progress() == fact.AtPreamble && !heard(h)
}

// vague are the alerts that do not say what is missing (RFC 8446 §6.2): the peer's choice of word for many things.
func vague(h *fact.Handshake) bool {
	return alerted(h, wire.AlertUnexpectedMessage, wire.AlertHandshakeFailure, wire.AlertIllegalParameter, wire.AlertDecodeError,
		71, wire.AlertInternalError, wire.AlertMissingExtension) // 71: insufficient_security
}

// unexplained reports whether the end of h says nothing of the reason.
func unexplained(h *fact.Handshake) bool { return cut(h) || silent(h) || vague(h) }

// breakdown reports whether a handshake ended as with a peer or a device that cannot cope with the hello's form: cut
// or silent, or with a vague alert once it is known that more to choose from does not help.
func breakdown(c *fact.Case, h *fact.Handshake) bool {
	return cut(h) || silent(h) || vague(h) && flips(c, wide) == fact.No
}

func lowest(h *wire.ClientHello) uint16 {
	low := uint16(0xffff)
	for _, v := range h.Versions {
		if !names.GREASE(v) {
			low = min(low, v)
		}
	}
	if low == 0xffff {
		return h.LegacyVersion
	}
	return low
}

func highest(h *wire.ClientHello) uint16 {
	high := uint16(0)
	for _, v := range h.Versions {
		if !names.GREASE(v) && v>>8 == 3 { // drafts of TLS 1.3 have numbers above it
			high = max(high, v)
		}
	}
	if high == 0 {
		return h.LegacyVersion
	}
	return high
}

// A missing tells in which respects the server's answer to a wider hello uses what the client did not offer.
type missing struct{ older, newer, suite, keyType, group, signature, ems bool }

// missingIn compares an answer with the hello that was refused. An answer in a newer version hides the rest: then
// every respect is possible.
func missingIn(c *fact.Case, answer *fact.Handshake) missing {
	hello, version := c.Base().Client, chosenVersion(answer)
	if hello == nil || version == 0 {
		return missing{}
	}
	m := missing{
		older: version < lowest(hello) && !slices.Contains(c.Same, olderVersions),
		newer: version > highest(hello),
		ems:   !hello.EMS,
	}
	if m.newer {
		m.suite, m.group, m.signature = true, true, true
		return m
	}
	m.ems = m.ems && answer.Server != nil && answer.Server.EMS
	if s := chosenSuite(answer); !slices.Contains(hello.Suites, s) {
		m.keyType = sameButKey(hello.Suites, s)
		m.suite = !m.keyType
	}
	m.group = neededGroup(hello, answer) != 0
	scheme := chosenScheme(answer)
	m.signature = scheme != 0 && !slices.Contains(hello.Signatures, scheme) ||
		version >= wire.TLS12 && !m.older && !m.suite && !m.keyType && !m.group // what else should it be
	return m
}

func chosenVersion(h *fact.Handshake) uint16 {
	switch {
	case h == nil:
		return 0
	case h.Server != nil:
		return h.Server.Version
	case h.Retry != nil:
		return h.Retry.Version
	}
	return 0
}

func chosenSuite(h *fact.Handshake) uint16 {
	switch {
	case h == nil:
		return 0
	case h.Server != nil:
		return h.Server.Suite
	case h.Retry != nil:
		return h.Retry.Suite
	}
	return 0
}

func chosenGroup(h *fact.Handshake) uint16 {
	switch {
	case h == nil:
		return 0
	case h.Server != nil && h.Server.Share != nil:
		return h.Server.Share.Group
	case h.Retry != nil && h.Retry.Share != nil:
		return h.Retry.Share.Group
	case h.Key != nil:
		return h.Key.Group
	}
	return 0
}

// neededGroup is the group in an answer that a hello lacks, or 0: that of the key exchange or, below TLS 1.3, the curve
// of the server's key (RFC 8422 §5.1: the client's list holds for certificates, too).
func neededGroup(hello *wire.ClientHello, answer *fact.Handshake) uint16 {
	lacks := func(g uint16) bool { return g != 0 && len(hello.Groups) > 0 && !slices.Contains(hello.Groups, g) }
	if g := chosenGroup(answer); lacks(g) {
		return g
	}
	if g := leafCurve(answer); chosenVersion(answer) < wire.TLS13 && lacks(g) {
		return g
	}
	return 0
}

// leafCurve is the usual curve of the size of the server's key, or 0 when that is no ECDSA key.
func leafCurve(h *fact.Handshake) uint16 {
	if h == nil || h.Chain == nil || len(h.Chain.Certificates) == 0 || h.Chain.Certificates[0].KeyType != "ECDSA" {
		return 0
	}
	return map[int]uint16{256: names.P256, 384: names.P384, 521: names.P521}[h.Chain.Certificates[0].KeyBits]
}

// chosenScheme is how the server signed its key exchange; TLS 1.3 shows it under encryption only.
func chosenScheme(h *fact.Handshake) uint16 {
	if h == nil || h.Key == nil {
		return 0
	}
	return h.Key.Scheme
}

// answered is the first of these experiments that a server answered, or nil.
func answered(c *fact.Case, vs ...fact.Variant) *fact.Handshake {
	for _, v := range vs {
		if h := c.Tried(v); h != nil && chosenVersion(h) != 0 {
			return h
		}
	}
	return nil
}

// sameButKey reports whether one of the suites equals another but for the type of key that signs.
func sameButKey(suites []uint16, other uint16) bool {
	o, ok := names.SuiteByID(other)
	if !ok || !certified(o) {
		return false
	}
	return slices.ContainsFunc(suites, func(id uint16) bool {
		s, ok := names.SuiteByID(id)
		return ok && certified(s) && s.Auth != o.Auth && s.Kex == o.Kex && s.Cipher == o.Cipher && s.MAC == o.MAC
	})
}

// certified reports whether a suite fixes the type of the key that signs an ephemeral exchange.
func certified(s names.Suite) bool {
	return (s.Kex == "ECDHE" || s.Kex == "DHE") && (s.Auth == "RSA" || s.Auth == "ECDSA" || s.Auth == "DSS")
}
