package live

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	// usualParallel is how many repeats are made at the same time when the settings say nothing.
	usualParallel = 4
	// ahead is how many repeats, for each that may run, wait for an earlier one to end.
	ahead = 8
	// telling is the least time between two lines of progress.
	telling = time.Second
	// brief is the least time that a repeat waits for the session ticket.
	brief = 50 * time.Millisecond
)

// Repeat makes the unchanged handshake again until there are as many as the question wants, in turn with each address
// that took a connection. Like ones are folded, so that any number of them costs the memory of the distinct ones. When
// ctx ends, what was measured until then stays.
func (p *Prober) Repeat(ctx context.Context, c *fact.Case) {
	if p.question.Repeat <= 1 || c.First() == nil {
		return
	}
	parallel := p.Parallel
	if parallel <= 0 {
		parallel = usualParallel
	}
	f := newFolding(c, p.question.Repeat, parallel)
	addrs := f.begin()
	first, begun := f.counts.Made, time.Now()
	pr := progress{tell: p.Tell, every: telling}
	inOrder(p.question.Repeat-first, parallel, func(i int) func() round {
		return p.round(ctx, addrs[(first+i)%len(addrs)], first+i+1)
	}, func(r round) {
		if !r.made {
			return
		}
		if f.add(r.handshake, r.tape) {
			p.keep(r.connection, r.tape)
		}
		pr.say(f.counts)
	})
	f.counts.Took = time.Since(begun)
	why := "the run was ended"
	if p.Left() == 0 {
		why = "no connection was left (--max-connections)"
	}
	f.end(p.question.Repeat, why)
}

// A round is one repeat.
type round struct {
	made       bool // false: the run was over before it told anything
	connection int
	handshake  fact.Handshake
	tape       Tape
}

// round prepares the unchanged handshake for the i-th time; nil when no connection is left or the run is over.
func (p *Prober) round(ctx context.Context, addr netip.AddrPort, i int) func() round {
	t, ok := p.trial(addr, fact.Variant{Kind: fact.Repeat, Value: strconv.Itoa(i)})
	if !ok || over(ctx) {
		return nil
	}
	number, got := p.take(1)
	if got == 0 {
		return nil
	}
	return func() round { return p.again(ctx, t, number) }
}

// again makes one repeat.
func (p *Prober) again(ctx context.Context, t *trial, number int) round {
	r := round{connection: number, tape: p.record(ctx, t)}
	p.reading.Lock()
	r.handshake = Read(r.tape, number, p.Settings)
	p.reading.Unlock()
	r.made = r.handshake.End.Reason != "interrupted" && !(over(ctx) && tooShort(&r.handshake, p.timeout()))
	if r.made && r.handshake.End.How == fact.EndTimeout {
		p.quiet.Store(true)
	}
	return r
}

// inOrder does n things, so many at the same time, and takes their results in the order in which they were prepared. A
// slow one holds later ones back, once a bounded number of them wait for it. The first that is nil is the last.
func inOrder[T any](n, parallel int, prepare func(i int) func() T, take func(T)) {
	queue := make(chan chan T, ahead*parallel)
	go func() {
		defer close(queue)
		slots := make(chan struct{}, parallel)
		for i := range n {
			slots <- struct{}{}
			do := prepare(i)
			if do == nil {
				return
			}
			result := make(chan T, 1)
			go func() {
				defer func() { <-slots }()
				result <- do()
			}()
			queue <- result
		}
	}()
	for result := range queue {
		take(<-result)
	}
}

// A progress tells people how far a run is, not too often.
type progress struct {
	tell  func(string)
	every time.Duration
	last  time.Time
}

func (p *progress) say(n fact.Repeats) {
	if p.tell == nil || time.Since(p.last) < p.every && n.Made < n.Wanted {
		return
	}
	p.last = time.Now()
	p.tell(fmt.Sprintf("repeat %d of %d, %d failed", n.Made, n.Wanted, n.Failed))
}

// awaitTicket reads on after the Finished messages of TLS 1.3 until the session ticket comes, which names the server's
// key and shows that it took our Finished, or a moment has passed. A server that breaks the connection off instead
// refuses; one that merely closes may have nothing to say.
func (x *exchange) awaitTicket(conn net.Conn) (fact.End, bool) {
	if !x.ticket || x.client.Flight().Server.Version < wire.TLS13 || x.client.Settled() {
		return fact.End{}, false
	}
	conn.SetReadDeadline(x.within(min(max(brief, 3*x.connected), linger)))
	end, ok := x.feed(conn, x.client.Settled)
	refused := end.How == fact.EndReset || end.How == fact.EndAlert && end.Alert != wire.AlertCloseNotify
	return end, !ok && refused
}
