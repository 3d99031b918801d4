package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var workerStarvation = Cause{
	ID: "TW8007", Slug: "worker-starvation", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "SQL Server runs out of network threads under load and drops new connections",
	Why: "SQL Server 2017 and older hand all network traffic to a few threads of their own. Under heavy load these can all be busy, and new connections then " +
		"wait until they break: error 10054 or a timeout, now and then, at the busiest times. It looks like a failing handshake and is a lack of threads; SQL " +
		"Server 2019 works otherwise.",
	Check: "SELECT @@VERSION; the failures follow the load and not a fixed share of connections; ERRORLOG has 17883, 17884, 17887 or 17888 (non-yielding, " +
		"deadlocked schedulers, IO completion); SELECT scheduler_id, work_queue_count FROM sys.dm_os_schedulers",
	Cites: []string{
		"Microsoft, An existing connection was forcibly closed by the remote host (10054), scenario 6: IOCP threads of SQL Server 2017 and older",
		"Microsoft SQL Server errors 17883, 17884, 17887, 17888",
	},
	Signs: []Sign{
		{Of: fact.SlowAccept, Weight: 4},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InLogin}, Weight: 3},
		{Of: fact.TimedOut, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.WorkerStarvation, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", "SQL Server 2019 and later do not let new connections wait for these threads"),
		change.New(change.SpreadLoad, change.Client),
	},
}
