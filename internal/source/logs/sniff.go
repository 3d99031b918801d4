package logs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

const (
	sniffLines  = 200 // not empty ones, at the beginning of a log
	resniffed   = 20  // the same at the beginning of a chunk that looks foreign
	frequencyOf = 64 << 10
)

// A view is how a log is looked at: the dialects and envelopes that were met in it, and what to look for.
type view struct {
	main      string     // ID of the dialect that most lines are in; "" for none
	dialects  []*Dialect // in the order of the list
	envelopes []*Envelope
	find      *finder
	every     bool // a dialect without anchors: all lines are read
	joins     bool // records may have several lines
}

// plan makes the view of a log that begins with data.
func plan(data []byte, o *Options, most int) (*view, error) {
	v := &view{}
	v.envelopes = carriers(data, o, most)
	if o.Format != "" {
		i := slices.IndexFunc(dialects, func(d *Dialect) bool { return d.ID == o.Format })
		if i < 0 {
			return nil, fmt.Errorf("unknown log format %q: %s", o.Format, strings.Join(Formats(), ", "))
		}
		v.main, v.dialects = o.Format, dialects[i:i+1]
		v.prepare(data, false)
		return v, nil
	}
	counts, all := v.count(data, o, most)
	best, claimed := 0, 0
	for i, n := range counts {
		if n == 0 {
			continue
		}
		claimed += n
		v.dialects = append(v.dialects, dialects[i])
		if n > best {
			best, v.main = n, dialects[i].ID
		}
	}
	if best*3 < all {
		v.main = ""
	}
	v.prepare(data, claimed*10 < all*9)
	return v, nil
}

// prepare makes the finder. general looks for TLS's words in lines of no dialect, too.
func (v *view) prepare(data []byte, general bool) {
	var exact []string
	for _, d := range v.dialects {
		exact = append(exact, d.Anchors...)
		v.every = v.every || len(d.Anchors) == 0
		v.joins = v.joins || d.Continues != nil
	}
	var fold *automaton
	if general {
		v.joins = true
		fold = allWords()
	}
	v.find = newFinder(exact, fold, data[:min(len(data), frequencyOf)])
}

// carriers lists the envelopes that stand around lines of a sample.
func carriers(data []byte, o *Options, most int) []*Envelope {
	met := make([]bool, len(envelopes))
	for line := range sample(data, most) {
		for range maxLayers {
			i := slices.IndexFunc(envelopes, func(e *Envelope) bool {
				inner, _, ok := e.Open(line, o)
				if ok {
					line = inner
				}
				return ok
			})
			if i < 0 {
				break
			}
			met[i] = true
		}
	}
	var list []*Envelope
	for i, e := range envelopes {
		if met[i] {
			list = append(list, e)
		}
	}
	return list
}

// count tells for each dialect how many lines of a sample it has: a line belongs to the first that reads it, a
// continuation to the one that had the line before.
func (v *view) count(data []byte, o *Options, most int) (counts []int, all int) {
	counts = make([]int, len(dialects))
	last := -1
	for line := range sample(data, most) {
		all++
		x := open(line, v.envelopes, o)
		d, _, ok := x.parse(dialects, o)
		switch {
		case ok:
			last = slices.Index(dialects, d)
			counts[last]++
		case last >= 0 && dialects[last].Continues != nil && dialects[last].Continues(x.inner()):
			counts[last]++
		case plain.Continues(x.inner()):
			all--
		}
	}
	return counts, all
}

// sample hands out the first lines that are not empty, shortened.
func sample(data []byte, most int) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 && most > 0 {
			line, rest, _ := bytes.Cut(data, []byte{'\n'})
			data = rest
			line, _ = shortened(trimmed(line))
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			most--
			if !yield(line) {
				return
			}
		}
	}
}

// trimmed takes a carriage return off a line, and the zeros that a truncated file that is still written to begins with.
func trimmed(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte{'\r'})
	return bytes.TrimLeft(line, "\x00")
}

// parse offers a line to dialects, the innermost layer first, and fills what the envelopes tell.
func (x *opened) parse(list []*Dialect, o *Options) (*Dialect, Record, bool) {
	for i := x.n - 1; i >= 0; i-- {
		for _, d := range list {
			if r, ok := d.Parse(x.layers[i], o); ok {
				return d, filled(r, x.around), true
			}
		}
	}
	return nil, Record{}, false
}

// foreign: none of the first lines of a chunk is in a dialect of this view. It may be a file put together of several.
func (v *view) foreign(data []byte, o *Options) bool {
	for line := range sample(data, 3) {
		x := open(line, v.envelopes, o)
		if _, _, ok := x.parse(v.dialects, o); ok {
			return false
		}
		for _, d := range v.dialects {
			if d.Continues != nil && d.Continues(x.inner()) {
				return false
			}
		}
	}
	return true
}

// with is a view of two views' dialects.
func (v *view) with(other *view, data []byte) *view {
	u := &view{main: v.main}
	for _, d := range dialects {
		if slices.Contains(v.dialects, d) || slices.Contains(other.dialects, d) {
			u.dialects = append(u.dialects, d)
		}
	}
	for _, e := range envelopes {
		if slices.Contains(v.envelopes, e) || slices.Contains(other.envelopes, e) {
			u.envelopes = append(u.envelopes, e)
		}
	}
	u.prepare(data, v.find.fold != nil || other.find.fold != nil)
	return u
}
