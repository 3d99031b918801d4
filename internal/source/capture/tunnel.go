package capture

import "encoding/binary"

// Ports of tunnels over UDP.
const (
	portGeneve      = 6081
	portVXLAN       = 4789
	portVXLANLinux  = 8472 // Linux' default, older than the standard
	portVXLANGPE    = 4790
	portGTP         = 2152
	portCAPWAP      = 5247
	vxlanHeader     = 8
	erspanHeader    = 8  // type II
	erspan3Header   = 12 // type III, and 8 bytes more with the O bit
	greChecksumFlag = 0x8000
	greRoutingFlag  = 0x4000
	greKeyFlag      = 0x2000
	greSequenceFlag = 0x1000
	greAckFlag      = 0x0080 // version 1
)

// udp looks into the tunnels that are known by their port.
func (d *packetDecoder) udp(b []byte, s *segment) bool {
	if len(b) < 8+vxlanHeader {
		return false
	}
	src, port := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	b = b[8:]
	id := int(binary.BigEndian.Uint32(b[4:]) >> 8)
	switch port {
	case portVXLAN, portVXLANLinux: // RFC 7348 §5
		if b[0]&8 == 0 {
			return false
		}
		d.through("vxlan", id)
		return d.link(linkEthernet, b[vxlanHeader:], s)
	case portVXLANGPE: // draft-ietf-nvo3-vxlan-gpe §3
		return d.vxlanGPE(b, id, s)
	case portGeneve: // RFC 8926 §3.4
		n := 8 + int(b[0]&0x3f)*4
		if b[0]>>6 != 0 || n > len(b) {
			return false
		}
		d.through("geneve", id)
		return d.etherType(binary.BigEndian.Uint16(b[2:]), b[n:], s)
	case portGTP:
		return d.gtp(b, s)
	}
	return (port == portCAPWAP || src == portCAPWAP) && d.capwap(b, s)
}

func (d *packetDecoder) vxlanGPE(b []byte, id int, s *segment) bool {
	d.through("vxlan", id)
	inner := b[vxlanHeader:]
	switch b[3] {
	case 1, 2: // IPv4, IPv6
		return d.ip(inner, s)
	case 3:
		return d.link(linkEthernet, inner, s)
	}
	return false
}

// gre reads GRE of both versions (RFC 2784, RFC 2890; version 1: RFC 2637 §4.1).
func (d *packetDecoder) gre(b []byte, s *segment) bool {
	if len(b) < 4 {
		return false
	}
	flags, kind := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	if flags&greRoutingFlag != 0 || flags&7 > 1 {
		return false
	}
	n := 4
	for _, field := range []uint16{greChecksumFlag, greKeyFlag, greSequenceFlag} {
		if flags&field != 0 {
			n += 4
		}
	}
	if flags&7 == 1 && flags&greAckFlag != 0 {
		n += 4
	}
	if n > len(b) {
		return false
	}
	b = b[n:]
	switch kind {
	case etherERSPAN:
		return d.erspan(b, flags&greSequenceFlag != 0, s)
	case etherERSP3:
		return d.erspan3(b, s)
	}
	d.through("gre", -1)
	return d.etherType(kind, b, s)
}

// erspan reads what a switch mirrors (draft-foschiano-erspan §4.2). Type I has neither sequence number nor header.
func (d *packetDecoder) erspan(b []byte, numbered bool, s *segment) bool {
	if !numbered {
		d.through("erspan", -1)
		return d.link(linkEthernet, b, s)
	}
	if len(b) < erspanHeader {
		return false
	}
	d.through("erspan", int(binary.BigEndian.Uint16(b[2:])&0x3ff))
	return d.link(linkEthernet, b[erspanHeader:], s)
}

// erspan3 reads type III (draft-foschiano-erspan §4.3).
func (d *packetDecoder) erspan3(b []byte, s *segment) bool {
	n := erspan3Header
	if len(b) >= n && b[11]&1 != 0 {
		n += 8
	}
	if len(b) < n {
		return false
	}
	d.through("erspan", int(binary.BigEndian.Uint16(b[2:])&0x3ff))
	return d.link(linkEthernet, b[n:], s)
}

// gtp reads GTP-U (3GPP TS 29.281 §5.1) with its extension headers: the mobile network's tunnel.
func (d *packetDecoder) gtp(b []byte, s *segment) bool {
	const version1, gpdu, optional, extended = 0x30, 0xff, 7, 4
	if b[0]&0xf0 != version1 || b[1] != gpdu {
		return false
	}
	d.through("gtp", int(binary.BigEndian.Uint32(b[4:])))
	more := b[0]&extended != 0
	if b[0]&optional == 0 {
		return d.ip(b[8:], s)
	}
	next := b[11]
	b = b[12:]
	for more && next != 0 {
		if len(b) < 4 || b[0] == 0 || len(b) < int(b[0])*4 {
			return false
		}
		n := int(b[0]) * 4
		next, b = b[n-1], b[n:]
	}
	return d.ip(b, s)
}

// capwap reads what an access point sends to its controller in clear (RFC 5415 §4.3): Ethernet, or 802.11.
func (d *packetDecoder) capwap(b []byte, s *segment) bool {
	const native, fragment, keepAlive = 1, 0x80, 8
	n := int(b[1]>>3) * 4
	if b[0] != 0 || n < 8 || n > len(b) || b[3]&(fragment|keepAlive) != 0 {
		return false
	}
	d.through("capwap", -1)
	if b[2]&native == 0 {
		return d.link(linkEthernet, b[n:], s)
	}
	return d.link(linkWiFi, b[n:], s) || d.swappedWiFi(b[n:], s)
}

// swappedWiFi reads an 802.11 frame whose first two bytes changed places, as Cisco's and Huawei's access points send
// them.
func (d *packetDecoder) swappedWiFi(b []byte, s *segment) bool {
	return len(b) > 2 && d.wifiData(b[1], b[0], b, s)
}
