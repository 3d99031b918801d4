package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nodeTLS is tls.connect of Node.js, which looks at chain and name once the handshake stands (lib/_tls_wrap.js, onConnectSecure).
func nodeTLS() Product {
	does := func(verify bool, roots RootsUse) Behaviour {
		return nodeBehaviour(Behaviour{TLS: TLSRequire, Chain: verify, Name: verify, Roots: roots, Text: nodeText})
	}
	return Product{
		ID: "node", Says: "Node.js tls (20, OpenSSL 3.0)", Protocols: []string{"tls", "https"},
		Modes: []Mode{
			{ID: "rejectUnauthorized:true", Says: "Node's own roots", Does: does(true, RootsBundled)},
			{ID: "rejectUnauthorized:true ca", Says: "a CA of one's own", Does: does(true, RootsGiven)},
			{ID: "rejectUnauthorized:false", Says: "nothing is verified", Does: does(false, RootsGiven)},
		},
		Aliases: []string{"nodejs", "node.js", "node tls"},
	}
}

// nodeText is the error's code, reason and message.
func nodeText(f Failure) string {
	if f.How == fact.EndTimeout {
		return "timeout"
	}
	e := driverNode(f)
	if f.Reason == "chain" && x509Last(f) >= x509Host {
		e.code = "UNSPECIFIED" // Node has no name for newer results (src/crypto/crypto_common.cc)
	}
	if e.reason == "" {
		e.reason = "undefined"
	}
	return fmt.Sprintf("code=%s reason=%s message=%s", e.code, e.reason, e.message)
}
