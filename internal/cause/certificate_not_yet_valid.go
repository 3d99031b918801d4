package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateNotYetValid = Cause{
	ID: "TW5303", Slug: "certificate-not-yet-valid", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate of {who} becomes valid only on {when}, in {wait}",
	Plain: "the certificate is not valid yet",
	Why: "A certificate has a beginning as well as an end, and by the client's clock this one has not begun. Either it was made for later or " +
		"on a machine whose clock is ahead, or the client's own clock is behind, as after a reset or a restored snapshot.",
	Check:  "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -dates, and compare with date -u on the client",
	Cites:  []string{"RFC 5280 §4.1.2.5 (validity)", "OpenSSL X509_V_ERR_CERT_NOT_YET_VALID (9)"},
	Decide: "the dates in the certificate that it sends",
	Signs: []Sign{
		{Of: fact.CertNotYetValid, Weight: 8},
		{Of: fact.CertNotYetValid, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.CertDate, Weight: 5},
		{Of: fact.CertDate, In: []fact.Context{fact.Browser}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.SetClock, change.Client),
		change.New(change.RenewCertificate, change.Server),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.LeafNotYetValid, fact.CANotYetValid)
		if !ok {
			return nil
		}
		begin, who := f.p.Time, orElse(f.p.Detail, called(f.cert))
		m := f.match(c, "at a time after its beginning", "who", who, "when", day(begin), "wait", span(begin.Sub(f.h.Verdict.At)))
		m.Proof = append(m.Proof, f.seen("notBefore "+day(begin)+"; the client's clock says "+day(f.h.Verdict.At)))
		m.Changes = []change.Change{
			change.New(change.SetClock, change.Client),
			change.New(change.RenewCertificate, change.Server, "subject", who),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
