package capture

import (
	"hash/maphash"
	"net/netip"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A flow is one TCP connection while its packets come in. Sides are numbered by who was seen first: 0 sent the first
// packet, which need not be the client's.
type flow struct {
	addr  [2]netip.AddrPort
	half  [2]half
	tape  *tape // the bytes worth keeping; nil before the first
	hash  uint64
	place int // where in the table's ring

	index       int // number in the case, from 1
	file        int32
	first, last int32 // packets of file
	start, end  int64 // nanoseconds since 1970, of the first and last packet
	spoke       int64 // … of the last packet with new payload
	speaker     int8  // which side that was
	client      int8  // which side is the client: 0, 1, or -1 while nothing tells
	syn, synack bool
	twin        int32 // 1 + the number of another file that holds the same packets; 0: none
	touched     bool  // since the ring's hand came by
	closed      bool  // RST, or FIN both ways
	retired     bool  // not in the table any more: its ports are used again
	over        bool  // the handshake is over, as far as record headers tell
	dropped     bool  // application data after it was not kept
	web         bool  // the client speaks HTTP in clear
	answered    bool  // TLS 1.3: the client sent a sealed record after the server's
	closes      []shut
	atEnd       bool  // open when the capture ended
	until       int64 // time of the capture's newest packet when the flow was finished
	through     string

	retransmits int
	lost        int  // bytes in holes
	holed       bool // a hole, or a cut, before the handshake was over
	snapped     bool // payload cut by the snap length
}

// A shut is one FIN or RST.
type shut struct {
	side   int8
	how    fact.How
	ttl    uint8
	packet int32
	at     int64
}

// number is a packet's number if it stands in the flow's own file, else 0: it would mean another packet there.
func (f *flow) number(p place) int32 {
	if p.file != f.file {
		return 0
	}
	return p.packet
}

// A place says where in the case a packet stands.
type place struct {
	file, packet int32
	at           int64 // nanoseconds since 1970
}

// A flowTable finds the flow of a packet. When it is full, flows that were idle longest go first, by the second chance
// algorithm: a mark set at each packet costs less than a list kept in order.
type flowTable struct {
	slots []*flow // open addressing, linear probing; a power of two
	ring  []*flow
	hand  int
	seed  maphash.Seed
	mix   [2]uint64
	pool  *sync.Pool
}

func newFlowTable() *flowTable {
	t := &flowTable{slots: make([]*flow, 1024), seed: maphash.MakeSeed(), pool: &sync.Pool{New: func() any { return &flow{} }}}
	t.mix[0] = maphash.String(t.seed, "address") | 1
	t.mix[1] = maphash.String(t.seed, "port") | 1
	return t
}

// hashOf is the same for both directions. The table's own random multipliers keep it from being steered by whoever
// chooses addresses and ports.
func (t *flowTable) hashOf(a, b netip.AddrPort) uint64 {
	return t.hashEnd(a) + t.hashEnd(b)
}

func (t *flowTable) hashEnd(a netip.AddrPort) uint64 {
	ip := a.Addr().As16()
	high, low := be64(ip[:8]), be64(ip[8:])
	h := (low^t.mix[1])*t.mix[0] ^ (high+uint64(a.Port())<<48+uint64(a.Port()))*t.mix[1]
	h ^= h >> 29
	h *= t.mix[0]
	return h ^ h>>32
}

func be64(b []byte) uint64 {
	return uint64(b[0])<<56 | uint64(b[1])<<48 | uint64(b[2])<<40 | uint64(b[3])<<32 |
		uint64(b[4])<<24 | uint64(b[5])<<16 | uint64(b[6])<<8 | uint64(b[7])
}

// find returns the flow between two addresses and which of its sides src is; nil when there is none.
func (t *flowTable) find(hash uint64, src, dst netip.AddrPort) (*flow, int) {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; t.slots[i] != nil; i = (i + 1) & mask {
		f := t.slots[i]
		if f.hash != hash {
			continue
		}
		if f.addr[0] == src && f.addr[1] == dst {
			return f, 0
		}
		if f.addr[1] == src && f.addr[0] == dst {
			return f, 1
		}
	}
	return nil, 0
}

// add makes a flow whose first packet goes from src to dst.
func (t *flowTable) add(hash uint64, src, dst netip.AddrPort) *flow {
	if 2*len(t.ring) >= len(t.slots) {
		t.grow()
	}
	f := t.pool.Get().(*flow)
	closes := f.closes[:0]
	*f = flow{addr: [2]netip.AddrPort{src, dst}, hash: hash, client: -1, place: len(t.ring), closes: closes, touched: true}
	t.ring = append(t.ring, f)
	t.put(f)
	return f
}

func (t *flowTable) put(f *flow) {
	mask := uint64(len(t.slots) - 1)
	i := f.hash & mask
	for t.slots[i] != nil {
		i = (i + 1) & mask
	}
	t.slots[i] = f
}

func (t *flowTable) grow() {
	t.slots = make([]*flow, 2*len(t.slots))
	for _, f := range t.ring {
		t.put(f)
	}
}

// remove takes a flow out; it stays the caller's until free.
func (t *flowTable) remove(f *flow) {
	last := t.ring[len(t.ring)-1]
	t.ring[f.place], last.place = last, f.place
	t.ring[len(t.ring)-1] = nil
	t.ring = t.ring[:len(t.ring)-1]

	mask := uint64(len(t.slots) - 1)
	i := f.hash & mask
	for t.slots[i] != f {
		i = (i + 1) & mask
	}
	t.slots[i] = nil
	t.close(i, mask)
}

// close moves the flows behind an emptied slot up, so that none is cut off from where its search begins.
func (t *flowTable) close(hole, mask uint64) {
	for j := (hole + 1) & mask; t.slots[j] != nil; j = (j + 1) & mask {
		home := t.slots[j].hash & mask
		if (j-home)&mask >= (j-hole)&mask {
			t.slots[hole], t.slots[j] = t.slots[j], nil
			hole = j
		}
	}
}

// free gives a removed flow's memory back.
func (t *flowTable) free(f *flow) { t.pool.Put(f) }

// idlest is a flow without a packet since the hand last came by; nil when the table is empty.
func (t *flowTable) idlest() *flow {
	for len(t.ring) > 0 {
		if t.hand >= len(t.ring) {
			t.hand = 0
		}
		f := t.ring[t.hand]
		t.hand++
		if !f.touched {
			return f
		}
		f.touched = false
	}
	return nil
}
