package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var dhGroupTooSmall = Cause{
	ID: "TW4001", Slug: "dh-group-too-small", Since: "0.1",
	Phase: KeyExchange, Level: Breaks,
	Title: "the server's Diffie-Hellman group has {bits} bits; 2048 are the least today",
	Plain: "the server's Diffie-Hellman group is smaller than the client accepts",
	Why: "To agree on a key, this server uses Diffie-Hellman with a prime number that it chose. Numbers of 1024 bits and less can be broken by those who " +
		"can afford it, so current clients refuse them. The server's number, not its certificate, is what must grow.",
	Check:  "openssl s_client -connect {host}:{port} -tls1_2 -cipher 'DHE:@SECLEVEL=0' prints \"Server Temp Key: DH, {bits} bits\"",
	Cites:  []string{"RFC 9325 §4.5 (2048 bits or more)", "RFC 7919", "CVE-2015-4000 (Logjam)", "OpenSSL: SSL_R_DH_KEY_TOO_SMALL (0A00018A)"},
	Decide: "the same, taking the small group",
	Signs: []Sign{
		{Of: fact.DHTooSmall, Weight: 10},
		{Of: fact.DHTooSmall, In: []fact.Context{fact.AtStart}, Weight: 10},
		{Of: fact.PeerAlert(71), Weight: 6},
		{Of: fact.OwnAlert(71), Weight: 6},
	},
	Advice: []change.Change{
		change.New(change.GrowDH, change.Server, "bits", "2048"),
		change.New(change.DropDHE, change.Server),
		change.NotAdvised(change.AllowSmallDH, change.Client, "bits", "1024"),
	},
	Match: func(c *fact.Case) []Match {
		m, ok := smallGroup(c)
		if !ok {
			return smallMeasured(c)
		}
		bits := itoa(c.Base().Key.P.BitLen())
		m = located(c, c.Base(), m, "bits", bits)
		m.Changes = []change.Change{
			change.New(change.GrowDH, change.Server, "bits", "2048"),
			change.New(change.DropDHE, change.Server),
			change.NotAdvised(change.AllowSmallDH, change.Client, "bits", bits),
		}
		return []Match{m}
	},
}

// smallGroup: the client refused the group, or bears it. When taking the refusal back does not help, there is another
// reason to fail behind it: then the group, which is seen, is likely.
func smallGroup(c *fact.Case) (Match, bool) {
	h := c.Base()
	if h == nil || h.Key == nil || h.Key.P == nil || h.Key.Kind != "DHE" {
		return Match{}, false
	}
	seen := "the server sends a prime of " + itoa(h.Key.P.BitLen()) + " bits"
	if brokeOff(c, "dh-too-small") == nil {
		m := stated(h, seen+"; this client bears that")
		m.Level = Weak
		return m, h.Key.P.BitLen() < 2048
	}
	e := experiment{variant: fact.Variant{Kind: fact.Accept, Value: "dh"}, weight: 9, flipped: "with a smaller group accepted, the client goes on"}
	if m, ok := e.try(c); ok {
		m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: seen})
		return m, true
	}
	m := stated(h, seen+", and "+ending(h))
	m.Sure = Likely
	return m, true
}

// smallMeasured: this client does not use the small group, but an experiment that offered nothing else met it.
func smallMeasured(c *fact.Case) []Match {
	v := viewDHE(c)
	h := v.shown()
	if h == nil || h.Key.P.BitLen() >= 2048 || base(c, (*fact.Handshake).SpeaksDHE) {
		return nil
	}
	bits := itoa(h.Key.P.BitLen())
	m := stated(h, "offered TLS_DHE suites alone, the server sends a prime of "+bits+" bits")
	m.Level, m.Measured = Weak, true
	m.Changes = []change.Change{change.New(change.GrowDH, change.Server, "bits", "2048"), change.New(change.DropDHE, change.Server)}
	return []Match{located(c, h, m, "bits", bits)}
}
