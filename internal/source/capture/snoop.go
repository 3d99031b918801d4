package capture

import (
	"encoding/binary"
	"fmt"
)

// snoopLinks turns a datalink type of RFC 1761 (and those IANA added) into a LINKTYPE.
var snoopLinks = map[uint32]uint32{
	0:          linkEthernet, // IEEE 802.3
	2:          linkTokenRing,
	4:          linkEthernet,
	9:          linkNull, // "other": UNICOS/mp's loopback
	14:         linkNull, // software loopback
	22:         linkEthernet,
	24:         linkEthernet,
	25:         linkEthernet, // 100BaseT
	0x80000001: linkRaw,      // IPv4 tunnel
	0x80000002: linkRaw,      // IPv6 tunnel
	0x80000003: linkEthernet, // virtual network interface
	0x80000004: linkWiFi,
	0x80000005: linkIPNet,
	0x80000007: linkRaw, // 6to4 tunnel
}

// snoopReader reads the files of Solaris' snoop (RFC 1761): always big-endian.
type snoopReader struct {
	w      *window
	link   uint32
	number int
	last   uint32 // second of the last good record, 0 before the first
}

func openSnoop(w *window) (*snoopReader, error) {
	head := w.peek(16)
	if len(head) < 16 {
		return nil, fmt.Errorf("snoop: the file ends in its header")
	}
	if v := binary.BigEndian.Uint32(head[8:]); v != 2 {
		return nil, fmt.Errorf("snoop: version %d; convert it with editcap -F pcapng", v)
	}
	link, ok := snoopLinks[binary.BigEndian.Uint32(head[12:])]
	if !ok {
		link = linkUnknown
	}
	w.take(16)
	return &snoopReader{w: w, link: link}, nil
}

// A snoopRecord is the header of a record.
type snoopRecord struct{ full, n, record, sec, usec uint32 }

func parseSnoopRecord(h []byte) snoopRecord {
	be := binary.BigEndian
	return snoopRecord{full: be.Uint32(h), n: be.Uint32(h[4:]), record: be.Uint32(h[8:]), sec: be.Uint32(h[16:]), usec: be.Uint32(h[20:])}
}

// fits reports whether the lengths agree: padding is short, if there is any.
func (r snoopRecord) fits() bool {
	return r.n <= maxFrame && r.record >= r.n+24 && r.record <= r.n+24+256
}

// Next returns the next frame.
func (s *snoopReader) Next() (Frame, error) {
	h := s.w.peek(24)
	if len(h) < 24 {
		return Frame{}, s.w.end("a packet header")
	}
	r := parseSnoopRecord(h)
	if !r.fits() {
		return Frame{}, s.resync(fmt.Sprintf("a record of %d bytes claims a packet of %d", r.record, r.n))
	}
	all := s.w.peek(int(r.record))
	if len(all) < 24+int(r.n) { // the last record's padding may be missing
		return Frame{}, s.w.end("a packet")
	}
	s.w.take(len(all))
	s.number++
	s.last = r.sec
	return Frame{
		Number: s.number, At: timeAt(int64(r.sec), int64(min(r.usec, 999999))*1000), Link: s.link,
		Data: all[24 : 24+r.n], Len: int(max(r.n, min(r.full, maxLength))),
	}, nil
}

// resync looks for the next record that can be believed.
func (s *snoopReader) resync(what string) error {
	start := s.w.offset()
	for s.w.skip(1) == 1 {
		h := s.w.peek(24)
		if len(h) < 24 {
			s.w.take(len(h))
			break
		}
		if s.plausible(h) && s.chained(int(parseSnoopRecord(h).record)) {
			break
		}
	}
	return &damage{Offset: start, What: fmt.Sprintf("%s; %d bytes passed over", what, s.w.offset()-start)}
}

func (s *snoopReader) plausible(h []byte) bool {
	r := parseSnoopRecord(h)
	const day = 86400
	near := s.last == 0 || r.sec-s.last < day || s.last-r.sec < day
	return r.fits() && r.n > 0 && r.n <= r.full && r.full <= maxLength && r.usec < 1e6 && near
}

func (s *snoopReader) chained(record int) bool {
	all := s.w.peek(record + 24)
	return len(all) == record || len(all) == record+24 && s.plausible(all[record:])
}
