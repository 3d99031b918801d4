package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var connectionSharedAfterFork = Cause{
	ID: "TW8002", Slug: "connection-shared-after-fork", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "two processes use the same encrypted connection",
	Why: "A program opened a connection to the database and then split into several processes (fork), as web servers with workers do. All of them now write to " +
		"the same connection. Encryption counts every message, and with two writers the counts no longer fit: the next message cannot be decrypted. Passwords, " +
		"certificates and versions are fine.",
	Check: "does it fail only with several workers (gunicorn --preload, uWSGI without lazy-apps, Celery prefork, multiprocessing) and never with a single one? " +
		"lsof -nP -i shows the same connection under several process numbers",
	Cites: []string{
		"PostgreSQL manual, libpq, Database Connection Control Functions: forking a process with open connections",
		"SQLAlchemy documentation, Using Connection Pools with Multiprocessing or os.fork()",
		"uWSGI documentation: lazy-apps",
		"OpenSSL: SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC (0A000119)",
	},
	Signs: []Sign{
		{Of: fact.EOFEstablished, Weight: 3},
		{Of: fact.BadRecordMAC, Weight: 4},
		{Of: fact.BadRecordMAC, In: []fact.Context{"libpq"}, Weight: 9},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.Database}, Weight: 7},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.InUse}, Weight: 9},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.SharedAfterFork, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.ConnectPerProcess, change.Client),
	},
}
