package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var silentAfterHello = Cause{
	ID: "TW3017", Slug: "silent-after-hello", Since: "0.1",
	Phase: Hello, Level: Breaks, Residual: true,
	Title: "the server takes the connection and never answers the first message{rate}",
	Plain: "the server takes the connection and never answers the first message",
	Why: "The connection stands, the client's first message was sent, and nothing came back, whatever was changed in it. The program behind the port " +
		"hangs or is overloaded, or a device on the way swallows the message. The server's side must tell whether it arrives.",
	Check:  "on the server: tcpdump -n -w hello.pcap 'tcp port {port}' while the client tries; its log at the same time",
	Cites:  []string{"RFC 8446 §4.1.1, §6 (a server answers a ClientHello with a ServerHello, a HelloRetryRequest or an alert)", "RFC 9293 §3.8"},
	Decide: "none of the changes breaks the silence",
	Signs: []Sign{
		{Of: fact.SilentInHandshake, Weight: 6},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 7},
		{Of: fact.SilentInHandshake, In: []fact.Context{"openvpn"}, Weight: 6},
		{Of: fact.TimedOut, Weight: 5},
		{Of: fact.TimedOut, In: []fact.Context{fact.MSSQL}, Weight: 5},
		{Of: fact.TimedOut, In: []fact.Context{"mysql"}, Weight: 6},
		{Of: fact.TimedOut, In: []fact.Context{fact.ToUpstream}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Server, "what", "a capture at the server and its log: does the ClientHello arrive, is the program busy"),
		change.New(change.FixMiddlebox, change.Network, "what", "a device that swallows the ClientHello, if it does not arrive"),
	},
	Match: func(c *fact.Case) []Match {
		h := helloRefused(c)
		if h == nil {
			h = failing(c, fact.AtPreamble) // the protocol's own first words get no answer either
		}
		if h == nil || !silent(h) || spokeElsewhere(c) != nil {
			return nil
		}
		m := residual(c, h, ending(h)+" for "+span(h.End.Silent))
		m.Changes = []change.Change{
			change.New(change.AskOwner, change.Server, "what", "a capture at the server and its log: does the ClientHello arrive, is the program busy"),
			change.New(change.FixMiddlebox, change.Network, "what", "a device that swallows the ClientHello, if it does not arrive"),
		}
		return []Match{m}
	},
}
