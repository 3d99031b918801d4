package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

var hostnameIsAlias = Cause{
	ID: "TW5102", Slug: "hostname-is-alias", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "{host} is a CNAME alias of {canonical}, and the certificate carries only {carried}",
	Plain: "the name used is a CNAME alias, and the certificate carries only the name behind it",
	Why: "The name that was used is an alias (CNAME): DNS leads from it to another name, and the certificate carries only one of the two. Clients " +
		"compare the certificate with the name that was typed, not with what it resolves to: otherwise whoever controls DNS could choose the name.",
	Check:  "dig {host} shows the CNAME; openssl x509 -noout -ext subjectAltName shows the names of the certificate",
	Cites:  []string{"RFC 9525 §6.1.2 and §7.1 (never a name that DNS indirection produced)", "RFC 1034 §3.6.2"},
	Decide: "the chain of aliases behind the name, and the names in the certificate",
	Signs: []Sign{
		{Of: fact.NameNotFound, Weight: 1},
		{Of: fact.VerifyFailed, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.CertName, Weight: 5},
	},
	Hides: []string{"hostname-mismatch", "hostname-is-ip-address"},
	Advice: []change.Change{
		change.New(change.UseName, change.Client),
		change.New(change.AddNameToCertificate, change.Owner),
		change.NotAdvised(change.SkipNameCheck, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		switch {
		case h == nil || h.Verdict == nil:
			return nil
		case h.Verdict.Find(fact.NameMismatch) != nil:
			return aliasUsed(c, h)
		case h.Completed():
			return aliasOnly(c, h)
		}
		return nil
	},
}

// aliasUsed: the name typed is an alias, the certificate carries what it leads to.
func aliasUsed(c *fact.Case, h *fact.Handshake) []Match {
	name := canonicalThatFits(c, h)
	v, some := otherSNI(c, h)
	if name == "" || some && cured(c, v) == fact.Yes {
		return nil
	}
	m := Match{About: about(c, h), Sure: Proven, Args: where(c, h, "canonical", name, "carried", name),
		Proof: []Proof{
			again(h, "the same chain judged for "+name+" carries the right name"),
			{Ref: h.Ref, Says: "subject alternative names sent: " + namesOf(h)},
		},
		Changes: []change.Change{
			change.New(change.UseName, change.Client, "name", name),
			change.New(change.AddNameToCertificate, change.Owner, "name", c.Question.Host),
			change.NotAdvised(change.SkipNameCheck, change.Client),
		},
	}
	return []Match{withNameTried(c, m, name)}
}

// aliasOnly: the name typed is fine, and whoever uses the canonical one is refused. Nothing is wrong with that as
// long as nobody does.
func aliasOnly(c *fact.Case, h *fact.Handshake) []Match {
	host := c.Host(c.Question.Host)
	if host == nil || len(host.Aliases) == 0 || !fits(h) {
		return nil
	}
	canonical := host.Aliases[len(host.Aliases)-1]
	lenient := trust.NameOptions{CNFallback: true, PartialWildcard: true}
	if ok, _ := trust.MatchName(h.Chain.Leaf(), canonical, lenient); ok || sameName(canonical, c.Question.Host) {
		return nil
	}
	return []Match{{About: about(c, h), Sure: Proven, Level: Note, Args: where(c, h, "canonical", canonical, "carried", c.Question.Host),
		Proof: []Proof{
			again(h, "the same chain judged for "+canonical+" does not carry the right name"),
			{Ref: h.Ref, Says: "names of the certificate: " + namesOf(h)},
		},
		Changes: []change.Change{
			change.New(change.UseName, change.Client, "name", c.Question.Host),
			change.New(change.AddNameToCertificate, change.Owner, "name", canonical),
		},
	}}
}

// withNameTried adds what the handshake for another name showed, or asks for it.
func withNameTried(c *fact.Case, m Match, name string) Match {
	v := fact.Variant{Kind: fact.Name, Value: name}
	switch h := c.Tried(v); {
	case h == nil && !c.Mixed():
		m.Asks = []fact.Ask{{Variant: v, Weight: 6}}
	case h != nil && h.Verdict != nil && h.Verdict.Find(fact.NameMismatch) == nil:
		m.Proof = append([]Proof{{Ref: h.Ref, Says: "the same handshake for " + name + " gets a certificate that fits"}}, m.Proof...)
	}
	return m
}

// canonicalThatFits is the first name later in the CNAME chain that the leaf carries.
func canonicalThatFits(c *fact.Case, h *fact.Handshake) string {
	host := c.Host(c.Question.Host)
	if host == nil || h.Chain.Leaf() == nil {
		return ""
	}
	for _, alias := range host.Aliases {
		if strings.EqualFold(alias, c.Question.Host) {
			continue
		}
		if ok, _ := trust.MatchName(h.Chain.Leaf(), alias, trust.NameOptions{}); ok {
			return alias
		}
	}
	return ""
}
