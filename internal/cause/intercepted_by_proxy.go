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
	Plain: "a proxy or firewall on the way opens the connection and signs it anew",
	Why: "A device between client and server, run by the company or the network, opens encrypted connections to inspect them. It shows the " +
		"client a certificate that it made itself. A client that was not given the device's own authority refuses it, as it should.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null names {issuer} here, and another issuer from " +
		"another network",
	Cites:  []string{"RFC 8446 §9.3 (a middlebox that terminates TLS is a TLS server, and a TLS client towards the other side)", "Fortinet, Zscaler and Palo Alto Networks administration guides: SSL inspection CA certificates"},
	Decide: "the issuer seen from here",
	Signs: []Sign{
		{Of: fact.VerifyFailed, Weight: 3},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.VerifyFailed, In: []fact.Context{"python"}, Weight: 4},
		{Of: fact.VerifyFailed, In: []fact.Context{"docker"}, Weight: 6},
		{Of: fact.IssuerUnknown, Weight: 4},
		{Of: fact.IssuerUnknown, In: []fact.Context{"java"}, Weight: 4},
		{Of: fact.IssuerUnknown, In: []fact.Context{"go"}, Weight: 6},
		{Of: fact.IssuerUnknown, In: []fact.Context{"curl"}, Weight: 5},
		{Of: fact.LeafUnverified, Weight: 3},
		{Of: fact.LeafUnverified, In: []fact.Context{"peer-famous"}, Weight: 9},
		{Of: fact.IssuerUnknown, In: []fact.Context{"peer-famous"}, Weight: 9},
		{Of: fact.SelfSignedRoot, In: []fact.Context{"peer-famous"}, Weight: 9},
		{Of: fact.CertSelfSigned, In: []fact.Context{"peer-famous"}, Weight: 9},
		{Of: fact.VerifyFailed, In: []fact.Context{"peer-famous"}, Weight: 8},
		{Of: fact.CertSelfSigned, Weight: 2},
		{Of: fact.SelfSignedRoot, Weight: 6},
		{Of: fact.PinMismatch, Weight: 4},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByServer}, Weight: 2},
	},
	Hides: []string{"ca-not-trusted", "missing-intermediate", "self-signed-certificate", "ca-store-missing"},
	Advice: []change.Change{
		change.New(change.TrustCA, change.Client, "issuer", "that the device in between signs with"),
		change.New(change.AskOwner, change.Network, "what", "the inspecting device's CA certificate, or an exception for this destination"),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match { return intercepted(c, trust.KindProxy, change.Network) },
}
