package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Limits in bits that keep one hostile certificate from costing seconds.
const (
	maxRSAModulusBits  = 16384
	maxRSAExponentBits = 64
)

// A keyError says that a public key cannot be used by the engine, whatever it is good for elsewhere.
type keyError struct{ err error }

func (e *keyError) Error() string { return e.err.Error() }
func (e *keyError) Unwrap() error { return e.err }

func keyErrorf(format string, args ...any) error { return &keyError{fmt.Errorf(format, args...)} }

// A publicKey is the key of a certificate; exactly one field is set.
type publicKey struct {
	rsa     *rsaKey
	ecdsa   *ecdsa.PublicKey
	ed25519 ed25519.PublicKey
}

func (k *publicKey) kind() string {
	switch {
	case k.ecdsa != nil:
		return "ECDSA"
	case k.ed25519 != nil:
		return "Ed25519"
	}
	return "RSA"
}

// An rsaKey is a raw RSA key. crypto/rsa refuses moduli below 1024 bits and long exponents; both are met in the field.
type rsaKey struct {
	n *big.Int
	e *big.Int
}

// certificateKey finds the public key of a certificate without judging the rest (RFC 5280 §4.1): Go's parser
// refuses, among others, negative serial numbers, and servers have such certificates.
func certificateKey(der []byte) (*publicKey, error) {
	input := cryptobyte.String(der)
	var cert, tbs, spki cryptobyte.String
	ok := input.ReadASN1(&cert, cbasn1.SEQUENCE) &&
		cert.ReadASN1(&tbs, cbasn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) && // version
		tbs.SkipASN1(cbasn1.INTEGER) && // serial number
		tbs.SkipASN1(cbasn1.SEQUENCE) && // signature algorithm
		tbs.SkipASN1(cbasn1.SEQUENCE) && // issuer
		tbs.SkipASN1(cbasn1.SEQUENCE) && // validity
		tbs.SkipASN1(cbasn1.SEQUENCE) && // subject
		tbs.ReadASN1(&spki, cbasn1.SEQUENCE)
	if !ok {
		return nil, keyErrorf("no public key found in the certificate")
	}
	return parseSPKI(spki)
}

// parseSPKI reads the inside of a SubjectPublicKeyInfo.
func parseSPKI(spki cryptobyte.String) (*publicKey, error) {
	var algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	var bits asn1.BitString
	if !spki.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) || !spki.ReadASN1BitString(&bits) {
		return nil, keyErrorf("malformed SubjectPublicKeyInfo")
	}
	key := bits.RightAlign()
	switch oid.String() {
	case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10": // rsaEncryption, RSASSA-PSS
		return parseRSA(key)
	case "1.2.840.10045.2.1": // ecPublicKey
		return parseEC(algorithm, key)
	case "1.3.101.112": // Ed25519
		if len(key) != ed25519.PublicKeySize {
			return nil, keyErrorf("an Ed25519 key of %d bytes", len(key))
		}
		return &publicKey{ed25519: key}, nil
	}
	return nil, keyErrorf("public key algorithm %s is beyond this engine", oid)
}

func parseRSA(der cryptobyte.String) (*publicKey, error) {
	var seq cryptobyte.String
	n, e := new(big.Int), new(big.Int)
	if !der.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1Integer(n) || !seq.ReadASN1Integer(e) {
		return nil, keyErrorf("malformed RSA key")
	}
	if n.Sign() <= 0 || e.Sign() <= 0 || n.BitLen() > maxRSAModulusBits || e.BitLen() > maxRSAExponentBits {
		return nil, keyErrorf("an RSA key with a modulus of %d and an exponent of %d bits", n.BitLen(), e.BitLen())
	}
	return &publicKey{rsa: &rsaKey{n: n, e: e}}, nil
}

func parseEC(parameters cryptobyte.String, point []byte) (*publicKey, error) {
	var oid asn1.ObjectIdentifier
	if !parameters.ReadASN1ObjectIdentifier(&oid) {
		return nil, keyErrorf("an elliptic curve without a name")
	}
	curve, ok := curveByOID(oid.String())
	if !ok {
		return nil, keyErrorf("curve %s is beyond this engine", oid)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, &keyError{err}
	}
	return &publicKey{ecdsa: key}, nil
}

// curveByOID knows the curves of RFC 5480 §2.1.1.1 that the standard library has.
func curveByOID(oid string) (elliptic.Curve, bool) {
	switch oid {
	case "1.3.132.0.33":
		return elliptic.P224(), true
	case "1.2.840.10045.3.1.7":
		return elliptic.P256(), true
	case "1.3.132.0.34":
		return elliptic.P384(), true
	case "1.3.132.0.35":
		return elliptic.P521(), true
	}
	return nil, false
}

// size is the length of the modulus in bytes.
func (k *rsaKey) size() int { return (k.n.BitLen() + 7) / 8 }

// standard gives the key as crypto/rsa wants it.
func (k *rsaKey) standard() (*rsa.PublicKey, error) {
	if k.e.BitLen() > 31 || k.n.BitLen() < 1024 {
		return nil, keyErrorf("an RSA key with a modulus of %d and an exponent of %d bits", k.n.BitLen(), k.e.BitLen())
	}
	return &rsa.PublicKey{N: k.n, E: int(k.e.Int64())}, nil
}

// power raises a block to the public exponent.
func (k *rsaKey) power(block []byte) []byte {
	m := new(big.Int).SetBytes(block)
	return m.Exp(m, k.e, k.n).FillBytes(make([]byte, k.size()))
}

// verifyPKCS1 compares the whole encoded block (RFC 8017 §8.2.2), which also works for keys below 1024 bits.
func verifyPKCS1(key *rsaKey, hash crypto.Hash, sum, sig []byte) error {
	prefix, err := digestInfo(hash)
	if err != nil {
		return err
	}
	padding := key.size() - 3 - len(prefix) - len(sum)
	if padding < 8 || len(sig) != key.size() || new(big.Int).SetBytes(sig).Cmp(key.n) >= 0 {
		return errWrongSignature
	}
	want := join([]byte{0, 1}, bytes.Repeat([]byte{0xff}, padding), []byte{0}, prefix, sum)
	if !bytes.Equal(key.power(sig), want) {
		return errWrongSignature
	}
	return nil
}

// digestInfo is the DER head before a digest (RFC 8017 §9.2); MD5 with SHA-1 stands bare.
func digestInfo(hash crypto.Hash) ([]byte, error) {
	oids := map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.MD5:    {1, 2, 840, 113549, 2, 5},
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA224: {2, 16, 840, 1, 101, 3, 4, 2, 4},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	if hash == crypto.MD5SHA1 {
		return nil, nil
	}
	oid, ok := oids[hash]
	if !ok {
		return nil, keyErrorf("hash %d in a PKCS #1 signature", hash)
	}
	whole := new(cryptobyte.Builder)
	whole.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1NULL()
		})
		b.AddASN1OctetString(make([]byte, hash.Size()))
	})
	der, err := whole.Bytes()
	if err != nil {
		return nil, err
	}
	return der[:len(der)-hash.Size()], nil
}

// encryptPKCS1 encrypts a premaster secret (RFC 8017 §7.2.1).
func encryptPKCS1(rand io.Reader, key *rsaKey, secret []byte) ([]byte, error) {
	padding := key.size() - 3 - len(secret)
	if padding < 8 {
		return nil, errors.New("the RSA key is too short for a premaster secret")
	}
	filler := make([]byte, padding)
	if _, err := io.ReadFull(rand, filler); err != nil {
		return nil, err
	}
	for i := range filler {
		if filler[i] == 0 {
			filler[i] = 1 // padding has no zeros; the small bias harms nothing here
		}
	}
	return key.power(join([]byte{0, 2}, filler, []byte{0}, secret)), nil
}
