package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// goMSSQLDB is github.com/microsoft/go-mssqldb 1.11. Without encrypt the certificate is taken unseen; encrypt=false, said aloud, verifies it
// although it protects no more than the login (msdsn/conn_str.go, parseTLS; tds.go, connect).
func goMSSQLDB() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.Roots, b.Text = goTLS(), RootsGiven, goMSSQLText
		return Mode{ID: id, Says: says, Does: b}
	}
	full := Behaviour{TLS: TLSRequire, Chain: true, Name: true}
	login := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}
	checked := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline, Chain: true, Name: true}
	return Product{
		ID: "go-mssqldb", Says: "github.com/microsoft/go-mssqldb 1.11, Go 1.26", Protocols: tdsProtocols(),
		Aliases: []string{"go-sqlcmd", "sqlcmd-go", "denisenkom/go-mssqldb"},
		Modes: []Mode{
			mode("Encrypt=Optional TrustServerCertificate", "the default: the login is encrypted with anybody, all of it where the server forces that; plain text where it has no TLS", login),
			mode("Encrypt=Optional", "encrypt=false: the login is encrypted, chain and name verified; plain text where the server has no TLS", checked),
			mode("Encrypt=Mandatory", "encrypt=true: TLS or nothing, chain and name verified", full),
			mode("Encrypt=Mandatory TrustServerCertificate", "encrypt=true: TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("Encrypt=Disable", "plain text, the password included", Behaviour{TLS: TLSNever}),
			mode("Encrypt=Disable TrustServerCertificate", "plain text, the password included", Behaviour{TLS: TLSNever}),
			mode("Encrypt=Strict", "TDS 8.0: TLS before the first word, chain and name verified", tdsStrict()),
		},
	}
}

// goMSSQLText is the error that database/sql hands on (tds.go).
func goMSSQLText(f Failure) string {
	if _, _, text, ok := f.serverError(); ok {
		return "login error: mssql: login error: " + text
	}
	switch {
	case f.Step == StepTCP:
		return fmt.Sprintf("unable to open tcp connection with host '%s:%d': %s", f.Host, f.Port, driverGo(f))
	case f.How == fact.EndDeclined && f.Step == StepPreamble:
		return "server does not support encryption"
	case f.How == fact.EndDeclined: // with encrypt=disable it begins TLS all the same where the server demands it, which hangs up
		return "TLS Handshake failed: cannot read handshake packet: EOF"
	case f.Step == StepPreamble || f.Step == StepPlain:
		return driverGo(f)
	case f.How == fact.EndClosed && f.direct():
		return "TLS Handshake failed: EOF"
	case f.How == fact.EndClosed:
		return "TLS Handshake failed: cannot read handshake packet: EOF"
	}
	return "TLS Handshake failed: " + driverGo(f)
}

// direct: TLS began with the first byte.
func (f Failure) direct() bool { return f.Handshake != nil && f.Handshake.Protocol == "mssql-strict" }
