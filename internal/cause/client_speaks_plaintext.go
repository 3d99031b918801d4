package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientSpeaksPlaintext = Cause{
	ID: "TW2007", Slug: "client-speaks-plaintext", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "a client speaks without encryption to a port that expects TLS",
	Why: "The server waits for the beginning of an encrypted connection, and what comes is ordinary readable text: an http:// address where https:// is meant, a " +
		"database or queue client with TLS switched off, a health check or a scanner. \"Wrong version number\" and \"http request\" in a server's log mean just " +
		"this, not a TLS version.",
	Check: "curl -v http://{host}:{port}/ makes the same line in the server's log; redis-cli --tls, mongosh --tls, amqps:// or https:// in the client's settings " +
		"are what is missing",
	Cites: []string{
		"RFC 8446 §5.1 (a TLS record begins with its type and version)",
		"OpenSSL: SSL_R_HTTP_REQUEST (0A00009C), SSL_R_WRONG_VERSION_NUMBER (0A00010B)",
		"Go crypto/tls conn.go: first record does not look like a TLS handshake",
		"nginx ngx_http_ssl_module: code 497, a plain request on a TLS port",
	},
	Signs: []Sign{
		{Of: fact.NotTLS, Weight: 4},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 8},
		{Of: fact.NotTLS, In: []fact.Context{"schannel"}, Weight: 9},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 8},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 8},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerLoopback}, Weight: 9},
		{Of: fact.HTTPRequestHere, Weight: 9},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 10},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ByServer, fact.PeerLoopback}, Weight: 10},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ByClient}, Weight: 10},
		{Of: fact.HTTPRequestHere, In: []fact.Context{"stunnel"}, Weight: 8},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ToUpstream}, Weight: 10},
		{Of: fact.OwnAlert(10), In: []fact.Context{"schannel"}, Weight: 8},
	},
	Written: writtenPlainToTLSPort,
	Advice: []change.Change{
		change.New(change.UseTLS, change.Client),
		change.New(change.UseScheme, change.Client),
	},
}
