package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var cipherNeedsOtherCertificate = Cause{
	ID: "TW3007", Slug: "cipher-needs-other-certificate", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the shared cipher suites need an {needed} key, the server's certificate has an {has} key",
	Plain: "the cipher suites that both sides know need another type of key than the server's certificate has",
	Why: "Before TLS 1.3 a cipher suite fixes the type of the server's key, ECDSA or RSA. The client offers the suites that the server uses, but only " +
		"in the form for the other type of key, and the server has a certificate of one type only.",
	Check:  "openssl s_client -connect {host}:{port} -tls1_2 with -cipher aRSA and with -cipher aECDSA: only the type of key that the certificate has connects",
	Cites:  []string{"RFC 5246 §7.4.2 (which key a suite needs)", "RFC 8422 §2", "OpenSSL: SSL_R_NO_SHARED_CIPHER (0A0000C1)"},
	Decide: "the same with suites for the other kind of key",
	Signs: []Sign{
		{Of: fact.NoSharedCipher, Weight: 7},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, "schannel"}, Weight: 5},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 6},
		{Of: fact.NoSharedSignature, Weight: 5},
		{Of: fact.NoSharedSignature, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.CertTypeUnusable, Weight: 10},
		{Of: fact.PeerAlert(40), Weight: 5},
		{Of: fact.PeerAlert(40), In: []fact.Context{"java"}, Weight: 4},
		{Of: fact.PeerAlert(40), In: []fact.Context{"go"}, Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{"tlslite"}, Weight: 7},
		{Of: fact.PeerAlert(43), Weight: 5},
		{Of: fact.PeerAlert(43), In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.PeerAlert(43), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.OwnAlert(40), Weight: 6},
		{Of: fact.OwnAlert(40), In: []fact.Context{"schannel"}, Weight: 6},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.UseOtherKeyType, change.Server),
		change.New(change.OfferSuite, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		if m, ok := clientLacksForm(c); ok {
			return []Match{m}
		}
		if m, ok := serverLacksForm(c); ok {
			return []Match{m}
		}
		return nil
	},
}

// clientLacksForm: the server takes a suite that the client offers for the other type of key.
func clientLacksForm(c *fact.Case) (Match, bool) {
	if c.Tried(wide) == nil && c.Tried(allSuites) == nil {
		return Match{}, false // no-shared-cipher asks; only the answer tells the two apart
	}
	e := experiment{variant: allSuites, weight: 9, flipped: "with every cipher suite offered, the server takes {suite}"}
	m, ok := lacking(c, 2, e, func(m missing) bool { return m.keyType })
	if !ok {
		return Match{}, false
	}
	suite, _ := names.SuiteByID(chosenSuite(answered(c, allSuites, wide)))
	needed := otherAuth(c.Base().Client.Suites, suite)
	m = located(c, c.Base(), m, "suite", suite.Name, "has", suite.Auth, "needed", needed)
	m.Changes = []change.Change{
		change.New(change.UseOtherKeyType, change.Server, "keytype", needed),
		change.New(change.OfferSuite, change.Client, "suite", suite.Name, "openssl", suite.OpenSSL),
	}
	return m, true
}

// serverLacksForm: the server knows the client's version, or it would have said protocol_version (RFC 5246 §7.2.2).
// No suite, group or signature algorithm helps, and TLS 1.3, whose suites fit every key, does. So the server's own
// suites do not fit its key. No experiment of a client can show that alone: likely.
func serverLacksForm(c *fact.Case) (Match, bool) {
	h := atHello(c)
	if h == nil || !refusesEvery(c, h) {
		return Match{}, false
	}
	t := c.Tried(newerVersions)
	has, needed := keyType(t), "RSA"
	switch has {
	case "RSA":
		needed = "ECDSA"
	case "ECDSA":
	default:
		return Match{}, false
	}
	m := located(c, h, Match{Sure: Likely, Proof: []Proof{
		{Ref: h.Ref, Says: ending(h) + ": it knows the version, and refuses"},
		{Ref: t.Ref, Says: "in TLS 1.3, whose cipher suites fit every key, it answers with a certificate that has an " + has + " key"},
	}}, "has", has, "needed", needed)
	m.Changes = []change.Change{change.New(change.UseOtherKeyType, change.Server, "keytype", needed)}
	if s, ok := bestSuite(h.Client.Suites, has); ok {
		m.Changes = append(m.Changes, change.New(change.OfferSuite, change.Server, "suite", s.Name, "openssl", s.OpenSSL))
	}
	return m, true
}

// refusesEvery reports whether a server refuses, with handshake_failure, whatever is added below TLS 1.3, and answers
// with TLS 1.3.
func refusesEvery(c *fact.Case, h *fact.Handshake) bool {
	if !alerted(h, wire.AlertHandshakeFailure) || highest(h.Client) != wire.TLS12 || flips(c, newerVersions) != fact.Yes {
		return false
	}
	return flips(c, allSuites) == fact.No && flips(c, allGroups) == fact.No && flips(c, allSignatures) == fact.No
}

// otherAuth is the type of key that the client's form of a suite needs.
func otherAuth(offered []uint16, suite names.Suite) string {
	for _, id := range offered {
		s, ok := names.SuiteByID(id)
		if ok && certified(s) && s.Auth != suite.Auth && s.Kex == suite.Kex && s.Cipher == suite.Cipher && s.MAC == suite.MAC {
			return s.Auth
		}
	}
	return "other"
}
