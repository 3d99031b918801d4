package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var closedOnAccept = Cause{
	ID: "TW1006", Slug: "closed-on-accept", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "the connection is accepted and closed at once, before anything is said{rate}",
	Plain: "the connection is accepted and closed at once, before anything is said",
	Why: "A program takes the connection and hangs up without waiting for the first word. So it is not what we say that it minds, but who we are or " +
		"when we come: an allow list of addresses, a limit on connections, or a load balancer that has no working server behind it.",
	Check: "nc -v {host} {port} without typing anything: the connection ends by itself at once",
	Cites: []string{
		"HAProxy Configuration Manual, tcp-request connection reject", "hosts_access(5): a denied client's connection is closed",
		"RFC 9293 §3.6 (closing a connection)",
	},
	Decide: "a connection that says nothing is closed as well",
	Signs: []Sign{
		{Of: fact.AcceptThenClosed, Weight: 9},
		{Of: fact.SlowAccept, Weight: 4},
		{Of: fact.ResetInHandshake, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InPrelogin}, Weight: 2},
		{Of: fact.ForciblyClosed, In: []fact.Context{"mongodb"}, Weight: 8},
		{Of: fact.PeerAlert(80), In: []fact.Context{"mongodb"}, Weight: 8},
	},
	Hides:    []string{"closed-after-hello"},
	Residual: true,
	Advice: []change.Change{
		change.New(change.AskOwner, change.Server, "what", "whether this client's address is allowed, how many connections are, and what stands behind the port"),
		change.New(change.OpenFirewall, change.Network),
	},
	Match: func(c *fact.Case) []Match {
		h := failing(c, fact.AtTCP, fact.AtPreamble, fact.AtHello)
		if h == nil || !cut(h) || heard(h) {
			return nil
		}
		m := residual(c, h, ending(h))
		m.Changes = []change.Change{
			change.New(change.AskOwner, change.Server, "what", "whether this client's address is allowed, how many connections are, and what stands behind the port"),
			change.New(change.OpenFirewall, change.Network, "port", m.Args["port"], "address", h.ServerAddr().Addr().String()),
		}
		switch unasked(c, h) {
		case fact.No:
			return nil
		case fact.Unknown:
			m.Sure = Possible
			if !c.Mixed() {
				m.Asks = []fact.Ask{{Variant: sayNothing, Weight: 6}} // one glance rules out all that is in our words
			} else if h.Progress() == fact.AtHello {
				return nil // closed-after-hello says as much
			}
		}
		if t := c.Tried(sayNothing); t != nil {
			m.Proof = append(m.Proof, Proof{Ref: t.Ref, Says: "a connection on which we say nothing is closed too"})
		}
		return []Match{m}
	},
}

// unasked tells whether the peer closes without having heard anything.
func unasked(c *fact.Case, h *fact.Handshake) fact.Tri {
	if h.Progress() == fact.AtTCP || saidNothing(h) {
		return fact.Yes
	}
	if c.Tried(sayNothing) == nil {
		return fact.Unknown
	}
	return fact.Is(closesUnasked(c))
}

// heard reports whether the server said anything before it ended.
func heard(h *fact.Handshake) bool {
	return h.Said != nil && (h.Said.TLS != fact.Unknown || len(h.Said.First) > 0) || len(h.NotTLS) > 0
}
