package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var caNotTrusted = Cause{
	ID: "TW5005", Slug: "ca-not-trusted", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client does not trust the CA {issuer}, which stands behind the server's certificate",
	Why: "The server's certificate is vouched for by an authority that is not on the client's list. That is normal for authorities of a company " +
		"or a cloud provider: their certificate must be given to the client once. It is also what somebody in between would look like.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null shows who issued what (i: lines); with -CAfile CA.pem " +
		"it must say: Verify return code: 0 (ok)",
	Cites: []string{
		"RFC 5280 §6.1 (path validation ends at a trust anchor)",
		"OpenSSL X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN (19), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20)",
		"RFC 8446 §6.2 (unknown_ca, alert 48)",
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.RootUnknown, fact.IssuerMissing)
		if !ok {
			return nil
		}
		m := f.match(c, "with "+f.cert.Issuer+" trusted")
		if f.p.Kind == fact.IssuerMissing {
			if sentElsewhere(c, f) != nil {
				return nil // missing-intermediate has found it
			}
			if len(missingURLs(f)) > 0 || c.Question.OwnRoots {
				m.Sure = Possible // it may as well be an intermediate that the server should send
				m.Against = []Proof{f.seen("the missing certificate may be an intermediate of a CA that the client trusts")}
			}
		}
		m.Proof = append(m.Proof, f.seen("sent: "+list(sentNames(f.h.Chain))+"; the way up ends at "+f.cert.Issuer))
		m.Changes = []change.Change{
			change.New(change.TrustCA, change.Client, "issuer", f.cert.Issuer),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
