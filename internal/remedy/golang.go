package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// golang is programs written in Go, by their environment (crypto/x509 root_unix.go; "Go, Backwards Compatibility,
// and GODEBUG") and crypto/tls.Config.
func golang() Platform {
	return Platform{
		ID: "go", Title: "Go programs", Sides: []change.Side{change.Client, change.Server},
		Owns: func(c *fact.Case, side change.Side) int {
			switch {
			case writes(c, side, "go"):
				return 80
			case side == change.Client && isClient(c, "go-mssqldb", "sqlcmd-go", "pgx", "jackc/pgx", "lib/pq", "go-sql-driver"):
				return 60
			}
			return 0
		},
		Steps: lazily(golangBook),
	}
}

func golangBook() book {
	return book{
		id:      "go",
		file:    "the program's tls.Config",
		apply:   "build the program and start it again",
		undo:    "take the line out again",
		recipes: slices.Concat(golangTrust(), golangHello(), golangWeak()),
	}
}

// golangTrust: a directory named by SSL_CERT_DIR is read beside the system's file of CAs.
func golangTrust() []recipe {
	return append(
		alike(recipe{side: change.Client, what: "give the Go program the CA's certificate as {cafile}, beside the system's own (Linux)", file: command,
			snippet: "mkdir -p our-cas && cp {cafile|sh} our-cas/ && export SSL_CERT_DIR=\"/etc/ssl/certs:$PWD/our-cas\"",
			apply:   "start the program again from the same shell, or set the variable where the service gets its environment", undo: "unset SSL_CERT_DIR"},
			change.TrustCA, change.UpdateCA),
		recipe{kind: change.VerifyServer, side: change.Client, what: "let the program verify: no InsecureSkipVerify: true", snippet: "InsecureSkipVerify: false"},
		recipe{kind: change.PresentCertificate, side: change.Client, what: "let the program show a client certificate, loaded with tls.LoadX509KeyPair",
			snippet: "Certificates: []tls.Certificate{ pair }"},
	)
}

func golangHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let the program use {ver}", snippet: "MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS13"},
		{kind: change.SendServerName, side: change.Client, what: "let the program send {name} as server name", snippet: `ServerName: "{name|fqdn}"`},
		{kind: change.SmallHello, side: change.Client, what: "keep the program's hello in one packet: no post-quantum key share (Go 1.24 or later)", file: command,
			snippet: "export GODEBUG=tlsmlkem=0", apply: "start the program again from the same shell", undo: "unset GODEBUG"},
		{kind: change.KeepAlive, side: change.Client, what: "let the pool of database/sql close idle connections before others on the way do", file: "the program, after sql.Open",
			snippet: "db.SetConnMaxIdleTime(time.Minute)"},
	}
}

func golangWeak() []recipe {
	return []recipe{
		{kind: change.TrustAnything, side: change.Client, what: "let the program verify nothing", snippet: "InsecureSkipVerify: true",
			risk: "anybody on the way can be the server, read everything and change it"},
		{kind: change.AllowSHA1, what: "let the program take SHA-1 signatures in TLS 1.2 (Go 1.25 or later)", file: command, snippet: "export GODEBUG=tlssha1=1",
			apply: "start the program again from the same shell", undo: "unset GODEBUG", risk: "SHA-1 signatures can be forged"},
		{kind: change.AllowOldVersion, what: "let the program use {oldver}", when: is("oldv", "TLSv1"), snippet: "MinVersion: tls.VersionTLS10", risk: "{oldver} is broken"},
		{kind: change.AllowOldVersion, variant: "1.1", what: "let the program use {oldver}", when: is("oldv", "TLSv1.1"), snippet: "MinVersion: tls.VersionTLS11", risk: "{oldver} is broken"},
	}
}
