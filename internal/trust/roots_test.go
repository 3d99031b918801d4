package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
)

func TestRoots(t *testing.T) {
	a, b := issue(t, "A", ecKey(), nil, isCA), issue(t, "B", ecKey(), nil, isCA)
	r := NewRoots(a.der, a.der, []byte("rubbish"), b.der)
	if r.Len() != 2 || !r.Contains(a.der) || r.Contains(issue(t, "A", ecKey(), nil, isCA).der) || r.Contains(nil) {
		t.Errorf("%d anchors", r.Len())
	}
	if r := RootsOf([]*x509.Certificate{a.cert}).With(NewRoots(b.der, a.der)); r.Len() != 2 || !r.Contains(b.der) {
		t.Errorf("union of %d anchors", r.Len())
	}
	var none Roots
	if none.Len() != 0 || none.Contains(a.der) || none.With(r).Len() != 2 {
		t.Error("the empty set holds something")
	}
}

func TestRootsFromPEM(t *testing.T) {
	a, b := issue(t, "A", ecKey(), nil, isCA), issue(t, "B", ecKey(), nil, isCA)
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	trusted := append(bytes.Clone(a.der), 0x30, 0) // OpenSSL's X509_AUX follows
	for _, c := range []struct {
		name string
		data []byte
		want int
		err  string
	}{
		{"two with text", append(append([]byte("# comment\n"), block("CERTIFICATE", a.der)...), block("X509 CERTIFICATE", b.der)...), 2, ""},
		{"key beside", append(block("PRIVATE KEY", []byte("x")), block("CERTIFICATE", a.der)...), 1, ""},
		{"trusted", block("TRUSTED CERTIFICATE", trusted), 1, ""},
		{"DER", a.der, 1, ""},
		{"empty", nil, 0, "empty"},
		{"key only", block("PRIVATE KEY", []byte("x")), 0, "no PEM certificate"},
		{"text", []byte("hello"), 0, "no PEM certificate"},
		{"rubbish inside", block("CERTIFICATE", []byte("x")), 0, "none of 1"},
	} {
		r, err := RootsFromPEM(c.data)
		if r.Len() != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %d anchors, %v", c.name, r.Len(), err)
		}
	}
}
