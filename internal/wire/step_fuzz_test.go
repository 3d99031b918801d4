package wire

import (
	"errors"
	"math/big"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// FuzzStepping: whatever a server sends as modulus, generator and value, the search ends within its steps, with numbers
// that begin as wished or with a reason.
func FuzzStepping(f *testing.F) {
	p := FFDHEPrime(names.FFDHE2048).Bytes()
	even := append([]byte{}, p...)
	even[len(even)-1]--
	f.Add(p, []byte{2}, []byte{0x12, 0x34, 0x56}, byte(1), byte(2))
	f.Add(p, []byte{2}, []byte{1}, byte(1), byte(1))
	f.Add(even, []byte{2}, []byte{3}, byte(1), byte(0))
	f.Add(append([]byte{1}, make([]byte, 64)...), []byte{}, p, byte(2), byte(1))
	f.Fuzz(func(t *testing.T, modulus, generator, value []byte, secret, public byte) {
		if len(modulus) > 300 || len(generator) > 300 || len(value) > 300 {
			return
		}
		const most = 600
		s := Stepping{P: new(big.Int).SetBytes(modulus), G: new(big.Int).SetBytes(generator), Peer: new(big.Int).SetBytes(value),
			Secret: Wish(secret % 3), Public: Wish(public % 3), Max: most, Rand: steady()}
		x, steps, err := s.Exponent()
		var named *StepError
		if steps > most || err != nil && (!errors.As(err, &named) || named.Reason == "") {
			t.Fatalf("%d steps, %v", steps, err)
		}
		if err != nil {
			return
		}
		if s.Secret != AnyStart && starts(new(big.Int).Exp(s.Peer, x, s.P), s.P) != s.Secret {
			t.Errorf("the secret does not begin as wished")
		}
		if s.Public != AnyStart && starts(new(big.Int).Exp(s.G, x, s.P), s.P) != s.Public {
			t.Errorf("the public value does not begin as wished")
		}
	})
}
