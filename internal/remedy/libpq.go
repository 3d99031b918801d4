package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// libpq is PostgreSQL's client library by its connection string (manual, 34.1.2). Drivers that take the same
// words and no others are served as far as they go.
func libpq() Platform {
	return Platform{
		ID: "libpq", Title: "libpq (psql)", Sides: []change.Side{change.Client},
		Owns: func(c *fact.Case, _ change.Side) int {
			return scored(c, "postgres", "libpq", "psql", "pg_dump", "psycopg", "psycopg2", "pgx", "jackc/pgx", "lib/pq")
		},
		Steps: lazily(libpqBook),
	}
}

func libpqBook() book {
	return book{
		id:      "libpq",
		apply:   "put the words into the connection string, in place of those with the same name",
		undo:    "put the former words back",
		recipes: slices.Concat(libpqHello(), libpqNames(), libpqTrust(), libpqWeak()),
	}
}

// native is libpq itself: the Go drivers hand words they do not know to the server, which refuses them.
func native(v values) bool { return !oneOf("client", "pgx", "jackc/pgx", "lib/pq")(v) }

func libpqHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let the client offer {ver}", when: native,
			snippet: "ssl_min_protocol_version=TLSv1.2 ssl_max_protocol_version=TLSv1.3"},
		{kind: change.SendServerName, what: "let the client send {name} as server name (libpq 14 or later)", snippet: "host={name|fqdn} sslsni=1"},
		{kind: change.UseScheme, what: "begin with TLS, without asking first (PostgreSQL 17 or later on both sides)",
			snippet: "sslmode=verify-full sslnegotiation=direct", when: oneOf("scheme", "postgres-direct", "tls")},
		{kind: change.UseScheme, variant: "ask", what: "ask the server for TLS first, as servers before PostgreSQL 17 want it",
			snippet: "sslnegotiation=postgres", when: oneOf("scheme", "postgres", "postgresql")},
	}
}

func libpqNames() []recipe {
	return []recipe{
		// hostaddr keeps the address that was used; the name is what is verified and sent.
		{kind: change.UseName, what: "connect to {name}, the name that the certificate carries, at the same address", when: native,
			snippet: "host={name|fqdn} hostaddr={host|ip}"},
		{kind: change.UseName, variant: "host", instead: true, what: "connect to {name}, the name that the certificate carries", snippet: "host={name|dns}"},
		{kind: change.UsePort, what: "connect to port {port}", snippet: "port={port}"},
		{kind: change.PresentCertificate, what: "show the server a client certificate (the key readable for its owner alone)",
			snippet: "sslcert=client.crt sslkey=client.key", apply: "chmod 600 client.key, and put the words into the connection string"},
		{kind: change.UseTLS, what: "let the client use TLS and verify the server", snippet: "sslmode=verify-full sslrootcert={cafile|libpq}"},
	}
}

func libpqTrust() []recipe {
	return []recipe{
		{kind: change.TrustCA, what: "give the client the CA, {issuer}, as {cafile}", snippet: "sslmode=verify-full sslrootcert={cafile|libpq}"},
		{kind: change.TrustCA, variant: "any", instead: true, what: "give the client the CA's certificate as {cafile}",
			snippet: "sslmode=verify-full sslrootcert={cafile|libpq}"},
		{kind: change.VerifyServer, what: "let the client verify the chain and the name", snippet: "sslmode=verify-full sslrootcert={cafile|libpq}"},
		{kind: change.KeepAlive, what: "let idle connections be probed every minute", snippet: "keepalives_idle=60 keepalives_interval=10 keepalives_count=3", when: native},
		{kind: change.UpdateCA, what: "give the client the CA's present certificate as {cafile}", snippet: "sslrootcert={cafile|libpq}",
			undo: "put the old file back"},
	}
}

func libpqWeak() []recipe {
	return []recipe{
		{kind: change.SkipNameCheck, what: "verify the CA and not the name", snippet: "sslmode=verify-ca sslrootcert={cafile|libpq}",
			risk: "any certificate of this CA would be accepted"},
		// With a root.crt in ~/.postgresql, require verifies the chain all the same.
		{kind: change.TrustAnything, what: "use TLS and verify nothing (there must be no ~/.postgresql/root.crt)", snippet: "sslmode=require",
			risk: "anybody on the way can be the server and read the data"},
		{kind: change.TurnTLSOff, what: "connect without TLS", snippet: "sslmode=disable",
			risk: "data travels readable and can be changed on the way"},
		{kind: change.AllowOldVersion, what: "let the client accept {oldver}; OpenSSL's security level may have to fall too", when: native,
			snippet: "ssl_min_protocol_version={oldv}", risk: "{oldver} is broken"},
	}
}
