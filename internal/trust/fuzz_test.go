package trust

import (
	"crypto/x509"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// split reads a chain as TLS 1.2 sends it: each certificate after its length in two bytes here.
func split(data []byte) [][]byte {
	var out [][]byte
	for len(data) >= 2 && len(out) < 20 {
		n := min(int(binary.BigEndian.Uint16(data)), len(data)-2)
		out, data = append(out, data[2:2+n]), data[2+n:]
	}
	return out
}

func join(ders ...[]byte) []byte {
	var out []byte
	for _, d := range ders {
		out = binary.BigEndian.AppendUint16(out, uint16(len(d)))
		out = append(out, d...)
	}
	return out
}

// Whatever is sent: no panic, memory within a small multiple, and what Go can read is read the same.
func FuzzParse(f *testing.F) {
	p := newPKI(f, mustStaple, sct(now), ips("127.0.0.1"))
	f.Add(join(p.leaf.der, p.inter.der, p.root.der))
	f.Add(join(issue(f, "x", edKey(), nil).der))
	roots := NewRoots(p.root.der)
	f.Fuzz(func(t *testing.T, data []byte) {
		sent := split(data)
		chain := Parse(sent)
		if len(chain.Certificates) != len(sent) {
			t.Fatalf("%d certificates of %d", len(chain.Certificates), len(sent))
		}
		for i, c := range chain.Certificates {
			if len(c.Subject)+len(c.Issuer) > 20*len(sent[i])+100 || len(c.Malformed) > maxMalformed {
				t.Fatalf("facts outgrow their certificate: %d bytes of names of %d", len(c.Subject)+len(c.Issuer), len(sent[i]))
			}
			if want, err := x509.ParseCertificate(sent[i]); err == nil && (c.CommonName != want.Subject.CommonName || c.CA != want.IsCA || !c.NotAfter.Equal(want.NotAfter)) {
				t.Fatalf("%+v differs from Go's %q %v %v", c, want.Subject.CommonName, want.IsCA, want.NotAfter)
			}
		}
		v := Judge(chain, data, Policy{Name: "db.example.test", Time: now, Roots: roots, RequireEKU: "serverAuth", MaxDepth: 3})
		if v.OK() != v.Without() {
			t.Fatal("a verdict without nothing differs from itself")
		}
	})
}

// The committed seeds stand for real shapes: without them the fuzzer would begin with nothing after a checkout.
func TestSeedsAreThere(t *testing.T) {
	seeds, err := filepath.Glob("testdata/fuzz/FuzzParse/*")
	if err != nil || len(seeds) < 5 {
		t.Errorf("%d seeds, %v", len(seeds), err)
	}
	for _, s := range seeds {
		if info, err := os.Stat(s); err != nil || info.Size() > 64<<10 {
			t.Errorf("%s: %v, %v", s, info, err)
		}
	}
}

// A verdict on an ordinary chain costs milliseconds, and allocates in proportion.
func BenchmarkJudge(b *testing.B) {
	p := newPKI(b)
	chain, policy := chainOf(p.leaf, p.inter), modern(p.root)
	policy.Time = now.Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if v := Judge(chain, nil, policy); !v.OK() {
			b.Fatal(v.Problems)
		}
	}
}
