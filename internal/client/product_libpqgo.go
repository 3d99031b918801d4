package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// libpqGo is github.com/lib/pq 1.12 (ssl.go): it goes on in plain text, on the same connection, only where the server does
// not agree to TLS, and takes require for its default.
func libpqGo() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile = goTLS()
		bare := b.Chain && !b.Name
		b.Text = func(f Failure) string {
			if text := libpqGoText(f); !bare {
				return text
			}
			return strings.TrimPrefix(libpqGoText(f), "tls: failed to verify certificate: ")
		}
		return Mode{ID: id, Says: says, Does: b}
	}
	chain := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}
	full := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}
	system := func(b Behaviour) Behaviour { b.Roots = RootsSystem; return b }
	return Product{
		ID: "lib/pq", Says: "github.com/lib/pq 1.12, Go 1.26", Protocols: []string{"postgres"}, Aliases: []string{"pq", "libpq-go"},
		Modes: []Mode{
			mode("sslmode=require", "TLS or nothing, with anybody; the default", Behaviour{TLS: TLSRequire}),
			mode("sslmode=disable", "plain text", Behaviour{TLS: TLSNever}),
			mode("sslmode=allow", "plain text; TLS with anybody after a failure", Behaviour{TLS: TLSAllow, PlainOn: OnError | OnOther | OnSilence}),
			mode("sslmode=prefer", "TLS with anybody; plain text where the server does not agree", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline | OnError | OnOther}),
			mode("sslmode=require sslrootcert", "TLS or nothing; the chain is verified, as with verify-ca", chain),
			mode("sslmode=verify-ca", "TLS or nothing; the chain is verified with the system's roots", system(chain)),
			mode("sslmode=verify-ca sslrootcert", "TLS or nothing; the chain is verified, the name is not", chain),
			mode("sslmode=verify-full", "TLS or nothing; chain and name verified with the system's roots", system(full)),
			mode("sslmode=verify-full sslrootcert", "TLS or nothing; chain and name verified", full),
		},
	}
}

func libpqGoText(f Failure) string {
	f = f.plainly()
	if f.First != nil && answersS(*f.First) { // no refusal: TLS begins, and fails
		f = *f.First
	}
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble {
		if state == "" {
			return "pq: server error: " + text
		}
		return fmt.Sprintf("pq: %s (%s)", text, state)
	}
	switch {
	case answersS(f):
		return driverGo(f)
	case f.Step == StepPreamble && (f.How == fact.EndDeclined || f.How == fact.EndError || f.How == fact.EndNotTLS):
		return "pq: SSL is not enabled on the server"
	case f.Step == StepPlain && f.How == fact.EndNotTLS:
		return libpqGoStrange(f)
	}
	return driverGo(f)
}

// libpqGoStrange is what lib/pq says of an answer to its StartupMessage that is no message.
func libpqGoStrange(f Failure) string {
	b := f.first()
	switch {
	case len(b) < 5:
		return goRead(f, "read: connection reset by peer")
	case b[1] != 0:
		return "unexpected EOF"
	case b[0] == 'd':
		return `pq: unknown response for startup: "(d) CopyData"`
	}
	return fmt.Sprintf(`pq: unknown response for startup: "(%c) <unknown>"`, b[0])
}
