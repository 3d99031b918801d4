package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var firewallResetsHandshake = Cause{
	ID: "TW3019", Slug: "firewall-resets-handshake", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "a connection that names {name} is cut; without that name it is not",
	Plain: "a device on the way cuts the handshake",
	Why: "The name of the server stands readable in the client's first message (SNI). A connection with this name is cut or swallowed, the same one without it is " +
		"answered: something that reads the name, usually a firewall or filter on the way, does not let it pass.",
	Check:  "openssl s_client -connect {host}:{port} -servername {name} is cut, with -noservername it is not; in a capture the reset has another TTL than the server's packets",
	Cites:  []string{"RFC 3360 (inappropriate TCP resets)", "RFC 6066 §3 (SNI is sent in clear)", "Microsoft SQLNA: reset with a foreign TTL"},
	Decide: "the same with another server name, and whose hops the reset has",
	Signs: []Sign{
		{Of: fact.AcceptThenClosed, Weight: 3},
		{Of: fact.SlowAccept, Weight: 3},
		{Of: fact.EOFInHandshake, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, "libpq"}, Weight: 4},
		{Of: fact.ResetInHandshake, Weight: 7},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 4},
		{Of: fact.BrokeInHandshake, Weight: 7},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByClient}, Weight: 7},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.MSSQL}, Weight: 5},
		{Of: fact.ForciblyClosed, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{"dotnet"}, Weight: 4},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.InUse}, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{"mongodb"}, Weight: 3},
		{Of: fact.Reset, Weight: 5},
		{Of: fact.NoCloseNotify, In: []fact.Context{"in-handshake"}, Weight: 4},
		{Of: fact.TimedOut, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"netfx"}, Weight: 3},
		{Of: fact.PeerAlert(80), In: []fact.Context{"mongodb"}, Weight: 6},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello"},
	Advice: []change.Change{
		change.New(change.FixMiddlebox, change.Network, "what", "the firewall or filter that resets or swallows the handshake"),
		change.New(change.AskOwner, change.Network, "what", "which device between client and server resets this connection"),
	},
	Match: func(c *fact.Case) []Match {
		if h := c.Base(); h != nil && foreignReset(h) {
			return []Match{resetFromOutside(c, h)}
		}
		h := atHello(c)
		if h == nil || h.Client.ServerName == "" || !cut(h) && !silent(h) || warnedOfName(h) {
			return nil
		}
		m, ok := passesUnnamed(c, h)
		if !ok {
			return nil
		}
		m = located(c, h, doubted(c, h, m), "name", h.Client.ServerName)
		m.Changes = []change.Change{
			change.New(change.FixMiddlebox, change.Network, "what", "the firewall or filter that looks for the name "+h.Client.ServerName),
			change.New(change.AskOwner, change.Server, "what", "whether the server itself refuses this name"),
		}
		return []Match{m}
	},
}

// passesUnnamed: the hello without a name is answered, be it with an alert of a server that wants a name. A hello
// whose length is suspected too is left to the experiments with its length.
func passesUnnamed(c *fact.Case, h *fact.Handshake) (Match, bool) {
	for _, v := range shorter(h) {
		if flips(c, v) == fact.Yes {
			return Match{}, false
		}
	}
	e := experiment{variant: withoutSNI, weight: 6, flipped: "without a server name the handshake goes on"}
	if h.End.How == fact.EndReset {
		e.weight = 7
	}
	t := c.Tried(e.variant)
	if t == nil || !alerted(t) || c.Mixed() {
		return e.try(c)
	}
	return Match{Sure: Likely, Proof: []Proof{
		{Ref: t.Ref, Says: "without a server name a server answers: " + ending(t)},
		{Ref: h.Ref, Says: "with the name " + h.Client.ServerName + ": " + ending(h)},
	}}, true
}

// foreignReset: a watched RST that claims to come from the server travelled another way than the server's own packets:
// its TTL differs by more than the hop or two by which routes change.
func foreignReset(h *fact.Handshake) bool {
	p := h.Passive
	if p == nil || h.Told() != fact.No || h.End.How != fact.EndReset || h.End.By == wire.ClientSide || p.ResetTTL == 0 || p.ServerTTL == 0 {
		return false
	}
	return max(p.ResetTTL, p.ServerTTL)-min(p.ResetTTL, p.ServerTTL) > 2
}

func resetFromOutside(c *fact.Case, h *fact.Handshake) Match {
	m := located(c, h, Match{Sure: Likely, Proof: []Proof{{Ref: endRef(h), Says: "the reset has TTL " + itoa(int(h.Passive.ResetTTL)) +
		", the server's own packets have " + itoa(int(h.Passive.ServerTTL)) + ": somebody else sent it"}}}, "name", orElse(sniOf(h), "this server"))
	m.Changes = []change.Change{
		change.New(change.FixMiddlebox, change.Network, "what", "the firewall or filter that sends resets in the server's name"),
		change.New(change.AskOwner, change.Network, "what", "which device between client and server resets this connection"),
	}
	return m
}

func sniOf(h *fact.Handshake) string {
	if h.Client == nil {
		return ""
	}
	return h.Client.ServerName
}
