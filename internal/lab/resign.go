package lab

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"
)

// withNegativeSerial sets the top bit of the serial number and signs anew: x509 refuses to make such a
// certificate (RFC 5280 §4.1.2.2 wants it positive), and SQL Server up to 2017 made them half of the time.
func withNegativeSerial(der []byte, key crypto.Signer) ([]byte, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading back a certificate: %w", err)
	}
	tbs := bytes.Clone(cert.RawTBSCertificate)
	tbs[bytes.Index(tbs, cert.SerialNumber.Bytes())] |= 0x80
	return signed(tbs, key)
}

// withProducedAt changes when an OCSP answer says that it was made: package ocsp always writes the present.
func withProducedAt(answer []byte, then time.Time, key crypto.Signer) ([]byte, error) {
	r, err := ocsp.ParseResponse(answer, nil)
	if err != nil {
		return nil, fmt.Errorf("reading back an OCSP answer: %w", err)
	}
	const generalized = "20060102150405Z"
	tbs := bytes.Replace(r.TBSResponseData, []byte(r.ProducedAt.Format(generalized)), []byte(then.UTC().Format(generalized)), 1)
	basic, err := signed(tbs, key)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(ocspResponse{Bytes: ocspBytes{Type: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}, Response: basic}})
}

// An ocspResponse is the outer layer of an answer; Status 0 is successful (RFC 6960 §4.2.1).
type ocspResponse struct {
	Status asn1.Enumerated
	Bytes  ocspBytes `asn1:"explicit,tag:0"`
}

type ocspBytes struct {
	Type     asn1.ObjectIdentifier
	Response []byte
}

// signed is tbs with a signature by an EC key over its SHA-256, as certificates and OCSP answers have it
// (RFC 5758 §3.2).
func signed(tbs []byte, key crypto.Signer) ([]byte, error) {
	sum := sha256.Sum256(tbs)
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{
		asn1.RawValue{FullBytes: tbs},
		pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
		asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	})
}
