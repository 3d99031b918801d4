package capture

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Magic numbers of pcap files (draft-ietf-opsawg-pcap §4, and Wireshark's wiretap/libpcap.h for the patched form of
// Alexey Kuznetzov), as they read in little-endian order.
const (
	pcapMicro          = 0xa1b2c3d4
	pcapNano           = 0xa1b23c4d
	pcapPatched        = 0xa1b2cd34 // each record header has 8 bytes more
	pcapMicroSwapped   = 0xd4c3b2a1
	pcapNanoSwapped    = 0x4d3cb2a1
	pcapPatchedSwapped = 0x34cdb2a1
)

// pcapReader reads pcap files of both byte orders.
type pcapReader struct {
	w       *window
	swapped bool
	nanos   uint32 // nanoseconds in a unit of the record's fraction
	head    int    // length of a record header
	link    uint32
	number  int
	last    uint32 // second of the last good record, 0 before the first
}

func openPcap(w *window) (*pcapReader, error) {
	head := w.peek(24)
	if len(head) < 24 {
		return nil, fmt.Errorf("pcap: the file ends in its header")
	}
	p := &pcapReader{w: w, nanos: 1000, head: 16}
	magic := binary.LittleEndian.Uint32(head)
	switch magic {
	case pcapMicroSwapped, pcapNanoSwapped, pcapPatchedSwapped:
		p.swapped = true
		magic = bits.ReverseBytes32(magic)
	}
	switch magic {
	case pcapNano:
		p.nanos = 1
	case pcapPatched:
		p.head = 24
	}
	p.link = p.u32(head[20:]) & 0xffff // above it: length of the frame check sequence (§4)
	w.take(24)
	return p, nil
}

func (p *pcapReader) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if p.swapped {
		return bits.ReverseBytes32(v)
	}
	return v
}

// Next returns the next frame.
func (p *pcapReader) Next() (Frame, error) {
	h := p.w.peek(p.head)
	if len(h) < p.head {
		return Frame{}, p.w.end("a packet header")
	}
	sec, fraction, n, full := p.u32(h), p.u32(h[4:]), p.u32(h[8:]), p.u32(h[12:])
	if n > maxFrame || fraction >= 1e9 {
		return Frame{}, p.resync(fmt.Sprintf("a packet header claims %d bytes", n))
	}
	all := p.w.peek(p.head + int(n))
	if len(all) < p.head+int(n) {
		return Frame{}, p.w.end("a packet")
	}
	p.w.take(len(all))
	p.number++
	p.last = sec
	return Frame{
		Number: p.number, At: timeAt(int64(sec), min(int64(fraction)*int64(p.nanos), 999999999)), Link: p.link,
		Data: all[p.head:], Len: int(max(n, min(full, maxLength))),
	}, nil
}

// maxLength bounds the length on the wire that a record may claim: enough for any offloaded packet.
const maxLength = 16 << 20

// resync looks for the next record that can be believed, and tells how much was passed over.
func (p *pcapReader) resync(what string) error {
	start := p.w.offset()
	for p.w.skip(1) == 1 {
		h := p.w.peek(p.head)
		if len(h) < p.head {
			p.w.take(len(h))
			break
		}
		if p.plausible(h) && p.chained(int(p.u32(h[8:]))) {
			break
		}
	}
	return &damage{Offset: start, What: fmt.Sprintf("%s; %d bytes passed over", what, p.w.offset()-start)}
}

// plausible reports whether a record header can be believed: lengths in order, and within a day of the last one.
func (p *pcapReader) plausible(h []byte) bool {
	sec, fraction, n, full := p.u32(h), p.u32(h[4:]), p.u32(h[8:]), p.u32(h[12:])
	const day = 86400
	near := p.last == 0 || sec-p.last < day || p.last-sec < day
	return n > 0 && n <= maxFrame && n <= full && full <= maxLength && fraction < 1e9/p.nanos && near
}

// chained reports whether another plausible header, or the end, follows a record of n bytes.
func (p *pcapReader) chained(n int) bool {
	all := p.w.peek(2*p.head + n)
	return len(all) == p.head+n || len(all) == 2*p.head+n && p.plausible(all[p.head+n:])
}
