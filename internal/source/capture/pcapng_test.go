package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// manyBlocks is a pcapng section with every kind of block that is read, and some that are not.
func manyBlocks(o order, data [][]byte) []byte {
	micros := uint64(1700000000_000000)
	return join(
		ngSection(o),
		ngInterfaceBlock(o, linkEthernet, 0),
		ngInterfaceBlock(o, linkRaw, 0, ngOption(o, 2, []byte("eth1")), ngOption(o, 9, []byte{9}), ngOption(o, 14, o.AppendUint64(nil, 3600))),
		ngBlock(o, 4, make([]byte, 20)), // name resolution
		ngPacket(o, 0, micros, data[0], len(data[0])),
		ngBlock(o, 0x80001234, []byte("somebody's own")),
		ngPacket(o, 1, micros*1000, data[1][14:], 2000),
		ngSecrets(o, "CLIENT_RANDOM "+strings.Repeat("ab", 32)+" "+strings.Repeat("cd", 48)+"\n"),
		ngSimple(o, data[2], len(data[2])),
		ngOldPacket(o, 0, micros+7, data[3], len(data[3])),
		ngBlock(o, 5, make([]byte, 12)), // statistics
	)
}

func TestPcapngBlocks(t *testing.T) {
	data := someFrames(4)
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		frames, damaged := readAll(t, bytes.NewReader(manyBlocks(o, data)))
		if len(frames) != 4 || len(damaged) != 0 {
			t.Fatalf("%v: %d frames, damage %v", o, len(frames), damaged)
		}
		start := time.Unix(1700000000, 0)
		want := []Frame{
			{Number: 1, At: start, Link: linkEthernet, Data: data[0], Len: len(data[0])},
			{Number: 2, At: start.Add(time.Hour), Link: linkRaw, Data: data[1][14:], Len: 2000},
			{Number: 3, At: start.Add(time.Hour), Link: linkEthernet, Data: data[2], Len: len(data[2])}, // carries no time
			{Number: 4, At: start.Add(7 * time.Microsecond), Link: linkEthernet, Data: data[3], Len: len(data[3])},
		}
		for i, w := range want {
			f := frames[i]
			if f.Number != w.Number || !f.At.Equal(w.At) || f.Link != w.Link || f.Len != w.Len || !bytes.Equal(f.Data, w.Data) {
				t.Errorf("%v: got %+v, want %+v", o, f, w)
			}
		}
	}
}

// TestPcapngSections: a section may have the other byte order, and its interfaces count from zero again.
func TestPcapngSections(t *testing.T) {
	data := someFrames(4)
	var b []byte
	for i, o := range []order{binary.LittleEndian, binary.BigEndian, binary.BigEndian, binary.LittleEndian} {
		b = join(b, ngSection(o), ngInterfaceBlock(o, uint16(i+1), 0), ngPacket(o, 0, 1, data[i], len(data[i])))
	}
	frames, damaged := readAll(t, bytes.NewReader(b))
	if len(frames) != 4 || len(damaged) != 0 {
		t.Fatalf("%d frames, damage %v", len(frames), damaged)
	}
	for i, f := range frames {
		if f.Link != uint32(i+1) || !bytes.Equal(f.Data, data[i]) {
			t.Errorf("section %d: %+v", i, f)
		}
	}
}

// TestPcapngTime: units by if_tsresol (§4.2): powers of ten, and of two with the highest bit.
func TestPcapngTime(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		resolution byte
		stamp      uint64
		nanos      int64
	}{
		{6, 1_500_000, 1_500_000_000},
		{0, 3, 3_000_000_000},
		{3, 1500, 1_500_000_000},
		{9, 1_500_000_001, 1_500_000_001},
		{12, 1_500_000_001_999, 1_500_000_001},
		{19, 15_000_000_000_000_000_000, 1_500_000_000},
		{0x80 | 1, 3, 1_500_000_000},
		{0x80 | 32, 1<<32 | 1<<31, 1_500_000_000},
		{0x80 | 63, 3 << 62, 1_500_000_000},
		{0x80 | 10, 1 << 10, 1_000_000_000},
		{77, 1_500_000, 1_500_000_000}, // no such unit: microseconds
	} {
		b := join(ngSection(le), ngInterfaceBlock(le, 1, 0, ngOption(le, 9, []byte{c.resolution})), ngPacket(le, 0, c.stamp, []byte("data"), 4))
		frames, _ := readAll(t, bytes.NewReader(b))
		if len(frames) != 1 || frames[0].At.UnixNano() != c.nanos {
			t.Errorf("resolution %#x: %+v, want %d ns", c.resolution, frames, c.nanos)
		}
	}
}

// TestTimeCanBeWritten: whatever a file claims, the moment can be written as JSON.
func TestTimeCanBeWritten(t *testing.T) {
	le := binary.LittleEndian
	for _, offset := range []int64{0, 1 << 62, -1 << 63, 253402300799, -5} {
		for _, stamp := range []uint64{0, 1<<64 - 1, 1 << 40} {
			for _, resolution := range []byte{0, 6, 0x80, 0xff} {
				b := join(ngSection(le), ngInterfaceBlock(le, 1, 0, ngOption(le, 9, []byte{resolution}), ngOption(le, 14, le.AppendUint64(nil, uint64(offset)))),
					ngPacket(le, 0, stamp, []byte("data"), 4))
				frames, _ := readAll(t, bytes.NewReader(b))
				if len(frames) != 1 {
					t.Fatalf("%d frames", len(frames))
				}
				if _, err := frames[0].At.MarshalJSON(); err != nil {
					t.Errorf("offset %d, stamp %d, resolution %d: %v", offset, stamp, resolution, err)
				}
			}
		}
	}
}

// TestPcapngSecrets: a key log longer than any window, one that is not for TLS, and none.
func TestPcapngSecrets(t *testing.T) {
	var log strings.Builder
	const lines = 3000
	for i := range lines {
		fmt.Fprintf(&log, "CLIENT_RANDOM %064x %096x\n", i, i+1)
	}
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		other := ngSecrets(o, "zigbee")
		o.PutUint32(other[8:], 0x5a4e574b)
		b := join(ngSection(o), other, ngSecrets(o, log.String()), ngInterfaceBlock(o, 1, 0), ngPacket(o, 0, 1, []byte("data"), 4), ngSecrets(o, ""))
		c, err := openContainer(Input{R: onlyReader{bytes.NewReader(b)}})
		if err != nil {
			t.Fatal(err)
		}
		frames, damaged := drain(t, c)
		secrets := c.takeSecrets()
		if len(frames) != 1 || len(damaged) != 0 || len(secrets) != lines {
			t.Fatalf("%v: %d frames, %d secrets, damage %v", o, len(frames), len(secrets), damaged)
		}
		for i, s := range secrets {
			if want := fmt.Sprintf("%064x", i); fmt.Sprintf("%x", s.ClientRandom) != want || s.Label != "CLIENT_RANDOM" {
				t.Fatalf("secret %d is %s %x", i, s.Label, s.ClientRandom)
			}
		}
		if again := c.takeSecrets(); len(again) != 0 {
			t.Errorf("%d secrets are given twice", len(again))
		}
	}
}

// TestPcapngWritten: what the project writes is read again, secrets included.
func TestPcapngWritten(t *testing.T) {
	var b bytes.Buffer
	secret := wire.Secret{Label: "CLIENT_RANDOM", ClientRandom: bytes.Repeat([]byte{1}, 32), Value: bytes.Repeat([]byte{2}, 48)}
	transcript := wire.Transcript{Start: time.Unix(1700000000, 0), Secrets: []wire.Secret{secret}}
	if err := Write(&b, []Connection{{Client: clientPort, Server: serverPort, Transcript: transcript}}); err != nil {
		t.Fatal(err)
	}
	c, err := openContainer(Input{R: &b})
	if err != nil {
		t.Fatal(err)
	}
	frames, damaged := drain(t, c)
	if len(frames) != 4 || len(damaged) != 0 || len(c.takeSecrets()) != 1 {
		t.Fatalf("%d frames, damage %v", len(frames), damaged)
	}
	var s segment
	if !newDecoder().decode(&frames[0], &s) || s.Flags != flagSYN || s.Src != clientPort || s.Dst != serverPort {
		t.Errorf("%+v", s)
	}
}

// TestPcapngBehindDamage: lengths that differ, a packet of an interface that is not there.
func TestPcapngBehindDamage(t *testing.T) {
	data := someFrames(5)
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		head := join(ngSection(o), ngInterfaceBlock(o, 1, 0), ngPacket(o, 0, 1, data[0], len(data[0])))
		good := join(ngPacket(o, 0, 1, data[2], len(data[2])), ngPacket(o, 0, 1, data[3], len(data[3])))
		lying := ngPacket(o, 0, 1, data[1], len(data[1]))
		o.PutUint32(lying[4:], uint32(len(lying)+8))
		long := ngPacket(o, 0, 1, data[1], len(data[1]))
		o.PutUint32(long[20:], 1<<31)
		for name, bad := range map[string][]byte{
			"length": lying, "captured length": long, "interface": ngPacket(o, 9, 1, data[1], len(data[1])),
			"type and length": {1, 2, 3, 4, 1, 0, 0, 0, 9, 9, 9, 9}, "odd length": {6, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0},
		} {
			frames, damaged := readAll(t, bytes.NewReader(join(head, bad, good)))
			if len(frames) != 3 || len(damaged) != 1 || damaged[0].Offset != int64(len(head)) {
				t.Errorf("%v %s: %d frames, damage %v", o, name, len(frames), damaged)
				continue
			}
			if !bytes.Equal(frames[2].Data, data[3]) {
				t.Errorf("%v %s: behind the damage: %+v", o, name, frames[2])
			}
		}
	}
}

// TestPcapngSimpleSnap: a simple packet is cut by the interface's snap length (§4.4).
func TestPcapngSimpleSnap(t *testing.T) {
	le := binary.LittleEndian
	b := join(ngSection(le), ngInterfaceBlock(le, 1, 50), ngSimple(le, make([]byte, 52), 900))
	frames, _ := readAll(t, bytes.NewReader(b))
	if len(frames) != 1 || len(frames[0].Data) != 50 || frames[0].Len != 900 {
		t.Errorf("%+v", frames)
	}
}
