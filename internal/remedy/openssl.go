package remedy

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// openSSL is the library's own configuration, for programs that have no setting for the change themselves.
// config(5), SSL_CONF_cmd(3).
func openSSL() Platform {
	return Platform{
		ID: "openssl", Title: "OpenSSL", Sides: []change.Side{change.Client, change.Server},
		Owns:  func(c *fact.Case, side change.Side) int { return opensslScore(c, side) },
		Steps: lazily(openSSLBook),
	}
}

// opensslScore is low for programs that use the library and have settings of their own.
func opensslScore(c *fact.Case, side change.Side) int {
	if side == change.Server {
		if family(c) == "mssql" || microsoft(c) {
			return 0
		}
		return 20
	}
	switch {
	case isClient(c, "openssl", "openssl3", "curl", "python", "ruby", "php", "wget"):
		return 70
	case isClient(c, "nginx", "mysql", "mariadb", "libpq", "psql", "odbc", "sqlcmd", "pymysql", "psycopg"):
		return 30
	case anyClient(c):
		return 20
	}
	return 0
}

// microsoft reports whether the server's own bytes show a Windows web server.
func microsoft(c *fact.Case) bool {
	return banner(c, "Microsoft-IIS") || banner(c, "Microsoft-HTTPAPI")
}

func openSSLBook() book {
	return book{
		id: "openssl",
		// A file of its own: Debian 12's /etc/ssl/openssl.cnf has no ssl_conf section, so that settings put there
		// without the sections have no effect, and every other program of the machine keeps its limits.
		file:    "/etc/ssl/openssl-app.cnf (a new file, for the one program)",
		apply:   "export OPENSSL_CONF=/etc/ssl/openssl-app.cnf    # before starting the program; under systemd: Environment=OPENSSL_CONF=/etc/ssl/openssl-app.cnf",
		undo:    "unset OPENSSL_CONF and restart the program",
		recipes: append(opensslOffers(), opensslWeak()...),
	}
}

// cnf is a whole openssl.cnf with these settings for every TLS context of a program.
func cnf(settings string) string {
	return `openssl_conf = openssl_init

[openssl_init]
ssl_conf = ssl_sect

[ssl_sect]
system_default = system_default_sect

[system_default_sect]
` + settings
}

func opensslOffers() []recipe {
	return []recipe{
		// config(5): what stands before the first section is the default section, and openssl_conf is looked for there alone.
		{kind: change.CorrectOption, what: "let OpenSSL find these sections: put this line at the top, before the first section", when: has("initial"),
			file: "openssl.cnf, its first line", snippet: "openssl_conf = {initial}", apply: "start the program again; openssl version -d prints the folder of the file that is read",
			undo: "take the line out"},
		{kind: change.OfferVersion, what: "let OpenSSL use {ver} in this program",
			snippet: cnf("MinProtocol = TLSv1.2\nMaxProtocol = TLSv1.3")},
		{kind: change.OfferSuite, what: "let OpenSSL use {ossl} in this program", snippet: cnf("CipherString = DEFAULT:{ossl}")},
		{kind: change.OfferSuite, variant: "tls13", what: "let OpenSSL use {suite13} in this program", when: has("suite13"),
			snippet: cnf("Ciphersuites = {suites13}")},
		{kind: change.OfferGroup, what: "let OpenSSL use the key-exchange group {curve} in this program", snippet: cnf("Groups = {groups}")},
		{kind: change.OfferSignature, what: "let OpenSSL use {scheme} in this program", snippet: cnf("SignatureAlgorithms = {sigalgs}")},
		{kind: change.SmallHello, what: "keep OpenSSL's hello in one segment: no post-quantum key share",
			snippet: cnf("Groups = X25519:prime256v1:secp384r1")},
		{kind: change.DropDHE, what: "take the TLS_DHE suites away from this program", snippet: cnf("CipherString = DEFAULT:!DHE")},
	}
}

func opensslWeak() []recipe {
	broken := "this program accepts keys and digests that can be broken"
	return []recipe{
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in this program to {level}",
			snippet: cnf("CipherString = DEFAULT@SECLEVEL={level}"), risk: broken},
		{kind: change.AllowSmallDH, what: "let OpenSSL accept a small Diffie-Hellman group in this program",
			snippet: cnf("CipherString = DEFAULT@SECLEVEL={dhlevel}"),
			risk:    "a group of 1024 bits can be broken by those who can pay for it, and shorter RSA keys pass too"},
		// SHA-1 counts 63 bits since OpenSSL 3.0: below level 1's 80.
		{kind: change.AllowSHA1, what: "let OpenSSL accept SHA-1 signatures in this program",
			snippet: cnf("CipherString = DEFAULT@SECLEVEL=0"), risk: "SHA-1 signatures can be forged, and every other limit on keys falls too"},
		{kind: change.AllowSHA1, variant: "redhat", what: "on Red Hat systems, let the crypto policy accept SHA-1 signatures",
			file: command, snippet: "update-crypto-policies --set DEFAULT:SHA1", apply: "restart the programs, or the machine",
			undo: "update-crypto-policies --set DEFAULT", risk: "SHA-1 signatures can be forged, and every program of the machine accepts them"},
		{kind: change.AllowOldVersion, what: "let OpenSSL use {oldver} in this program",
			snippet: cnf("MinProtocol = {oldv}\nCipherString = DEFAULT@SECLEVEL=0"), risk: "{oldver} is broken and so are keys and digests that pass at this level"},
		{kind: change.AllowLegacyRenegotiation, side: change.Client, what: "let OpenSSL connect to servers without secure renegotiation in this program",
			snippet: cnf("Options = UnsafeLegacyServerConnect"),
			risk:    "somebody on the way can put a request of their own before yours (CVE-2009-3555)"},
	}
}
