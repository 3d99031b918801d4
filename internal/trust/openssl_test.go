package trust

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// needOpenSSL skips the test without the program, or fails it when real peers are required.
func needOpenSSL(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err == nil {
		return
	}
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatal("openssl is not installed")
	}
	t.Skip("openssl is not installed")
}

// reqX509 lets openssl make a self-signed certificate.
func reqX509(t *testing.T, args ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "cert.pem")
	args = append([]string{"req", "-x509", "-nodes", "-days", "2", "-keyout", os.DevNull, "-out", out}, args...)
	if text, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("no certificate in %q", data)
	}
	return block.Bytes
}

// Keys and digests that Go does not make, some of which it cannot compute either.
func TestKeysOfOpenSSL(t *testing.T) {
	needOpenSSL(t)
	for _, c := range []struct {
		args      []string
		kind      string
		bits      int
		signature string
		checked   bool // the signature can be computed here
	}{
		{[]string{"-newkey", "rsa:512"}, "RSA", 512, "sha256WithRSAEncryption", true},
		{[]string{"-newkey", "rsa:1024", "-md5"}, "RSA", 1024, "md5WithRSAEncryption", true},
		{[]string{"-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"}, "RSA-PSS", 2048, "rsassaPss", true},
		{[]string{"-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss", "-sha1"}, "RSA", 2048, "rsassaPss", true},
		{[]string{"-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss", "-sha384"}, "RSA", 2048, "rsassaPss", true},
		{[]string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha1"}, "ECDSA", 256, "ecdsaWithSHA1", true},
		{[]string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP384r1"}, "ECDSA", 384, "ecdsaWithSHA256", false},
		{[]string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"}, "ECDSA", 256, "ecdsaWithSHA256", false},
		{[]string{"-newkey", "ed25519"}, "Ed25519", 256, "ed25519", true},
		{[]string{"-newkey", "ed448"}, "Ed448", 456, "ed448", false},
	} {
		der := reqX509(t, append(c.args, "-subj", "/CN=db.example.test")...)
		got := read(der)
		if got.KeyType != c.kind || got.KeyBits != c.bits || got.Signature != c.signature || !got.SelfSigned {
			t.Errorf("%v: %s %d %s, self-signed %v", c.args, got.KeyType, got.KeyBits, got.Signature, got.SelfSigned)
		}
		if o := verify(got, got); (o == good) != c.checked || o == bad {
			t.Errorf("%v: outcome of the signature check %d", c.args, o)
		}
		if c.checked {
			got.signature[3] ^= 1
			if verify(got, got) != bad {
				t.Errorf("%v: a broken signature passes", c.args)
			}
		}
	}
}

// Subjects as openssl writes them after RFC 2253, the older form of RFC 4514.
func TestSubjectsOfOpenSSL(t *testing.T) {
	needOpenSSL(t)
	for _, args := range [][]string{
		{"-subj", "/C=JP/O=Example, Inc./OU=a+b/CN=db.example.test/emailAddress=ca@example.test"},
		{"-subj", "/DC=test/DC=example/CN=db/serialNumber=17"},
		{"-multivalue-rdn", "-subj", "/O=Example/CN=db+UID=42"},
		{"-utf8", "-subj", "/O=株式会社例/CN=é"},
		{"-subj", "/CN=#x;\\\\<y>"},
	} {
		der := reqX509(t, append([]string{"-newkey", "ed25519"}, args...)...)
		cmd := exec.Command("openssl", "x509", "-inform", "DER", "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8")
		cmd.Stdin = strings.NewReader(string(der))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimPrefix(strings.TrimSpace(string(out)), "subject=")
		if got := Read(der).Subject; got != want {
			t.Errorf("%q, openssl writes %q", got, want)
		}
	}
}

// The signature of a curve that cannot be computed here: the names decide, and the verdict says so.
func TestSignatureThatCannotBeChecked(t *testing.T) {
	needOpenSSL(t)
	der := reqX509(t, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1", "-subj", "/CN=Root")
	root := read(der)
	sameName := issue(t, "Root", ecKey(), nil, isCA, func(c *x509.Certificate) { c.Subject.Organization = nil })
	leaf := issue(t, "db.example.test", ecKey(), sameName)
	policy := modern()
	policy.Roots, policy.Time = NewRoots(der), root.NotBefore.AddDate(0, 0, 1)
	v := Judge(chainOf(leaf), nil, policy)
	if p := v.Find(fact.Malformed); !v.Trusted || p == nil || !strings.Contains(p.Detail, "cannot be checked") || p.Fatal {
		t.Errorf("%+v", v)
	}
}

// DSA, whose parameters come from a file of their own.
func TestDSAKey(t *testing.T) {
	needOpenSSL(t)
	params := filepath.Join(t.TempDir(), "dsa.pem")
	if out, err := exec.Command("openssl", "dsaparam", "-out", params, "1024").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := Read(reqX509(t, "-newkey", "dsa:"+params, "-subj", "/CN=db"))
	if got.KeyType != "DSA" || got.KeyBits != 1024 || got.Signature != "dsaWithSHA256" || !got.SelfSigned {
		t.Errorf("%+v", got)
	}
}

// The digest of a PSS signature stands in its parameters; weak ones are seen there too.
func TestWeakDigestInPSS(t *testing.T) {
	needOpenSSL(t)
	for digest, want := range map[string]string{"-sha1": "SHA-1", "-sha256": "SHA-256"} {
		c := read(reqX509(t, "-newkey", "rsa:2048", "-sigopt", "rsa_padding_mode:pss", digest, "-subj", "/CN=db"))
		if c.algorithm.digest != want {
			t.Errorf("%s: digest %s", digest, c.algorithm.digest)
		}
	}
}
