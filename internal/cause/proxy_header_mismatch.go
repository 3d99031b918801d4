package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var proxyHeaderMismatch = Cause{
	ID: "TW2001", Slug: "proxy-header-mismatch", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "the server expects a PROXY protocol header before anything else",
	Why: "Servers behind a load balancer can be set to expect a short line in front of each connection that tells the real client's address. " +
		"This server waits for that line; a client that connects without the load balancer does not send it and is turned away.",
	Check: "printf 'PROXY UNKNOWN\\r\\n' in front of the connection is accepted: curl --haproxy-protocol https://{host}:{port}/ works, without the option it does not",
	Cites: []string{
		"HAProxy, The PROXY protocol, versions 1 and 2, §2 (a receiver must not guess)", "nginx: listen … proxy_protocol",
		"MariaDB: proxy_protocol_networks",
	},
	Decide: "the same with a PROXY header in front",
	Signs: []Sign{
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer, "behind-proxy"}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 2},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 4},
		{Of: fact.ProxyHeaderBroken, Weight: 10},
		{Of: fact.ProxyHeaderBroken, In: []fact.Context{fact.PeerPublic}, Weight: 8},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello"},
	Advice: []change.Change{
		change.New(change.SendProxyHeader, change.Server, "what", "stop expecting the header on this port, or let the load balancer send it"),
		change.New(change.SendProxyHeader, change.Client, "what", "connect by way of the load balancer that sends it"),
	},
	Match: func(c *fact.Case) []Match {
		h := wrongWord(c)
		if h == nil {
			return nil
		}
		e := experiment{variant: beginAs("proxy-header"), weight: 3, flipped: "with a PROXY protocol header in front the server goes on"}
		m, ok := e.try(c)
		if !ok {
			return nil
		}
		m = located(c, h, m)
		m.Changes = []change.Change{
			change.New(change.SendProxyHeader, change.Server, "what", "stop expecting the header on this port"),
			change.New(change.SendProxyHeader, change.Client, "what", "connect by way of the load balancer that sends it"),
		}
		return []Match{m}
	},
}
