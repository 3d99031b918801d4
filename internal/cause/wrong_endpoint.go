package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var wrongEndpoint = Cause{
	ID: "TW1007", Slug: "wrong-endpoint", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "the connection leads to another server than the one meant",
	Why: "A name or an address was reached, and something answers there that is not the wanted server: an entry in DNS or in the hosts file is old, a tunnel or " +
		"a port forward ends elsewhere, or a portal of the network answers for everybody. What it shows, such as its certificate, then belongs to somebody " +
		"else.",
	Check: "getent hosts {host} (Windows: Resolve-DnsName {host}) against the address that the owner of the server gives; openssl s_client -connect {host}:{port} " +
		"-servername {host} </dev/null | openssl x509 -noout -subject -issuer names who answers",
	Cites: []string{
		"RFC 1034 §3.6.2 (aliases)",
		"hosts(5)",
		"RFC 8952 §1 (captive portals)",
	},
	Signs: []Sign{
		{Of: fact.NameNotFound, Weight: 2},
		{Of: fact.WrongEndpoint, Weight: 10},
		{Of: fact.SilentInHandshake, In: []fact.Context{"openvpn"}, Weight: 4},
		{Of: fact.NotThisProtocol, Weight: 3},
		{Of: fact.NotThisProtocol, In: []fact.Context{"libpq"}, Weight: 3},
		{Of: fact.CertName, Weight: 3},
		{Of: fact.PinMismatch, Weight: 2},
	},
	Advice: []change.Change{
		change.New(change.FixDNS, change.Network),
		change.New(change.AskOwner, change.Owner, "what", "the name and the port under which the server is to be reached"),
	},
}
