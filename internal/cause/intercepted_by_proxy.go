package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

var interceptedByProxy = Cause{
	ID: "TW5009", Slug: "intercepted-by-proxy", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "{product} on the way opens the connection and signs it anew as {issuer}",
	Why: "A device between client and server, run by the company or the network, opens encrypted connections to inspect them. It shows the " +
		"client a certificate that it made itself. A client that was not given the device's own authority refuses it, as it should.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null names {issuer} here, and another issuer from " +
		"another network",
	Cites: []string{"RFC 8446 §9.3 (a middlebox that terminates TLS is a TLS server, and a TLS client towards the other side)", "Fortinet, Zscaler and Palo Alto Networks administration guides: SSL inspection CA certificates"},
	Hides: []string{"ca-not-trusted", "missing-intermediate", "self-signed-certificate", "ca-store-missing"},
	Match: func(c *fact.Case) []Match { return intercepted(c, trust.KindProxy, change.Network) },
}
