package wire

import (
	"bytes"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Lengths of the shares of client and server and of the secret: RFC 8446 §4.2.8, RFC 7919,
// draft-ietf-tls-ecdhe-mlkem §3.
var shareSizes = []struct {
	group                  uint16
	client, server, secret int
}{
	{names.X25519, 32, 32, 32}, {names.P256, 65, 65, 32}, {names.P384, 97, 97, 48}, {names.P521, 133, 133, 66},
	{names.FFDHE2048, 256, 256, 256}, {names.FFDHE3072, 384, 384, 384}, {names.FFDHE4096, 512, 512, 512},
	{names.X25519MLKEM768, 1216, 1120, 64}, {names.SecP256r1MLKEM768, 1249, 1153, 64},
	{names.SecP384r1MLKEM1024, 1665, 1665, 80},
}

func TestSharesAgree(t *testing.T) {
	for _, c := range shareSizes {
		share, err := GenerateShare(c.group, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, theirs, err := Respond(c.group, share.Public, nil)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := share.Secret(answer)
		if err != nil || !bytes.Equal(ours, theirs) {
			t.Errorf("%s: %x and %x (%v)", names.Group(c.group), ours, theirs, err)
		}
		if len(share.Public) != c.client || len(answer) != c.server || len(ours) != c.secret {
			t.Errorf("%s: %d, %d, %d bytes", names.Group(c.group), len(share.Public), len(answer), len(ours))
		}
	}
}

func TestSharesRefuseBadPeers(t *testing.T) {
	for _, c := range shareSizes {
		share, err := GenerateShare(c.group, nil)
		if err != nil {
			t.Fatal(err)
		}
		for what, bad := range map[string][]byte{
			"nothing": nil, "one byte": {4}, "zeros": make([]byte, c.server), "ones": bytes.Repeat([]byte{0xff}, c.server),
			"one too many": append(bytes.Clone(share.Public), 0),
		} {
			// X25519 takes any 32 bytes but those of small order, and ML-KEM any ciphertext (FIPS 203 §6.3).
			if what == "ones" && strings.HasPrefix(names.Group(c.group), "X25519") {
				continue
			}
			if secret, err := share.Secret(bad); err == nil {
				t.Errorf("%s: %s gave %x", names.Group(c.group), what, secret)
			}
			if _, secret, err := Respond(c.group, bad, nil); err == nil {
				t.Errorf("%s: answer to %s gave %x", names.Group(c.group), what, secret)
			}
		}
	}
}

func TestShareUnsupported(t *testing.T) {
	for _, group := range []uint16{names.X448, 0, 0x0a0a, 261} {
		if _, err := GenerateShare(group, nil); !errors.Is(err, ErrGroupUnsupported) {
			t.Errorf("group %d: %v", group, err)
		}
		if _, _, err := Respond(group, []byte{1}, nil); !errors.Is(err, ErrGroupUnsupported) {
			t.Errorf("answer in group %d: %v", group, err)
		}
	}
	var none *ShareKeys
	if _, err := none.Shared(names.X25519, make([]byte, 32)); err == nil {
		t.Error("a secret without a share")
	}
}

// A random source that is stuck or ends must give an error, not a hang.
func TestShareRandomness(t *testing.T) {
	for _, c := range shareSizes {
		if _, err := GenerateShare(c.group, strings.NewReader("short")); err == nil {
			t.Errorf("%s: a share from 5 bytes", names.Group(c.group))
		}
	}
	if _, err := GenerateShare(names.P256, stuck(0xff)); err == nil {
		t.Error("a P-256 key above the order")
	}
}

type stuck byte

func (s stuck) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s)
	}
	return len(b), nil
}

var _ io.Reader = stuck(0)

// The digits at both ends are those printed in RFC 7919 appendix A; that all between are right too shows in
// TestSharesAgainstOpenSSL.
func TestFFDHEPrime(t *testing.T) {
	for group, end := range map[uint16]string{
		names.FFDHE2048: "886b4238" + "61285c97" + "ffffffffffffffff",
		names.FFDHE3072: "25e41d2b" + "66c62e37" + "ffffffffffffffff",
		names.FFDHE4096: "c68a007e" + "5e655f6a" + "ffffffffffffffff",
		names.FFDHE6144: "a41d570d" + "7938dad4" + "a40e329c" + "d0e40e65" + "ffffffffffffffff",
		names.FFDHE8192: "d68c8bb7" + "c5c6424c" + "ffffffffffffffff",
	} {
		got := FFDHEPrime(group).Text(16)
		if !strings.HasPrefix(got, "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695") || !strings.HasSuffix(got, end) {
			t.Errorf("%s: %s", names.Group(group), got)
		}
	}
	p := FFDHEPrime(names.FFDHE2048)
	if !p.ProbablyPrime(0) || !new(big.Int).Rsh(p, 1).ProbablyPrime(0) {
		t.Error("ffdhe2048 is no safe prime")
	}
	if FFDHEPrime(names.X25519) != nil || FFDHEPrime(261) != nil {
		t.Error("a prime for another group")
	}
}

// RFC 8446 §7.4.1: the secret is as long as the prime, leading zeros included. With 2^8 as the peer's value and
// this exponent the product stays below 2^2040.
func TestFFDHEKeepsLeadingZeros(t *testing.T) {
	field := finiteField{FFDHEPrime(names.FFDHE2048)}
	secret, err := fieldKey{field, big.NewInt(200)}.agree(field.encode(big.NewInt(256)))
	if err != nil || len(secret) != 256 || new(big.Int).SetBytes(secret).BitLen() != 1601 {
		t.Errorf("%d bytes, %v", len(secret), err)
	}
}
