package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var helloLengthIntolerance = Cause{
	ID: "TW3014", Slug: "hello-length-intolerance", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server trips over the form of the first message ({size}), not over what it offers",
	Plain: "the server trips over the form of the first message, not over what it offers",
	Why: "The same offer in another form is accepted: longer, shorter, or without extensions that mean nothing to the server. Some old load balancers hang on " +
		"lengths from 256 to 511 bytes, others break on extensions they do not know, which they should ignore, or take only a message that comes in one record.",
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
		if broken := brokenForms(c, false); len(broken) > 0 {
			return []Match{formMeasured(c, h, broken)}
		}
		if h == nil || !breakdown(c, h) || flips(c, smallSegments) == fact.Yes {
			return nil
		}
		for _, e := range forms(h) {
			m, ok := e.try(c)
			if !ok {
				continue
			}
			m = located(c, h, doubted(c, h, m), "size", itoa(len(h.Client.Raw))+" bytes")
			m.Changes = mendForm()
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

func mendForm() []change.Change {
	return []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", "it must take ClientHellos of any length and ignore extensions it does not know"),
		change.New(change.FixMiddlebox, change.Network, "what", "the load balancer or firewall that trips over the ClientHello"),
		change.New(change.SmallHello, change.Client),
	}
}

// formMeasured is the finding of the experiments. It explains the failure to explain, h, where that hello is of a length
// which was shown to fail.
func formMeasured(c *fact.Case, h *fact.Handshake, broken []*helloForm) Match {
	middle := slices.ContainsFunc(broken, func(f *helloForm) bool { return f.isLength() && f.inMiddle() })
	m := formsMatch(c, broken, sayForms(broken))
	if h != nil && middle && len(h.Client.Raw) >= 256 && len(h.Client.Raw) <= 511 && breakdown(c, h) {
		m.Level, m.Measured = Breaks, false
	}
	m.Changes = mendForm()
	m.Changes[0] = change.New(change.UpgradeServer, change.Server, "why", strings.Join(formRules(broken), "; "))
	if m.Level == Weak {
		m.Changes = m.Changes[:2] // no client has to be changed for what none sends
	}
	return m
}

// formRules are the rules that the server breaks.
func formRules(broken []*helloForm) []string {
	var list []string
	for _, f := range broken {
		rule := "it must take ClientHellos of any length and ignore extensions it does not know"
		switch {
		case strings.HasPrefix(f.name, "fragments-") || f.name == "length-20000":
			rule = "it must put a ClientHello together from several records (RFC 8446 §5.1)"
		case strings.HasPrefix(f.name, "version-"):
			rule = "it must answer a version above its own with its own highest (RFC 5246 appendix E.1)"
		case strings.HasPrefix(f.name, "record-version-"):
			rule = "it must ignore the version of the ClientHello's record (RFC 8446 §5.1)"
		}
		if !slices.Contains(list, rule) {
			list = append(list, rule)
		}
	}
	return list
}
