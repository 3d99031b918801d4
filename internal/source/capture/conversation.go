package capture

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// handshake tells a finished flow as evidence; ok is false when it has nothing to do with TLS or with a protocol that
// can change to it.
func (r *reading) handshake(f *flow) (h fact.Handshake, ok bool) {
	client := clientOf(f)
	t := transcript(f, client)
	server := f.addr[1-client]
	p := preamble.Guess(t.Stream(wire.ClientSide), t.Stream(wire.ServerSide), server.Port())
	h, ok = r.decode(f, client, p, t)
	if !ok {
		return h, false
	}
	r.frame(&h, f, client)
	r.chain(&h, f)
	finish(&h, f, client)
	describe(&h)
	return h, true
}

// decode reads the bytes. A protocol guessed by its port may be wrong; where record headers were found, TLS is read
// from there.
func (r *reading) decode(f *flow, client int, p *preamble.Protocol, t *wire.Transcript) (fact.Handshake, bool) {
	encrypted := f.half[0].scan.mode != inClear || f.half[1].scan.mode != inClear
	if p == nil && !encrypted {
		return fact.Handshake{}, false
	}
	var h fact.Handshake
	if p != nil {
		h = r.open(p, t)
	}
	if encrypted && h.Client == nil && h.Server == nil {
		h = r.open(preamble.ByID("tls"), behindClear(t, f, client))
		return h, len(h.Steps) > 0
	}
	return h, encrypted || speaksIt(&h, p)
}

// open reads a transcript, a second time with its secrets once the client's random number is known.
func (r *reading) open(p *preamble.Protocol, t *wire.Transcript) fact.Handshake {
	h := preamble.Read(p, t)
	if h.Client == nil {
		return h
	}
	if t.Secrets = r.secrets.of(h.Client.Random); len(t.Secrets) > 0 {
		return preamble.Read(p, t)
	}
	return h
}

// speaksIt reports whether a connection without TLS speaks a protocol that could have begun it: then it tells that one
// side did not want to. Protocols that begin with TLS do not count.
func speaksIt(h *fact.Handshake, p *preamble.Protocol) bool {
	if h.Said == nil || h.Client != nil {
		return h.Client != nil
	}
	switch p.ID {
	case "https", "tls":
		return false
	}
	return h.Said.TLS != fact.Unknown || h.Said.ErrorText != ""
}

// behindClear is the part of a transcript in which records were found.
func behindClear(t *wire.Transcript, f *flow, client int) *wire.Transcript {
	out := &wire.Transcript{Start: t.Start}
	var skip [3]int
	skip[wire.ClientSide], skip[wire.ServerSide] = clearBytes(&f.half[client]), clearBytes(&f.half[1-client])
	for _, c := range t.Chunks {
		n := min(skip[c.From], len(c.Data))
		skip[c.From] -= n
		if c.Data = c.Data[n:]; len(c.Data) > 0 {
			out.Chunks = append(out.Chunks, c)
		}
	}
	return out
}

func clearBytes(h *half) int {
	if h.scan.mode == inClear {
		return int(h.scan.stored)
	}
	return int(h.scan.began)
}

// clientOf tells which side is the client: who sent the SYN, else who says a ClientHello, else whose peer has the lower
// port.
func clientOf(f *flow) int {
	if f.client >= 0 && (f.syn || f.synack) {
		return int(f.client)
	}
	for i := range 2 {
		if b := firstBytes(f, int8(i)); len(b) > 5 && b[0] == typeHandshake && (b[5] == 1 || b[5] == 2) {
			return i ^ int(b[5]-1)
		}
	}
	switch {
	case f.client >= 0:
		return int(f.client)
	case f.addr[0].Port() < f.addr[1].Port():
		return 1
	}
	return 0
}

func firstBytes(f *flow, side int8) []byte {
	if f.tape == nil {
		return nil
	}
	for _, p := range f.tape.parts {
		if p.side == side {
			return f.tape.data[p.from:p.to]
		}
	}
	return nil
}

// transcript puts a flow's bytes in the order of time. A part that had to wait for one before it counts from the time
// at which that came.
func transcript(f *flow, client int) *wire.Transcript {
	t := &wire.Transcript{Start: time.Unix(0, f.start).UTC()}
	if f.tape == nil {
		return t
	}
	t.Chunks = make([]wire.Chunk, 0, len(f.tape.parts))
	var latest [2]int64
	sorted, before := true, int64(0)
	for _, p := range f.tape.parts {
		at := max(p.at, latest[p.side])
		latest[p.side] = at
		sorted = sorted && at >= before
		before = max(before, at)
		from := wire.ServerSide
		if int(p.side) == client {
			from = wire.ClientSide
		}
		t.Chunks = append(t.Chunks, wire.Chunk{From: from, At: time.Duration(at - f.start), Data: f.tape.data[p.from:p.to:p.to], Packet: int(p.packet)})
	}
	if !sorted {
		slices.SortStableFunc(t.Chunks, func(a, b wire.Chunk) int { return int(max(-1, min(1, a.At-b.At))) })
	}
	return t
}

// ref is where a packet stands.
func (r *reading) ref(file, packet int32) fact.Ref {
	name := r.names[file]
	at := fmt.Sprintf("packet %d", packet)
	if len(r.names) > 1 {
		at = name + ":" + at
	}
	return fact.Ref{Kind: "capture", At: at, Name: name}
}

// frame fills in what stands around the bytes: addresses, packets, times.
func (r *reading) frame(h *fact.Handshake, f *flow, client int) {
	name := r.names[f.file]
	start := time.Unix(0, f.start).UTC()
	h.Ref = r.ref(f.file, f.first)
	h.Path = []netip.AddrPort{f.addr[client], f.addr[1-client]}
	h.Seen = fact.Seen{Count: 1, First: start, Last: start, Refs: []fact.Ref{h.Ref}}
	c, s := &f.half[client], &f.half[1-client]
	p := &fact.Passive{File: name, Index: f.index, Start: start, First: int(f.first), Last: int(f.last), SYN: fact.Is(f.syn || f.synack),
		ServerTTL: s.ttl, ResetTTL: s.rstTTL, Retransmits: f.retransmits, ClientMSS: int(c.mss), ServerMSS: int(s.mss), Through: f.through}
	if p.ResetTTL == 0 {
		p.ResetTTL = c.rstTTL
	}
	p.Lost = f.lost + behindEnd(c, s) + behindEnd(s, c)
	p.LargestUnacked = unacked(c, s)
	for _, x := range f.closes {
		p.Closes = append(p.Closes, fact.Close{By: sideOf(x.side, client), How: x.how, Packet: int(x.packet), At: time.Duration(x.at - f.start), TTL: x.ttl})
	}
	h.Passive = p
}

// unacked is the size of the server's largest segment that was sent again and never acknowledged.
func unacked(c, s *half) int {
	if s.resentLen > 0 && (!c.hasAcked || distance(c.acked, s.resentEnd) > 0) {
		return int(s.resentLen)
	}
	return 0
}

// behindEnd counts the bytes at the end of one direction that the other acknowledged and the capture does not hold.
func behindEnd(h, peer *half) int {
	if !h.based || !peer.hasAcked || h.bytes == 0 {
		return 0
	}
	n := distance(h.next, peer.acked)
	if h.fin {
		n-- // a FIN counts as a byte (RFC 9293 §3.4)
	}
	if n <= 1 || n > maxKept {
		return 0 // one: the FIN of a capture that ends there
	}
	return n
}

func sideOf(side int8, client int) wire.Side {
	if int(side) == client {
		return wire.ClientSide
	}
	return wire.ServerSide
}

// chain reads the certificates. Where a hole was filled with zeros no certificate is believed that holds such a row
// of them.
func (r *reading) chain(h *fact.Handshake, f *flow) {
	if h.Chain == nil {
		return
	}
	der := make([][]byte, 0, len(h.Chain.Certificates))
	for _, c := range h.Chain.Certificates {
		if f.holed && bytes.Contains(c.DER, make([]byte, 64)) {
			break
		}
		der = append(der, c.DER)
	}
	cut := h.Chain.Cut
	if len(der) < len(h.Chain.Certificates) {
		cut = fmt.Sprintf("%d certificates of %d are whole in the capture", len(der), len(h.Chain.Certificates))
	}
	h.Chain = r.chains.parse(der)
	if cut != "" && h.Chain.Cut == "" {
		with := *h.Chain
		with.Cut = cut
		h.Chain = &with
	}
}
