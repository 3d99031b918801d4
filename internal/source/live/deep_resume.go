package live

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// resumeCost: each way with a full handshake, two resumed ones, one at each other address; where one fails, it is made
// again, with a full handshake before it at the first address and at its own, and a last one of those.
const (
	resumeCost     = 3*(1+2+maxAddresses-1) + maxResumptions*(3*(proof-1)+1)
	maxResumptions = 4 // ways at addresses that are made again
)

// A way is one way to take a session up again.
type way struct {
	name    string // as Forcing.Form has it
	version uint16
	ticket  bool
}

// ways are those of the versions in use: first the one that clients of today take with this server. A server that knows
// none of them hands out no session.
func (d *deep) ways() (likely, others []way) {
	all := []way{{"psk", wire.TLS13, false}, {"ticket", wire.TLS12, true}, {"id", wire.TLS12, false}}
	if d.chosen >= wire.TLS13 {
		return all[:1], all[1:]
	}
	return all[1:2], []way{all[0], all[2]}
}

// A resuming is one way tried with one server.
type resuming struct {
	way
	full    *fact.Handshake // the last full handshake
	session *wire.Session   // the newest one; nil: the server gave none
	given   time.Time       // when
	resumed []*fact.Handshake
	silent  bool // the session met silence: it is given all the time there is
	tries   map[string]int
}

// resumption makes full handshakes and takes their sessions up again: twice, at each other address of the name, and
// again from the beginning where that fails.
func (d *deep) resumption(list []way) {
	var all []*resuming
	for _, w := range list {
		all = append(all, &resuming{way: w, tries: map[string]int{}})
	}
	at := d.subject(d.c)
	d.sessions(all, at, false)
	d.sessions(all, at, true)
	var sound []*resuming
	for _, r := range all {
		if !r.failed(at) {
			sound = append(sound, r)
		}
	}
	d.sessions(sound, at, true)
	for _, other := range d.addrs {
		if other != at {
			d.sessions(all, other, true)
		}
	}
	d.repeatResumption(all, at)
}

// failed: some session was offered to the address and that handshake came less far than a full one.
func (r *resuming) failed(at netip.AddrPort) bool {
	return slices.ContainsFunc(r.resumed, func(h *fact.Handshake) bool { return h.ServerAddr() == at && h.ShortOf(r.full) })
}

// repeatResumption: each failure again, from fresh full handshakes; with the address that fails, too, so that it is known
// to take those.
func (d *deep) repeatResumption(all []*resuming, at netip.AddrPort) {
	for _, r := range all {
		for _, addr := range d.addrs {
			if !r.failed(addr) || d.resumptions >= maxResumptions {
				continue
			}
			d.resumptions++
			for range proof - 1 {
				if addr != at {
					d.sessions([]*resuming{r}, addr, false)
				}
				d.sessions([]*resuming{r}, at, false) // the session is of the first address, as before
				r.silent = r.last(addr) == fact.EndTimeout
				d.sessions([]*resuming{r}, addr, true)
				if r.last(addr) == fact.EndCompleted {
					break
				}
			}
			r.silent = false
			d.sessions([]*resuming{r}, addr, false)
		}
	}
}

// last is how the last handshake with an offered session ended.
func (r *resuming) last(at netip.AddrPort) fact.How {
	for _, h := range slices.Backward(r.resumed) {
		if h.ServerAddr() == at {
			return h.End.How
		}
	}
	return ""
}

// breath is how long a session is left alone before it is offered: NSS keeps it only a moment after the handshake, and
// declines it until then.
const breath = 40 * time.Millisecond

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// sessions makes one handshake for each way, full or with the session at hand.
func (d *deep) sessions(all []*resuming, at netip.AddrPort, resume bool) {
	var todo []*trial
	var whose []*resuming
	for _, r := range all {
		if resume && (r.session == nil || r.full == nil) {
			continue
		}
		todo, whose = append(todo, d.resumeTrial(r, at, resume)), append(whose, r)
	}
	if resume && len(todo) > 0 {
		pause(d.ctx, breath)
	}
	for _, h := range d.all(todo...) {
		i := slices.IndexFunc(todo, func(t *trial) bool { return t.variant == h.Variant })
		r := whose[i]
		switch {
		case resume:
			r.resumed = append(r.resumed, h)
		case h.Progress() == fact.AtDone:
			r.full = h
		}
	}
}

// resumeTrial is a handshake that waits for a session at its end.
func (d *deep) resumeTrial(r *resuming, at netip.AddrPort, resume bool) *trial {
	f := fact.Forcing{What: "resumption", Form: r.name, Extra: "full"}
	if resume {
		f.Extra = "resumed"
	}
	r.tries[f.Extra]++
	f.Try = r.tries[f.Extra]
	if resume && r.silent {
		f.Wait = "full"
	}
	t := d.plainTrial(f, r.version)
	t.addr, t.hello.Ticket = at, r.ticket
	if resume {
		session, age := r.session, time.Since(r.given)
		t.force = func(config *wire.ClientConfig) { config.Resume, config.ResumeAge = session, age }
	}
	t.also = func(_ context.Context, x *exchange, conn net.Conn) (fact.End, bool) { return r.await(x, conn) }
	return t
}

// await reads on for the session, which comes after the handshake in TLS 1.3, and keeps it.
func (r *resuming) await(x *exchange, conn net.Conn) (fact.End, bool) {
	if r.version >= wire.TLS13 {
		conn.SetReadDeadline(x.within(linger))
		end, _ := x.feed(conn, func() bool { return x.client.Session() != nil })
		if end.How == fact.EndReset || end.How == fact.EndAlert && end.Alert != wire.AlertCloseNotify {
			return end, true
		}
	}
	if s := x.client.Session(); s != nil {
		r.session, r.given = s, time.Now()
	}
	return fact.End{}, false
}

// closeCost: what is said good-bye to, again where no answer comes, and connections that are left alone.
const closeCost = proof + proof/2 + 1

// closing ends a handshake first and looks whether the server answers the closing message with its own (RFC 5246
// §7.2.1 demands it, RFC 8446 §6.1 wants one before the end of what is sent). Where the connection ends without, it looks
// whether those do that are left alone for a moment.
func (d *deep) closing() {
	alone := 0
	for try := 1; try <= proof; try++ {
		h := d.one(d.closeTrial("first", try, closeFirst))
		if h == nil || h.End.How != fact.EndClosed && h.End.How != fact.EndReset {
			return
		}
		if try%2 == 1 {
			alone++
			d.one(d.closeTrial("control", alone, stayOpen))
		}
	}
}

func (d *deep) closeTrial(name string, try int, also func(context.Context, *exchange, net.Conn) (fact.End, bool)) *trial {
	t := d.forcedTrial(d.c, fact.Forcing{What: "close", Form: name, Try: try})
	t.hello, t.also = d.plain, also
	return t
}

// stayOpen says nothing for a moment: a server that took the handshake waits, or speaks.
func stayOpen(_ context.Context, x *exchange, conn net.Conn) (fact.End, bool) {
	conn.SetReadDeadline(x.within(4 * breath))
	end, _ := x.feed(conn, func() bool { return false })
	return end, end.How != fact.EndTimeout
}

// closeFirst says good-bye and tells how the server takes it: by an alert of the same kind, a close, a reset, or not at
// all in the time that is given.
func closeFirst(_ context.Context, x *exchange, conn net.Conn) (fact.End, bool) {
	conn.SetDeadline(x.within(linger))
	if _, err := conn.Write(x.client.Close()); err != nil {
		return x.cutOff(err), true
	}
	end, _ := x.feed(conn, func() bool { return false })
	return end, end.How != fact.EndTimeout
}
