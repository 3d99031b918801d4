// Package live makes handshakes: one experiment is one connection, recorded as it crosses the wire and read back
// by the decoder that reads captures. It logs in nowhere and sends no credential.
package live

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Settings are what a user can ask of a probe.
type Settings struct {
	Profile  client.Profile
	Protocol preamble.Protocol
	Roots    func() trust.Roots // called once a chain is to be judged; not nil
	Own      *wire.ClientCertificate
	Resolver Resolver
	Connect  string        // host, or host:port, dialled instead of the target's
	Family   int           // 4 or 6 restricts addresses; 0 takes all
	Timeout  time.Duration // a silent step ends after this long
	Max      int           // connections in all
	Parallel int           // repeats made at the same time; 0: four
	Deep     int           // connections of Deep, beside Max
	DeepEach int           // … and for each further address of the name
	Now      func() time.Time
	Tell     func(string) // progress, for people; may be nil
}

// silenced is how long an experiment waits at least once a first one met silence; where answers took long, it is so many
// times as long as the slowest of them: a slow server is not a silent one.
const (
	silenced = 3 * time.Second
	slower   = 4
)

// A Prober answers experiments about one question.
type Prober struct {
	Settings
	question fact.Question

	reading sync.Mutex // one recording at a time is told as evidence: a hostile one takes many times its size
	mu      sync.Mutex
	used    int
	unmade  int          // of those booked, the ones whose time was over before they could begin
	tapes   map[int]Tape // by number of the connection, from 1
	quiet   atomic.Bool  // a handshake met silence: later ones run side by side and wait less
	addrs   []netip.AddrPort
	slowest atomic.Int64 // how many nanoseconds the longest handshake took that was answered

	aliases <-chan aliasAnswer
}

// A Tape is one connection as recorded: enough to save it, and to tell it again as the same evidence.
type Tape struct {
	Variant    fact.Variant
	Protocol   string           // preamble ID
	Verified   string           // the name held against the certificate
	Path       []netip.AddrPort // client and server; the server alone when no connection came to be
	Connected  time.Duration    // when TCP stood
	Took       time.Duration
	Done       bool     // the engine saw both Finished messages
	End        fact.End // as the socket and the engine told it
	Transcript wire.Transcript
}

// New prepares a prober for a question; it connects to nothing yet.
func New(q fact.Question, s Settings) *Prober {
	return &Prober{Settings: s, question: q}
}

// Connections tells how many TCP connections were begun.
func (p *Prober) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used - p.unmade
}

// Left tells how many more may be begun; never less than none.
func (p *Prober) Left() int { return max(p.Max-p.Connections(), 0) }

// Tapes returns the connections recorded, in the order they were begun.
func (p *Prober) Tapes() []Tape {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Tape, 0, len(p.tapes))
	for _, number := range slices.Sorted(maps.Keys(p.tapes)) {
		list = append(list, p.tapes[number])
	}
	return list
}

// keep keeps the recording of a connection.
func (p *Prober) keep(number int, t Tape) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tapes == nil {
		p.tapes = map[int]Tape{}
	}
	p.tapes[number] = t
}

// take books n connections, or as many as are left.
func (p *Prober) take(n int) (first, got int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	got = min(n, max(p.Max-p.used, 0))
	first = p.used + 1
	p.used += got
	return first, got
}

// Ask runs one experiment against the address of the handshake to be explained and adds it to the case.
// It adds nothing when the variant would change nothing or no connection is left.
func (p *Prober) Ask(ctx context.Context, c *fact.Case, v fact.Variant) bool {
	return p.AskAll(ctx, c, []fact.Variant{v}) > 0
}

// AskAll runs experiments side by side and tells how many were made.
func (p *Prober) AskAll(ctx context.Context, c *fact.Case, variants []fact.Variant) int {
	addr := p.subject(c)
	var todo []*trial
	for _, v := range variants {
		if t, ok := p.trial(addr, v); ok {
			todo = append(todo, t)
		} else {
			c.Same = append(c.Same, v)
		}
	}
	return p.run(ctx, c, todo)
}

// subject is the address whose failure is being explained.
func (p *Prober) subject(c *fact.Case) netip.AddrPort {
	if base := c.Base(); base != nil && base.ServerAddr().IsValid() {
		return base.ServerAddr()
	}
	if len(p.addrs) > 0 {
		return p.addrs[0]
	}
	return netip.AddrPort{}
}

// run makes the trials at the same time, at most eight, and appends their handshakes in order.
func (p *Prober) run(ctx context.Context, c *fact.Case, todo []*trial) int {
	first, n := p.take(len(todo))
	todo = todo[:n]
	out := make([]fact.Handshake, n)
	slots := make(chan struct{}, 8)
	var wg sync.WaitGroup
	for i, t := range todo {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if over(ctx) && later(t.variant) {
				out[i].Variant = t.variant
				p.leave()
				return
			}
			p.tell(t.variant)
			out[i] = p.perform(ctx, t, first+i)
		})
	}
	wg.Wait()
	var cut []fact.Variant
	for i := range out {
		p.clock(todo[i], &out[i])
		switch h := &out[i]; {
		case h.Ref.At == "": // never begun
			cut = append(cut, h.Variant)
			continue
		case over(ctx) && tooShort(h, p.wait(todo[i])):
			cut = append(cut, h.Variant)
			continue
		case h.End.How == fact.EndTimeout && h.Variant.Kind != fact.Silence:
			p.quiet.Store(true) // who was told to say nothing met no silence of the peer
		}
		c.Handshakes = append(c.Handshakes, out[i])
	}
	noteCut(c, cut)
	return n
}

// over reports whether the time of the whole run is up. A dial gives up at the deadline by a timer of its own, which
// may ring a moment before the context's.
func over(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(end) < 20*time.Millisecond
}

// tooShort tells a handshake that the end of the whole run cut off before it had half of its time: its silence is
// no evidence. The first ones stay all the same, there is nothing else to tell.
func tooShort(h *fact.Handshake, patience time.Duration) bool {
	return h.End.How == fact.EndTimeout && h.Took < patience/2 && later(h.Variant)
}

// later reports whether an experiment comes after those that there must be in any case.
func later(v fact.Variant) bool { return v.Kind != fact.Baseline && v.Kind != fact.Address }

// leave gives back a connection that was booked and not made.
func (p *Prober) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unmade++
}

// noteCut makes one gap of the experiments that came too late.
func noteCut(c *fact.Case, cut []fact.Variant) {
	if len(cut) == 0 {
		return
	}
	what := "the experiment " + cut[0].String()
	if more := len(cut) - 1; more > 0 {
		what = fmt.Sprintf("%s and %d more", what, more)
	}
	c.Gaps = append(c.Gaps, fact.Gap{What: what, Why: "the time for the whole diagnosis was over"})
}

func (p *Prober) tell(v fact.Variant) {
	if p.Tell != nil {
		p.Tell(v.String())
	}
}

// Quiet reports whether a handshake met silence.
func (p *Prober) Quiet() bool { return p.quiet.Load() }

// timeout is how long the next connection may take.
func (p *Prober) timeout() time.Duration {
	if p.quiet.Load() {
		return p.enough()
	}
	return p.Timeout
}

// enough is how long to wait for a server of which something is known.
func (p *Prober) enough() time.Duration {
	return min(max(silenced, slower*time.Duration(p.slowest.Load())), p.Timeout)
}

// clock notes how long an answer took, but for hellos that are slow themselves.
func (p *Prober) clock(t *trial, h *fact.Handshake) {
	if h.Progress() < fact.AtServerHello || h.End.How == fact.EndTimeout || t.deal.pieces > 0 {
		return
	}
	for {
		known := p.slowest.Load()
		if int64(h.Took) <= known || p.slowest.CompareAndSwap(known, int64(h.Took)) {
			return
		}
	}
}

// wait is how long a trial may take.
func (p *Prober) wait(t *trial) time.Duration {
	if t.patience > 0 {
		return t.patience
	}
	return p.timeout()
}
