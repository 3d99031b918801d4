package lab

import (
	"math/big"
	"testing"
)

// TestGroupsForTests holds what makes the groups telling: over2049 is just above a byte boundary, and in a repunit group of N bits
// exactly the powers of the generator are 1, b, b² … b^(r-1), of which all but the last begin with a zero byte.
func TestGroupsForTests(t *testing.T) {
	bits := map[string]int{"over2049": 2049, "rep2048_127": 2048, "rep3072_127": 3072, "rep4096_127": 4096, "ffdhe2048": 2048}
	for _, g := range testGroups() {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			group := g.group()
			if got := group.P.BitLen(); got != bits[g.name] {
				t.Errorf("%d bits", got)
			}
			if !group.P.ProbablyPrime(1) {
				t.Error("no prime")
			}
			if g.order == 0 {
				return
			}
			one := big.NewInt(1)
			if new(big.Int).Exp(group.G, big.NewInt(g.order), group.P).Cmp(one) != 0 {
				t.Errorf("the generator's order is not %d", g.order)
			}
			long := 0
			for x := range g.order {
				if z := new(big.Int).Exp(group.G, big.NewInt(x), group.P); (z.BitLen()+7)/8 == bits[g.name]/8 {
					long++
				}
			}
			if long != 1 {
				t.Errorf("%d powers fill all bytes", long)
			}
			for range 1000 { // no client refuses our value
				if x := withinOrder(g.order)(nil, nil); x.Cmp(one) <= 0 || x.Int64() >= g.order-1 {
					t.Fatalf("exponent %d", x)
				}
			}
		})
	}
}
