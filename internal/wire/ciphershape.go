package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
)

// kind tells how a cipher is used in a record.
type kind uint8

const (
	kindStream kind = iota // RC4, NULL
	kindCBC
	kindAEAD
)

// A cipherShape says how many bytes of the key block each direction takes (RFC 5246 §6.3 and appendix C).
type cipherShape struct {
	kind                  kind
	keyLen, ivLen, macLen int
}

// shapeOf tells the key material that a suite needs, or that the engine has no such cipher.
func shapeOf(version uint16, suite names.Suite) (cipherShape, error) {
	var s cipherShape
	switch suite.Cipher {
	case "AES_128_GCM":
		s = cipherShape{kind: kindAEAD, keyLen: 16, ivLen: gcmSaltLen}
	case "AES_256_GCM":
		s = cipherShape{kind: kindAEAD, keyLen: 32, ivLen: gcmSaltLen}
	case "CHACHA20_POLY1305":
		s = cipherShape{kind: kindAEAD, keyLen: 32, ivLen: aeadNonceLen}
	case "AES_128_CBC":
		s = cipherShape{kind: kindCBC, keyLen: 16, ivLen: aes.BlockSize}
	case "AES_256_CBC":
		s = cipherShape{kind: kindCBC, keyLen: 32, ivLen: aes.BlockSize}
	case "3DES_EDE_CBC":
		s = cipherShape{kind: kindCBC, keyLen: 24, ivLen: des.BlockSize}
	case "RC4_128":
		s = cipherShape{kind: kindStream, keyLen: 16}
	case "NULL":
		s = cipherShape{kind: kindStream}
	default:
		return s, fmt.Errorf("cipher %s of suite %s is beyond this engine", suite.Cipher, suite.Name)
	}
	if s.kind == kindCBC && version >= TLS11 {
		s.ivLen = 0 // each record brings its own (RFC 4346 §6.2.3.2)
	}
	if s.kind != kindAEAD {
		newHash, err := macHash(suite)
		if err != nil {
			return s, err
		}
		s.macLen = newHash().Size()
	}
	return s, nil
}

// suiteFits tells whether a suite may be used with a version: AEAD and SHA-2 MACs came with TLS 1.2 (RFC 5246
// appendix A.5, RFC 5288 §4), elliptic curves with TLS 1.0 (RFC 8422), and TLS 1.3 has suites of its own.
func suiteFits(suite names.Suite, version uint16) bool {
	switch {
	case version >= TLS13 || suite.Kex == "any":
		return version >= TLS13 && suite.Kex == "any"
	case suite.MAC == "AEAD" || suite.MAC == "SHA256" || suite.MAC == "SHA384":
		return version == TLS12
	case suite.Kex == "ECDHE":
		return version >= TLS10
	}
	return true
}

// macHash is the hash of a suite's record MAC.
func macHash(suite names.Suite) (func() hash.Hash, error) {
	switch suite.MAC {
	case "MD5":
		return md5.New, nil
	case "SHA":
		return sha1.New, nil
	case "SHA256":
		return sha256.New, nil
	case "SHA384":
		return sha512.New384, nil
	}
	return nil, fmt.Errorf("MAC %s of suite %s is beyond this engine", suite.MAC, suite.Name)
}

// suiteHash is the hash of the TLS 1.2 PRF and of the TLS 1.3 key schedule of a suite.
func suiteHash(suite names.Suite) func() hash.Hash {
	if suite.PRF == "SHA384" {
		return sha512.New384
	}
	return sha256.New
}

// newBlock makes the block cipher of a CBC or GCM suite.
func newBlock(name string, key []byte) (cipher.Block, error) {
	if strings.HasPrefix(name, "3DES") {
		return des.NewTripleDESCipher(key)
	}
	return aes.NewCipher(key)
}
