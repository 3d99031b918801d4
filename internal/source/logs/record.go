package logs

import "bytes"

const (
	recordLines = 64
	recordBytes = 32 << 10
)

// A scanner takes the records about TLS out of one chunk.
type scanner struct {
	v    *view
	o    *Options
	data []byte
	done int // up to where lines belong to records that were taken
}

// line is the bounds of the line that a place is in; end is after its line end.
func (s *scanner) line(at int) (start, end int) {
	start = s.done + bytes.LastIndexByte(s.data[s.done:at], '\n') + 1
	return start, s.lineEnd(at)
}

func (s *scanner) lineEnd(at int) int {
	if i := bytes.IndexByte(s.data[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s.data)
}

// text is a line without its end, shortened.
func (s *scanner) text(start, end int) []byte {
	line, _ := shortened(trimmed(bytes.TrimSuffix(s.data[start:end], []byte{'\n'})))
	return line
}

// A found record is where it stands and who read it.
type found struct {
	Record
	d          *Dialect
	start, end int
	long       int // length of a line that was shortened; 0 for none
}

// record is the record that the line between start and end belongs to.
func (s *scanner) record(start, end int) found {
	x := open(s.text(start, end), s.v.envelopes, s.o)
	f := found{start: start, end: end}
	if end-start > longLine+2 {
		f.long = end - start
	}
	var ok bool
	if f.d, f.Record, ok = x.parse(s.v.dialects, s.o); !ok {
		if s.v.joins && s.back(&f, &x) {
			return f
		}
		if f.d, f.Record, ok = x.parse(s.others(), s.o); !ok {
			f.d = &plain
			f.Record, ok = plain.Parse(x.inner(), s.o)
			if !ok {
				f.Message = string(x.inner())
			}
			f.Record = filled(f.Record, x.around)
		}
	}
	s.join(&f)
	return f
}

// others are all dialects, unless one is forced: those of the view have refused the line, and will again.
func (s *scanner) others() []*Dialect {
	if s.o.Format != "" {
		return nil
	}
	return dialects
}

// back looks for the beginning of a record that a line continues.
func (s *scanner) back(f *found, x *opened) bool {
	goesOn := s.continues(x.inner())
	for start, n := f.start, 0; len(goesOn) > 0 && start > s.done && n < recordLines && f.end-start < recordBytes; n++ {
		end := start
		start = s.done + bytes.LastIndexByte(s.data[s.done:end-1], '\n') + 1
		before := open(s.text(start, end), s.v.envelopes, s.o)
		owner, _, owned := before.parse(s.v.dialects, s.o)
		for _, d := range goesOn {
			if owned && d != owner {
				continue
			}
			if head, r, ok := before.parse([]*Dialect{d}, s.o); ok {
				f.start, f.end, f.d, f.Record = start, end, head, r
				s.join(f)
				return true
			}
		}
		if owned {
			break
		}
		goesOn = both(goesOn, s.continues(before.inner()))
	}
	return false
}

// continues lists the dialects in which a line goes on with the record before it.
func (s *scanner) continues(inner []byte) (list []*Dialect) {
	for _, d := range s.v.dialects {
		if d.Continues != nil && d.Continues(inner) {
			list = append(list, d)
		}
	}
	if plain.Continues(inner) {
		list = append(list, &plain)
	}
	return list
}

func both(a, b []*Dialect) (list []*Dialect) {
	for _, d := range a {
		for _, e := range b {
			if d == e {
				list = append(list, d)
			}
		}
	}
	return list
}

// join adds the lines that go on with a record to its message, and reads what only the whole of it tells.
func (s *scanner) join(f *found) {
	if f.d.Continues != nil {
		s.glue(f)
	}
	whole(f.d, &f.Record, s.o)
}

func (s *scanner) glue(f *found) {
	var more []byte
	for n := 0; f.end < len(s.data) && n < recordLines && len(more) < recordBytes; n++ {
		end := s.lineEnd(f.end)
		x := open(s.text(f.end, end), s.v.envelopes, s.o)
		if _, _, ok := x.parse(s.v.dialects, s.o); ok || !f.d.Continues(x.inner()) {
			break
		}
		inner := x.inner()
		more = append(append(more, '\n'), inner[:min(len(inner), recordBytes)]...)
		f.end = end
	}
	f.Message += string(more)
}

// wholeRecords is where to cut lines so that the last record, which may go on, is left for the next chunk.
func (v *view) wholeRecords(o *Options) func([]byte) int {
	return func(data []byte) int {
		if !v.joins {
			return len(data)
		}
		s := scanner{v: v, o: o, data: data}
		end := len(data)
		for n := 0; n < recordLines && end > 0 && len(data)-end < recordBytes; n++ {
			start, _ := s.line(end - 1)
			x := open(s.text(start, end), v.envelopes, o)
			if _, _, ok := x.parse(v.dialects, o); ok || len(s.continues(x.inner())) == 0 {
				return start
			}
			end = start
		}
		return len(data)
	}
}
