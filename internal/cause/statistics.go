package cause

import (
	"cmp"
	"math"
	"slices"
)

// logChoose is the logarithm of the number of ways to choose k of n.
func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// fisher is the one-sided exact test of Fisher: how likely it is that, of all k1+k2 failures, at least k1 fall among
// the n1 of n1+n2 cases by chance.
func fisher(k1, n1, k2, n2 int) float64 {
	k, n := k1+k2, n1+n2
	all := logChoose(n, k)
	var p float64
	for i := k1; i <= min(k, n1); i++ {
		if k-i <= n2 {
			p += math.Exp(logChoose(n1, i) + logChoose(n2, k-i) - all)
		}
	}
	return min(p, 1)
}

// atLeast is the chance of k or more events in n when each has the chance p.
func atLeast(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	var below float64
	for i := range k {
		below += math.Exp(logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return max(0, 1-below)
}

// leadingZero is how often a number below a prime of so many bits begins with a zero byte: 2^(8(len-1))/p, which for
// the groups of RFC 3526 and RFC 7919 is 1 in 256.
const leadingZero = 1.0 / 256

// oftenEnough is how many handshakes show a leading zero at least once 95 times in 100: 1-(255/256)^n.
const oftenEnough = 766

// percentOf writes a share of n as people read it.
func percentOf(k, n int) string {
	if n == 0 {
		return "0 %"
	}
	share := float64(k) * 100 / float64(n)
	digits := 1
	if share < 1 {
		digits = 2
	}
	return decimal(share, digits) + " %"
}

// chance writes a probability: "p = 0.03", "p < 1e-9".
func chance(p float64) string {
	switch {
	case p < 1e-9:
		return "p < 10⁻⁹"
	case p < 0.001:
		return "p = " + scientific(p)
	}
	return "p = " + decimal(p, 3)
}

// sure95 is how far from the mean, in standard deviations, 95 of 100 normal values lie at most.
const sure95 = 1.959964

// wilson is the interval that holds the true share 95 times in 100 when k of n were seen (Wilson 1927; recommended by
// Brown, Cai and DasGupta 2001, Statistical Science 16(2), for it holds for small n and for shares near 0).
func wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + sure95*sure95/(2*m)) / (1 + sure95*sure95/m)
	half := sure95 / (1 + sure95*sure95/m) * math.Sqrt(p*(1-p)/m+sure95*sure95/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}

// noneOf is the share that is not exceeded, 95 times in 100, when none of n was seen: (1-p)^n = 0.05. The rule of
// three, 3/n, is its approximation (Hanley and Lippman-Hand 1983, JAMA 249(13)).
func noneOf(n int) float64 {
	if n == 0 {
		return 1
	}
	return -math.Expm1(math.Log(0.05) / float64(n))
}

// toSee is how many tries show an event of chance p at least once 95 times in 100; 0 when p is 0.
func toSee(p float64) int {
	switch {
	case p <= 0:
		return 0
	case p >= 0.95:
		return 1
	}
	return int(math.Ceil(math.Log(0.05) / math.Log1p(-p)))
}

// holm adjusts p-values for having been made together, so that the chance of any false one stays what it is said to be
// (Holm 1979, Scandinavian Journal of Statistics 6(2)).
func holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	out := make([]float64, len(ps))
	var worst float64
	for rank, i := range order {
		worst = max(worst, min(1, ps[i]*float64(len(ps)-rank)))
		out[i] = worst
	}
	return out
}

// stretches is how likely it is that k failures among n outcomes in any order make r stretches of like outcomes or
// fewer, and r or more (Wald and Wolfowitz 1940, Annals of Mathematical Statistics 11(2)).
func stretches(k, n, r int) (fewer, more float64) {
	w := n - k
	if k == 0 || w == 0 {
		return 1, 1
	}
	all := logChoose(n, k)
	ways := func(a, b int) float64 { // of cutting the failures into a stretches and the others into b
		if a < 1 || b < 1 || a > k || b > w {
			return 0
		}
		return math.Exp(logChoose(k-1, a-1) + logChoose(w-1, b-1) - all)
	}
	var below, at float64
	for i := 2; i <= r; i++ {
		p := 2 * ways(i/2, i/2)
		if i%2 == 1 {
			p = ways(i/2, i/2+1) + ways(i/2+1, i/2)
		}
		if i < r {
			below += p
		} else {
			at = p
		}
	}
	return min(1, below+at), max(0, 1-below)
}
