package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// now is the clock of the tests.
var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// made is a certificate made for a test, with its key.
type made struct {
	der  []byte
	cert *x509.Certificate
	key  crypto.Signer
}

var ecKey = func() func() crypto.Signer {
	return func() crypto.Signer {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	}
}()

// rsaKey makes each size once: making RSA keys takes long.
var rsaKey = func() func(bits int) *rsa.PrivateKey {
	var mu sync.Mutex
	keys := map[int]*rsa.PrivateKey{}
	return func(bits int) *rsa.PrivateKey {
		mu.Lock()
		defer mu.Unlock()
		if keys[bits] == nil {
			k, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				panic(err)
			}
			keys[bits] = k
		}
		return keys[bits]
	}
}()

func edKey() crypto.Signer {
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

// option changes the template of a certificate.
type option func(*x509.Certificate)

func expired(t *x509.Certificate) {
	t.NotBefore, t.NotAfter = now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)
}
func future(t *x509.Certificate) {
	t.NotBefore, t.NotAfter = now.AddDate(0, 0, 1), now.AddDate(1, 0, 0)
}
func dns(names ...string) option { return func(t *x509.Certificate) { t.DNSNames = names } }
func noSAN(t *x509.Certificate)  { t.DNSNames, t.IPAddresses = nil, nil }
func isCA(t *x509.Certificate) {
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage, t.ExtKeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
	t.DNSNames = nil
}
func ips(addrs ...string) option {
	return func(t *x509.Certificate) {
		for _, a := range addrs {
			t.IPAddresses = append(t.IPAddresses, net.ParseIP(a))
		}
	}
}
func extra(oid asn1.ObjectIdentifier, critical bool, value []byte) option {
	return func(t *x509.Certificate) {
		t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: oid, Critical: critical, Value: value})
	}
}

// serials differ, as OpenSSL takes two certificates with the same issuer and serial for one.
var serials = func() func() *big.Int {
	var mu sync.Mutex
	n := int64(1000)
	return func() *big.Int {
		mu.Lock()
		defer mu.Unlock()
		n++
		return big.NewInt(n)
	}
}()

// issue makes a certificate under a parent; without one it is self-signed. It is a server's for db.example.test
// unless the options say otherwise.
func issue(tb testing.TB, cn string, key crypto.Signer, parent *made, options ...option) *made {
	tb.Helper()
	tmpl := &x509.Certificate{
		SerialNumber: serials(), Subject: pkix.Name{CommonName: cn, Organization: []string{"Example"}},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 2, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"db.example.test"},
	}
	for _, o := range options {
		o(tmpl)
	}
	from, signer := tmpl, key
	if parent != nil {
		from, signer = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, from, key.Public(), signer)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return &made{der, cert, key}
}

// pki is a root, an intermediate and a server's certificate.
type pki struct{ root, inter, leaf *made }

func newPKI(tb testing.TB, leaf ...option) pki {
	tb.Helper()
	root := issue(tb, "Root", ecKey(), nil, isCA)
	inter := issue(tb, "Intermediate", ecKey(), root, isCA)
	return pki{root, inter, issue(tb, "db.example.test", ecKey(), inter, leaf...)}
}

func ders(certs ...*made) [][]byte {
	var out [][]byte
	for _, c := range certs {
		out = append(out, c.der)
	}
	return out
}

func chainOf(certs ...*made) *fact.Chain { return Parse(ders(certs...)) }

// modern is the policy of a client of today with these anchors.
func modern(roots ...*made) Policy {
	return Policy{Name: "db.example.test", Time: now, Roots: NewRoots(ders(roots...)...), MinRSABits: 2048, MinECBits: 224, RequireEKU: "serverAuth"}
}

// fatal lists the kinds of the fatal problems in their order.
func fatal(v fact.Verdict) []fact.ProblemKind {
	var out []fact.ProblemKind
	for _, p := range v.Problems {
		if p.Fatal {
			out = append(out, p.Kind)
		}
	}
	return out
}

// parts are the elements of a TBSCertificate that tests replace; Rest holds what follows the public key.
type parts struct {
	Version   asn1.RawValue
	Serial    asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Issuer    asn1.RawValue
	Validity  asn1.RawValue
	Subject   asn1.RawValue
	Key       asn1.RawValue
	Rest      []asn1.RawValue
}

type signedParts struct {
	TBS       asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

// rework takes a certificate apart, lets change edit it, and signs it again with an RSA key and any digest: what
// crypto/x509 refuses to write, old CAs did write.
func rework(tb testing.TB, m *made, signer *rsa.PrivateKey, h crypto.Hash, change func(*parts)) *made {
	tb.Helper()
	p := takeApart(tb, m.der)
	pkcs1 := map[crypto.Hash]string{crypto.MD5: "1.2.840.113549.1.1.4", crypto.SHA1: "1.2.840.113549.1.1.5",
		crypto.SHA224: "1.2.840.113549.1.1.14", crypto.SHA256: "1.2.840.113549.1.1.11"}
	p.Algorithm = pkix.AlgorithmIdentifier{Algorithm: parseOID(tb, pkcs1[h]), Parameters: asn1.NullRawValue}
	if change != nil {
		change(&p)
	}
	tbs := p.encode(tb)
	sig, err := rsa.SignPKCS1v15(nil, signer, h, sum(h, tbs))
	if err != nil {
		tb.Fatal(err)
	}
	der, err := asn1.Marshal(signedParts{asn1.RawValue{FullBytes: tbs}, p.Algorithm, asn1.BitString{Bytes: sig, BitLength: 8 * len(sig)}})
	if err != nil {
		tb.Fatal(err)
	}
	return &made{der: der, key: m.key}
}

func takeApart(tb testing.TB, der []byte) parts {
	tb.Helper()
	var whole signedParts
	if _, err := asn1.Unmarshal(der, &whole); err != nil {
		tb.Fatal(err)
	}
	var p parts
	rest := whole.TBS.Bytes
	for _, v := range []any{&p.Version, &p.Serial, &p.Algorithm, &p.Issuer, &p.Validity, &p.Subject, &p.Key} {
		var err error
		if rest, err = asn1.Unmarshal(rest, v); err != nil {
			tb.Fatal(err)
		}
	}
	for len(rest) > 0 {
		var v asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &v); err != nil {
			tb.Fatal(err)
		}
		p.Rest = append(p.Rest, v)
	}
	return p
}

func (p parts) encode(tb testing.TB) []byte {
	tb.Helper()
	var body []byte
	add := func(v any) {
		b, err := asn1.Marshal(v)
		if err != nil {
			tb.Fatal(err)
		}
		body = append(body, b...)
	}
	if len(p.Version.FullBytes) > 0 {
		add(p.Version)
	}
	add(p.Serial)
	add(p.Algorithm)
	for _, v := range append([]asn1.RawValue{p.Issuer, p.Validity, p.Subject, p.Key}, p.Rest...) {
		add(v)
	}
	tbs, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: body})
	if err != nil {
		tb.Fatal(err)
	}
	return tbs
}

func parseOID(tb testing.TB, s string) asn1.ObjectIdentifier {
	tb.Helper()
	oid, err := x509.ParseOID(s)
	if err != nil {
		tb.Fatal(err)
	}
	var out asn1.ObjectIdentifier
	if der, err := oid.MarshalBinary(); err == nil {
		full := append([]byte{6, byte(len(der))}, der...)
		if _, err := asn1.Unmarshal(full, &out); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

// raw makes an element out of its DER.
func raw(tag int, bytes ...byte) asn1.RawValue {
	v := asn1.RawValue{Tag: tag, Bytes: bytes}
	full, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return asn1.RawValue{FullBytes: full}
}
