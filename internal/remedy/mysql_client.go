package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// mysqlClient is the command-line clients of MySQL and MariaDB, whose options differ. Drivers have their own words.
func mysqlClient() Platform {
	return Platform{
		ID: "mysql-client", Title: "mysql and mariadb clients", Sides: []change.Side{change.Client},
		Owns: func(c *fact.Case, _ change.Side) int {
			return scored(c, "mysql", "mysql", "mariadb", "mysqldump", "mariadb-dump", "mysqladmin", "mariadb-admin")
		},
		Steps: lazily(mysqlClientBook),
	}
}

func mysqlClientBook() book {
	return book{
		id:      "mysql-client",
		apply:   "add the options to the command, or without the dashes to [client] in ~/.my.cnf",
		undo:    "leave the options out again",
		recipes: slices.Concat(mysqlClientHello(), mysqlClientNames(), mysqlClientTrust(), mysqlClientWeak()),
	}
}

// oracle and maria tell the two clients apart: by the profile, else by the server's product, whose client it is as a rule.
func oracle(v values) bool { return !maria(v) }

func maria(v values) bool {
	switch v.safe["client"] {
	case "mariadb", "mariadb-dump", "mariadb-admin":
		return true
	case "mysql", "mysqldump", "mysqladmin":
		return false
	}
	return v.safe["mariadb"] != ""
}

// The suites build on HIGH: mysql puts its own exclusions first, and OpenSSL knows DEFAULT at the beginning alone.
func mysqlClientHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let the client offer {ver}", snippet: "--tls-version=TLSv1.2,TLSv1.3"},
		{kind: change.OfferSuite, what: "let the client offer {ossl}", snippet: "--ssl-cipher='HIGH:{ossl}'"},
		{kind: change.OfferSuite, variant: "tls13", what: "let the client offer {suite13}", when: func(v values) bool { return oracle(v) && has("suite13")(v) },
			snippet: "--tls-ciphersuites='{suites13}'"},
		{kind: change.DropDHE, what: "let the client offer no TLS_DHE suite", snippet: "--ssl-cipher='HIGH:!DHE'"},
		{kind: change.SendServerName, what: "let the client send {name} as server name (mysql 8.1 or later; mariadb sends none)", when: oracle,
			snippet: "--tls-sni-servername={name|fqdn}"},
	}
}

func mysqlClientNames() []recipe {
	return []recipe{
		{kind: change.UseName, what: "connect to {name}, the name that the certificate carries", snippet: "--host={name|dns}"},
		{kind: change.UsePort, what: "connect to port {port}", snippet: "--protocol=TCP --port={port}"},
		{kind: change.PresentCertificate, what: "show the server a client certificate",
			snippet: "--ssl-cert=client-cert.pem --ssl-key=client-key.pem"},
		{kind: change.UseTLS, what: "let the client use TLS and verify the server", when: oracle, snippet: verifyOracle},
		{kind: change.UseTLS, variant: "mariadb", what: "let the client use TLS and verify the server", when: maria, snippet: verifyMaria},
	}
}

const (
	verifyOracle = "--ssl-mode=VERIFY_IDENTITY --ssl-ca={cafile|sh}"
	verifyMaria  = "--ssl-verify-server-cert --ssl-ca={cafile|sh}"
)

func mysqlClientTrust() []recipe {
	return []recipe{
		{kind: change.TrustCA, what: "give the client the CA, {issuer}, as {cafile}", when: oracle, snippet: verifyOracle},
		{kind: change.TrustCA, variant: "mariadb", what: "give the client the CA, {issuer}, as {cafile}", when: maria, snippet: verifyMaria},
		{kind: change.TrustCA, variant: "any", what: "give the client the CA's certificate as {cafile}", when: oracle, instead: true, snippet: verifyOracle},
		{kind: change.TrustCA, variant: "any-mariadb", what: "give the client the CA's certificate as {cafile}", when: maria, instead: true, snippet: verifyMaria},
		{kind: change.VerifyServer, what: "let the client verify the chain and the name", when: oracle, snippet: verifyOracle},
		{kind: change.VerifyServer, variant: "mariadb", what: "let the client verify the chain and the name", when: maria, snippet: verifyMaria},
		{kind: change.UpdateCA, what: "give the client the CA's present certificate as {cafile}", snippet: "--ssl-ca={cafile|sh}",
			undo: "put the old file back"},
	}
}

func mysqlClientWeak() []recipe {
	const anybody = "anybody on the way can be the server, read everything and change it"
	const readable = "data travels readable and can be changed on the way"
	return []recipe{
		{kind: change.SkipNameCheck, what: "verify the CA and not the name", when: oracle, snippet: "--ssl-mode=VERIFY_CA --ssl-ca={cafile|sh}",
			risk: "any certificate of this CA would be accepted"},
		// Connector/C 3.4, which MariaDB 11.4 brings, checks nothing with this; 3.3 still checks the chain.
		{kind: change.SkipNameCheck, variant: "mariadb", what: "verify the CA and not the name (up to MariaDB 11.3)", when: maria,
			snippet: "--skip-ssl-verify-server-cert --ssl --ssl-ca={cafile|sh}",
			risk:    "any certificate of this CA would be accepted, by MariaDB 11.4 and later any certificate at all; a server without TLS is accepted too"},
		{kind: change.TrustAnything, what: "use TLS and verify nothing", when: oracle, snippet: "--ssl-mode=REQUIRED", risk: anybody},
		{kind: change.TrustAnything, variant: "mariadb", what: "use TLS and verify nothing", when: maria, snippet: "--ssl --skip-ssl-verify-server-cert",
			risk: anybody + "; a server without TLS is accepted too"},
		{kind: change.TurnTLSOff, what: "connect without TLS", when: oracle, snippet: "--ssl-mode=DISABLED", risk: readable},
		{kind: change.TurnTLSOff, variant: "mariadb", what: "connect without TLS", when: maria, snippet: "--skip-ssl", risk: readable},
		{kind: change.AllowSmallDH, what: "accept a small Diffie-Hellman group", snippet: "--ssl-cipher='HIGH:@SECLEVEL={dhlevel}'",
			risk: "a group of 1024 bits can be broken by those who can pay for it, and shorter RSA keys pass too"},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in the client to {level}",
			snippet: "--ssl-cipher='HIGH:@SECLEVEL={level}'", risk: "the server may use keys and digests that can be broken"},
		{kind: change.AllowSHA1, what: "accept SHA-1 signatures", snippet: "--ssl-cipher='HIGH:@SECLEVEL=0'",
			risk: "SHA-1 signatures can be forged, and every other limit on keys falls too"},
	}
}
