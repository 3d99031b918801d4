package cause

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestChanceIsBounded: the bound is the largest value of p^k(1-p)^m, by the formula for its maximum and by trying.
func TestChanceIsBounded(t *testing.T) {
	for k := 3; k <= 6; k++ {
		for m := 1; m <= 30; m++ {
			var most float64
			for i := range 10000 {
				p := float64(i) / 10000
				most = max(most, math.Pow(p, float64(k))*math.Pow(1-p, float64(m)))
			}
			if got := (plainRun{passed: m, asked: 1}).chance(k); got < most || got > most*1.001 {
				t.Errorf("%d tries, %d ordinary ones: %g, want %g", k, m, got, most)
			}
		}
	}
}

// TestNoProofByChance: servers that break any connection with one chance, whatever it is, are blamed in less than one of a
// hundred runs; thirty experiments are made, each again while it breaks, with ordinary connections between.
func TestNoProofByChance(t *testing.T) {
	const runs = 3000
	for _, p := range []float64{0.02, 0.1, 0.2, 0.35, 0.5, 0.8} {
		random := rand.New(rand.NewPCG(6, uint64(p*100)))
		mark := func() string { return map[bool]string{true: "-", false: "+"}[random.Float64() < p] }
		proven := 0
		for range runs {
			if provenIn(triedCase(runOf(mark)...)) {
				proven++
			}
		}
		if proven*100 > runs {
			t.Errorf("chance %g: %d of %d runs prove a fault", p, proven, runs)
		}
	}
}

// runOf is a run as package live makes it: each form once, then rounds of those that broke, between controls.
func runOf(mark func() string) (made []string) {
	const control = "hello form=control"
	controls := 0
	next := func(what string, try int) bool {
		m := mark()
		made = append(made, fmt.Sprintf("%s try=%d%s", what, try, m))
		return m == "-"
	}
	between := func() { controls++; next(control, controls) }
	between()
	var again []string
	for i := range 30 {
		if what := fmt.Sprintf("hello form=fragments-%d", i+3); next(what, 1) {
			again = append(again, what)
		}
	}
	for try := 2; try <= 5 && len(again) > 0; try++ {
		between()
		var broke []string
		for _, what := range again {
			if next(what, try) {
				broke = append(broke, what)
			}
		}
		again = broke
	}
	between()
	for range 4 { // those of numbers and sessions
		between()
	}
	return made
}

func provenIn(c *fact.Case) bool {
	for _, f := range formsTried(c) {
		if f.sure == Proven {
			return true
		}
	}
	return false
}

// TestProofWithoutChance: a server that breaks one form each time, and nothing else, is blamed.
func TestProofWithoutChance(t *testing.T) {
	var last string
	made := runOf(func() string { return "+" })
	for i, what := range made {
		if what == "hello form=fragments-9 try=1+" {
			last = made[i][:len(what)-1] + "-"
			made[i] = last
		}
	}
	for try := 2; try <= 5; try++ {
		made = append(made, fmt.Sprintf("hello form=control try=%d+", 50+try), fmt.Sprintf("hello form=fragments-9 try=%d-", try))
	}
	if c := triedCase(append(made, "hello form=control try=60+")...); !provenIn(c) {
		t.Errorf("after %s: not proven", last)
	}
}

// TestBrokenHereOrThere: an odd one that breaks each time, now at one step and now at another, shows no chance at work; one
// that passes at another time does.
func TestBrokenHereOrThere(t *testing.T) {
	made := []string{"hello form=control+", "hello form=max-fragment-length-", "hello form=max-fragment-length try=2+", "hello form=control try=2+"}
	c := triedCase(made...)
	if o := ordinaryIn(c); o.broke != 1 || o.passed != 3 {
		t.Errorf("passed once: %+v", o)
	}
	c.Handshakes[3].End = fact.End{By: wire.ClientSide, How: fact.EndLocal, After: "ServerHello", Reason: wire.ReasonOverLimit}
	c.Handshakes[3].Finished = fact.No
	if o := ordinaryIn(c); o.broke != 0 || o.passed != 3 {
		t.Errorf("broken each time: %+v", o)
	}
}
