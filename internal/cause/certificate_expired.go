package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateExpired = Cause{
	ID: "TW5301", Slug: "certificate-expired", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the server's certificate {subject} expired on {when}, {ago} ago",
	Plain: "the certificate has expired",
	Why: "A certificate is valid for a limited time and must be renewed before it ends. This one has ended. Often it was renewed in good time " +
		"and the server still uses the old file, because it was not told to load the new one.",
	Check:  "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -dates",
	Cites:  []string{"RFC 5280 §4.1.2.5 (validity)", "RFC 8446 §6.2 (certificate_expired, alert 45)", "OpenSSL X509_V_ERR_CERT_HAS_EXPIRED (10)"},
	Decide: "the dates in the certificate that it sends",
	Signs: []Sign{
		{Of: fact.VerifyFailed, Weight: 3},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.CertExpired, In: []fact.Context{"peer-famous"}, Weight: 6},
		{Of: fact.CertExpired, Weight: 10},
		{Of: fact.CertExpired, In: []fact.Context{"above-leaf"}, Weight: 5},
		{Of: fact.CertExpired, In: []fact.Context{"openssl"}, Weight: 8},
		{Of: fact.CertDate, Weight: 8},
		{Of: fact.CertDate, In: []fact.Context{fact.Browser}, Weight: 8},
		{Of: fact.RejectedByCallback, Weight: 3},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.PeerAlert(45), Weight: 9},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByServer}, Weight: 10},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByClient}, Weight: 4},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.OwnAlert(45), Weight: 9},
	},
	Written: writtenExpired,
	Advice: []change.Change{
		change.New(change.RenewCertificate, change.Server),
		change.New(change.SetClock, change.Client),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.LeafExpired)
		if !ok {
			return nil
		}
		end := f.p.Time
		m := f.match(c, "at a time before its end", "when", day(end), "ago", span(f.h.Verdict.At.Sub(end)))
		m.Proof = append(m.Proof, f.seen("notAfter "+day(end)+"; the client's clock says "+day(f.h.Verdict.At)))
		m.Changes = []change.Change{
			change.New(change.RenewCertificate, change.Server, "subject", m.Args["subject"]),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
