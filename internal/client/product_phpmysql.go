package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// phpMySQL is PHP's mysqlnd, below mysqli and PDO (ext/mysqlnd/mysqlnd_auth.c, mysqlnd_vio.c). Read in its source, not measured: TLS is
// used when asked for, chain and name are then verified unless that is switched off, and a server without TLS ends the connection.
func phpMySQL() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.NameLate, b.Text = openssl3(), true, phpMySQLText
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "php-mysql", Says: "PHP 8 mysqli and PDO with mysqlnd (not measured)", Protocols: []string{"mysql"}, Aliases: []string{"mysqli", "mysqlnd", "pdo_mysql"},
		Modes: []Mode{
			mode("no ssl option", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("MYSQLI_CLIENT_SSL", "TLS or nothing, chain and name verified with the system's roots",
				Behaviour{TLS: TLSRequire, Roots: RootsSystem, Chain: true, Name: true}),
			mode("MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("ssl_set(ca)", "TLS or nothing; chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
		},
	}
}

func phpMySQLText(f Failure) string {
	if code, state, text, ok := f.serverError(); ok {
		return fmt.Sprintf("SQLSTATE[%s] [%d] %s", state, code, text)
	}
	const cannot = "PHP Warning:  mysqli_real_connect(): Cannot connect to MySQL by using SSL"
	switch {
	case f.Step == StepTCP:
		return "SQLSTATE[HY000] [2002] " + errnoText(f.How)
	case f.How == fact.EndDeclined:
		return cannot
	case f.Reason == "name":
		return fmt.Sprintf("PHP Warning:  mysqli_real_connect(): Peer certificate CN=`%s' did not match expected CN=`%s'", f.leafName(), f.Verdict.Name)
	case !f.withinTLS():
		return "SQLSTATE[HY000] [2006] MySQL server has gone away"
	}
	if e, ok := opensslFailure(f); ok {
		return "PHP Warning:  mysqli_real_connect(): SSL operation failed with code 1. OpenSSL Error messages:\n" + e.short()
	}
	return cannot
}

// leafName is the common name of the server's certificate.
func (f Failure) leafName() string {
	if leaf := f.leaf(); leaf != nil {
		return leaf.CommonName
	}
	return ""
}
