package capture

import (
	"slices"
	"sync"

	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	maxFlows = 100_000  // open connections
	maxHeld  = 64 << 20 // bytes kept of all open connections
	maxLinge = 2048     // closed connections whose last packets may still come
	maxGone  = 16 << 10 // connections remembered so that their stragglers make no new ones
	maxTwins = 1 << 19  // beginnings remembered to know packets by that a second file holds as well
	batching = 64       // connections handed on together
)

// An assembly puts connections together from segments. One goroutine feeds it; what it has finished goes out in
// batches, in an order that depends on the packets alone.
type assembly struct {
	table   *flowTable
	recent  *flow // of the last segment
	tapes   *sync.Pool
	out     func([]*flow)
	batch   []*flow
	limit   int               // open connections
	secrets bool              // there are secrets, so more of each connection is worth keeping
	several bool              // there are several files, which may hold the same packets
	ports   map[uint16]string // protocols of the usual ports

	now     int64 // time of the newest packet
	breaks  []int64
	held    int // bytes in tapes and early pieces
	flows   int // connections so far
	evicted int // … finished before their end for want of room
	closing queue
	gone    queue
	parted  map[uint64]struct{}
	begun   map[uint64]place
}

func newAssembly(out func([]*flow)) *assembly {
	return &assembly{table: newFlowTable(), tapes: newTapes(), out: out, limit: maxFlows,
		parted: map[uint64]struct{}{}, begun: map[uint64]place{}}
}

// A queue is a first-in first-out list of flows, or of what remains of them.
type queue struct {
	list []queued
	head int
}

type queued struct {
	f     *flow
	index int    // f's, to tell whether it was used again
	hash  uint64 // of its addresses
}

func (q *queue) push(e queued) { q.list = append(q.list, e) }

func (q *queue) len() int { return len(q.list) - q.head }

func (q *queue) pop() queued {
	e := q.list[q.head]
	q.list[q.head] = queued{}
	if q.head++; q.head > 1024 && 2*q.head > len(q.list) {
		q.list = q.list[:copy(q.list, q.list[q.head:])]
		q.head = 0
	}
	return e
}

// add takes the next segment of the case.
func (a *assembly) add(s *segment, at place) {
	a.clock(at.at)
	f, i, hash := a.find(s)
	opens := s.Flags&(flagSYN|flagACK|flagRST) == flagSYN
	if f != nil && opens && reused(f, i, s) {
		a.replace(f)
		f = nil
	}
	if f == nil {
		if f, i = a.open(hash, s, at, opens), 0; f == nil {
			return
		}
	}
	if f.twin != 0 && f.twin == at.file+1 {
		return
	}
	f.touched, a.recent = true, f
	if f.end < at.at {
		f.end = at.at
	}
	if n := f.number(at); n > 0 {
		f.last = n
	}
	a.segment(f, i, s, at)
	if a.held > maxHeld {
		a.evict()
	}
}

const (
	asleep    = 3600 * 1e9 // nanoseconds without any packet after which nobody can say that the capture was running
	maxBreaks = 1000
)

// clock follows the time of the packets, and remembers where it jumps, as it does where captures were put together.
func (a *assembly) clock(at int64) {
	if a.now != 0 && at-a.now > asleep && len(a.breaks) < maxBreaks {
		a.breaks = append(a.breaks, a.now)
	}
	a.now = max(a.now, at)
}

// alive is until when the capture ran on after a time.
func (a *assembly) alive(from int64) int64 {
	if i, _ := slices.BinarySearch(a.breaks, from); i < len(a.breaks) {
		return a.breaks[i]
	}
	return a.now
}

// find returns the flow of a segment, which is most often that of the segment before, and the hash of its addresses.
func (a *assembly) find(s *segment) (f *flow, i int, hash uint64) {
	if f := a.recent; f != nil {
		if f.addr[0] == s.Src && f.addr[1] == s.Dst {
			return f, 0, f.hash
		}
		if f.addr[1] == s.Src && f.addr[0] == s.Dst {
			return f, 1, f.hash
		}
	}
	hash = a.table.hashOf(s.Src, s.Dst)
	f, i = a.table.find(hash, s.Src, s.Dst)
	return f, i, hash
}

// reused tells a SYN of a new connection between the same ports from one sent again (RFC 9293 §3.6.1: a connection is
// known by its initial sequence number).
func reused(f *flow, i int, s *segment) bool {
	h := &f.half[i]
	if h.hasISN {
		return h.isn != s.Seq
	}
	return f.half[0].bytes+f.half[1].bytes > 0 || f.synack && int(f.client) != i
}

// open begins a connection, if the segment is worth one: bare acknowledgements and resets of connections that
// nobody saw say nothing.
func (a *assembly) open(hash uint64, s *segment, at place, opens bool) *flow {
	if s.Flags&flagSYN == 0 {
		if len(s.Payload)+s.Cut <= 1 && s.Flags&flagFIN == 0 || s.Flags&flagRST != 0 {
			return nil
		}
		if _, left := a.parted[hash]; left {
			return nil
		}
	}
	if opens && a.several && a.isTwin(hash, s, at) {
		return nil
	}
	for len(a.table.ring) >= a.limit {
		a.evictOne()
	}
	a.flows++
	f := a.table.add(hash, s.Src, s.Dst)
	f.index, f.file, f.first, f.last = a.flows, at.file, at.packet, at.packet
	f.start, f.end, f.spoke, f.through = at.at, at.at, at.at, s.Through
	if !opens && s.Flags&flagSYN == 0 {
		f.client = a.guessClient(s)
	}
	return f
}

// isTwin tells whether another file of the case brought this connection already: captures from both ends of a link
// hold the same packets, and their clocks may differ.
func (a *assembly) isTwin(hash uint64, s *segment, at place) bool {
	key := hash ^ uint64(s.Seq)*0x9e3779b97f4a7c15
	const clocks = 10 * 60 * 1e9
	if first, ok := a.begun[key]; ok {
		if d := at.at - first.at; first.file != at.file && d < clocks && d > -clocks {
			a.part(hash)
			return true
		}
		return false
	}
	if len(a.begun) < maxTwins {
		a.begun[key] = at
	}
	return false
}

// guessClient tells the client of a connection whose beginning is missing: the side that says a ClientHello, else the
// one whose peer has a port that servers use. -1 leaves it open.
func (a *assembly) guessClient(s *segment) int8 {
	b := s.Payload
	if len(b) > 5 && plausible(b) && b[0] == typeHandshake {
		switch b[5] {
		case 1:
			return 0
		case 2:
			return 1
		}
	}
	src, dst := a.ports[s.Src.Port()] != "", a.ports[s.Dst.Port()] != ""
	switch {
	case dst && !src:
		return 0
	case src && !dst:
		return 1
	}
	return -1
}

// linger lets a closed connection wait for its last packets.
func (a *assembly) linger(f *flow) {
	a.closing.push(queued{f: f, index: f.index})
	if a.closing.len() > maxLinge {
		if e := a.closing.pop(); a.waits(e) {
			a.finish(e.f)
		}
	}
}

// waits reports whether a queued flow is still ours to finish.
func (a *assembly) waits(e queued) bool {
	f := e.f
	return f.index == e.index && (f.retired || f.place < len(a.table.ring) && a.table.ring[f.place] == f)
}

// replace makes room for a new connection between the same ports. A closed one keeps its turn, so that connections are
// finished in the order in which they closed.
func (a *assembly) replace(f *flow) {
	if !f.closed {
		a.finish(f)
		return
	}
	a.leave(f)
	f.retired = true
}

// leave takes a flow out of the table.
func (a *assembly) leave(f *flow) {
	if a.recent == f {
		a.recent = nil
	}
	a.table.remove(f)
	a.part(f.hash)
}

// part remembers that a connection is done with.
func (a *assembly) part(hash uint64) {
	if _, ok := a.parted[hash]; ok {
		return
	}
	a.parted[hash] = struct{}{}
	a.gone.push(queued{hash: hash})
	if a.gone.len() > maxGone {
		delete(a.parted, a.gone.pop().hash)
	}
}

// finish takes a connection out and hands it on.
func (a *assembly) finish(f *flow) {
	a.flush(f, 0)
	a.flush(f, 1)
	if !f.retired {
		a.leave(f)
	}
	f.until = a.alive(f.spoke)
	if f.tape != nil {
		a.held -= cap(f.tape.data)
	}
	a.batch = append(a.batch, f)
	if len(a.batch) >= batching {
		a.send()
	}
}

func (a *assembly) send() {
	if len(a.batch) > 0 {
		a.out(a.batch)
		a.batch = make([]*flow, 0, batching)
	}
}

// evict makes room: the connections that have been idle longest end here for us.
func (a *assembly) evict() {
	for a.held > maxHeld*3/4 && len(a.table.ring) > 0 {
		a.evictOne()
	}
}

func (a *assembly) evictOne() {
	if f := a.table.idlest(); f != nil {
		if !f.closed {
			a.evicted++
		}
		a.finish(f)
	}
}

// finishAll ends the connections that are still open, oldest first.
func (a *assembly) finishAll() {
	rest := make([]*flow, len(a.table.ring))
	copy(rest, a.table.ring)
	for _, e := range a.closing.list[a.closing.head:] {
		if a.waits(e) && e.f.retired {
			rest = append(rest, e.f)
		}
	}
	slices.SortFunc(rest, func(a, b *flow) int { return a.index - b.index })
	for _, f := range rest {
		f.atEnd = true
		a.finish(f)
	}
	a.send()
}

// interested is told that secrets exist.
func (a *assembly) interested(secrets []wire.Secret) { a.secrets = a.secrets || len(secrets) > 0 }
