package trust

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// judgeStrength looks at keys and digests. The signature of a root on itself proves nothing and is not judged.
func (j *judgement) judgeStrength() {
	for i, n := range j.best.nodes {
		if j.smallKey(n.certificate) {
			kind := fact.CAKeySmall
			if i == 0 {
				kind = fact.LeafKeySmall
			}
			j.add(fact.Problem{Kind: kind, At: n.at, Fatal: true, Detail: fmt.Sprintf("%s %d", n.KeyType, n.KeyBits)})
		}
		if d := n.algorithm.digest; !n.SelfSigned && !n.anchor && (weak(d) || d == "SHA-1") {
			j.add(fact.Problem{Kind: fact.DigestWeak, At: n.at, Fatal: j.weakDigest(n), Detail: n.Signature})
		}
	}
}

func weak(digest string) bool { return strings.HasPrefix(digest, "MD") }

func (j *judgement) weakDigest(n node) bool {
	if n.SelfSigned || n.anchor {
		return false
	}
	return weak(n.algorithm.digest) || n.algorithm.digest == "SHA-1" && !j.policy.AllowSHA1
}

func (j *judgement) smallKey(c *certificate) bool {
	switch c.KeyType {
	case "RSA", "RSA-PSS", "DSA":
		return c.KeyBits > 0 && c.KeyBits < j.policy.MinRSABits
	case "ECDSA":
		return c.KeyBits > 0 && c.KeyBits < j.policy.MinECBits
	}
	return false
}

// judgeEncoding repeats what was broken about the certificates of the path. Most verifiers look past most of it.
func (j *judgement) judgeEncoding() {
	for i, n := range j.best.nodes {
		if i > 0 && verify(j.best.nodes[i-1].certificate, n.certificate) == unknown {
			below := j.best.nodes[i-1]
			j.add(fact.Problem{Kind: fact.Malformed, At: below.at, Detail: "the signature (" + below.Signature + ") cannot be checked here"})
		}
		j.judgeCertificate(n)
	}
}

func (j *judgement) judgeCertificate(n node) {
	if !n.anchor {
		for _, m := range n.Malformed {
			fatal := !n.readable && len(n.DER) > 0
			if n.serial != nil && n.serial.Sign() < 0 && strings.HasPrefix(m, "negative serial") {
				fatal = j.policy.NegativeSerialRefused
			}
			j.add(fact.Problem{Kind: fact.Malformed, At: n.at, Fatal: fatal, Detail: m})
		}
	}
	for _, oid := range n.unhandled {
		j.add(fact.Problem{Kind: fact.Malformed, At: n.at, Fatal: true, Detail: "critical extension " + oid + " is not understood"})
	}
}
