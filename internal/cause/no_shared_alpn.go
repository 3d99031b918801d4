package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var noSharedALPN = Cause{
	ID: "TW3010", Slug: "no-shared-alpn", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server accepts none of the application protocols that this client offers ({offered})",
	Plain: "client and server have no application protocol in common (ALPN)",
	Why: "With its first message a client can say which application protocol it wants to speak inside the encryption (ALPN: h2, http/1.1, postgresql …). " +
		"This server is set to accept only certain ones, and what the client offers is not among them.",
	Check:  "openssl s_client -connect {host}:{port} -alpn h2,http/1.1 against the same without -alpn; the line \"ALPN protocol\" shows the choice",
	Cites:  []string{"RFC 7301 §3.2 (no_application_protocol, alert 120)", "PostgreSQL 17: direct TLS demands ALPN \"postgresql\"", "[MS-TDS] ALPN tds/8.0"},
	Decide: "the same with other application protocols",
	Signs: []Sign{
		{Of: fact.NoSharedALPN, Weight: 10},
		{Of: fact.PeerAlert(120), Weight: 10},
		{Of: fact.OwnAlert(120), Weight: 10},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferALPN, change.Client),
		change.New(change.OfferALPN, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if h == nil || h.Client == nil {
			return nil
		}
		m, ok := refusedALPN(c, h)
		if !ok {
			return nil
		}
		offered := orElse(list(h.Client.ALPN), "none")
		m = located(c, h, m, "offered", printable([]byte(offered)))
		m.Changes = []change.Change{change.New(change.AskOwner, change.Server, "what", "which protocols it accepts by ALPN")}
		for _, p := range h.Client.ALPN {
			m.Changes = append(m.Changes, change.New(change.OfferALPN, change.Server, "protocol", p))
			break
		}
		return []Match{m}
	},
}

// refusedALPN: alert 120 says it; vaguer ones let the hello without ALPN decide, once more choice does not help.
func refusedALPN(c *fact.Case, h *fact.Handshake) (Match, bool) {
	if alerted(h, wire.AlertNoApplicationProtocol) {
		return stated(h, ending(h)), true
	}
	if len(h.Client.ALPN) == 0 || !vague(h) || flips(c, wide) != fact.No {
		return Match{}, false
	}
	e := experiment{variant: fact.Variant{Kind: fact.ALPN, Value: "none"}, weight: 3, flipped: "without ALPN the server answers"}
	return e.try(c)
}
