package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// readAll reads a file to its end: the frames (their data copied) and the damage.
func readAll(t testing.TB, r io.Reader) (frames []Frame, damaged []*damage) {
	t.Helper()
	c, err := openContainer(Input{Name: "test", R: r})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return drain(t, c)
}

func drain(t testing.TB, r frameReader) (frames []Frame, damaged []*damage) {
	t.Helper()
	for {
		f, err := r.Next()
		var d *damage
		switch {
		case err == io.EOF:
			return frames, damaged
		case errors.As(err, &d):
			damaged = append(damaged, d)
		case err != nil:
			t.Fatal(err)
		default:
			f.Data = bytes.Clone(f.Data)
			frames = append(frames, f)
		}
	}
}

// someFrames are n Ethernet frames that differ in their payload.
func someFrames(n int) [][]byte {
	var list [][]byte
	for i := range n {
		payload := bytes.Repeat([]byte{byte(i + 1)}, 10+i)
		list = append(list, ethernetFrame(etherIPv4, ipv4Packet(protoTCP, tcpSegment(uint32(i), payload))))
	}
	return list
}

func pcapFile(o order, magic uint32, frames ...[]byte) []byte {
	b := pcapHead(o, magic, linkEthernet)
	for i, f := range frames {
		record := pcapRecord(o, 1700000000, uint32(i), f, len(f)+i)
		if magic == pcapPatched { // interface, protocol, direction, padding
			record = append(record[:16:16], append(make([]byte, 8), f...)...)
		}
		b = append(b, record...)
	}
	return b
}

func TestPcapByteOrders(t *testing.T) {
	data := someFrames(3)
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		for magic, unit := range map[uint32]time.Duration{pcapMicro: time.Microsecond, pcapNano: 1, pcapPatched: time.Microsecond} {
			frames, damaged := readAll(t, bytes.NewReader(pcapFile(o, magic, data...)))
			if len(frames) != 3 || len(damaged) != 0 {
				t.Fatalf("%v %x: %d frames, damage %v", o, magic, len(frames), damaged)
			}
			for i, f := range frames {
				at := time.Unix(1700000000, 0).Add(time.Duration(i) * unit)
				if f.Number != i+1 || !f.At.Equal(at) || f.Link != linkEthernet || f.Len != len(data[i])+i || !bytes.Equal(f.Data, data[i]) {
					t.Errorf("%v %x: frame %d is %+v", o, magic, i, f)
				}
			}
		}
	}
}

// TestPcapLink: the upper bits of the link type tell of a frame check sequence (draft-ietf-opsawg-pcap §4).
func TestPcapLink(t *testing.T) {
	b := append(pcapHead(binary.LittleEndian, pcapMicro, 0x24000000|linkCooked2), pcapRecord(binary.LittleEndian, 1, 2, []byte("x"), 1)...)
	frames, _ := readAll(t, bytes.NewReader(b))
	if len(frames) != 1 || frames[0].Link != linkCooked2 {
		t.Errorf("%+v", frames)
	}
}

// TestPcapBehindDamage: a length that lies costs the record it stands in, not those behind it.
func TestPcapBehindDamage(t *testing.T) {
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		data := someFrames(6)
		b := pcapFile(o, pcapMicro, data...)
		third := 24 + 2*16 + len(data[0]) + len(data[1])
		o.PutUint32(b[third+8:], 0x7fffffff)
		frames, damaged := readAll(t, bytes.NewReader(b))
		if len(frames) != 5 || len(damaged) != 1 {
			t.Fatalf("%v: %d frames, damage %v", o, len(frames), damaged)
		}
		if damaged[0].Offset != int64(third) || !strings.Contains(damaged[0].Error(), "claims 2147483647 bytes") {
			t.Errorf("%v: %v", o, damaged[0])
		}
		if !bytes.Equal(frames[2].Data, data[3]) || frames[4].Number != 5 {
			t.Errorf("%v: behind the damage: %+v", o, frames[2])
		}
	}
}

// TestPcapLongLength: what a record claims of the wire is bounded, and never less than what is there.
func TestPcapLongLength(t *testing.T) {
	le := binary.LittleEndian
	b := pcapHead(le, pcapMicro, linkEthernet)
	b = append(b, pcapRecord(le, 1, 0, make([]byte, 60), 0)...)
	b = append(b, pcapRecord(le, 1, 0, make([]byte, 60), 1<<31)...)
	frames, _ := readAll(t, bytes.NewReader(b))
	if len(frames) != 2 || frames[0].Len != 60 || frames[1].Len != maxLength {
		t.Errorf("%+v", frames)
	}
}

// TestPcapLarge: frames as large as any, and more of them than a window holds.
func TestPcapLarge(t *testing.T) {
	le := binary.LittleEndian
	b := pcapHead(le, pcapMicro, linkRaw)
	for i := range 12 {
		b = append(b, pcapRecord(le, 1, 0, bytes.Repeat([]byte{byte(i)}, maxFrame-i), maxFrame)...)
	}
	frames, damaged := readAll(t, onlyReader{bytes.NewReader(b)})
	if len(frames) != 12 || len(damaged) != 0 {
		t.Fatalf("%d frames, damage %v", len(frames), damaged)
	}
	for i, f := range frames {
		if len(f.Data) != maxFrame-i || f.Data[0] != byte(i) || f.Data[len(f.Data)-1] != byte(i) {
			t.Errorf("frame %d: %d bytes, first %d", i, len(f.Data), f.Data[0])
		}
	}
}
