package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// largeFile is a pcap file of n frames that does not pack well.
func largeFile(n int) []byte {
	le := binary.LittleEndian
	random := rand.NewChaCha8([32]byte{1})
	b := pcapHead(le, pcapMicro, linkEthernet)
	data := make([]byte, 1000)
	for i := range n {
		random.Read(data)
		b = append(b, pcapRecord(le, uint32(i+1), 0, data, len(data))...)
	}
	return b
}

func TestCompressed(t *testing.T) {
	plain := largeFile(700)
	want, _ := readAll(t, bytes.NewReader(plain))
	for name, b := range map[string][]byte{
		"gzip": gzipped(plain), "zstd": zstandard(plain), "zstd in gzip": gzipped(zstandard(plain)), "gzip in gzip": gzipped(gzipped(plain)),
		"gzip in zstd": zstandard(gzipped(plain)), "two gzip members": append(gzipped(plain[:5000]), gzipped(plain[5000:])...),
		"two zstd frames": append(zstandard(plain[:5000]), zstandard(plain[5000:])...),
	} {
		for _, r := range []io.Reader{bytes.NewReader(b), onlyReader{bytes.NewReader(b)}} {
			got, damaged := readAll(t, r)
			if len(got) != len(want) || len(damaged) != 0 || !bytes.Equal(got[699].Data, want[699].Data) {
				t.Errorf("%s: %d frames, damage %v", name, len(got), damaged)
			}
		}
	}
}

// TestCompressedCut: what comes before the cut or the damage of a packed stream is read.
func TestCompressedCut(t *testing.T) {
	plain := largeFile(700)
	for name, packed := range map[string][]byte{"gzip": gzipped(plain), "zstd": zstandard(plain)} {
		frames, damaged := readAll(t, bytes.NewReader(packed[:len(packed)*3/4]))
		if len(frames) < 300 || len(damaged) != 1 || !strings.Contains(damaged[0].What, "the "+name+" stream is cut off") {
			t.Errorf("%s cut: %d frames, damage %v", name, len(frames), damaged)
		}
		spoilt := bytes.Clone(packed)
		clear(spoilt[len(spoilt)*3/4:])
		frames, damaged = readAll(t, bytes.NewReader(spoilt))
		if len(frames) < 300 || len(damaged) != 1 || !strings.Contains(damaged[0].What, name) {
			t.Errorf("%s damaged: %d frames, damage %v", name, len(frames), damaged)
		}
	}
}

// TestNestedDeeper: a file packed three times is not opened: nobody does that by accident.
func TestNestedDeeper(t *testing.T) {
	if _, err := openContainer(Input{R: bytes.NewReader(gzipped(gzipped(gzipped(largeFile(1)))))}); !errors.Is(err, errNotCapture) {
		t.Errorf("%v", err)
	}
}

// TestZstdWindow: a stream that asks for too much memory says what to do.
func TestZstdWindow(t *testing.T) {
	var b bytes.Buffer
	s, err := zstd.NewWriter(&b, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	s.Write(largeFile(1000))
	s.Close()
	c, err := openContainer(Input{R: &b})
	if err == nil {
		_, err = c.Next()
	}
	if err == nil || !strings.Contains(err.Error(), "zstd -d") {
		t.Errorf("%v", err)
	}
}

// failing fails after some bytes.
type failing struct {
	r   io.Reader
	err error
}

func (f failing) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err == io.EOF {
		err = f.err
	}
	return n, err
}

// TestInputFails: the error of the input is told as it is, packed or not, and is no damage of the file.
func TestInputFails(t *testing.T) {
	plain := largeFile(700)
	for name, b := range map[string][]byte{"plain": plain, "gzip": gzipped(plain), "zstd": zstandard(plain)} {
		c, err := openContainer(Input{R: failing{bytes.NewReader(b[:len(b)*3/4]), context.Canceled}})
		if err != nil {
			t.Fatal(err)
		}
		frames := 0
		for err == nil {
			if _, err = c.Next(); err == nil {
				frames++
			}
		}
		if !errors.Is(err, context.Canceled) || frames < 300 {
			t.Errorf("%s: %d frames, %v", name, frames, err)
		}
		if _, err := c.Next(); err != io.EOF {
			t.Errorf("%s: afterwards %v", name, err)
		}
	}
	if _, err := openContainer(Input{R: failing{strings.NewReader("abc"), context.Canceled}}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestBytesRead counts what is read of the input, not what is inside.
func TestBytesRead(t *testing.T) {
	packed := gzipped(make([]byte, 1<<20))
	c, err := openContainer(Input{R: bytes.NewReader(gzipped(largeFile(100)))})
	if err != nil {
		t.Fatal(err)
	}
	drain(t, c)
	if n, want := c.bytesRead(), int64(len(gzipped(largeFile(100)))); n != want {
		t.Errorf("%d bytes read of %d", n, want)
	}
	if _, err := openContainer(Input{R: bytes.NewReader(packed)}); !errors.Is(err, errNotCapture) {
		t.Errorf("%v", err)
	}
}
