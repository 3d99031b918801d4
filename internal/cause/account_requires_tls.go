package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var accountRequiresTLS = Cause{
	ID: "TW2008", Slug: "account-requires-tls", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "this database account may log in only over TLS, or only with a client certificate, and the login came without",
	Why: "A database can demand encryption, or a certificate of the client, for a single account. When such an account logs in without, MySQL and MariaDB answer " +
		"with the same \"access denied\" that they give for a wrong password, and do not say what was missing. The same password works as soon as the connection " +
		"is encrypted.",
	Check: "SHOW CREATE USER 'NAME'@'%' as an administrator shows REQUIRE SSL, X509, ISSUER or SUBJECT; mysql --ssl-mode=REQUIRED -h {host} -P {port} -u NAME -p " +
		"logs in (MariaDB: --ssl), with --ssl-mode=DISABLED it does not",
	Cites: []string{
		"MySQL Reference Manual, CREATE USER: REQUIRE NONE, SSL, X509, ISSUER, SUBJECT",
		"MariaDB sql/sql_acl.cc acl_check_ssl: a login that fails it gets error 1045",
		"MariaDB Knowledge Base, Securing Connections for Client and Server: require_secure_transport",
	},
	Signs: []Sign{
		{Of: fact.TLSDemanded, Weight: 3},
		{Of: fact.AccessDenied, Weight: 7},
		{Of: fact.PeerAlert(49), Weight: 2},
		{Of: fact.AccessDenied, In: []fact.Context{"postgres"}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.UseTLS, change.Client),
		change.New(change.PresentCertificate, change.Client),
		change.New(change.AskOwner, change.Server, "what", "what the account requires (SHOW CREATE USER), and whether the password is right"),
	},
}
