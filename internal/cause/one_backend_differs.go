package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var oneBackendDiffers = Cause{
	ID: "TW8006", Slug: "one-backend-differs", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "not all servers behind {host} are alike: {odd}; {rest}",
	Plain: "not all servers behind the name are alike",
	Why: "Several machines answer for this name, and they are not set up alike. Which one a client meets is chance, so the connection works at one time or from one place and " +
		"fails at another. The one that differs must be brought in line with the others.",
	Check: "dig {host} A; dig {host} AAAA, then openssl s_client -connect ADDRESS:{port} -servername {host} for each address",
	Cites: []string{"RFC 8305 (clients go on to the next address when one does not answer, not when its TLS fails)", "RFC 1794 (several addresses for one name)"},
	// It speaks of the name, so nothing said of one address is silenced: what ails that one comes second.
	Hides: []string{
		"tcp-refused", "tcp-filtered", "host-unreachable", "server-too-old", "client-too-old", "no-shared-cipher", "no-shared-group",
		"no-shared-signature-algorithm", "sni-unknown", "server-speaks-plaintext", "server-tls-disabled", "hostname-mismatch", "hostname-is-alias",
		"hostname-is-ip-address", "certificate-without-san", "sni-selects-other-certificate", "self-signed-certificate", "ca-not-trusted",
		"ca-store-missing", "ca-store-outdated", "missing-intermediate", "chain-too-deep", "expired-root-in-path", "intercepted-by-proxy",
		"intercepted-by-antivirus", "certificate-expired", "intermediate-expired", "certificate-not-yet-valid", "client-clock-wrong",
		"certificate-revoked", "revocation-unavailable", "certificate-wrong-purpose", "certificate-malformed", "certificate-key-too-small",
		"certificate-digest-too-weak", "openssl-security-level", "key-does-not-match-certificate",
	},
	Advice: []change.Change{
		change.New(change.FixBackend, change.Server),
		change.New(change.FixDNS, change.Owner),
	},
	Match: func(c *fact.Case) []Match {
		d, ok := differing(c)
		if !ok {
			return nil
		}
		m := located(c, nil, Match{Sure: d.sure(), Level: d.level}, "odd", d.words(d.odd)+d.times(d.odd), "rest", d.words(d.rest)+d.times(d.rest))
		for _, h := range []*fact.Handshake{d.odd[0], d.rest[0]} {
			m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: d.word(h)})
		}
		if d.turn != nil {
			m.Proof = append(m.Proof, Proof{Ref: d.odd[0].Ref, Says: d.turn.chance()})
		} else if l := d.link(c); l != nil {
			m.Proof = append(m.Proof, Proof{Ref: d.odd[0].Ref, Says: l.chance()})
		}
		m.Changes = []change.Change{change.New(change.FixBackend, change.Server, "address", d.place())}
		if d.level == Weak && d.odd[0].Progress() == fact.AtTCP {
			m.Changes = append(m.Changes, change.New(change.FixDNS, change.Owner, "name", c.Question.Host))
		}
		return []Match{m}
	},
}

// A difference is between unchanged handshakes: some are odd, the rest are not.
type difference struct {
	odd, rest []*fact.Handshake
	level     Level
	word      func(*fact.Handshake) string
	by        *Link // what the failures of many handshakes go with; nil: the difference is plain
	turn      *Turn // failures and successes take turns, and nothing else is known
}

// sure: that they differ is seen. But what ails one that never finished its handshake is still to be found out, and a
// proven finding would end the search.
func (d difference) sure() Sure {
	if d.level == Breaks && (d.odd[0].Finished != fact.Yes || d.by != nil || d.turn != nil) {
		return Likely
	}
	return Proven
}

// words tells each of some handshakes once.
func (d difference) words(hs []*fact.Handshake) string {
	var all []string
	for _, h := range hs {
		if w := d.word(h); !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return list(all)
}

// times tells how many of the handshakes on one side fail, where --repeat made many and the words do not say it.
func (d difference) times(hs []*fact.Handshake) string {
	failed, made := 0, 0
	for _, h := range hs {
		if h.Again == nil || d.by != nil || d.turn != nil {
			return ""
		}
		if made += h.Seen.Count; !h.Completed() {
			failed += h.Seen.Count
		}
	}
	return " (" + itoa(failed) + " of " + itoa(made) + " fail)"
}

// place names what is to be repaired: the address; or, where others behind it work, what tells the machine apart.
func (d difference) place() string {
	odd := d.odd[0]
	addr := odd.ServerAddr().String()
	print := fingerprint(odd)
	switch {
	case !slices.ContainsFunc(d.rest, func(h *fact.Handshake) bool { return h.ServerAddr() == odd.ServerAddr() }):
		return addr
	case d.turn != nil:
		return "one of the machines behind " + addr
	case d.by != nil:
		return "the machine behind " + addr + " with the " + d.by.name(d.by.Value)
	case print != "":
		return "the machine behind " + addr + " that shows the certificate " + print[:min(len(print), 16)] + "…"
	}
	return "one of the machines behind " + addr
}

// differing finds the worst difference: an address that is reached and whose TLS fails while another's works;
// certificates that differ; an address that is not reached while another is.
func differing(c *fact.Case) (difference, bool) {
	var works, fails, unreached []*fact.Handshake
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		switch {
		case !h.Unchanged():
		case h.Completed():
			works = append(works, h)
		case h.Progress() <= fact.AtTCP:
			unreached = append(unreached, h)
		default:
			fails = append(fails, h)
		}
	}
	if d := (difference{odd: apart(fails, works), rest: works, level: Breaks, word: outcome}); len(d.odd) > 0 && len(works) > 0 {
		return d, true
	}
	two, ok := twoCertificates(works, fails)
	if ok && two.level == Breaks {
		return two, true
	}
	if d, linked := linkedBackend(c); linked {
		return d, true
	}
	if ok {
		return two, true
	}
	reached := append(slices.Clone(works), fails...)
	d := difference{odd: apart(unreached, reached), rest: reached, level: Weak, word: outcome}
	return d, len(d.odd) > 0 && len(reached) > 0
}

// apart are those of some handshakes whose address none of the others has: with one address it would be chance.
func apart(some, others []*fact.Handshake) []*fact.Handshake {
	return slices.DeleteFunc(slices.Clone(some), func(h *fact.Handshake) bool {
		return slices.ContainsFunc(others, func(o *fact.Handshake) bool { return o.ServerAddr() == h.ServerAddr() })
	})
}

// twoCertificates: the same hello met different certificates. That breaks when those that show one of them fail and
// the others do not.
func twoCertificates(works, fails []*fact.Handshake) (difference, bool) {
	d := difference{level: Weak, word: shownCertificate}
	all := append(slices.Clone(works), fails...)
	if len(works) > 0 && len(fails) > 0 {
		all = append(slices.Clone(fails), works...)
		d.level = Breaks
	}
	all = slices.DeleteFunc(all, func(h *fact.Handshake) bool { return fingerprint(h) == "" })
	for _, h := range all {
		if fingerprint(h) == fingerprint(all[0]) {
			d.odd = append(d.odd, h)
		} else {
			d.rest = append(d.rest, h)
		}
	}
	if d.level == Breaks && (slices.ContainsFunc(d.odd, (*fact.Handshake).Completed) || !slices.ContainsFunc(d.rest, (*fact.Handshake).Completed)) {
		d.level = Weak
	}
	return d, len(d.rest) > 0
}

// fingerprint is that of the leaf, or "".
func fingerprint(h *fact.Handshake) string {
	if leaf := h.Chain.Leaf(); leaf != nil {
		return leaf.SHA256
	}
	return ""
}

func outcome(h *fact.Handshake) string {
	if h.Completed() {
		return h.ServerAddr().String() + " works"
	}
	return h.ServerAddr().String() + ": " + ending(h)
}

func shownCertificate(h *fact.Handshake) string {
	print := fingerprint(h)
	return h.ServerAddr().String() + " shows the certificate " + print[:min(len(print), 16)] + "…"
}
