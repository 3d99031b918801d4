package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var dnsNameNotFound = Cause{
	ID: "TW1001", Slug: "dns-name-not-found", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "the name {name} leads to no {kind}",
	Plain: "the name leads to no address",
	Why: "Before anything can be sent, the name must be turned into an address. The name service answered that it knows no address " +
		"for this name: it is misspelt, was never registered, is known only inside another network, or needs its domain added.",
	Check: "dig {name} A; dig {name} AAAA shows NXDOMAIN or an empty answer; getent hosts {name} asks as programs on this machine do",
	Cites: []string{
		"RFC 1035 §4.1.1 (RCODE 3, name error)", "RFC 2308 §2 (NXDOMAIN and NODATA)", "getaddrinfo(3): EAI_NONAME, EAI_NODATA",
	},
	Decide: "the look-up of the name",
	Signs: []Sign{
		{Of: fact.NameNotFound, Weight: 10},
		{Of: fact.ResolverFailed, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Owner, "what", "the server's name as it must be written, and from which networks it is known"),
		change.New(change.FixDNS, change.Network),
	},
	Match: func(c *fact.Case) []Match {
		host := unresolved(c, "not-found")
		if host == nil {
			return nil
		}
		m := located(c, nil, Match{Sure: Proven, Proof: []Proof{lookup(host, "the answer is that there is no such name or no address for it")}},
			"name", host.Name, "kind", missingKind(host))
		m.Changes = []change.Change{
			change.New(change.UseName, change.Client, "name", "the name as the server's owner writes it"),
			change.New(change.FixDNS, change.Network, "name", host.Name),
		}
		return []Match{m}
	},
}

// missingKind is "address", or where only one family of them was wanted and the name has the other: "IPv6 address".
func missingKind(h *fact.Host) string {
	if kind, ok := strings.CutPrefix(h.Detail, "no "); ok && len(h.Addrs) > 0 {
		return kind
	}
	return "address"
}
