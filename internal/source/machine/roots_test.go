package machine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// root makes a CA certificate in DER.
func root(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// file writes a bundle of roots with words between them, as distributions do.
func file(t *testing.T, ders ...[]byte) string {
	t.Helper()
	var b []byte
	for _, der := range ders {
		b = append(b, "# a root\n"...)
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return textFile(t, string(b))
}

func textFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bundle.pem")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestRootsOfTheEnvironment: SSL_CERT_FILE replaces the system's bundle, whatever it leads to.
func TestRootsOfTheEnvironment(t *testing.T) {
	a, b := root(t, "A"), root(t, "B")
	for _, test := range []struct {
		name, path string
		want       int
	}{
		{"one root", file(t, a), 1},
		{"two roots", file(t, a, b), 2},
		{"one root twice", file(t, a, a), 1},
		{"no such file", filepath.Join(t.TempDir(), "missing.pem"), 0},
		{"empty file", textFile(t, ""), 0},
		{"no certificates", textFile(t, "# nothing here\n"), 0},
		{"broken certificate", textFile(t, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0},
		{"a directory", t.TempDir(), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("SSL_CERT_FILE", test.path)
			r := Roots()
			if r.Len() != test.want || r.Contains(a) != (test.want > 0) || r.Contains(b) != (test.want > 1) {
				t.Errorf("%d roots", r.Len())
			}
		})
	}
}

// TestRootsOfTheSystem: where one of the usual bundles is there, Go finds roots in it as well.
func TestRootsOfTheSystem(t *testing.T) {
	t.Setenv("SSL_CERT_FILE", "")
	there := ""
	for _, f := range bundles {
		if _, err := os.Stat(f); err == nil {
			there = f
			break
		}
	}
	if there == "" {
		if n := Roots().Len(); n != 0 {
			t.Errorf("%d roots without a bundle", n)
		}
		return
	}
	pem, err := os.ReadFile(there)
	if err != nil {
		t.Skipf("left out: %v", err)
	}
	if known := x509.NewCertPool().AppendCertsFromPEM(pem); known != (Roots().Len() > 0) {
		t.Errorf("%s: %d roots, Go finds some: %v", there, Roots().Len(), known)
	}
}

// TestFirstBundleCounts: the first that exists, even when it holds nothing.
func TestFirstBundleCounts(t *testing.T) {
	a, b := root(t, "A"), root(t, "B")
	missing, empty := filepath.Join(t.TempDir(), "missing.pem"), textFile(t, "")
	for _, test := range []struct {
		name  string
		files []string
		want  int
		holds []byte
	}{
		{"the first", []string{file(t, a), file(t, b)}, 1, a},
		{"the first that exists", []string{missing, file(t, b), file(t, a)}, 1, b},
		{"an empty one", []string{missing, empty, file(t, a)}, 0, nil},
		{"none", []string{missing}, 0, nil},
		{"nothing to look at", nil, 0, nil},
	} {
		r := first(test.files)
		if r.Len() != test.want || test.holds != nil && !r.Contains(test.holds) {
			t.Errorf("%s: %d roots", test.name, r.Len())
		}
	}
}
