package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var intermediateExpired = Cause{
	ID: "TW5302", Slug: "intermediate-expired", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "a CA certificate in the chain, {ca}, expired on {when}, {ago} ago",
	Plain: "a CA certificate in the chain has expired",
	Why: "The server's own certificate hangs on those of the authorities above it, and each of them has an end, too. One of them is over. " +
		"The authority has a newer one as a rule; the server goes on sending the old one, or the client keeps it.",
	Check:  "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null, then openssl x509 -noout -subject -dates on each block",
	Cites:  []string{"RFC 5280 §6.1.3 (a) (2) (validity of every certificate of the path)", "OpenSSL X509_V_ERR_CERT_HAS_EXPIRED (10) at depth 1 and above"},
	Decide: "the dates of the whole chain",
	Signs: []Sign{
		{Of: fact.CertExpired, Weight: 4},
		{Of: fact.CertExpired, In: []fact.Context{"above-leaf"}, Weight: 9},
		{Of: fact.CertExpired, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.CertExpired, In: []fact.Context{"openssl"}, Weight: 4},
		{Of: fact.CertDate, Weight: 3},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByServer}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.SendChain, change.Server),
		change.New(change.UpdateCA, change.Client),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.CAExpired)
		if !ok {
			return nil
		}
		end, ca := f.p.Time, orElse(f.p.Detail, called(f.cert))
		m := f.match(c, "with "+ca+" in date", "ca", ca, "when", day(end), "ago", span(f.h.Verdict.At.Sub(end)))
		m.Proof = append(m.Proof, f.seen("notAfter of "+ca+": "+day(end)+"; the client's clock says "+day(f.h.Verdict.At)))
		m.Changes = []change.Change{change.New(change.SendChain, change.Server, "issuer", ca)}
		if f.p.At < 0 { // the client's own copy
			m.Changes = []change.Change{change.New(change.UpdateCA, change.Client, "issuer", ca)}
		}
		m.Changes = append(m.Changes, change.NotAdvised(change.TrustAnything, change.Client))
		return []Match{m}
	},
}
