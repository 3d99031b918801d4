package lab

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"
)

// A leaf is an end entity's certificate to be issued.
type leaf struct {
	Names  []string // subject alternative names
	CN     string
	From   time.Time
	To     time.Time
	Key    keyKind
	Digest x509.SignatureAlgorithm // 0: what suits the issuer's key
	Usage  []x509.ExtKeyUsage
	AIA    []string // caIssuers URLs

	NegativeSerial bool
	MustStaple     bool // the TLS feature extension with status_request (RFC 7633)
}

// serverLeaf is a certificate as it should be: 30 of its 90 days are over.
func (a *Authority) serverLeaf(name string) leaf {
	return leaf{
		Names: []string{name}, CN: name, From: a.days(-30), To: a.days(60), Key: keyEC,
		Usage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// clientLeaf is a client's certificate as it should be.
func (a *Authority) clientLeaf() leaf {
	l := a.serverLeaf("")
	l.Names, l.CN, l.Usage = nil, "orders", []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return l
}

// days is a time so many days from now.
func (a *Authority) days(n int) time.Time { return a.now.AddDate(0, 0, n) }

// issue signs l and puts chain behind it, the issuer first as a rule.
func (a *Authority) issue(l leaf, by *Issuer, chain ...[]byte) (tls.Certificate, error) {
	key, err := a.keys.get(l.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, l.template(), by.Cert, key.Public(), by.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issuing a certificate: %w", err)
	}
	if l.NegativeSerial {
		if der, err = withNegativeSerial(der, by.Key); err != nil {
			return tls.Certificate{}, err
		}
	}
	return tls.Certificate{Certificate: append([][]byte{der}, chain...), PrivateKey: key}, nil
}

func (l leaf) template() *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: l.CN, Organization: []string{"Shop Test"}},
		NotBefore: l.From, NotAfter: l.To, DNSNames: l.Names, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: l.Usage,
		SignatureAlgorithm: l.Digest, IssuingCertificateURL: l.AIA,
	}
	if l.Key == keyRSA || l.Key == keyRSAWeak {
		t.KeyUsage |= x509.KeyUsageKeyEncipherment // for suites with RSA key exchange
	}
	if l.MustStaple {
		t.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}}
	}
	return t
}
