package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var clientTooOld = Cause{
	ID: "TW3002", Slug: "client-too-old", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "this client speaks {newest} at most, the server needs {oldest}",
	Why: "TLS comes in versions, and both sides must have one in common. The newest that this client offers is older than the oldest that " +
		"the server still accepts. The client's program, library or settings must learn the newer version.",
	Check: "openssl s_client -connect {host}:{port} -tls1_3 connects, -tls1_2 does not",
	Cites: []string{"RFC 8446 §4.2.1, §6 (protocol_version, alert 70)", "RFC 8996 (deprecating TLS 1.0 and 1.1)", "RFC 9325 §3.1"},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if h == nil || highest(h.Client) >= wire.TLS13 || refusesEvery(c, h) {
			return nil // in the last case cipher-needs-other-certificate says more
		}
		m, ok := takesOnlyNewer(c, h)
		if !ok {
			return nil
		}
		oldest := "a newer version"
		if t := answered(c, newerVersions, wide); t != nil {
			oldest = names.Version(chosenVersion(t))
		}
		m = located(c, h, m, "newest", names.Version(highest(h.Client)), "oldest", oldest)
		m.Changes = []change.Change{
			change.New(change.OfferVersion, change.Client, "version", oldest),
			change.New(change.UpgradeClient, change.Client, "why", "needed if it knows no "+oldest),
			takeVersion(change.Server, names.Version(highest(h.Client))),
		}
		return []Match{m}
	},
}

// takesOnlyNewer: the server refuses the hello, and answers once newer versions are offered too. A newer version may
// also get round what else is missing, so a vague alert lets the other respects go first.
func takesOnlyNewer(c *fact.Case, h *fact.Handshake) (Match, bool) {
	e := experiment{variant: newerVersions, weight: 9, flipped: "with newer versions offered too, the server answers"}
	if vague(h) {
		e.weight = 4
	}
	newer := func(m missing) bool { return m.newer }
	if takesItsVersion(c, h) {
		return Match{}, false // the version was not what it minded
	}
	if alerted(h, wire.AlertProtocolVersion) { // it names the reason: no detour
		if otherComplaint(c, h, e.variant) {
			e = experiment{variant: wide, weight: 9, flipped: "with everything offered, newer versions too, the server answers in {oldest}"}
		}
		m, ok := e.try(c)
		return m, ok && (m.Sure != Proven || newer(missingIn(c, c.Tried(e.variant))))
	}
	return lacking(c, 2, e, newer)
}

// takesItsVersion: with one of the lists widened alone, the server answered in a version that the client had offered.
func takesItsVersion(c *fact.Case, h *fact.Handshake) bool {
	for _, v := range []fact.Variant{allSuites, allGroups, allSignatures} {
		if flips(c, v) == fact.Yes && chosenVersion(c.Tried(v)) <= highest(h.Client) {
			return true
		}
	}
	return false
}

// otherComplaint: the experiment with other versions failed as well, but no longer at the version: a server that knows
// only newer or older versions may lack the client's suites or groups, too.
func otherComplaint(c *fact.Case, h *fact.Handshake, v fact.Variant) bool {
	t := c.Tried(v)
	return t != nil && t.Progress() == h.Progress() && !alerted(t, wire.AlertProtocolVersion)
}

// takeVersion lets one side take a version of the other's: no harm in TLS 1.2, a weakness below it (RFC 8996).
func takeVersion(side change.Side, version string) change.Change {
	if version == names.Version(wire.TLS12) || version == names.Version(wire.TLS13) {
		return change.New(change.OfferVersion, side, "version", version)
	}
	return change.NotAdvised(change.AllowOldVersion, side, "version", version)
}
