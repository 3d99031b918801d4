package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var caStoreOutdated = Cause{
	ID: "TW5003", Slug: "ca-store-outdated", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client's copy of the CA {issuer} is older than the one in use",
	Plain: "the client's copy of the CA is older than the one in use",
	Why: "The authority behind the server's certificate made itself a new key or certificate some time ago. The client still keeps the former " +
		"copy, which has the same name but cannot confirm what the new one signs. Cloud databases change their authorities every few years.",
	Check: "openssl x509 -in YOUR-CA-FILE -noout -subject -dates -fingerprint -sha256, and compare with the last certificate that " +
		"openssl s_client -connect {host}:{port} -showcerts prints",
	Cites:  []string{"RFC 4210 §4.4 (root CA key update)", "RFC 5280 §6.1.1 (d)", "Amazon RDS user guide, Rotating your SSL/TLS certificate"},
	Decide: "the root that the chain ends at, and its age",
	Signs: []Sign{
		{Of: fact.LeafUnverified, In: []fact.Context{"peer-famous"}, Weight: 6},
		{Of: fact.IssuerUnknown, In: []fact.Context{"peer-famous"}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{"peer-famous"}, Weight: 5},
		{Of: fact.CertExpired, In: []fact.Context{"peer-famous"}, Weight: 5},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(42), In: []fact.Context{"go"}, Weight: 7},
	},
	Hides: []string{"ca-not-trusted", "missing-intermediate", "intermediate-expired"},
	Advice: []change.Change{
		change.New(change.UpdateCA, change.Client),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.AnchorRotated)
		if !ok {
			return nil
		}
		m := f.match(c, "with the CA's present certificate trusted")
		m.Args["issuer"] = orElse(f.h.Verdict.Anchor, top(f.h.Chain).Issuer)
		m.Proof = append(m.Proof, f.seen(orElse(f.p.Detail, "the client has a CA of this name with another key")))
		m.Changes = []change.Change{
			change.New(change.UpdateCA, change.Client, "issuer", m.Args["issuer"]),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
