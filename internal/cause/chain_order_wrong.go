package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var chainOrderWrong = Cause{
	ID: "TW5006", Slug: "chain-order-wrong", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the server sends its certificates in the wrong order: {order}",
	Plain: "the server sends its certificates in the wrong order",
	Why: "A server sends its own certificate first and after it, one by one, the certificates that vouch for the one before. Here they " +
		"come in another order. Many clients sort them, strict and small ones take them as they come and then find no way to an authority.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null: each i: line should equal the next s: line",
	Cites: []string{"RFC 5246 §7.4.2 (each must certify the one before)", "RFC 8446 §4.4.2 (receivers should be prepared for any order)"},
	Advice: []change.Change{
		change.New(change.SendChain, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.OrderWrong)
		if !ok {
			return nil
		}
		m := f.match(c, "with its certificates in order", "order", list(sentNames(f.h.Chain)))
		m.Proof = append(m.Proof, f.seen(orElse(f.p.Detail, "sent in this order: "+m.Args["order"])))
		m.Changes = []change.Change{change.New(change.SendChain, change.Server, "issuer", f.h.Chain.Leaf().Issuer)}
		return []Match{m}
	},
}
