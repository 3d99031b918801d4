package wire

import (
	"crypto"
	"errors"
	"io"
	"math/big"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// startsWithZero is the rare case; the control is its opposite.
func startsWithZero(_ string, secret, sent []byte) bool { return secret[0] == 0 || sent[0] == 0 }

// A secret of P-256 that starts with zeros keeps them (RFC 8422 §5.10), and an encrypted secret of RSA that starts with
// a zero byte is as long as the modulus (RFC 5246 §7.4.7.1 by RFC 8017 §7.2.1): OpenSSL agrees with both.
func TestDrawsAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	for _, suite := range []uint16{names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_128_GCM_SHA256} {
		hello := helloFor(TLS12, suite)
		hello.Groups = []uint16{names.P256}
		for range 3 {
			drawn := false
			config := ClientConfig{Hello: hello, Suits: func(kind string, secret, sent []byte) bool {
				drawn = drawn || startsWithZero(kind, secret, sent)
				return startsWithZero(kind, secret, sent)
			}}
			c, conn, err := dialled(t, addr, config)
			if err != nil || !drawn {
				t.Fatalf("%s: drawn %t, %v", names.SuiteName(suite), drawn, err)
			}
			exchange(t, c, conn, "ab\n", "ba\n")
		}
	}
}

// Stripping them makes other keys, which OpenSSL notices.
func TestStrippedPointSecretAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	hello := helloFor(TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	hello.Groups = []uint16{names.P256}
	_, _, err := dialled(t, addr, ClientConfig{Hello: hello, Premaster: stripZeros,
		Suits: func(_ string, secret, _ []byte) bool { return secret[0] == 0 }})
	wantAlert(t, err, AlertBadRecordMAC)
}

func TestDrawIsBounded(t *testing.T) {
	draws := 0
	client, server := plainConfigs(t, TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	client.Suits = func(string, []byte, []byte) bool { draws++; return false }
	p := newPair(t, client, server).run()
	wantLocal(t, p.clientErr, ReasonCannotComplete)
	if draws != maxDraws {
		t.Errorf("%d draws", draws)
	}
}

// A key that was made to cost time is not used again and again.
func TestDrawRefusesCostlyKeys(t *testing.T) {
	for bits, e := range map[int]int64{8192: 65537, 2048: 1<<40 + 1} {
		key := &rsaKey{n: new(big.Int).Add(powerOfTwo(uint(bits-1)), big.NewInt(1)), e: big.NewInt(e)}
		if key.cheap() {
			t.Errorf("%d bits, exponent %d", bits, e)
		}
	}
	if small := (&rsaKey{n: powerOfTwo(4095), e: big.NewInt(65537)}); !small.cheap() {
		t.Error("4096 bits")
	}
}

// Signer is a key whose Sign is a function.
type signer struct {
	crypto.Signer
	sign func(random io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error)
}

func (s signer) Sign(random io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	return s.sign(random, digest, options)
}

// A client's key may be wrapped: its errors end the handshake.
func TestWrappedClientKey(t *testing.T) {
	id := testIdentity(t, "p256")
	client, server := plainConfigs(t, TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	server.ClientAuth = ClientAuthRequest
	broken := errors.New("token removed")
	client.Certificate = &ClientCertificate{Chain: id.chain, Key: signer{id.key,
		func(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, broken }}}
	p := newPair(t, client, server).run()
	wantLocal(t, p.clientErr, ReasonInternal)
	if !errors.Is(p.clientErr, broken) {
		t.Error(p.clientErr)
	}
}
