package capture

import "bytes"

// A half is one direction of a connection: TCP's sequence numbers (RFC 9293 §3.4) and where its TLS records begin.
type half struct {
	next     uint32 // sequence number that the assembled bytes end at
	isn      uint32
	acked    uint32 // highest acknowledgement that this side sent
	based    bool   // next is known
	hasISN   bool
	hasAcked bool
	fin      bool
	mss      uint16
	ttl      uint8 // of ordinary packets
	rstTTL   uint8
	early    []piece // behind a hole, in the order of their sequence numbers
	waiting  int     // bytes of them

	lastSeq, lastLen uint32 // of the last segment with payload, to know copies by
	lastAt           int64
	resentEnd        uint32 // end of the largest segment sent again
	resentLen        int32

	bytes int64 // of payload, each once
	scan  scan
}

// A piece is payload that came before what precedes it.
type piece struct {
	seq  uint32
	data []byte
	cut  int // bytes behind data that the snap length took
	at   place
}

func (p piece) end() uint32 { return p.seq + uint32(len(p.data)+p.cut) }

const (
	// maxEarly bounds what waits behind a hole before the hole is taken for a loss.
	maxEarly       = 64 << 10
	maxEarlyPieces = 64
	// copyWithin: the same segment again after less time than any retransmission takes (RFC 6298 §2 has one second,
	// real stacks 200 ms; even a fast one waits for a round trip) was captured twice, not sent twice.
	copyWithin = 500_000 // nanoseconds
	// farAway is a distance in sequence numbers no receiver's window covers: not reordering, another connection.
	farAway = 1 << 30
)

// distance is how far b lies behind a in sequence numbers, which wrap around.
func distance(a, b uint32) int { return int(int32(b - a)) }

// segment takes one segment that side i of the flow sent.
func (a *assembly) segment(f *flow, i int, s *segment, at place) {
	h := &f.half[i]
	if s.Flags&flagRST == 0 && (h.ttl == 0 || len(s.Payload) > 0) {
		h.ttl = s.TTL
	}
	if s.Flags&flagSYN != 0 {
		a.synchronize(f, i, s, at)
	}
	if s.Flags&flagACK != 0 && s.Flags&flagRST == 0 && (!h.hasAcked || distance(h.acked, s.Ack) > 0) {
		h.acked, h.hasAcked = s.Ack, true
	}
	if len(s.Payload)+s.Cut > 0 && s.Flags&flagRST == 0 { // RFC 9293 §3.5.3: text in a RST tells its reason, it is no data
		a.payload(f, i, s, at)
	}
	if s.Flags&(flagFIN|flagRST) != 0 {
		a.shut(f, i, s, at)
	}
}

// synchronize takes a SYN's sequence number, also a second one that corrects the first.
func (a *assembly) synchronize(f *flow, i int, s *segment, at place) {
	h := &f.half[i]
	if h.hasISN && h.isn == s.Seq && at.file == f.file && at.at-h.lastAt >= copyWithin {
		f.retransmits++
	}
	h.lastAt = at.at
	if h.bytes == 0 {
		h.next, h.based = s.Seq+1, true
		a.held -= h.waiting
		h.early, h.waiting = nil, 0
	}
	h.isn, h.hasISN = s.Seq, true
	if s.MSS != 0 {
		h.mss = s.MSS
	}
	if s.Flags&flagACK == 0 {
		f.syn, f.client = true, int8(i)
		return
	}
	f.synack = true
	if f.client < 0 {
		f.client = int8(1 - i)
	}
}

// shut notes the first FIN and the first RST of a side.
func (a *assembly) shut(f *flow, i int, s *segment, at place) {
	h := &f.half[i]
	c := shut{side: int8(i), how: "FIN", ttl: s.TTL, packet: f.number(at), at: at.at}
	if s.Flags&flagRST != 0 {
		c.how = "RST"
		if h.rstTTL == 0 {
			h.rstTTL = s.TTL
		}
	} else {
		h.fin = true
	}
	for _, old := range f.closes {
		if old.side == c.side && old.how == c.how {
			return
		}
	}
	f.closes = append(f.closes, c)
	if !f.closed && (c.how == "RST" || f.half[1-i].fin) {
		f.closed = true
		a.linger(f)
	}
}

// payload puts a segment's bytes in their place.
func (a *assembly) payload(f *flow, i int, s *segment, at place) {
	h := &f.half[i]
	seq := s.Seq
	if s.Flags&flagSYN != 0 {
		seq++ // RFC 7413: data in a SYN
	}
	n := len(s.Payload) + s.Cut
	if peer := &f.half[1-i]; !h.based || h.bytes == 0 && peer.hasAcked && peer.acked == seq {
		h.next, h.based = seq, true // of several SYNs the peer knows which counts
	}
	d := distance(h.next, seq)
	switch {
	case d+n <= 0:
		again(f, i, seq, n, at)
		return
	case d > farAway || d < -farAway:
		return
	}
	f.snapped = f.snapped || s.Cut > 0
	f.spoke, f.speaker = at.at, int8(i)
	h.lastSeq, h.lastLen, h.lastAt = seq, uint32(n), at.at
	p := piece{seq: seq, data: s.Payload, cut: s.Cut, at: at}
	if d > 0 {
		a.keepEarly(f, i, p)
		return
	}
	a.deliver(f, i, p)
	if len(h.early) > 0 {
		a.drain(f, i)
	}
}

// again notes a segment that brought nothing new. Keep-alives repeat one byte or none (RFC 9293 §3.8.4).
func again(f *flow, i int, seq uint32, n int, at place) {
	h := &f.half[i]
	copied := seq == h.lastSeq && uint32(n) == h.lastLen && at.at-h.lastAt < copyWithin && at.at >= h.lastAt
	if n <= 1 || copied || at.file != f.file {
		return
	}
	f.retransmits++
	if int32(n) > h.resentLen {
		h.resentLen, h.resentEnd = int32(n), seq+uint32(n)
	}
}

// keepEarly copies what stands behind a hole. When too much waits, the hole is a loss.
func (a *assembly) keepEarly(f *flow, i int, p piece) {
	h := &f.half[i]
	at := len(h.early)
	for at > 0 && distance(p.seq, h.early[at-1].seq) > 0 {
		at--
	}
	if at > 0 && h.early[at-1].seq == p.seq && distance(p.end(), h.early[at-1].end()) >= 0 {
		again(f, i, p.seq, len(p.data)+p.cut, p.at)
		return
	}
	p.data = bytes.Clone(p.data)
	h.early = append(h.early, piece{})
	copy(h.early[at+1:], h.early[at:])
	h.early[at] = p
	h.waiting += len(p.data)
	a.held += len(p.data)
	if h.waiting > maxEarly || len(h.early) > maxEarlyPieces {
		a.giveUp(f, i)
	}
}

// drain delivers what waits and has its turn now.
func (a *assembly) drain(f *flow, i int) {
	h := &f.half[i]
	for len(h.early) > 0 {
		p := h.early[0]
		if distance(h.next, p.seq) > 0 {
			return
		}
		h.early = h.early[1:]
		h.waiting -= len(p.data)
		a.held -= len(p.data)
		if distance(h.next, p.end()) > 0 {
			a.deliver(f, i, p)
		}
	}
	h.early = nil
}

// giveUp takes the first hole for a loss and goes on behind it.
func (a *assembly) giveUp(f *flow, i int) {
	h := &f.half[i]
	if len(h.early) == 0 {
		return
	}
	p := h.early[0]
	h.early = h.early[1:]
	h.waiting -= len(p.data)
	a.held -= len(p.data)
	a.deliver(f, i, p)
	a.drain(f, i)
}

// flush delivers all that still waits, when no more packets will come.
func (a *assembly) flush(f *flow, i int) {
	for len(f.half[i].early) > 0 {
		a.giveUp(f, i)
	}
}

// deliver hands a piece to the record scanner: without what was delivered already, with the hole before it, and with
// what the snap length cut off behind it.
func (a *assembly) deliver(f *flow, i int, p piece) {
	h := &f.half[i]
	end := p.end()
	if d := distance(h.next, p.seq); d > 0 {
		f.lost += d
		a.hole(f, i, d, p.at)
	} else {
		skip := min(-d, len(p.data))
		p.data = p.data[skip:]
		p.cut -= -d - skip
	}
	h.bytes += int64(len(p.data) + p.cut)
	h.next = end
	a.scan(f, i, p.data, p.at)
	if p.cut > 0 {
		a.hole(f, i, p.cut, p.at)
	}
}
