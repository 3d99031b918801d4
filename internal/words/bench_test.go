package words

import (
	"slices"
	"testing"
)

// BenchmarkBuild is what the first text costs: the automaton over all phrases.
func BenchmarkBuild(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newMatcher(append(slices.Clone(families), catalogueRows()))
	}
}

// BenchmarkRead is what each further text costs.
func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	const line = `SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream, client: 203.0.113.7, server: a, upstream: "https://198.51.100.82:443/"`
	for b.Loop() {
		Read(line)
	}
}
