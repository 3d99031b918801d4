package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientNotUsingTLS = Cause{
	ID: "TW2009", Slug: "client-not-using-tls", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "the server takes encrypted connections only, and the client does not use TLS",
	Why: "The client logged in without encryption, because its mode says so or because it fell back to that. The server is set to refuse such logins and answers " +
		"with an error of its own, which often looks like a wrong password or a missing permission.",
	Check: "psql \"host={host} port={port} sslmode=require\" or mysql --ssl-mode=REQUIRED -h {host} -P {port} gets further than the failing client",
	Cites: []string{"PostgreSQL manual, pg_hba.conf: hostssl", "PostgreSQL src/backend/libpq/auth.c (no pg_hba.conf entry …, no encryption)", "MySQL error 3159 (ER_SECURE_TRANSPORT_REQUIRED)"},
	Checks: map[string]string{
		"postgres": "psql \"host={host} port={port} sslmode=require\" gets further than the failing client",
		"mysql":    "mysql --ssl-mode=REQUIRED -h {host} -P {port} (MariaDB's client: --ssl) gets further than the failing client",
		"mssql":    "sqlcmd -N -S {host},{port} gets further than the failing client; SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID then says TRUE",
	},
	Decide: "the same handshake with TLS asked for",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"freetds"}, Weight: 3},
		{Of: fact.TLSDemanded, Weight: 10},
		{Of: fact.TLSDemanded, In: []fact.Context{"postgres"}, Weight: 9},
		{Of: fact.AccessDenied, Weight: 5},
		{Of: fact.AccessDenied, In: []fact.Context{"postgres"}, Weight: 8},
		{Of: fact.PlaintextAllowed, Weight: 3},
	},
	Hides: []string{"not-a-tls-problem"},
	Advice: []change.Change{
		change.New(change.UseTLS, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || !h.WantsTLS() {
			return nil
		}
		m := located(c, h, Match{Sure: Proven, Proof: []Proof{{Ref: endRef(h), Says: "the server answers: " + printable([]byte(saidError(h)))}}})
		m.Changes = []change.Change{change.New(change.UseTLS, change.Client)}
		return []Match{m}
	},
}
