package logs

import (
	"context"
	"strings"
	"testing"
)

// BenchmarkOneLine is what a short text costs.
func BenchmarkOneLine(b *testing.B) {
	for b.Loop() {
		Read(context.Background(), strings.NewReader(closedLine), Options{Now: now})
	}
}

// BenchmarkLog reads a busy proxy's log: one line in fifty is about TLS. The figure is bytes of log per second.
func BenchmarkLog(b *testing.B) {
	text := strings.Repeat(strings.Repeat(otherLine, 49)+closedLine, 5000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(context.Background(), strings.NewReader(text), Options{Now: now})
	}
}

// BenchmarkProse reads lines of no dialect, in which TLS's words are looked for.
func BenchmarkProse(b *testing.B) {
	text := strings.Repeat("the quick brown fox jumps over the lazy dog, and nothing is said about what we are interested in\n", 100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Read(context.Background(), strings.NewReader(text), Options{Now: now})
	}
}
