package wire

import (
	"fmt"
	"io"
	"math/big"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A Wish is how a number of a Diffie-Hellman exchange shall begin when it is written at the length of the prime.
type Wish uint8

// The wishes.
const (
	AnyStart  Wish = iota // left to chance
	ZeroStart             // with at least one zero byte
	FullStart             // with no zero byte
)

// Reasons of a StepError, and those of a Refusal made from it.
const (
	ReasonPrimeEven      = "dh-prime-even"
	ReasonPrimeComposite = "dh-prime-composite"
	ReasonPrimeTiny      = "dh-prime-tiny"
	ReasonPrimeHuge      = "dh-prime-huge"
	ReasonBadGenerator   = "dh-generator"
	ReasonBadPublic      = "dh-public-value"
	ReasonSmallOrder     = "dh-small-order"
	ReasonStepsSpent     = "dh-steps-spent"
	ReasonEveryZero      = "dh-every-zero"
	stepMinBits          = 512
	stepExponentBytes    = 50      // RFC 7919 §5.2 asks for twice the strength: 400 bits for the largest group
	defaultSteps         = 1 << 14 // one number: 256 are enough on average, 4,000 in all but one of ten million searches
	defaultStepsForBoth  = 1 << 20 // both numbers at once: 65,536 on average
)

// A StepError says why no exponent was found.
type StepError struct {
	Reason string
	Detail string
}

// Error tells reason and detail.
func (e *StepError) Error() string { return e.Reason + ": " + e.Detail }

func stepError(reason, format string, args ...any) error {
	return &StepError{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// A Stepping is a search for an exponent x of ours such that the secret Peer^x mod P, or our public value G^x mod P, begins
// as wished. From one exponent to the next each number takes a single multiplication, where a new one would take an
// exponentiation. All of it may come from an enemy: the work is bounded, and each way to end without result has a name.
type Stepping struct {
	P, G   *big.Int
	Peer   *big.Int // the other side's public value; not looked at when Secret is AnyStart
	Secret Wish
	Public Wish
	Max    int       // steps at most; 0: enough
	Rand   io.Reader // nil: the system's
}

// Exponent makes the search. It tells how many steps were made, with a result or without: the error is a *StepError, or
// that of Rand.
func (s Stepping) Exponent() (x *big.Int, steps int, err error) {
	if err := s.check(); err != nil {
		return nil, 0, err
	}
	b, err := randomBytes(systemRandom(s.Rand), min(stepExponentBytes, (s.P.BitLen()-1)/8))
	if err != nil {
		return nil, 0, err
	}
	b[0] |= 0x80
	return s.search(new(big.Int).SetBytes(b))
}

// check names what would make the search endless, or its result worthless.
func (s Stepping) check() error {
	switch bits := s.P.BitLen(); {
	case bits < stepMinBits:
		return stepError(ReasonPrimeTiny, "a prime of %d bits", bits)
	case bits > maxDHBits:
		return stepError(ReasonPrimeHuge, "a prime of %d bits", bits)
	case s.P.Bit(0) == 0:
		return stepError(ReasonPrimeEven, "a modulus of %d bits that is even", bits)
	case !insideGroup(s.G, s.P):
		return stepError(ReasonBadGenerator, "a generator outside 2 to p-2")
	case s.Secret != AnyStart && !insideGroup(s.Peer, s.P):
		return stepError(ReasonBadPublic, "a public value outside 2 to p-2")
	case s.noFullStart():
		return stepError(ReasonEveryZero, "every number below this prime of %d bits begins with a zero byte", bits)
	}
	return nil
}

// noFullStart: what is wished for is too rare to be met.
func (s Stepping) noFullStart() bool {
	return (s.Secret == FullStart || s.Public == FullStart) && EveryZero(s.P)
}

// search tries x, x+1, x+2 …
func (s Stepping) search(x *big.Int) (*big.Int, int, error) {
	most := s.Max
	if most == 0 {
		most = defaultSteps
		if s.Secret == ZeroStart && s.Public == ZeroStart {
			most = defaultStepsForBoth
		}
	}
	secret, public := s.walker(s.Peer, s.Secret, x), s.walker(s.G, s.Public, x)
	for steps := 1; steps <= most; steps++ {
		inSecret, inPublic := secret.begins(), public.begins() // both are asked: each notes what it meets
		if inSecret && inPublic {
			return x.Add(x, big.NewInt(int64(steps-1))), steps, nil
		}
		if secret.step() || public.step() {
			return nil, steps, stepError(ReasonSmallOrder, "its powers repeat after %d steps, none begins as it should", steps)
		}
	}
	return nil, most, stepError(ReasonStepsSpent, "%d steps", most)
}

// A walker follows one number from exponent to exponent.
type walker struct {
	base, p, limit *big.Int // below the limit a number begins with a zero byte
	wish           Wish
	at, from       *big.Int
	met            bool // some number on the way began as wished
	product        *big.Int
	quotient       *big.Int
}

func (s Stepping) walker(base *big.Int, wish Wish, x *big.Int) *walker {
	if wish == AnyStart {
		return &walker{}
	}
	from := new(big.Int).Exp(base, x, s.P)
	return &walker{base: base, p: s.P, limit: zeroLimit(s.P), wish: wish, from: from, at: new(big.Int).Set(from),
		product: new(big.Int), quotient: new(big.Int)}
}

// begins reports whether the number begins as wished.
func (w *walker) begins() bool {
	if w.wish == AnyStart {
		return true
	}
	ok := (w.at.Cmp(w.limit) < 0) == (w.wish == ZeroStart) && w.at.BitLen() > 1 // many refuse 0 and 1 (SP 800-56A §5.7.1.1)
	w.met = w.met || ok
	return ok
}

// step goes on to the next exponent. True: the number is back where it began without having begun as wished, and will
// never do so.
func (w *walker) step() bool {
	if w.wish == AnyStart {
		return false
	}
	w.product.Mul(w.at, w.base)
	w.quotient.QuoRem(w.product, w.p, w.at)
	return !w.met && w.at.Cmp(w.from) == 0
}

// zeroLimit is the least number that fills all bytes of p.
func zeroLimit(p *big.Int) *big.Int { return powerOfTwo(uint(8 * ((p.BitLen()+7)/8 - 1))) }

// ZeroShare is how often a number below p, written at the length of p, begins with a zero byte: 2^(8(len-1))/p. That is
// 1/256 for the groups of RFC 3526 and RFC 7919, and nearly 1 for a prime just above a byte boundary.
func ZeroShare(p *big.Int) float64 {
	if p.Sign() <= 0 {
		return 0
	}
	const precision = 64
	limit := new(big.Float).SetPrec(precision).SetInt(zeroLimit(p))
	share, _ := limit.Quo(limit, new(big.Float).SetPrec(precision).SetInt(p)).Float64()
	return min(share, 1)
}

// EveryZero reports a prime below which, for all practical purposes, every number begins with a zero byte.
func EveryZero(p *big.Int) bool { return ZeroShare(p) > 1-1.0/256 }

// Composite reports a modulus that is certainly no prime, by the test of Baillie, Pomerance, Selfridge and Wagstaff. Its
// time is bounded: of moduli above 4096 bits, which take too long, and of those of RFC 7919 nothing is looked at.
func Composite(p *big.Int) bool {
	if p.BitLen() > 4096 {
		return false
	}
	for _, group := range []uint16{names.FFDHE2048, names.FFDHE3072, names.FFDHE4096} {
		if p.Cmp(FFDHEPrime(group)) == 0 {
			return false
		}
	}
	return !p.ProbablyPrime(0)
}
