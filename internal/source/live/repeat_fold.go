package live

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Bounds of what a run of repeats keeps.
const (
	maxKinds   = 256      // of handshakes that differ
	maxKept    = 16 << 20 // bytes of their recordings
	maxTickets = 64       // starts of session tickets
	maxRefs    = 5        // places of like handshakes
)

// A folding counts repeats in a case: the first of each kind is kept, the others are counted in it.
type folding struct {
	c      *fact.Case
	counts fact.Repeats
	kinds  map[string]int // where in the case's handshakes
	size   int            // bytes of the recordings kept
	when   timeline
}

func newFolding(c *fact.Case, wanted, parallel int) *folding {
	return &folding{c: c, counts: fact.Repeats{Wanted: wanted, Parallel: parallel}, kinds: map[string]int{},
		when: timeline{width: 1, of: map[int]*[fineParts]uint32{}}}
}

// begin counts the handshakes that were made already, and gives the addresses to go on with, the baseline's first.
// One that took no connection is left out: clients go on to the next (RFC 8305).
func (f *folding) begin() []netip.AddrPort {
	first := f.c.First().ServerAddr()
	addrs := []netip.AddrPort{first}
	for i := range f.c.Handshakes {
		h := &f.c.Handshakes[i]
		if !h.Unchanged() || h.Progress() <= fact.AtTCP && h.ServerAddr() != first || h.End.Reason == "interrupted" {
			continue
		}
		if a := h.ServerAddr(); !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
		f.count(h)
		f.into(i, h)
	}
	return addrs
}

// add counts a handshake; true means that it is the first of its kind and stays, with its recording.
func (f *folding) add(h fact.Handshake, t Tape) bool {
	f.count(&h)
	key := kindOf(&h)
	i, known := f.kinds[key]
	if !known && (len(f.kinds) >= maxKinds || f.size >= maxKept) {
		key = fmt.Sprint(h.ServerAddr(), h.Completed(), h.End.How)
		f.counts.Coarse++
		i, known = f.kinds[key]
	}
	if known {
		f.into(i, &h)
		return false
	}
	i = len(f.c.Handshakes)
	f.kinds[key], f.c.Handshakes = i, append(f.c.Handshakes, h)
	for _, c := range t.Transcript.Chunks {
		f.size += len(c.Data) + chunkCost
	}
	f.into(i, &h)
	return true
}

// count adds an outcome to the sums.
func (f *folding) count(h *fact.Handshake) {
	failed := !h.Completed()
	n := &f.counts
	if n.Made++; failed {
		n.Failed++
		if n.FirstFailed == 0 {
			n.FirstFailed = n.Made
		}
	}
	i := slices.IndexFunc(n.Orders, func(o fact.Order) bool { return o.Addr == h.ServerAddr() })
	if i < 0 {
		i = len(n.Orders)
		n.Orders = append(n.Orders, fact.Order{Addr: h.ServerAddr()})
	}
	n.Orders[i].Add(failed)
	if h.Ticket != nil {
		f.countTicket(h, failed)
	}
}

func (f *folding) countTicket(h *fact.Handshake, failed bool) {
	n := &f.counts
	i := slices.IndexFunc(n.Tickets, func(t fact.TicketKey) bool { return t.Addr == h.ServerAddr() && bytes.Equal(t.Name, h.Ticket) })
	if i < 0 && len(n.Tickets) >= maxTickets {
		n.Nameless++
		return
	}
	if i < 0 {
		i = len(n.Tickets)
		n.Tickets = append(n.Tickets, fact.TicketKey{Addr: h.ServerAddr(), Name: h.Ticket})
	}
	n.Tickets[i].Made++
	if failed {
		n.Tickets[i].Failed++
	}
}

// into counts h, the one that count saw last, in the i-th of the case, which may be itself.
func (f *folding) into(i int, h *fact.Handshake) {
	kept := &f.c.Handshakes[i]
	if kept.Again == nil {
		kept.Again = &fact.Again{}
	}
	a, s := kept.Again, &kept.Seen
	f.when.add(i, f.counts.Made-1)
	if connected, spoken, ok := timing(h); ok {
		a.Connect.Add(connected)
		a.TLS.Add(spoken)
	}
	if h.Ticket != nil {
		a.Ticket++
	}
	s.Count++
	if len(s.Refs) < maxRefs {
		s.Refs = append(s.Refs, h.Ref)
	}
}

// end writes the sums into the case, with what could not be had; why tells what ended the run before its time.
func (f *folding) end(wanted int, why string) {
	n := f.counts
	f.c.Repeats = &n
	for i := range f.when.of {
		f.c.Handshakes[i].Again.Tenths = f.when.tenths(i, n.Made)
	}
	gap := func(what, why string) { f.c.Gaps = append(f.c.Gaps, fact.Gap{What: what, Why: why}) }
	if left := wanted - n.Made; left > 0 {
		gap(fmt.Sprintf("%d of %d repeats", left, wanted), why)
	}
	if n.Coarse > 0 {
		gap(fmt.Sprintf("what %d repeats have of their own", n.Coarse), fmt.Sprintf("over %d kinds of handshakes differ; these are told apart by address and end alone", maxKinds))
	}
	if n.Failed == 0 || n.Failed == n.Made {
		return
	}
	// IP_RECVTTL is for datagrams and raw sockets, and TCP_INFO has no field for it: ip(7), tcp(7), linux/tcp.h.
	gap("the TTL of the answers, which may tell machines behind one address apart",
		"the operating system does not tell it of TCP connections; tlswhy diagnose --interface reads it from the packets")
	if f.oneSize() {
		gap("whether failures go with the size of our hello", "it is the same each time, as the client's is; tlswhy diagnose --deep=all varies it")
	}
}

// oneSize: all hellos that were counted have one size.
func (f *folding) oneSize() bool {
	size := 0
	for i := range f.c.Handshakes {
		h := &f.c.Handshakes[i]
		switch {
		case h.Again == nil || h.Client == nil:
		case size == 0:
			size = len(h.Client.Raw)
		case size != len(h.Client.Raw):
			return false
		}
	}
	return size > 0
}

// timing is how long TCP took, and TLS from then until both Finished, or until the end.
func timing(h *fact.Handshake) (connected, spoken time.Duration, ok bool) {
	if h.Progress() <= fact.AtTCP {
		return 0, 0, false
	}
	end := h.Took
	for _, s := range h.Steps {
		switch {
		case s.Name == "connected":
			connected = s.At
		case s.Name == "Finished" && h.Finished == fact.Yes:
			end = s.At
		}
	}
	return connected, max(end-connected, 0), true
}

// kindOf is what like handshakes have in common.
func kindOf(h *fact.Handshake) string {
	var b strings.Builder
	fmt.Fprint(&b, h.ServerAddr(), h.Finished, h.Completed(), h.End.By, h.End.How, h.End.After, h.End.Alert, h.End.Reason, h.ALPN, h.Retry != nil)
	if h.Client != nil {
		fmt.Fprint(&b, "|hello ", len(h.Client.Raw))
	}
	if s := h.Server; s != nil {
		fmt.Fprint(&b, "|server ", s.Version, s.Suite)
		for _, e := range s.Extensions {
			fmt.Fprint(&b, ",", e.Type)
		}
		if s.Share != nil {
			fmt.Fprint(&b, "|share ", s.Share.Group)
		}
	}
	if k := h.Key; k != nil {
		fmt.Fprint(&b, "|key ", k.Kind, k.Group, k.PLen)
	}
	if leaf := h.Chain.Leaf(); leaf != nil {
		fmt.Fprint(&b, "|", leaf.SHA256, len(h.Chain.Certificates))
	}
	if h.Verdict != nil {
		for _, p := range h.Verdict.Problems {
			fmt.Fprint(&b, "|", p.Kind, p.Fatal)
		}
	}
	if h.Said != nil {
		fmt.Fprint(&b, "|", h.Said.Product, h.Said.Version, h.Said.ErrorCode, h.Said.ErrorState)
	}
	return b.String()
}
