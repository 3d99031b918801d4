package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var keyDoesNotMatchCertificate = Cause{
	ID: "TW9101", Slug: "key-does-not-match-certificate", Since: "0.1",
	Phase: ServerSetup, Level: Breaks,
	Title: "the server's private key does not belong to the certificate that it sends, {subject}",
	Plain: "the server's private key does not belong to its certificate",
	Why: "A server proves with its private key that the certificate it shows is its own. The proof does not fit this certificate: the server uses " +
		"another key, for instance after a renewal that replaced the certificate only. Most servers check that at start, appliances and hand-made ones may not.",
	Check: "on the server: openssl x509 -in CERT -noout -pubkey and openssl pkey -in KEY -pubout must print the same",
	Cites: []string{
		"RFC 8446 §4.4.3 (CertificateVerify; decrypt_error, alert 51)", "RFC 5246 §7.4.3 (signed parameters)",
		"OpenSSL X509_check_private_key(3): key values mismatch",
	},
	Decide: "whether the server's signature fits its certificate",
	Signs: []Sign{
		{Of: fact.BadSignature, Weight: 7},
		{Of: fact.KeyMismatch, In: []fact.Context{"libpq"}, Weight: 5},
		{Of: fact.KeyMismatch, Weight: 10},
		{Of: fact.KeyUnreadable, Weight: 3},
	},
	Hides:   []string{"server-key-exchange-signature", "keys-disagree", "peer-implementation-bug"},
	Written: writtenKeyMismatch,
	Advice: []change.Change{
		change.New(change.MatchKey, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		h := brokeOff(c, wire.ReasonBadSignature)
		if h == nil || h.Chain.Leaf() == nil || h.Server == nil {
			return nil
		}
		m := stated(h, foreignKey(h))
		if m.Proof[0].Says == "" {
			m.Sure = Possible // second to server-key-exchange-signature
			m.Proof[0].Says = "the signature in ServerKeyExchange is of the right kind and length and does not verify, as one of another key of that kind"
		}
		m = located(c, h, m, "subject", called(h.Chain.Leaf()))
		m.Changes = []change.Change{change.New(change.MatchKey, change.Server)}
		return []Match{m}
	},
}

// foreignKey says what shows that another key made the server's signature, or "". In TLS 1.3 the message before it
// was opened with keys that hang on the whole conversation, so nobody can have changed what was signed. Before, a
// signature of the wrong kind or length cannot be the certificate's key's; one that only does not verify may as well
// be damaged.
func foreignKey(h *fact.Handshake) string {
	leaf := h.Chain.Leaf()
	if h.Server.Version >= wire.TLS13 {
		return "the signature in CertificateVerify is not of the certificate's key (" + leaf.KeyType + " " + itoa(leaf.KeyBits) + ")"
	}
	k := h.Key
	if k == nil || len(k.Signature) == 0 {
		return ""
	}
	if kind := signerOf(k.Scheme); kind != "" && leaf.KeyType != "" && !strings.HasPrefix(leaf.KeyType, kind) {
		return "the signature in ServerKeyExchange is of an " + kind + " key, the certificate has one of type " + leaf.KeyType
	}
	if low, high := signatureLength(leaf); high > 0 && (len(k.Signature) < low || len(k.Signature) > high) {
		return "the signature in ServerKeyExchange takes " + itoa(len(k.Signature)) + " bytes, one of the certificate's key (" + leaf.KeyType + " " +
			itoa(leaf.KeyBits) + ") takes " + itoa(high)
	}
	return ""
}

// signerOf is the type of key that signs with a scheme, or "".
func signerOf(scheme uint16) string {
	name := names.Scheme(scheme)
	switch {
	case strings.HasPrefix(name, "rsa_"):
		return "RSA"
	case strings.HasPrefix(name, "ecdsa_"):
		return "ECDSA"
	case name == "ed25519":
		return "Ed25519"
	}
	return ""
}

// signatureLength is how many bytes a signature of the certificate's key takes. ECDSA's is two numbers in DER, each
// as long as the curve's order or, once in 256 times per byte, shorter; high is 0 when it cannot be told.
func signatureLength(leaf *fact.Certificate) (low, high int) {
	size := (leaf.KeyBits + 7) / 8
	switch {
	case size == 0:
		return 0, 0
	case strings.HasPrefix(leaf.KeyType, "RSA"):
		return size, size
	case leaf.KeyType == "ECDSA":
		return 2 * size, 2*size + 9
	}
	return 0, 0
}
