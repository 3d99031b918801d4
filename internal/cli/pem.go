package cli

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
)

// pemCertificates lists the certificates of a PEM file as DER.
func pemCertificates(data []byte) [][]byte {
	var list [][]byte
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return list
		}
		if b.Type == "CERTIFICATE" {
			list = append(list, b.Bytes)
		}
	}
}

// privateKey reads the first private key of a PEM file: PKCS #8, PKCS #1 or SEC 1.
func privateKey(data []byte) (crypto.Signer, error) {
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return nil, errors.New("no private key in PEM form (an encrypted key must be decrypted first)")
		}
		if k, err := x509.ParsePKCS8PrivateKey(b.Bytes); err == nil {
			if s, ok := k.(crypto.Signer); ok {
				return s, nil
			}
		}
		if k, err := x509.ParsePKCS1PrivateKey(b.Bytes); err == nil {
			return k, nil
		}
		if k, err := x509.ParseECPrivateKey(b.Bytes); err == nil {
			return k, nil
		}
	}
}
