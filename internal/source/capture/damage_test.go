package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// sample is a small file of a format, with the offset behind each frame: cut there or later, the frame is read.
type sample struct {
	name  string
	file  []byte
	ends  []int
	pipe  bool // read sequentially
	first int  // bytes without which it is not even known
}

// samples has each format in each byte order it has.
func samples() []sample {
	data := someFrames(4)
	var list []sample
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []uint32{pcapMicro, pcapNano, pcapPatched} {
			s := sample{name: "pcap " + o.String(), first: 24}
			for i := range len(data) + 1 {
				s.file = pcapFile(o, magic, data[:i]...)
				s.ends = append(s.ends, len(s.file))
			}
			s.ends = s.ends[1:]
			list = append(list, s)
		}
		list = append(list, ngSample(o, data))
	}
	snoop := sample{name: "snoop", first: 16}
	for i := range data {
		snoop.file = snoopFile(4, 2, data[:i+1]...)
		snoop.ends = append(snoop.ends, len(snoop.file)-2) // without its padding it is whole
	}
	list = append(list, snoop)
	for _, v := range [][2]uint8{{1, 1}, {2, 0}, {2, 1}, {2, 2}, {2, 3}} {
		list = append(list, netmonSample(v[0], v[1], data))
	}
	return append(list, etlSample(data))
}

func ngSample(o order, data [][]byte) sample {
	s := sample{name: "pcapng " + o.String(), first: 8}
	s.file = join(ngSection(o), ngInterfaceBlock(o, 1, 0))
	add := func(block []byte) {
		s.file = append(s.file, block...)
		s.ends = append(s.ends, len(s.file))
	}
	add(ngPacket(o, 0, 1, data[0], len(data[0])))
	add(ngSimple(o, data[1], len(data[1])))
	s.file = append(s.file, ngSecrets(o, "CLIENT_RANDOM 01 02\n")...)
	add(ngOldPacket(o, 0, 1, data[2], len(data[2])))
	s.file = append(s.file, ngBlock(o, 4, []byte("names"))...)
	add(ngPacket(o, 0, 1, data[3], len(data[3])))
	return s
}

func netmonSample(major, minor uint8, data [][]byte) sample {
	s := sample{name: "netmon", first: 72, pipe: true}
	var frames []netmonFrame
	layout := []int{0, 1, 2, 3}
	s.ends = make([]int, len(data))
	end := 128
	for i, d := range data {
		frames = append(frames, netmonFrame{data: d, full: len(d), media: 1})
		end += len(netmonRecord(major, minor, frames[i]))
		s.ends[i] = end
	}
	s.file = netmonFile(major, minor, 0, layout, frames...)
	return s
}

// etlSample has a packet in each buffer.
func etlSample(data [][]byte) sample {
	s := sample{name: "etl", first: bufferHeader + traceHeader + 0x118}
	e := &etlBuilder{freq: 1000, clock: 1}
	e.start(64, 0)
	for i, d := range data {
		event := ndisEvent(uint64(i), 1, keywordStart|keywordEnd|1, d)
		s.ends = append(s.ends, len(e.b)+bufferHeader+(len(event)+7)&^7)
		e.buffer(0, event)
	}
	s.file = e.b
	return s
}

func (s sample) reader(b []byte) io.Reader {
	if s.pipe {
		return onlyReader{bytes.NewReader(b)}
	}
	return bytes.NewReader(b)
}

// TestTruncated cuts each format at each offset: every frame before the cut is read, and a cut inside of anything is
// told with its offset.
func TestTruncated(t *testing.T) {
	for _, s := range samples() {
		for cut := s.first; cut <= len(s.file); cut++ {
			c, err := openContainer(Input{R: s.reader(s.file[:cut])})
			if err != nil {
				t.Fatalf("%s cut at %d: %v", s.name, cut, err)
			}
			frames, damaged := readQuietly(c)
			want := 0
			for want < len(s.ends) && s.ends[want] <= cut {
				want++
			}
			if len(frames) != want {
				t.Fatalf("%s cut at %d: %d frames, want %d; damage %v", s.name, cut, len(frames), want, damaged)
			}
			for i, f := range frames {
				if f.Number != i+1 {
					t.Fatalf("%s cut at %d: frame %d has number %d", s.name, cut, i, f.Number)
				}
			}
			for _, d := range damaged {
				if d.Offset > int64(cut) || d.What == "" {
					t.Fatalf("%s cut at %d: %v", s.name, cut, d)
				}
			}
		}
		if frames, damaged := readAll(t, s.reader(s.file)); len(frames) != len(s.ends) || len(damaged) != 0 {
			t.Errorf("%s whole: %d frames, damage %v", s.name, len(frames), damaged)
		}
	}
}

// TestTruncatedInside: a cut in the middle of a frame is always told.
func TestTruncatedInside(t *testing.T) {
	for _, s := range samples() {
		for _, end := range s.ends {
			_, damaged := readAll(t, s.reader(s.file[:end-7]))
			if len(damaged) != 1 {
				t.Errorf("%s cut at %d: damage %v", s.name, end-7, damaged)
			}
		}
	}
}

// readQuietly reads to the end whatever comes, an error that is final included.
func readQuietly(c *container) (frames []Frame, damaged []*damage) {
	for range 1 << 20 {
		f, err := c.Next()
		if d, ok := err.(*damage); ok {
			damaged = append(damaged, d)
			continue
		}
		if err != nil {
			break
		}
		f.Data = bytes.Clone(f.Data)
		frames = append(frames, f)
	}
	return frames, damaged
}

// TestFlipped changes each byte of each format in several ways: nothing panics, nothing hangs, no frame is larger than
// the file, and where a header of pcap, pcapng or snoop was hit the frames behind it are found again.
func TestFlipped(t *testing.T) {
	for _, s := range samples() {
		lost := 0
		for at := s.first; at < len(s.file); at++ {
			for _, x := range []byte{0x01, 0x80, 0xff} {
				b := slices.Clone(s.file)
				b[at] ^= x
				c, err := openContainer(Input{R: s.reader(b)})
				if err != nil {
					continue
				}
				frames, _ := readQuietly(c)
				for _, f := range frames {
					if len(f.Data) > len(b) || f.Len < len(f.Data) {
						t.Fatalf("%s, byte %d ^ %#x: frame of %d, %d bytes", s.name, at, x, len(f.Data), f.Len)
					}
				}
				if len(frames) < len(s.ends)-1 {
					lost++
				}
			}
		}
		tries := 3 * (len(s.file) - s.first)
		t.Logf("%s: %d of %d changes cost more than one frame", s.name, lost, tries)
		if s.name != "netmon" && s.name != "etl" && lost > tries/10 {
			t.Errorf("%s: %d of %d changes cost more than one frame", s.name, lost, tries)
		}
	}
}

// TestRubbish: a file that begins as a capture and is rubbish then is told about in a bounded number of words.
func TestRubbish(t *testing.T) {
	for _, s := range samples() {
		rubbish := bytes.Repeat([]byte{0x5a, 0x06, 0x00, 0x00, 0x00, 0x10, 0x13, 0xff, 0x01}, 60_000)
		b := append(slices.Clone(s.file[:s.ends[0]]), rubbish...)
		c, err := openContainer(Input{R: s.reader(b)})
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		frames, damaged := readQuietly(c)
		quiet := len(damaged) == 0 && s.name != "netmon" // which believes any length that fits
		if len(frames) < 1 || quiet || len(damaged) > maxDamages+1 {
			t.Errorf("%s: %d frames, %d damages", s.name, len(frames), len(damaged))
		}
	}
}

// TestManyDamages: the places of damage told one by one are bounded, and the frames between them are still read.
func TestManyDamages(t *testing.T) {
	le := binary.LittleEndian
	b := join(ngSection(le), ngInterfaceBlock(le, 1, 0))
	const places = 3 * maxDamages
	for range places {
		b = append(b, ngPacket(le, 0, 1, []byte("good"), 4)...)
		b = append(b, ngPacket(le, 8, 1, []byte("bad"), 3)...)
	}
	frames, damaged := readAll(t, bytes.NewReader(b))
	if len(frames) != places || len(damaged) != maxDamages+1 || damaged[maxDamages].What != "200 more damaged places up to the end" {
		t.Errorf("%d frames, %d damages, last %v", len(frames), len(damaged), damaged[len(damaged)-1])
	}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func zstandard(b []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}
