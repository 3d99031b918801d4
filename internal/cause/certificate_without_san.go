package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateWithoutSAN = Cause{
	ID: "TW5104", Slug: "certificate-without-san", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate carries its name, {cn}, only as common name and not as subject alternative name",
	Plain: "the certificate carries its name only as common name and not as subject alternative name",
	Why: "Names belong into a certificate's list of subject alternative names. This one has none that counts and carries its name in the " +
		"older common name field alone, which browsers, Go and others stopped reading because it cannot tell host names from other words.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -subject -ext subjectAltName " +
		"shows a CN and no DNS: entry",
	Cites: []string{
		"RFC 9525 appendix A (the common name no longer identifies a service)",
		"RFC 2818 §3.1 (the subject alternative name must be used when present)",
		"Go crypto/x509 verify.go: certificate relies on legacy Common Name field, use SANs instead",
	},
	Decide: "the alternative names in the certificate that it sends",
	Signs: []Sign{
		{Of: fact.CommonNameOnly, Weight: 10},
	},
	Hides: []string{"hostname-mismatch"},
	Advice: []change.Change{
		change.New(change.AddNameToCertificate, change.Owner),
		change.NotAdvised(change.SkipNameCheck, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.NameOnlyInCN)
		if !ok {
			return nil
		}
		cn := orElse(f.cert.CommonName, c.Question.Host)
		m := f.match(c, "with its common name accepted", "cn", cn)
		m.Proof = append(m.Proof, f.seen("common name "+cn+", no subject alternative name of this kind"))
		m.Changes = []change.Change{
			change.New(change.AddNameToCertificate, change.Owner, "name", c.Question.Host),
			change.NotAdvised(change.SkipNameCheck, change.Client),
		}
		return []Match{m}
	},
}
