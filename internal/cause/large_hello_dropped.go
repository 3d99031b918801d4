package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var largeHelloDropped = Cause{
	ID: "TW3013", Slug: "large-hello-dropped", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "a first message of {size} is not taken, a smaller one is",
	Plain: "a first message of more than one packet is not taken, a smaller one would be",
	Why: "Since clients carry keys that resist quantum computers, their first message no longer fits one network packet. Some firewalls, load " +
		"balancers and servers read the first packet only and drop or refuse what is longer. The server's side has to be repaired.",
	Check: "openssl s_client -connect {host}:{port} -groups X25519 connects; with -groups X25519MLKEM768 (OpenSSL 3.5 or later) it fails",
	Cites: []string{
		"tldr.fail (TLS servers that fail on ClientHellos of more than one packet)",
		"RFC 9293 §3.7 (TCP carries a stream; where packets begin means nothing)", "draft-ietf-tls-ecdhe-mlkem (a key share of 1216 bytes)",
	},
	Decide: "the same with a first message of one packet",
	Signs: []Sign{
		{Of: fact.SilentInHandshake, Weight: 6},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.FixMiddlebox, change.Network, "what", "the device or load balancer that reads only the first packet of a ClientHello"),
		change.New(change.UpgradeServer, change.Server, "why", "it must read a ClientHello that comes in several packets"),
		change.New(change.SmallHello, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if broken := brokenForms(c, true); len(broken) > 0 {
			return []Match{largeMeasured(c, h, broken)}
		}
		if h == nil || len(h.Client.Raw) <= segment || !breakdown(c, h) || flips(c, smallSegments) == fact.Yes {
			return nil // with small segments the same hello passed: it is the size of packets
		}
		if slices.ContainsFunc(formsTried(c), func(f *helloForm) bool {
			return (f.inPackets() || f.name == "post-quantum") && f.size() > segment && f.taken()
		}) {
			return nil // others of that size are taken
		}
		e := experiment{variant: oneSegment, weight: 9, flipped: "the same hello in one packet, without the post-quantum key share, is answered"}
		if vague(h) {
			e.weight = 4
		}
		m, ok := e.try(c)
		if !ok {
			return nil
		}
		m = located(c, h, doubted(c, h, m), "size", itoa(len(h.Client.Raw))+" bytes")
		m.Changes = mendLargeHello()
		return []Match{m}
	},
}

func mendLargeHello() []change.Change {
	return []change.Change{
		change.New(change.FixMiddlebox, change.Network, "what", "the device or load balancer that reads only the first packet of a ClientHello"),
		change.New(change.UpgradeServer, change.Server, "why", "it must read a ClientHello that comes in several packets"),
		change.New(change.SmallHello, change.Client),
	}
}

// largeMeasured is the finding of the experiments. It explains the failure to explain, h, where that hello is as large.
func largeMeasured(c *fact.Case, h *fact.Handshake, broken []*helloForm) Match {
	size := "several packets"
	for _, f := range broken {
		if f.name != "segments" && f.name != "slow" {
			size = itoa(f.size()) + " bytes"
			break
		}
	}
	m := formsMatch(c, broken, size)
	if h != nil && len(h.Client.Raw) > segment && breakdown(c, h) {
		m.Level, m.Measured = Breaks, false
	}
	m.Changes = mendLargeHello()
	return m
}
