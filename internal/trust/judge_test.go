package trust

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

func TestGoodChain(t *testing.T) {
	p := newPKI(t)
	v := Judge(chainOf(p.leaf, p.inter), nil, modern(p.root))
	if !v.OK() || !v.Trusted || len(v.Problems) != 0 {
		t.Errorf("%+v", v)
	}
	if want := []string{"db.example.test", "Intermediate", "Root"}; !slices.Equal(v.Path, want) || v.Anchor != "CN=Root,O=Example" || v.Anchors != 1 {
		t.Errorf("path %q, anchor %q of %d", v.Path, v.Anchor, v.Anchors)
	}
}

// Each case has one fault: it is found, it is the only fatal one, and without it the verifier accepts.
func TestOneFault(t *testing.T) {
	good := newPKI(t)
	other := issue(t, "Other Root", ecKey(), nil, isCA)
	self := issue(t, "db.example.test", ecKey(), nil)
	expiredInter := issue(t, "Intermediate", ecKey(), good.root, isCA, expired)
	futureInter := issue(t, "Intermediate", ecKey(), good.root, isCA, future)
	notCA := issue(t, "Intermediate", ecKey(), good.root)
	small := issue(t, "Small", rsaKey(1024), good.root, isCA)
	aia := func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://ca.test/i.der"} }
	under := func(ca *made, o ...option) *made { return issue(t, "db.example.test", ecKey(), ca, o...) }
	for _, c := range []struct {
		name  string
		chain []*made
		roots []*made
		want  fact.Problem
	}{
		{"self-signed", []*made{self}, []*made{good.root}, fact.Problem{Kind: fact.SelfSignedLeaf}},
		{"self-signed CA", []*made{issue(t, "x", ecKey(), nil, isCA, dns("db.example.test"), usage(0))}, []*made{good.root}, fact.Problem{Kind: fact.SelfSignedLeaf}},
		{"no anchors", []*made{good.leaf, good.inter, good.root}, nil, fact.Problem{Kind: fact.NoAnchors, At: -1}},
		{"unknown root", []*made{good.leaf, good.inter, good.root}, []*made{other}, fact.Problem{Kind: fact.RootUnknown, At: 2}},
		{"unknown root not sent", []*made{good.leaf, good.inter}, []*made{other}, fact.Problem{Kind: fact.IssuerMissing, At: 1}},
		{"missing intermediate", []*made{under(good.inter, aia)}, []*made{good.root}, fact.Problem{Kind: fact.IssuerMissing, Names: []string{"http://ca.test/i.der"}}},
		{"another intermediate sent", []*made{good.leaf, issue(t, "Intermediate", ecKey(), good.root, isCA)}, []*made{good.root}, fact.Problem{Kind: fact.IssuerMissing}},
		{"rotated root", []*made{good.leaf, good.inter}, []*made{issue(t, "Root", ecKey(), nil, isCA)}, fact.Problem{Kind: fact.AnchorRotated, At: -1}},
		{"rotated root sent", []*made{good.leaf, good.inter, good.root}, []*made{issue(t, "Root", ecKey(), nil, isCA)}, fact.Problem{Kind: fact.AnchorRotated, At: -1}},
		{"expired", []*made{under(good.inter, expired), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.LeafExpired}},
		{"not yet valid", []*made{under(good.inter, future), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.LeafNotYetValid}},
		{"intermediate expired", []*made{under(expiredInter), expiredInter}, []*made{good.root}, fact.Problem{Kind: fact.CAExpired, At: 1}},
		{"intermediate not yet valid", []*made{under(futureInter), futureInter}, []*made{good.root}, fact.Problem{Kind: fact.CANotYetValid, At: 1}},
		{"other name", []*made{under(good.inter, dns("a.test", "b.test")), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.NameMismatch, Names: []string{"a.test", "b.test"}}},
		{"common name only", []*made{under(good.inter, noSAN), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.NameOnlyInCN, Names: []string{"db.example.test"}}},
		{"client's certificate", []*made{under(good.inter, extUsage(x509.ExtKeyUsageClientAuth)), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.WrongPurpose, Detail: "extended key usage lacks serverAuth"}},
		{"signing only", []*made{under(good.inter, usage(x509.KeyUsageContentCommitment)), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.WrongPurpose}},
		{"issuer is no CA", []*made{under(notCA), notCA}, []*made{good.root}, fact.Problem{Kind: fact.WrongPurpose, At: 1, Detail: "the issuer is not marked as a CA (basicConstraints)"}},
		{"small leaf", []*made{issue(t, "db", rsaKey(1024), good.inter), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.LeafKeySmall, Detail: "RSA 1024"}},
		{"small intermediate", []*made{under(small), small}, []*made{good.root}, fact.Problem{Kind: fact.CAKeySmall, At: 1, Detail: "RSA 1024"}},
		{"unknown critical extension", []*made{under(good.inter, extra(asn1.ObjectIdentifier{1, 2, 3, 4}, true, []byte{5, 0})), good.inter}, []*made{good.root}, fact.Problem{Kind: fact.Malformed, Detail: "critical extension 1.2.3.4 is not understood"}},
	} {
		v := Judge(chainOf(c.chain...), nil, modern(c.roots...))
		checkOneFault(t, c.name, v, c.want)
	}
}

func checkOneFault(t *testing.T, name string, v fact.Verdict, want fact.Problem) {
	t.Helper()
	got := v.Find(want.Kind)
	if got == nil {
		t.Errorf("%s: %s is not among %+v", name, want.Kind, v.Problems)
		return
	}
	if !got.Fatal || got.At != want.At || want.Detail != "" && got.Detail != want.Detail || want.Names != nil && !slices.Equal(got.Names, want.Names) {
		t.Errorf("%s: %+v, want %+v", name, *got, want)
	}
	if v.OK() || !v.Without(want.Kind) {
		t.Errorf("%s: accepted %v; accepted without it %v: %+v", name, v.OK(), v.Without(want.Kind), v.Problems)
	}
}

func extUsage(u ...x509.ExtKeyUsage) option { return func(c *x509.Certificate) { c.ExtKeyUsage = u } }
func usage(u x509.KeyUsage) option          { return func(c *x509.Certificate) { c.KeyUsage = u } }

// Faults that depend on the client: judged with the lenient policy they are no reason to refuse.
func TestPolicies(t *testing.T) {
	key := rsaKey(2048)
	root := issue(t, "Root", key, nil, isCA)
	leaf := issue(t, "db.example.test", ecKey(), root)
	sha1 := rework(t, leaf, key, crypto.SHA1, nil)
	md5 := rework(t, leaf, key, crypto.MD5, nil)
	negative := rework(t, leaf, key, crypto.SHA256, func(p *parts) { p.Serial = raw(asn1.TagInteger, 0xff) })
	cnOnly := issue(t, "db.example.test", ecKey(), root, noSAN)
	partial := issue(t, "x", ecKey(), root, dns("d*.example.test"))
	address := issue(t, "x", ecKey(), root, noSAN, ips("127.0.0.1"))
	anything := issue(t, "x", ecKey(), root, extUsage(x509.ExtKeyUsageAny))
	p224 := issue(t, "x", curveKey(t, elliptic.P224()), root)
	ip := func(p *Policy) { p.Name = "127.0.0.1" }
	for _, c := range []struct {
		name   string
		leaf   *made
		change func(*Policy)
		want   []fact.ProblemKind // fatal ones
	}{
		{"SHA-1", sha1, nil, []fact.ProblemKind{fact.DigestWeak}},
		{"SHA-1 allowed", sha1, func(p *Policy) { p.AllowSHA1 = true }, nil},
		{"MD5 while SHA-1 is allowed", md5, func(p *Policy) { p.AllowSHA1 = true }, []fact.ProblemKind{fact.DigestWeak}},
		{"negative serial", negative, nil, nil},
		{"negative serial, Go", negative, func(p *Policy) { p.NegativeSerialRefused = true }, []fact.ProblemKind{fact.Malformed}},
		{"common name, old client", cnOnly, func(p *Policy) { p.CNFallback = true }, nil},
		{"partial wildcard", partial, nil, []fact.ProblemKind{fact.NameMismatch}},
		{"partial wildcard, OpenSSL", partial, func(p *Policy) { p.PartialWildcard = true }, nil},
		{"address", address, ip, nil},
		{"address, nginx", address, func(p *Policy) { ip(p); p.IgnoreIPSAN = true }, []fact.ProblemKind{fact.NameIsIP}},
		{"address not listed", leaf, ip, []fact.ProblemKind{fact.NameIsIP}},
		{"no name", partial, func(p *Policy) { p.Name = "" }, nil},
		{"P-224", p224, nil, nil},
		{"P-224, 256 wanted", p224, func(p *Policy) { p.MinECBits = 256 }, []fact.ProblemKind{fact.LeafKeySmall}},
		{"for clients", leaf, func(p *Policy) { p.RequireEKU = "clientAuth" }, []fact.ProblemKind{fact.WrongPurpose}},
		{"for anything", anything, nil, nil},
		{"for anything, OpenSSL", anything, func(p *Policy) { p.AnyEKURefused = true }, []fact.ProblemKind{fact.WrongPurpose}},
		{"any purpose", leaf, func(p *Policy) { p.RequireEKU = "" }, nil},
	} {
		p := modern(root)
		if c.change != nil {
			c.change(&p)
		}
		v := Judge(chainOf(c.leaf), nil, p)
		if got := fatal(v); !slices.Equal(got, c.want) {
			t.Errorf("%s: fatal %v, want %v of %+v", c.name, got, c.want, v.Problems)
		}
	}
}

// Remarks that no verifier refuses for.
func TestRemarks(t *testing.T) {
	p := newPKI(t)
	inter2 := issue(t, "Intermediate 2", ecKey(), p.inter, isCA)
	deep := issue(t, "db.example.test", ecKey(), inter2)
	stranger := issue(t, "Stranger", ecKey(), nil, isCA)
	for _, c := range []struct {
		name  string
		chain []*made
		want  []fact.Problem
	}{
		{"root sent along", []*made{p.leaf, p.inter, p.root}, nil},
		{"order", []*made{deep, p.inter, inter2}, []fact.Problem{{Kind: fact.OrderWrong, At: 1}}},
		{"order with root", []*made{p.leaf, p.root, p.inter}, []fact.Problem{{Kind: fact.OrderWrong, At: 1}}},
		{"stranger", []*made{p.leaf, stranger, p.inter}, []fact.Problem{{Kind: fact.Unrelated, At: 1, Detail: "CN=Stranger,O=Example"}}},
		{"twice", []*made{p.leaf, p.leaf, p.inter}, []fact.Problem{{Kind: fact.Unrelated, At: 1, Detail: "CN=db.example.test,O=Example (sent twice)"}}},
	} {
		v := Judge(chainOf(c.chain...), nil, modern(p.root))
		if !v.OK() || len(v.Problems) != len(c.want) {
			t.Errorf("%s: %+v", c.name, v.Problems)
			continue
		}
		for i, w := range c.want {
			if got := v.Problems[i]; got.Kind != w.Kind || got.At != w.At || w.Detail != "" && got.Detail != w.Detail {
				t.Errorf("%s: %+v, want %+v", c.name, got, w)
			}
		}
	}
}

func TestCAFirst(t *testing.T) {
	p := newPKI(t)
	v := Judge(chainOf(p.inter, p.leaf), nil, modern(p.root))
	if got := v.Find(fact.OrderWrong); got == nil || got.At != 1 || v.OK() {
		t.Errorf("%+v", v.Problems)
	}
}

func TestDepth(t *testing.T) {
	p := newPKI(t)
	for depth, want := range map[int]bool{0: true, 1: true, 2: true, -1: false} {
		policy := modern(p.root)
		policy.MaxDepth = depth
		v := Judge(chainOf(p.leaf, p.inter), nil, policy)
		if v.OK() != want || (v.Find(fact.TooDeep) != nil) == want {
			t.Errorf("depth %d: %+v", depth, v.Problems)
		}
	}
}

// A CA moved to a new key and cross-signs it with the old one: the path to the anchor at hand is taken, and an
// expired way beside it is a remark.
func TestCrossSigned(t *testing.T) {
	oldRoot := issue(t, "Old Root", ecKey(), nil, isCA, expired)
	newRoot := issue(t, "New Root", ecKey(), nil, isCA)
	cross := issue(t, "New Root", newRoot.key, oldRoot, isCA)
	leaf := issue(t, "db.example.test", ecKey(), newRoot)
	sent := chainOf(leaf, cross)

	v := Judge(sent, nil, modern(oldRoot, newRoot))
	if got := v.Find(fact.ExpiredRootSent); !v.OK() || got == nil || got.At != -1 || !got.Time.Equal(oldRoot.cert.NotAfter) {
		t.Errorf("both anchors: %+v", v.Problems)
	}
	v = Judge(chainOf(leaf, cross, oldRoot), nil, modern(newRoot))
	if got := v.Find(fact.ExpiredRootSent); !v.OK() || got == nil || got.At != 2 || v.Anchor != "CN=New Root,O=Example" {
		t.Errorf("old root sent: %+v", v)
	}
	v = Judge(sent, nil, modern(oldRoot))
	if got := v.Find(fact.CAExpired); got == nil || got.At != -1 || !v.Without(fact.CAExpired) || !v.Trusted {
		t.Errorf("old anchor only: %+v", v)
	}
}

// The old root need not be there to know that it is gone.
func TestCertificateIssuedByARootThatIsGone(t *testing.T) {
	dst := issue(t, "", ecKey(), nil, isCA, func(c *x509.Certificate) {
		c.Subject.CommonName, c.Subject.Organization = "DST Root CA X3", []string{"Digital Signature Trust Co."}
	})
	isrg := issue(t, "ISRG Root X1", ecKey(), nil, isCA)
	cross := issue(t, "ISRG Root X1", isrg.key, dst, isCA)
	leaf := issue(t, "db.example.test", ecKey(), isrg)
	v := Judge(chainOf(leaf, cross), nil, modern(isrg))
	if got := v.Find(fact.ExpiredRootSent); !v.OK() || got == nil || got.At != 1 || got.Time.Format(time.DateOnly) != "2021-09-30" {
		t.Errorf("%+v", v.Problems)
	}
	early := modern(isrg)
	early.Time = time.Date(2021, 9, 1, 0, 0, 0, 0, time.UTC)
	v = Judge(chainOf(leaf, cross), nil, early)
	if v.Find(fact.ExpiredRootSent) != nil {
		t.Errorf("before its end: %+v", v.Problems)
	}
}

// The CA renewed its root with the same key; the verifier's copy has expired, the new one is sent.
func TestRenewedRoot(t *testing.T) {
	key := ecKey()
	old, renewed := issue(t, "Root", key, nil, isCA, expired), issue(t, "Root", key, nil, isCA)
	leaf := issue(t, "db.example.test", ecKey(), renewed)
	v := Judge(chainOf(leaf, renewed), nil, modern(old))
	if got := v.Find(fact.AnchorRotated); got == nil || got.At != -1 || !v.Without(fact.AnchorRotated) || !got.Time.Equal(old.cert.NotAfter) {
		t.Errorf("%+v", v.Problems)
	}
	if v := Judge(chainOf(leaf, old), nil, modern(renewed)); !v.OK() {
		t.Errorf("old copy sent, new one trusted: %+v", v.Problems)
	}
}

func TestAnchorsThatAreNoRoots(t *testing.T) {
	p := newPKI(t)
	for _, c := range []struct {
		roots []*made
		whole bool
		want  bool
	}{
		{[]*made{p.inter}, false, true}, {[]*made{p.inter}, true, false}, {[]*made{p.inter, p.root}, true, true}, {[]*made{p.leaf}, false, true},
	} {
		policy := modern(c.roots...)
		policy.SelfSignedAnchors = c.whole
		v := Judge(chainOf(p.leaf), nil, policy)
		if v.Trusted != c.want {
			t.Errorf("%d anchors, whole %v: %+v", len(c.roots), c.whole, v)
		}
	}
	self := issue(t, "db.example.test", ecKey(), nil)
	if v := Judge(chainOf(self), nil, modern(self)); !v.OK() || !v.Trusted || len(v.Problems) != 0 {
		t.Errorf("a self-signed certificate that is an anchor: %+v", v)
	}
}

func TestProblemsAreIndependent(t *testing.T) {
	p := newPKI(t, expired, dns("a.test"), extUsage(x509.ExtKeyUsageClientAuth))
	v := Judge(chainOf(p.leaf), nil, modern(p.root))
	want := []fact.ProblemKind{fact.IssuerMissing, fact.NameMismatch, fact.LeafExpired, fact.WrongPurpose}
	if got := fatal(v); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if v.Without(want[:3]...) || !v.Without(want...) {
		t.Error("the verdict without some of its problems is wrong")
	}
}

func TestNothingSent(t *testing.T) {
	for _, chain := range []*fact.Chain{nil, {}} {
		if v := Judge(chain, nil, modern()); v.OK() || v.Find(fact.IssuerMissing) == nil {
			t.Errorf("%+v", v)
		}
	}
}

// Facts from a report saved without DER: names and times can still be judged.
func TestChainWithoutDER(t *testing.T) {
	p := newPKI(t, expired)
	chain := chainOf(p.leaf, p.inter)
	for i := range chain.Certificates {
		chain.Certificates[i].DER = nil
	}
	v := Judge(chain, nil, modern(p.root))
	if v.Find(fact.LeafExpired) == nil || v.Find(fact.NameMismatch) != nil || v.Trusted {
		t.Errorf("%+v", v.Problems)
	}
}

// Two CAs that sign each other over and over make more paths than can be walked; the search ends all the same.
func TestHostileChainIsBounded(t *testing.T) {
	a, b := issue(t, "A", ecKey(), nil, isCA), issue(t, "B", ecKey(), nil, isCA)
	chain := [][]byte{issue(t, "db.example.test", ecKey(), a).der}
	for range 49 {
		chain = append(chain, issue(t, "A", a.key, b, isCA).der, issue(t, "B", b.key, a, isCA).der)
	}
	policy := modern(issue(t, "Root", ecKey(), nil, isCA))
	sent := nodes(Parse(chain), policy.Roots)
	search := &builder{sent: sent, roots: policy.Roots, checked: map[[2]string]bool{}}
	search.extend([]node{sent[0]})
	if search.steps < maxDepth || search.steps > 3*maxSteps || len(search.paths) > maxPaths || len(search.checked) > maxSignatures {
		t.Errorf("%d steps, %d paths, %d signatures", search.steps, len(search.paths), len(search.checked))
	}
	v := Judge(Parse(append(chain, chain...)), nil, policy)
	if v.Trusted || v.OK() || len(v.Path) > maxDepth {
		t.Errorf("trusted %v by %q", v.Trusted, v.Path)
	}
}

func TestNameConstraints(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA, func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical, c.PermittedDNSDomains, c.ExcludedDNSDomains = true, []string{"test"}, []string{"secret.test"}
	})
	for name, want := range map[string]string{"db.example.test": "", "db.example.com": "db.example.com", "a.secret.test": "a.secret.test"} {
		leaf := issue(t, "x", ecKey(), root, dns(name))
		policy := modern(root)
		policy.Name = name
		v := Judge(chainOf(leaf), nil, policy)
		got := v.Find(fact.WrongPurpose)
		if (want == "") != (got == nil) || got != nil && !strings.HasSuffix(got.Detail, want) {
			t.Errorf("%s: %+v", name, v.Problems)
		}
	}
}
