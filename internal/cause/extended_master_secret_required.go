package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var extendedMasterSecretRequired = Cause{
	ID: "TW3011", Slug: "extended-master-secret-required", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "{strict} insists on extended master secret, {lax} lacks it",
	Plain: "one side insists on extended master secret, and the other lacks it",
	Why: "Extended master secret is a repair of how TLS 1.2 and older derive their keys. Since 2023 the rules of FIPS 140 demand it, and some " +
		"programs refuse any peer without it. One of the two sides here is too old to have the repair.",
	Check:  "openssl s_client -connect {host}:{port} -tls1_2 prints \"Extended master secret: yes\" or \"no\"",
	Cites:  []string{"RFC 7627 §5.2, §5.4", "FIPS 140-3 Implementation Guidance D.Q", "Microsoft KB4528489 (CVE-2019-1318)"},
	Decide: "the same with extended master secret",
	Signs: []Sign{
		{Of: fact.EMSMissing, Weight: 10},
		{Of: fact.PeerAlert(109), Weight: 3},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferEMS, change.Server),
		change.New(change.OfferEMS, change.Client),
		change.New(change.OfferVersion, change.Server, "version", "TLS1.3"),
	},
	Match: func(c *fact.Case) []Match {
		if m, ok := clientInsists(c); ok {
			strict := "this client"
			if m.Level == Note {
				strict = "a client in FIPS mode"
			}
			m = located(c, c.Base(), m, "strict", strict, "lax", "the server")
			m.Changes = []change.Change{
				change.New(change.OfferEMS, change.Server),
				change.New(change.OfferVersion, change.Server, "version", "TLS1.3"),
			}
			return []Match{m}
		}
		m, ok := serverInsists(c)
		if !ok {
			return nil
		}
		m = located(c, c.Base(), m, "strict", "the server", "lax", "this client")
		m.Changes = []change.Change{
			change.New(change.OfferEMS, change.Client),
			change.New(change.UpgradeClient, change.Client, "why", "it knows neither extended master secret nor TLS 1.3"),
		}
		return []Match{m}
	},
}

// clientInsists: the client refused a ServerHello without it, or will do so once it becomes strict.
func clientInsists(c *fact.Case) (Match, bool) {
	if brokeOff(c, "no-extended-master-secret") != nil {
		return experiment{variant: fact.Variant{Kind: fact.EMS, Value: "optional"}, weight: 9,
			flipped: "without insisting on it the client goes on with this server"}.try(c)
	}
	h := before13(c)
	if h == nil || !h.Client.EMS || h.Server.EMS {
		return Match{}, false
	}
	m := stated(h, "the client offers it and the server does not take it up; this client bears that, FIPS clients do not")
	m.Level = Note
	return m, true
}

// serverInsists: the server refused a ClientHello without it.
func serverInsists(c *fact.Case) (Match, bool) {
	h := atHello(c)
	if h == nil || h.Client.EMS || lowest(h.Client) >= wire.TLS13 {
		return Match{}, false
	}
	e := experiment{variant: withEMS, weight: 7, flipped: "with extended master secret offered, the server answers"}
	return lacking(c, 1, e, func(m missing) bool { return m.ems })
}

// before13 is a finished handshake below TLS 1.3, where what it lacks is a weakness at most.
func before13(c *fact.Case) *fact.Handshake {
	h := c.Base()
	if h == nil || h.Client == nil || h.Server == nil || h.Finished != fact.Yes || h.Server.Version >= wire.TLS13 {
		return nil
	}
	return h
}
