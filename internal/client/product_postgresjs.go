package client

import "github.com/tlswhy/tlswhy/internal/fact"

// postgresJS is the npm package postgres 3.4: 'require', 'prefer' and 'allow' verify nothing, and prefer goes on in plain text on
// whatever is no S (src/connection.js).
func postgresJS() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b = nodeBehaviour(b)
		b.Text = postgresJSText
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "postgres.js", Says: "postgres 3.4 for Node 20", Protocols: []string{"postgres"}, Aliases: []string{"postgresjs", "porsager/postgres"},
		Modes: []Mode{
			mode("ssl undefined", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("ssl:'require'", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("ssl:'prefer'", "TLS with anybody; plain text where the server does not agree",
				Behaviour{TLS: TLSPrefer, PlainOn: OnDecline | OnError | OnOther}),
			mode("ssl:'verify-full'", "TLS or nothing, chain and name verified with Node's roots",
				Behaviour{TLS: TLSRequire, Roots: RootsBundled, Chain: true, Name: true}),
			mode("ssl:{ca}", "TLS or nothing; chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
		},
	}
}

func postgresJSText(f Failure) string {
	f = f.plainly()
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble && state != "" {
		return nodeError{code: state, class: "PostgresError", message: text}.String()
	}
	switch {
	case f.How == fact.EndTimeout:
		return "code=CONNECT_TIMEOUT errno=CONNECT_TIMEOUT Error: write CONNECT_TIMEOUT " + f.Host + ":" + f.port()
	case f.Step == StepPreamble && f.How != fact.EndReset && f.How != fact.EndClosed: // it goes on to TLS and the server leaves
		return nodeError{code: "ECONNRESET", message: nodeGone}.String()
	case f.Step == StepPreamble || f.Step == StepPlain:
		return nodeError{code: "ECONNRESET", errno: "-104", message: "read ECONNRESET"}.String()
	}
	return driverNode(f).String()
}
