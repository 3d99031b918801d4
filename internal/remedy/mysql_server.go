package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// mysqlServer is MySQL and MariaDB as the server (MySQL 8.4 manual, 8.3 and 7.1.8; MariaDB's "SSL/TLS System Variables").
func mysqlServer() Platform {
	return Platform{
		ID: "mysql-server", Title: "MySQL and MariaDB server", Sides: []change.Side{change.Server},
		Owns: func(c *fact.Case, _ change.Side) int {
			if family(c) == "mysql" {
				return 90
			}
			return 0
		},
		Steps: lazily(mysqlServerBook),
	}
}

func mysqlServerBook() book {
	return book{
		id:    "mysql-server",
		file:  "my.cnf",
		apply: "{mysqlrestart}",
		undo:  "take the lines out of my.cnf, then: {mysqlrestart}",
		recipes: slices.Concat(mysqlServerHello(), mysqlServerSuites(), mysqlServerFiles(), mysqlServerClients(), mysqlServerReach(),
			mysqlServerWeak()),
	}
}

func mysqlServerHello() []recipe {
	return []recipe{
		// Dynamic in MySQL since 8.0.16; in MariaDB it is read at the start.
		{kind: change.OfferVersion, what: "let MySQL speak {ver}", when: not(has("mariadb")), file: command,
			snippet: "SET PERSIST tls_version = 'TLSv1.2,TLSv1.3';\nALTER INSTANCE RELOAD TLS;",
			apply:   "run it in the mysql client as an administrator (MySQL 8.0.16 or later)",
			undo:    "RESET PERSIST tls_version;  then restart the server"},
		{kind: change.OfferVersion, variant: "mariadb", what: "let MariaDB speak {ver}", when: has("mariadb"),
			snippet: "[mariadb]\ntls_version = TLSv1.2,TLSv1.3", apply: "systemctl restart mariadb"},
		{kind: change.EnableTLS, what: "give {mysqlname} a certificate and its key: with them it offers TLS", snippet: mysqlPair},
		{kind: change.TurnTLSOff, what: "let clients in without TLS", file: command,
			snippet: "SET GLOBAL require_secure_transport = OFF;", apply: "run it in the client as an administrator",
			undo: "SET GLOBAL require_secure_transport = ON;",
			risk: "data travels readable and can be changed on the way"},
	}
}

// mysqlECDHE and mysqlDHE are the default list of MySQL 8.4 and later, which ssl_cipher replaces (include/tls_ciphers.h).
const (
	mysqlECDHE = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:" +
		"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
	mysqlDHE = "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305"
)

func mysqlServerSuites() []recipe {
	reload := "run it in the mysql client as an administrator (MySQL 8.0.16 or later)"
	return []recipe{
		{kind: change.OfferSuite, what: "let MySQL take {ossl}: append it to ssl_cipher", when: not(has("mariadb")), file: command,
			snippet: "SET PERSIST ssl_cipher = '" + mysqlECDHE + ":" + mysqlDHE + ":{ossl}';\nALTER INSTANCE RELOAD TLS;", apply: reload,
			undo: "RESET PERSIST ssl_cipher;  then restart the server"},
		{kind: change.OfferSuite, variant: "tls13", what: "let MySQL take {suite13} in TLS 1.3", when: not(has("mariadb")), file: command,
			snippet: "SET PERSIST tls_ciphersuites = '{suites13}';\nALTER INSTANCE RELOAD TLS;", apply: reload,
			undo: "RESET PERSIST tls_ciphersuites;  then restart the server"},
		{kind: change.OfferSuite, variant: "mariadb", what: "let MariaDB take {ossl}: append it to ssl_cipher", when: has("mariadb"),
			snippet: "[mariadb]\nssl_cipher = DEFAULT:{ossl}", apply: "systemctl restart mariadb"},
		{kind: change.DropDHE, what: "take the TLS_DHE suites away from MySQL: an ssl_cipher without them", when: not(has("mariadb")), file: command,
			snippet: "SET PERSIST ssl_cipher = '" + mysqlECDHE + "';\nALTER INSTANCE RELOAD TLS;", apply: reload,
			undo: "RESET PERSIST ssl_cipher;  then restart the server"},
		{kind: change.DropDHE, variant: "mariadb", what: "take the TLS_DHE suites away from MariaDB", when: has("mariadb"),
			snippet: "[mariadb]\nssl_cipher = DEFAULT:!DHE", apply: "systemctl restart mariadb"},
	}
}

// mysqlPair holds for MySQL and MariaDB; ssl_cert may hold the intermediates too (SSL_CTX_use_certificate_chain_file
// in vio/viosslfactories).
const mysqlPair = `[mysqld]
ssl_cert = /etc/mysql/tls/server-cert.pem
ssl_key  = /etc/mysql/tls/server-key.pem`

func mysqlServerFiles() []recipe {
	const undo = "put the old files back, then: {mysqlreload}"
	recipes := alike(recipe{what: "give {mysqlname} the new certificate, followed by its intermediates, and its key, in the files that these lines name", snippet: mysqlPair,
		apply: "chown mysql: /etc/mysql/tls/server-*.pem && {mysqlreload}    # if the paths are new: {mysqlrestart}", undo: undo},
		append(newCertificate(), change.UseOtherKeyType)...)
	return append(recipes,
		recipe{kind: change.FixCertificateFile, what: "give {mysqlname} a certificate that it can read, in PEM form", snippet: mysqlPair, undo: undo,
			apply: "sudo -u mysql openssl x509 -in /etc/mysql/tls/server-cert.pem -noout -subject && {mysqlrestart}"},
		recipe{kind: change.FixKeyFile, what: "let {mysqlname} read its key: owned by mysql, in PEM form, without a passphrase", snippet: mysqlPair, undo: undo,
			apply: "chown mysql: /etc/mysql/tls/server-*.pem && chmod 600 /etc/mysql/tls/server-key.pem && {mysqlrestart}"},
		recipe{kind: change.MatchKey, what: "give {mysqlname} the key that belongs to the certificate", snippet: mysqlPair, undo: undo,
			apply: keyCheck("/etc/mysql/tls/server-cert.pem", "/etc/mysql/tls/server-key.pem") + "\n{mysqlrestart}"},
		recipe{kind: change.SendChain, what: "let {mysqlname} send the intermediate certificate: append it to the file of ssl_cert",
			snippet: "[mysqld]\nssl_cert = /etc/mysql/tls/server-cert.pem",
			apply:   "cat intermediate.crt >> /etc/mysql/tls/server-cert.pem && {mysqlreload}", undo: undo},
	)
}

func mysqlServerClients() []recipe {
	return []recipe{
		{kind: change.TrustClientCA, what: "let {mysqlname} trust the client certificate's CA, {issuer}",
			snippet: "[mysqld]\nssl_ca = /etc/mysql/tls/client-ca.pem",
			apply:   "cat ca.crt >> /etc/mysql/tls/client-ca.pem && {mysqlrestart}"},
		{kind: change.TrustClientCA, variant: "any", instead: true, what: "let {mysqlname} trust the client certificate's CA",
			snippet: "[mysqld]\nssl_ca = /etc/mysql/tls/client-ca.pem",
			apply:   "cat ca.crt >> /etc/mysql/tls/client-ca.pem && {mysqlrestart}"},
	}
}

func mysqlServerReach() []recipe {
	return []recipe{
		{kind: change.StartServer, what: "let {mysqlname} listen on port {port}, on every address", snippet: "[mysqld]\nbind_address = *\nport = {port}"},
	}
}

func mysqlServerWeak() []recipe {
	return []recipe{
		// MySQL took TLS 1.0 and 1.1 out in 8.0.28: there is nothing to allow.
		{kind: change.AllowOldVersion, what: "let MariaDB speak {oldver}", when: has("mariadb"),
			snippet: "[mariadb]\ntls_version = {mariaold}\nssl_cipher = DEFAULT:@SECLEVEL=0", apply: "systemctl restart mariadb",
			risk: "{oldver} is broken and so are keys and digests that pass at this level"},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in MariaDB to {level}", when: has("mariadb"),
			snippet: "[mariadb]\nssl_cipher = DEFAULT:@SECLEVEL={level}", apply: "systemctl restart mariadb",
			risk: "shorter keys and weaker digests are accepted from everybody"},
	}
}
