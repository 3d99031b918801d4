package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientDefaultChanged = Cause{
	ID: "TW5011", Slug: "client-default-changed", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the driver is a newer one, which encrypts and verifies the server's certificate by default",
	Why: "Newer drivers encrypt every connection and check the server's certificate unless told otherwise; the versions before them did neither. The server did " +
		"not change: its certificate, often one that it made for itself, was never looked at until the driver was upgraded. Nobody is attacking; the client " +
		"only needs to know whom to trust.",
	Check: "the driver's version: odbcinst -q -d, dotnet list package, npm ls, pip show; sqlcmd -S {host},{port} -Q \"SELECT 1\" fails where the same with -C (trust " +
		"any certificate) works: then only the trust is missing",
	Cites: []string{
		"Microsoft ODBC Driver 18 and OLE DB Driver 19 for SQL Server: Encrypt is yes (Mandatory) by default",
		"Microsoft.Data.SqlClient 4.0 release notes: Encrypt is true by default",
		"Microsoft JDBC Driver 10.2 release notes: encrypt is true by default",
		"MariaDB Connector/C 3.4 release notes: certificates are verified by default",
	},
	Signs: []Sign{
		{Of: fact.ServerWithoutTLS, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "provider-ssl"}, Weight: 6},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.MSSQL}, Weight: 5},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 9},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "sqlclient-new"}, Weight: 9},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "oledb"}, Weight: 8},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 9},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.MSSQL}, Weight: 8},
		{Of: fact.SelfSignedRoot, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.RejectedByCallback, Weight: 4},
		{Of: fact.OptionsClash, Weight: 4},
		{Of: fact.DefaultChanged, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.TrustCA, change.Client),
		change.New(change.ReplaceCertificate, change.Server, "why", "clients cannot verify this one"),
		change.NotAdvised(change.TrustAnything, change.Client),
		change.NotAdvised(change.TurnTLSOff, change.Client),
	},
}
