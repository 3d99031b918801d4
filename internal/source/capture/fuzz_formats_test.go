package capture

import (
	"bytes"
	"strings"
	"testing"
)

// fuzzFormat reads any bytes as a capture, from a file and from a pipe, and decodes every frame. Nothing may panic or
// run on, frames lie within bounds, and their numbers count from one.
func fuzzFormat(f *testing.F, format string) {
	for _, s := range samples() {
		if strings.HasPrefix(s.name, format) {
			f.Add(s.file)
			f.Add(s.file[:s.ends[1]-3])
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeAll(t, Input{R: bytes.NewReader(b)}, len(b))
		decodeAll(t, Input{R: onlyReader{bytes.NewReader(b)}}, len(b))
	})
}

func decodeAll(t *testing.T, in Input, size int) {
	c, err := openContainer(in)
	if err != nil {
		return
	}
	defer c.Close()
	d := newDecoder()
	for n := 1; ; {
		f, err := c.Next()
		if _, ok := err.(*damage); ok {
			continue
		}
		if err != nil {
			return
		}
		if f.Number != n || len(f.Data) > f.Len || len(f.Data) > max(size, maxFrame) {
			t.Fatalf("frame %d has number %d, %d bytes of %d", n, f.Number, len(f.Data), f.Len)
		}
		n++
		if _, err := f.At.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		checkSegment(t, d, &f)
	}
}

func checkSegment(t *testing.T, d *packetDecoder, f *Frame) {
	var s segment
	if d.decode(f, &s) && (s.Cut < 0 || s.Cut > f.Len && s.Cut > maxDatagram || !s.Src.IsValid() || !s.Dst.IsValid()) {
		t.Fatalf("%+v of %+v", s, f)
	}
}

func FuzzPcap(f *testing.F)   { fuzzFormat(f, "pcap ") }
func FuzzPcapng(f *testing.F) { fuzzFormat(f, "pcapng") }
func FuzzNetmon(f *testing.F) { fuzzFormat(f, "netmon") }
func FuzzSnoop(f *testing.F)  { fuzzFormat(f, "snoop") }
func FuzzETL(f *testing.F)    { fuzzFormat(f, "etl") }

// FuzzCompressed packs nothing itself: the bytes are what a decompressor gets.
func FuzzCompressed(f *testing.F) {
	for _, s := range samples() {
		f.Add(gzipped(s.file))
		f.Add(zstandard(s.file))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Sniff(b)
		decodeAll(t, Input{R: bytes.NewReader(b)}, 1<<30)
	})
}

// FuzzPacket decodes two frames of any link type after one another: the second may complete what the first began.
func FuzzPacket(f *testing.F) {
	for _, w := range allWrappings() {
		f.Add(w.link, w.frame, w.frame, uint16(0))
	}
	whole, _ := longSegment(100)
	four, six := pieces(1, 64, whole), pieces6(1, 64, whole)
	f.Add(uint32(linkRaw), four[0], four[1], uint16(0))
	f.Add(uint32(linkRaw), six[1], six[0], uint16(9))
	f.Fuzz(func(t *testing.T, link uint32, one, two []byte, cut uint16) {
		d := newDecoder()
		for _, b := range [][]byte{one, two, one} {
			checkSegment(t, d, &Frame{Link: link, Data: b, Len: len(b) + int(cut)})
		}
	})
}
