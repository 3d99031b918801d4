package live

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// repeating is a plan of so many unchanged handshakes.
func repeating(p plan, n int) plan {
	p.question.Repeat, p.Max = n, n+12
	return p
}

// counted are the unchanged handshakes that a case stands for, and the failed among them.
func counted(c *fact.Case) (made, failed int) {
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if made += h.Seen.Count; !h.Completed() {
			failed += h.Seen.Count
		}
	}
	return made, failed
}

// TestRepeatTakesTurns: both addresses are met equally often, like handshakes are one, and the first of each kind keeps
// its recording.
func TestRepeatTakesTurns(t *testing.T) {
	p, a, b := twoAddresses(t, healthy(t), refusing)
	c, prober := repeating(p, 41).begin(t)
	if a.conns.Load() != 21 || b.conns.Load() != 20 || prober.Connections() != 41 {
		t.Errorf("%d and %d connections, %d counted", a.conns.Load(), b.conns.Load(), prober.Connections())
	}
	want := []string{"experiment 1: baseline at 127.0.0.1 ends completed", "experiment 2: address 127.0.0.2 at 127.0.0.2 ends alert",
		"experiment 3: repeat 3 at 127.0.0.1 ends completed", "experiment 4: repeat 4 at 127.0.0.2 ends alert"}
	if got := told(c); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if made, failed := counted(c); made != 41 || failed != 20 {
		t.Errorf("%d of %d fail", failed, made)
	}
	r := c.Repeats
	if r == nil || r.Made != 41 || r.Failed != 20 || r.FirstFailed != 2 || r.Parallel != 4 || len(r.Orders) != 2 {
		t.Fatalf("%+v", r)
	}
	if o := r.Orders[1]; o.Made != 20 || o.Failed != 20 || o.Stretches != 1 {
		t.Errorf("%+v", o)
	}
	var tapes []string
	for _, tape := range prober.Tapes() {
		tapes = append(tapes, string(tape.Variant.Kind)+tape.Path[1].Addr().String())
	}
	if len(tapes) != 4 {
		t.Errorf("recordings of %q", tapes)
	}
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if h.Again == nil || h.Again.Connect.Count != h.Seen.Count || h.Again.TLS.Count != h.Seen.Count || sum(h.Again.Tenths) != h.Seen.Count {
			t.Errorf("%s: %+v", h.Ref.At, h.Again)
		}
	}
}

func sum(list [fact.Tenths]uint32) (n int) {
	for _, x := range list {
		n += int(x)
	}
	return n
}

// TestRepeatOfOne: without --repeat nothing is counted.
func TestRepeatOfOne(t *testing.T) {
	p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
	c, prober := repeating(p, 1).begin(t)
	if c.Repeats != nil || prober.Connections() != 1 || only(t, c).Again != nil {
		t.Errorf("%+v, %d connections", c.Repeats, prober.Connections())
	}
}

// TestRepeatKeepsTheLimit: no more connections are made than allowed, and that is told.
func TestRepeatKeepsTheLimit(t *testing.T) {
	there := startPeer(t, "127.0.0.1", healthy(t))
	p := repeating(planFor(t, there.addr, "tls"), 100)
	p.Max = 20
	c, prober := p.begin(t)
	if prober.Connections() != 20 || there.conns.Load() != 20 || c.Repeats.Made != 20 {
		t.Errorf("%d connections, %d accepted, %+v", prober.Connections(), there.conns.Load(), c.Repeats)
	}
	if len(c.Gaps) != 1 || c.Gaps[0].What != "80 of 100 repeats" || !strings.Contains(c.Gaps[0].Why, "--max-connections") {
		t.Errorf("%+v", c.Gaps)
	}
}

// TestRepeatCountsTickets: crypto/tls seals tickets without a key name, so that no two begin alike.
func TestRepeatCountsTickets(t *testing.T) {
	p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
	c, _ := repeating(p, 100).begin(t)
	brought := 0
	for i := range c.Handshakes {
		brought += c.Handshakes[i].Again.Ticket
	}
	if r := c.Repeats; brought != 100 || len(r.Tickets) != maxTickets || r.Nameless != 100-maxTickets || r.Failed != 0 {
		t.Errorf("%d tickets, %d kept, %d beyond", brought, len(r.Tickets), r.Nameless)
	}
}

// TestRepeatSeesLateRefusal: a server of TLS 1.3 that breaks the connection off because of the client's Finished does so
// when the client thinks that all is well. One that merely closes had nothing to say.
func TestRepeatSeesLateRefusal(t *testing.T) {
	config := goServer(t)
	config.SessionTicketsDisabled = true
	for name, test := range map[string]struct {
		end    func(net.Conn)
		failed int
	}{"reset": {rst, 6}, "closed": {func(c net.Conn) { c.Close() }, 0}, "silent": {hold, 0}} {
		p := planFor(t, startPeer(t, "127.0.0.1", func(c net.Conn) {
			if s := tls.Server(c, config); s.Handshake() == nil {
				test.end(c)
			}
		}).addr, "tls")
		c, _ := repeating(p, 6).begin(t)
		if c.Repeats.Failed != test.failed || c.Repeats.Made != 6 {
			t.Errorf("%s: %d of %d fail", name, c.Repeats.Failed, c.Repeats.Made)
		}
	}
}

// TestRepeatInterrupted: what was measured until then stays, and what was under way is no evidence.
func TestRepeatInterrupted(t *testing.T) {
	ok := healthy(t)
	var served atomic.Int32
	stuck := make(chan bool)
	there := startPeer(t, "127.0.0.1", func(c net.Conn) {
		if served.Add(1) > 20 {
			stuck <- true
			hold(c)
			return
		}
		ok(c)
	})
	p := repeating(planFor(t, there.addr, "tls"), 1000)
	p.Timeout = 2 * hung
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for range usualParallel { // all that run at the same time are stuck
			<-stuck
		}
		cancel()
	}()
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	finish(t, func() { prober.Begin(ctx, c); prober.Repeat(ctx, c) })
	if r := c.Repeats; r.Made != 20 || r.Failed != 0 || r.Wanted != 1000 {
		t.Errorf("%+v", r)
	}
	if len(c.Gaps) != 1 || c.Gaps[0].What != "980 of 1000 repeats" || c.Gaps[0].Why != "the run was ended" {
		t.Errorf("%+v", c.Gaps)
	}
	if made, _ := counted(c); made != 20 || len(c.Handshakes) != 1 && len(c.Handshakes) != 2 {
		t.Errorf("%d told", made)
	}
	for _, n := range c.Handshakes[len(c.Handshakes)-1].Again.Tenths[1:] {
		if n != 2 {
			t.Errorf("of a run that ended early: %v", c.Handshakes[len(c.Handshakes)-1].Again.Tenths)
		}
	}
}

// TestRepeatTells: a line of progress at most once a second, and one at the end.
func TestRepeatTells(t *testing.T) {
	var lines []string
	p := repeating(planFor(t, startPeer(t, "127.0.0.1", refusing).addr, "tls"), 60)
	p.Tell = func(s string) { lines = append(lines, s) }
	p.begin(t)
	if n := len(lines); n < 2 || n > 60 || lines[n-1] != "repeat 60 of 60, 60 failed" {
		t.Errorf("%q", lines)
	}
	quiet := progress{tell: func(s string) { t.Errorf("told too soon: %s", s) }, every: time.Hour, last: time.Now()}
	quiet.say(fact.Repeats{Made: 3, Wanted: 60})
}

// TestInOrder: results come in the order of preparation, no more run at a time than allowed, a stuck one holds a bounded
// number back, and the first that cannot be prepared is the last.
func TestInOrder(t *testing.T) {
	const parallel = 3
	var running, most, done atomic.Int32
	release := make(chan bool)
	var got []int
	inOrder(1000, parallel, func(i int) func() int {
		if i == 200 {
			return nil
		}
		return func() int {
			for n := running.Add(1); n > most.Load(); {
				most.Store(n)
			}
			defer running.Add(-1)
			if i == 0 {
				<-release
			}
			if done.Add(1) == ahead*parallel {
				close(release)
			}
			return i
		}
	}, func(i int) {
		if i == 0 && done.Load() > ahead*parallel+2*parallel+2 {
			t.Errorf("%d went ahead of one that was stuck", done.Load())
		}
		got = append(got, i)
	})
	if len(got) != 200 || !slices.IsSorted(got) || most.Load() > parallel {
		t.Errorf("%d taken, %d at a time", len(got), most.Load())
	}
}

// TestTimeline: runs of any length, ended anywhere, have tenths of about the same length; every handshake is in one, and
// those at the end are in the last.
func TestTimeline(t *testing.T) {
	for _, made := range []int{1, 9, 10, 37, 159, 160, 161, 1000, 1344, 100000} {
		line := timeline{width: 1, of: map[int]*[fineParts]uint32{}}
		for i := range made {
			kind := 0
			if i == made-1 {
				kind = 1
			}
			line.add(kind, i)
		}
		last, all := line.tenths(1, made), 1
		if made > 1 {
			parts := line.tenths(0, made)
			all += sum(parts)
			for _, n := range parts {
				if made >= 160 && (float64(n) < 0.07*float64(made) || float64(n) > 0.13*float64(made)) {
					t.Errorf("%d: %v", made, parts)
					break
				}
			}
		}
		if made >= fact.Tenths && last[fact.Tenths-1] != 1 || all != made || sum(last) != 1 {
			t.Errorf("%d: the last is in %v, %d in all", made, last, all)
		}
	}
}

// like is a handshake as a probe tells it, with a certificate and an end; the tape is what would be recorded of it.
func like(i int, certificate string, how fact.How) (fact.Handshake, Tape) {
	h := fact.Handshake{Ref: fact.Ref{Kind: "live", At: fmt.Sprintf("experiment %d", i)}, Path: []netip.AddrPort{{}, netip.MustParseAddrPort("192.0.2.1:443")},
		Variant: fact.Variant{Kind: fact.Repeat, Value: fmt.Sprint(i)}, Client: &wire.ClientHello{Raw: make([]byte, 517)},
		Server: &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301}, Chain: &fact.Chain{Certificates: []fact.Certificate{{SHA256: certificate, DER: make([]byte, 2000)}}},
		Finished: fact.Is(how == fact.EndCompleted), End: fact.End{How: how, After: "client Finished"}, Took: time.Millisecond,
		Ticket: fmt.Appendf(nil, "%016d", i)}
	return h, Tape{Transcript: wire.Transcript{Chunks: []wire.Chunk{{Data: make([]byte, 4096)}}}}
}

// TestRepeatsCostNoMemory folds a hundred thousand handshakes: what stays is that of the distinct ones.
func TestRepeatsCostNoMemory(t *testing.T) {
	const n = 100000
	c := &fact.Case{}
	first, _ := like(0, "aa", fact.EndCompleted)
	first.Variant = fact.Variant{}
	c.Handshakes = append(c.Handshakes, first)
	f := newFolding(c, n, 4)
	f.begin()
	_, kept := spent(func() {
		for i := 1; i < n; i++ {
			how := fact.EndCompleted
			if i%100 == 0 {
				how = fact.EndReset
			}
			f.add(like(i, []string{"aa", "bb"}[i%2], how))
		}
		f.end(n, "")
	})
	if kept > 1<<20 || len(c.Handshakes) != 4 {
		t.Errorf("%d kB and %d handshakes kept of %d", kept>>10, len(c.Handshakes), n)
	}
	if made, failed := counted(c); made != n || failed != n/100-1 || c.Repeats.Made != n || c.Repeats.Failed != failed {
		t.Errorf("%d of %d fail, %+v", failed, made, c.Repeats)
	}
	if refs := len(c.Handshakes[1].Seen.Refs); refs != maxRefs {
		t.Errorf("%d places", refs)
	}
}

// TestHostileRepeatsAreBounded: a server that shows another certificate each time costs no more than the bound, and no
// handshake goes uncounted.
func TestHostileRepeatsAreBounded(t *testing.T) {
	const n = 5000
	c := &fact.Case{}
	first, _ := like(0, "first", fact.EndCompleted)
	first.Variant = fact.Variant{}
	c.Handshakes = append(c.Handshakes, first)
	f := newFolding(c, n, 4)
	f.begin()
	keptTapes := 0
	for i := 1; i < n; i++ {
		if f.add(like(i, fmt.Sprint("certificate ", i), []fact.How{fact.EndCompleted, fact.EndReset}[i%2])) {
			keptTapes++
		}
	}
	f.end(n, "")
	if len(c.Handshakes) > maxKinds+3 || keptTapes != len(c.Handshakes)-1 || len(c.Repeats.Tickets) > maxTickets {
		t.Errorf("%d handshakes, %d recordings", len(c.Handshakes), keptTapes)
	}
	if made, failed := counted(c); made != n || failed != n/2 || c.Repeats.Coarse != n-1-maxKinds {
		t.Errorf("%d of %d fail, %d by their end alone", failed, made, c.Repeats.Coarse)
	}
	if !slices.ContainsFunc(c.Gaps, func(g fact.Gap) bool { return strings.Contains(g.Why, "kinds of handshakes differ") }) {
		t.Errorf("%+v", c.Gaps)
	}
}
