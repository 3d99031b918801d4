package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

var dhePublicValueShort = Cause{
	ID: "TW4003", Slug: "dhe-public-value-short", Since: "0.1",
	Phase: KeyExchange, Level: Breaks,
	Title: "the {who}'s Diffie-Hellman value {is}, and the handshake breaks there{rate}",
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
	Match: func(c *fact.Case) []Match { return append(seenShort(c), measuredShort(c)...) },
}

// seenShort: the handshake to explain broke where a value was shorter than the prime.
func seenShort(c *fact.Case) []Match {
	h := c.Base()
	if h == nil {
		return examinedShortValue(c)
	}
	if h.Told() != fact.No || !dhe(h) || !shortPublic(h) || h.Request != nil && h.End.After == "client Finished" {
		return nil
	}
	who, n, packet := "client", len(h.Public), "client Finished"
	if h.Key.YsLen < h.Key.PLen {
		who, n, packet = "server", h.Key.YsLen, "ServerKeyExchange"
	}
	m := located(c, h, Match{Sure: Proven, Proof: []Proof{
		{Ref: stepRef(h, packet), Says: "the " + who + "'s public value is " + itoa(n) + " bytes long, the prime " + itoa(h.Key.PLen)},
		{Ref: endRef(h), Says: ending(h)},
	}}, "who", who, "is", lacksZeros(n, h.Key.PLen), "rate", "", "bytes", itoa(n), "prime", itoa(h.Key.PLen), "suite", names.SuiteName(h.Server.Suite))
	m.Changes = []change.Change{
		change.New(change.DropDHE, change.Server),
		change.New(change.UpgradeClient, change.Client, "why", "current versions send the value as long as the prime, and take shorter ones"),
	}
	return []Match{m}
}

// shortPublic: a public value of this handshake is shorter on the wire than the prime.
func shortPublic(h *fact.Handshake) bool {
	k := h.Key
	if k == nil || k.Kind != "DHE" || k.PLen == 0 {
		return false
	}
	return k.YsLen > 0 && k.YsLen < k.PLen || len(h.Public) > 0 && len(h.Public) < k.PLen
}

// lacksZeros says how long a value is that lacks its leading zeros.
func lacksZeros(bytes, prime int) string {
	return "has " + itoa(bytes) + " bytes where the prime has " + itoa(prime)
}

// measuredShort is the verdict of the experiments with a public value of ours that starts with a zero byte: the server
// breaks each handshake in which it is written without that, or each in which it is written with it.
func measuredShort(c *fact.Case) []Match {
	var list []Match
	for _, v := range viewsDHE(c) {
		list = append(list, v.refusedValue()...)
	}
	return list
}

func (v *dheView) refusedValue() []Match {
	form, is := "short", ""
	switch {
	case v.Short == Refuses:
	case v.Zero == Refuses:
		form, is = "padded", "starts with a zero byte"
	default:
		return nil
	}
	inForm := valued(form)
	refused := v.pick(inForm, agree(fact.No))
	h := refused[0].h
	if is == "" {
		is = lacksZeros(len(h.Public), h.Key.PLen)
	}
	m := Match{Sure: v.sure, Count: len(refused), Measured: !base(v.c, shortPublic), Level: v.level()}
	for _, cell := range v.pick(func(cell dheCell) bool { return !inForm(cell) }, agree(fact.Yes)) {
		m.add([]dheCell{cell}, publicSays(cell))
	}
	m.add(refused, publicSays(refused[0]))
	m.Proof[len(m.Proof)-1].Says += v.where()
	v.advise(&m, "it ends handshakes when the client's Diffie-Hellman value "+is)
	return []Match{v.located(h, m, "who", "client", "is", is, "rate", ": measured; "+v.oneIn()+" breaks where the client writes it so",
		"bytes", itoa(len(h.Public)), "prime", itoa(h.Key.PLen), "suite", names.SuiteName(h.Server.Suite))}
}

// publicSays tells how our public value was written in a cell.
func publicSays(cell dheCell) string {
	switch {
	case cell.Zero != "public" && cell.Zero != "both":
		return "our public value starts with no zero byte"
	case cell.Form == "short":
		return "our public value starts with a zero byte, which is not sent"
	}
	return "our public value starts with a zero byte, which is sent"
}
