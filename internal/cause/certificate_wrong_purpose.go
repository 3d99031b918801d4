package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateWrongPurpose = Cause{
	ID: "TW5501", Slug: "certificate-wrong-purpose", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate of {subject} may not be used like this: {detail}",
	Plain: "the certificate may not be used for this purpose",
	Why: "A certificate says what it may be used for: to identify a server, a client, to sign other certificates, and for which names. Clients " +
		"hold it to that. Here a certificate of the chain is used for something that it does not allow.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null, then openssl x509 -noout " +
		"-ext keyUsage,extendedKeyUsage,basicConstraints,nameConstraints on each block",
	Cites: []string{
		"RFC 5280 §4.2.1.3 (key usage), §4.2.1.9 (basic constraints), §4.2.1.10 (name constraints), §4.2.1.12 (extended key usage)",
		"OpenSSL X509_V_ERR_INVALID_PURPOSE (26), X509_V_ERR_INVALID_CA (24), X509_V_ERR_PERMITTED_VIOLATION (47)",
	},
	Decide: "the uses that the certificate allows",
	Signs: []Sign{
		{Of: fact.CertWrongPurpose, Weight: 10},
		{Of: fact.CertWrongPurpose, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.InvalidCA, Weight: 8},
		{Of: fact.CertUnacceptable, Weight: 6},
		{Of: fact.PeerAlert(43), Weight: 7},
		{Of: fact.PeerAlert(43), In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.OwnAlert(43), Weight: 8},
	},
	Advice: []change.Change{
		change.New(change.ReissueForPurpose, change.Server, "usage", "serverAuth"),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.WrongPurpose)
		if !ok {
			return nil
		}
		detail := orElse(f.p.Detail, "key usage, extended key usage or the CA flag forbids it")
		m := f.match(c, "without this rule", "detail", detail)
		m.Proof = append(m.Proof, f.seen(called(f.cert)+": "+detail))
		m.Changes = []change.Change{
			change.New(change.ReissueForPurpose, change.Server, "usage", "serverAuth"),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		if f.cert != f.h.Chain.Leaf() { // the CA's certificate is not ours to reissue
			m.Changes[0] = change.New(change.AskOwner, change.Owner, "what", "a certificate of a CA that may issue it: "+detail)
		}
		return []Match{m}
	},
}
