package wire

import (
	"crypto"
	"fmt"

	"github.com/tlswhy/tlswhy/internal/names"
)

type signKind uint8

const (
	signPKCS1 signKind = iota
	signPSS
	signECDSA
	signEd25519
)

// A signAlgorithm is what a signature scheme asks for.
type signAlgorithm struct {
	kind  signKind
	hash  crypto.Hash
	curve string // TLS 1.3 ECDSA: the only curve
}

// signatureAlgorithm tells how to check a signature: by the scheme, or by the key before TLS 1.2.
func signatureAlgorithm(version, scheme uint16, key *publicKey) (signAlgorithm, error) {
	if version < TLS12 {
		return legacyAlgorithm(key), nil
	}
	alg, ok := schemeAlgorithm(scheme)
	if !ok {
		return alg, &keyError{fmt.Errorf("scheme %s is beyond this engine", names.Scheme(scheme))}
	}
	if !alg.fits(key) {
		return alg, fmt.Errorf("scheme %s does not fit the certificate's %s key", names.Scheme(scheme), key.kind())
	}
	return alg, nil
}

// legacyAlgorithm is the fixed algorithm of a key type before TLS 1.2 (RFC 4346 §7.4.3, RFC 4492 §5.4).
func legacyAlgorithm(key *publicKey) signAlgorithm {
	switch {
	case key.ecdsa != nil:
		return signAlgorithm{kind: signECDSA, hash: crypto.SHA1}
	case key.ed25519 != nil:
		return signAlgorithm{kind: signEd25519}
	}
	return signAlgorithm{kind: signPKCS1, hash: crypto.MD5SHA1}
}

// schemeAlgorithm splits a signature scheme (RFC 8446 §4.2.3); the rows with a first byte below 7 are hash and
// signature bytes of RFC 5246 §7.4.1.4.1.
func schemeAlgorithm(scheme uint16) (signAlgorithm, bool) {
	switch scheme {
	case names.RSAPSSRSAESHA256, names.RSAPSSPSSSHA256:
		return signAlgorithm{kind: signPSS, hash: crypto.SHA256}, true
	case names.RSAPSSRSAESHA384, names.RSAPSSPSSSHA384:
		return signAlgorithm{kind: signPSS, hash: crypto.SHA384}, true
	case names.RSAPSSRSAESHA512, names.RSAPSSPSSSHA512:
		return signAlgorithm{kind: signPSS, hash: crypto.SHA512}, true
	case names.Ed25519:
		return signAlgorithm{kind: signEd25519}, true
	}
	hash, ok := hashByte(byte(scheme >> 8))
	switch byte(scheme) {
	case 1:
		return signAlgorithm{kind: signPKCS1, hash: hash}, ok
	case 3:
		return signAlgorithm{kind: signECDSA, hash: hash, curve: schemeCurve(hash)}, ok
	}
	return signAlgorithm{}, false
}

// hashByte is the HashAlgorithm of RFC 5246 §7.4.1.4.1.
func hashByte(b byte) (crypto.Hash, bool) {
	hashes := [...]crypto.Hash{0, crypto.MD5, crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512}
	if b == 0 || int(b) >= len(hashes) {
		return 0, false
	}
	return hashes[b], true
}

// schemeCurve is the curve an ECDSA scheme is bound to in TLS 1.3.
func schemeCurve(hash crypto.Hash) string {
	switch hash {
	case crypto.SHA256:
		return "P-256"
	case crypto.SHA384:
		return "P-384"
	case crypto.SHA512:
		return "P-521"
	}
	return ""
}

// fits tells whether the algorithm works with a key of this type.
func (a signAlgorithm) fits(key *publicKey) bool {
	switch a.kind {
	case signECDSA:
		return key.ecdsa != nil
	case signEd25519:
		return key.ed25519 != nil
	}
	return key.rsa != nil
}

// usable13 tells whether TLS 1.3 allows the algorithm in CertificateVerify (RFC 8446 §4.2.3, §4.4.3): no PKCS #1, no SHA-1.
func (a signAlgorithm) usable13() bool {
	return a.kind != signPKCS1 && a.hash != crypto.SHA1 && a.hash != crypto.SHA224 && a.hash != crypto.MD5
}
