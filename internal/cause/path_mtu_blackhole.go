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
	Check:  "ping -M do -s 1472 {host} is lost while -s 1300 passes; tracepath {host} shows where the size shrinks",
	Cites:  []string{"RFC 2923 §2.1 (black hole detection)", "RFC 4821", "RFC 1191 §4", "tcp(7): TCP_MAXSEG, tcp_mtu_probing"},
	Decide: "the same in small TCP segments",
	Signs: []Sign{
		{Of: fact.SilentInHandshake, Weight: 7},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 4},
		{Of: fact.SilentInHandshake, In: []fact.Context{"openvpn"}, Weight: 3},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.TimedOut, Weight: 3},
		{Of: fact.TimedOut, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.InUse}, Weight: 1},
	},
	Hides: []string{"silent-after-hello"},
	Advice: []change.Change{
		change.New(change.LowerMTU, change.Network),
		change.New(change.FixMiddlebox, change.Network, "what", "the firewall that drops ICMP type 3 code 4 (IPv6: type 2)"),
	},
	Match: func(c *fact.Case) []Match {
		h := failing(c, fact.AtHello, fact.AtServerHello)
		if h != nil && h.Passive != nil {
			return watchedBlackhole(c, h)
		}
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

// watchedBlackhole: the server's large segments are sent again and again and never acknowledged, while small ones come
// through (RFC 8899 §1: a black hole for large packets).
func watchedBlackhole(c *fact.Case, h *fact.Handshake) []Match {
	p := h.Passive
	if h.Told() != fact.No || p.LargestUnacked < 1000 || p.Retransmits == 0 {
		return nil
	}
	m := located(c, h, Match{Sure: Likely, Proof: []Proof{{Ref: endRef(h), Says: "the server's segment of " + itoa(p.LargestUnacked) +
		" bytes is never acknowledged, although it is sent again (" + itoa(p.Retransmits) + " retransmissions)"}}})
	m.Changes = []change.Change{
		change.New(change.LowerMTU, change.Network),
		change.New(change.FixMiddlebox, change.Network, "what", "the firewall that drops ICMP type 3 code 4 (IPv6: type 2)"),
	}
	return []Match{m}
}
