package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var idleConnectionDropped = Cause{
	ID: "TW8003", Slug: "idle-connection-dropped", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "a connection that had worked was cut while it stood idle, and the client went on using it",
	Why: "Firewalls, load balancers and servers forget connections on which nothing happens for some minutes, often without telling either side. A client that " +
		"keeps connections for later then writes into one that no longer exists and hears of it only now. Encryption had been agreed on long before; the next " +
		"connection works.",
	Check: "the time between the last use and the error: it is the same each time (350 s, 4 minutes, 1 hour …); ss -tno on the client shows the keep-alive timer " +
		"of its connections; the server's log at this time tells whether the server itself ended it",
	Cites: []string{
		"RFC 9293 §3.8.4 (TCP keep-alives)",
		"PostgreSQL manual: keepalives_idle, tcp_user_timeout",
		"MySQL Reference Manual: wait_timeout",
		"AWS Network Load Balancer: idle timeout of 350 seconds; Azure Load Balancer: 4 minutes by default",
	},
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, "libpq"}, Weight: 3},
		{Of: fact.ForciblyClosed, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.InUse}, Weight: 8},
		{Of: fact.ForciblyClosed, In: []fact.Context{"mongodb"}, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.Reset, Weight: 5},
		{Of: fact.Reset, In: []fact.Context{fact.InUse}, Weight: 9},
		{Of: fact.Closed, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.InUse}, Weight: 9},
		{Of: fact.EOFEstablished, Weight: 10},
		{Of: fact.NoCloseNotify, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.KeepAlive, change.Client),
		change.New(change.AskOwner, change.Network, "what", "the idle timeout of the firewall or load balancer on the way"),
		change.New(change.AskOwner, change.Server, "what", "whether it was restarted or ended the connection itself: its log at this time"),
	},
}
