package capture

import (
	"crypto/tls"
	"hash/maphash"
	"testing"
)

// BenchmarkHandshake decodes one finished connection in full, BenchmarkShape only tells its shape: what the first and
// each further one of its kind cost.
func BenchmarkHandshake(b *testing.B) {
	r, f := benchFlow(b)
	for b.Loop() {
		if _, ok := r.handshake(f); !ok {
			b.Fatal("not decoded")
		}
	}
}

func BenchmarkShape(b *testing.B) {
	_, f := benchFlow(b)
	shapes := &shaper{seed: maphash.MakeSeed()}
	for b.Loop() {
		if shapes.of(f) == noShape {
			b.Fatal("no shape")
		}
	}
}

func benchFlow(b *testing.B) (*reading, *flow) {
	b.Helper()
	client, server := goConfigs(b, tls.VersionTLS12)
	a, done := collecting()
	a.play(whole(40001, goTLS(b, client, server, 5000), 1400))
	a.finishAll()
	b.ReportAllocs()
	return &reading{names: []string{"bench"}, chains: newChainCache(), tapes: a.tapes, table: a.table}, (*done)[0]
}
