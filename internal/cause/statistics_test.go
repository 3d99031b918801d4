package cause

import (
	"math"
	"math/bits"
	"testing"
)

// TestFisher compares with the figures of the project's reference on leading zeros: DHE failures against those of
// other suites between the same hosts.
func TestFisher(t *testing.T) {
	tests := []struct {
		k1, n1, k2, n2 int
		want           float64
	}{
		{3, 768, 0, 768, 0.12}, {7, 1800, 0, 1800, 0.008}, {4, 1000, 0, 10000, 7e-5}, {2, 500, 5, 50000, 0.002},
	}
	for _, test := range tests {
		if got := fisher(test.k1, test.n1, test.k2, test.n2); math.Abs(got-test.want) > 0.1*test.want {
			t.Errorf("%d/%d against %d/%d: %g, want about %g", test.k1, test.n1, test.k2, test.n2, got, test.want)
		}
	}
}

// TestAtLeast: one event in n handshakes at 1/256 (1-(255/256)^n).
func TestAtLeast(t *testing.T) {
	for n, want := range map[int]float64{50: 0.178, 100: 0.324, 178: 0.50, 256: 0.633, 766: 0.95, 1177: 0.99} {
		if got := atLeast(1, n, leadingZero); math.Abs(got-want) > 0.002 {
			t.Errorf("%d handshakes: %g, want %g", n, got, want)
		}
	}
}

// TestFisherAsPublished: Fisher's tea tasting and his twins, as R documents them (help page of fisher.test: p-values
// 0.2429 and 0.0004652).
func TestFisherAsPublished(t *testing.T) {
	for _, test := range []struct {
		k1, n1, k2, n2 int
		want           float64
	}{{3, 4, 1, 4, 0.2429}, {10, 13, 2, 17, 0.0004652}} {
		if got := fisher(test.k1, test.n1, test.k2, test.n2); math.Abs(got-test.want) > 0.0005*test.want+1e-7 {
			t.Errorf("%d/%d against %d/%d: %g, want %g", test.k1, test.n1, test.k2, test.n2, got, test.want)
		}
	}
}

// TestWilson compares with the table of Newcombe 1998 (Statistics in Medicine 17, 857-872, table I, method 3).
func TestWilson(t *testing.T) {
	for _, test := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := wilson(test.k, test.n)
		if math.Abs(low-test.low) > 6e-5 || math.Abs(high-test.high) > 6e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", test.k, test.n, low, high, test.low, test.high)
		}
	}
}

// TestNoneOf: the exact one-sided bound of Clopper and Pearson for no event (R: binom.test(0, n, alternative="less")),
// near the rule of three, and how many tries show an event (the project's reference on leading zeros, section 5).
func TestNoneOf(t *testing.T) {
	for n, want := range map[int]float64{10: 0.2589, 30: 0.0950, 100: 0.0295, 766: 1.0 / 256} {
		if got := noneOf(n); math.Abs(got-want) > 6e-5 || got > 3/float64(n) {
			t.Errorf("0 of %d: below %.4f, want %.4f", n, got, want)
		}
	}
	if n := toSee(leadingZero); n != oftenEnough {
		t.Errorf("%d tries show 1 in 256, want %d", n, oftenEnough)
	}
	if toSee(0) != 0 || toSee(1) != 1 {
		t.Error("what never, or always, happens")
	}
}

// TestHolm: the worked example of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
func TestHolm(t *testing.T) {
	want := []float64{0.03, 0.06, 0.06, 0.02}
	for i, got := range holm([]float64{0.01, 0.04, 0.03, 0.005}) {
		if math.Abs(got-want[i]) > 1e-12 {
			t.Errorf("number %d: %g, want %g", i, got, want[i])
		}
	}
	if len(holm(nil)) != 0 {
		t.Error("none")
	}
}

// TestStretches compares with the tables of Swed and Eisenhart 1943 (Annals of Mathematical Statistics 14, 66-87) and,
// for small numbers, with all orders there are.
func TestStretches(t *testing.T) {
	for r, want := range map[int]float64{5: 0.004, 6: 0.019, 7: 0.051, 8: 0.128} {
		if got, _ := stretches(10, 20, r); math.Abs(got-want) > 6e-4 {
			t.Errorf("10 of 20 in %d stretches or fewer: %.4f, want %.3f", r, got, want)
		}
	}
	for n := 2; n <= 9; n++ {
		for k := 1; k < n; k++ {
			counts, all := enumerate(n, k)
			var below int
			for r := 2; r <= n; r++ {
				fewer, more := stretches(k, n, r)
				if math.Abs(fewer-float64(below+counts[r])/float64(all)) > 1e-9 || math.Abs(more-float64(all-below)/float64(all)) > 1e-9 {
					t.Errorf("%d of %d in %d stretches: %g, %g", k, n, r, fewer, more)
				}
				below += counts[r]
			}
		}
	}
	if fewer, more := stretches(0, 5, 1); fewer != 1 || more != 1 {
		t.Error("without a failure nothing is told")
	}
}

// enumerate counts the orders of k failures among n outcomes by their stretches.
func enumerate(n, k int) (counts map[int]int, all int) {
	counts = map[int]int{}
	for order := range 1 << n {
		if bits.OnesCount(uint(order)) != k {
			continue
		}
		r := 1 + bits.OnesCount(uint((order^order>>1)&(1<<(n-1)-1)))
		counts[r]++
		all++
	}
	return counts, all
}
