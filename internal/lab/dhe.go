package lab

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"io"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// The flags that make a diagnosis look for what fails once in many connections, and for certain forms of a hello.
const (
	deep    = "--deep"
	deepAll = "--deep=all"
)

// rareFaults are servers that a diagnosis finds sound, and that break a connection only now and then: when a secret, a
// public value or a ciphertext begins with a zero byte, as one in 256 does.
func rareFaults() []Fault {
	return []Fault{
		rare("dhe-leading-zero", "", "the server keeps the leading zeros of a DHE secret: 1 in 256 connections with a TLS_DHE suite is reset",
			deep, withRSA, curt(keepingZeros, nothing)),
		rare("dhe-public-value-short", "", "the server resets when a DHE public value is shorter than the prime: 1 in 256 connections of clients that do not pad it",
			deep, withRSA, curt(likeSchannel, shortPublic)),
		rare("peer-implementation-bug", "ecdhe-zero", "the server strips the leading zeros of a P-256 secret: 1 in 256 connections with TLS 1.2 and P-256 fails",
			deepAll, engine(strippingZeros)),
		rare("peer-implementation-bug", "rsa-zero", "the server does not take an encrypted premaster secret that begins with zero: 1 in 256 connections with a TLS_RSA suite fails",
			deepAll, withRSA, engine(shortCiphertexts)),
	}
}

// rare is a fault that a diagnosis meets only by experiments that it is asked for.
func rare(slug, kind, says, flag string, changes ...func(*site) error) Fault {
	return Fault{Slug: slug, Kind: kind, Says: says, Protos: anyProto, Needs: []string{flag}, Start: serving(append(changes, needing(flag))...)}
}

// deepAllTotal is more than any of the faults takes to be proven by everything, and fewer than a MySQL server counts before
// it blocks a host.
const deepAllTotal = "80"

// needing hands over a flag without which a diagnosis does not meet the fault. A MySQL server
// counts connections against max_connect_errors, so that a diagnosis which is not told a number makes fewer of them than
// everything takes.
func needing(flag string) func(*site) error {
	return func(s *site) error {
		s.flags = append(s.flags, flag)
		if s.proto.ID == "mysql" && flag == deepAll {
			s.flags = append(s.flags, "--max-connections", deepAllTotal)
		}
		return nil
	}
}

// likeSchannel is TLS 1.2 of Windows with an RSA certificate as far as DHE goes: its suites come before the ECDHE ones
// with CBC, so that clients which have both use it (KB4557473), and the generator is written at the length of the prime.
func likeSchannel(c *wire.ServerConfig) {
	c.Suites = []uint16{
		names.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
		names.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		names.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	}
	c.GeneratorLen = 2048 / 8
}

// keepingZeros takes the secret at the length of the prime, where RFC 5246 §8.1.2 has its leading zeros stripped.
func keepingZeros(c *wire.ServerConfig) {
	likeSchannel(c)
	c.Premaster = func(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte { return secret }
}

// shortPublic: the client's value came in fewer bytes than the prime has.
func shortPublic(f *wire.Flight) bool {
	return len(f.ClientYc) > 0 && len(f.ClientYc) < f.KeyExchange.PLen
}

func nothing(*wire.Flight) bool { return false }

// strippingZeros takes the leading zeros off a secret of P-256, which keeps them (RFC 8422 §5.10), as it does off one of
// TLS_DHE, where that is right (RFC 5246 §8.1.2).
func strippingZeros(c *wire.ServerConfig) {
	c.Groups = []uint16{names.X25519, names.P256}
	c.Premaster = func(_ string, secret []byte, ske *wire.ServerKeyExchange) []byte {
		if ske != nil && ske.Group == names.X25519 {
			return secret
		}
		return bytes.TrimLeft(secret, "\x00")
	}
}

// shortCiphertexts is a server of RSA key exchange, for clients that have nothing better, which takes the ciphertext for
// a number, loses its leading zeros and finds it too short (RFC 8017 §7.2.2 step 1).
func shortCiphertexts(c *wire.ServerConfig) {
	c.Suites = []uint16{
		names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		names.TLS_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_256_GCM_SHA384, names.TLS_RSA_WITH_AES_128_CBC_SHA,
	}
	if key, ok := c.Key.(*rsa.PrivateKey); ok {
		c.Key = numberDecrypter{key}
	}
}

// A numberDecrypter is an RSA key that refuses ciphertexts with a leading zero.
type numberDecrypter struct{ *rsa.PrivateKey }

func (d numberDecrypter) Decrypt(random io.Reader, ciphertext []byte, options crypto.DecrypterOpts) ([]byte, error) {
	if len(ciphertext) > 0 && ciphertext[0] == 0 {
		return nil, rsa.ErrDecryption
	}
	return d.PrivateKey.Decrypt(random, ciphertext, options)
}
