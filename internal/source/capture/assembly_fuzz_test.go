package capture

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// fuzzStreams are what the two sides of FuzzAssembly say: a ClientHello, and a server's flight with a record of each
// kind, followed by what begins like records.
func fuzzStreams(f *testing.F) [2][]byte {
	built, err := wire.Hello{Versions: []uint16{wire.TLS12}, Suites: []uint16{0xc02f}, ServerName: "a.test"}.Build(nil)
	if err != nil {
		f.Fatal(err)
	}
	done := wire.WriteRecords(wire.RecordHandshake, wire.TLS12, []byte{14, 0, 0, 0}, 0)
	change := wire.WriteRecords(wire.RecordChangeCipherSpec, wire.TLS12, []byte{1}, 0)
	sealed := wire.WriteRecords(wire.RecordHandshake, wire.TLS12, make([]byte, 40), 0)
	data := wire.WriteRecords(wire.RecordApplicationData, wire.TLS12, make([]byte, 5000), 600)
	alert := wire.WriteRecords(wire.RecordAlert, wire.TLS12, []byte{2, 40}, 0)
	return [2][]byte{join(built.Records, change, sealed, data, alert), join(done, change, sealed, data, alert)}
}

// FuzzAssembly plays segments that the input chooses: four bytes each for side and flags, place in the stream, length,
// and what the snap length took.
func FuzzAssembly(f *testing.F) {
	streams := fuzzStreams(f)
	f.Add([]byte{0x02, 0, 0, 0, 0x03, 0, 0, 0, 0x10, 0, 200, 0, 0x11, 0, 90, 0, 0x10, 3, 200, 0, 0x30, 0, 0, 0, 0x31, 0, 0, 0})
	f.Add([]byte{0x10, 9, 200, 0, 0x10, 5, 100, 0, 0x10, 0, 255, 0, 0x10, 0, 255, 7, 0x11, 200, 9, 0, 0x41, 0, 0, 0})
	f.Add([]byte{0x02, 0, 0, 0, 0x10, 0, 255, 0, 0x02, 1, 0, 0, 0x10, 1, 255, 255})
	f.Fuzz(func(t *testing.T, script []byte) {
		var list []*flow
		a := newAssembly(func(done []*flow) { list = append(list, done...) })
		a.limit = 3
		at := place{at: testStart.UnixNano()}
		for ; len(script) >= 4; script = script[4:] {
			at.packet++
			at.at += int64(script[3]) << 22
			a.add(fuzzSegment(streams, script), at)
		}
		a.finishAll()
		if a.held != 0 || len(a.table.ring) != 0 || len(list) != a.flows {
			t.Fatalf("%d bytes held, %d flows left, %d of %d finished", a.held, len(a.table.ring), len(list), a.flows)
		}
		decodeFlows(t, a, list)
	})
}

// fuzzSegment makes a segment of four bytes of the script.
func fuzzSegment(streams [2][]byte, b []byte) *segment {
	side := int(b[0] & 1)
	s := newSession(40000 + uint16(b[0]>>6))
	seg := &segment{Src: s.client, Dst: s.server, TTL: b[3]}
	seg.Flags = []uint8{0, flagSYN, flagACK, flagFIN | flagACK, flagRST, flagSYN | flagACK, flagACK | flagPSH, flagRST | flagACK}[b[0]>>1&7]
	from := int(b[1]) << 4
	stream := streams[side]
	seg.Seq, seg.Ack = isnClient+uint32(from), isnServer+uint32(b[2])<<3
	if side == 1 {
		seg.Src, seg.Dst = seg.Dst, seg.Src
		seg.Seq, seg.Ack = isnServer+uint32(from), isnClient+uint32(b[2])<<3
	}
	if seg.Flags&flagSYN == 0 {
		from = min(from, len(stream))
		seg.Payload = stream[from:min(len(stream), from+int(b[2])*4)]
		seg.Cut = int(b[3]) * 2
	}
	return seg
}

// decodeFlows decodes every flow, with and without its shape.
func decodeFlows(t *testing.T, a *assembly, list []*flow) {
	r := &reading{names: []string{"fuzz"}, chains: newChainCache(), tapes: a.tapes, table: a.table}
	shapes := &shaper{}
	shapes.seed = a.table.seed
	known := map[shape]string{}
	for _, f := range list {
		if f.tape != nil && len(f.tape.data) > 2*(maxKept+maxClear)+1<<16 {
			t.Fatalf("%d bytes kept", len(f.tape.data))
		}
		s := shapes.of(f)
		h, ok := r.handshake(f)
		if s == noShape || !ok {
			continue
		}
		key := foldKey(&h)
		if before, seen := known[s]; seen && before != key {
			t.Fatal("two flows of one shape tell different things")
		}
		known[s] = key
	}
}
