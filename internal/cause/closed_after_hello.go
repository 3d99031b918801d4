package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var closedAfterHello = Cause{
	ID: "TW3018", Slug: "closed-after-hello", Since: "0.1",
	Phase: Hello, Level: Breaks, Residual: true,
	Title: "the server hangs up after the first message and gives no reason{rate}",
	Plain: "the other side hangs up during the handshake and gives no reason",
	Why: "A server that cannot agree should say so with an alert. This one, or a device in front of it, closes the connection without a word; SQL Server and other " +
		"Windows programs do so for every kind of disagreement. What was changed in the message made no difference.",
	Check:  "the server's log at this time names the reason; openssl s_client -connect {host}:{port} repeats it (\"unexpected eof while reading\", errno 104)",
	Cites:  []string{"RFC 8446 §6.2 (an alert should be sent)", "Microsoft: \"An existing connection was forcibly closed by the remote host\" (error 10054) on SQL Server connections"},
	Decide: "none of the changes makes a difference",
	Signs: []Sign{
		{Of: fact.EOFInHandshake, Weight: 7},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient}, Weight: 7},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 6},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 6},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, "libpq"}, Weight: 6},
		{Of: fact.ResetInHandshake, Weight: 6},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 5},
		{Of: fact.BrokeInHandshake, Weight: 7},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByClient}, Weight: 7},
		{Of: fact.ForciblyClosed, In: []fact.Context{"dotnet"}, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.Mail, fact.ByClient}, Weight: 6},
		{Of: fact.Closed, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.Reset, Weight: 5},
		{Of: fact.Closed, Weight: 6},
		{Of: fact.Closed, In: []fact.Context{"jdbc"}, Weight: 6},
		{Of: fact.NoCloseNotify, Weight: 3},
		{Of: fact.NoCloseNotify, In: []fact.Context{"in-handshake"}, Weight: 7},
		{Of: fact.HandshakeFailed, In: []fact.Context{"upgrade-port"}, Weight: 5},
		{Of: fact.NotTLS, In: []fact.Context{"upgrade-port"}, Weight: 5},
		{Of: fact.EOFInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 5},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 5},
		{Of: fact.ResetInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 5},
		{Of: fact.NoCloseNotify, In: []fact.Context{"upgrade-port"}, Weight: 5},
		{Of: fact.HandshakeFailed, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.NoPeerCert, In: []fact.Context{fact.ByClient}, Weight: 5},
	},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Server, "what", "its log at this time: Schannel events 36874, 36888 on Windows, the error log elsewhere"),
		change.New(change.FixMiddlebox, change.Network, "what", "a firewall or load balancer that closes, if the server's log has nothing"),
	},
	Match: func(c *fact.Case) []Match {
		h := helloRefused(c)
		if h == nil || !cut(h) || closesUnasked(c) {
			return nil
		}
		m := residual(c, h, ending(h))
		m.Changes = []change.Change{
			change.New(change.AskOwner, change.Server, "what", "its log at this time: Schannel events 36874, 36888 on Windows, the error log elsewhere"),
			change.New(change.FixMiddlebox, change.Network, "what", "a firewall or load balancer that closes, if the server's log has nothing"),
		}
		return []Match{m}
	},
}
