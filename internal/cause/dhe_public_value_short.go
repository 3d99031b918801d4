package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

var dhePublicValueShort = Cause{
	ID: "TW4003", Slug: "dhe-public-value-short", Since: "0.1",
	Phase: KeyExchange, Level: Breaks,
	Title: "the {who}'s Diffie-Hellman value has {bytes} bytes where the prime has {prime}, and the handshake breaks there",
	Plain: "a Diffie-Hellman value is shorter than the prime and upsets the other side: about 1 in 256 connections fails",
	Why: "With a TLS_DHE suite each side sends the other a large number. About once in 256 times it begins with zeros, and then some programs send it shorter than usual. " +
		"Older Windows versions do not take a number that is shorter than the prime and hang up. The next try works again, because the number is another one.",
	Check: "in the trace: the length before the public value in ServerKeyExchange or ClientKeyExchange, against the length of the prime",
	Cites: []string{
		"OpenSSL pull requests 1320 and 12331 (values padded for Schannel)", "RFC 8446 §4.2.8.1 (TLS 1.3 pads)", "Microsoft KB4557473",
	},
	Hides: []string{"dhe-leading-zero", "keys-disagree", "closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.DropDHE, change.Server),
		change.New(change.UpgradeClient, change.Client, "why", "current versions send the value as long as the prime, and take shorter ones"),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || h.Told() != fact.No || !dhe(h) || !shortPublic(h) || h.Request != nil && h.End.After == "client Finished" {
			return nil
		}
		who, n, packet := "client", len(h.Public), "client Finished"
		if h.Key.YsLen < h.Key.PLen {
			who, n, packet = "server", h.Key.YsLen, "ServerKeyExchange"
		}
		m := located(c, h, Match{Sure: Proven, Proof: []Proof{
			{Ref: stepRef(h, packet), Says: "the " + who + "'s public value is " + itoa(n) + " bytes long, the prime " + itoa(h.Key.PLen)},
			{Ref: endRef(h), Says: ending(h)},
		}}, "who", who, "bytes", itoa(n), "prime", itoa(h.Key.PLen), "suite", names.SuiteName(h.Server.Suite))
		m.Changes = []change.Change{
			change.New(change.DropDHE, change.Server),
			change.New(change.UpgradeClient, change.Client, "why", "current versions send the value as long as the prime, and take shorter ones"),
		}
		return []Match{m}
	},
}

// shortPublic: a public value of this handshake is shorter on the wire than the prime.
func shortPublic(h *fact.Handshake) bool {
	k := h.Key
	if k == nil || k.Kind != "DHE" || k.PLen == 0 {
		return false
	}
	return k.YsLen > 0 && k.YsLen < k.PLen || len(h.Public) > 0 && len(h.Public) < k.PLen
}
