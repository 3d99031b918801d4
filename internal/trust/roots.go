package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Roots is a set of trust anchors. The zero value holds none. It is not changed after it was made, so that it may
// be used from several goroutines.
type Roots struct {
	certs     []*certificate
	bySubject map[string][]int
	sums      map[string]bool
}

// NewRoots makes a set of anchors from certificates in DER. What cannot be read is left out.
func NewRoots(der ...[]byte) Roots {
	r := Roots{bySubject: map[string][]int{}, sums: map[string]bool{}}
	for _, d := range der {
		c := read(d)
		if !c.readable || r.sums[c.SHA256] {
			continue
		}
		r.sums[c.SHA256] = true
		r.bySubject[c.subjectKey] = append(r.bySubject[c.subjectKey], len(r.certs))
		r.certs = append(r.certs, c)
	}
	return r
}

// RootsOf makes a set of anchors from certificates that the standard library has read.
func RootsOf(certs []*x509.Certificate) Roots {
	der := make([][]byte, len(certs))
	for i, c := range certs {
		der[i] = c.Raw
	}
	return NewRoots(der...)
}

// RootsFromPEM reads a CA file: any number of PEM certificates among other text, OpenSSL's "TRUSTED CERTIFICATE"
// included, or a single certificate in DER. The error says why the file gives no anchor.
func RootsFromPEM(data []byte) (Roots, error) {
	if len(data) == 0 {
		return Roots{}, errors.New("the CA file is empty")
	}
	ders := pemCertificates(data)
	if len(ders) == 0 && data[0] == 0x30 {
		ders = [][]byte{data}
	}
	if len(ders) == 0 {
		return Roots{}, errors.New("no PEM certificate found; expected -----BEGIN CERTIFICATE-----")
	}
	r := NewRoots(ders...)
	if r.Len() == 0 {
		return Roots{}, fmt.Errorf("none of %d certificates can be read: %s", len(ders), Read(ders[0]).Malformed[0])
	}
	return r, nil
}

func pemCertificates(data []byte) [][]byte {
	var ders [][]byte
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return ders
		}
		switch block.Type {
		case "CERTIFICATE", "X509 CERTIFICATE":
			ders = append(ders, block.Bytes)
		case "TRUSTED CERTIFICATE": // the certificate, then OpenSSL's own settings
			ders = append(ders, firstElement(block.Bytes))
		}
	}
}

func firstElement(b []byte) []byte {
	in, first := cryptobyte.String(b), cryptobyte.String(nil)
	if !in.ReadASN1Element(&first, asn1.SEQUENCE) {
		return b
	}
	return first
}

// With is the union of two sets.
func (r Roots) With(more Roots) Roots {
	var ders [][]byte
	for _, c := range r.certs {
		ders = append(ders, c.DER)
	}
	for _, c := range more.certs {
		ders = append(ders, c.DER)
	}
	return NewRoots(ders...)
}

// Len counts the anchors.
func (r Roots) Len() int { return len(r.certs) }

// Contains reports whether exactly this certificate, in DER, is an anchor.
func (r Roots) Contains(der []byte) bool {
	for _, i := range r.bySubject[read(der).subjectKey] {
		if bytes.Equal(r.certs[i].DER, der) {
			return true
		}
	}
	return false
}

// holds is Contains for a certificate already read.
func (r Roots) holds(c *certificate) bool { return r.sums[c.SHA256] }

// named gives the anchors with this subject.
func (r Roots) named(subjectKey string) []*certificate {
	var found []*certificate
	for _, i := range r.bySubject[subjectKey] {
		found = append(found, r.certs[i])
	}
	return found
}
