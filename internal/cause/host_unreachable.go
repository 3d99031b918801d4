package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var hostUnreachable = Cause{
	ID: "TW1005", Slug: "host-unreachable", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "there is no way from here to {address}: {reason}",
	Plain: "there is no way from here to the server's address",
	Why: "This machine, or a router on the way, knows no path to the address and says so. The network is missing here (no IPv6, a VPN that is " +
		"down, a wrong route), the machine is off, or a firewall answers in its place. TLS has not begun.",
	Check:  "ip route get {ip} shows the way that would be taken; ping {ip} repeats the message",
	Cites:  []string{"RFC 792 (destination unreachable)", "RFC 4443 §3.1", "ip(7): ENETUNREACH, EHOSTUNREACH, EACCES"},
	Decide: "a TCP connection to the address",
	Signs: []Sign{
		{Of: fact.ConnectionRefused, Weight: 2},
		{Of: fact.ConnectTimeout, Weight: 4},
		{Of: fact.NoRoute, Weight: 10},
		{Of: fact.CannotConnect, Weight: 4},
		{Of: fact.CannotConnect, In: []fact.Context{fact.MSSQL}, Weight: 3},
	},
	Advice: []change.Change{
		change.New(change.FixRoute, change.Network),
		change.New(change.FixDNS, change.Network),
	},
	Match: func(c *fact.Case) []Match {
		h := unreached(c, fact.EndUnreachable)
		if h == nil {
			return nil
		}
		reason := orElse(h.End.Detail, "unreachable")
		ip := h.ServerAddr().Addr().String()
		m := located(c, h, stated(h, "the connection attempt ends with: "+reason), "address", h.ServerAddr().String(), "ip", ip, "reason", reason)
		m.Changes = []change.Change{
			change.New(change.FixRoute, change.Network, "address", ip),
			change.New(change.FixDNS, change.Owner, "name", c.Question.Host),
		}
		return []Match{m}
	},
}
