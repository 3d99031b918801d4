package cause

import "math"

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
