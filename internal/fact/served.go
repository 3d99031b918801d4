package fact

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// What a Forcing examines when our side is the server and the client is under test. There Rule is no choice of ours:
// the keys of both rules are derived, and Rule is the one whose keys the client's own message opened under; empty: none.
const (
	ClientDHE         = "client-dhe"         // TLS_DHE of TLS 1.2 and older; Extra is the group
	ClientFFDHE       = "client-ffdhe"       // a finite field group of TLS 1.3; Extra is the group
	ClientCertificate = "client-certificate" // Form is the certificate shown: "right", "expired", "other-name" …
	ClientVersion     = "client-version"     // Form is the only version spoken: "TLS1.0"
	ClientPlain       = "client-plain"       // nothing is forced any more, or no hello came
)

// The rules about the leading zeros of a secret, as a Forcing spells them.
const (
	RuleStripped = "stripped"
	RuleKept     = "kept"
)

// Degenerate reports that the client's Diffie-Hellman value was one that gives the secret away: 0, 1 or p-1
// (RFC 7919 §5.1).
func (h *Handshake) Degenerate() bool {
	return h.End.How == EndLocal && h.End.By == wire.ServerSide && h.End.Reason == wire.ReasonBadKeyShare
}

// RefusedChain reports that the client ended the handshake over the certificate: by one of the alerts that speak of
// certificates (RFC 8446 §6.2: 42 to 46, and unknown_ca, 48).
func (h *Handshake) RefusedChain() bool {
	return h.End.How == EndAlert && h.End.By == wire.ClientSide && (h.End.Alert >= 42 && h.End.Alert <= 46 || h.End.Alert == 48)
}

// A Reply is what a client did when it was shown one thing, a certificate or a version, as far as one connection tells.
type Reply int

// What a client can do.
const (
	ReplyNone   Reply = iota // the handshake ended before it was shown, or by this side: it tells nothing
	ReplyTaken               // it went on
	ReplyDenied              // it said no, by an alert
	ReplyLeft                // it left without a word, which is also how a connection looks that was lost
)

// ChainReply is the reply to the certificate. talks says that the client speaks first after a handshake with a certificate that
// it trusts: one that checks late then does not.
func (h *Handshake) ChainReply(talks bool) Reply {
	switch {
	case h.End.By == wire.ServerSide || h.Finished != Yes && !h.Has("Certificate"):
		return ReplyNone
	case h.End.How == EndAlert:
		return ReplyDenied
	case h.Finished == Yes && h.End.How == EndCompleted && (h.WentOn() || !talks):
		return ReplyTaken
	}
	return ReplyLeft
}

// VersionReply is the reply to a version that was spoken alone: who refuses the certificate has taken it.
func (h *Handshake) VersionReply() Reply {
	switch {
	case h.Finished == Yes || h.RefusedChain():
		return ReplyTaken
	case h.End.By == wire.ServerSide || h.Server == nil:
		return ReplyNone
	case h.End.How == EndAlert:
		return ReplyDenied
	}
	return ReplyLeft
}

// RepliesAlike counts the most connections of these that ended without a word after the same step. Closed and reset are one, as a
// system resets what is closed with bytes unread (RFC 2525 §2.17).
func RepliesAlike(left []*Handshake) int {
	most := 0
	for _, h := range left {
		n := 0
		for _, o := range left {
			if h.Finished == o.Finished && h.End.After == o.End.After && (h.End.How == EndTimeout) == (o.End.How == EndTimeout) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// BreaksThatTell is how many ends without a word after the same question are an answer: two, as one may be a connection that was
// lost; three where the right certificate was shown, as nothing more is asked of who refuses that; more where this client's
// connections are known to get lost: asked the same it went on once and broke off once.
func BreaksThatTell(list []Handshake, question Forcing) int {
	const usual, right, lossy = 2, 3, 5
	type seen struct{ on, off bool }
	all := map[Forcing]seen{}
	rightShown := Forcing{What: ClientCertificate, Form: "right"}
	for i := range list {
		h := &list[i]
		f, ok := h.Variant.Forcing()
		if !ok || h.Server == nil || f.What == ClientPlain {
			continue
		}
		on := h.Finished == Yes && h.End.How != EndAlert
		if on && (f.What == ClientDHE || f.What == ClientFFDHE) { // these show it as well
			all[rightShown] = seen{true, all[rightShown].off}
		}
		f.Try, f.Rule = 0, ""
		off := h.Finished != Yes && h.End.By == wire.ClientSide && h.End.How != EndAlert
		all[f] = seen{all[f].on || on, all[f].off || off}
	}
	for _, s := range all {
		if s.on && s.off {
			return lossy
		}
	}
	if question.Same(rightShown) {
		return right
	}
	return usual
}

// WentOn reports that the client spoke its own protocol after the handshake.
func (h *Handshake) WentOn() bool { return h.Has("application data") }

// Has reports whether a step of that name was taken.
func (h *Handshake) Has(step string) bool {
	for _, s := range h.Steps {
		if s.Name == step {
			return true
		}
	}
	return false
}

// SmallOrder reports a Forcing's group whose generator has few powers, 1 among them.
func (f Forcing) SmallOrder() bool { return strings.HasPrefix(f.Extra, "rep") }

// OffersDHE reports whether a hello offers ephemeral Diffie-Hellman with RSA certificates, and a version before TLS 1.3 to use it in.
func OffersDHE(h *wire.ClientHello) bool {
	if h == nil || len(h.Versions) > 0 && !slices.ContainsFunc(h.Versions, func(v uint16) bool { return v < wire.TLS13 }) {
		return false
	}
	return slices.ContainsFunc(h.Suites, func(id uint16) bool {
		s, ok := names.SuiteByID(id)
		return ok && s.Completable && s.Kex == "DHE" && s.Auth == "RSA"
	})
}

// OffersFFDHE gives the smallest finite field group that a hello lists beside TLS 1.3, up to 4096 bits; 0: none.
func OffersFFDHE(h *wire.ClientHello) uint16 {
	if h == nil || !slices.Contains(h.Versions, wire.TLS13) {
		return 0
	}
	for _, group := range []uint16{names.FFDHE2048, names.FFDHE3072, names.FFDHE4096} {
		if slices.Contains(h.Groups, group) {
			return group
		}
	}
	return 0
}

// Hello is the first ClientHello of a case, or nil.
func (c *Case) Hello() *wire.ClientHello {
	for i := range c.Handshakes {
		if c.Handshakes[i].Client != nil {
			return c.Handshakes[i].Client
		}
	}
	return nil
}
