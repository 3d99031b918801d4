package live

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// linger is how long a probe reads on after its Finished in TLS 1.3 when the server asked for a client
// certificate: its refusal comes only then (RFC 8446 §4.4.2.4), while a session ticket tells that all is well.
const linger = 400 * time.Millisecond

// perform makes one connection and tells it as evidence. The number counts connections from 1.
func (p *Prober) perform(ctx context.Context, t *trial, number int) fact.Handshake {
	tape := p.record(ctx, t)
	p.keep(number, tape)
	p.reading.Lock()
	defer p.reading.Unlock()
	return Read(tape, number, p.Settings)
}

// record makes one connection and records it.
func (p *Prober) record(ctx context.Context, t *trial) Tape {
	rec := Tape{Variant: t.variant, Protocol: t.protocol.ID, Verified: t.name, Path: []netip.AddrPort{t.addr}}
	rec.Transcript.Start = p.Now()
	ctx, cancel := context.WithTimeout(ctx, p.wait(t))
	defer cancel()
	begun := time.Now()
	conn, err := dial(ctx, t.addr, t.segment)
	if err != nil {
		rec.Took = time.Since(begun)
		rec.End = dialEnd(err, rec.Took)
		interrupted(ctx, &rec.End)
		return rec
	}
	defer conn.Close()
	x := &exchange{trial: t, tape: newTape(conn, begun)}
	x.deadline, _ = ctx.Deadline()
	conn.SetDeadline(x.deadline)
	// Whoever interrupts the run need not wait until a silent peer's time is over.
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	rec.End = x.run(ctx)
	interrupted(ctx, &rec.End)
	rec.Took, rec.Connected = time.Since(begun), x.connected
	rec.Path = []netip.AddrPort{addrPort(conn.LocalAddr()), t.addr}
	rec.Done = x.client != nil && x.client.Done()
	rec.Transcript.Chunks, rec.Transcript.Secrets = x.tape.t.Chunks, x.tape.t.Secrets
	return rec
}

// interrupted takes back what a connection seems to show when the user ended it: not looked is not silence.
func interrupted(ctx context.Context, end *fact.End) {
	if errors.Is(ctx.Err(), context.Canceled) && (end.How == fact.EndTimeout || end.How == fact.EndUnreachable) {
		*end = fact.End{By: wire.ClientSide, How: fact.EndLocal, After: end.After, Reason: "interrupted"}
	}
}

// Read tells a recorded connection as evidence, whether it was made a moment ago or is replayed from a file.
// The number counts connections from 1.
func Read(t Tape, number int, s Settings) fact.Handshake {
	ref := fact.Ref{Kind: "live", At: fmt.Sprintf("experiment %d", number), Name: t.Variant.String()}
	if t.End.After == "tcp" {
		return fact.Handshake{Ref: ref, Protocol: t.Protocol, Variant: t.Variant, Path: t.Path, End: t.End, Took: t.Took, Finished: fact.No}
	}
	protocol := preamble.ByID(t.Protocol)
	if protocol == nil { // a recording from a file may name anything
		protocol = preamble.ByID("tls")
	}
	h := preamble.Read(protocol, &t.Transcript)
	h.Ref, h.Variant, h.Took, h.Path = ref, t.Variant, t.Took, t.Path
	h.End = mergeEnd(h.End, t.End)
	h.Finished = fact.Is(t.Done)
	h.Steps = append([]fact.Step{{From: wire.ClientSide, At: t.Connected, Name: "connected"}}, h.Steps...)
	judge(&h, t.Verified, t.Transcript.Start, s)
	return h
}

// judge reads the chain and lets the client's policy judge it.
func judge(h *fact.Handshake, name string, at time.Time, s Settings) {
	if h.Chain == nil || len(h.Chain.Certificates) == 0 {
		return
	}
	der := make([][]byte, len(h.Chain.Certificates))
	for i, c := range h.Chain.Certificates {
		der[i] = c.DER
	}
	cut := h.Chain.Cut
	if h.Chain = trust.Parse(der); h.Chain.Cut == "" {
		h.Chain.Cut = cut
	}
	pinned := unpinned(s.Profile, der[0])
	if s.Profile.Unverified && pinned == nil {
		return // this client takes any certificate
	}
	v := fact.Verdict{At: at}
	if !s.Profile.Unverified {
		v = trust.Judge(h.Chain, h.OCSP, s.Profile.Policy(name, at, s.Roots()))
	}
	if pinned != nil {
		v.Problems = append(v.Problems, *pinned)
	}
	h.Verdict = &v
}

// unpinned is what is wrong with a certificate that is none of those the client demands; nil where it demands none.
func unpinned(p client.Profile, leaf []byte) *fact.Problem {
	if len(p.Pins) == 0 {
		return nil
	}
	fits, digest := p.Pinned(leaf)
	if fits {
		return nil
	}
	return &fact.Problem{Kind: fact.KeyNotPinned, Fatal: true, Detail: digest, Names: p.Pins}
}

// mergeEnd joins what the decoder read (the step, an alert) with what the socket and the engine told.
func mergeEnd(read, told fact.End) fact.End {
	if told.After == "" {
		told.After = read.After
	}
	if read.How == fact.EndAlert && read.By == wire.ServerSide && told.How != fact.EndCompleted {
		told.How, told.By, told.Alert = fact.EndAlert, read.By, read.Alert
	}
	return told
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort()
	}
	return netip.AddrPort{}
}

// An exchange is one connection's conversation.
type exchange struct {
	*trial
	tape      *tape
	client    *wire.Client
	connected time.Duration
	deadline  time.Time // of the whole connection
}

// within is a moment from now, or the connection's deadline when that comes first.
func (x *exchange) within(d time.Duration) time.Time {
	if t := time.Now().Add(d); x.deadline.IsZero() || t.Before(x.deadline) {
		return t
	}
	return x.deadline
}

// run speaks the preamble, then TLS, and tells how it ended.
func (x *exchange) run(ctx context.Context) fact.End {
	x.connected = time.Since(x.tape.start)
	if x.silence > 0 {
		return x.listen()
	}
	conn, _, err := x.protocol.Dial(ctx, x.tape, x.options)
	if err != nil {
		return x.preambleEnd(err)
	}
	return x.speak(ctx, conn)
}

// listen says nothing and waits for the peer to speak or close.
func (x *exchange) listen() fact.End {
	x.tape.SetReadDeadline(x.within(x.silence))
	_, err := x.tape.Read(make([]byte, 512))
	if err == nil {
		return fact.End{By: wire.ServerSide, How: fact.EndNotTLS, After: "preamble"}
	}
	end := x.cutOff(err)
	end.After = "preamble"
	return end
}

// preambleEnd says how the preamble failed.
func (x *exchange) preambleEnd(err error) fact.End {
	end := fact.End{By: wire.ServerSide, After: "preamble", Detail: plain(err)}
	switch {
	case errors.Is(err, preamble.ErrDeclined):
		end.How = fact.EndDeclined
	case errors.Is(err, preamble.ErrReply):
		end.How = fact.EndError
	case errors.Is(err, preamble.ErrOther):
		end.How = fact.EndNotTLS
	default:
		end = x.cutOff(err)
		end.After = "preamble"
	}
	return end
}

// speak runs the handshake on conn.
func (x *exchange) speak(ctx context.Context, conn net.Conn) fact.End {
	config := wire.ClientConfig{Hello: x.hello, Rand: rand.Reader, Certificate: x.own, Refuse: x.limits.Refuse}
	if x.force != nil {
		x.force(&config)
	}
	c, err := wire.NewClient(config)
	if err != nil {
		return fact.End{By: wire.ClientSide, How: fact.EndLocal, Reason: "hello", Detail: err.Error(), After: "preamble"}
	}
	x.client = c
	defer func() { x.tape.t.Secrets = c.Secrets() }()
	x.tape.deal = x.deal
	_, err = conn.Write(c.Start())
	x.tape.deal = dealing{}
	if err != nil {
		return x.engineEnd(x.drain(conn, err))
	}
	if end, ok := x.feed(conn, c.Done); !ok {
		return end
	}
	return x.after(ctx, conn)
}

// feed moves bytes between the connection and the engine until the condition holds (true) or it is over.
func (x *exchange) feed(conn net.Conn, until func() bool) (fact.End, bool) {
	buf := make([]byte, 16<<10)
	for !until() {
		n, err := conn.Read(buf)
		if n > 0 {
			out, ferr := x.client.Feed(buf[:n])
			if len(out) > 0 {
				if _, werr := conn.Write(out); werr != nil && ferr == nil {
					ferr = x.drain(conn, werr)
				}
			}
			if ferr != nil && !(until() && closesPolitely(ferr)) {
				return x.engineEnd(ferr), false
			}
		}
		if err != nil && !until() {
			return x.cutOff(err), false
		}
	}
	return fact.End{}, true
}

// closesPolitely: a server that has nothing more to say may send close_notify right behind its last message.
func closesPolitely(err error) bool {
	var alert *wire.PeerAlert
	return errors.As(err, &alert) && alert.Alert.Code == wire.AlertCloseNotify
}

// drain reads what the peer said before it closed: its alert may lie in our buffer although our write failed.
func (x *exchange) drain(conn net.Conn, werr error) error {
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if _, ferr := x.client.Feed(buf[:n]); ferr != nil {
				return ferr
			}
		}
		if err != nil {
			if err == io.EOF {
				return werr
			}
			return err
		}
	}
}

// after reads a moment longer where a refusal can still come, and closes as a client does.
func (x *exchange) after(ctx context.Context, conn net.Conn) fact.End {
	if u, ok := conn.(preamble.Unwrapper); ok {
		u.Unwrap()
	}
	end := fact.End{By: wire.ClientSide, How: fact.EndCompleted}
	if x.client.AwaitsVerdict() {
		conn.SetReadDeadline(x.within(linger))
		e, ok := x.feed(conn, x.client.Settled)
		if e.How == fact.EndAlert && e.Alert == wire.AlertCloseNotify {
			e.How = fact.EndClosed // it hangs up on the client's answer, if politely
		}
		if !ok && e.How != fact.EndTimeout {
			return e
		}
	}
	if e, refused := x.awaitTicket(conn); refused {
		return e
	}
	if e, refused := x.ask(ctx, conn); refused {
		return e
	}
	conn.SetWriteDeadline(x.within(linger))
	conn.Write(x.client.Close())
	return end
}

// ask asks a server that wanted a client certificate and finished the handshake without one whether it minds.
func (x *exchange) ask(ctx context.Context, conn net.Conn) (fact.End, bool) {
	switch {
	case x.also != nil:
		return x.also(ctx, x, conn)
	case !x.client.Requested():
	case x.protocol.ID == "https":
		return x.askHTTP(conn)
	case x.own == nil && (x.protocol.ID == "postgres" || x.protocol.ID == "postgres-direct"):
		return x.askPostgres(ctx, conn)
	}
	return fact.End{}, false
}

// engineEnd says how the engine ended a handshake.
func (x *exchange) engineEnd(err error) fact.End {
	var alert *wire.PeerAlert
	var local *wire.LocalError
	var other *wire.NotTLSError
	switch {
	case errors.As(err, &alert):
		return fact.End{By: wire.ServerSide, How: fact.EndAlert, Alert: alert.Alert.Code}
	case errors.As(err, &other):
		return fact.End{By: wire.ServerSide, How: fact.EndNotTLS}
	case errors.As(err, &local):
		return fact.End{By: wire.ClientSide, How: fact.EndLocal, Reason: local.Reason, Detail: local.Error()}
	}
	return x.cutOff(err)
}

// cutOff says how the socket ended the connection, and for how long nothing had come before. More bytes than are kept
// are, within TLS, a message too large: that of the certificates, as a rule.
func (x *exchange) cutOff(err error) fact.End {
	end := readEnd(err, x.tape.silent())
	if errors.Is(err, errFull) && x.client != nil {
		end.Reason = wire.ReasonTooLarge
	}
	return end
}
