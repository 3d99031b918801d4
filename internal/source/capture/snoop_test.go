package capture

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

func TestSnoop(t *testing.T) {
	data := someFrames(3)
	for _, pad := range []int{0, 2, 6} {
		frames, damaged := readAll(t, bytes.NewReader(snoopFile(4, pad, data...)))
		if len(frames) != 3 || len(damaged) != 0 {
			t.Fatalf("padding %d: %d frames, damage %v", pad, len(frames), damaged)
		}
		for i, f := range frames {
			at := time.Unix(1700000000, int64(i)*1000)
			if f.Number != i+1 || !f.At.Equal(at) || f.Link != linkEthernet || f.Len != len(data[i]) || !bytes.Equal(f.Data, data[i]) {
				t.Errorf("frame %d is %+v", i, f)
			}
		}
	}
}

// TestSnoopLastPadding: a file may end before the last record's padding.
func TestSnoopLastPadding(t *testing.T) {
	b := snoopFile(4, 3, someFrames(2)...)
	frames, damaged := readAll(t, bytes.NewReader(b[:len(b)-3]))
	if len(frames) != 2 || len(damaged) != 0 {
		t.Errorf("%d frames, damage %v", len(frames), damaged)
	}
}

func TestSnoopBehindDamage(t *testing.T) {
	data := someFrames(5)
	b := snoopFile(4, 0, data...)
	second := 16 + 24 + len(data[0])
	binary.BigEndian.PutUint32(b[second+8:], 7)
	frames, damaged := readAll(t, bytes.NewReader(b))
	if len(frames) != 4 || len(damaged) != 1 || damaged[0].Offset != int64(second) || !bytes.Equal(frames[1].Data, data[2]) {
		t.Errorf("%d frames, damage %v", len(frames), damaged)
	}
}

func TestSnoopVersion(t *testing.T) {
	b := snoopFile(4, 0)
	b[11] = 5
	if _, err := openContainer(Input{R: bytes.NewReader(b)}); err == nil || !strings.Contains(err.Error(), "version 5") {
		t.Errorf("%v", err)
	}
	b = snoopFile(3, 0, []byte("token bus"))
	if frames, _ := readAll(t, bytes.NewReader(b)); len(frames) != 1 || frames[0].Link != linkUnknown {
		t.Errorf("%+v", frames)
	}
}
