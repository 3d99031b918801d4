package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tracedPackets is a trace of five packets over two buffers whose times overlap, as those of two processors do.
func tracedPackets(bits int, data [][]byte) []byte {
	const all = keywordStart | keywordEnd | 1
	e := &etlBuilder{freq: 10_000_000, clock: 1}
	e.start(bits, 1000)
	other := eventHead(providerID{1, 2, 3}, 7, 0, 1100, 3, eventHeader+16, 0)
	e.buffer(0, ndisEvent(1000+10, 3, all, data[0]), append(other, make([]byte, 16)...), ndisEvent(1000+30, 3, all, data[2]))
	e.buffer(0, pktmonEvent(1000+20, 77, 1, data[1], 500), pktmonEvent(1000+21, 77, 1, data[1], 500), // once more at the next component
		ndisEvent(1000+40, 4, keywordStart|1, data[3][:20]), ndisEvent(1000+41, 4, 1, data[3][20:30]), ndisEvent(1000+42, 4, keywordEnd|1, data[3][30:]),
		pktmonEvent(1000+50, 78, 3, data[4][14:], 0))
	return e.b
}

func TestETLPackets(t *testing.T) {
	data := someFrames(5)
	for _, bits := range []int{32, 64} {
		frames, damaged := readAll(t, bytes.NewReader(tracedPackets(bits, data)))
		if len(frames) != 5 || len(damaged) != 0 {
			t.Fatalf("%d bits: %d frames, damage %v", bits, len(frames), damaged)
		}
		for i, ticks := range []int64{10, 20, 30, 42, 50} {
			f := frames[i]
			want := data[i]
			if i == 4 {
				want = want[14:]
			}
			if at := time.Unix(1700000000, ticks*100); !f.At.Equal(at) || !bytes.Equal(f.Data, want) || f.Number != i+1 {
				t.Errorf("%d bits: frame %d is %+v, want time %v, data %x", bits, i, f, at, want)
			}
		}
		if frames[1].Len != 500 || frames[4].Link != linkRaw || frames[0].Link != linkEthernet {
			t.Errorf("%d bits: %+v", bits, frames)
		}
	}
}

// TestETLSystemClock: stamps may be FILETIMEs.
func TestETLSystemClock(t *testing.T) {
	e := &etlBuilder{freq: 10_000_000, clock: 2}
	e.start(64, utcStart)
	e.buffer(0, ndisEvent(utcStart+5, 1, keywordStart|keywordEnd|keywordWiFi, []byte("air")))
	frames, _ := readAll(t, bytes.NewReader(e.b))
	if len(frames) != 1 || !frames[0].At.Equal(time.Unix(1700000000, 500)) || frames[0].Link != linkWiFi {
		t.Errorf("%+v", frames)
	}
}

// TestETLSwitch: event 1003 of a virtual switch has names before the packet.
func TestETLSwitch(t *testing.T) {
	utf16 := func(s string) []byte {
		var b []byte
		for _, c := range []byte(s) {
			b = append(b, c, 0)
		}
		return append(b, 0, 0)
	}
	packet := ndisFragment([]byte("frame"))
	body := slices.Concat(packet[:8], []byte{2, 0, 0, 0}, utf16("port"), utf16("nic"), utf16(""), make([]byte, 4), packet[8:], make([]byte, 4))
	e := &etlBuilder{freq: 1000, clock: 1}
	e.start(64, 0)
	e.buffer(0, append(eventHead(providerNDIS, 1003, keywordStart|keywordEnd|1, 1500, 1, eventHeader+len(body), 0), body...))
	frames, _ := readAll(t, bytes.NewReader(e.b))
	if len(frames) != 1 || string(frames[0].Data) != "frame" || !frames[0].At.Equal(time.Unix(1700000001, 500e6)) {
		t.Errorf("%+v", frames)
	}
}

// TestETLAdvice: a trace without packets, or one that is compressed, says in one line what to do.
func TestETLAdvice(t *testing.T) {
	e := &etlBuilder{freq: 1000, clock: 1}
	e.start(64, 0)
	c, err := openContainer(Input{R: bytes.NewReader(e.b)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Next(); err == nil || !strings.Contains(err.Error(), "etl2pcapng in.etl out.pcapng") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	e.buffer(flagCompressed, ndisEvent(1, 1, keywordStart|keywordEnd|1, []byte("packed")))
	e.buffer(flagCompressed)
	frames, damaged := readAll(t, bytes.NewReader(e.b))
	if len(frames) != 0 || len(damaged) != 1 || !strings.Contains(damaged[0].What, "compressed") {
		t.Errorf("%d frames, damage %v", len(frames), damaged)
	}
}

// TestETLDamagedBuffer: what is wrong in a buffer costs its rest only.
func TestETLDamagedBuffer(t *testing.T) {
	const all = keywordStart | keywordEnd | 1
	e := &etlBuilder{freq: 1000, clock: 1}
	e.start(64, 0)
	bad := ndisEvent(2, 1, all, []byte("two"))
	bad[3] = 0
	e.buffer(0, ndisEvent(1, 1, all, []byte("one")), bad, ndisEvent(3, 1, all, []byte("three")))
	e.buffer(0, ndisEvent(4, 1, all, []byte("four")))
	frames, damaged := readAll(t, bytes.NewReader(e.b))
	if len(frames) != 2 || len(damaged) != 1 || string(frames[1].Data) != "four" {
		t.Errorf("%+v, damage %v", frames, damaged)
	}
}

// TestETLReal walks real traces: no buffer and no event is taken for damaged, and as no packets were traced the advice
// comes.
func TestETLReal(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(realCaptures(t), "*.etl"))
	if len(files) == 0 {
		missing(t, "no .etl file among the real captures")
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		c, err := openContainer(Input{R: file})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f, err := c.Next(); !errors.Is(err, errNoPackets) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
		buffers, events := walkTrace(t, name)
		head := make([]byte, 512)
		if _, err := file.ReadAt(head, 0); err != nil {
			t.Fatal(err)
		}
		const written = bufferHeader + traceHeader + 0x24 // BuffersWritten of TRACE_LOGFILE_HEADER
		if want := binary.LittleEndian.Uint32(head[written:]); buffers != int(want) || events < buffers {
			t.Errorf("%s: %d buffers with %d events, the header counts %d buffers", name, buffers, events, want)
		}
	}
}

// walkTrace counts the buffers of a trace and the events of any kind in them.
func walkTrace(t *testing.T, name string) (buffers, events int) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	e, err := openETL(newWindow(file))
	if err != nil {
		t.Fatal(err)
	}
	for {
		if len(e.buffer) == 0 {
			if err := e.nextBuffer(); err != nil {
				return buffers, events
			}
			buffers++
			continue
		}
		data, _, ok := cutEvent(&e.buffer)
		if !ok {
			t.Fatalf("%s: damaged event in buffer %d", name, buffers)
		}
		if data != nil {
			events++
		}
	}
}
