package lab

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// shown is what an endpoint shows to a client that accepts anything.
func shown(t *testing.T, e *Env, proto, slug string) tls.ConnectionState {
	t.Helper()
	end, p := start(t, e, proto, slug)
	v := newVisitor(t, e, end, p)
	v.config.InsecureSkipVerify = true
	if err := v.enter(t); err != nil {
		t.Fatalf("%s: %v", slug, err)
	}
	return v.state
}

func subjects(list []*x509.Certificate) []string {
	var names []string
	for _, c := range list {
		names = append(names, c.Subject.CommonName)
	}
	return names
}

// TestSeenInCertificates: what the standard library does not object to, but shows.
func TestSeenInCertificates(t *testing.T) {
	e := newTestEnv(t)
	leaf := func(slug string) *x509.Certificate { return shown(t, e, "https", slug).PeerCertificates[0] }
	for slug, holds := range map[string]func(c *x509.Certificate) bool{
		"certificate-key-too-small": func(c *x509.Certificate) bool { return c.PublicKey.(*rsa.PublicKey).N.BitLen() == 1024 },
		"openssl-security-level":    func(c *x509.Certificate) bool { return c.PublicKey.(*rsa.PublicKey).N.BitLen() == 1024 },
		"certificate-expires-soon": func(c *x509.Certificate) bool {
			return time.Until(c.NotAfter) < 49*time.Hour && c.NotAfter.Sub(c.NotBefore) > 89*24*time.Hour
		},
		"revocation-unavailable": func(c *x509.Certificate) bool {
			return slices.ContainsFunc(c.Extensions, func(x pkix.Extension) bool { return x.Id.String() == "1.3.6.1.5.5.7.1.24" })
		},
		"missing-intermediate": func(c *x509.Certificate) bool { return len(c.IssuingCertificateURL) == 1 },
		"self-signed-certificate": func(c *x509.Certificate) bool {
			return c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
		},
		"intercepted-by-proxy":     func(c *x509.Certificate) bool { return c.Issuer.Organization[0] == "Fortinet" },
		"intercepted-by-antivirus": func(c *x509.Certificate) bool { return c.Issuer.Organization[0] == "AO Kaspersky Lab" },
	} {
		if c := leaf(slug); !holds(c) {
			t.Errorf("%s: not so: %v", slug, c.Subject)
		}
	}
}

func TestStaples(t *testing.T) {
	e := newTestEnv(t)
	if staple := shown(t, e, "https", "revocation-unavailable").OCSPResponse; staple != nil {
		t.Errorf("a staple of %d bytes", len(staple))
	}
	for slug, check := range map[string]func(*ocsp.Response) bool{
		"certificate-revoked": func(r *ocsp.Response) bool {
			return r.Status == ocsp.Revoked && r.RevokedAt.Before(time.Now()) && r.ThisUpdate.Before(time.Now()) && r.NextUpdate.After(time.Now())
		},
		"client-clock-wrong": func(r *ocsp.Response) bool {
			return r.Status == ocsp.Good && r.ProducedAt.After(time.Now().Add(7*time.Hour))
		},
	} {
		state := shown(t, e, "mysql", slug)
		r, err := ocsp.ParseResponseForCert(state.OCSPResponse, state.PeerCertificates[0], state.PeerCertificates[1])
		if err != nil || !check(r) {
			t.Errorf("%s: %+v, %v", slug, r, err)
		}
	}
}

func TestChainsAsSent(t *testing.T) {
	e := newTestEnv(t)
	for slug, want := range map[string][]string{
		Healthy:                {"www.shop.test", "Shop Test Issuing CA 1"},
		"missing-intermediate": {"www.shop.test"},
		"chain-order-wrong":    {"www.shop.test", "Shop Test Division CA 1", "Shop Test Division CA 2"},
		"expired-root-in-path": {"www.shop.test", "Shop Test Issuing CA 1", "Shop Test Root CA", "Old Trust Root CA"},
	} {
		if got := subjects(shown(t, e, "https", slug).PeerCertificates); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", slug, got, want)
		}
	}
	cross := shown(t, e, "https", "expired-root-in-path").PeerCertificates
	if !cross[2].NotAfter.Before(time.Now()) || !cross[3].NotAfter.Before(time.Now()) {
		t.Error("the cross-signed way has not run out")
	}
	if !bytes.Equal(cross[2].RawSubjectPublicKeyInfo, e.CA.Root.Cert.RawSubjectPublicKeyInfo) || cross[2].CheckSignatureFrom(cross[3]) != nil {
		t.Error("the cross-signed certificate is not one of the root's key by the old root")
	}
}

// TestNegativeSerial reads the bytes, as x509 refuses the certificate: behind the version [0] stands an INTEGER
// of 15 bytes whose top bit is set.
func TestNegativeSerial(t *testing.T) {
	e := newTestEnv(t)
	l := e.CA.serverLeaf("www.shop.test")
	l.NegativeSerial = true
	cert, err := e.CA.issue(l, e.CA.Issuing)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(cert.Certificate[0], []byte{0xa0, 3, 2, 1, 2, 2, 15})
	if at < 0 || cert.Certificate[0][at+7]&0x80 == 0 {
		t.Errorf("no negative serial in %s", hex.EncodeToString(cert.Certificate[0][:40]))
	}
}

// TestSerialMadeNegative: with the sign bit set each serial number is still a well-formed INTEGER of X.690 §8.3.2, so that
// its sign alone is what is wrong with the certificate.
func TestSerialMadeNegative(t *testing.T) {
	for range 5000 {
		b := serial().Bytes()
		if b[0] |= 0x80; len(b) != 15 || b[0] == 0xff && b[1]&0x80 != 0 {
			t.Fatalf("%x is not the shortest form of a negative number", b)
		}
	}
}

// TestAuthorityIsHarmless: one day, and nothing outside .test, localhost and loopback (design rule 15).
func TestAuthorityIsHarmless(t *testing.T) {
	e := newTestEnv(t)
	pool, between := x509.NewCertPool(), x509.NewCertPool()
	pool.AddCert(e.CA.Root.Cert)
	between.AddCert(e.CA.Issuing.Cert)
	for name, good := range map[string]bool{"db.shop.test": true, "localhost": true, "www.example.com": false, "test.example.com": false} {
		cert, err := e.CA.issue(e.CA.serverLeaf(name), e.CA.Issuing)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(cert.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		options := x509.VerifyOptions{DNSName: name, Roots: pool, Intermediates: between}
		if _, err := leaf.Verify(options); (err == nil) != good {
			t.Errorf("%s: %v", name, err)
		}
		options.CurrentTime = time.Now().Add(caLife)
		if _, err := leaf.Verify(options); err == nil {
			t.Errorf("%s: still good a day later", name)
		}
	}
}

func TestKeysAreSharedButNotWithCAs(t *testing.T) {
	e := newTestEnv(t)
	one, _ := e.CA.keys.get(keyRSA)
	two, _ := e.CA.keys.get(keyRSA)
	other, _ := e.CA.keys.get(keyRSACA)
	if one != two || one == other {
		t.Error("keys are not kept by kind")
	}
}

// TestOlderRoot: same name, another key.
func TestOlderRoot(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "https", "ca-store-outdated")
	older, err := x509.ParseCertificate(pemBlocks(t, newVisitor(t, e, end, p).flag("--ca"))[0])
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(older.RawSubject, e.CA.Root.Cert.RawSubject) || bytes.Equal(older.RawSubjectPublicKeyInfo, e.CA.Root.Cert.RawSubjectPublicKeyInfo) {
		t.Errorf("%v is no predecessor of %v", older.Subject, e.CA.Root.Cert.Subject)
	}
}
