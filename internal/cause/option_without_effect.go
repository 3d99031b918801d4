package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var optionWithoutEffect = Cause{
	ID: "TW9202", Slug: "option-without-effect", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "a connection parameter is misspelt, belongs to another driver or has a value that this one does not know",
	Why: "Each driver has its own names for the settings of encryption, and a word of one means nothing to the next. Some drivers refuse a parameter that they " +
		"do not know, as here; others ignore it without a word and go on with their defaults, which may be no encryption at all.",
	Check: "compare the parameter with the driver's own manual, letter by letter; what is in force: SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid(), SHOW " +
		"SESSION STATUS LIKE 'Ssl_cipher', SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID",
	Cites: []string{
		"PostgreSQL src/interfaces/libpq/fe-connect.c: invalid sslmode value, invalid connection option",
		"MySQL client: unknown variable, unknown option",
		"Microsoft.Data.SqlClient: Keyword not supported",
	},
	Signs: []Sign{
		{Of: fact.TLSDemanded, Weight: 2},
		{Of: fact.TLSDemanded, In: []fact.Context{"postgres"}, Weight: 2},
		{Of: fact.NoCipherLeft, Weight: 3},
		{Of: fact.PeerAlert(115), Weight: 5},
		{Of: fact.OptionUnknown, Weight: 10},
		{Of: fact.OptionInvalid, Weight: 10},
		{Of: fact.OptionInvalid, In: []fact.Context{fact.ByServer, fact.AtStart}, Weight: 7},
		{Of: fact.OptionInvalid, In: []fact.Context{"mysql", fact.AtStart}, Weight: 7},
		{Of: fact.OptionUnknown, In: []fact.Context{"apache"}, Weight: 7},
		{Of: fact.OptionsClash, Weight: 5},
	},
	Written: writtenOptions,
	Advice: []change.Change{
		change.New(change.CorrectOption, change.Client),
		change.New(change.VerifyServer, change.Client),
	},
}
