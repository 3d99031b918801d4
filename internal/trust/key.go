package trust

import (
	"crypto"
	"crypto/x509"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlswhy/tlswhy/internal/names"
)

// publicKey is a key to check signatures with: an RSA key of any size, or whatever the standard library reads.
type publicKey struct {
	spki    []byte
	modulus *big.Int
	public  *big.Int
	other   crypto.PublicKey
	broken  bool // of a kind that can be computed, but not a key
}

const (
	oidRSA    = "1.2.840.113549.1.1.1"
	oidRSAPSS = "1.2.840.113549.1.1.10"
	oidDSA    = "1.2.840.10040.4.1"
	oidEC     = "1.2.840.10045.2.1"
)

// readKey reads SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
func (c *certificate) readKey(spki cryptobyte.String) {
	c.key.spki = spki
	var info, alg, bits cryptobyte.String
	if !spki.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&alg, asn1.SEQUENCE) {
		c.complain("the public key cannot be read")
		return
	}
	oid, ok := readOID(&alg)
	var unused uint8
	if !ok || !info.ReadASN1(&bits, asn1.BIT_STRING) || !bits.ReadUint8(&unused) {
		c.complain("the public key cannot be read")
		return
	}
	switch oid {
	case oidRSA, oidRSAPSS:
		c.readRSA(oid, bits)
	case oidEC:
		c.readEC(alg)
	case oidDSA:
		c.KeyType = "DSA"
		c.KeyBits = dsaBits(alg)
	default:
		c.readOtherKey(oid, bits)
	}
}

// readRSA takes moduli of any size. A modulus without the leading zero octet would be negative: old tools write it so.
func (c *certificate) readRSA(oid string, bits cryptobyte.String) {
	c.KeyType = "RSA"
	if oid == oidRSAPSS {
		c.KeyType = "RSA-PSS"
	}
	var seq, n, e cryptobyte.String
	if !bits.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1(&n, asn1.INTEGER) || !seq.ReadASN1(&e, asn1.INTEGER) || len(n) == 0 || len(e) == 0 {
		c.complain("the RSA key cannot be read")
		return
	}
	if n[0]&0x80 != 0 {
		c.complain("the RSA modulus is written as a negative number")
	}
	modulus := new(big.Int).SetBytes(n)
	c.KeyBits = modulus.BitLen()
	if c.KeyBits > maxRSABits || len(e) > 8 {
		c.complain("the RSA key is too large to compute with")
		return
	}
	c.key.modulus, c.key.public = modulus, new(big.Int).SetBytes(e)
}

func (c *certificate) readEC(params cryptobyte.String) {
	c.KeyType = "ECDSA"
	curve, ok := readOID(&params)
	if !ok {
		c.complain("the curve is not a named one (RFC 5480 §2.1.1)")
		return
	}
	c.KeyBits = curveBits(names.OID(curve))
	switch names.OID(curve) {
	case "secp224r1", "secp256r1", "secp384r1", "secp521r1":
		c.readStandardKey()
	}
}

// readStandardKey leaves the key to the standard library. Its error is looked at first: on an error it may give a
// nil pointer of the key's type, which is not a nil interface.
func (c *certificate) readStandardKey() {
	key, err := x509.ParsePKIXPublicKey(c.key.spki)
	if err != nil {
		c.complain("the public key is none: %v", err)
		c.key.broken = true
		return
	}
	c.key.other = key
}

func curveBits(curve string) int {
	for _, k := range [...]struct {
		name string
		bits int
	}{
		{"secp256r1", 256}, {"secp384r1", 384}, {"secp521r1", 521}, {"secp224r1", 224}, {"secp192r1", 192}, {"secp256k1", 256},
		{"brainpoolP256r1", 256}, {"brainpoolP384r1", 384}, {"brainpoolP512r1", 512},
	} {
		if k.name == curve {
			return k.bits
		}
	}
	return 0
}

// dsaBits is the size of the prime p in the parameters (RFC 3279 §2.3.2); 0 when they are inherited.
func dsaBits(params cryptobyte.String) int {
	var seq, p cryptobyte.String
	if !params.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1(&p, asn1.INTEGER) {
		return 0
	}
	return new(big.Int).SetBytes(p).BitLen()
}

func (c *certificate) readOtherKey(oid string, bits cryptobyte.String) {
	switch names.OID(oid) {
	case "ed25519":
		c.KeyType, c.KeyBits = "Ed25519", 256
		c.readStandardKey()
	case "ed448":
		c.KeyType, c.KeyBits = "Ed448", 456
	default:
		c.KeyType, c.KeyBits = names.OID(oid), 8*len(bits)
	}
}
