package wire

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// stepGroup is a group of RFC 7919 with a public value of the other side.
func stepGroup(t testing.TB, group uint16) Stepping {
	t.Helper()
	p, g := FFDHEPrime(group), big.NewInt(2)
	other, err := newDHKey(p, g, nil, systemRandom(nil))
	if err != nil {
		t.Fatal(err)
	}
	return Stepping{P: p, G: g, Peer: other.y}
}

// starts tells how a number begins when it is written at the length of p.
func starts(v, p *big.Int) Wish {
	if v.FillBytes(make([]byte, (p.BitLen()+7)/8))[0] == 0 {
		return ZeroStart
	}
	return FullStart
}

// TestSteppingFinds: the exponent found makes secret and public value begin as wished, by exponentiation.
func TestSteppingFinds(t *testing.T) {
	base := stepGroup(t, names.FFDHE2048)
	for _, want := range [][2]Wish{{ZeroStart, AnyStart}, {ZeroStart, FullStart}, {AnyStart, ZeroStart}, {FullStart, ZeroStart}, {FullStart, FullStart}} {
		s := base
		s.Secret, s.Public = want[0], want[1]
		for range 3 {
			x, steps, err := s.Exponent()
			if err != nil {
				t.Fatalf("%v: %v after %d steps", want, err, steps)
			}
			z, y := new(big.Int).Exp(s.Peer, x, s.P), new(big.Int).Exp(s.G, x, s.P)
			if want[0] != AnyStart && starts(z, s.P) != want[0] || want[1] != AnyStart && starts(y, s.P) != want[1] {
				t.Errorf("wanted %v: secret %v, public value %v", want, starts(z, s.P), starts(y, s.P))
			}
		}
	}
}

// TestSteppingBoth: secret and public value begin with zero at once; a small group makes the 65,536 steps short.
func TestSteppingBoth(t *testing.T) {
	p, _ := new(big.Int).SetString("fca682ce8e12caba26efccf7110e526db078b05edecbcd1eb4a208f3ae1617ae01f35b91a47e6df63413c5e12ed0899bcd132acd50d99151bdc43ee737592e17", 16)
	s := Stepping{P: p, G: big.NewInt(2), Peer: new(big.Int).Exp(big.NewInt(2), big.NewInt(123456789), p), Secret: ZeroStart, Public: ZeroStart}
	x, _, err := s.Exponent()
	if err != nil {
		t.Fatal(err)
	}
	if starts(new(big.Int).Exp(s.Peer, x, p), p) != ZeroStart || starts(new(big.Int).Exp(s.G, x, p), p) != ZeroStart {
		t.Error("one of the two begins with no zero byte")
	}
}

// TestSteppingIsRandom: two searches take other exponents.
func TestSteppingIsRandom(t *testing.T) {
	s := stepGroup(t, names.FFDHE2048)
	s.Secret = ZeroStart
	a, _, err1 := s.Exponent()
	b, _, err2 := s.Exponent()
	if err1 != nil || err2 != nil || a.Cmp(b) == 0 {
		t.Errorf("%v and %v: %v, %v", a, b, err1, err2)
	}
}

// TestSteppingTakesFew: a number below the primes of RFC 7919 begins with a zero byte once in 256 times, so that the mean
// of 400 searches, whose standard deviation is 255/20, lies within six of it.
func TestSteppingTakesFew(t *testing.T) {
	s := stepGroup(t, names.FFDHE2048)
	s.Secret = ZeroStart
	const searches = 400
	sum := 0
	for range searches {
		_, steps, err := s.Exponent()
		if err != nil {
			t.Fatal(err)
		}
		sum += steps
	}
	if mean := float64(sum) / searches; math.Abs(mean-256) > 6*255/20 {
		t.Errorf("%.0f steps in the mean", mean)
	}
}

// TestSteppingRefuses: what a hostile server sends ends with its name, and without work.
func TestSteppingRefuses(t *testing.T) {
	good := stepGroup(t, names.FFDHE2048)
	p, one := good.P, big.NewInt(1)
	over := new(big.Int).Add(powerOfTwo(2048), big.NewInt(981)) // the prime above 2^2048
	huge := new(big.Int).Add(powerOfTwo(16383), one)
	for name, test := range map[string]struct {
		change func(*Stepping)
		reason string
	}{
		"even":           {func(s *Stepping) { s.P = new(big.Int).Sub(p, one) }, ReasonPrimeEven},
		"tiny":           {func(s *Stepping) { s.P = big.NewInt(65537) }, ReasonPrimeTiny},
		"16,384 bits":    {func(s *Stepping) { s.P = huge }, ReasonPrimeHuge},
		"generator 1":    {func(s *Stepping) { s.G = one }, ReasonBadGenerator},
		"generator p-1":  {func(s *Stepping) { s.G = new(big.Int).Sub(p, one) }, ReasonBadGenerator},
		"value 0":        {func(s *Stepping) { s.Peer = new(big.Int) }, ReasonBadPublic},
		"value 1":        {func(s *Stepping) { s.Peer = one }, ReasonBadPublic},
		"value p-1":      {func(s *Stepping) { s.Peer = new(big.Int).Sub(p, one) }, ReasonBadPublic},
		"value p":        {func(s *Stepping) { s.Peer = p }, ReasonBadPublic},
		"only zeros":     {func(s *Stepping) { s.P, s.Secret = over, FullStart }, ReasonEveryZero},
		"spent":          {func(s *Stepping) { s.Max, s.Public = 2, ZeroStart; s.Rand = steady() }, ReasonStepsSpent},
		"order of three": {func(s *Stepping) { s.P, s.Peer = cubeRoot(t) }, ReasonSmallOrder},
	} {
		s := good
		s.Secret = ZeroStart
		test.change(&s)
		_, steps, err := s.Exponent()
		var named *StepError
		if !errors.As(err, &named) || named.Reason != test.reason {
			t.Errorf("%s: %v", name, err)
		}
		if steps > 3 {
			t.Errorf("%s: %d steps", name, steps)
		}
	}
}

// cubeRoot is a prime of 512 bits and a number of order three below it, whose powers but 1 fill all bytes.
func cubeRoot(t *testing.T) (p, root *big.Int) {
	t.Helper()
	one, three := big.NewInt(1), big.NewInt(3)
	p = new(big.Int).Lsh(three, 510)
	for p.Add(p, one); !p.ProbablyPrime(20) || new(big.Int).Mod(p, three).Cmp(one) != 0; p.Add(p, one) {
	}
	third := new(big.Int).Div(p, three) // (p-1)/3
	for h := int64(2); ; h++ {
		root = new(big.Int).Exp(big.NewInt(h), third, p)
		if root.Cmp(one) != 0 && starts(root, p) == FullStart && starts(new(big.Int).Exp(root, big.NewInt(2), p), p) == FullStart {
			return p, root
		}
	}
}
