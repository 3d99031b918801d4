package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientCertificateExpired = Cause{
	ID: "TW6103", Slug: "client-certificate-expired", Since: "0.1",
	Phase: ClientAuth, Level: Breaks,
	Title: "the client's certificate {subject} is out of date: {detail}",
	Plain: "the client's certificate is out of date",
	Why: "The client shows a certificate to say who it is, and that certificate is only valid for a limited time, like a server's. It is out of " +
		"date. Client certificates are easily forgotten, as they sit in applications and not where renewal is automatic.",
	Check:  "openssl x509 -in CERT -noout -subject -dates on the client's certificate; date -u on the server",
	Cites:  []string{"RFC 8446 §6.2 (certificate_expired, alert 45)", "RFC 5280 §4.1.2.5 (validity)"},
	Decide: "the dates of your certificate, with --cert and --key",
	Signs: []Sign{
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.CertExpired, In: []fact.Context{fact.ByServer}, Weight: 10},
		{Of: fact.CertNotYetValid, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.CertDate, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.PeerAlert(45), Weight: 8},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByClient}, Weight: 10},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.OwnAlert(45), In: []fact.Context{fact.ByServer}, Weight: 10},
	},
	Hides:   []string{"client-certificate-untrusted", "keys-disagree"},
	Written: writtenClientExpired,
	Advice: []change.Change{
		change.New(change.RenewCertificate, change.Client),
		change.New(change.SetClock, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		own, h := c.Question.OwnCert.Leaf(), c.Base()
		if own == nil || h == nil {
			return nil
		}
		late, refused := outOfDate(own, clock(c, h)), refusedClient(c)
		said := refused != nil && alerted(refused, alertCertificateExpired)
		if late == "" && !said {
			return nil
		}
		detail := orElse(late, "the server says so, although by the client's clock it runs until "+day(own.NotAfter))
		m := located(c, h, stated(h, "valid from "+day(own.NotBefore)+" to "+day(own.NotAfter)+": "+detail), "subject", called(own), "detail", detail)
		switch {
		case said:
			m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: ending(h) + ", in answer to the client's certificate"})
		case refused == nil:
			m.Level = Weak // this server did not ask, or does not care
		case alerted(refused, alertUnknownCA, 51) || alerted(refused, 116): // it names something else
			m.Level = Weak
		}
		m.Changes = []change.Change{change.New(change.RenewCertificate, change.Client, "subject", called(own))}
		if late == "" {
			m.Changes = append(m.Changes, change.New(change.SetClock, change.Server))
		}
		return []Match{m}
	},
}
