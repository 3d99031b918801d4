package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A wrapping is a frame with one TCP segment somewhere inside.
type wrapping struct {
	name    string
	link    uint32
	frame   []byte
	through string
	six     bool // the addresses are IPv6
	unsure  bool // tshark 4.0 does not open it by default
}

var (
	helloSegment = tcpSegment(1000, []byte("hello"))
	hello4       = ipv4Packet(protoTCP, helloSegment)
	hello6       = ipv6Packet(protoTCP, helloSegment)
	helloFrame   = ethernetFrame(etherIPv4, hello4)
)

// options6 is an extension header of 16 bytes: next header, length less one in units of eight, PadN.
func options6(next uint8, rest []byte) []byte {
	return join(next, uint8(1), uint8(1), uint8(12), make([]byte, 12), rest)
}

// linkWrappings are the link types and what may stand between them and IP.
func linkWrappings() []wrapping {
	snap := []byte{0xaa, 0xaa, 3, 0, 0, 0}
	addresses := make([]byte, 18)
	return []wrapping{
		{name: "ethernet", link: linkEthernet, frame: helloFrame},
		{name: "ethernet, IPv6", link: linkEthernet, frame: ethernetFrame(etherIPv6, hello6), six: true},
		{name: "padding", link: linkEthernet, frame: append(bytes.Clone(helloFrame), make([]byte, 9)...)},
		{name: "802.3", link: linkEthernet, frame: ethernetFrame(uint16(8+len(hello4)), join(snap, uint16(etherIPv4), hello4))},
		{name: "vlan", link: linkEthernet, frame: ethernetFrame(etherVLAN, join(uint16(0xe00c), uint16(etherIPv4), hello4)), through: "vlan 12"},
		{name: "QinQ", link: linkEthernet, frame: ethernetFrame(etherQinQ, join(uint16(5), uint16(etherVLAN), uint16(12), uint16(etherIPv6), hello6)), through: "vlan 5, vlan 12", six: true},
		{name: "old QinQ", link: linkEthernet, frame: ethernetFrame(etherQinQ91, join(uint16(5), uint16(etherIPv4), hello4)), through: "vlan 5"},
		{name: "mpls", link: linkEthernet, frame: ethernetFrame(etherMPLS, join(uint32(100<<12|64), uint32(200<<12|0x100|64), hello4)), through: "mpls 100, mpls 200"},
		{name: "pppoe", link: linkEthernet, frame: ethernetFrame(etherPPPoE, join(uint16(0x1100), uint16(7), uint16(2+len(hello4)), uint16(0x21), hello4)), through: "pppoe"},
		{name: "pppoe, IPv6", link: linkEthernet, frame: ethernetFrame(etherPPPoE, join(uint16(0x1100), uint16(7), uint16(2+len(hello6)), uint16(0x57), hello6)), through: "pppoe", six: true},
		{name: "raw 4", link: linkRaw, frame: hello4},
		{name: "raw 6", link: linkRaw, frame: hello6, six: true},
		{name: "IPv4", link: linkIPv4, frame: hello4},
		{name: "IPv6", link: linkIPv6, frame: hello6, six: true},
		{name: "null, little-endian", link: linkNull, frame: join([]byte{2, 0, 0, 0}, hello4)},
		{name: "null, big-endian", link: linkNull, frame: join(uint32(2), hello4)},
		{name: "null, Darwin", link: linkNull, frame: join([]byte{30, 0, 0, 0}, hello6), six: true},
		{name: "loop", link: linkLoop, frame: join(uint32(24), hello6), six: true},
		{name: "cooked", link: linkCooked, frame: join(uint16(0), uint16(1), uint16(6), make([]byte, 8), uint16(etherIPv4), hello4)},
		{name: "cooked, vlan", link: linkCooked, frame: join(uint16(0), uint16(1), uint16(6), make([]byte, 8), uint16(etherVLAN), uint16(3), uint16(etherIPv4), hello4), through: "vlan 3"},
		{name: "cooked 2", link: linkCooked2, frame: join(uint16(etherIPv6), uint16(0), uint32(2), uint16(1), uint8(0), uint8(6), make([]byte, 8), hello6), six: true},
		{name: "ppp", link: linkPPP, frame: join(uint16(0xff03), uint16(0x21), hello4)},
		{name: "ppp, compressed", link: linkPPP, frame: join(uint8(0x21), hello4)},
		{name: "hdlc", link: linkHDLC, frame: join(uint16(0x0f00), uint16(etherIPv4), hello4)},
		{name: "token ring", link: linkTokenRing, frame: join(uint16(0x1040), make([]byte, 6), uint8(0x80), make([]byte, 5), uint16(0x0270), snap, uint16(etherIPv4), hello4)},
		{name: "wifi", link: linkWiFi, frame: join(uint16(0x0801), uint16(0), addresses, uint16(0), snap, uint16(etherIPv4), hello4)},
		{name: "wifi, QoS", link: linkWiFi, frame: join(uint16(0x8803), uint16(0), addresses, uint16(0), make([]byte, 6), uint16(0), snap, uint16(etherIPv4), hello4)},
		{name: "radiotap", link: linkRadiotap, frame: join([]byte{0, 0, 8, 0, 0, 0, 0, 0}, uint16(0x0802), uint16(0), addresses, uint16(0), snap, uint16(etherIPv4), hello4)},
		{name: "pktap", link: linkPktap, frame: join([]byte{108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, make([]byte, 96), helloFrame)},
		{name: "ipnet", link: linkIPNet, frame: join([]byte{1, 2, 0, 0}, uint32(len(hello4)), make([]byte, 16), hello4)},
	}
}

// networkWrappings are IP's options, extension headers and tunnels.
func networkWrappings() []wrapping {
	list := []wrapping{
		{name: "IPv4 options", frame: join(uint8(0x46), uint8(0), uint16(24+len(helloSegment)), uint32(0), uint8(64), uint8(6), uint16(0), clientAddr.AsSlice(), serverAddr.AsSlice(), uint32(0x01010100), helloSegment)},
		{name: "offloaded 4", frame: join(uint8(0x45), uint8(0), uint16(0), hello4[4:])},
		{name: "offloaded 6", frame: join(uint32(0x60000000), uint16(0), hello6[6:]), six: true, unsure: true},
		{name: "extension headers", frame: ipv6Packet(protoHopByHop, options6(protoDestination, options6(protoRouting, options6(protoTCP, helloSegment)))), six: true},
		{name: "atomic fragment", frame: ipv6Packet(protoFragment, join(uint8(protoTCP), uint8(0), uint16(0), uint32(9), helloSegment)), six: true},
		{name: "authentication header", frame: ipv4Packet(protoAH, join(uint8(protoTCP), uint8(4), uint16(0), uint32(1), uint32(2), make([]byte, 12), helloSegment))},
		{name: "6in4", frame: ipv4Packet(protoIPv6, hello6), through: "6in4", six: true},
		{name: "4in6", frame: ipv6Packet(protoIPv4, hello4), through: "4in6"},
		{name: "ipip", frame: ipv4Packet(protoIPv4, hello4), through: "ipip"},
		{name: "6in6", frame: ipv6Packet(protoIPv6, hello6), through: "6in6", six: true},
		{name: "gre", frame: ipv4Packet(protoGRE, join(uint16(0), uint16(etherIPv4), hello4)), through: "gre"},
		{name: "gre, all fields", frame: ipv6Packet(protoGRE, join(uint16(0xb000), uint16(etherIPv6), make([]byte, 12), hello6)), through: "gre", six: true},
		{name: "gre, bridged", frame: ipv4Packet(protoGRE, join(uint16(0), uint16(etherBridge), helloFrame)), through: "gre"},
		{name: "pptp", frame: ipv4Packet(protoGRE, join(uint16(0x3081), uint16(etherPPP), make([]byte, 12), uint16(0xff03), uint16(0x21), hello4)), through: "gre"},
		{name: "erspan I", frame: ipv4Packet(protoGRE, join(uint16(0), uint16(etherERSPAN), helloFrame)), through: "erspan"},
		{name: "erspan II", frame: ipv4Packet(protoGRE, join(uint16(0x1000), uint16(etherERSPAN), uint32(1), uint16(0x1001), uint16(101), uint32(0), helloFrame)), through: "erspan 101"},
		{name: "erspan III", frame: ipv4Packet(protoGRE, join(uint16(0x1000), uint16(etherERSP3), uint32(1), uint16(0x2001), uint16(102), uint32(0), uint32(0), helloFrame)), through: "erspan 102"},
		{name: "geneve", frame: udp4(portGeneve, join(uint8(1), uint8(0), uint16(etherBridge), uint32(9<<8), uint32(0), helloFrame)), through: "geneve 9"},
	}
	return append(list, portWrappings()...)
}

func portWrappings() []wrapping {
	air := join(uint16(0x0108), uint16(0), make([]byte, 20), []byte{0xaa, 0xaa, 3, 0, 0, 0}, uint16(etherIPv4), hello4)
	return []wrapping{
		{name: "vxlan", frame: udp4(portVXLAN, join(uint32(0x08000000), uint32(7<<8), helloFrame)), through: "vxlan 7"},
		{name: "vxlan in IPv6", frame: ipv6Packet(protoUDP, udpDatagram(portVXLANLinux, join(uint32(0x08000000), uint32(7<<8), helloFrame))), through: "vxlan 7", unsure: true},
		{name: "vxlan-gpe", frame: udp4(portVXLANGPE, join(uint32(0x0c000001), uint32(7<<8), hello4)), through: "vxlan 7"},
		{name: "gtp", frame: udp4(portGTP, join(uint16(0x30ff), uint16(len(hello4)), uint32(77), hello4)), through: "gtp 77"},
		{name: "gtp, extended", frame: udp4(portGTP, join(uint16(0x34ff), uint16(8+len(hello4)), uint32(77), uint16(0), uint16(0x0085), []byte{1, 0, 9, 0}, hello4)), through: "gtp 77"},
		{name: "capwap", frame: udp4(portCAPWAP, join([]byte{0, 0x10, 2, 0, 0, 0, 0, 0}, helloFrame)), through: "capwap"},
		{name: "capwap, 802.11", frame: udp4(portCAPWAP, join([]byte{0, 0x10, 3, 0, 0, 0, 0, 0}, air)), through: "capwap"},
	}
}

func udp4(port uint16, payload []byte) []byte {
	return ipv4Packet(protoUDP, udpDatagram(port, payload))
}

func allWrappings() []wrapping {
	list := linkWrappings()
	for _, w := range networkWrappings() {
		w.link = linkRaw
		list = append(list, w)
	}
	return list
}

func TestWrappings(t *testing.T) {
	d := newDecoder()
	for _, w := range allWrappings() {
		var s segment
		if !d.decode(&Frame{Link: w.link, Data: w.frame, Len: len(w.frame)}, &s) {
			t.Errorf("%s: no segment", w.name)
			continue
		}
		src, dst := clientAddr, serverAddr
		if w.six {
			src, dst = clientAddr6, serverAddr6
		}
		if s.Src != netip.AddrPortFrom(src, 40001) || s.Dst != netip.AddrPortFrom(dst, 443) {
			t.Errorf("%s: from %v to %v", w.name, s.Src, s.Dst)
		}
		if string(s.Payload) != "hello" || s.Seq != 1000 || s.Ack != 99 || s.Flags != flagPSH|flagACK || s.Window != 1024 || s.Cut != 0 {
			t.Errorf("%s: %+v", w.name, s)
		}
		if want := map[bool]uint8{false: 64, true: 58}[w.six]; s.TTL != want || s.Through != w.through {
			t.Errorf("%s: TTL %d, through %q, want %q", w.name, s.TTL, s.Through, w.through)
		}
	}
}

// TestWrappingsAsTshark asks tshark about the same frames, so that they are not right by our own word only.
func TestWrappingsAsTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		missing(t, "tshark is not installed")
	}
	le := binary.LittleEndian
	head, packets := ngSection(le), []byte{}
	var names []string
	for _, w := range allWrappings() {
		if w.unsure {
			continue
		}
		head = append(head, ngInterfaceBlock(le, uint16(w.link), 0)...)
		packets = append(packets, ngPacket(le, uint32(len(names)), 1700000000_000000, w.frame, len(w.frame))...)
		names = append(names, w.name)
	}
	path := filepath.Join(t.TempDir(), "wrappings.pcapng")
	if err := os.WriteFile(path, append(head, packets...), 0o600); err != nil {
		t.Fatal(err)
	}
	got, _ := ownSegments(t, path)
	want := tsharkSegments(t, path)
	if len(got) != len(want) {
		t.Fatalf("%d frames, tshark has %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s\n got %s\nwant %s", names[i], got[i], want[i])
		}
	}
}

// TestNotTCP: what holds no TCP gives no segment, and no wrong one.
func TestNotTCP(t *testing.T) {
	for name, f := range map[string]Frame{
		"ARP":                 {Link: linkEthernet, Data: ethernetFrame(0x0806, make([]byte, 28))},
		"UDP":                 {Link: linkRaw, Data: udp4(53, make([]byte, 40))},
		"ICMP quoting TCP":    {Link: linkRaw, Data: ipv4Packet(1, join(uint32(0x03040000), uint32(0), hello4))},
		"unknown link":        {Link: linkUnknown, Data: helloFrame},
		"GRE with a route":    {Link: linkRaw, Data: ipv4Packet(protoGRE, join(uint16(0x4000), uint16(etherIPv4), hello4))},
		"vxlan without id":    {Link: linkRaw, Data: udp4(portVXLAN, join(uint64bytes(0), helloFrame))},
		"encrypted 802.11":    {Link: linkWiFi, Data: join(uint16(0x0841), make([]byte, 22), []byte{0xaa, 0xaa, 3, 0, 0, 0}, uint16(etherIPv4), hello4)},
		"802.11 beacon":       {Link: linkWiFi, Data: join(uint16(0x8000), make([]byte, 60))},
		"OSI on loopback":     {Link: linkNull, Data: join([]byte{7, 0, 0, 0}, hello4)},
		"short TCP header":    {Link: linkRaw, Data: ipv4Packet(protoTCP, helloSegment[:19])},
		"small TCP offset":    {Link: linkRaw, Data: ipv4Packet(protoTCP, join(helloSegment[:12], uint8(0x40), helloSegment[13:]))},
		"large TCP offset":    {Link: linkRaw, Data: ipv4Packet(protoTCP, join(helloSegment[:12], uint8(0xf0), helloSegment[13:]))},
		"IP version 5":        {Link: linkRaw, Data: join(uint8(0x55), hello4[1:])},
		"no next header":      {Link: linkRaw, Data: ipv6Packet(59, helloSegment)},
		"ESP":                 {Link: linkRaw, Data: ipv6Packet(50, helloSegment)},
		"short IPv4 header":   {Link: linkRaw, Data: join(uint8(0x44), hello4[1:])},
		"LLC without SNAP":    {Link: linkEthernet, Data: ethernetFrame(60, make([]byte, 60))},
		"PPPoE discovery":     {Link: linkEthernet, Data: ethernetFrame(etherPPPoE, join(uint16(0x1109), make([]byte, 60)))},
		"multi-hop routing":   {Link: linkRaw, Data: nested(40)},
		"VLAN without end":    {Link: linkEthernet, Data: ethernetFrame(etherVLAN, bytes.Repeat([]byte{0x81, 0}, 500))},
		"MPLS without end":    {Link: linkEthernet, Data: ethernetFrame(etherMPLS, make([]byte, 1000))},
		"headers without end": {Link: linkRaw, Data: ipv6Packet(protoHopByHop, make([]byte, 1000))},
	} {
		f.Len = len(f.Data)
		var s segment
		if newDecoder().decode(&f, &s) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func uint64bytes(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// nested is IP in IP in IP …
func nested(depth int) []byte {
	b := hello4
	for range depth {
		b = ipv4Packet(protoIPv4, b)
	}
	return b
}

// TestCut: what the snap length cut off is counted, wherever it cut.
func TestCut(t *testing.T) {
	syn := join(helloSegment[:12], uint8(0x70), uint8(flagSYN), helloSegment[14:20], []byte{1, 1, 1, 1, 2, 4, 5, 0xb4}, "hello")
	for _, whole := range [][]byte{ethernetFrame(etherIPv4, ipv4Packet(protoTCP, syn)), ethernetFrame(etherIPv6, ipv6Packet(protoTCP, syn))} {
		padded := append(bytes.Clone(whole), 0, 0, 0) // Ethernet's padding is no payload
		head := len(whole) - len(syn)
		for n := range len(padded) + 1 {
			var s segment
			ok := newDecoder().decode(&Frame{Link: linkEthernet, Data: padded[:n], Len: len(padded)}, &s)
			if ok != (n >= head+20) {
				t.Fatalf("%d bytes of %d: %v", n, len(padded), ok)
			}
			if !ok {
				continue
			}
			if want := min(5, max(0, n-head-28)); len(s.Payload) != want || len(s.Payload)+s.Cut != 5 {
				t.Errorf("%d bytes: payload %q, cut %d", n, s.Payload, s.Cut)
			}
			if want := map[bool]uint16{true: 1460}[n >= head+28]; s.MSS != want {
				t.Errorf("%d bytes: MSS %d, want %d", n, s.MSS, want)
			}
		}
	}
}

// TestMaximumSegment: options that do not end as they should.
func TestMaximumSegment(t *testing.T) {
	for options, want := range map[string]uint16{
		"":                                 0,
		"\x02\x04\x05\xb4":                 1460,
		"\x01\x01\x02\x04\x02\x18":         536,
		"\x00\x02\x04\x05\xb4":             0,
		"\x08\x0a12345678\x02\x04\x05\xb4": 1460,
		"\x08\x00\x02\x04\x05\xb4":         0,
		"\x08\x63\x02\x04\x05\xb4":         0,
		"\x02\x03\x05":                     0,
		"\x02":                             0,
	} {
		if got := maximumSegment([]byte(options)); got != want {
			t.Errorf("%q: %d, want %d", options, got, want)
		}
	}
}

// TestThroughNames: the names kept are bounded, and each frame has its own.
func TestThroughNames(t *testing.T) {
	d := newDecoder()
	for id := range 3 * maxThrough {
		frame := udp4(portVXLAN, join(uint32(0x08000000), uint32(id)<<8, helloFrame))
		var s segment
		if !d.decode(&Frame{Link: linkRaw, Data: frame, Len: len(frame)}, &s) || !strings.HasPrefix(s.Through, "vxlan ") {
			t.Fatalf("%d: %+v", id, s)
		}
		if len(d.names) > maxThrough {
			t.Fatalf("%d names are kept", len(d.names))
		}
	}
	var s segment
	if d.decode(&Frame{Link: linkEthernet, Data: helloFrame, Len: len(helloFrame)}, &s); s.Through != "" {
		t.Errorf("a plain frame came through %q", s.Through)
	}
}
