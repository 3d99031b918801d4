package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var serverTLSInitFailed = Cause{
	ID: "TW2010", Slug: "server-tls-init-failed", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "the server could not load its TLS set-up, and runs without it or refuses to start",
	Why: "At its start a server reads its certificate, its key and its list of authorities. If one of these cannot be used, some servers stop, and others go on " +
		"without encryption and turn clients away that insist on it. The reason stands in the server's own log, near the line of the start.",
	Check: "the server's log from its start on: journalctl -u SERVICE, the MySQL error log, PostgreSQL's log (\"SSL configuration was not reloaded\"), SQL Server's " +
		"ERRORLOG (26014, 17182, 17826, 17120)",
	Cites: []string{
		"MySQL Reference Manual, Configuring MySQL to Use Encrypted Connections: a server that cannot use its files starts without TLS",
		"PostgreSQL src/backend/libpq/be-secure-openssl.c be_tls_init",
		"Microsoft SQL Server errors 17182, 17826, 17120, 26014",
	},
	Signs: []Sign{
		{Of: fact.ServerWithoutTLS, Weight: 3},
		{Of: fact.TLSInitFailed, Weight: 10},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.MSSQL}, Weight: 9},
		{Of: fact.NoPeerCert, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.CertNotAvailable, Weight: 6},
		{Of: fact.OwnAlert(80), Weight: 3},
		{Of: fact.TLSInitFailed, In: []fact.Context{"java"}, Weight: 5},
		{Of: fact.TLSInitFailed, In: []fact.Context{"kafka"}, Weight: 5},
		{Of: fact.ThumbprintNotFound, Weight: 3},
		{Of: fact.NoServerCredential, Weight: 3},
		{Of: fact.OptionInvalid, In: []fact.Context{fact.ByServer, fact.AtStart}, Weight: 8},
		{Of: fact.OptionInvalid, In: []fact.Context{"mysql", fact.AtStart}, Weight: 8},
		{Of: fact.OptionUnknown, In: []fact.Context{"apache"}, Weight: 8},
	},
	Variants: map[string]Variant{noVersion: noVersionWords},
	Written:  writtenSets("server-tls-init-failed"),
	Advice: []change.Change{
		change.New(change.FixCertificateFile, change.Server),
		change.New(change.FixKeyFile, change.Server),
		change.New(change.MatchKey, change.Server),
		change.New(change.AskOwner, change.Server, "what", "the lines of its log around its start"),
	},
}
