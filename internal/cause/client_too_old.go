package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var clientTooOld = Cause{
	ID: "TW3002", Slug: "client-too-old", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "this client speaks {newest} at most, and the server {verdict}",
	Plain: "the client's newest TLS version is older than what the server accepts",
	Why: "TLS comes in versions, and both sides must have one in common. The newest that this client offers is older than the oldest that " +
		"the server still accepts. The client's program, library or settings must learn the newer version.",
	Check:  "openssl s_client -connect {host}:{port} with -tls1_3, then with -tls1_2: the server takes the versions that connect",
	Cites:  []string{"RFC 8446 §4.2.1, §6 (protocol_version, alert 70)", "RFC 8996 (deprecating TLS 1.0 and 1.1)", "RFC 9325 §3.1"},
	Decide: "the same with newer versions offered too",
	Signs: []Sign{
		{Of: fact.ForciblyClosed, Weight: 5},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InLogin}, Weight: 5},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InPrelogin}, Weight: 5},
		{Of: fact.ForciblyClosed, In: []fact.Context{"native-client"}, Weight: 6},
		{Of: fact.ForciblyClosed, In: []fact.Context{"dotnet"}, Weight: 7},
		{Of: fact.Closed, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.Closed, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.Closed, Weight: 3},
		{Of: fact.Closed, In: []fact.Context{"jdbc"}, Weight: 4},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 8},
		{Of: fact.VersionRefused, Weight: 6},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 6},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 5},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 8},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Database}, Weight: 9},
		{Of: fact.RuntimeTooOld, Weight: 8},
		{Of: fact.NoSharedCipher, Weight: 4},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, "schannel"}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{"netfx"}, Weight: 7},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"netfx"}, Weight: 7},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer, "haproxy"}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{"yassl"}, Weight: 9},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(40), Weight: 4},
		{Of: fact.PeerAlert(40), In: []fact.Context{"java"}, Weight: 5},
		{Of: fact.PeerAlert(60), Weight: 5},
		{Of: fact.PeerAlert(70), Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByClient}, Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{"node"}, Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{"go"}, Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{"java"}, Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{"python"}, Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{"curl"}, Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.OwnAlert(40), Weight: 4},
		{Of: fact.OwnAlert(40), In: []fact.Context{"schannel"}, Weight: 4},
		{Of: fact.OwnAlert(70), Weight: 7},
		{Of: fact.OwnAlert(70), In: []fact.Context{fact.ByServer}, Weight: 9},
	},
	Hides:   []string{"closed-after-hello", "peer-implementation-bug"},
	Written: writtenSets("client-too-old"),
	Advice: []change.Change{
		change.New(change.OfferVersion, change.Client, "version", "TLS1.2"),
		change.New(change.UpgradeClient, change.Client, "why", "needed if it knows no TLS 1.2"),
		change.NotAdvised(change.AllowOldVersion, change.Server, "version", "TLS1.0"),
	},
	Match: func(c *fact.Case) []Match {
		h := atHello(c)
		if h == nil || highest(h.Client) >= wire.TLS13 || refusesEvery(c, h) {
			return nil // in the last case cipher-needs-other-certificate says more
		}
		m, ok := takesOnlyNewer(c, h)
		if !ok {
			return nil
		}
		newest := names.Version(highest(h.Client))
		verdict, wanted := needs(c, h)
		m = located(c, h, m, "newest", newest, "verdict", verdict, "oldest", orElse(strings.Join(wanted[:min(len(wanted), 1)], ""), "a newer version"))
		for _, v := range wanted {
			m.Changes = append(m.Changes, change.New(change.OfferVersion, change.Client, "version", v))
		}
		m.Changes = append(m.Changes, change.New(change.UpgradeClient, change.Client, "why", "needed if it knows no "+m.Args["oldest"]), takeVersion(change.Server, newest))
		return []Match{m}
	},
}

// needs says which versions the server was shown to refuse and to take, and which the client has to offer, the smallest step
// first. A server that answers in TLS 1.3 when everything newer is offered may take TLS 1.2 as well: unless that was asked
// alone, nobody knows.
func needs(c *fact.Case, h *fact.Handshake) (verdict string, wanted []string) {
	tls12 := names.Version(wire.TLS12)
	t := answered(c, newerVersions, wide)
	if t == nil {
		return "does not take it", []string{tls12}
	}
	takes := names.Version(chosenVersion(t))
	if chosenVersion(t) <= wire.TLS12 || highest(h.Client) >= wire.TLS12 {
		return "does not take it; it takes " + takes, []string{takes}
	}
	switch between := c.Tried(fact.Variant{Kind: fact.Versions, Value: tls12}); {
	case between == nil:
		return "does not take it; it takes " + takes, []string{tls12, takes}
	case chosenVersion(between) == wire.TLS12:
		return "does not take it; it takes " + tls12 + " and " + takes, []string{tls12}
	case alerted(between, wire.AlertProtocolVersion):
		return "does not take it, nor " + tls12 + "; it takes " + takes, []string{takes}
	}
	return "does not take it; it takes " + takes, []string{takes}
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
