package client

import (
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// tedious is Node's driver. It begins TLS where the server answers ON or REQ and goes on in plain text otherwise, even with encrypt:true
// (lib/connection.js, SENT_PRELOGIN); encrypt:false means no TLS at all, not for the login either.
func tedious() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b = nodeBehaviour(b)
		if b.TLS != TLSDirect { // lib/message-io.js: maxVersion; versions below 1.2 are offered, and refused at their signature
			b.Profile = versioned(b.Profile, "node20-max12", "Node 20 with TLS 1.0 to 1.2 (tedious)", wire.TLS12, wire.TLS11, wire.TLS10)
			b.Profile.Hello = changed(b.Profile.Hello, func(h *wire.Hello) { h.Groups = curves }) // OpenSSL has the others for TLS 1.3 only
		}
		b.Text = tediousText
		return Mode{ID: id, Says: says, Does: b}
	}
	full := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline, Chain: true, Name: true, Roots: RootsGiven}
	const strip = "; plain text where the server has no TLS"
	return Product{
		ID: "tedious", Says: "tedious 18, Node 20", Protocols: tdsProtocols(), Aliases: []string{"node-mssql", "tedious.js"},
		Modes: []Mode{
			mode("encrypt:true", "the default: chain and name verified"+strip, full),
			mode("encrypt:true trustServerCertificate:true", "TLS with anybody"+strip, Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}),
			mode("encrypt:false", "plain text, the password included", Behaviour{TLS: TLSNever}),
			mode("encrypt:strict", "TDS 8.0: TLS before the first word, chain and name verified", tdsStrict()),
		},
	}
}

// tediousText is the message of its ConnectionError (lib/connection.js, socketError).
func tediousText(f Failure) string {
	if _, _, text, ok := f.serverError(); ok {
		return text
	}
	at := f.Host + ":" + f.port()
	switch {
	case f.Step == StepPlain && f.How == fact.EndDeclined:
		return "Server requires encryption, set 'encrypt' config option to true."
	case f.How == fact.EndTimeout:
		return "Failed to connect to " + at + " in 15000ms"
	case f.How == fact.EndClosed && (f.Step == StepPreamble || f.Step == StepPlain):
		return "Connection lost - socket hang up"
	}
	return "Failed to connect to " + at + " - " + driverNode(f).message
}
