package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nodePG is the npm package pg 8.23: sslmode prefer, require and verify-ca of an URL all mean verify-full
// (pg-connection-string), and it never goes on in plain text.
func nodePG() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b = nodeBehaviour(b)
		b.Text = nodePGText
		return Mode{ID: id, Says: says, Does: b}
	}
	full := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}
	bundled := Behaviour{TLS: TLSRequire, Roots: RootsBundled, Chain: true, Name: true}
	anybody := Behaviour{TLS: TLSRequire}
	chain := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}
	warned := func(id, says, word string, b Behaviour) Mode {
		m := mode(id, says, b)
		m.Does.Text = func(f Failure) string { return fmt.Sprintf(nodePGWarning, word) + nodePGText(f) }
		return m
	}
	return Product{
		ID: "node-pg", Says: "pg 8.23 for Node 20", Protocols: []string{"postgres"}, Aliases: []string{"pg (node)", "node-postgres"},
		Modes: []Mode{
			mode("ssl undefined", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("ssl:true", "TLS or nothing, chain and name verified with Node's roots", bundled),
			mode("ssl:{rejectUnauthorized:false}", "TLS or nothing, with anybody", anybody),
			mode("ssl:{ca}", "TLS or nothing; chain and name verified", full),
			warned("sslmode=require", "means verify-full, with Node's roots", "require", bundled),
			warned("sslmode=prefer", "means verify-full, with Node's roots", "prefer", bundled),
			mode("sslmode=no-verify", "TLS or nothing, with anybody", anybody),
			mode("sslmode=verify-full sslrootcert", "TLS or nothing; chain and name verified", full),
			warned("sslmode=verify-ca sslrootcert", "means verify-full", "verify-ca", full),
			mode("sslmode=verify-full", "TLS or nothing, chain and name verified with Node's roots", bundled),
			mode("sslmode=disable", "plain text", Behaviour{TLS: TLSNever}),
			mode("sslmode=require uselibpqcompat", "TLS or nothing, with anybody, as libpq means it", anybody),
			mode("sslmode=prefer uselibpqcompat", "TLS or nothing, with anybody: there is no going on in plain text", anybody),
			mode("sslmode=require sslrootcert uselibpqcompat", "TLS or nothing; the chain is verified, the name is not", chain),
			mode("sslmode=verify-ca sslrootcert uselibpqcompat", "TLS or nothing; the chain is verified, the name is not", chain),
			mode("sslmode=verify-full uselibpqcompat", "TLS or nothing, chain and name verified with Node's roots", bundled),
			mode("sslmode=verify-full sslrootcert uselibpqcompat", "TLS or nothing; chain and name verified", full),
		},
	}
}

// nodePGWarning is printed once per process; %s is the mode of the URL.
const nodePGWarning = `(node:1) Warning: SECURITY WARNING: The SSL modes 'prefer', 'require', and 'verify-ca' are treated as aliases for 'verify-full'.
In the next major version (pg-connection-string v3.0.0 and pg v9.0.0), these modes will adopt standard libpq semantics, which have weaker security guarantees.

To prepare for this change:
- If you want the current behavior, explicitly use 'sslmode=verify-full'
- If you want libpq compatibility now, use 'uselibpqcompat=true&sslmode=%s'

See https://www.postgresql.org/docs/current/libpq-ssl.html for libpq SSL mode definitions.
(Use ` + "`node --trace-warnings ...`" + ` to show where the warning was created)
`

func nodePGText(f Failure) string {
	f = f.plainly()
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble {
		if state == "" {
			return "Error: Connection terminated unexpectedly"
		}
		return nodeError{code: state, class: "error", message: text}.String()
	}
	switch {
	case f.How == fact.EndTimeout:
		return "Error: timeout expired"
	case f.How == fact.EndDeclined:
		return "Error: The server does not support SSL connections"
	case f.Step == StepPreamble && (f.How == fact.EndNotTLS || f.How == fact.EndError):
		return "Error: There was an error establishing an SSL connection"
	case f.Step == StepPlain && f.How == fact.EndNotTLS:
		return nodePGStrange(f)
	case (f.Step == StepPlain || f.Step == StepPreamble) && f.How == fact.EndClosed:
		return "Error: Connection terminated unexpectedly"
	}
	e := driverNode(f)
	if e.reason != "" && f.How != fact.EndLocal { // pg writes while the handshake runs, and the write fails
		e = nodeError{code: "EPROTO", errno: "-71", message: "write EPROTO " + e.message}
	}
	return e.String()
}

// nodePGStrange is what pg-protocol makes of an answer that is no message.
func nodePGStrange(f Failure) string {
	b := f.first()
	switch {
	case len(b) < 5:
		return nodeError{code: "ECONNRESET", errno: "-104", message: "read ECONNRESET"}.String()
	case b[1] != 0:
		return "Error: Connection terminated unexpectedly"
	case b[0] == 'd':
		return "Error: Received unexpected copyData message from backend."
	}
	return fmt.Sprintf("error: received invalid response: %x", b[0])
}
