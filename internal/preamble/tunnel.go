package preamble

import (
	"io"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxTunnels is how many tunnels inside each other are looked into.
const maxTunnels = 3

// A tunnel is where the bytes of a connection through a proxy begin.
type tunnel struct {
	client, server int    // offsets
	port           uint16 // of the target, 0 when not told
	deep           int    // how many tunnels may stand inside
}

// inside reads what a tunnel carries as the protocol that its bytes tell.
func (t tunnel) inside(client, server []byte, spans Spans) (fact.Said, Spans, error) {
	c, s := client[t.client:], server[t.server:]
	if len(c) == 0 && len(s) == 0 {
		return fact.Said{}, spans, io.ErrUnexpectedEOF
	}
	p := guessWithin(c, s, t.port, t.deep)
	if p == nil {
		return fact.Said{}, spans, ErrNoTLS
	}
	told, inner, err := p.Parse(c, s)
	inner.shift(t.client, t.server)
	inner.Marks = append(spans.Marks, inner.Marks...)
	return told, inner, err
}

// shift moves spans and marks by as many bytes as stand before them.
func (s *Spans) shift(client, server int) {
	move(s.Client, client)
	move(s.Server, server)
	for i := range s.Marks {
		if s.Marks[i].From == wire.ServerSide {
			s.Marks[i].End += server
		} else {
			s.Marks[i].End += client
		}
	}
}

func move(spans []Span, n int) {
	for i := range spans {
		spans[i].From += n
		spans[i].To += n
	}
}
