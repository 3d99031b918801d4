package logs

import (
	"bytes"
	"math"
	"slices"
)

// A finder finds the places in a chunk where one of many strings stands. A log is mostly about other things than TLS, so
// what counts is how fast it goes past them: it looks for the bytes that are rarest in this log with one pass each,
// which the processor does 32 at a time, and compares the strings only there.
type finder struct {
	groups []group
	fold   *automaton // for strings whose case does not matter, and where no byte is rare; nil when not needed
}

// A group is the strings that are looked for by one byte.
type group struct {
	by   byte
	list []placed
}

// placed is a string and where in it the group's byte stands.
type placed struct {
	text        []byte
	at          int
	first, last byte // of the text: most places are refused by them
}

// What one byte of input costs in nanoseconds, as measured on one ordinary server processor: it only has to be right
// in proportion.
const (
	passCost      = 0.05 // a pass that looks for one byte, without hits
	hitCost       = 5.0  // each hit of it
	automatonCost = 1.3
)

// newFinder makes a finder of strings that stand as written, and of an automaton or nil. sample is a part of the log.
func newFinder(exact []string, fold *automaton, sample []byte) *finder {
	f := &finder{fold: fold}
	freq := frequencies(sample)
	left := slices.Compact(slices.Sorted(slices.Values(exact)))
	left = slices.DeleteFunc(left, func(s string) bool { return s == "" })
	total := 0.0
	for len(left) > 0 {
		by, cost := cheapest(left, &freq)
		total += cost
		f.groups = append(f.groups, newGroup(by, left))
		left = slices.DeleteFunc(left, func(s string) bool { return bytes.IndexByte([]byte(s), by) >= 0 })
	}
	if total > automatonCost {
		all := []string{}
		for _, g := range f.groups {
			for _, p := range g.list {
				all = append(all, string(p.text))
			}
		}
		f.groups = nil
		f.exact(all)
	}
	return f
}

// exact looks for strings by an automaton beside the one that is there.
func (f *finder) exact(list []string) {
	a := newAutomaton(list, false)
	a.then = f.fold
	f.fold = a
}

func newGroup(by byte, anchors []string) group {
	g := group{by: by}
	for _, s := range anchors {
		if i := bytes.IndexByte([]byte(s), by); i >= 0 {
			g.list = append(g.list, placed{[]byte(s), i, s[0], s[len(s)-1]})
		}
	}
	return g
}

// frequencies is each byte's share of a sample; no byte is taken to be rarer than 1 in 10,000.
func frequencies(sample []byte) (f [256]float64) {
	for _, b := range sample {
		f[b]++
	}
	for i := range f {
		f[i] = math.Max(f[i]/math.Max(float64(len(sample)), 1), 1e-4)
	}
	return f
}

// cheapest is the byte by which strings are found at the least cost each.
func cheapest(anchors []string, freq *[256]float64) (by byte, cost float64) {
	best := math.Inf(1)
	for b := range 256 {
		n := 0
		for _, s := range anchors {
			if bytes.IndexByte([]byte(s), byte(b)) >= 0 {
				n++
			}
		}
		c := passCost + hitCost*freq[b]
		if n > 0 && c/float64(n) < best {
			best, by, cost = c/float64(n), byte(b), c
		}
	}
	return by, cost
}

// A search is a finder at work on one chunk.
type search struct {
	f    *finder
	data []byte
	next []int // the next hit of each group, then of each automaton; len(data) for none
}

func (f *finder) over(data []byte, s *search) {
	s.f, s.data, s.next = f, data, s.next[:0]
	for i := range f.groups {
		s.next = append(s.next, f.groups[i].find(data, 0))
	}
	for a := f.fold; a != nil; a = a.then {
		s.next = append(s.next, a.find(data, 0))
	}
}

// from is the place of the first hit that is not before at; len(data) when there is none.
func (s *search) from(at int) int {
	first := len(s.data)
	for i := range s.f.groups {
		if s.next[i] < at {
			s.next[i] = s.f.groups[i].find(s.data, at)
		}
		first = min(first, s.next[i])
	}
	i := len(s.f.groups)
	for a := s.f.fold; a != nil; a = a.then {
		if s.next[i] < at {
			s.next[i] = a.find(s.data, at)
		}
		first = min(first, s.next[i])
		i++
	}
	return first
}

// find is the place of a byte of the group's first string from at on.
func (g *group) find(data []byte, at int) int {
	for at < len(data) {
		i := bytes.IndexByte(data[at:], g.by)
		if i < 0 {
			break
		}
		at += i
		for k := range g.list {
			p := &g.list[k]
			start := at - p.at
			end := start + len(p.text)
			if start >= 0 && end <= len(data) && data[start] == p.first && data[end-1] == p.last && string(data[start:end]) == string(p.text) {
				return at
			}
		}
		at++
	}
	return len(data)
}
