package preamble

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// onlyTLS cuts the spans out of a recording: what stays is TLS alone, with its times and secrets. It shares memory
// with t.
func onlyTLS(t *wire.Transcript, s Spans) *wire.Transcript {
	out := &wire.Transcript{Start: t.Start, Secrets: t.Secrets}
	at := map[wire.Side]*cutter{wire.ClientSide: {spans: s.Client}, wire.ServerSide: {spans: s.Server}}
	for _, c := range t.Chunks {
		cut := at[c.From]
		if cut == nil {
			continue
		}
		for _, part := range cut.next(len(c.Data)) {
			out.Chunks = append(out.Chunks, wire.Chunk{From: c.From, At: c.At, Packet: c.Packet, Data: c.Data[part.From:part.To]})
		}
	}
	return out
}

// A cutter walks along one side's stream and its spans at the same time.
type cutter struct {
	spans []Span
	off   int // where in the stream the next chunk begins
}

// next returns the parts of the next n bytes that lie in spans, counted from the first of them.
func (c *cutter) next(n int) []Span {
	low, high := c.off, c.off+n
	c.off = high
	var parts []Span
	for len(c.spans) > 0 && c.spans[0].From < high {
		s := c.spans[0]
		if from, to := max(s.From, low), min(s.To, high); from < to {
			parts = append(parts, Span{from - low, to - low})
		}
		if s.To > high {
			break
		}
		c.spans = c.spans[1:]
	}
	return parts
}

// timeOf tells when the byte before end of one side's stream crossed the wire, and in which packet of a capture.
func timeOf(t *wire.Transcript, from wire.Side, end int) (at time.Duration, packet int) {
	for _, c := range t.Chunks {
		if c.From != from {
			continue
		}
		at, packet = c.At, c.Packet
		if end -= len(c.Data); end <= 0 {
			break
		}
	}
	return at, packet
}
