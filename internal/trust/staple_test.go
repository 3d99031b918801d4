package trust

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// staple makes the OCSP answer of p.inter about p.leaf.
func (p pki) staple(tb testing.TB, change func(*ocsp.Response)) []byte {
	tb.Helper()
	r := ocsp.Response{Status: ocsp.Good, SerialNumber: p.leaf.cert.SerialNumber, ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(24 * time.Hour)}
	if change != nil {
		change(&r)
	}
	der, err := ocsp.CreateResponse(p.inter.cert, p.inter.cert, r, p.inter.key)
	if err != nil {
		tb.Fatal(err)
	}
	// The library writes its own clock into producedAt; the tests have another.
	return der
}

var mustStaple = extra(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, false, []byte{0x30, 3, 2, 1, 5}) // RFC 7633 §6

// The problems about the stapled answer; the clocks have tests of their own.
func TestStaple(t *testing.T) {
	plain, must := newPKI(t), newPKI(t, mustStaple)
	stranger := newPKI(t)
	for _, c := range []struct {
		name   string
		p      pki
		staple []byte
		want   fact.ProblemKind // "": none
		detail string
		fatal  bool // when the client insists
	}{
		{"none", plain, nil, "", "", false},
		{"good", plain, plain.staple(t, nil), "", "", false},
		{"demanded and good", must, must.staple(t, nil), "", "", false},
		{"demanded and missing", must, nil, fact.StapleMissing, "", true},
		{"expired", plain, plain.staple(t, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.AddDate(0, 0, -9), now.AddDate(0, 0, -2) }), fact.StapleBad, "expired", false},
		{"demanded and expired", must, must.staple(t, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.AddDate(0, 0, -9), now.AddDate(0, 0, -2) }), fact.StapleBad, "expired", true},
		{"from the future", plain, plain.staple(t, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = now.AddDate(0, 0, 2), now.AddDate(0, 0, 9) }), fact.StapleBad, "not yet valid", false},
		{"unknown", plain, plain.staple(t, func(r *ocsp.Response) { r.Status = ocsp.Unknown }), fact.StapleBad, "does not know", false},
		{"of another certificate", plain, stranger.staple(t, nil), fact.StapleBad, "cannot be read", false},
		{"rubbish", plain, []byte("hello"), fact.StapleBad, "cannot be read", false},
		{"try later", plain, []byte{0x30, 3, 0x0a, 1, 3}, fact.StapleBad, "try later", false}, // RFC 6960 §4.2.1
		{"revoked", plain, plain.staple(t, func(r *ocsp.Response) {
			r.Status, r.RevokedAt, r.RevocationReason = ocsp.Revoked, now.AddDate(0, 0, -3), ocsp.KeyCompromise
		}), fact.Revoked, "keyCompromise", true},
	} {
		policy := modern(c.p.root)
		policy.RequireStaple = true
		v := Judge(chainOf(c.p.leaf, c.p.inter), c.staple, policy)
		v.Problems = slices.DeleteFunc(v.Problems, func(p fact.Problem) bool { return p.Kind == fact.ClockContradicts })
		if c.want == "" {
			if len(v.Problems) != 0 {
				t.Errorf("%s: %+v", c.name, v.Problems)
			}
			continue
		}
		got := v.Find(c.want)
		if got == nil || !strings.Contains(got.Detail, c.detail) || got.Fatal != c.fatal || len(v.Problems) != 1 {
			t.Errorf("%s: %+v, want %s %q fatal %v", c.name, v.Problems, c.want, c.detail, c.fatal)
		}
	}
}

func TestStapleIgnored(t *testing.T) {
	p := newPKI(t, mustStaple)
	revoked := p.staple(t, func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, now.AddDate(0, 0, -3) })
	policy := modern(p.root)
	policy.IgnoreStaple = true
	v := Judge(chainOf(p.leaf, p.inter), revoked, policy)
	if got := v.Find(fact.Revoked); !v.OK() || got == nil || !got.Time.Equal(now.AddDate(0, 0, -3)) {
		t.Errorf("%+v", v.Problems)
	}
	if v := Judge(chainOf(p.leaf, p.inter), nil, policy); !v.OK() || v.Find(fact.StapleMissing) == nil {
		t.Errorf("%+v", v.Problems)
	}
}

// An answer signed by another CA of the same name is not believed.
func TestStapleSignatureIsChecked(t *testing.T) {
	p := newPKI(t)
	forged := p
	forged.inter = &made{cert: p.inter.cert, key: ecKey()}
	// CreateResponse checks nothing about the key, so the signature is bad.
	v := Judge(chainOf(p.leaf, p.inter), forged.staple(t, func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, now }), modern(p.root))
	if v.Find(fact.Revoked) != nil || v.Find(fact.StapleBad) == nil {
		t.Errorf("%+v", v.Problems)
	}
}

// The responder's clock against the verifier's.
func TestStapleAsClock(t *testing.T) {
	produced := time.Now().UTC() // what ocsp.CreateResponse writes
	fresh := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = produced.AddDate(0, -1, 0), produced.AddDate(0, 1, 0)
	}
	root := issue(t, "Root", ecKey(), nil, isCA, fresh, func(c *x509.Certificate) { c.NotAfter = produced.AddDate(20, 0, 0) })
	leaf := issue(t, "db.example.test", ecKey(), root, fresh)
	p := pki{inter: root, leaf: leaf}
	answer := p.staple(t, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = produced, produced.AddDate(0, 0, 7) })
	for _, c := range []struct {
		name  string
		clock time.Time
		want  string
	}{
		{"right", produced.Add(time.Hour), ""},
		{"a minute behind", produced.Add(-2 * time.Minute), ""},
		{"years behind", produced.AddDate(-10, 0, 0), "future"},
		{"years ahead", produced.AddDate(5, 0, 0), "out of date too"},
		{"a staple only out of date", produced.AddDate(0, 0, 10), ""},
	} {
		policy := modern(root)
		policy.Time = c.clock
		v := Judge(chainOf(leaf), answer, policy)
		got := v.Find(fact.ClockContradicts)
		if (got == nil) != (c.want == "") || got != nil && (!strings.Contains(got.Detail, c.want) || got.Fatal || got.Time.Sub(produced).Abs() > 2*time.Hour) {
			t.Errorf("%s: %+v", c.name, v.Problems)
		}
	}
}

// sct makes the extension with one timestamp (RFC 6962 §3.2): version 1, a log, the time, no extensions, a signature.
func sct(at time.Time) option {
	one := append([]byte{0}, make([]byte, 32)...)
	one = binary.BigEndian.AppendUint64(one, uint64(at.UnixMilli()))
	one = append(one, 0, 0, 4, 3, 0, 1, 0)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(one)+2))
	list = binary.BigEndian.AppendUint16(list, uint16(len(one)))
	value, err := asn1.Marshal(append(list, one...))
	if err != nil {
		panic(err)
	}
	return extra(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, false, value)
}

func TestTimestampsAsClock(t *testing.T) {
	logged := now.AddDate(0, 0, -30)
	p := newPKI(t, sct(logged))
	for clock, want := range map[time.Time]bool{now: false, logged.Add(-time.Minute): false, logged.AddDate(-7, 0, 0): true} {
		policy := modern(p.root)
		policy.Time = clock
		v := Judge(chainOf(p.leaf, p.inter), nil, policy)
		got := v.Find(fact.ClockContradicts)
		if (got != nil) != want || want && !got.Time.Equal(logged) {
			t.Errorf("clock %v: %+v", clock, v.Problems)
		}
	}
}
