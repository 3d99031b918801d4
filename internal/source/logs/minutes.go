package logs

import (
	"cmp"
	"slices"
	"time"
)

const (
	week = 7 * 24 * 60
	// What the minutes of all events may take: entries while the log is read, cells in the result. 4 MiB each.
	maxEntries = 512 << 10
	maxCells   = 1 << 20
)

// minutes counts an event by minute. Most events are rare, so that only minutes in which it happened have an entry.
type minutes struct {
	list []minute // by time
	full bool     // an entry is missing, for there was no room
}

// A minute is one in which the event happened.
type minute struct{ at, count uint32 } // since 1970

// add counts one event; used is how many entries all events have.
func (m *minutes) add(at time.Time, used *int) {
	now := at.Unix() / 60
	if now < 0 || now > 1<<32-1 {
		return
	}
	i := len(m.list)
	for i > 0 && m.list[i-1].at > uint32(now) { // out of order by little, as a rule
		if i--; len(m.list)-i > 8 {
			i, _ = slices.BinarySearchFunc(m.list, uint32(now), func(e minute, at uint32) int { return cmp.Compare(e.at, at+1) })
			break
		}
	}
	if i > 0 && m.list[i-1].at == uint32(now) {
		m.list[i-1].count++
		return
	}
	if *used >= maxEntries {
		m.full = true
		return
	}
	*used++
	m.list = slices.Insert(m.list, i, minute{uint32(now), 1})
}

// counts is the events minute by minute, from the first one's on, at most a week.
func (m *minutes) counts() []uint32 {
	if len(m.list) == 0 {
		return nil
	}
	out := make([]uint32, m.cells())
	for _, e := range m.list {
		if i := e.at - m.list[0].at; int(i) < len(out) {
			out[i] += e.count
		}
	}
	return out
}

func (m *minutes) cells() int {
	return int(min(m.list[len(m.list)-1].at-m.list[0].at+1, week))
}

// tellMinutes gives events their minutes, the most frequent first, as far as there is room. Of the others it is not told
// when they happened but for the first and the last time: half of it would mislead.
func (f *folder) tellMinutes() {
	f.untimed = 0
	byCount := slices.Clone(f.order)
	slices.SortStableFunc(byCount, func(a, b *folding) int { return b.Seen.Count - a.Seen.Count })
	cells := 0
	for _, e := range byCount {
		switch {
		case len(e.minute.list) == 0:
		case e.minute.full, cells+e.minute.cells() > maxCells:
			f.untimed++
		default:
			cells += e.minute.cells()
			e.Seen.PerMinute = e.minute.counts()
		}
	}
}
