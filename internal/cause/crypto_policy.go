package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var cryptoPolicy = Cause{
	ID: "TW3021", Slug: "crypto-policy", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the client's policy ({policy}) leaves out what this server needs: {what}",
	Plain: "a system-wide crypto policy or FIPS mode refuses what the other side uses",
	Why: "A system-wide policy decides which algorithms programs on the client's machine may use. Any ordinary client of today would connect to this server; under " +
		"the policy the one thing both could have agreed on is missing. Nothing is wrong with certificates or versions.",
	Check:  "update-crypto-policies --show and cat /proc/sys/crypto/fips_enabled on the client; the same connection from a machine without the policy",
	Cites:  []string{"crypto-policies(7), update-crypto-policies(8)", "FIPS 140-3 Implementation Guidance D.Q", "SP 800-52 Rev. 2 §3.3"},
	Decide: "the same with what the policy forbids",
	Signs: []Sign{
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 4},
		{Of: fact.NoVersionLeft, Weight: 3},
		{Of: fact.CipherRefused, Weight: 3},
		{Of: fact.UnsafeRenegotiation, Weight: 2},
		{Of: fact.DHTooSmall, Weight: 3},
		{Of: fact.FIPSRefused, Weight: 10},
		{Of: fact.SecurityLevelRefused, Weight: 4},
		{Of: fact.CredentialFailed, Weight: 3},
		{Of: fact.NoCipherLeft, Weight: 4},
		{Of: fact.DigestTooWeak, Weight: 4},
		{Of: fact.KeyTooSmall, Weight: 3},
		{Of: fact.PeerAlert(60), Weight: 4},
		{Of: fact.PeerAlert(71), Weight: 6},
		{Of: fact.OwnAlert(71), Weight: 5},
	},
	Hides: []string{"no-shared-cipher", "no-shared-group", "no-shared-signature-algorithm", "closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferSuite, change.Server, "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		change.New(change.OfferGroup, change.Server, "group", "P-256"),
		change.New(change.ReissueStronger, change.Server, "need", "RSA 2048 bits or ECDSA P-256, and SHA-256"),
		change.New(change.AskOwner, change.Client, "what", "whether the policy must hold for this program"),
		change.NotAdvised(change.AllowSHA1, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		policy := policyOf(c.Question.As)
		if policy == "" || atHello(c) == nil {
			return nil
		}
		t := c.Tried(wide)
		if flips(c, wide) != fact.Yes || !ordinary(t) {
			return nil // lacking anything beyond what clients of today offer is not the policy's doing
		}
		what := leftOut(missingIn(c, t), t)
		if len(what) == 0 {
			return nil
		}
		m := located(c, c.Base(), Match{Sure: Proven, Proof: []Proof{
			{Ref: t.Ref, Says: "with everything offered the server takes {what}, which clients without the policy offer"},
			{Ref: c.Base().Ref, Says: "under the policy: " + ending(c.Base())},
		}}, "policy", policy, "what", strings.Join(what, ", "))
		m.Changes = policyChanges(c.Base().Client)
		return []Match{m}
	},
}

// policyOf names the policy that shapes a client profile.
func policyOf(profile string) string {
	if profile == "fips" {
		return "FIPS 140"
	}
	return ""
}

// ordinary reports whether an answer uses only what current clients offer without a policy: TLS 1.2 or 1.3, ephemeral
// ECDH with AES or ChaCha20, the three common curves or the hybrid with ML-KEM, no SHA-1.
func ordinary(h *fact.Handshake) bool {
	v := chosenVersion(h)
	s, ok := names.SuiteByID(chosenSuite(h))
	if v != wire.TLS12 && v != wire.TLS13 || !ok || s.Kex != "ECDHE" && s.Kex != "any" || s.Auth == "anon" || s.Auth == "PSK" {
		return false
	}
	common := strings.HasPrefix(s.Cipher, "CHACHA20") || strings.HasPrefix(s.Cipher, "AES_") && !strings.Contains(s.Cipher, "CCM")
	g := chosenGroup(h)
	usual := g == 0 || slices.Contains([]uint16{names.X25519MLKEM768, names.X25519, names.P256, names.P384}, g)
	return common && usual && !weakDigest(chosenScheme(h))
}

// leftOut lists what the answer uses and the client does not offer.
func leftOut(m missing, h *fact.Handshake) []string {
	var what []string
	if m.suite || m.keyType {
		what = append(what, names.SuiteName(chosenSuite(h)))
	}
	if m.group {
		what = append(what, names.Group(chosenGroup(h)))
	}
	if scheme := chosenScheme(h); m.signature && scheme != 0 {
		what = append(what, names.Scheme(scheme))
	}
	return what
}

// policyChanges: the server learns what the policy allows; lowering the policy is for who answers for it.
func policyChanges(h *wire.ClientHello) []change.Change {
	var all []change.Change
	if s, ok := bestSuite(h.Suites, ""); ok {
		all = append(all, change.New(change.OfferSuite, change.Server, "suite", s.Name, "openssl", s.OpenSSL))
	}
	return append(all,
		change.New(change.OfferGroup, change.Server, "group", usualGroup(h.Groups)),
		change.New(change.AskOwner, change.Client, "what", "whether the policy must hold for this program"),
	)
}
