package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var helloLengthIntolerance = Cause{
	ID: "TW3014", Slug: "hello-length-intolerance", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server trips over the form of the first message ({size} bytes), not over what it offers",
	Plain: "the server trips over the form of the first message, not over what it offers",
	Why: "The same offer in another form is accepted: longer, shorter, or without extensions that mean nothing to the server. Some old load balancers hang on " +
		"lengths from 256 to 511 bytes, others break on extensions they do not know, which they should ignore.",
	Check: "openssl s_client -connect {host}:{port} hangs or fails; a hello of another length is answered (-bugs adds padding, a shorter -cipher list makes it smaller)",
	Cites: []string{
		"RFC 7685 (padding: servers that hang on hellos of 256 to 511 bytes)", "RFC 8446 §4.2 (unknown extensions are ignored)", "RFC 8701 (GREASE)",
		"OpenSSL: SSL_OP_TLSEXT_PADDING",
	},
	Decide: "the same with first messages of other lengths",
	Signs: []Sign{
		{Of: fact.BadExtension, Weight: 5},
		{Of: fact.BadExtension, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.DecodeError, Weight: 6},
		{Of: fact.DecodeError, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.DecodeError, In: []fact.Context{"erlang"}, Weight: 6},
		{Of: fact.PeerAlert(47), Weight: 5},
		{Of: fact.PeerAlert(50), Weight: 7},
		{Of: fact.PeerAlert(109), Weight: 6},
		{Of: fact.PeerAlert(110), Weight: 5},
		{Of: fact.OwnAlert(50), Weight: 6},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", "it must take ClientHellos of any length and ignore extensions it does not know"),
		change.New(change.FixMiddlebox, change.Network, "what", "the load balancer or firewall that trips over the ClientHello"),
		change.New(change.SmallHello, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if h == nil || !breakdown(c, h) || flips(c, smallSegments) == fact.Yes {
			return nil
		}
		for _, e := range forms(h) {
			m, ok := e.try(c)
			if !ok {
				continue
			}
			m = located(c, h, m, "size", itoa(len(h.Client.Raw)))
			m.Changes = []change.Change{
				change.New(change.UpgradeServer, change.Server, "why", "it must take ClientHellos of any length and ignore extensions it does not know"),
				change.New(change.FixMiddlebox, change.Network, "what", "the load balancer or firewall that trips over the ClientHello"),
				change.New(change.SmallHello, change.Client),
			}
			return []Match{m}
		}
		return nil
	},
}

// forms are the experiments that change nothing but the hello's form, the likeliest first.
func forms(h *fact.Handshake) []experiment {
	dress := experiment{variant: plainHello, weight: 3, flipped: "without the extensions that can be left out, the server answers"}
	if n := len(h.Client.Raw); n < 256 || n > 511 {
		return []experiment{dress}
	}
	return []experiment{
		{variant: paddedHello, weight: 8, flipped: "the same hello padded to 512 bytes is answered"},
		{variant: smallHello, weight: 5, flipped: "a hello of less than 256 bytes is answered"},
		dress,
	}
}
