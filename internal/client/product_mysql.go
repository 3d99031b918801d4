package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// oracleMySQL is Oracle's mysql client and libmysqlclient. Its modes stand in client/include/sslopt-case.h, what they do in
// sql-common/client.cc (cli_establish_ssl) and vio/viosslfactories.cc of MySQL 8 and 9: a handshake that fails is fatal in
// every mode, only a server without the capability is put up with.
func oracleMySQL() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.SNI, b.Text = openssl3Min12(), SNINever, mysqlText
		return Mode{ID: id, Says: says, Does: b}
	}
	chain := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}
	identity := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}
	noCA := Behaviour{TLS: TLSRequire, Roots: RootsNone, Chain: true, Refuse: withoutCA}
	warned := mode("REQUIRED with --ssl-ca", "TLS or nothing; the CA file is not looked at, a warning says so", Behaviour{TLS: TLSRequire})
	warned.Does.Text = func(f Failure) string { return mysqlWarning + mysqlText(f) }
	return Product{
		ID: "mysql", Says: "Oracle's mysql client and libmysqlclient 8 and 9", Protocols: []string{"mysql"},
		Aliases: []string{"mysql cli", "libmysqlclient", "mysqldump", "mysqladmin"},
		Modes: []Mode{
			mode("PREFERRED", "TLS where the server has it, unverified; plain text where it has not", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}),
			mode("REQUIRED", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			warned,
			mode("VERIFY_CA", "the chain is verified, the name is not; what --ssl-ca alone means too", chain),
			mode("VERIFY_IDENTITY", "chain and name are verified", identity),
			mode("VERIFY_CA without --ssl-ca", "refused: there is no default CA", noCA),
			mode("VERIFY_IDENTITY without --ssl-ca", "refused: there is no default CA", noCA),
			mode("DISABLED", "plain text", Behaviour{TLS: TLSNever}),
		},
	}
}

const mysqlWarning = "WARNING: no verification of server certificate will be done. Use --ssl-mode=VERIFY_CA or VERIFY_IDENTITY.\n"

// mysqlText is how the client prints an error: number, SQLSTATE, words of libmysql/errmsg.cc.
func mysqlText(f Failure) string {
	if code, state, text, ok := f.serverError(); ok {
		return fmt.Sprintf("ERROR %d (%s): %s", code, state, text)
	}
	switch f.Step {
	case StepTCP:
		return fmt.Sprintf("ERROR 2003 (HY000): Can't connect to MySQL server on '%s:%d' (%d)", f.Host, f.Port, errno(f.How))
	case StepPlain:
		return lostMySQL("reading authorization packet", f.How)
	case StepPreamble:
		return mysqlPreamble(f)
	}
	return mysqlSSL(mysqlReason(f))
}

func mysqlPreamble(f Failure) string {
	switch {
	case f.How == fact.EndDeclined:
		return mysqlSSL("SSL is required but the server doesn't support it")
	case f.Reason == reasonNoCA:
		return mysqlSSL("CA certificate is required if ssl-mode is VERIFY_CA or VERIFY_IDENTITY")
	}
	return lostMySQL("reading initial communication packet", f.How)
}

func mysqlSSL(what string) string { return "ERROR 2026 (HY000): SSL connection error: " + what }

func lostMySQL(at string, how fact.How) string {
	return fmt.Sprintf("ERROR 2013 (HY000): Lost connection to MySQL server at '%s', system error: %d", at, errno(how))
}

// mysqlReason is OpenSSL's error as ERR_error_string_n prints it; of an empty queue, after RST or silence, number 0.
func mysqlReason(f Failure) string {
	if e, ok := opensslFailure(f); ok {
		return e.short()
	}
	return "error:00000000:lib(0)::reason(0)"
}

// errno is Linux's error number for the end of a connection; 0 for an orderly one.
func errno(how fact.How) int {
	switch how {
	case fact.EndRefused:
		return 111
	case fact.EndReset:
		return 104
	case fact.EndTimeout:
		return 110
	case fact.EndUnreachable:
		return 113
	}
	return 0
}

// errnoText is that number in glibc's words.
func errnoText(how fact.How) string {
	switch how {
	case fact.EndRefused:
		return "Connection refused"
	case fact.EndReset:
		return "Connection reset by peer"
	case fact.EndTimeout:
		return "Connection timed out"
	case fact.EndUnreachable:
		return "No route to host"
	}
	return "Success"
}
