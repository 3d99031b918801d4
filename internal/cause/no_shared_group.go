package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

var noSharedGroup = Cause{
	ID: "TW3008", Slug: "no-shared-group", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "client and server have no key-exchange group in common; the server takes {group}, this client offers {offered}",
	Plain: "client and server have no key-exchange group in common, or the key share for it is unusable",
	Why: "To agree on a secret key both sides compute with the same mathematical group, a curve such as X25519 or P-256. The client lists the groups " +
		"it can use, and the server can use none of them: one of the two is restricted to unusual, very new or only approved groups.",
	Check:  "openssl s_client -connect {host}:{port} -groups X25519:P-256:P-384:P-521:X448:ffdhe2048 shows the server's choice (Server Temp Key)",
	Cites:  []string{"RFC 8446 §4.2.7, §4.1.4", "RFC 8422 §5.1.1", "OpenSSL: SSL_R_NO_SUITABLE_KEY_SHARE (0A000065), SSL_R_NO_SHARED_GROUPS"},
	Decide: "the same with every key-exchange group offered",
	Signs: []Sign{
		{Of: fact.NoSharedCipher, Weight: 2},
		{Of: fact.NoSharedGroup, Weight: 10},
		{Of: fact.NoSharedGroup, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.BadKeyShare, Weight: 9},
		{Of: fact.BadKeyShare, In: []fact.Context{fact.ByClient}, Weight: 9},
		{Of: fact.BadKeyShare, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.BadExtension, Weight: 2},
		{Of: fact.PeerAlert(40), Weight: 4},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
		{Of: fact.PeerAlert(47), Weight: 5},
		{Of: fact.OwnAlert(40), Weight: 4},
		{Of: fact.OwnAlert(47), Weight: 6},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferGroup, change.Server, "group", "X25519"),
		change.New(change.OfferGroup, change.Client, "group", "P-256"),
		change.New(change.UpgradeServer, change.Server, "why", "its key exchange does not go with current clients"),
	},
	Match: func(c *fact.Case) []Match {
		e := experiment{variant: allGroups, weight: 8, flipped: "with every group offered, the server takes {group}"}
		m, ok := lacking(c, 4, e, func(m missing) bool { return m.group })
		if !ok {
			return nil
		}
		h, group := c.Base(), "one that this client does not offer"
		answer := answered(c, allGroups, wide)
		id := neededGroup(h.Client, answer)
		if id == 0 {
			id = chosenGroup(answer)
		}
		if id != 0 {
			group = names.Group(id)
		}
		wanted := usualGroup(h.Client.Groups)
		m = located(c, h, m, "group", group, "offered", orElse(groupNames(h.Client.Groups), "none"))
		m.Changes = []change.Change{change.New(change.OfferGroup, change.Server, "group", wanted)}
		if id != 0 {
			m.Changes = append(m.Changes, change.New(change.OfferGroup, change.Client, "group", group))
		}
		return []Match{m}
	},
}

// usualGroup is the group that a server should best enable for a client: P-256, which everybody knows, X25519, or the
// client's first.
func usualGroup(offered []uint16) string {
	for _, g := range []uint16{names.P256, names.X25519} {
		if slices.Contains(offered, g) {
			return names.Group(g)
		}
	}
	for _, g := range offered {
		if !names.GREASE(g) {
			return names.Group(g)
		}
	}
	return names.Group(names.P256)
}

func groupNames(ids []uint16) string {
	var all []string
	for _, g := range ids {
		if !names.GREASE(g) {
			all = append(all, names.Group(g))
		}
	}
	return list(all)
}
