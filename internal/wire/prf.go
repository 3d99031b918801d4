package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"hash"

	"github.com/tlswhy/tlswhy/internal/names"
)

const (
	masterSecretLen = 48
	finishedLen     = 12 // TLS 1.0 to 1.2; SSLv3 sends 36 bytes
)

// pHash is the expansion function of RFC 5246 §5.
func pHash(newHash func() hash.Hash, secret, seed []byte, n int) []byte {
	var out []byte
	h := hmac.New(newHash, secret)
	h.Write(seed)
	a := h.Sum(nil)
	for len(out) < n {
		h.Reset()
		h.Write(a)
		h.Write(seed)
		out = h.Sum(out)
		h.Reset()
		h.Write(a)
		a = h.Sum(nil)
	}
	return out[:n]
}

// prf is the pseudorandom function of TLS 1.0 to 1.2; the seed includes no label.
func prf(version uint16, suite names.Suite, secret []byte, label string, seed []byte, n int) []byte {
	seed = append([]byte(label), seed...)
	if version >= TLS12 {
		return pHash(suiteHash(suite), secret, seed, n)
	}
	return prf10(secret, seed, n)
}

// prf10 splits the secret between MD5 and SHA-1 (RFC 2246 §5); the halves share a byte when its length is odd.
func prf10(secret, seed []byte, n int) []byte {
	half := (len(secret) + 1) / 2
	out := pHash(md5.New, secret[:half], seed, n)
	for i, b := range pHash(sha1.New, secret[len(secret)-half:], seed, n) {
		out[i] ^= b
	}
	return out
}

// ssl3PRF is the derivation of RFC 6101 §6.1 and §6.2.2: MD5 over SHA-1 over "A", "BB", "CCC" and so on.
func ssl3PRF(secret, seed []byte, n int) []byte {
	var out []byte
	for i := 1; len(out) < n; i++ {
		inner := sha1.New()
		inner.Write(bytes.Repeat([]byte{byte('A' + i - 1)}, i))
		inner.Write(secret)
		inner.Write(seed)
		outer := md5.New()
		outer.Write(secret)
		outer.Write(inner.Sum(nil))
		out = outer.Sum(out)
	}
	return out[:n]
}

// ssl3PadLen is how often the pad byte of SSLv3 repeats for a hash of this size (RFC 6101 §5.2.3.1).
func ssl3PadLen(hashSize int) int {
	if hashSize == md5.Size {
		return 48
	}
	return 40
}

// masterSecret turns the premaster secret into the master secret (RFC 5246 §8.1).
func masterSecret(version uint16, suite names.Suite, premaster, clientRandom, serverRandom []byte) []byte {
	seed := join(clientRandom, serverRandom)
	if version == SSLv3 {
		return ssl3PRF(premaster, seed, masterSecretLen)
	}
	return prf(version, suite, premaster, "master secret", seed, masterSecretLen)
}

// extendedMasterSecret binds the master secret to the handshake up to the ClientKeyExchange (RFC 7627 §4).
func extendedMasterSecret(version uint16, suite names.Suite, premaster, transcript []byte) []byte {
	seed := transcriptHash(version, suite, transcript)
	return prf(version, suite, premaster, "extended master secret", seed, masterSecretLen)
}

// keyBlock derives n bytes of keys; the randoms stand the other way round than in masterSecret (RFC 5246 §6.3).
func keyBlock(version uint16, suite names.Suite, master, clientRandom, serverRandom []byte, n int) []byte {
	seed := join(serverRandom, clientRandom)
	if version == SSLv3 {
		return ssl3PRF(master, seed, n)
	}
	return prf(version, suite, master, "key expansion", seed, n)
}

// transcriptHash is the hash of the handshake messages of TLS 1.0 to 1.2: MD5 and SHA-1 before TLS 1.2.
func transcriptHash(version uint16, suite names.Suite, transcript []byte) []byte {
	if version >= TLS12 {
		return sum(suiteHash(suite), transcript)
	}
	return join(sum(md5.New, transcript), sum(sha1.New, transcript))
}

// finished computes the verify_data that side sends in SSLv3 to TLS 1.2 (RFC 5246 §7.4.9).
func finished(version uint16, suite names.Suite, master []byte, side Side, transcript []byte) []byte {
	if version == SSLv3 {
		return join(ssl3Finished(md5.New, master, side, transcript), ssl3Finished(sha1.New, master, side, transcript))
	}
	label := side.String() + " finished"
	return prf(version, suite, master, label, transcriptHash(version, suite, transcript), finishedLen)
}

// ssl3Finished is one half of the Finished message of RFC 6101 §5.6.9.
func ssl3Finished(newHash func() hash.Hash, master []byte, side Side, transcript []byte) []byte {
	sender := "CLNT"
	if side == ServerSide {
		sender = "SRVR"
	}
	n := ssl3PadLen(newHash().Size())
	inner := sum(newHash, transcript, []byte(sender), master, bytes.Repeat([]byte{0x36}, n))
	return sum(newHash, master, bytes.Repeat([]byte{0x5c}, n), inner)
}

// sum hashes the parts, one after the other.
func sum(newHash func() hash.Hash, parts ...[]byte) []byte {
	h := newHash()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// join copies the parts into one new slice.
func join(parts ...[]byte) []byte {
	return bytes.Join(parts, nil)
}
