package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var serverTooOld = Cause{
	ID: "TW3001", Slug: "server-too-old", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server speaks {newest} at most, {who} {oldest}",
	Plain: "the server's newest TLS version is older than what this side accepts",
	Why: "TLS comes in versions, and both sides must have one in common. The newest that this server knows is older than " +
		"the oldest that the client still accepts: TLS 1.0 and 1.1 were withdrawn in 2021 and current systems no longer use them.",
	Check: "openssl s_client -connect {host}:{port} -cipher 'ALL:@SECLEVEL=0' with -tls1, -tls1_1, -tls1_2 and -tls1_3 in turn: " +
		"it connects up to the newest version that the server knows and no further",
	Cites:  []string{"RFC 8996 (deprecating TLS 1.0 and 1.1)", "RFC 8446 §4.2.1, §6 (protocol_version, alert 70)"},
	Decide: "the same with older versions offered too",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"freetds"}, Weight: 5},
		{Of: fact.EOFInHandshake, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient}, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 7},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 6},
		{Of: fact.BrokeInHandshake, Weight: 2},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByClient}, Weight: 2},
		{Of: fact.ForciblyClosed, Weight: 6},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InLogin}, Weight: 6},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InPrelogin}, Weight: 7},
		{Of: fact.ForciblyClosed, In: []fact.Context{"odbc-unix"}, Weight: 6},
		{Of: fact.ForciblyClosed, In: []fact.Context{"native-client"}, Weight: 5},
		{Of: fact.ForciblyClosed, In: []fact.Context{"dotnet"}, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.Closed, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{"jdbc"}, Weight: 5},
		{Of: fact.VersionRefused, Weight: 6},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient}, Weight: 9},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient, "java"}, Weight: 9},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 9},
		{Of: fact.NoVersionLeft, Weight: 5},
		{Of: fact.CipherRefused, Weight: 3},
		{Of: fact.LegacySignature, Weight: 7},
		{Of: fact.InternalError, In: []fact.Context{fact.ByClient, "in-key-exchange"}, Weight: 6},
		{Of: fact.HandshakeFailed, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL}, Weight: 5},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "managed-sni"}, Weight: 6},
		{Of: fact.HandshakeFailed, In: []fact.Context{"netfx"}, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "provider-ssl"}, Weight: 5},
		{Of: fact.PeerAlert(40), Weight: 3},
		{Of: fact.PeerAlert(47), Weight: 2},
		{Of: fact.PeerAlert(70), Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByClient}, Weight: 7},
		{Of: fact.PeerAlert(70), In: []fact.Context{"node"}, Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{"go"}, Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{"java"}, Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{"python"}, Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{"curl"}, Weight: 8},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.OwnAlert(70), Weight: 6},
		{Of: fact.OwnAlert(70), In: []fact.Context{fact.ByClient}, Weight: 9},
	},
	Hides:   []string{"openssl-security-level", "closed-after-hello", "peer-implementation-bug"},
	Written: writtenSets("server-too-old"),
	Advice: []change.Change{
		change.New(change.OfferVersion, change.Server, "version", "TLS1.2"),
		change.New(change.UpgradeServer, change.Server, "why", "needed if it knows no TLS 1.2"),
		change.NotAdvised(change.AllowOldVersion, change.Client, "version", "TLS1.0"),
	},
	Match: func(c *fact.Case) []Match {
		m, newest, ok := choseTooOld(c)
		who, oldest := "this client needs", "TLS1.2"
		if !ok {
			m, newest, ok = takesOnlyOlder(c)
			if ok {
				oldest = oldestOffered(c.Base().Client)
			}
		}
		if !ok {
			m, newest, ok = agreedOnOld(c)
			who = "current clients need"
		}
		if !ok {
			return nil
		}
		m = located(c, c.Base(), m, "newest", newest, "who", who, "oldest", oldest)
		m.Changes = []change.Change{
			change.New(change.OfferVersion, change.Server, "version", oldest),
			change.New(change.UpgradeServer, change.Server, "why", "needed if it knows no "+oldest),
			takeVersion(change.Client, newest),
		}
		return []Match{m}
	},
}

// choseTooOld: the server answered with a version that the client refuses although it offered newer ones, be it the
// version itself or the SHA-1 signature that goes with every version before TLS 1.2 (RFC 4346 §7.4.3).
func choseTooOld(c *fact.Case) (Match, string, bool) {
	h := brokeOff(c, "version-too-low", wire.ReasonUnofferedVersion, "weak-signature")
	if h == nil || h.Client == nil || h.Server == nil {
		return Match{}, "", false
	}
	v := h.Server.Version
	if v>>8 != 3 || v >= highest(h.Client) || local(h, "weak-signature") && v >= wire.TLS12 {
		return Match{}, "", false
	}
	m := stated(h, "the client offers "+names.Version(highest(h.Client))+"; the server chooses "+names.Version(v)+", and "+ending(h))
	return m, names.Version(v), true
}

// takesOnlyOlder: the server refuses the hello, and answers once older versions are offered too.
func takesOnlyOlder(c *fact.Case) (Match, string, bool) {
	h := atHello(c)
	if h == nil || lowest(h.Client) <= wire.TLS10 {
		return Match{}, "", false
	}
	e := experiment{variant: olderAlone(c), weight: 9, flipped: "with older versions offered too, the server answers"}
	older := func(m missing) bool { return m.older }
	if !alerted(h, wire.AlertProtocolVersion) {
		m, ok := lacking(c, 2, e, older)
		return m, newestOf(c, e.variant), ok
	}
	if highest(h.Client) < wire.TLS13 {
		e.weight = 8 // the client is as likely the old one
	}
	if otherComplaint(c, h, e.variant) || lowest(h.Client) > wire.TLS12 && otherComplaint(c, h, newerVersions) {
		e = experiment{variant: wide, weight: 9, flipped: "with everything offered, older versions too, the server answers in {newest}"}
	}
	m, ok := e.try(c) // the alert names the reason: no detour
	if ok && m.Sure == Proven && !older(missingIn(c, c.Tried(e.variant))) {
		return Match{}, "", false
	}
	return m, newestOf(c, e.variant), ok
}

// newestOf is the version that the server answered one of these experiments in.
func newestOf(c *fact.Case, v fact.Variant) string {
	if t := answered(c, v, wide); t != nil {
		return names.Version(chosenVersion(t))
	}
	return "an older version"
}

// agreedOnOld: a handshake runs, or fails for another reason, in a version that current clients no longer accept.
func agreedOnOld(c *fact.Case) (Match, string, bool) {
	h := c.Base()
	if h == nil || h.Client == nil || h.Server == nil || local(h, wire.ReasonUnofferedVersion, wire.ReasonDowngrade) {
		return Match{}, "", false
	}
	v := h.Server.Version
	if v>>8 != 3 || v >= wire.TLS12 || highest(h.Client) < wire.TLS12 {
		return Match{}, "", false
	}
	m := stated(h, "the client offers "+names.Version(highest(h.Client))+" and the server chooses "+names.Version(v))
	m.Level = WillBreak
	return m, names.Version(v), true
}

func oldestOffered(h *wire.ClientHello) string { return names.Version(lowest(h)) }
