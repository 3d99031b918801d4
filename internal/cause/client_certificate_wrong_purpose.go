package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientCertificateWrongPurpose = Cause{
	ID: "TW6104", Slug: "client-certificate-wrong-purpose", Since: "0.1",
	Phase: ClientAuth, Level: Breaks,
	Title: "the client's certificate {subject} is not one for clients: {detail}",
	Plain: "the client's certificate is not one for clients",
	Why: "A certificate says what it may be used for. To show who a client is, it must allow client authentication. This one allows other " +
		"things, as certificates for web servers do; public authorities stopped issuing certificates for both uses in 2026.",
	Check: "openssl x509 -in CERT -noout -purpose, or -ext extendedKeyUsage,keyUsage: TLS Web Client Authentication must be there",
	Cites: []string{
		"RFC 5280 §4.2.1.12 (id-kp-clientAuth)", "RFC 8446 §6.2 (unsupported_certificate, alert 43)",
		"OpenSSL ssl/statem/statem_lib.c: X509_V_ERR_INVALID_PURPOSE becomes alert 43", "Chrome Root Program Policy 1.6 (dedicated server authentication)",
	},
	Decide: "the uses of your certificate, with --cert and --key",
	Signs: []Sign{
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.CertWrongPurpose, Weight: 4},
		{Of: fact.CertWrongPurpose, In: []fact.Context{fact.ByServer}, Weight: 10},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.PeerAlert(43), Weight: 7},
		{Of: fact.PeerAlert(43), In: []fact.Context{fact.ByClient}, Weight: 9},
		{Of: fact.PeerAlert(51), Weight: 3},
	},
	Hides: []string{"client-certificate-untrusted", "keys-disagree"},
	Advice: []change.Change{
		change.New(change.ReissueForPurpose, change.Client, "usage", "clientAuth"),
	},
	Match: func(c *fact.Case) []Match {
		own, h := c.Question.OwnCert.Leaf(), c.Base()
		if own == nil || h == nil {
			return nil
		}
		why, refused := notForClients(own), refusedClient(c)
		said := refused != nil && alerted(refused, alertUnsupportedCertificate)
		if why == "" && !said {
			return nil
		}
		detail := orElse(why, "the server calls it an unsupported certificate")
		m := located(c, h, stated(h, detail), "subject", called(own), "detail", detail)
		switch {
		case said && why != "":
			m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: ending(h) + ", in answer to the client's certificate"})
		case said: // its key type, or a rule of the server's own
			m.Sure, m.Proof[0].Says = Likely, ending(h)+", in answer to the client's certificate"
		case refused != nil && refusedVaguely(refused) && !alerted(refused, 116): // Go says bad_certificate
			m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: ending(h) + ", in answer to the client's certificate"})
		default:
			m.Level = Weak
		}
		m.Changes = []change.Change{change.New(change.ReissueForPurpose, change.Client, "usage", "clientAuth")}
		return []Match{m}
	},
}
