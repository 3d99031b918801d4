package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"time"
)

// TestNetmonVersions: each version has another record; 2.3 tells the time of each frame in UTC.
func TestNetmonVersions(t *testing.T) {
	data := someFrames(2)
	start := time.Date(2023, 11, 14, 22, 13, 20, 500e6, time.UTC)
	for _, c := range []struct {
		major, minor uint8
		second       time.Time
	}{
		{1, 1, start.Add(12 * time.Millisecond)},
		{2, 0, start.Add(12345 * time.Microsecond)},
		{2, 1, start.Add(12345 * time.Microsecond)},
		{2, 2, start.Add(12345 * time.Microsecond)},
		{2, 3, time.Unix(1700000000, 700).UTC()},
	} {
		b := netmonFile(c.major, c.minor, 0, []int{0, 1},
			netmonFrame{data: data[0], full: len(data[0]), media: 1, utc: utcStart},
			netmonFrame{data: data[1], full: 900, media: 1, micros: 12345, utc: utcStart + 7})
		for name, r := range map[string]io.Reader{"file": bytes.NewReader(b), "pipe": onlyReader{bytes.NewReader(b)}} {
			frames, damaged := readAll(t, r)
			if len(frames) != 2 || len(damaged) != 0 {
				t.Fatalf("%d.%d %s: %d frames, damage %v", c.major, c.minor, name, len(frames), damaged)
			}
			f := frames[1]
			if f.Number != 2 || !f.At.Equal(c.second) || f.Link != linkEthernet || f.Len != 900 || !bytes.Equal(f.Data, data[1]) {
				t.Errorf("%d.%d %s: %+v, want time %v", c.major, c.minor, name, f, c.second)
			}
		}
	}
}

// TestNetmonTable: the table has the order; the file may have another, and holes.
func TestNetmonTable(t *testing.T) {
	data := someFrames(4)
	var list []netmonFrame
	for i, d := range data {
		list = append(list, netmonFrame{data: d, full: len(d), micros: uint64(i)})
	}
	frames, damaged := readAll(t, bytes.NewReader(netmonFile(2, 0, 13, []int{3, 1, 0, 2}, list...)))
	if len(frames) != 4 || len(damaged) != 0 {
		t.Fatalf("%d frames, damage %v", len(frames), damaged)
	}
	for i, f := range frames {
		if !bytes.Equal(f.Data, data[i]) {
			t.Errorf("frame %d is %x", i, f.Data)
		}
	}
}

// TestNetmonNegativeTime: microseconds whose tenfold overflows are before the start (Wireshark, wiretap/netmon.c).
func TestNetmonNegativeTime(t *testing.T) {
	const micros = 1<<63 - 5 // times ten: 5·2⁶⁴ - 50
	b := netmonFile(2, 0, 0, []int{0}, netmonFrame{data: []byte("x"), full: 1, micros: micros})
	frames, _ := readAll(t, bytes.NewReader(b))
	if want := time.Date(2023, 11, 14, 22, 13, 20, 499995e3, time.UTC); len(frames) != 1 || !frames[0].At.Equal(want) {
		t.Errorf("%+v, want %v", frames, want)
	}
}

// TestNetmonMedia: what the media type of a frame says of it, and the notes that are no frames.
func TestNetmonMedia(t *testing.T) {
	radio := join(uint8(2), []byte{12, 0}, make([]byte, 9), "wifi")
	event := netmonEvent(ethernetFrame(etherIPv4, ipv4Packet(protoTCP, tcpSegment(1, []byte("hi")))))
	cases := []struct {
		media uint16
		data  []byte
		link  uint32
		inner []byte
	}{
		{0, []byte("vpn"), linkEthernet, []byte("vpn")},
		{1, []byte("eth"), linkEthernet, []byte("eth")},
		{2, []byte("ring"), linkTokenRing, []byte("ring")},
		{4, []byte("wan"), linkUnknown, []byte("wan")},
		{6, radio, linkWiFi, []byte("wifi")},
		{6, []byte{2, 99, 0, 0}, linkUnknown, []byte{2, 99, 0, 0}},
		{8, []byte("ip"), linkRaw, []byte("ip")},
		{0xe000 | linkCooked2, []byte("sll"), linkCooked2, []byte("sll")},
		{0xe080, []byte("air"), linkWiFi, []byte("air")},
		{0xe083, []byte("wfp"), linkUnknown, []byte("wfp")},
		{0xffe0, event, linkEthernet, event[eventHeader+9+12:]},
		{0xfffb, []byte("adapters"), linkUnknown, []byte("adapters")},
		{0xffff, []byte("filter"), linkUnknown, []byte("filter")},
	}
	var list []netmonFrame
	for _, c := range cases {
		list = append(list, netmonFrame{data: c.data, full: len(c.data), media: c.media}, netmonFrame{data: []byte("note"), full: 4, media: 0xfffd})
	}
	layout := make([]int, len(list))
	for i := range layout {
		layout[i] = i
	}
	frames, damaged := readAll(t, bytes.NewReader(netmonFile(2, 1, 0, layout, list...)))
	if len(frames) != len(cases) || len(damaged) != 0 {
		t.Fatalf("%d frames, damage %v", len(frames), damaged)
	}
	for i, c := range cases {
		if f := frames[i]; f.Link != c.link || !bytes.Equal(f.Data, c.inner) || f.Number != i+1 {
			t.Errorf("media %#x: %+v, want link %d %x", c.media, f, c.link, c.inner)
		}
	}
}

// netmonEvent is a packet event as Network Monitor copies it out of an .etl file.
func netmonEvent(packet []byte) []byte {
	le := binary.LittleEndian
	b := eventHead(providerNDIS, 1001, keywordStart|keywordEnd|1, 0, 1, 0, 0)
	body := ndisFragment(packet)
	b = append(b, 0, 0, 0, 0) // processor, alignment, logger
	b = le.AppendUint16(le.AppendUint16(b, 0), uint16(len(body)))
	return append(append(b, 0), body...)
}

// TestNetmonCut: without its table, a file cut off is read as it comes.
func TestNetmonCut(t *testing.T) {
	data := someFrames(3)
	var list []netmonFrame
	for _, d := range data {
		list = append(list, netmonFrame{data: d, full: len(d), media: 1})
	}
	whole := netmonFile(2, 1, 0, []int{0, 1, 2}, list...)
	end := len(whole) - 4*3
	frames, damaged := readAll(t, bytes.NewReader(whole[:end-5]))
	if len(frames) != 2 || len(damaged) != 1 {
		t.Errorf("%d frames, damage %v", len(frames), damaged)
	}
	lying := slices.Clone(whole) // with the table, one bad frame costs no other
	binary.LittleEndian.PutUint32(lying[128+12:], 1<<30)
	frames, damaged = readAll(t, bytes.NewReader(lying))
	if len(frames) != 2 || len(damaged) != 1 || !bytes.Equal(frames[0].Data, data[1]) {
		t.Errorf("%d frames, damage %v", len(frames), damaged)
	}
}

// TestNetmonTableOfJumps: a small file whose table names two distant frames again and again ends soon.
func TestNetmonTableOfJumps(t *testing.T) {
	le := binary.LittleEndian
	far := make([]byte, maxFrame)
	var list []netmonFrame
	for range 8 {
		list = append(list, netmonFrame{data: far, full: len(far)})
	}
	b := netmonFile(2, 0, 0, []int{0, 1, 2, 3, 4, 5, 6, 7}, list...)
	first, last := le.Uint32(b[len(b)-32:]), le.Uint32(b[len(b)-4:])
	b = b[:len(b)-32]
	const entries = 100_000
	for range entries / 2 {
		b = le.AppendUint32(le.AppendUint32(b, first), last)
	}
	le.PutUint32(b[28:], 4*entries)
	c, err := openContainer(Input{R: bytes.NewReader(b)})
	if err != nil {
		t.Fatal(err)
	}
	frames, err := 0, error(nil)
	for err == nil {
		if _, err = c.Next(); err == nil {
			frames++
		}
	}
	var d *damage
	if !errors.As(err, &d) || frames == entries || c.bytesRead() > 20*int64(len(b))+32<<20 {
		t.Errorf("%d frames, %d bytes read of %d, %v", frames, c.bytesRead(), len(b), err)
	}
}

func TestNetmonVersion(t *testing.T) {
	b := netmonFile(2, 1, 0, nil)
	b[5] = 3
	if _, err := openContainer(Input{R: bytes.NewReader(b)}); err == nil {
		t.Error("version 3.1 is read")
	}
}
