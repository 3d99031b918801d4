package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var expiredRootInPath = Cause{
	ID: "TW5008", Slug: "expired-root-in-path", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "one of the certificates sent leads old clients to {root}, which expired on {when}",
	Plain: "the certificates sent lead old clients to a root that has expired",
	Why: "An authority was vouched for by an older one as well, so that old clients would know it. That older one is out of date now. Current " +
		"clients take the way that is still good; old libraries (OpenSSL 1.0.2, GnuTLS before 3.6.14) follow the certificate sent, and fail.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null: look for {root} among the i: lines",
	Cites: []string{
		"OpenSSL blog of 2021-09-13, Old Let's Encrypt Root Certificate Expiration and OpenSSL 1.0.2",
		"X509_V_FLAG_TRUSTED_FIRST in X509_VERIFY_PARAM_set_flags(3), on by default since OpenSSL 1.1.0",
		"GnuTLS NEWS 3.6.14 (alternative chains)",
	},
	Decide: "the dates of every path that the chain allows",
	Signs: []Sign{
		{Of: fact.CertExpired, In: []fact.Context{"peer-famous"}, Weight: 8},
		{Of: fact.CertExpired, Weight: 4},
		{Of: fact.CertExpired, In: []fact.Context{"above-leaf"}, Weight: 8},
		{Of: fact.CertExpired, In: []fact.Context{"openssl"}, Weight: 6},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByServer}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.SendChain, change.Server),
		change.New(change.UpdateCA, change.Client),
		change.New(change.UpgradeClient, change.Client, "why", "its TLS library takes the certificates sent before its own"),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.ExpiredRootSent)
		if !ok {
			return nil
		}
		root := orElse(f.p.Detail, called(f.cert))
		m := f.match(c, "without the certificate that leads there", "root", root, "when", day(f.p.Time))
		m.Proof = append(m.Proof, f.seen("sent: "+list(sentNames(f.h.Chain))+"; one of them is, or leads to, "+root+", valid until "+day(f.p.Time)))
		m.Changes = []change.Change{
			change.New(change.SendChain, change.Server, "issuer", f.h.Chain.Leaf().Issuer),
			change.New(change.UpgradeClient, change.Client, "why", "its TLS library takes the certificates sent before its own"),
		}
		return []Match{m}
	},
}
