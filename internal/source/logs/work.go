package logs

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A batch is what one chunk says.
type batch struct {
	lines       int
	hits        []hit
	long        []longText // lines that were shortened
	first, last time.Time  // of the chunk's first and last line with a time
}

// longText is a line of the chunk, from 0, and its length.
type longText struct{ line, length int }

// A worker reads chunks. It keeps what it learnt of messages from chunk to chunk.
type worker struct {
	o      *Options
	memo   *memo
	search search
}

// chunk takes the records about TLS out of a chunk of whole lines. hits is room for them.
func (w *worker) chunk(v *view, data []byte, hits []hit) batch {
	if v.foreign(data, w.o) && w.o.Format == "" {
		if here, err := plan(data, w.o, resniffed); err == nil {
			v = v.with(here, data)
		}
	}
	b := batch{hits: hits[:0]}
	s := scanner{v: v, o: w.o, data: data}
	counted := 0
	w.begin(v, data)
	for at := w.next(v, data, 0); at < len(data); at = w.next(v, data, s.done) {
		start, end := s.line(at)
		f := s.record(start, end)
		b.lines += bytes.Count(data[counted:f.start], newline)
		counted, s.done = f.start, f.end
		if f.long > 0 {
			b.long = append(b.long, longText{b.lines, f.long})
		}
		w.take(&b, &f)
	}
	b.lines += bytes.Count(data[counted:], newline)
	if n := len(data); n > 0 && data[n-1] != '\n' {
		b.lines++
	}
	b.first, b.last = s.span()
	return b
}

var newline = []byte{'\n'}

func (w *worker) begin(v *view, data []byte) {
	if !v.every {
		v.find.over(data, &w.search)
	}
}

// next is a place in the next line to look at.
func (w *worker) next(v *view, data []byte, at int) int {
	if !v.every {
		return w.search.from(at)
	}
	for at < len(data) && (data[at] == '\n' || data[at] == '\r') {
		at++
	}
	return at
}

// take makes a hit of a record, if it is about TLS.
func (w *worker) take(b *batch, f *found) {
	if !f.At.IsZero() && f.At.Before(w.o.Since) {
		return
	}
	h := hit{line: b.lines, Record: f.Record, d: f.d}
	h.Upstream, h.Host = origin(h.Upstream), withoutPort(h.Host)
	if h.said = nothing; !h.Success {
		h.said = w.memo.read(f.d, &h.Record)
		if !h.said.about {
			return
		}
	}
	h.key = w.memo.key(f.d, &h.Record, h.said)
	b.hits = append(b.hits, h)
}

// nothing is what a success says.
var nothing = &said{}

// span reads the times of the first and of the last lines, for most lines are never read.
func (s *scanner) span() (first, last time.Time) {
	at := 0
	for n := 0; n < 5 && at < len(s.data) && first.IsZero(); n++ {
		end := s.lineEnd(at)
		first = s.timeOf(at, end)
		at = end
	}
	end := len(s.data)
	for n := 0; n < 5 && end > 0 && last.IsZero(); n++ {
		start := bytes.LastIndexByte(s.data[:end-1], '\n') + 1
		last = s.timeOf(start, end)
		end = start
	}
	return first, last
}

func (s *scanner) timeOf(start, end int) time.Time {
	x := open(s.text(start, end), s.v.envelopes, s.o)
	_, r, ok := x.parse(s.v.dialects, s.o)
	if !ok {
		r, _ = plain.Parse(x.inner(), s.o)
		r = filled(r, x.around)
	}
	return r.At
}

// merge takes a batch into the result.
func (r *reader) merge(b *batch) {
	for i := range b.hits {
		r.fold.add(&b.hits[i], r.lines+b.hits[i].line+1)
	}
	for _, l := range b.long {
		r.gapOfLine(r.lines+l.line+1, cutText(l.length))
	}
	r.lines += b.lines
	r.widen(b.first)
	r.widen(b.last)
}

func (r *reader) widen(at time.Time) {
	if at.IsZero() || at.Before(r.o.Since) {
		return
	}
	if r.first.IsZero() || at.Before(r.first) {
		r.first = at
	}
	if at.After(r.last) {
		r.last = at
	}
}

// gapOfLine notes what is missing of a line; beyond maxGaps they are counted.
func (r *reader) gapOfLine(line int, why string) {
	if len(r.gaps) < maxGaps {
		r.gaps = append(r.gaps, fact.Gap{What: r.fold.ref(line).At, Why: why})
		return
	}
	r.moreGaps++
}

func (r *reader) allGaps() []fact.Gap {
	list := append(r.gaps[:len(r.gaps):len(r.gaps)], r.fold.gaps()...)
	if r.moreGaps > 0 {
		list = append(list, fact.Gap{What: r.o.Name, Why: fmt.Sprintf("%d further long lines were read in part", r.moreGaps)})
	}
	return list
}
