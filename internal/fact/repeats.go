package fact

import (
	"math"
	"net/netip"
	"time"
)

// Tenths is into how many parts of like length a run of repeats is cut, to see whether failures crowd in one.
const Tenths = 10

// Repeats is what --repeat counted of the unchanged handshakes beside what the folded ones tell. The first handshake
// with each address is among them.
type Repeats struct {
	Wanted, Made int
	Failed       int           `json:",omitempty"`
	FirstFailed  int           `json:",omitempty"` // number of the first that failed, from 1
	Parallel     int           // how many were made at the same time
	Took         time.Duration // the whole run
	Orders       []Order       `json:",omitempty"` // of each address
	Tickets      []TicketKey   `json:",omitempty"` // the starts of session tickets that came, in the order first seen
	Nameless     int           `json:",omitempty"` // tickets beyond those kept in Tickets
	Coarse       int           `json:",omitempty"` // handshakes folded by how they ended alone: there were too many kinds
}

// An Order tells how the outcomes at one address followed each other, in the order in which the connections were
// begun: a stretch is a run of like ones.
type Order struct {
	Addr      netip.AddrPort
	Made      int
	Failed    int `json:",omitempty"`
	Stretches int
	Last      bool `json:",omitempty"` // the last one failed
}

// Add counts one more outcome.
func (o *Order) Add(failed bool) {
	if o.Made == 0 || o.Last != failed {
		o.Stretches++
	}
	o.Made++
	if failed {
		o.Failed++
	}
	o.Last = failed
}

// A TicketKey is the start of session tickets, which names the key on servers that follow RFC 5077 §4, with how many
// handshakes brought it. On other servers no two are alike.
type TicketKey struct {
	Addr         netip.AddrPort
	Name         []byte
	Made, Failed int
}

// Again is what the handshakes folded into one have of their own.
type Again struct {
	Tenths  [Tenths]uint32 // how many in each tenth of what was made of the run
	Connect Spread         // how long TCP took
	TLS     Spread         // from then until both Finished, or until the end
	Ticket  int            `json:",omitempty"` // how many brought a session ticket
}

// A Spread is how durations spread: bounded memory for any number of them.
type Spread struct {
	Count    int
	Min, Max time.Duration
	Slots    []uint32 `json:",omitempty"` // in steps of the fourth root of 2 from 0.1 ms on
}

// Of the slots of a Spread: the first ends at slotStart, the last holds a minute and more.
const (
	slotStart = 100 * time.Microsecond
	maxSlots  = 80
)

// Add counts one duration.
func (s *Spread) Add(d time.Duration) {
	if s.Count == 0 || d < s.Min {
		s.Min = d
	}
	s.Count, s.Max = s.Count+1, max(s.Max, d)
	i := 0
	if d > slotStart {
		i = min(int(math.Ceil(4*math.Log2(float64(d)/float64(slotStart)))), maxSlots-1)
	}
	for len(s.Slots) <= i {
		s.Slots = append(s.Slots, 0)
	}
	s.Slots[i]++
}

// Merge adds the durations of another spread.
func (s *Spread) Merge(o Spread) {
	if o.Count == 0 {
		return
	}
	if s.Count == 0 || o.Min < s.Min {
		s.Min = o.Min
	}
	s.Count, s.Max = s.Count+o.Count, max(s.Max, o.Max)
	slots := make([]uint32, max(len(s.Slots), len(o.Slots)))
	copy(slots, s.Slots)
	for i, n := range o.Slots {
		slots[i] += n
	}
	s.Slots = slots
}

// Median is the duration that half of them do not exceed, a fifth too large at most.
func (s Spread) Median() time.Duration {
	return min(max(SlotEnd(s.MedianSlot()), s.Min), s.Max)
}

// MedianSlot is the slot that the median is in.
func (s Spread) MedianSlot() int {
	left := (s.Count + 1) / 2
	for i, n := range s.Slots {
		if left -= int(n); left <= 0 {
			return i
		}
	}
	return max(len(s.Slots)-1, 0)
}

// UpTo counts the durations in the slots up to one, it among them.
func (s Spread) UpTo(slot int) (n int) {
	for _, x := range s.Slots[:min(slot+1, len(s.Slots))] {
		n += int(x)
	}
	return n
}

// SlotEnd is the longest duration of a slot; the last one has none.
func SlotEnd(slot int) time.Duration {
	return time.Duration(float64(slotStart) * math.Exp2(float64(slot)/4))
}
