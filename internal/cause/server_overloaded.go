package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var serverOverloaded = Cause{
	ID: "TW8005", Slug: "server-overloaded", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "the server is too busy to answer in time",
	Why: "The server takes connections and then lets them wait, or drops some, because more come in than it can work on: too many new connections at once, too " +
		"few workers, a full queue, or a busy machine. Each new TLS connection costs it computing time. The timeouts follow the load and have nothing to do " +
		"with versions or certificates.",
	Check: "ss -ltn on the server: Recv-Q of the listening port near Send-Q means a full queue; nstat -az TcpExtListenDrops TcpExtListenOverflows; load, processor " +
		"and number of connections at the time of the failures",
	Cites: []string{
		"listen(2): the backlog, and what happens when it is full",
		"tcp(7): tcp_max_syn_backlog, tcp_abort_on_overflow",
		"Microsoft: intermittent or periodic timeouts of SQL Server connections (pre-login handshake)",
	},
	Signs: []Sign{
		{Of: fact.ConnectTimeout, Weight: 3},
		{Of: fact.AcceptThenClosed, Weight: 4},
		{Of: fact.SlowAccept, Weight: 9},
		{Of: fact.EOFInHandshake, Weight: 2},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, "libpq"}, Weight: 4},
		{Of: fact.ResetInHandshake, Weight: 3},
		{Of: fact.SilentInHandshake, Weight: 4},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 4},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InPrelogin}, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.InUse}, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{"mongodb"}, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.Mail, fact.ByClient}, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.Reset, Weight: 4},
		{Of: fact.Reset, In: []fact.Context{fact.InUse}, Weight: 3},
		{Of: fact.Closed, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.InUse}, Weight: 3},
		{Of: fact.EOFEstablished, Weight: 4},
		{Of: fact.TimedOut, Weight: 6},
		{Of: fact.TimedOut, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.TimedOut, In: []fact.Context{"mysql"}, Weight: 5},
		{Of: fact.TimedOut, In: []fact.Context{fact.ToUpstream}, Weight: 6},
		{Of: fact.PeerAlert(80), Weight: 2},
		{Of: fact.TooManyClients, Weight: 7},
		{Of: fact.HostBlocked, Weight: 3},
		{Of: fact.WorkerStarvation, Weight: 5},
	},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Server, "what", "its load, its number of connections and its log at the times of the failures"),
		change.New(change.SpreadLoad, change.Client),
	},
}
