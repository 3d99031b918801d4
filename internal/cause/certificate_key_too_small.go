package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateKeyTooSmall = Cause{
	ID: "TW5503", Slug: "certificate-key-too-small", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the key of {subject} is too small: {key}",
	Plain: "the certificate's key is too small",
	Why: "The strength of a certificate hangs on the length of its key. What was long enough years ago can be broken today, so clients ask for a " +
		"minimum: 2048 bits for RSA, 256 for elliptic curves. This key is shorter.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null, then openssl x509 -noout -text on each block: Public-Key: (… bit)",
	Cites: []string{
		"CA/Browser Forum Baseline Requirements §6.1.5 (RSA of 2048 bits or more)", "NIST SP 800-131A rev. 2 §3 (112 bits of strength)",
		"OpenSSL X509_V_ERR_EE_KEY_TOO_SMALL (66), X509_V_ERR_CA_KEY_TOO_SMALL (67)",
	},
	Decide: "the size of the key that it sends",
	Signs: []Sign{
		{Of: fact.KeyTooSmall, Weight: 10},
		{Of: fact.PeerAlert(71), Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.ReissueStronger, change.Server, "need", "RSA 2048 bits or ECDSA P-256"),
		change.NotAdvised(change.LowerSecurityLevel, change.Client, "level", "1"),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.LeafKeySmall, fact.CAKeySmall)
		if !ok {
			if f, ok = smallKeyBorne(c); !ok {
				return nil
			}
		}
		key := orElse(f.p.Detail, f.cert.KeyType+" "+itoa(f.cert.KeyBits))
		m := f.match(c, "without a minimum of key sizes", "key", key)
		m.Proof = append(m.Proof, f.seen("public key of "+called(f.cert)+": "+key))
		m.Changes = []change.Change{
			change.New(change.ReissueStronger, change.Server, "need", "RSA 2048 bits or ECDSA P-256"),
			change.NotAdvised(change.LowerSecurityLevel, change.Client, "level", "1"),
		}
		return []Match{m}
	},
}

// smallKeyBorne is a key that this client accepts although current rules ask for more. A root sent along does not
// count: the client has its own copy.
func smallKeyBorne(c *fact.Case) (fault, bool) {
	h := c.Base()
	if h == nil || h.Verdict == nil || h.Chain.Leaf() == nil {
		return fault{}, false
	}
	for i := range h.Chain.Certificates {
		cert := &h.Chain.Certificates[i]
		if cert.KeyBits == 0 || i > 0 && cert.SelfSigned || !smallKey(cert) {
			continue
		}
		kind := fact.LeafKeySmall
		if i > 0 {
			kind = fact.CAKeySmall
		}
		return fault{h, &fact.Problem{Kind: kind, At: i}, cert}, true
	}
	return fault{}, false
}

func smallKey(cert *fact.Certificate) bool {
	switch {
	case strings.HasPrefix(cert.KeyType, "RSA"), cert.KeyType == "DSA":
		return cert.KeyBits < 2048
	case cert.KeyType == "ECDSA":
		return cert.KeyBits < 224
	}
	return false
}
