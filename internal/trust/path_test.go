package trust

import (
	"crypto/x509"
	"net"
	"slices"
	"strconv"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// In whatever order the rest is sent, the same path is found (RFC 8446 §4.4.2), and OrderWrong says whether it was
// the right one.
func TestEveryOrder(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA)
	one := issue(t, "One", ecKey(), root, isCA)
	two := issue(t, "Two", ecKey(), one, isCA)
	leaf := issue(t, "db.example.test", ecKey(), two)
	right := []*made{two, one, root}
	for _, rest := range permutations(right) {
		v := Judge(chainOf(append([]*made{leaf}, rest...)...), nil, modern(root))
		if !v.OK() || !slices.Equal(v.Path, []string{"db.example.test", "Two", "One", "Root"}) {
			t.Errorf("%+v", v)
		}
		if wrong := v.Find(fact.OrderWrong) != nil; wrong != !slices.Equal(rest, right) {
			t.Errorf("order %s, %s, %s is called wrong: %v", rest[0].cert.Subject.CommonName, rest[1].cert.Subject.CommonName, rest[2].cert.Subject.CommonName, wrong)
		}
	}
}

func permutations(in []*made) [][]*made {
	if len(in) <= 1 {
		return [][]*made{in}
	}
	var out [][]*made
	for i := range in {
		rest := slices.Delete(slices.Clone(in), i, i+1)
		for _, p := range permutations(rest) {
			out = append(out, append([]*made{in[i]}, p...))
		}
	}
	return out
}

// Faults that do not touch each other, in all combinations: the fatal problems are just the faults made, and the
// verdict without all of them accepts, without all but one it does not.
func TestFaultsCombine(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA)
	inter := issue(t, "Intermediate", ecKey(), root, isCA)
	kinds := []fact.ProblemKind{fact.LeafExpired, fact.NameMismatch, fact.WrongPurpose, fact.IssuerMissing, fact.LeafKeySmall}
	for set := range 1 << len(kinds) {
		has := func(k fact.ProblemKind) bool { return set>>slices.Index(kinds, k)&1 == 1 }
		chain, want := combine(t, inter, has), []fact.ProblemKind(nil)
		for _, k := range kinds {
			if has(k) {
				want = append(want, k)
			}
		}
		v := Judge(chainOf(chain...), nil, modern(root))
		got := fatal(v)
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if !slices.Equal(got, sorted) || !v.Without(want...) || v.OK() != (len(want) == 0) {
			t.Errorf("fatal %v, want %v", got, sorted)
		}
		for i := range want {
			if v.Without(slices.Delete(slices.Clone(want), i, i+1)...) {
				t.Errorf("%v: accepted although %s stays", want, want[i])
			}
		}
	}
}

func combine(t *testing.T, inter *made, has func(fact.ProblemKind) bool) []*made {
	t.Helper()
	var options []option
	key := ecKey()
	if has(fact.LeafKeySmall) {
		key = rsaKey(1024)
	}
	if has(fact.LeafExpired) {
		options = append(options, expired)
	}
	if has(fact.NameMismatch) {
		options = append(options, dns("other.test"))
	}
	if has(fact.WrongPurpose) {
		options = append(options, extUsage(x509.ExtKeyUsageClientAuth))
	}
	leaf := issue(t, "x", key, inter, options...)
	if has(fact.IssuerMissing) {
		return []*made{leaf}
	}
	return []*made{leaf, inter}
}

// Of two ways to an anchor the one without faults is taken, whichever is sent first or is shorter.
func TestTheBetterPathIsTaken(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA)
	key := ecKey()
	good := issue(t, "Intermediate", key, root, isCA)
	for name, bad := range map[string]*made{
		"expired": issue(t, "Intermediate", key, root, isCA, expired), "future": issue(t, "Intermediate", key, root, isCA, future),
		"no CA": issue(t, "Intermediate", key, root),
	} {
		leaf := issue(t, "db.example.test", ecKey(), good)
		for _, chain := range [][]*made{{leaf, bad, good}, {leaf, good, bad}} {
			if v := Judge(chainOf(chain...), nil, modern(root)); !v.OK() {
				t.Errorf("%s: %+v", name, v.Problems)
			}
		}
	}
}

// A path is at most twelve certificates long.
func TestVeryLongChain(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA)
	chain, parent := []*made(nil), root
	for range 15 {
		parent = issue(t, "CA", ecKey(), parent, isCA)
		chain = append([]*made{parent}, chain...)
	}
	leaf := issue(t, "db.example.test", ecKey(), parent)
	v := Judge(chainOf(append([]*made{leaf}, chain...)...), nil, modern(root))
	if v.Trusted || v.OK() || len(v.Path) > maxDepth {
		t.Errorf("trusted %v by %d certificates", v.Trusted, len(v.Path))
	}
}

// Address constraints as Go judges them.
func TestAddressConstraintsEqualGo(t *testing.T) {
	for _, c := range []struct{ permitted, excluded, addr string }{
		{"10.0.0.0/8", "", "10.1.2.3"}, {"10.0.0.0/8", "", "11.1.2.3"}, {"", "10.0.0.0/8", "10.1.2.3"}, {"", "10.0.0.0/8", "11.1.2.3"},
		{"2001:db8::/32", "", "2001:db8::1"}, {"2001:db8::/32", "", "2001:db9::1"}, {"0.0.0.0/0", "192.0.2.128/25", "192.0.2.129"}, {"0.0.0.0/0", "192.0.2.128/25", "192.0.2.1"},
	} {
		root := issue(t, "Root", ecKey(), nil, isCA, func(x *x509.Certificate) {
			x.PermittedDNSDomainsCritical = true
			x.PermittedIPRanges, x.ExcludedIPRanges = nets(c.permitted), nets(c.excluded)
		})
		leaf := issue(t, "x", ecKey(), root, noSAN, ips(c.addr))
		pool := x509.NewCertPool()
		pool.AddCert(root.cert)
		_, err := leaf.cert.Verify(x509.VerifyOptions{DNSName: c.addr, Roots: pool, CurrentTime: now})
		policy := modern(root)
		policy.Name = c.addr
		if v := Judge(chainOf(leaf), nil, policy); v.OK() != (err == nil) {
			t.Errorf("%+v: accepted %v, Go says %v: %+v", c, v.OK(), err, v.Problems)
		}
	}
}

func nets(s string) []*net.IPNet {
	_, n, err := net.ParseCIDR(s)
	if err != nil {
		return nil
	}
	return []*net.IPNet{n}
}

// Masks with holes are no networks.
func TestReadNet(t *testing.T) {
	for _, b := range [][]byte{nil, {10, 0, 0, 0}, {10, 0, 0, 0, 255, 0, 255, 0}, {10, 0, 0, 0, 0xfd, 0, 0, 0}, make([]byte, 9), make([]byte, 33)} {
		if p, ok := readNet(b); ok {
			t.Errorf("%v is read as %v", b, p)
		}
	}
	if p, ok := readNet([]byte{10, 0, 0, 0, 255, 128, 0, 0}); !ok || p.String() != "10.0.0.0/9" {
		t.Errorf("%v, %v", p, ok)
	}
}

// TestHundredCertificates: a chain of a hundred that hangs together is told as too long for the client's limit, not as
// one in which a link is missing.
func TestHundredCertificates(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA)
	above, rest := root, []*made{}
	for range maxCertificates - 1 {
		above = issue(t, "Link "+strconv.Itoa(len(rest)), ecKey(), above, isCA)
		rest = append([]*made{above}, rest...)
	}
	chain := chainOf(append([]*made{issue(t, "db.example.test", ecKey(), above)}, rest...)...)
	p := modern(root)
	p.MaxDepth = 10
	if v := Judge(chain, nil, p); v.Find(fact.TooDeep) == nil || v.Find(fact.IssuerMissing) != nil || v.Find(fact.Unrelated) != nil {
		t.Errorf("limit 10: %+v", v.Problems)
	}
	p.MaxDepth = 100
	if v := Judge(chain, nil, p); !v.OK() {
		t.Errorf("limit 100: %+v", v.Problems)
	}
}
