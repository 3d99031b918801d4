package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateRevoked = Cause{
	ID: "TW5401", Slug: "certificate-revoked", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate of {subject} is revoked{details}",
	Plain: "the certificate is revoked",
	Why: "The authority took the certificate back before its end, for instance because its key became known, because it was replaced, or because " +
		"it was issued wrongly. That cannot be undone: a new certificate with a new key is needed.",
	Check:  "openssl s_client -connect {host}:{port} -servername {host} -status </dev/null prints the OCSP answer: Cert Status: revoked",
	Cites:  []string{"RFC 6960 §2.2 (revoked)", "RFC 5280 §5.3.1 (reason codes)", "RFC 8446 §6.2 (certificate_revoked, alert 44)"},
	Decide: "the revocation answer for it",
	Signs: []Sign{
		{Of: fact.CertRevoked, Weight: 10},
		{Of: fact.CertRevoked, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.PeerAlert(44), Weight: 8},
		{Of: fact.PeerAlert(44), In: []fact.Context{fact.ByClient}, Weight: 8},
	},
	Hides: []string{"client-certificate-untrusted"},
	Advice: []change.Change{
		change.New(change.ReplaceCertificate, change.Server, "why", "it is revoked"),
	},
	Match: func(c *fact.Case) []Match {
		if h := refusedClient(c); h != nil && c.Question.OwnCert.Leaf() != nil && alerted(h, 44) {
			return []Match{{About: about(c, h), Sure: Proven, Args: where(c, h, "subject", called(c.Question.OwnCert.Leaf()), "details", ", says the server"),
				Proof:   []Proof{{Ref: h.Ref, Says: ending(h) + ", in answer to the client's certificate"}},
				Changes: []change.Change{change.New(change.ReplaceCertificate, change.Client, "why", "it is revoked")}}}
		}
		f, ok := faultOf(c, fact.Revoked)
		if !ok {
			return nil
		}
		details := ""
		if !f.p.Time.IsZero() {
			details = " since " + day(f.p.Time)
		}
		if f.p.Detail != "" {
			details += " (" + f.p.Detail + ")"
		}
		m := f.match(c, "without its revocation", "details", details)
		m.Proof = append(m.Proof, f.seen("the OCSP answer that the server sends along says revoked"+details))
		m.Changes = []change.Change{change.New(change.ReplaceCertificate, change.Server, "why", "it is revoked")}
		return []Match{m}
	},
}
