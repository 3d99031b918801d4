package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// goSQLDriver is github.com/go-sql-driver/mysql 1.10. The server's name is sent and verified only where the configuration
// carries it: skip-verify and preferred share a tls.Config without (utils.go, dsn.go).
func goSQLDriver() Product {
	mode := func(id, says string, b Behaviour) Mode {
		if b.Profile.ID == "" {
			b.Profile = goTLS()
		}
		if b.Text == nil {
			b.Text = goMySQLText
		}
		return Mode{ID: id, Says: says, Does: b}
	}
	own := func(f Failure) string { // VerifyConnection's error comes without crypto/tls's own words before it
		return strings.TrimPrefix(goMySQLText(f), "tls: failed to verify certificate: ")
	}
	return Product{
		ID: "go-sql-driver", Says: "github.com/go-sql-driver/mysql 1.10, Go 1.26", Protocols: []string{"mysql"},
		Aliases: []string{"go-sql-driver/mysql", "go-mysql-driver"},
		Modes: []Mode{
			mode("tls=false", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("tls=preferred", "TLS where the server has it, unverified; plain text where it has not",
				Behaviour{TLS: TLSPrefer, PlainOn: OnDecline, SNI: SNINever}),
			mode("tls=skip-verify", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire, SNI: SNINever}),
			mode("tls=true", "TLS or nothing, chain and name verified with the system's roots",
				Behaviour{TLS: TLSRequire, Roots: RootsSystem, Chain: true, Name: true}),
			mode("tls=custom", "a registered configuration with RootCAs: chain and name verified",
				Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
			mode("tls=custom chain only", "a registered configuration that verifies the chain and not the name",
				Behaviour{TLS: TLSRequire, SNI: SNINever, Roots: RootsGiven, Chain: true, Text: own}),
			mode("tls=custom TLS 1.0", "a registered configuration with MinVersion TLS 1.0 and no verification",
				Behaviour{TLS: TLSRequire, SNI: SNINever, Profile: goTLS10()}),
		},
	}
}

// goMySQLText is the error returned. What cannot be read of a greeting, or of the answer to the login, goes to the driver's logger
// (packets.go) and not into the error.
func goMySQLText(f Failure) string {
	if code, state, text, ok := f.serverError(); ok {
		return fmt.Sprintf("Error %d (%s): %s", code, state, text)
	}
	switch {
	case f.How == fact.EndDeclined:
		return "TLS requested but server does not support TLS"
	case f.Step == StepPreamble || f.Step == StepPlain:
		return "invalid connection"
	}
	return driverGo(f)
}
