package trust

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Policy is how one client verifies. Its zero value checks no name, has no anchors and no minimum key sizes, and
// refuses SHA-1 and everything weaker.
type Policy struct {
	Name       string    // host name or IP literal to be found in the leaf; empty: names are not checked
	Time       time.Time // the verifier's clock
	Roots      Roots
	MinRSABits int  // smallest RSA or DSA key accepted anywhere in the path; 0: any
	MinECBits  int  // smallest elliptic curve key accepted
	AllowSHA1  bool // SHA-1 signatures are accepted; MD5 and MD2 never are
	// MaxDepth is how many intermediates may stand between leaf and anchor, as OpenSSL counts its verify depth;
	// 0: any number; negative: none.
	MaxDepth        int
	CNFallback      bool
	CNForIP         bool
	PartialWildcard bool
	IgnoreIPSAN     bool
	// RequireEKU is "serverAuth" or "clientAuth": the purpose that the path must allow; empty: not checked.
	RequireEKU            string
	AnyEKURefused         bool // anyExtendedKeyUsage does not stand for it (OpenSSL's purposes "sslserver" and "sslclient")
	NegativeSerialRefused bool // as Go does since 1.23
	// RequireStaple: a certificate that demands a stapled OCSP answer is refused without a good one.
	RequireStaple bool
	IgnoreStaple  bool // the client never looks at stapled answers (OpenSSL's default, Go)
	// SelfSignedAnchors: an anchor that is an intermediate does not end a path, its root must be there too
	// (OpenSSL without X509_V_FLAG_PARTIAL_CHAIN).
	SelfSignedAnchors bool
}

func (p Policy) names() NameOptions {
	return NameOptions{CNFallback: p.CNFallback, CNForIP: p.CNForIP, PartialWildcard: p.PartialWildcard, IgnoreIPSAN: p.IgnoreIPSAN}
}

// judgement is a verdict in the making.
type judgement struct {
	fact.Verdict
	policy Policy
	sent   []node
	paths  []path
	best   path
}

func (j *judgement) add(p fact.Problem) { j.Problems = append(j.Problems, p) }

// Judge says how a client with this policy sees the chain, whose first certificate is taken for the leaf. Stapled
// is the DER of the OCSP response sent along, or nil. Every problem is listed on its own, so that Verdict.Without
// answers what would happen with one thing changed. Of the reasons why no anchor was reached exactly one is fatal:
// SelfSignedLeaf, NoAnchors, AnchorRotated, RootUnknown or IssuerMissing. An empty chain is judged as IssuerMissing.
func Judge(chain *fact.Chain, stapled []byte, p Policy) fact.Verdict {
	j := &judgement{policy: p, Verdict: fact.Verdict{Name: p.Name, At: p.Time, Anchors: p.Roots.Len()}}
	if j.sent = nodes(chain, p.Roots); len(j.sent) == 0 {
		j.add(fact.Problem{Kind: fact.IssuerMissing, At: -1, Fatal: true, Detail: "no certificate was sent"})
		return j.Verdict
	}
	j.paths = build(j.sent, p)
	j.choose()
	j.judgeAnchor()
	j.judgeName()
	j.judgeTimes()
	j.judgePurposes()
	j.judgeStrength()
	j.judgeEncoding()
	j.judgeOrder()
	j.judgeStaple(stapled)
	j.judgeTimestamps()
	return j.Verdict
}

// nodes reads the chain again from its DER; facts without DER, of a saved report cut short, are taken as they are.
func nodes(chain *fact.Chain, roots Roots) []node {
	if chain == nil {
		return nil
	}
	var out []node
	var size int
	for i, f := range chain.Certificates {
		if size += len(f.DER); i == maxCertificates || size > maxChainBytes {
			break
		}
		c := &certificate{Certificate: f, extensions: extensions{pathLen: -1}}
		if len(f.DER) > 0 {
			c = read(f.DER)
		}
		out = append(out, node{c, i, roots.holds(c)})
	}
	return out
}

// choose takes the path a good verifier would take: one to an anchor, with the fewest reasons to refuse it, the
// shortest. Its problems are the ones reported.
func (j *judgement) choose() {
	j.best = j.paths[0]
	for _, p := range j.paths[1:] {
		if j.better(p, j.best) {
			j.best = p
		}
	}
	j.Trusted = j.best.complete
	for _, n := range j.best.nodes {
		name := n.CommonName
		if name == "" {
			name = n.Subject
		}
		j.Path = append(j.Path, name)
	}
	if j.Trusted {
		j.Anchor = j.best.end().Subject
		j.Halfway = !j.best.end().SelfIssued
	}
}

func (j *judgement) better(a, b path) bool {
	if a.complete != b.complete {
		return a.complete
	}
	if fa, fb := j.faults(a), j.faults(b); fa != fb {
		return fa < fb
	}
	if a.complete || len(a.nodes) == len(b.nodes) {
		return len(a.nodes) < len(b.nodes)
	}
	return len(a.nodes) > len(b.nodes) // of two that lead nowhere the one that comes further says more
}

// faults counts the reasons to refuse a path that depend on the path taken.
func (j *judgement) faults(p path) int {
	var n int
	for i, c := range p.nodes {
		if i > 0 && (c.expired(j.policy.Time) || c.early(j.policy.Time)) {
			n++
		}
		if i > 0 && issuerFault(c, i-1) != "" {
			n++
		}
		if j.weakDigest(c) || j.smallKey(c.certificate) {
			n++
		}
	}
	if j.tooDeep(p) {
		n++
	}
	return n
}
