package capture

import (
	"encoding/binary"
	"net/netip"
)

// Protocol numbers of IP (IANA "protocol-numbers").
const (
	protoHopByHop    = 0
	protoIPv4        = 4
	protoTCP         = 6
	protoUDP         = 17
	protoIPv6        = 41
	protoRouting     = 43
	protoFragment    = 44
	protoGRE         = 47
	protoAH          = 51
	protoDestination = 60
	protoMobility    = 135
	protoHIP         = 139
	protoShim6       = 140
)

// ip reads an IP packet of either version.
func (d *packetDecoder) ip(b []byte, s *segment) bool {
	if d.layers++; d.layers > maxLayers || len(b) < 20 {
		return false
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(b, s)
	case 6:
		return d.ipv6(b, s)
	}
	return false
}

// A datagram is what an IP header says of its payload.
type datagram struct {
	src, dst netip.Addr
	ttl      uint8
	proto    uint8
	data     []byte // captured
	length   int    // on the wire
}

// ipv4 reads an IPv4 packet (RFC 791 §3.1).
func (d *packetDecoder) ipv4(b []byte, s *segment) bool {
	if len(b) < 20 || b[0]>>4 != 4 {
		return false
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	wire := len(b) + d.cut // of this packet and what may stand behind it
	if total == 0 || total > wire {
		total = wire // 0: offloaded to the card, which will fill it in
	}
	if head < 20 || head > len(b) || total < head {
		return false
	}
	p := datagram{
		src: netip.AddrFrom4([4]byte(b[12:16])), dst: netip.AddrFrom4([4]byte(b[16:20])),
		ttl: b[8], proto: b[9], data: b[head:min(len(b), total)], length: total - head,
	}
	if field := binary.BigEndian.Uint16(b[6:]); field&0x3fff != 0 {
		id := uint32(binary.BigEndian.Uint16(b[4:]))
		return d.fragment(&p, id, int(field&0x1fff)*8, field&0x2000 != 0, s)
	}
	return d.transport(&p, s)
}

// ipv6 reads an IPv6 packet and its extension headers (RFC 8200 §4).
func (d *packetDecoder) ipv6(b []byte, s *segment) bool {
	if len(b) < 40 {
		return false
	}
	length := int(binary.BigEndian.Uint16(b[4:]))
	wire := len(b) + d.cut - 40
	if length == 0 || length > wire {
		length = wire // 0: a jumbogram, or offloaded to the card
	}
	p := datagram{
		src: netip.AddrFrom16([16]byte(b[8:24])), dst: netip.AddrFrom16([16]byte(b[24:40])),
		ttl: b[7], proto: b[6], data: b[40:min(len(b), 40+length)], length: length,
	}
	return d.extensions(&p, s)
}

// extensions passes the extension headers of IPv6.
func (d *packetDecoder) extensions(p *datagram, s *segment) bool {
	for {
		switch p.proto {
		case protoHopByHop, protoRouting, protoDestination, protoMobility, protoHIP, protoShim6:
		case protoFragment:
			return d.fragment6(p, s)
		default:
			return d.transport(p, s)
		}
		if d.layers++; d.layers > maxLayers || !p.pass(8, 8) {
			return false
		}
	}
}

// pass takes off a header whose second byte is its length in units, beside a first part of base bytes.
func (p *datagram) pass(unit, base int) bool {
	if len(p.data) < 8 {
		return false
	}
	n := base + unit*int(p.data[1])
	if n > len(p.data) || n > p.length {
		return false
	}
	p.proto, p.data = p.data[0], p.data[n:]
	p.length -= n
	return true
}

// fragment6 reads the fragment header (RFC 8200 §4.5).
func (d *packetDecoder) fragment6(p *datagram, s *segment) bool {
	if len(p.data) < 8 {
		return false
	}
	field, id := binary.BigEndian.Uint16(p.data[2:]), binary.BigEndian.Uint32(p.data[4:])
	p.proto, p.data = p.data[0], p.data[8:]
	p.length -= 8
	if field&0xfff9 == 0 { // an atomic fragment is whole (RFC 6946)
		if d.layers++; d.layers > maxLayers {
			return false
		}
		return d.extensions(p, s)
	}
	return d.fragment(p, id, int(field&0xfff8), field&1 != 0, s)
}

// transport reads what IP carries: TCP, or a tunnel with IP inside.
func (d *packetDecoder) transport(p *datagram, s *segment) bool {
	switch p.proto {
	case protoTCP:
		return d.tcp(p, s)
	case protoUDP:
		return d.udp(p.data, s)
	case protoIPv4:
		d.through(tunnelName(p, "4in6", "ipip"), -1)
		return d.ip(p.data, s)
	case protoIPv6:
		d.through(tunnelName(p, "6in6", "6in4"), -1)
		return d.ip(p.data, s)
	case protoGRE:
		return d.gre(p.data, s)
	case protoAH: // RFC 4302 §2.2: its length is in units of four bytes, less two
		if d.layers++; d.layers <= maxLayers && p.pass(4, 8) {
			return d.transport(p, s)
		}
	}
	return false
}

func tunnelName(p *datagram, over6, over4 string) string {
	if p.src.Is4() {
		return over4
	}
	return over6
}

// tcp reads a TCP header (RFC 9293 §3.1).
func (d *packetDecoder) tcp(p *datagram, s *segment) bool {
	b := p.data
	if len(b) < 20 {
		return false
	}
	head := int(b[12]>>4) * 4
	if head < 20 || head > p.length {
		return false
	}
	be := binary.BigEndian
	s.Src = netip.AddrPortFrom(p.src, be.Uint16(b))
	s.Dst = netip.AddrPortFrom(p.dst, be.Uint16(b[2:]))
	s.Seq, s.Ack, s.Window = be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint16(b[14:])
	s.Flags, s.TTL, s.MSS = b[13], p.ttl, 0
	if s.Flags&flagSYN != 0 {
		s.MSS = maximumSegment(b[20:min(head, len(b))])
	}
	s.Payload = b[min(head, len(b)):]
	s.Cut = p.length - max(head, len(b))
	s.Through = d.throughName()
	return true
}

// maximumSegment finds the MSS option (RFC 9293 §3.2).
func maximumSegment(b []byte) uint16 {
	for len(b) >= 2 && b[0] != 0 {
		if b[0] == 1 { // no operation
			b = b[1:]
			continue
		}
		n := int(b[1])
		if n < 2 || n > len(b) {
			return 0
		}
		if b[0] == 2 && n == 4 {
			return binary.BigEndian.Uint16(b[2:])
		}
		b = b[n:]
	}
	return 0
}
