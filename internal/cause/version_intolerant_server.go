package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var versionIntolerantServer = Cause{
	ID: "TW3004", Slug: "version-intolerant-server", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server breaks off when {newest} is offered, instead of choosing {older}",
	Plain: "the server breaks off when a newer TLS version is offered, instead of choosing an older one",
	Why: "A client lists all versions it knows, and a server should pick one of them. This one, or a device in front of it, gives up on seeing a " +
		"version that it does not know, although both sides have an older one in common: a defect of the server's side.",
	Check:  "openssl s_client -connect {host}:{port} -tls1_2 connects; without -tls1_2 it fails",
	Cites:  []string{"RFC 8446 §4.2.1 (unknown versions are ignored)", "RFC 5246 appendix E.1", "RFC 8701 (GREASE)"},
	Decide: "the same with TLS 1.2 only",
	Signs: []Sign{
		{Of: fact.InappropriateFallback, Weight: 3},
		{Of: fact.BadExtension, Weight: 3},
		{Of: fact.PeerAlert(50), Weight: 3},
		{Of: fact.PeerAlert(70), Weight: 3},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.PeerAlert(86), Weight: 3},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", "it must ignore versions it does not know"),
		change.New(change.FixMiddlebox, change.Network, "what", "the device that ends on TLS 1.3"),
	},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if h == nil || !offersBoth(h.Client) || !unlikeVersions(c, h) {
			return nil
		}
		e := experiment{variant: onlyTLS12, weight: 5, flipped: "with TLS 1.2 offered alone, the server answers"}
		if len(h.Client.Raw) > segment {
			e.weight = 7
		}
		m, ok := e.try(c)
		if !ok {
			return nil
		}
		m = located(c, h, m, "newest", names.Version(wire.TLS13), "older", names.Version(wire.TLS12))
		m.Changes = []change.Change{
			change.New(change.UpgradeServer, change.Server, "why", "it must ignore versions it does not know"),
			change.New(change.FixMiddlebox, change.Network, "what", "the device that ends on TLS 1.3"),
		}
		return []Match{m}
	},
}

// onlyTLS12 is the hello without TLS 1.3.
var onlyTLS12 = fact.Variant{Kind: fact.Version, Value: "TLS1.2"}

func offersBoth(h *wire.ClientHello) bool {
	return slices.Contains(h.Versions, wire.TLS13) && slices.Contains(h.Versions, wire.TLS12)
}

// unlikeVersions reports whether nothing simpler than the version can be meant: a hello without TLS 1.3 is also
// shorter, so the experiments with its length alone go first. Where the peer is silent all run side by side.
func unlikeVersions(c *fact.Case, h *fact.Handshake) bool {
	if alerted(h, wire.AlertProtocolVersion) {
		return flips(c, olderVersions) == fact.No
	}
	if !breakdown(c, h) {
		return false
	}
	for _, v := range shorter(h) {
		if f := flips(c, v); f == fact.Yes || f == fact.Unknown && !silent(h) {
			return false
		}
	}
	return true
}

// shorter lists the experiments with nothing but the hello's length, where it is one that peers are known to trip over.
func shorter(h *fact.Handshake) []fact.Variant {
	switch n := len(h.Client.Raw); {
	case n > segment:
		return []fact.Variant{oneSegment}
	case n >= 256 && n <= 511:
		return []fact.Variant{paddedHello}
	}
	return nil
}
