package capture

import (
	"encoding/binary"
	"strconv"
	"time"
)

// Link types (https://www.tcpdump.org/linktypes.html).
const (
	linkNull      = 0
	linkEthernet  = 1
	linkTokenRing = 6
	linkPPP       = 9
	linkRawBSD    = 12 // what some systems wrote for 101
	linkRawOpen   = 14 // the same on OpenBSD
	linkPPPFramed = 50
	linkPPPoE     = 51
	linkRaw       = 101
	linkHDLC      = 104
	linkWiFi      = 105
	linkLoop      = 108
	linkCooked    = 113
	linkRadiotap  = 127
	linkIPNet     = 226
	linkIPv4      = 228
	linkIPv6      = 229
	linkPktap     = 258
	linkCooked2   = 276
)

// EtherTypes (IEEE 802, IANA "ieee-802-numbers").
const (
	etherIPv4   = 0x0800
	etherVLAN   = 0x8100
	etherQinQ   = 0x88a8
	etherQinQ91 = 0x9100 // before 802.1ad
	etherIPv6   = 0x86dd
	etherMPLS   = 0x8847
	etherMPLSmc = 0x8848
	etherPPPoE  = 0x8864
	etherBridge = 0x6558 // Ethernet inside GRE (RFC 1701)
	etherPPP    = 0x880b
	etherERSPAN = 0x88be // types I and II
	etherERSP3  = 0x22eb
)

const (
	maxLayers  = 16   // headers of link, tunnel and network taken off one frame
	maxWraps   = 4    // encapsulations that are named
	maxThrough = 4096 // of names kept
)

// A wrap is one encapsulation a segment came through, and its number (VLAN, VNI, session).
type wrap struct {
	name string // a constant
	id   int    // -1: it has none
}

// A packetDecoder finds the TCP segment in a frame, if there is one. It keeps the fragments of datagrams that are not
// complete, within bounds. It is not safe for concurrent use.
type packetDecoder struct {
	wraps   [maxWraps]wrap // of the current frame
	wrapped int
	layers  int
	names   map[[maxWraps]wrap]string // of Through
	pieces  fragments
	at      time.Time // of the current frame
	cut     int       // bytes of it that were not captured
}

func newDecoder() *packetDecoder {
	return &packetDecoder{names: make(map[[maxWraps]wrap]string), pieces: newFragments()}
}

// decode finds the TCP segment in a frame. It allocates nothing but for names of encapsulations not met before, and
// for fragments. False: no TCP, or its header is not there.
func (d *packetDecoder) decode(f *Frame, s *segment) bool {
	d.at, d.cut = f.At, max(0, f.Len-len(f.Data))
	d.layers = 0
	if d.wrapped > 0 {
		d.wrapped, d.wraps = 0, [maxWraps]wrap{}
	}
	b := f.Data
	// The common case first: Ethernet and IPv4, nothing between.
	if f.Link == linkEthernet && len(b) >= 34 && b[12] == 8 && b[13] == 0 {
		return d.ipv4(b[14:], s)
	}
	return d.link(f.Link, b, s)
}

// link takes the link header off.
func (d *packetDecoder) link(link uint32, b []byte, s *segment) bool {
	if d.layers++; d.layers > maxLayers {
		return false
	}
	switch link {
	case linkEthernet:
		return d.ethernet(b, s)
	case linkRaw, linkRawBSD, linkRawOpen, linkIPv4, linkIPv6:
		return d.ip(b, s)
	case linkNull, linkLoop:
		return len(b) > 4 && isFamily(b) && d.ip(b[4:], s)
	case linkCooked:
		return len(b) > 16 && d.etherType(binary.BigEndian.Uint16(b[14:]), b[16:], s)
	case linkCooked2:
		return len(b) > 20 && d.etherType(binary.BigEndian.Uint16(b), b[20:], s)
	case linkPPP, linkPPPFramed:
		return d.ppp(b, s)
	case linkPPPoE:
		return d.pppoe(b, s)
	case linkHDLC:
		return len(b) > 4 && d.etherType(binary.BigEndian.Uint16(b[2:]), b[4:], s)
	case linkTokenRing:
		return d.tokenRing(b, s)
	case linkIPNet:
		return len(b) > 24 && d.ip(b[24:], s)
	case linkWiFi:
		return d.wifi(b, s)
	case linkRadiotap:
		return d.radiotap(b, s)
	case linkPktap:
		return d.pktap(b, s)
	}
	return false
}

// isFamily reports whether a loopback header names IPv4 or IPv6, by any system's number and byte order.
func isFamily(b []byte) bool {
	v := binary.LittleEndian.Uint32(b) | binary.BigEndian.Uint32(b)
	if v&0x00ffff00 != 0 {
		return false
	}
	switch v & 0xff { // one of the two has it in the low byte, the other has zero there
	case 2, 10, 23, 24, 28, 30: // AF_INET; AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin
		return true
	}
	return false
}

func (d *packetDecoder) ethernet(b []byte, s *segment) bool {
	return len(b) > 14 && d.etherType(binary.BigEndian.Uint16(b[12:]), b[14:], s)
}

// etherType goes by what an EtherType says follows; below 1536 it is a length and LLC follows (IEEE 802.3).
func (d *packetDecoder) etherType(kind uint16, b []byte, s *segment) bool {
	if d.layers++; d.layers > maxLayers {
		return false
	}
	switch kind {
	case etherIPv4, etherIPv6:
		return d.ip(b, s)
	case etherVLAN, etherQinQ, etherQinQ91:
		if len(b) < 4 {
			return false
		}
		d.through("vlan", int(binary.BigEndian.Uint16(b)&0xfff))
		return d.etherType(binary.BigEndian.Uint16(b[2:]), b[4:], s)
	case etherPPPoE:
		return d.pppoe(b, s)
	case etherPPP:
		return d.ppp(b, s)
	case etherMPLS, etherMPLSmc:
		return d.mpls(b, s)
	case etherBridge:
		return d.ethernet(b, s)
	}
	return kind < 1536 && d.llc(b, s)
}

// llc reads an LLC header with SNAP (IEEE 802.2): an EtherType again.
func (d *packetDecoder) llc(b []byte, s *segment) bool {
	if len(b) < 8 || b[0] != 0xaa || b[1] != 0xaa || b[2] != 3 {
		return false
	}
	return d.etherType(binary.BigEndian.Uint16(b[6:]), b[8:], s)
}

// mpls passes the labels; what is under the last one is told by its first half byte (RFC 4928 §2).
func (d *packetDecoder) mpls(b []byte, s *segment) bool {
	for len(b) > 4 {
		last := b[2]&1 != 0
		d.through("mpls", int(binary.BigEndian.Uint32(b)>>12))
		if b = b[4:]; last {
			return d.ip(b, s)
		}
		if d.layers++; d.layers > maxLayers {
			return false
		}
	}
	return false
}

// pppoe reads a session header (RFC 2516 §4): version and type, code, session, length.
func (d *packetDecoder) pppoe(b []byte, s *segment) bool {
	if len(b) < 8 || b[0] != 0x11 || b[1] != 0 {
		return false
	}
	d.through("pppoe", -1)
	return d.ppp(b[6:], s)
}

// ppp reads a PPP header (RFC 1661 §2, RFC 1662 §3.1): address and control may be left out, and the protocol may be
// one byte.
func (d *packetDecoder) ppp(b []byte, s *segment) bool {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 3 {
		b = b[2:]
	}
	if len(b) < 2 {
		return false
	}
	protocol := uint16(b[0])
	if b = b[1:]; protocol&1 == 0 {
		protocol = protocol<<8 | uint16(b[0])
		b = b[1:]
	}
	return (protocol == 0x21 || protocol == 0x57) && d.ip(b, s)
}

// tokenRing reads an 802.5 header with its source route.
func (d *packetDecoder) tokenRing(b []byte, s *segment) bool {
	if len(b) < 16 {
		return false
	}
	n := 14
	if b[8]&0x80 != 0 { // a source route follows; its length is in the low five bits
		n += int(b[14] & 0x1f)
	}
	return n <= len(b) && d.llc(b[n:], s)
}

// wifi reads an 802.11 data frame that is not encrypted (IEEE 802.11 §9.3.2).
func (d *packetDecoder) wifi(b []byte, s *segment) bool {
	return len(b) > 2 && d.wifiData(b[0], b[1], b, s)
}

// wifiData reads a frame by the two bytes of its frame control.
func (d *packetDecoder) wifiData(kind, flags byte, b []byte, s *segment) bool {
	const data, noData, qos = 8, 0x40, 0x80
	const order, protected = 0x80, 0x40
	if kind&0x0c != data || kind&noData != 0 || flags&protected != 0 {
		return false
	}
	n := 24
	if flags&3 == 3 { // between two access points: a fourth address
		n += 6
	}
	if kind&qos != 0 {
		n += 2
		if flags&order != 0 { // HT control
			n += 4
		}
	}
	return n <= len(b) && d.llc(b[n:], s)
}

func (d *packetDecoder) radiotap(b []byte, s *segment) bool {
	if len(b) < 8 {
		return false
	}
	n := int(binary.LittleEndian.Uint16(b[2:]))
	return n <= len(b) && d.wifi(b[n:], s)
}

// pktap takes Apple's header off: its length, the kind of record, the link type under it.
func (d *packetDecoder) pktap(b []byte, s *segment) bool {
	if len(b) < 12 {
		return false
	}
	n, link := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[8:])
	return n >= 12 && uint64(n) <= uint64(len(b)) && d.link(link, b[n:], s)
}

// through notes an encapsulation.
func (d *packetDecoder) through(name string, id int) {
	if d.wrapped < maxWraps {
		d.wraps[d.wrapped] = wrap{name, id}
		d.wrapped++
	}
}

// throughName names the encapsulations of the current frame, outermost first.
func (d *packetDecoder) throughName() string {
	if d.wrapped == 0 {
		return ""
	}
	if name, ok := d.names[d.wraps]; ok {
		return name
	}
	var b []byte
	for i, w := range d.wraps[:d.wrapped] {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, w.name...)
		if w.id >= 0 {
			b = strconv.AppendInt(append(b, ' '), int64(w.id), 10)
		}
	}
	if len(d.names) >= maxThrough {
		clear(d.names)
	}
	d.names[d.wraps] = string(b)
	return string(b)
}
