package trust

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" // old chains are signed with it
	"crypto/rsa"
	_ "crypto/sha1" // old chains are signed with it
	_ "crypto/sha256"
	_ "crypto/sha512"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// algorithm is a signature algorithm with its digest.
type algorithm struct {
	oid    string
	family string // "RSA", "PSS", "ECDSA", "Ed25519"; empty: cannot be computed here
	hash   crypto.Hash
	digest string // "MD5", "SHA-1" …, the name even of a digest that cannot be computed
}

// algorithms lists what certificates are signed with (RFC 3279 §2.2, RFC 4055, RFC 5758, RFC 8410).
var algorithms = [...]algorithm{
	{"1.2.840.113549.1.1.2", "", 0, "MD2"},
	{"1.2.840.113549.1.1.3", "", 0, "MD4"},
	{"1.2.840.113549.1.1.4", "RSA", crypto.MD5, "MD5"},
	{"1.3.14.3.2.3", "RSA", crypto.MD5, "MD5"},
	{"1.2.840.113549.1.1.5", "RSA", crypto.SHA1, "SHA-1"},
	{"1.3.14.3.2.29", "RSA", crypto.SHA1, "SHA-1"},
	{"1.2.840.113549.1.1.14", "RSA", crypto.SHA224, "SHA-224"},
	{"1.2.840.113549.1.1.11", "RSA", crypto.SHA256, "SHA-256"},
	{"1.2.840.113549.1.1.12", "RSA", crypto.SHA384, "SHA-384"},
	{"1.2.840.113549.1.1.13", "RSA", crypto.SHA512, "SHA-512"},
	{"1.2.840.10045.4.1", "ECDSA", crypto.SHA1, "SHA-1"},
	{"1.2.840.10045.4.3.1", "ECDSA", crypto.SHA224, "SHA-224"},
	{"1.2.840.10045.4.3.2", "ECDSA", crypto.SHA256, "SHA-256"},
	{"1.2.840.10045.4.3.3", "ECDSA", crypto.SHA384, "SHA-384"},
	{"1.2.840.10045.4.3.4", "ECDSA", crypto.SHA512, "SHA-512"},
	{"1.3.101.112", "Ed25519", 0, "SHA-512"},
	{"1.2.840.10040.4.3", "", 0, "SHA-1"},
	{"1.3.14.3.2.27", "", 0, "SHA-1"},
}

// readAlgorithm reads an AlgorithmIdentifier.
func readAlgorithm(element cryptobyte.String) algorithm {
	var body cryptobyte.String
	if !element.ReadASN1(&body, asn1.SEQUENCE) {
		return algorithm{}
	}
	oid, ok := readOID(&body)
	if !ok {
		return algorithm{}
	}
	if oid == oidRSAPSS {
		return readPSS(body)
	}
	for _, a := range algorithms {
		if a.oid == oid {
			return a
		}
	}
	return algorithm{oid: oid}
}

// readPSS takes the digest out of RSASSA-PSS-params (RFC 4055 §3.1), whose default is SHA-1.
func readPSS(params cryptobyte.String) algorithm {
	a := algorithm{oidRSAPSS, "PSS", crypto.SHA1, "SHA-1"}
	var seq, tagged, inner cryptobyte.String
	var present bool
	if !params.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadOptionalASN1(&tagged, &present, asn1.Tag(0).Constructed().ContextSpecific()) || !present {
		return a
	}
	if !tagged.ReadASN1(&inner, asn1.SEQUENCE) {
		return algorithm{oid: oidRSAPSS}
	}
	oid, _ := readOID(&inner)
	for _, d := range digests {
		if d.oid == oid {
			a.hash, a.digest = d.hash, d.hash.String()
			return a
		}
	}
	return algorithm{oid: oidRSAPSS}
}

// digests with their object identifiers and the head of their DigestInfo (RFC 8017 §9.2 note 1).
var digests = [...]struct {
	hash   crypto.Hash
	oid    string
	prefix string
}{
	{crypto.MD5, "1.2.840.113549.2.5", "\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"},
	{crypto.SHA1, "1.3.14.3.2.26", "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"},
	{crypto.SHA224, "2.16.840.1.101.3.4.2.4", "\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c"},
	{crypto.SHA256, "2.16.840.1.101.3.4.2.1", "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"},
	{crypto.SHA384, "2.16.840.1.101.3.4.2.2", "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"},
	{crypto.SHA512, "2.16.840.1.101.3.4.2.3", "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"},
}

// outcome of a signature check.
type outcome int

const (
	bad     outcome = iota
	good            // verified
	unknown         // the algorithm or the kind of key cannot be computed here
)

func outcomeOf(ok bool) outcome {
	if ok {
		return good
	}
	return bad
}

// IssuedBy reports whether the certificate parent signed the certificate child: the names fit and the signature
// verifies, whatever the digest. Both are DER; what cannot be read was issued by nobody. With algorithms that
// cannot be computed here (DSA, Ed448, Brainpool curves, MD2) the names decide.
func IssuedBy(child, parent []byte) bool {
	c, p := read(child), read(parent)
	return c.readable && p.readable && c.issuerKey == p.subjectKey && verify(c, p) != bad
}

// verify checks the signature of child under parent's key. Own code, because crypto/x509 refuses the old digests
// and crypto/rsa keys under 1024 bits, which are what such chains fail with.
func verify(child, parent *certificate) outcome {
	a, key := child.algorithm, parent.key
	switch {
	case key.broken:
		return bad
	case a.family == "" && a.oid != "":
		return unknown
	case (a.family == "RSA" || a.family == "PSS") && key.modulus != nil:
		if a.family == "PSS" {
			return outcomeOf(verifyPSS(key, a.hash, child.tbs, child.signature))
		}
		return outcomeOf(verifyPKCS1(key, a.hash, child.tbs, child.signature))
	case a.family == "ECDSA" && parent.KeyType == "ECDSA":
		public, ok := key.other.(*ecdsa.PublicKey)
		if !ok {
			return unknown
		}
		return outcomeOf(ecdsa.VerifyASN1(public, sum(a.hash, child.tbs), child.signature))
	case a.family == "Ed25519":
		public, ok := key.other.(ed25519.PublicKey)
		return outcomeOf(ok && ed25519.Verify(public, child.tbs, child.signature))
	}
	return bad
}

func sum(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

// verifyPKCS1 is RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): the expected encoding is built and compared.
func verifyPKCS1(key publicKey, h crypto.Hash, signedData, signature []byte) bool {
	if key.modulus.Sign() == 0 {
		return false
	}
	size := (key.modulus.BitLen() + 7) / 8
	s := new(big.Int).SetBytes(signature)
	if len(signature) > size || s.Cmp(key.modulus) >= 0 {
		return false
	}
	want := encodePKCS1(h, sum(h, signedData), size)
	got := s.Exp(s, key.public, key.modulus).FillBytes(make([]byte, size))
	return want != nil && bytes.Equal(got, want)
}

// encodePKCS1 is EMSA-PKCS1-v1_5 (RFC 8017 §9.2): 00 01 ff … ff 00 DigestInfo. Nil: the key is too short for it.
func encodePKCS1(h crypto.Hash, digest []byte, size int) []byte {
	for _, d := range digests {
		if d.hash != h {
			continue
		}
		tail := append([]byte(d.prefix), digest...)
		if size < len(tail)+11 {
			return nil
		}
		out := bytes.Repeat([]byte{0xff}, size)
		out[0], out[1], out[size-len(tail)-1] = 0, 1, 0
		copy(out[size-len(tail):], tail)
		return out
	}
	return nil
}

func verifyPSS(key publicKey, h crypto.Hash, signedData, signature []byte) bool {
	if key.public.BitLen() > 31 {
		return false
	}
	public := &rsa.PublicKey{N: key.modulus, E: int(key.public.Int64())}
	return rsa.VerifyPSS(public, h, sum(h, signedData), signature, nil) == nil
}
