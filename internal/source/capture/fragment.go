package capture

import (
	"net/netip"
	"time"
)

const (
	maxDatagrams   = 64               // waiting for fragments at a time
	maxDatagram    = 64 << 10         // bytes, of an IP datagram's payload (RFC 791)
	fragmentExpiry = 60 * time.Second // RFC 8200 §4.5
)

// A datagramKey is what the fragments of a datagram have in common (RFC 791 §3.2, RFC 8200 §4.5). IPv4 adds the
// protocol; the encapsulation keeps tunnels apart.
type datagramKey struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8
	wraps    [maxWraps]wrap
}

// A partial is a datagram of which some fragments came.
type partial struct {
	key    datagramKey
	first  time.Time
	ttl    uint8 // of the fragment that came first
	proto  uint8 // of the fragment at the beginning: IPv6 allows others to say otherwise
	buf    []byte
	have   [maxDatagram / 8 / 64]uint64 // units of eight bytes that came, as bits
	units  int
	total  int // bytes, -1 until the last fragment came
	cutAt  int // where captured bytes end, if a fragment was cut
	filled int // bytes of buf that are of this datagram
}

// fragments holds partial datagrams. Their buffers are used again, and never number more than maxDatagrams.
type fragments struct {
	open map[datagramKey]*partial
	free []*partial
}

func newFragments() fragments { return fragments{open: make(map[datagramKey]*partial)} }

// fragment keeps a fragment and reads the datagram when it is the one that was missing.
func (d *packetDecoder) fragment(p *datagram, id uint32, offset int, more bool, s *segment) bool {
	if offset+p.length > maxDatagram || p.length <= 0 || more && p.length%8 != 0 {
		return false
	}
	key := datagramKey{src: p.src, dst: p.dst, id: id, wraps: d.wraps}
	if p.src.Is4() {
		key.proto = p.proto
	}
	w := d.pieces.get(key, d.at)
	w.add(p, offset, more)
	if !w.complete() {
		return false
	}
	d.pieces.close(w)
	whole := datagram{src: p.src, dst: p.dst, ttl: w.ttl, proto: w.proto, data: w.buf[:min(w.total, w.cutAt)], length: w.total}
	return d.reassembled(&whole, s)
}

// reassembled reads a datagram that was put together: what was cut off of its last fragment is not to be counted for
// headers inside it.
func (d *packetDecoder) reassembled(p *datagram, s *segment) bool {
	if d.layers++; d.layers > maxLayers {
		return false
	}
	d.cut = p.length - len(p.data)
	if p.src.Is4() {
		return d.transport(p, s)
	}
	return d.extensions(p, s)
}

// get finds the datagram a fragment belongs to, or begins one in the place of the oldest.
func (f *fragments) get(key datagramKey, at time.Time) *partial {
	if w, ok := f.open[key]; ok {
		if age := at.Sub(w.first); age < fragmentExpiry && age > -fragmentExpiry {
			return w
		}
		f.close(w)
	}
	if len(f.open) >= maxDatagrams {
		f.close(f.oldest())
	}
	w := f.unused()
	buf := w.buf
	*w = partial{key: key, first: at, buf: buf, total: -1, cutAt: maxDatagram}
	f.open[key] = w
	return w
}

func (f *fragments) unused() *partial {
	last := len(f.free) - 1
	if last < 0 {
		return &partial{}
	}
	w := f.free[last]
	f.free = f.free[:last]
	return w
}

func (f *fragments) oldest() *partial {
	var old *partial
	for _, w := range f.open {
		if old == nil || w.first.Before(old.first) || w.first.Equal(old.first) && w.key.id < old.key.id {
			old = w
		}
	}
	return old
}

// close forgets a datagram; its buffer stays readable until the next fragment.
func (f *fragments) close(w *partial) {
	delete(f.open, w.key)
	f.free = append(f.free, w)
}

// add puts a fragment in its place. Of bytes that come twice the first stay; what lies behind the end is dropped.
func (w *partial) add(p *datagram, offset int, more bool) {
	if w.total >= 0 && offset+p.length > w.total {
		return
	}
	if w.units == 0 {
		w.ttl, w.proto = p.ttl, p.proto
	}
	if offset == 0 {
		w.proto = p.proto
	}
	if !more && w.total < 0 {
		w.total = offset + p.length
	}
	if len(p.data) < p.length {
		w.cutAt = min(w.cutAt, offset+len(p.data))
	}
	w.grow(offset + len(p.data))
	for at := 0; at < p.length; at += 8 {
		unit := (offset + at) / 8
		if mask := uint64(1) << (unit % 64); w.have[unit/64]&mask == 0 {
			w.have[unit/64] |= mask
			w.units++
			if at < len(p.data) {
				copy(w.buf[offset+at:], p.data[at:min(len(p.data), at+8)])
			}
		}
	}
}

// grow makes room for n bytes, as many as came and not as many as were promised.
func (w *partial) grow(n int) {
	if n > len(w.buf) {
		next := make([]byte, max(n, min(2*len(w.buf), maxDatagram)))
		copy(next, w.buf[:w.filled])
		w.buf = next
	}
	w.filled = max(w.filled, n)
}

// complete reports whether nothing is missing.
func (w *partial) complete() bool { return w.total >= 0 && w.units == (w.total+7)/8 }
