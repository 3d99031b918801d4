package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateMalformed = Cause{
	ID: "TW5502", Slug: "certificate-malformed", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate of {subject} is not well formed: {detail}",
	Plain: "the certificate is not well formed",
	Why: "Certificates follow strict rules of encoding and content. This one breaks a rule, as those made by old tools, appliances and scripts " +
		"sometimes do. Lenient clients look past it; others cannot read it or refuse it, more of them with every release.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -text",
	Cites: []string{
		"RFC 5280 §4.1 (fields), §4.1.2.2 (positive serial numbers), §4.2 (critical extensions)",
		"Go 1.23 release notes, crypto/x509: negative serial numbers are rejected (GODEBUG x509negativeserial)",
	},
	Decide: "the encoding of the certificate that it sends",
	Signs: []Sign{
		{Of: fact.InvalidCA, Weight: 5},
		{Of: fact.CertMalformed, Weight: 10},
		{Of: fact.CertUnacceptable, Weight: 7},
		{Of: fact.OwnAlert(42), Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.ReplaceCertificate, change.Server, "why", "it is malformed"),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.Malformed)
		if !ok {
			return nil
		}
		m := f.match(c, "with this rule waived", "detail", orElse(f.p.Detail, "its encoding is broken"))
		for _, p := range f.h.Verdict.Problems {
			if p.Kind == fact.Malformed {
				m.Proof = append(m.Proof, f.seen(called(certAt(f.h.Chain, p.At))+": "+orElse(p.Detail, "broken encoding")))
			}
		}
		m.Changes = []change.Change{
			change.New(change.ReplaceCertificate, change.Server, "why", "it is malformed: "+m.Args["detail"]),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
