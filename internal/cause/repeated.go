package cause

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// tooUnlikely is below which chance a link between failures and something else is taken for one. It holds for all
// that were looked for together (Holm), so that one run in a hundred shows a link where there is none.
const tooUnlikely = 0.01

// Repeated is what many unchanged handshakes say together.
type Repeated struct {
	Failed, Made int
	// Low and High hold the share of failures 95 times in 100. Where none failed Low is 0 and High the share that is
	// not exceeded 95 times in 100.
	Low, High   float64
	FirstFailed int    // number of the first that failed, from 1; 0: none, or not counted
	Enough      int    // how many show a failure at least once 95 times in 100, at the rate seen; 0: none failed
	Links       []Link // what failures go together with, most surely first
	Tested      []string
	Untested    []string // the same each time, or not known of those that fail
	Backends    []Backends
	Turns       []Turn
	Zeros       bool // as the fault of leading zeros fails: TLS_DHE, after the client's Finished, 1 in 256
}

// A Link is something that handshakes which fail have in common more often than chance allows.
type Link struct {
	What                     string // "address", "certificate", "ticket key", "suite", "group", "time" …
	Value                    string
	Same                     []Value // of other kinds, that go with the very same handshakes
	Failed, Made             int     // with this value
	OthersFailed, OthersMade int     // with others of its kind
	Others                   []Backend
	P                        float64 // by chance; adjusted for all links looked for
	Enough                   int     // about so many handshakes would have shown it
}

// A Value is one thing that handshakes had in common.
type Value struct{ What, Value string }

// Backends are the machines that a handshake can tell apart by one of its features, where there are several.
type Backends struct {
	By   string
	List []Backend
}

// A Backend is one of them.
type Backend struct {
	Value        string
	Failed, Made int
	Connect, TLS fact.Spread
}

// A Turn says that the outcomes at an address do not follow each other by chance.
type Turn struct {
	Addr      netip.AddrPort
	Regular   bool // they take turns, as a balancer makes them; false: failures come in a row
	Stretches int
	P         float64
}

// Repeat tells what the unchanged handshakes of a case say together; false when there is one alone.
func Repeat(c *fact.Case) (Repeated, bool) {
	r := Repeated{}
	for _, h := range repeats(c) {
		n := max(h.Seen.Count, 1)
		if r.Made += n; !h.Completed() {
			r.Failed += n
		}
	}
	if r.Made < 2 {
		return r, false
	}
	if r.Low, r.High = wilson(r.Failed, r.Made); r.Failed == 0 {
		r.Low, r.High = 0, noneOf(r.Made)
	}
	r.Enough = toSee(float64(r.Failed) / float64(r.Made))
	if c.Repeats != nil {
		r.FirstFailed, r.Turns = c.Repeats.FirstFailed, turns(c.Repeats.Orders)
	}
	tables := tablesOf(c)
	r.Links, r.Tested, r.Untested = links(tables)
	r.Backends = backends(tables)
	r.Zeros = r.Failed > 0 && failsAsZeros(c)
	return r, true
}

// repeats are the unchanged handshakes that count: those of --repeat, or else the first one and what was made again.
func repeats(c *fact.Case) []*fact.Handshake {
	var list []*fact.Handshake
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		again := c.Repeats == nil && (h.Variant.Kind == fact.Baseline || h.Variant.Kind == fact.Repeat) && h.Passive == nil
		if again || h.Again != nil {
			list = append(list, h)
		}
	}
	return list
}

// links holds each value against the others of its kind (Fisher's exact test). Each kind counts alike, however many
// values it has: within a kind chances are multiplied by their number (Bonferroni), among the kinds corrected after Holm.
// Values that go with the very same handshakes are one link.
func links(tables []table) (found []Link, tested, untested []string) {
	var kinds [][]Link
	var least []float64
	for _, t := range tables {
		failed, made := t.sums()
		if len(t.rows) < 2 || failed == 0 || failed == made {
			untested = append(untested, t.what)
			continue
		}
		list := t.compared(failed, made)
		kinds, tested = append(kinds, list), append(tested, t.what)
		least = append(least, slices.MinFunc(list, likelier).P)
	}
	for i, p := range holm(least) {
		more := 1.0 // that Holm's correction adds; a chance too small for a number stays 0
		if least[i] > 0 {
			more = p / least[i]
		}
		for _, l := range kinds[i] {
			if l.P = min(1, l.P*more); l.P < tooUnlikely {
				l.Enough = l.enough()
				found = append(found, l)
			}
		}
	}
	slices.SortStableFunc(found, likelier)
	return joined(found), tested, untested
}

func likelier(a, b Link) int { return cmp.Compare(a.P, b.P) }

// compared holds each row against the others.
func (t table) compared(failed, made int) []Link {
	list := make([]Link, len(t.rows))
	for i, r := range t.rows {
		l := Link{What: t.what, Value: r.Value, Failed: r.Failed, Made: r.Made, OthersFailed: failed - r.Failed, OthersMade: made - r.Made, Others: allBut(t.rows, r.Value)}
		l.P = min(1, fisher(l.Failed, l.Made, l.OthersFailed, l.OthersMade)*float64(len(t.rows)))
		list[i] = l
	}
	return list
}

// allBut are the rows but the one of a value.
func allBut(rows []Backend, value string) []Backend {
	return slices.DeleteFunc(slices.Clone(rows), func(b Backend) bool { return b.Value == value })
}

// joined makes one link of those that count the very same.
func joined(list []Link) []Link {
	var out []Link
	for _, l := range list {
		i := slices.IndexFunc(out, func(o Link) bool {
			return o.What != l.What && o.Failed == l.Failed && o.Made == l.Made && o.OthersFailed == l.OthersFailed && o.OthersMade == l.OthersMade
		})
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i].Same = append(out[i].Same, Value{l.What, l.Value})
	}
	return out
}

// enough is about how many handshakes, divided and failing as these, show the link.
func (l Link) enough() int {
	n := l.Made + l.OthersMade
	low, high := 1, n
	for low < high {
		m := (low + high) / 2
		part := func(k int) int { return (k*m + n/2) / n }
		if fisher(part(l.Failed), part(l.Made), part(l.OthersFailed), part(l.OthersMade)) < tooUnlikely {
			high = m
		} else {
			low = m + 1
		}
	}
	return low
}

// turns are the addresses at which the outcomes do not follow each other by chance.
func turns(orders []fact.Order) []Turn {
	var out []Turn
	for _, o := range orders {
		fewer, more := stretches(o.Failed, o.Made, o.Stretches)
		t := Turn{Addr: o.Addr, Regular: more < fewer, Stretches: o.Stretches, P: min(1, 2*min(fewer, more)*float64(len(orders)))}
		if t.P < tooUnlikely {
			out = append(out, t)
		}
	}
	return out
}

// failsAsZeros: every failure is a TLS_DHE handshake of TLS 1.2 or older that broke right after the client's Finished,
// and 1 in 256 lies within the interval of their rate.
func failsAsZeros(c *fact.Case) bool {
	var failed, made int
	for _, h := range repeats(c) {
		n := max(h.Seen.Count, 1)
		switch {
		case dheBroke(h):
			failed += n
		case !h.Completed():
			return false
		}
		if dhe(h) {
			made += n
		}
	}
	low, high := wilson(failed, made)
	return failed > 0 && low <= leadingZero && leadingZero <= high
}

// Words tells the rate: "12 of 400 fail (3.0 %, 95 %: 1.7 to 5.2 %)".
func (r Repeated) Words() string {
	head := itoa(r.Failed) + " of " + itoa(r.Made) + " fail"
	if r.Failed == 0 {
		return head + " (95 %: below 1 in " + itoa(int(1/r.High)) + ")"
	}
	digits := 1
	if r.Low < 0.01 {
		digits = 2
	}
	return head + " (" + percentOf(r.Failed, r.Made) + ", 95 %: " + decimal(100*r.Low, digits) + " to " + decimal(100*r.High, digits) + " %)"
}
