package cli

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A pki makes certificates for real servers, in files that they can read.
type pki struct {
	t      *testing.T
	dir    string
	root   *issuer
	middle *issuer
	other  *issuer
	ca     string // the root as a file, for --ca
	serial int64
}

type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// A leafPlan says how a server's certificate differs from a good one.
type leafPlan struct {
	names    []string
	from, to time.Duration // validity relative to now; zero: an hour ago, 90 days
	issuer   *issuer       // nil: the root
	self     bool
	usage    x509.ExtKeyUsage
	bits     int  // RSA; 0: 2048
	ec       bool // P-256 instead
	common   string
}

func newPKI(t *testing.T) *pki {
	t.Helper()
	dir, err := os.MkdirTemp("", "tlswhy-real-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755) // the database servers run as their own users
	p := &pki{t: t, dir: dir}
	p.root = p.authority("Example Root", nil)
	p.middle = p.authority("Example Issuing CA", p.root)
	p.other = p.authority("Unrelated Root", nil)
	p.ca = p.file("ca.pem", pemBlock("CERTIFICATE", p.root.cert.Raw))
	return p
}

func (p *pki) file(name string, data []byte) string {
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func pemBlock(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func (p *pki) template(cn string) *x509.Certificate {
	p.serial++
	return &x509.Certificate{SerialNumber: big.NewInt(1000 + p.serial), Subject: pkix.Name{CommonName: cn},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour)}
}

func (p *pki) authority(cn string, by *issuer) *issuer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	c := p.template(cn)
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	c.NotBefore, c.NotAfter = time.Now().Add(-365*24*time.Hour), time.Now().Add(3650*24*time.Hour)
	i := &issuer{cert: c, key: key}
	if by == nil {
		by = i
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by.cert, key.Public(), by.key)
	if err != nil {
		p.t.Fatal(err)
	}
	if i.cert, err = x509.ParseCertificate(der); err != nil {
		p.t.Fatal(err)
	}
	return i
}

// leaf writes NAME.pem (with its issuer's certificate when chain is asked for) and NAME.key.
func (p *pki) leaf(name string, plan leafPlan, chain bool) (cert, key string) {
	p.t.Helper()
	var signer crypto.Signer
	var err error
	if plan.ec {
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		signer, err = rsa.GenerateKey(rand.Reader, max(plan.bits, 2048))
	}
	if err != nil {
		p.t.Fatal(err)
	}
	c := p.template(plan.common)
	for _, n := range plan.names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment, []x509.ExtKeyUsage{plan.usage}
	if plan.usage == x509.ExtKeyUsageAny {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if plan.to != 0 {
		c.NotBefore, c.NotAfter = time.Now().Add(plan.from), time.Now().Add(plan.to)
	}
	by := plan.issuer
	if by == nil {
		by = p.root
	}
	if plan.self {
		by = &issuer{cert: c, key: signer}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by.cert, signer.Public(), by.key)
	if err != nil {
		p.t.Fatal(err)
	}
	var out bytes.Buffer
	out.Write(pemBlock("CERTIFICATE", der))
	if chain {
		out.Write(pemBlock("CERTIFICATE", by.cert.Raw))
	}
	k, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.file(name+".pem", out.Bytes()), p.file(name+".key", pemBlock("PRIVATE KEY", k))
}
