package client

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// allGroups is every group the engine can finish with, X448 excepted, which it can only list.
var allGroups = []uint16{names.X25519MLKEM768, names.X25519, names.P256, names.P384, names.P521, names.X448,
	0x0100, 0x0101, 0x0102, 0x0103, 0x0104}

// allSignatures is every signature algorithm a server may have, SHA-1 last.
var allSignatures = []uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b,
	0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201}

// Vary applies a variant to a profile: one thing changed, the rest as it was. The second result is false when the
// variant would change nothing, so that trying it could not tell anything.
func Vary(p Profile, t Target, v fact.Variant) (wire.Hello, Limits, bool) {
	h, l := p.Hello(t), p.Limits
	changed := true
	switch v.Kind {
	case fact.Version:
		id, ok := names.ParseVersion(v.Value)
		changed = ok && !slices.Equal(h.Versions, []uint16{id})
		if ok {
			setVersions(&h, []uint16{id})
			l.MinVersion = min(l.MinVersion, id)
		}
	case fact.Versions:
		changed = varyVersions(&h, &l, v.Value)
	case fact.Suites:
		changed = varySuites(&h, v.Value)
	case fact.Groups:
		changed = add(&h.Groups, oneOrAll(v.Value, allGroups, names.GroupByName))
	case fact.Signatures:
		changed = add(&h.Signatures, oneOrAll(v.Value, allSignatures, names.SchemeByName))
		l.RefuseSHA1Signature = l.RefuseSHA1Signature && v.Value != "all"
	case fact.Wide:
		varyVersions(&h, &l, "old")
		varyVersions(&h, &l, "new")
		widenSuites(&h)
		add(&h.Groups, allGroups)
		add(&h.Signatures, allSignatures)
		h.EMS, h.Renegotiation = true, true
		l = Limits{}
	case fact.HelloShape:
		changed = shape(&h, v.Value)
	case fact.ALPN:
		changed = varyALPN(&h, v.Value)
	case fact.EMS:
		changed = varyEMS(&h, &l, v.Value)
	case fact.Accept:
		changed = accept(&l, v.Value)
	case fact.ServerName:
		name := v.Value
		if name == "none" {
			name = ""
		}
		changed = h.ServerName != name
		h.ServerName = name
	}
	return h, l, changed
}

// setVersions offers just these, and drops what belongs to versions no longer offered.
func setVersions(h *wire.Hello, versions []uint16) {
	h.Versions = versions
	if !slices.Contains(versions, wire.TLS13) {
		h.Shares = nil
		h.Suites = slices.DeleteFunc(slices.Clone(h.Suites), is13)
	} else if !slices.ContainsFunc(h.Suites, is13) {
		h.Suites = slices.Concat(suites13, h.Suites)
	}
	if slices.Min(versions) < wire.TLS13 && !slices.ContainsFunc(h.Suites, func(s uint16) bool { return !is13(s) }) {
		h.Suites = slices.Concat(h.Suites, ecdheGCM, ecdheCha, ecdheCBC) // a version needs suites of its own
	}
	if slices.Contains(versions, wire.TLS13) && len(h.Shares) == 0 && len(h.Groups) > 0 {
		h.Shares = h.Groups[:1]
	}
	if slices.Contains(versions, wire.TLS13) && len(h.Signatures) > 0 && !slices.ContainsFunc(h.Signatures, isPSS) {
		h.Signatures = slices.Concat(h.Signatures, rsaPSS) // TLS 1.3 knows no other RSA signature (RFC 8446 §4.2.3)
	}
}

// rsaPSS is how a server with an ordinary RSA key signs in TLS 1.3.
var rsaPSS = []uint16{0x0804, 0x0805, 0x0806}

func isPSS(scheme uint16) bool { return slices.Contains(rsaPSS, scheme) }

func is13(s uint16) bool { return s>>8 == 0x13 }

// oneOrAll is the one value of a name, or all where it is "all".
func oneOrAll(value string, all []uint16, find func(string) (uint16, bool)) []uint16 {
	if value == "all" {
		return all
	}
	if id, ok := find(value); ok {
		return []uint16{id}
	}
	return nil
}

// varySuites adds every suite, or one.
func varySuites(h *wire.Hello, value string) bool {
	if value == "all" {
		return widenSuites(h)
	}
	s, ok := names.SuiteByName(value)
	return ok && add(&h.Suites, []uint16{s.ID})
}

// varyVersions adds the versions below ("old") or above ("new") those offered, or one by its name.
func varyVersions(h *wire.Hello, l *Limits, which string) bool {
	before := len(h.Versions)
	extra := []uint16{wire.TLS11, wire.TLS10}
	if which == "new" {
		extra = []uint16{wire.TLS13, wire.TLS12}
	} else if id, ok := names.ParseVersion(which); ok {
		extra = []uint16{id}
	}
	all := slices.Concat(h.Versions, extra)
	slices.Sort(all)
	all = slices.Compact(all)
	slices.Reverse(all)
	setVersions(h, all)
	if which == "old" {
		l.MinVersion = wire.TLS10
		l.RefuseSHA1Signature = false // TLS 1.0 and 1.1 know no other signature
	}
	return len(all) != before
}

// widenSuites adds every suite that a server with a certificate could choose: first those that the engine can
// complete, then those whose ServerHello is answer enough. Of each the ones that RFC 9325 §4.2 recommends come first: a
// server that follows the client's order answers with the best that it has.
func widenSuites(h *wire.Hello) bool {
	has13 := slices.Contains(h.Versions, wire.TLS13)
	var whole, answer []uint16
	for _, s := range names.AllSuites() {
		switch {
		case is13(s.ID) && !has13:
		case s.Completable:
			whole = append(whole, s.ID)
		case is13(s.ID) || withCertificate(s):
			answer = append(answer, s.ID)
		}
	}
	for _, list := range [][]uint16{whole, answer} {
		slices.SortStableFunc(list, func(a, b uint16) int { return soundness(b) - soundness(a) })
	}
	return add(&h.Suites, slices.Concat(whole, answer))
}

// soundness is higher for what RFC 9325 §4.2 recommends: an ephemeral key exchange on curves, authenticated encryption.
func soundness(id uint16) int {
	s, _ := names.SuiteByID(id)
	n := 0
	if s.MAC == "AEAD" {
		n++
	}
	switch s.Kex {
	case "any", "ECDHE":
		n += 4
	case "DHE":
		n += 2
	}
	return n
}

// withCertificate: a suite with a key exchange that any server of today may have, and encryption.
func withCertificate(s names.Suite) bool {
	kex := s.Kex == "RSA" || s.Kex == "DHE" || s.Kex == "ECDHE"
	auth := s.Auth == "RSA" || s.Auth == "ECDSA" || s.Auth == "DSS"
	return kex && auth && s.Cipher != "NULL" && !strings.Contains(s.Name, "EXPORT")
}

// add appends what is not there yet and tells whether there was any.
func add(list *[]uint16, more []uint16) bool {
	out := slices.Clone(*list)
	for _, m := range more {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	changed := len(out) != len(*list)
	*list = out
	return changed
}

// shape changes the hello's size and dress without changing what it can agree on.
func shape(h *wire.Hello, how string) bool {
	switch how {
	case "one-segment": // no post-quantum share: about 500 bytes
		return dropPostQuantum(h)
	case "small": // under 256 bytes
		dropPostQuantum(h)
		h.ALPN, h.Status, h.SCT, h.Ticket, h.PadTo = nil, false, false, false, 0
		h.Suites = h.Suites[:min(len(h.Suites), 8)]
		h.Signatures = h.Signatures[:min(len(h.Signatures), 8)]
		h.Groups = h.Groups[:min(len(h.Groups), 4)]
		h.Shares = h.Shares[:min(len(h.Shares), 1)]
		h.NoSessionID = true
		return true
	case "padded": // out of the range of 256 to 511 bytes (RFC 7685)
		h.PadTo = 512
		return true
	case "plain": // no extension that can be left out
		h.Status, h.SCT, h.Ticket, h.GREASE, h.EMS = false, false, false, false, false
		h.Extra = nil
		return true
	}
	return false
}

func dropPostQuantum(h *wire.Hello) bool {
	pq := func(g uint16) bool { return g == names.X25519MLKEM768 || g == 0x11eb || g == 0x11ed }
	before := len(h.Shares)
	h.Groups = slices.DeleteFunc(slices.Clone(h.Groups), pq)
	h.Shares = slices.DeleteFunc(slices.Clone(h.Shares), pq)
	if before > 0 && len(h.Shares) == 0 && len(h.Groups) > 0 {
		h.Shares = h.Groups[:1]
	}
	return len(h.Shares) != before
}

func varyALPN(h *wire.Hello, value string) bool {
	if value == "none" {
		had := len(h.ALPN) > 0
		h.ALPN = nil
		return had
	}
	had := slices.Contains(h.ALPN, value)
	h.ALPN = []string{value}
	return !had
}

func varyEMS(h *wire.Hello, l *Limits, value string) bool {
	if value == "optional" {
		had := l.RequireEMS
		l.RequireEMS = false
		return had
	}
	had := h.EMS
	h.EMS = true
	return !had
}

// accept takes one refusal of the client back.
func accept(l *Limits, what string) bool {
	before := *l
	switch what {
	case "dh":
		l.MinDHBits = 0
	case "legacy-renegotiation":
		l.RequireRenegotiation = false
	case "weak-signature":
		l.RefuseSHA1Signature = false
	}
	return *l != before
}
