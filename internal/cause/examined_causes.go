package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// examinedLeadingZero is the verdict about a client under test: it keeps the zeros that TLS 1.2 strips, or strips those
// that TLS 1.3 keeps. The keys of its own message show it, so that one connection is proof.
func examinedLeadingZero(c *fact.Case) []Match {
	p := PictureOf(c)
	var list []Match
	if p.Rule.Is == Keeps || p.Rule.Is == NeitherRule {
		says := "its Finished opens under the keys of the secret with its leading zeros, and under no others"
		if p.Rule.Is == NeitherRule {
			says = "its Finished opens neither under the keys of the secret without its leading zeros nor under those with them"
		}
		m := examined(c, p.Rule, says, "suite", "TLS_DHE", "may", "computes", "rate", ": the client, measured")
		m.Changes = dropDHE()
		list = append(list, m)
	}
	if p.Rule13.Is == Strips {
		m := examined(c, p.Rule13, strippingShown(c, p.Rule13)+" (RFC 8446 §7.4.1)",
			"suite", "TLS 1.3 with "+p.Rule13.With, "may", "computes", "rate", ": the client, measured")
		m.Changes = []change.Change{change.New(change.UpgradeClient, change.Client, "why",
			"Java before the fix of JDK-8328046 strips the zeros; until then take the ffdhe groups out of jdk.tls.namedGroups")}
		list = append(list, m)
	}
	return list
}

// strippingShown says how it is known that the client strips the zeros of TLS 1.3: by the keys of its alert or Finished, which
// are encrypted, or where neither came by what fails.
func strippingShown(c *fact.Case, a Answer) string {
	const opens = " opens only under the keys of the secret without its leading zeros, which TLS 1.3 keeps"
	for _, ref := range a.Refs {
		h := handshakeAt(c, ref)
		if f, _ := h.Variant.Forcing(); f.Rule != fact.RuleStripped || f.Form != "" {
			continue
		}
		if h.End.How == fact.EndAlert {
			return "its alert " + alertName(h.End.Alert) + opens
		}
		return "its Finished" + opens
	}
	return "it fails each time that the secret starts with zeros and the server keeps them, as TLS 1.3 wants"
}

// examinedShortValue: a client under test refuses a public value that is shorter than the prime.
func examinedShortValue(c *fact.Case) []Match {
	p := PictureOf(c)
	if p.Short.Is != Refuses {
		return nil
	}
	h := c.Forced(fact.ClientDHE)[0]
	for _, o := range c.Forced(fact.ClientDHE) {
		if f, _ := o.Variant.Forcing(); f.Form == "short" && o.Key != nil {
			h = o
		}
	}
	if h.Key == nil {
		return nil
	}
	m := examined(c, p.Short, "each time the value is sent with fewer bytes than the prime it breaks off, and with another value it does not",
		"who", "server", "is", lacksZeros(h.Key.YsLen, h.Key.PLen), "rate", "", "bytes", itoa(h.Key.YsLen), "prime", itoa(h.Key.PLen), "suite", "TLS_DHE")
	m.Changes = dropDHE()
	return []Match{m}
}

// examinedValue: a client under test sends a public value that gives the secret away, or that is no number of the group. Of the
// groups of a few values only, made for this test, some have 1 among them: there it is chance, and not looked at.
func examinedValue(c *fact.Case) []Match {
	p := PictureOf(c)
	if p.Odd.Is == "" {
		return nil
	}
	m := examined(c, p.Odd, "the handshake ends here, as RFC 7919 §5.1 and RFC 8446 §4.2.8.1 want",
		"who", "client", "what", "its Diffie-Hellman value is 0, 1, p-1 or no number below the prime", "rate", "")
	m.Changes = []change.Change{change.New(change.UpgradeClient, change.Client, "why", "whoever listens can tell the secret from such a value")}
	return []Match{m}
}

// examinedVerification: a client under test took a certificate that anybody can make. Where it refuses another one, or the same when it is
// asked again, it may be several clients.
func examinedVerification(c *fact.Case) []Match {
	p := PictureOf(c)
	var stops, checks []Judgement
	for _, j := range p.Certs {
		switch {
		case j.Is != Refuses && j.Is != RefusesAfter && j.Is != Differs:
		case selfMade(j.Form) || j.Is == Differs:
			stops = append(stops, j)
		case j.Form == "other-name" || j.Form == "expired" || j.Form == "not-yet-valid":
			checks = append(checks, j)
		}
	}
	for _, j := range p.Certs {
		if !selfMade(j.Form) || j.Is != Takes && j.Is != Differs {
			continue
		}
		m := examined(c, Answer{Refs: j.Refs[:1], Made: j.Made}, "it accepts a certificate of a CA that it cannot know")
		m.Changes = []change.Change{change.New(change.VerifyServer, change.Client), change.New(change.TrustCA, change.Client)}
		if p.Several || len(checks) > 0 {
			m.Sure = Likely
			m.Against = againstAnyone(c, append(stops, checks...))
		}
		return []Match{m}
	}
	return nil
}

// againstAnyone is what speaks against one client that verifies nothing.
func againstAnyone(c *fact.Case, refused []Judgement) []Proof {
	const several = "several clients with the same hello, or one whose settings change, would do so too"
	if len(refused) == 0 {
		return []Proof{{Ref: c.Handshakes[0].Ref, Says: "the right certificate is refused in some of its connections: " + several}}
	}
	j := refused[0]
	ref := j.Refs[0]
	for _, r := range j.Refs {
		if h := handshakeAt(c, r); h != nil && h.End.How == fact.EndAlert {
			ref = r
			break
		}
	}
	return []Proof{{Ref: ref, Says: "it refuses the certificate " + j.Form + " (" + j.Why + "): " + several}}
}

// examined is a match about a client under test. The first of the answer's handshakes is told by says, the others by what
// was asked in them.
func examined(c *fact.Case, a Answer, says string, args ...string) Match {
	m := Match{Sure: Proven, Count: a.Made}
	var first *fact.Handshake
	for _, ref := range a.Refs {
		h := handshakeAt(c, ref)
		if h == nil {
			continue
		}
		if first == nil {
			first = h
		} else {
			says = askedToo(h)
		}
		m.Proof = append(m.Proof, Proof{Ref: ref, Says: says})
	}
	return located(c, first, m, args...)
}

// handshakeAt is the one that a reference is to, or nil.
func handshakeAt(c *fact.Case, ref fact.Ref) *fact.Handshake {
	for i := range c.Handshakes {
		if c.Handshakes[i].Ref == ref {
			return &c.Handshakes[i]
		}
	}
	return nil
}

// askedToo tells the answer to a question that was asked beside the first one.
func askedToo(h *fact.Handshake) string {
	f, _ := h.Variant.Forcing()
	asked := "asked the same again, "
	switch {
	case f.Zero == "none":
		asked = "with a number that does not start with zeros "
	case f.What == fact.ClientFFDHE && f.Form == fact.RuleStripped:
		asked = "with the zeros stripped by the server too, against the RFC, "
	}
	return asked + leaving(h)
}
