package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var selfSignedCertificate = Cause{
	ID: "TW5001", Slug: "self-signed-certificate", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the server's certificate, {subject}, signed itself",
	Why: "A certificate is worth something because an authority that the client knows vouches for it. This one vouches for itself: anybody " +
		"could make one like it. Products create such a certificate when they are installed, so that there is something to start with.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null says: verify error:num=18:self-signed certificate",
	Cites: []string{
		"RFC 5280 §3.2 (self-signed certificates)", "OpenSSL X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT (18)",
		"MySQL 8.4 manual, 8.3.3.1 (certificates created automatically)",
	},
	Hides: []string{"ca-not-trusted", "certificate-wrong-purpose"},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.SelfSignedLeaf)
		if !ok {
			return nil
		}
		m := f.match(c, "with this very certificate trusted")
		m.Proof = append(m.Proof, f.seen("subject and issuer are the same, "+orElse(f.cert.Issuer, m.Args["subject"])+", and its own key made the signature"))
		m.Changes = []change.Change{
			change.New(change.ReplaceCertificate, change.Server, "why", "it is self-signed"),
			change.New(change.TrustCA, change.Client, "issuer", m.Args["subject"]),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
