package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// node is Node.js by its environment, options and the arguments of tls.connect (Node.js documentation, CLI and TLS).
func node() Platform {
	return Platform{
		ID: "node", Title: "Node.js", Sides: []change.Side{change.Client},
		Owns: func(c *fact.Case, side change.Side) int {
			switch {
			case writes(c, side, "node"):
				return 85
			case isClient(c, "tedious", "node-pg", "mysql2", "npm", "undici"):
				return 70
			}
			return 0
		},
		Steps: lazily(nodeBook),
	}
}

func nodeBook() book {
	return book{
		id:      "node",
		file:    command,
		apply:   "start the program again from the same shell, or set it where the service gets its environment",
		undo:    "take the variable away and start the program again",
		recipes: slices.Concat(nodeTrust(), nodeHello(), nodeWeak()),
	}
}

const nodeOptions = "the options of tls.connect, https.request or the driver's ssl"

func nodeTrust() []recipe {
	return append(
		alike(recipe{what: "give Node.js the CA's certificate as {cafile}, beside the ones it has", snippet: "export NODE_EXTRA_CA_CERTS={cafile|sh}"},
			change.TrustCA, change.UpdateCA),
		recipe{kind: change.VerifyServer, what: "let Node.js verify again: nothing may set this variable, nor rejectUnauthorized to false", snippet: "unset NODE_TLS_REJECT_UNAUTHORIZED",
			undo: "none is needed"},
		recipe{kind: change.PresentCertificate, what: "let the program show a client certificate", file: nodeOptions,
			snippet: "cert: fs.readFileSync('client.crt'), key: fs.readFileSync('client.key')", undo: "take the two properties out"},
	)
}

func nodeHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let Node.js offer {ver}", snippet: `export NODE_OPTIONS="--tls-min-v1.2 --tls-max-v1.3"`},
		{kind: change.SendServerName, what: "let the program send {name} as server name", file: nodeOptions, snippet: "servername: '{name|fqdn}'", undo: "take the property out"},
		{kind: change.UseHTTPProxy, what: "let npm speak plain HTTP to the proxy", snippet: "npm config set proxy http://PROXY:PORT\nnpm config set https-proxy http://PROXY:PORT",
			apply: "it holds from the next call of npm on", undo: "npm config delete proxy; npm config delete https-proxy"},
	}
}

func nodeWeak() []recipe {
	const all = "; it holds for every connection of the program"
	return []recipe{
		{kind: change.TrustAnything, what: "let Node.js verify nothing", snippet: "export NODE_TLS_REJECT_UNAUTHORIZED=0",
			risk: "anybody on the way can be the server, read everything and change it" + all},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in Node.js to {level}", snippet: `export NODE_OPTIONS="--tls-cipher-list=DEFAULT@SECLEVEL={level}"`,
			risk: "keys and digests that can be broken are accepted" + all},
		{kind: change.AllowOldVersion, what: "let Node.js use {oldver}", when: is("oldv", "TLSv1"),
			snippet: `export NODE_OPTIONS="--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0"`, risk: "{oldver} is broken" + all},
		{kind: change.AllowOldVersion, variant: "1.1", what: "let Node.js use {oldver}", when: is("oldv", "TLSv1.1"),
			snippet: `export NODE_OPTIONS="--tls-min-v1.1 --tls-cipher-list=DEFAULT@SECLEVEL=0"`, risk: "{oldver} is broken" + all},
		{kind: change.AllowLegacyRenegotiation, what: "let this connection do without secure renegotiation (RFC 5746)", file: nodeOptions,
			snippet: "secureOptions: crypto.constants.SSL_OP_LEGACY_SERVER_CONNECT", undo: "take the property out",
			risk: "somebody on the way can put a request of their own before yours (CVE-2009-3555)"},
	}
}
