package capture

import "sync"

// A tape holds the bytes of one connection that are worth decoding, both directions, in the order in which they were
// put together.
type tape struct {
	data  []byte
	parts []part
}

// A part is what one packet brought.
type part struct {
	at       int64
	from, to int32 // in data
	packet   int32
	side     int8
}

const (
	tapeStart = 8 << 10 // bytes; most handshakes fit
	tapeKeep  = 64 << 10
)

func newTapes() *sync.Pool {
	return &sync.Pool{New: func() any { return &tape{data: make([]byte, 0, tapeStart), parts: make([]part, 0, 24)} }}
}

// recycle empties a tape for the next connection; very large ones are left to the garbage collector.
func recycle(pool *sync.Pool, t *tape) {
	if t == nil || cap(t.data) > tapeKeep {
		return
	}
	t.data, t.parts = t.data[:0], t.parts[:0]
	pool.Put(t)
}

// store appends bytes of one side. What one packet brings in pieces becomes one part.
func (t *tape) store(side int8, b []byte, at int64, packet int32) {
	from := int32(len(t.data))
	t.data = append(t.data, b...)
	if n := len(t.parts); n > 0 {
		p := &t.parts[n-1]
		if p.side == side && p.packet == packet && p.at == at && p.to == from {
			p.to = int32(len(t.data))
			return
		}
	}
	t.parts = append(t.parts, part{at: at, from: from, to: int32(len(t.data)), packet: packet, side: side})
}
