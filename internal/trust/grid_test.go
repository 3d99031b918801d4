package trust

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// gridCase is a chain that several verifiers judge.
type gridCase struct {
	name  string
	chain []*made
	roots []*made
	kind  fact.ProblemKind // the fatal problem expected of OpenSSL's rules; "": accepted
	code  string           // OpenSSL's error numbers for it (X509_V_ERR_…), as a regular expression
	noGo  bool             // Go's rules differ by design: no key sizes, no common name, no partial wildcards
}

func grid(t *testing.T) []gridCase {
	key := rsaKey(2048)
	root := issue(t, "Root", key, nil, isCA)
	inter := issue(t, "Intermediate", rsaKey(3072), root, isCA)
	leaf := func(o ...option) *made { return issue(t, "db.example.test", ecKey(), inter, o...) }
	direct := issue(t, "db.example.test", ecKey(), root)
	ca := func(o ...option) *made {
		return issue(t, "Intermediate", ecKey(), root, append([]option{isCA}, o...)...)
	}
	under := func(ca *made) []*made { return []*made{issue(t, "db.example.test", ecKey(), ca), ca} }
	one := func(m *made) []*made { return []*made{m} }
	full := func(m *made) []*made { return []*made{m, inter} }
	roots := one(root)
	tight := ca(func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	below := issue(t, "Below", ecKey(), tight, isCA)
	limited := ca(func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"other.test"}
	})
	oldRoot := issue(t, "Root", rsaKey(2048), nil, isCA, expired)
	cases := []gridCase{
		{"good", full(leaf()), roots, "", "", false},
		{"root sent too", []*made{direct, root}, roots, "", "", false},
		{"any order", []*made{issue(t, "db.example.test", ecKey(), inter), root, inter}, roots, "", "", false},
		{"wildcard", full(leaf(dns("*.example.test"))), roots, "", "", false},
		{"partial wildcard", full(leaf(dns("d*.example.test"))), roots, "", "", true},
		{"common name only", full(leaf(noSAN)), roots, "", "", true},
		{"two labels wildcard", full(leaf(dns("*.test"))), roots, fact.NameMismatch, "62", false},
		{"other name", full(leaf(dns("a.test"))), roots, fact.NameMismatch, "62", false},
		{"missing intermediate", one(leaf()), roots, fact.IssuerMissing, "20|21", false},
		{"unknown root", []*made{direct, root}, one(issue(t, "Other", key, nil, isCA)), fact.RootUnknown, "19", false},
		{"unknown root not sent", one(direct), one(issue(t, "Other", key, nil, isCA)), fact.IssuerMissing, "20|21", false},
		{"rotated root", one(direct), one(issue(t, "Root", rsaKey(3072), nil, isCA)), fact.AnchorRotated, "7|20|21|30", false},
		{"self-signed", one(issue(t, "db.example.test", ecKey(), nil)), roots, fact.SelfSignedLeaf, "18", false},
		{"expired", full(leaf(expired)), roots, fact.LeafExpired, "10", false},
		{"not yet valid", full(leaf(future)), roots, fact.LeafNotYetValid, "9", false},
		{"intermediate expired", under(ca(expired)), roots, fact.CAExpired, "10", false},
		{"intermediate not yet valid", under(ca(future)), roots, fact.CANotYetValid, "9", false},
		{"root expired", one(issue(t, "db.example.test", ecKey(), oldRoot)), one(oldRoot), fact.CAExpired, "10", false},
		{"client's", full(leaf(extUsage(x509.ExtKeyUsageClientAuth))), roots, fact.WrongPurpose, "26", false},
		{"any usage", full(leaf(extUsage(x509.ExtKeyUsageAny))), roots, fact.WrongPurpose, "26", true},
		{"signs documents", full(leaf(usage(x509.KeyUsageContentCommitment))), roots, fact.WrongPurpose, "26", true},
		{"CA for clients", under(ca(extUsage(x509.ExtKeyUsageClientAuth))), roots, fact.WrongPurpose, "26|24", false},
		{"issuer is no CA", under(issue(t, "No CA", ecKey(), root)), roots, fact.WrongPurpose, "24|79", false},
		{"CA may not sign", under(ca(usage(x509.KeyUsageCRLSign))), roots, fact.WrongPurpose, "32|20|24|79", false},
		{"path too long", []*made{issue(t, "db.example.test", ecKey(), below), below, tight}, roots, fact.WrongPurpose, "25", false},
		{"name constraints", under(limited), roots, fact.WrongPurpose, "47", false},
		{"critical extension", full(leaf(extra(asn1.ObjectIdentifier{1, 2, 3, 4}, true, []byte{5, 0}))), roots, fact.Malformed, "34", false},
		{"RSA 1024", full(issue(t, "db.example.test", rsaKey(1024), inter)), roots, fact.LeafKeySmall, "66", true},
		{"CA with RSA 1024", under(issue(t, "Small", rsaKey(1024), root, isCA)), roots, fact.CAKeySmall, "67", true},
		{"negative serial", one(rework(t, direct, key, crypto.SHA256, func(p *parts) { p.Serial = raw(asn1.TagInteger, 0xff) })), roots, "", "", true},
		{"SHA-1", one(rework(t, direct, key, crypto.SHA1, nil)), roots, fact.DigestWeak, "68", false},
		{"MD5", one(rework(t, direct, key, crypto.MD5, nil)), roots, fact.DigestWeak, "68", false},
		{"root signed with SHA-1", one(direct), one(rework(t, root, key, crypto.SHA1, nil)), "", "", false},
	}
	return cases
}

// opensslRules is how `openssl verify -auth_level 2 -purpose sslserver` judges.
func opensslRules(roots []*made) Policy {
	p := modern(roots...)
	p.CNFallback, p.PartialWildcard, p.SelfSignedAnchors, p.AnyEKURefused = true, true, true, true
	return p
}

func TestGridAgainstOpenSSL(t *testing.T) {
	needOpenSSL(t)
	for _, c := range grid(t) {
		v := Judge(chainOf(c.chain...), nil, opensslRules(c.roots))
		code, out := opensslVerify(t, c)
		if v.OK() != (code == "") {
			t.Errorf("%s: accepted %v, openssl says %q\n%+v\n%s", c.name, v.OK(), code, v.Problems, out)
		}
		if c.kind == "" {
			continue
		}
		if !regexp.MustCompile("^(" + c.code + ")$").MatchString(code) {
			t.Errorf("%s: openssl gives error %s, want %s\n%s", c.name, code, c.code, out)
		}
		if p := v.Find(c.kind); p == nil || !p.Fatal || !v.Without(c.kind) {
			t.Errorf("%s: %+v, want only %s", c.name, v.Problems, c.kind)
		}
	}
}

// opensslVerify gives OpenSSL's first error number, or "" when it accepts.
func opensslVerify(t *testing.T, c gridCase) (code, out string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, certs []*made) string {
		var b bytes.Buffer
		for _, m := range certs {
			b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.der}))
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{"verify", "-no-CApath", "-no-CAstore", "-CAfile", write("roots", c.roots), "-attime", fmt.Sprint(now.Unix()),
		"-purpose", "sslserver", "-auth_level", "2", "-verify_hostname", "db.example.test"}
	if len(c.chain) > 1 {
		args = append(args, "-untrusted", write("rest", c.chain[1:]))
	}
	text, err := exec.Command("openssl", append(args, write("leaf", c.chain[:1]))...).CombinedOutput()
	m := regexp.MustCompile(`error (\d+) at`).FindSubmatch(text)
	switch {
	case err == nil:
		return "", string(text)
	case m == nil:
		return "?", string(text)
	}
	return string(m[1]), string(text)
}

func TestGridAgainstGo(t *testing.T) {
	for _, c := range grid(t) {
		if c.noGo {
			continue
		}
		p := modern(c.roots...)
		p.NegativeSerialRefused = true
		v := Judge(chainOf(c.chain...), nil, p)
		if err := goVerify(c); v.OK() != (err == nil) {
			t.Errorf("%s: accepted %v, Go says %v: %+v", c.name, v.OK(), err, v.Problems)
		}
	}
}

func goVerify(c gridCase) error {
	leaf, err := x509.ParseCertificate(c.chain[0].der)
	if err != nil {
		return err
	}
	opts := x509.VerifyOptions{DNSName: "db.example.test", CurrentTime: now, Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	for _, r := range c.roots {
		if cert, err := x509.ParseCertificate(r.der); err == nil {
			opts.Roots.AddCert(cert)
		}
	}
	for _, m := range c.chain[1:] {
		if cert, err := x509.ParseCertificate(m.der); err == nil {
			opts.Intermediates.AddCert(cert)
		}
	}
	_, err = leaf.Verify(opts)
	return err
}
