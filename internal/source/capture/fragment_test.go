package capture

import (
	"bytes"
	"testing"
	"time"
)

// pieces cuts a TCP segment into IPv4 fragments of size bytes.
func pieces(id uint16, size int, segment []byte) [][]byte {
	var list [][]byte
	for at := 0; at < len(segment); at += size {
		end := min(len(segment), at+size)
		field := uint16(at / 8)
		if end < len(segment) {
			field |= 0x2000
		}
		list = append(list, ipv4Fragment(protoTCP, segment[at:end], id, field))
	}
	return list
}

// pieces6 does it with IPv6.
func pieces6(id uint32, size int, segment []byte) [][]byte {
	var list [][]byte
	for at := 0; at < len(segment); at += size {
		end := min(len(segment), at+size)
		field := uint16(at)
		if end < len(segment) {
			field |= 1
		}
		list = append(list, ipv6Packet(protoFragment, join(uint8(protoTCP), uint8(0), field, id, segment[at:end])))
	}
	return list
}

// feed gives packets to a decoder and returns the payload it finds, and after how many of them.
func feed(d *packetDecoder, list [][]byte) (payload []byte, after int) {
	for i, b := range list {
		var s segment
		if d.decode(&Frame{Number: i + 1, Link: linkRaw, Data: b, Len: len(b)}, &s) {
			return bytes.Clone(s.Payload), i + 1
		}
	}
	return nil, 0
}

func longSegment(n int) (segment, payload []byte) {
	for i := range n {
		payload = append(payload, byte(i*7))
	}
	return tcpSegment(5, payload), payload
}

func TestFragments(t *testing.T) {
	whole, payload := longSegment(2000)
	for name, list := range map[string][][]byte{"IPv4": pieces(9, 600, whole), "IPv6": pieces6(9, 600, whole)} {
		reversed := [][]byte{list[3], list[2], list[1], list[0]}
		for order, l := range map[string][][]byte{
			"in order": list, "reversed": reversed, "twice": {list[0], list[0], list[2], list[1], list[2], list[3]},
		} {
			got, after := feed(newDecoder(), l)
			if !bytes.Equal(got, payload) || after != len(l) {
				t.Errorf("%s %s: %d bytes after %d packets", name, order, len(got), after)
			}
		}
		if got, _ := feed(newDecoder(), [][]byte{list[0], list[1], list[3]}); got != nil {
			t.Errorf("%s: a datagram with a hole is read", name)
		}
	}
}

// TestFragmentsApart: datagrams with other numbers, and in other VLANs, do not mix.
func TestFragmentsApart(t *testing.T) {
	one, payload := longSegment(1000)
	two := tcpSegment(5, bytes.Repeat([]byte{1}, 1000))
	d := newDecoder()
	a, b := pieces(1, 512, one), pieces(2, 512, two)
	if got, after := feed(d, [][]byte{a[0], b[1], b[0], a[1]}); after != 3 || !bytes.Equal(got, bytes.Repeat([]byte{1}, 1000)) {
		t.Errorf("%d bytes after %d", len(got), after)
	}
	if got, _ := feed(d, [][]byte{a[1]}); !bytes.Equal(got, payload) {
		t.Errorf("%d bytes", len(got))
	}
	in := func(vlan uint16, b []byte) Frame {
		f := ethernetFrame(etherVLAN, join(vlan, uint16(etherIPv4), b))
		return Frame{Link: linkEthernet, Data: f, Len: len(f)}
	}
	var s segment
	first, second, third := in(1, a[0]), in(2, a[1]), in(1, a[1])
	if d.decode(&first, &s) || d.decode(&second, &s) || !d.decode(&third, &s) || s.Through != "vlan 1" {
		t.Errorf("%+v", s)
	}
}

// TestFragmentOverlap: of bytes that come twice the first stay, and what lies behind the end is dropped.
func TestFragmentOverlap(t *testing.T) {
	whole, payload := longSegment(1000)
	list := pieces(1, 512, whole)
	evil := ipv4Fragment(protoTCP, bytes.Repeat([]byte{0xff}, 440), 1, 0x2000|8)
	behind := ipv4Fragment(protoTCP, bytes.Repeat([]byte{0xff}, 504), 1, 0x2000|200)
	if got, _ := feed(newDecoder(), [][]byte{list[0], evil, list[1]}); !bytes.Equal(got, payload) {
		t.Errorf("%x", got)
	}
	if got, _ := feed(newDecoder(), [][]byte{list[1], behind, list[0]}); !bytes.Equal(got, payload) {
		t.Errorf("%x", got)
	}
}

// TestFragmentCut: a fragment cut by the snap length leaves a hole that Cut counts with all behind it.
func TestFragmentCut(t *testing.T) {
	whole, payload := longSegment(1000)
	list := pieces(1, 512, whole)
	d := newDecoder()
	var s segment
	d.decode(&Frame{Link: linkRaw, Data: list[0][:300], Len: len(list[0])}, &s)
	if !d.decode(&Frame{Link: linkRaw, Data: list[1], Len: len(list[1])}, &s) {
		t.Fatal("no segment")
	}
	if want := 300 - 20 - 20; !bytes.Equal(s.Payload, payload[:want]) || s.Cut != 1000-want {
		t.Errorf("%d bytes, cut %d", len(s.Payload), s.Cut)
	}
}

// TestFragmentsBounded: a flood of fragments costs no more memory than the bound, and the oldest give way.
func TestFragmentsBounded(t *testing.T) {
	whole, payload := longSegment(1000)
	d := newDecoder()
	last := pieces(0xffff, 512, whole)
	for id := range uint16(5000) {
		feed(d, pieces(id, 512, whole)[:1])
	}
	feed(d, last[:1])
	if open := len(d.pieces.open); open > maxDatagrams || len(d.pieces.free) > maxDatagrams {
		t.Errorf("%d datagrams are kept, %d unused", open, len(d.pieces.free))
	}
	if got, _ := feed(d, last[1:]); !bytes.Equal(got, payload) {
		t.Error("the youngest datagram was dropped")
	}
	if got, _ := feed(d, pieces(0, 512, whole)[1:]); got != nil {
		t.Error("the oldest datagram was kept")
	}
}

// TestFragmentExpiry: a number used again a minute later begins a new datagram.
func TestFragmentExpiry(t *testing.T) {
	whole, _ := longSegment(1000)
	list := pieces(1, 512, whole)
	d := newDecoder()
	start := time.Unix(1700000000, 0)
	var s segment
	d.decode(&Frame{At: start, Link: linkRaw, Data: list[0], Len: len(list[0])}, &s)
	if d.decode(&Frame{At: start.Add(2 * time.Minute), Link: linkRaw, Data: list[1], Len: len(list[1])}, &s) {
		t.Error("fragments two minutes apart make a datagram")
	}
}

// TestFragmentNonsense: a last fragment in the middle, one beyond 64 KiB, an odd length, none at all.
func TestFragmentNonsense(t *testing.T) {
	whole, _ := longSegment(1000)
	list := pieces(1, 512, whole)
	for name, bad := range map[string][]byte{
		"beyond":    ipv4Fragment(protoTCP, make([]byte, 512), 1, 0x1fff),
		"odd":       ipv4Fragment(protoTCP, make([]byte, 511), 1, 0x2000|64),
		"empty":     ipv4Fragment(protoTCP, nil, 1, 0x2000|64),
		"early end": ipv4Fragment(protoTCP, make([]byte, 8), 2, 0),
	} {
		if got, after := feed(newDecoder(), [][]byte{bad, list[0]}); got != nil {
			t.Errorf("%s: %d bytes after %d", name, len(got), after)
		}
	}
}
