package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var dnsUnavailable = Cause{
	ID: "TW1002", Slug: "dns-unavailable", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "no name server answers for {name}",
	Plain: "no name server answers",
	Why: "Before anything can be sent, the name must be turned into an address. The name service did not answer, or answered that it " +
		"cannot say at the moment. Nothing is known about the server itself: it was never reached.",
	Check:  "dig {name} ends with a timeout, SERVFAIL or REFUSED; /etc/resolv.conf names the servers that are asked",
	Cites:  []string{"RFC 1035 §4.1.1 (RCODE 2, server failure; 5, refused)", "getaddrinfo(3): EAI_AGAIN, EAI_FAIL"},
	Decide: "the look-up of the name",
	Signs: []Sign{
		{Of: fact.ResolverFailed, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.FixDNS, change.Network),
		change.New(change.AskOwner, change.Network, "what", "a name server that this machine reaches"),
	},
	Match: func(c *fact.Case) []Match {
		host := unresolved(c, "unavailable")
		if host == nil {
			return nil
		}
		m := located(c, nil, Match{Sure: Proven, Proof: []Proof{lookup(host, "no usable answer came")}}, "name", host.Name)
		m.Changes = []change.Change{
			change.New(change.FixDNS, change.Network, "name", host.Name),
			change.New(change.AskOwner, change.Network, "what", "a name server that this machine reaches"),
		}
		return []Match{m}
	},
}
