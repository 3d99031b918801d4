package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var plaintextAllowed = Cause{
	ID: "TW9209", Slug: "plaintext-allowed", Since: "0.1",
	Phase: ClientSetup, Level: Weak,
	Title: "the client's mode goes on without TLS, silently, when the server offers none",
	Why: "Modes such as \"prefer\" or \"if available\" encrypt when the server says that it can, and otherwise send everything readable, the login included, without " +
		"telling anybody. Somebody in between only has to make the server appear to have no TLS. A mode that requires encryption fails instead, which is the " +
		"safer answer.",
	Check: "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid() (PostgreSQL); SHOW SESSION STATUS LIKE 'Ssl_cipher' (MySQL, empty means none); SELECT " +
		"encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID (SQL Server)",
	Cites: []string{
		"PostgreSQL manual, SSL Support, Protection Provided in Different Modes: prefer is the default and protects from nothing",
		"MySQL Reference Manual, Command Options for Encrypted Connections: --ssl-mode=PREFERRED",
		"RFC 7435 §1 (opportunistic security)",
	},
	Signs: []Sign{
		{Of: fact.PlaintextAllowed, Weight: 10},
	},
	Written: writtenPlain,
	Advice: []change.Change{
		change.New(change.UseTLS, change.Client),
		change.New(change.VerifyServer, change.Client),
	},
}
