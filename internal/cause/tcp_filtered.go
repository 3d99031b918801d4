package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var tcpFiltered = Cause{
	ID: "TW1004", Slug: "tcp-filtered", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "nothing answers at {address}",
	Plain: "nothing answers at this address and port",
	Why: "The request to open a connection was sent and no answer of any kind came back. A machine that is up would accept or refuse at " +
		"once, so something on the way swallows the request (a firewall or security group), or no machine has this address, or it is overwhelmed.",
	Check:  "nc -vz -w 5 {host} {port} times out; tcpdump -n 'tcp port {port}' on the server shows whether the SYN arrives",
	Cites:  []string{"RFC 9293 §3.8.3 (TCP connection failures)", "connect(2): ETIMEDOUT", "listen(2): a full backlog ignores requests"},
	Decide: "a TCP connection to the port",
	Signs: []Sign{
		{Of: fact.ConnectTimeout, Weight: 10},
		{Of: fact.NoRoute, Weight: 4},
		{Of: fact.InstanceNotFound, Weight: 3},
		{Of: fact.CannotConnect, Weight: 5},
		{Of: fact.CannotConnect, In: []fact.Context{fact.MSSQL}, Weight: 5},
		{Of: fact.SilentInHandshake, In: []fact.Context{"openvpn"}, Weight: 8},
		{Of: fact.TimedOut, Weight: 6},
		{Of: fact.TimedOut, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.TimedOut, In: []fact.Context{"mysql"}, Weight: 3},
		{Of: fact.TimedOut, In: []fact.Context{fact.ToUpstream}, Weight: 6},
	},
	Advice: []change.Change{
		change.New(change.OpenFirewall, change.Network),
		change.New(change.StartServer, change.Server),
		change.New(change.FixRoute, change.Network),
	},
	Match: func(c *fact.Case) []Match {
		h := unreached(c, fact.EndTimeout)
		if h == nil {
			return nil
		}
		m := located(c, h, stated(h, "no answer to SYN within "+span(h.End.Silent)), "address", h.ServerAddr().String())
		port := itoa(int(h.ServerAddr().Port()))
		m.Changes = []change.Change{
			change.New(change.OpenFirewall, change.Network, "port", port, "address", h.ServerAddr().Addr().String()),
			change.New(change.StartServer, change.Server, "port", port),
		}
		return []Match{m}
	},
}
