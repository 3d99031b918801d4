package wire

import (
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/tlswhy/tlswhy/internal/names"
)

// FFDHEPrime is the prime of a group of RFC 7919 (256 to 260), whose generator is 2; nil for any other group.
// Appendix A gives each as a formula, which is used here in place of 1,700 hexadecimal digits:
// p = 2^b - 2^(b-64) + (floor(2^(b-130) e) + X) 2^64 - 1.
func FFDHEPrime(group uint16) *big.Int {
	switch group {
	case names.FFDHE2048:
		return ffdhePrime(2048, 560316)
	case names.FFDHE3072:
		return ffdhePrime(3072, 2625351)
	case names.FFDHE4096:
		return ffdhePrime(4096, 5736041)
	case names.FFDHE6144:
		return ffdhePrime(6144, 15705020)
	case names.FFDHE8192:
		return ffdhePrime(8192, 10965728)
	}
	return nil
}

func ffdhePrime(bits uint, x int64) *big.Int {
	p := eulerShifted(bits - 130)
	p.Add(p, big.NewInt(x))
	p.Lsh(p, 64)
	p.Add(p, powerOfTwo(bits))
	p.Sub(p, powerOfTwo(bits-64))
	return p.Sub(p, big.NewInt(1))
}

func powerOfTwo(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }

// eulerShifted is floor(e * 2^n), from the series of 1/k! with 64 bits to spare for the rounding of its terms.
func eulerShifted(n uint) *big.Int {
	const guard = 64
	term := powerOfTwo(n + guard)
	sum := new(big.Int)
	for k := int64(1); term.Sign() > 0; k++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(k))
	}
	return sum.Rsh(sum, guard)
}

// ffdheExponentBytes suits the largest of the groups: RFC 7919 appendix A.5 asks for 400 bits.
const ffdheExponentBytes = 50

// A finiteField is a group of RFC 7919.
type finiteField struct {
	p *big.Int
}

func (f finiteField) generate(random io.Reader) ([]byte, agreement, error) {
	b, err := randomBytes(random, ffdheExponentBytes)
	if err != nil {
		return nil, nil, err
	}
	b[0] |= 0x80 // never a short exponent, whatever the reader gives
	x := new(big.Int).SetBytes(b)
	y := new(big.Int).Exp(big.NewInt(2), x, f.p)
	return f.encode(y), fieldKey{f, x}, nil
}

func (f finiteField) respond(peer []byte, random io.Reader) ([]byte, []byte, error) {
	public, key, err := f.generate(random)
	if err != nil {
		return nil, nil, err
	}
	secret, err := key.agree(peer)
	return public, secret, err
}

// encode pads to the size of the prime (RFC 8446 §4.2.8.1, §7.4.1).
func (f finiteField) encode(v *big.Int) []byte {
	return v.FillBytes(make([]byte, f.size()))
}

func (f finiteField) size() int { return (f.p.BitLen() + 7) / 8 }

type fieldKey struct {
	group finiteField
	x     *big.Int
}

// agree refuses 0, 1 and p-1, which would give the secret away (RFC 7919 §5.1).
func (k fieldKey) agree(peer []byte) ([]byte, error) {
	if len(peer) != k.group.size() {
		return nil, fmt.Errorf("%d bytes where the group takes %d", len(peer), k.group.size())
	}
	y := new(big.Int).SetBytes(peer)
	if !insideGroup(y, k.group.p) {
		return nil, errors.New("public value outside 2 to p-2")
	}
	return k.group.encode(y.Exp(y, k.x, k.group.p)), nil
}
