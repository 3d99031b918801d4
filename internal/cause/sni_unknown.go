package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var sniUnknown = Cause{
	ID: "TW3016", Slug: "sni-unknown", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server does not know the name {name}",
	Plain: "the server does not know the name that it is asked for",
	Why: "Many names can live on one address, and the client says at the start which one it wants (SNI). This server has nothing set up " +
		"for the name it was asked for: the name leads to the wrong server, or the server's configuration lacks it.",
	Check:  "openssl s_client -connect {host}:{port} -servername {name} fails; with a name the server knows, or -noservername, it connects",
	Cites:  []string{"RFC 6066 §3 (unrecognized_name, alert 112)", "nginx: ssl_reject_handshake", "HAProxy: strict-sni"},
	Decide: "the same with another server name, and with none",
	Signs: []Sign{
		{Of: fact.UnrecognizedName, Weight: 8},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 4},
		{Of: fact.PeerAlert(112), Weight: 8},
		{Of: fact.PeerAlert(112), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 7},
		{Of: fact.PeerAlert(112), In: []fact.Context{"java"}, Weight: 8},
		{Of: fact.PeerAlert(112), In: []fact.Context{"go"}, Weight: 8},
		{Of: fact.PeerAlert(112), In: []fact.Context{"curl"}, Weight: 8},
		{Of: fact.OwnAlert(112), Weight: 9},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.UseName, change.Client),
		change.New(change.ServeName, change.Server),
		change.New(change.FixDNS, change.Network),
	},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if h == nil || h.Client.ServerName == "" {
			return nil
		}
		m, ok := nameRefused(c, h)
		if !ok {
			return nil
		}
		name := h.Client.ServerName
		m = located(c, h, m, "name", name)
		m.Changes = []change.Change{
			change.New(change.ServeName, change.Server, "name", name),
			change.New(change.UseName, change.Client, "name", "one that this server is set up for"),
			change.New(change.FixDNS, change.Owner, "name", c.Question.Host),
		}
		return []Match{m}
	},
}

// nameRefused: alert 112 says it. A warning of it before a close, or a vague alert when more choice does not help,
// lets the hello without a name decide.
func nameRefused(c *fact.Case, h *fact.Handshake) (Match, bool) {
	if alerted(h, wire.AlertUnrecognizedName) {
		return stated(h, ending(h)+" to the name "+h.Client.ServerName), true
	}
	e := experiment{variant: withoutSNI, flipped: "without a server name the server answers"}
	switch {
	case warnedOfName(h):
		e.weight = 8
	case vague(h) && flips(c, wide) == fact.No:
		e.weight = 5
	case alerted(h, wire.AlertHandshakeFailure, wire.AlertInternalError):
		e.weight = 3
	default:
		return Match{}, false
	}
	return e.try(c)
}

// warnedOfName reports an unrecognized_name warning, after which a server may go on (RFC 6066 §3); this one did not.
func warnedOfName(h *fact.Handshake) bool {
	for _, a := range h.Alerts {
		if a.From == wire.ServerSide && a.Code == wire.AlertUnrecognizedName {
			return true
		}
	}
	return false
}
