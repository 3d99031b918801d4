package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var fallbackRefused = Cause{
	ID: "TW3005", Slug: "fallback-refused", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server refuses a retry with {offered}: it knows a newer version (protection against downgrading worked)",
	Plain: "the server refuses a retry with an older TLS version: it knows a newer one",
	Why: "Some clients try again with an older version when a first attempt fails, and mark that retry. The server knows a newer version than the one " +
		"offered, so it refuses. The retry is not the fault: the first attempt failed for a reason of its own, often a broken connection.",
	Check: "openssl s_client -connect {host}:{port} -tls1_2 -fallback_scsv gets alert 86 where a newer version is known",
	Cites: []string{"RFC 7507 §3 (TLS_FALLBACK_SCSV; inappropriate_fallback, alert 86)"},
	Signs: []Sign{
		{Of: fact.InappropriateFallback, Weight: 9},
		{Of: fact.InappropriateFallback, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.PeerAlert(86), Weight: 9},
		{Of: fact.OwnAlert(86), Weight: 7},
	},
	Hides: []string{"peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferVersion, change.Client, "version", "TLS1.3"),
		change.New(change.UpgradeClient, change.Client, "why", "it retries with older versions instead of offering all of them at once"),
	},
	Match: func(c *fact.Case) []Match {
		h := helloRefused(c)
		if h == nil || !alerted(h, wire.AlertInappropriateFallback) {
			return nil
		}
		m := located(c, h, stated(h, ending(h)), "offered", names.Version(highest(h.Client)))
		m.Changes = []change.Change{
			change.New(change.OfferVersion, change.Client, "version", "TLS1.3"),
			change.New(change.UpgradeClient, change.Client, "why", "it retries with older versions instead of offering all of them at once"),
		}
		return []Match{m}
	},
}
