package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var dheLeadingZero = Cause{
	ID: "TW4002", Slug: "dhe-leading-zero", Since: "0.1",
	Phase: KeyExchange, Level: Breaks,
	Title: "{suite} with a server that looks like Windows: about 1 in 256 handshakes may fail with unpatched peers",
	Why: "This is a warning, not a detection. Unpatched Windows versions compute the key of a TLS_DHE suite differently when the shared number happens to begin with " +
		"zeros, about once in 256 handshakes, and the connection then breaks with error 10054. This handshake uses such a suite, and the server writes " +
		"its numbers as Windows does; whether either side has the fault was not tested.",
	Check: "Get-TlsCipherSuite -Name TLS_DHE on both machines; Windows Server 2016 needs build 14393.3542 or later, 2012 R2 and older were never repaired",
	Cites: []string{
		"Microsoft KB4557473 (fixed by KB4537806, KB4540670)", "RFC 5246 §8.1.2 (leading zeros are stripped)", "RFC 8446 §7.4.1 (they are kept)",
		"CVE-2020-1968 (Raccoon: the stripping leaks)",
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || h.Server == nil || !paddedGenerator(h.Key) {
			return nil
		}
		suite := names.SuiteName(h.Server.Suite)
		says := "the server sends the generator " + h.Key.G.String() + " in " + itoa(h.Key.GLen) + " bytes, as long as the prime: Schannel does so"
		m := located(c, h, Match{Sure: Possible, Level: Weak, Proof: []Proof{{Ref: h.Ref, Says: says}}}, "suite", suite)
		m.Changes = []change.Change{
			change.New(change.DropDHE, change.Server),
			change.New(change.UpgradeClient, change.Client, "why", "Windows without KB4537806 or later computes DHE keys wrongly"),
		}
		return []Match{m}
	},
}

// paddedGenerator reports a generator that is a small number written at the length of the prime. Groups whose
// generator is large by nature (RFC 5114) are no sign.
func paddedGenerator(k *wire.ServerKeyExchange) bool {
	return k != nil && k.Kind == "DHE" && k.G != nil && k.PLen > 1 && k.GLen == k.PLen && k.G.BitLen() <= 8
}
