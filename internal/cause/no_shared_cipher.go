package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var noSharedCipher = Cause{
	ID: "TW3006", Slug: "no-shared-cipher", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "client and server have no cipher suite in common; the server takes {suite}",
	Plain: "client and server have no cipher suite in common",
	Why: "A cipher suite is a recipe: how keys are agreed on, how data is encrypted and protected. The client lists those it accepts, the server picks " +
		"one. Here the server accepts none of the list, usually because one side knows only old recipes and the other only new ones.",
	Check:  "openssl s_client -connect {host}:{port} -cipher 'ALL:@SECLEVEL=0' shows which suite the server picks",
	Cites:  []string{"RFC 5246 §7.2.2 (handshake_failure), §7.4.1.3", "RFC 9325 §4.2", "OpenSSL: SSL_R_NO_SHARED_CIPHER (0A0000C1)", "Schannel events 36874, 36888"},
	Decide: "the same with every cipher suite offered",
	Signs: []Sign{
		{Of: fact.EOFInHandshake, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient}, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 5},
		{Of: fact.ResetInHandshake, Weight: 2},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 5},
		{Of: fact.BrokeInHandshake, Weight: 3},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.ForciblyClosed, Weight: 5},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InLogin}, Weight: 5},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InPrelogin}, Weight: 6},
		{Of: fact.ForciblyClosed, In: []fact.Context{"odbc-unix"}, Weight: 3},
		{Of: fact.Closed, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.Closed, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{"jdbc"}, Weight: 4},
		{Of: fact.NoSharedCipher, Weight: 8},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, "schannel"}, Weight: 10},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.CipherRefused, Weight: 8},
		{Of: fact.NoSharedGroup, Weight: 3},
		{Of: fact.NoSharedSignature, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.HandshakeFailed, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.HealthCheck}, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{"netfx"}, Weight: 5},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"netfx"}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.NoCipherLeft, Weight: 4},
		{Of: fact.CertTypeUnusable, Weight: 5},
		{Of: fact.NoPeerCert, In: []fact.Context{fact.ByClient}, Weight: 6},
		{Of: fact.PeerAlert(40), Weight: 8},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{"java"}, Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.PeerAlert(40), In: []fact.Context{"go"}, Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{"tlslite"}, Weight: 7},
		{Of: fact.PeerAlert(71), Weight: 6},
		{Of: fact.PeerAlert(115), Weight: 6},
		{Of: fact.OwnAlert(40), Weight: 8},
		{Of: fact.OwnAlert(40), In: []fact.Context{"schannel"}, Weight: 9},
		{Of: fact.OwnAlert(71), Weight: 5},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferSuite, change.Server, "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		change.New(change.OfferSuite, change.Client, "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		change.New(change.UpgradeClient, change.Client, "why", "if it knows none of the cipher suites of today"),
	},
	Match: func(c *fact.Case) []Match {
		e := experiment{variant: allSuites, weight: 9, flipped: "with every cipher suite offered, the server takes {suite}"}
		m, ok := lacking(c, 4, e, func(m missing) bool { return m.suite })
		if !ok {
			return nil
		}
		return []Match{suiteMatch(c, m)}
	},
}

// suiteMatch completes a finding on suites with what each side could offer.
func suiteMatch(c *fact.Case, m Match) Match {
	h, t := c.Base(), answered(c, allSuites, wide)
	var suite names.Suite
	if t != nil {
		suite, _ = names.SuiteByID(chosenSuite(t))
	}
	wanted, ok := bestSuite(usableSuites(h.Client, t), suite.Auth)
	m = located(c, h, m, "suite", orElse(suite.Name, "one that this client does not offer"))
	if !ok {
		m.Changes = append(m.Changes, change.New(change.AskOwner, change.Server, "what", "a cipher suite that this client offers"))
	} else {
		m.Changes = append(m.Changes, change.New(change.OfferSuite, change.Server, "suite", wanted.Name, "openssl", wanted.OpenSSL))
	}
	if suite.Kex == "" || !offersVersion(h.Client, chosenVersion(t)) {
		return m // what the server takes in a version that the client does not offer is no use to it
	}
	add := change.NotAdvised
	if soundSuite(suite) {
		add = change.New
	}
	m.Changes = append(m.Changes, add(change.OfferSuite, change.Client, "suite", suite.Name, "openssl", suite.OpenSSL))
	return m
}

// usableSuites are the suites of a hello in the versions that it offers and the server was shown to take: what a server chose once
// it was offered more. A suite of TLS 1.3 is none for another version, and the other way round (RFC 8446 §B.4).
func usableSuites(h *wire.ClientHello, answer *fact.Handshake) []uint16 {
	return slices.DeleteFunc(slices.Clone(h.Suites), func(id uint16) bool {
		s, _ := names.SuiteByID(id)
		in13 := s.Kex == "any"
		if v := chosenVersion(answer); v != 0 {
			return in13 != (v >= wire.TLS13) || !offersVersion(h, v)
		}
		return in13 && highest(h) < wire.TLS13 || !in13 && lowest(h) >= wire.TLS13
	})
}

// offersVersion reports whether a hello offers a version; one of before TLS 1.3 without a list offers all up to its own.
func offersVersion(h *wire.ClientHello, v uint16) bool {
	return v != 0 && (slices.Contains(h.Versions, v) || len(h.Versions) == 0 && v <= h.LegacyVersion)
}

// bestSuite is the first suite of a client's list that a server whose key is of this type could enable, sound ones
// first. Suites of TLS 1.3 fit every key; a server that lacks TLS 1.3 has no use for them.
func bestSuite(list []uint16, auth string) (names.Suite, bool) {
	var all []names.Suite
	for _, id := range list {
		s, ok := names.SuiteByID(id)
		if ok && s.Kex != "" && (auth == "" || s.Auth == auth || s.Auth == "any") {
			all = append(all, s)
		}
	}
	for _, fits := range []func(names.Suite) bool{
		func(s names.Suite) bool { return soundSuite(s) && s.Auth != "any" }, soundSuite, func(names.Suite) bool { return true },
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i], true
		}
	}
	return names.Suite{}, false
}

// soundSuite reports what RFC 9325 §4.2 recommends: ephemeral ECDH keys and authenticated encryption.
func soundSuite(s names.Suite) bool {
	return (s.Kex == "ECDHE" || s.Kex == "any") && s.Auth != "anon" && s.MAC == "AEAD" && !strings.HasPrefix(s.Cipher, "NULL")
}
