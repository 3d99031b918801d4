package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// postgresServer is PostgreSQL as the server (manual, 18.9 "Secure TCP/IP Connections with SSL", 19.3.3 and 20.1).
func postgresServer() Platform {
	return Platform{
		ID: "postgres-server", Title: "PostgreSQL server", Sides: []change.Side{change.Server},
		Owns: func(c *fact.Case, _ change.Side) int {
			if family(c) == "postgres" {
				return 90
			}
			return 0
		},
		Steps: lazily(postgresServerBook),
	}
}

// pgReload makes the server read postgresql.conf, pg_hba.conf and the certificate files again (all of them since 10).
const pgReload = `sudo -u postgres psql -c "SELECT pg_reload_conf()"`

func postgresServerBook() book {
	return book{
		id:    "postgres-server",
		file:  "postgresql.conf, at the end",
		apply: pgReload,
		undo:  "take the lines out, then: " + pgReload,
		recipes: slices.Concat(postgresServerHello(), postgresServerSuites(), postgresServerFiles(), postgresServerReach(),
			postgresServerWeak()),
	}
}

func postgresServerHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let PostgreSQL speak {ver}",
			snippet: "ssl_min_protocol_version = 'TLSv1.2'\nssl_max_protocol_version = ''"},
		{kind: change.OfferGroup, what: "let PostgreSQL 18 or later take the key-exchange group {curve}", snippet: "ssl_groups = '{groups}'"},
		{kind: change.OfferGroup, variant: "single", what: "let PostgreSQL 17 or earlier use the curve {curve} (it takes one)",
			snippet: "ssl_ecdh_curve = '{nist}'"},
		{kind: change.GrowDH, what: "give PostgreSQL a Diffie-Hellman group of {dhbits} bits (RFC 7919, {ffdhe})",
			snippet: "ssl_dh_params_file = 'dhparam.pem'",
			apply:   "openssl genpkey -genparam -algorithm DH -pkeyopt group:{ffdhe} -out dhparam.pem && chown postgres: dhparam.pem    # in the data directory\n" + pgReload},
	}
}

// pgCiphers is the default of ssl_ciphers.
const pgCiphers = "HIGH:MEDIUM:+3DES:!aNULL"

func postgresServerSuites() []recipe {
	return []recipe{
		{kind: change.OfferSuite, what: "let PostgreSQL take {ossl}: append it to ssl_ciphers", snippet: "ssl_ciphers = '" + pgCiphers + ":{ossl}'"},
		{kind: change.OfferSuite, variant: "tls13", what: "let PostgreSQL 18 or later take {suite13} in TLS 1.3",
			snippet: "ssl_tls13_ciphers = '{suites13}'"},
		{kind: change.DropDHE, what: "take the TLS_DHE suites away from PostgreSQL: append :!DHE to ssl_ciphers",
			snippet: "ssl_ciphers = '" + pgCiphers + ":!DHE'"},
	}
}

// pgPair lies in the data directory, where relative names are looked up.
const pgPair = `ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'`

func postgresServerFiles() []recipe {
	const put = "copy server.crt and server.key into the data directory, then: chown postgres: server.crt server.key && chmod 600 server.key\n" + pgReload
	const undo = "put the old files back, then: " + pgReload
	recipes := alike(recipe{what: "give PostgreSQL the new certificate, followed by its intermediates, and its key, in the files that these lines name", snippet: pgPair,
		apply: put, undo: undo}, append(newCertificate(), change.UseOtherKeyType)...)
	return append(recipes,
		recipe{kind: change.MatchKey, what: "give PostgreSQL the key that belongs to the certificate", snippet: pgPair,
			apply: keyCheck("server.crt", "server.key") + "\n" + put, undo: undo},
		recipe{kind: change.FixCertificateFile, what: "give PostgreSQL a certificate that it can read, in PEM form, in the file that this line names", snippet: pgPair,
			apply: put, undo: undo},
		recipe{kind: change.FixKeyFile, what: "let PostgreSQL read its key: owned by postgres, readable for nobody else, without a passphrase", snippet: pgPair,
			apply: put, undo: undo},
		recipe{kind: change.SendChain, what: "let PostgreSQL send the intermediate certificate: append it to server.crt",
			snippet: "ssl_cert_file = 'server.crt'", apply: "cat intermediate.crt >> server.crt    # in the data directory\n" + pgReload, undo: undo},
		recipe{kind: change.EnableTLS, what: "switch TLS on in PostgreSQL", snippet: pgPair, apply: put,
			undo: "ssl = off in postgresql.conf, then: " + pgReload},
		recipe{kind: change.TrustClientCA, what: "let PostgreSQL trust the client certificate's CA: put it into root.crt in the data directory",
			snippet: "ssl_ca_file = 'root.crt'", apply: "cat ca.crt >> root.crt    # in the data directory\n" + pgReload},
	)
}

func postgresServerReach() []recipe {
	return []recipe{
		{kind: change.StartServer, what: "let PostgreSQL listen on port {port}, on every address", snippet: "listen_addresses = '*'\nport = {port}",
			apply: "systemctl enable --now postgresql && systemctl restart postgresql", undo: "take the lines out and restart the server"},
	}
}

func postgresServerWeak() []recipe {
	const broken = "keys and digests that can be broken are accepted from everybody"
	return []recipe{
		{kind: change.AllowOldVersion, what: "let PostgreSQL speak {oldver}",
			snippet: "ssl_min_protocol_version = '{oldv}'\nssl_ciphers = 'DEFAULT:@SECLEVEL=0'", risk: "{oldver} and " + broken},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in PostgreSQL to {level}",
			snippet: "ssl_ciphers = '" + pgCiphers + ":@SECLEVEL={level}'", risk: broken},
		{kind: change.AllowSHA1, what: "let PostgreSQL use SHA-1 signatures", snippet: "ssl_ciphers = '" + pgCiphers + ":@SECLEVEL=0'",
			risk: "SHA-1 signatures can be forged, and every other limit on keys falls too"},
		{kind: change.TurnTLSOff, what: "let clients in without TLS", file: "pg_hba.conf, before the hostssl lines",
			snippet: "hostnossl all all samenet scram-sha-256",
			risk:    "data travels readable and can be changed on the way"},
	}
}
