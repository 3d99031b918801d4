package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateDigestTooWeak = Cause{
	ID: "TW5504", Slug: "certificate-digest-too-weak", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate of {subject} is signed with a broken digest: {digest}",
	Plain: "a certificate of the chain is signed with a broken digest, SHA-1 or MD5",
	Why: "An authority signs a short digest of the certificate. For the older digests MD5 and SHA-1 one can make two certificates with the same " +
		"digest, and then the signature of one fits the other. Current clients refuse such signatures.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null, then openssl x509 -noout -text on each block: Signature Algorithm",
	Cites: []string{
		"RFC 9155 §1 (MD5 and SHA-1 deprecated)", "CA/Browser Forum Baseline Requirements §7.1.3.2", "Leurent and Peyrin, SHA-1 is a Shambles, 2020",
		"OpenSSL X509_V_ERR_CA_MD_TOO_WEAK (68)", "Go 1.18 release notes, crypto/x509: SHA-1 rejected",
	},
	Decide: "the digests in the chain that it sends",
	Signs: []Sign{
		{Of: fact.ForciblyClosed, In: []fact.Context{"odbc-unix"}, Weight: 4},
		{Of: fact.NoSharedSignature, Weight: 3},
		{Of: fact.DigestTooWeak, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.ReissueStronger, change.Server, "need", "SHA-256"),
		change.NotAdvised(change.AllowSHA1, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.DigestWeak)
		if !ok {
			return nil
		}
		digest := orElse(f.p.Detail, f.cert.Signature)
		m := f.match(c, "with "+digest+" accepted", "digest", digest)
		m.Proof = append(m.Proof, f.seen("signature algorithm of "+called(f.cert)+", by "+f.cert.Issuer+": "+digest))
		m.Changes = []change.Change{
			change.New(change.ReissueStronger, change.Server, "need", "SHA-256"),
			change.NotAdvised(change.AllowSHA1, change.Client),
		}
		return []Match{m}
	},
}
