package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// caLife is how long a CA of the lab is good for: its key never leaves memory, and what it signed is worth
// nothing on the next day.
const caLife = 24 * time.Hour

// An Authority is a CA in memory: a root, an intermediate that issues, and the time both count from.
type Authority struct {
	Root, Issuing *Issuer
	now           time.Time
	keys          *keyring
}

// An Issuer is one CA certificate with its key.
type Issuer struct {
	Cert *x509.Certificate
	DER  []byte
	Key  crypto.Signer
}

// newAuthority makes a root and an intermediate named after an organisation.
func newAuthority(org string) (*Authority, error) {
	now := time.Now().Truncate(time.Second)
	root, err := newRoot(named(org, "Root CA"), now)
	if err != nil {
		return nil, err
	}
	issuing, err := root.sub(ca(named(org, "Issuing CA 1"), now))
	if err != nil {
		return nil, err
	}
	return &Authority{Root: root, Issuing: issuing, now: now, keys: newKeyring()}, nil
}

// named is the name of an organisation's CA.
func named(org, what string) pkix.Name {
	return pkix.Name{CommonName: org + " " + what, Organization: []string{org}}
}

// newRoot makes a self-signed CA.
func newRoot(name pkix.Name, now time.Time) (*Issuer, error) {
	key, err := newECKey()
	if err != nil {
		return nil, err
	}
	template := ca(name, now)
	return sign(template, &Issuer{Cert: template, Key: key}, key)
}

// sub makes a CA below i with a key of its own.
func (i *Issuer) sub(template *x509.Certificate) (*Issuer, error) {
	key, err := newECKey()
	if err != nil {
		return nil, err
	}
	return sign(template, i, key)
}

// ca is the template of a CA certificate, good for names under .test, localhost and loopback addresses only
// (RFC 5280 §4.2.1.10), so that a copy that is trusted by mistake vouches for nothing real.
func ca(name pkix.Name, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: serial(), Subject: name, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(caLife - time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"test", "localhost"},
		PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
}

// sign makes a CA certificate for key out of a template.
func sign(template *x509.Certificate, by *Issuer, key crypto.Signer) (*Issuer, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, by.Cert, key.Public(), by.Key)
	if err != nil {
		return nil, fmt.Errorf("signing %s: %w", template.Subject.CommonName, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading back %s: %w", template.Subject.CommonName, err)
	}
	return &Issuer{Cert: cert, DER: der, Key: key}, nil
}

// serial is positive and 15 bytes long, so that none is shorter or negative by accident. Its first byte does
// not become 0xff when the sign bit is set, so the negative one is still the shortest form (X.690 §8.3.2: not nine ones in front).
func serial() *big.Int {
	b := make([]byte, 15)
	rand.Read(b)
	b[0] = b[0]&0x1f | 0x40
	return new(big.Int).SetBytes(b)
}

func newECKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// A keyKind is the type and size of a leaf's key.
type keyKind string

// The kinds in use. The second RSA one is for a CA, whose key no leaf may have.
const (
	keyEC      keyKind = "EC P-256"
	keyRSA     keyKind = "RSA 2048"
	keyRSAWeak keyKind = "RSA 1024"
	keyRSACA   keyKind = "RSA 2048 for a CA"
)

// A keyring keeps one key of each kind: making RSA keys takes long, and faults may share them.
type keyring struct {
	mu   sync.Mutex
	kept map[keyKind]crypto.Signer
}

func newKeyring() *keyring { return &keyring{kept: map[keyKind]crypto.Signer{}} }

// get returns the key of a kind, made at its first use.
func (k *keyring) get(kind keyKind) (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key := k.kept[kind]; key != nil {
		return key, nil
	}
	key, err := newKey(kind)
	if err != nil {
		return nil, fmt.Errorf("making a key, %s: %w", kind, err)
	}
	k.kept[kind] = key
	return key, nil
}

func newKey(kind keyKind) (crypto.Signer, error) {
	switch kind {
	case keyRSA, keyRSACA:
		return rsa.GenerateKey(rand.Reader, 2048)
	case keyRSAWeak:
		return rsa.GenerateKey(rand.Reader, 1024)
	}
	return newECKey()
}
