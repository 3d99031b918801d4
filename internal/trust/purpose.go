package trust

import (
	"fmt"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// judgePurposes looks at what the certificates of the path may be used for.
func (j *judgement) judgePurposes() {
	leaf := j.best.nodes[0]
	j.judgeLeafUse(leaf)
	for i, n := range j.best.nodes[1:] {
		if why := issuerFault(n, i); why != "" {
			j.wrongPurpose(n, why, true)
		}
		if !n.allows(j.policy.RequireEKU, !j.policy.AnyEKURefused) {
			j.wrongPurpose(n, fmt.Sprintf("extended key usage of the CA lacks %s", j.policy.RequireEKU), true)
		}
		if name := n.limits.forbids(leaf.certificate); name != "" {
			j.wrongPurpose(n, fmt.Sprintf("name constraints of %s forbid %s", n.Subject, name), true)
		}
	}
}

func (j *judgement) wrongPurpose(n node, why string, fatal bool) {
	j.add(fact.Problem{Kind: fact.WrongPurpose, At: n.at, Fatal: fatal, Detail: why})
}

func (j *judgement) judgeLeafUse(leaf node) {
	if j.policy.RequireEKU == "" {
		return
	}
	if !leaf.allows(j.policy.RequireEKU, !j.policy.AnyEKURefused) {
		j.wrongPurpose(leaf, fmt.Sprintf("extended key usage lacks %s", j.policy.RequireEKU), true)
	}
	// What OpenSSL's purposes "sslserver" and "sslclient" want of keyUsage (crypto/x509/v3_purp.c).
	wanted := []string{"digitalSignature", "keyAgreement"}
	if j.policy.RequireEKU == "serverAuth" {
		wanted = append(wanted, "keyEncipherment")
	}
	if leaf.hasUsage && !slices.ContainsFunc(leaf.KeyUsage, func(u string) bool { return slices.Contains(wanted, u) }) {
		j.wrongPurpose(leaf, "key usage allows neither signatures nor key exchange", true)
	}
	if leaf.CA && !leaf.SelfSigned {
		j.wrongPurpose(leaf, "a CA certificate is used as a server's or client's own (Firefox and rustls refuse that)", false)
	}
}

// allows reports whether the extended key usage, when there is one, covers a use. The server gated cryptography of
// the 1990s counts as serverAuth, as OpenSSL has it.
func (c *certificate) allows(use string, anyCounts bool) bool {
	if use == "" || !c.hasExtUsage {
		return true
	}
	return slices.ContainsFunc(c.ExtUsage, func(u string) bool {
		return u == use || u == "anyExtendedKeyUsage" && anyCounts ||
			use == "serverAuth" && (u == "msServerGatedCrypto" || u == "nsServerGatedCrypto")
	})
}

// issuerFault says why a certificate may not issue others, with this many intermediates below it, or gives "".
// Roots of version 1 know no extensions and are accepted as anchors, as OpenSSL does.
func issuerFault(n node, below int) string {
	switch {
	case n.version < 3 && n.SelfSigned && n.anchor:
		return ""
	case !n.CA:
		return "the issuer is not marked as a CA (basicConstraints)"
	case n.hasUsage && !slices.Contains(n.KeyUsage, "keyCertSign"):
		return "key usage of the CA lacks keyCertSign"
	case n.pathLen >= 0 && below > n.pathLen:
		return fmt.Sprintf("path length constraint %d of the CA, %d intermediates below it", n.pathLen, below)
	}
	return ""
}
