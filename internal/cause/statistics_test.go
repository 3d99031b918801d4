package cause

import (
	"math"
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
