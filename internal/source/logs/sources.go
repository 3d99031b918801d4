package logs

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// maxSources bounds the clients of all events together. Those who came once go first when there are too many.
const maxSources = 25_000

// A source is one client of one event: its rhythm by Welford's method (1962), which needs no list of times.
type source struct {
	count       int
	first, last time.Time
	gaps        int     // distances taken in
	mean, sum2  float64 // of the distances, in seconds; sum2 of squared deviations
}

func (s *source) add(at time.Time) {
	s.count++
	if at.IsZero() {
		return
	}
	if !s.last.IsZero() && !at.Before(s.last) {
		d := at.Sub(s.last).Seconds()
		s.gaps++
		delta := d - s.mean
		s.mean += delta / float64(s.gaps)
		s.sum2 += delta * (d - s.mean)
	}
	if s.first.IsZero() || at.Before(s.first) {
		s.first = at
	}
	if at.After(s.last) {
		s.last = at
	}
}

// fact sums a source up; c may be nil.
func (s *source) fact(addr netip.Addr, c *complaints) fact.Source {
	out := fact.Source{Addr: addr, Count: s.count, First: s.first, Last: s.last, Kinds: 1}
	if s.gaps > 0 {
		out.Every = time.Duration(s.mean * float64(time.Second)).Round(time.Millisecond)
		if s.mean > 0 {
			out.Jitter = math.Sqrt(s.sum2/float64(s.gaps)) / s.mean
		}
	}
	if c != nil {
		out.Kinds = max(int(c.n), 1)
	}
	return out
}

// complaints are the different symptom sets that one client caused.
type complaints struct {
	n     uint8
	kinds [11]uint32 // beginnings of their sums; further ones are not told apart
}

func (c *complaints) add(kind uint32) {
	if !slices.Contains(c.kinds[:c.n], kind) && int(c.n) < len(c.kinds) {
		c.kinds[c.n] = kind
		c.n++
	}
}

// A client is a source and its address.
type client struct {
	addr netip.Addr
	source
}

// clients are an event's sources. Most events have few, for which a list is smaller than a map.
type clients struct {
	list  []client
	index map[netip.Addr]int // once the list is long
}

const shortList = 16

// of is the place of an address in the list, which it is added to; added tells that it was not there.
func (c *clients) of(addr netip.Addr) (s *source, added bool) {
	i, ok := 0, false
	if c.index != nil {
		i, ok = c.index[addr]
	} else {
		i = slices.IndexFunc(c.list, func(x client) bool { return x.addr == addr })
		ok = i >= 0
	}
	if !ok {
		i = len(c.list)
		c.list = append(c.list, client{addr: addr})
		c.note(i)
	}
	return &c.list[i].source, !ok
}

// note keeps the index, when the list is long enough for one.
func (c *clients) note(i int) {
	if c.index == nil && len(c.list) > shortList {
		c.index = make(map[netip.Addr]int, 2*shortList)
		i = 0
	}
	for ; c.index != nil && i < len(c.list); i++ {
		c.index[c.list[i].addr] = i
	}
}

// prune drops the least busy clients beyond a number, and says how many clients and how many of their events.
func (c *clients) prune(most int) (dropped, events int) {
	if len(c.list) <= most {
		return 0, 0
	}
	slices.SortFunc(c.list, func(a, b client) int {
		return cmp.Or(b.count-a.count, b.last.Compare(a.last), a.addr.Compare(b.addr))
	})
	for _, x := range c.list[most:] {
		events += x.count
	}
	dropped = len(c.list) - most
	c.list = slices.Clone(c.list[:most])
	c.index = nil
	c.note(0)
	return dropped, events
}

// source takes in that a client caused the event once more.
func (f *folder) source(e *folding, h *hit) {
	addr := h.Client.Unmap().WithZone("")
	if !h.Success {
		f.complain(addr, uint32(h.said.kind))
	}
	s, added := e.clients.of(addr)
	s.add(h.At)
	if !added {
		return
	}
	f.sources++
	if len(e.clients.list) > 2*fact.MaxSources {
		f.prune(e, fact.MaxSources)
	}
	if f.sources > maxSources { // each event keeps its fair part of half of it
		for _, other := range f.order {
			f.prune(other, max(1, maxSources/2/len(f.order)))
		}
	}
}

func (f *folder) prune(e *folding, most int) {
	dropped, events := e.clients.prune(most)
	f.sources -= dropped
	e.Others += events
}

func (f *folder) complain(addr netip.Addr, kind uint32) {
	c := f.kinds[addr]
	if c == nil {
		if len(f.kinds) >= maxSources {
			return
		}
		c = &complaints{}
		f.kinds[addr] = c
	}
	c.add(kind)
}
