package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var pathMTUBlackhole = Cause{
	ID: "TW3020", Slug: "path-mtu-blackhole", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "large packets are lost on the way; with small ones the handshake goes on",
	Why: "Small packets arrive, full-sized ones vanish, and nobody is told: a tunnel or VPN on the way carries less than the two ends believe, and the message that should " +
		"tell them (ICMP) is blocked. TLS suffers first, because certificates are the first large thing that is sent.",
	Check: "ping -M do -s 1472 {host} is lost while -s 1300 passes; tracepath {host} shows where the size shrinks",
	Cites: []string{"RFC 2923 §2.1 (black hole detection)", "RFC 4821", "RFC 1191 §4", "tcp(7): TCP_MAXSEG, tcp_mtu_probing"},
	Hides: []string{"silent-after-hello"},
	Match: func(c *fact.Case) []Match {
		h := failing(c, fact.AtHello, fact.AtServerHello)
		if h == nil || !silent(h) {
			return nil
		}
		e := experiment{variant: smallSegments, weight: 6, flipped: "with TCP segments of at most 536 bytes both ways the handshake goes on"}
		if h.Progress() == fact.AtServerHello {
			e.weight = 9 // the small answer came, the large flight behind it did not
		}
		m, ok := e.try(c)
		if !ok {
			return nil
		}
		m = located(c, h, m)
		m.Changes = []change.Change{
			change.New(change.LowerMTU, change.Network),
			change.New(change.FixMiddlebox, change.Network, "what", "the firewall that drops ICMP type 3 code 4 (IPv6: type 2)"),
		}
		return []Match{m}
	},
}
