package lab

import (
	"math/big"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A testGroup is a Diffie-Hellman group to examine clients with. Those but ffdhe are for tests only: they protect nothing.
type testGroup struct {
	name  string
	order int64 // of the generator where it is small; 0: large
	group func() *wire.DHGroup
}

// testGroups are the groups in the order in which they are offered, the most telling first. In over2049 the secret
// of nearly every handshake starts with a zero byte, as the prime is just above a byte boundary; clients that want
// primes of a multiple of 64 bits (Java) refuse it. In a repunit group it does in (r-2)/r of all. In ffdhe2048 it is
// left to chance, one in 256, because the server of TLS 1.2 speaks first.
func testGroups() []testGroup {
	return []testGroup{
		{"over2049", 0, over2049},
		{"rep2048_127", 127, func() *wire.DHGroup { return repunit(77986, 127) }},
		{"rep3072_127", 127, func() *wire.DHGroup { return repunit(21727691, 127) }},
		{"rep4096_127", 127, func() *wire.DHGroup { return repunit(6075298849, 127) }},
		{"ffdhe2048", 0, ffdhe2048},
	}
}

// groupNamed is a group by its name, or ffdhe2048.
func groupNamed(name string) testGroup {
	all := testGroups()
	for _, g := range all {
		if g.name == name {
			return g
		}
	}
	return all[len(all)-1]
}

// over2049 has the prime 2^2048+981.
func over2049() *wire.DHGroup {
	p := new(big.Int).Lsh(big.NewInt(1), 2048)
	return &wire.DHGroup{P: p.Add(p, big.NewInt(981)), G: big.NewInt(2)}
}

// repunit is the group with the prime (b^r-1)/(b-1) and the generator b: its powers are 1, b, b^2 … b^(r-1), all but
// the last shorter than the prime.
func repunit(b, r int64) *wire.DHGroup {
	base, one := big.NewInt(b), big.NewInt(1)
	p := new(big.Int).Exp(base, big.NewInt(r), nil)
	p.Sub(p, one).Quo(p, new(big.Int).Sub(base, one))
	return &wire.DHGroup{P: p, G: base}
}

func ffdhe2048() *wire.DHGroup {
	return &wire.DHGroup{P: wire.FFDHEPrime(names.FFDHE2048), G: big.NewInt(2)}
}
