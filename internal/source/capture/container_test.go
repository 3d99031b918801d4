package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	for _, s := range samples() {
		want, _, _ := strings.Cut(s.name, " ")
		for prefix, b := range map[string][]byte{
			"": s.file, "gzip+": gzipped(s.file), "zstd+": zstandard(s.file), "gzip+zstd+": gzipped(zstandard(s.file)), "zstd+gzip+": zstandard(gzipped(s.file)),
		} {
			if got := Sniff(b); got != prefix+want {
				t.Errorf("%s: %q, want %q", s.name, got, prefix+want)
			}
		}
	}
	for _, b := range []string{"", "GMB", "{}", strings.Repeat("a line of a log\n", 20), string(gzipped([]byte("a log that was rotated and packed"))), "\x1f\x8b\x08", "\x28\xb5\x2f\xfd\xff\xff\xff"} {
		if got := Sniff([]byte(b)); got != "" {
			t.Errorf("%q is taken for %s", b, got)
		}
	}
}

// TestSniffHead: the first bytes suffice, of a packed file too.
func TestSniffHead(t *testing.T) {
	plain := largeFile(700)
	for want, b := range map[string][]byte{"pcap": plain[:sniffLength], "gzip+pcap": gzipped(plain)[:64<<10], "zstd+pcap": zstandard(plain)[:128<<10+64]} {
		if got := Sniff(b); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNotACapture(t *testing.T) {
	for _, b := range []string{"", "text", strings.Repeat("more text\n", 10000), string(gzipped([]byte("packed text"))), "\x1f\x8b\x08 not gzip", "\x28\xb5\x2f\xfd not zstd"} {
		if c, err := openContainer(Input{R: strings.NewReader(b)}); err == nil {
			t.Errorf("%.20q is opened as %s", b, c.format)
		}
	}
	if _, err := openContainer(Input{R: strings.NewReader("text")}); !errors.Is(err, errNotCapture) {
		t.Errorf("%v", err)
	}
}

// TestShortHeaders: a file that ends in its header is told by name.
func TestShortHeaders(t *testing.T) {
	for _, s := range samples() {
		format := Sniff(s.file)
		for n := range s.first {
			if Sniff(s.file[:n]) == "" {
				continue
			}
			if c, err := openContainer(Input{R: s.reader(s.file[:n])}); err == nil {
				if frames, _ := readQuietly(c); len(frames) != 0 {
					t.Errorf("%s: %d frames in %d bytes", s.name, len(frames), n)
				}
			} else if !strings.HasPrefix(err.Error(), format+": ") {
				t.Errorf("%s: %v", s.name, err)
			}
		}
	}
}

// TestFilesAndPipes: read from a file or as a stream in small pieces, every format gives the same frames.
func TestFilesAndPipes(t *testing.T) {
	for _, s := range samples() {
		path := filepath.Join(t.TempDir(), "capture")
		if err := os.WriteFile(path, s.file, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		want, _ := readAll(t, file)
		got, damaged := readAll(t, smallPieces{bytes.NewReader(s.file)})
		if len(got) != len(want) || len(damaged) != 0 {
			t.Fatalf("%s: %d frames from a pipe, %d from a file, damage %v", s.name, len(got), len(want), damaged)
		}
		for i := range got {
			if !bytes.Equal(got[i].Data, want[i].Data) || !got[i].At.Equal(want[i].At) || got[i].Link != want[i].Link {
				t.Errorf("%s: frame %d differs", s.name, i)
			}
		}
	}
}

// smallPieces reads at most seven bytes at a time.
type smallPieces struct{ r io.Reader }

func (s smallPieces) Read(b []byte) (int, error) { return s.r.Read(b[:min(7, len(b))]) }

// TestLive: frames of an interface pass through as they come.
func TestLive(t *testing.T) {
	p, err := openPcap(newWindow(bytes.NewReader(pcapFile(binary.LittleEndian, pcapMicro, someFrames(3)...))))
	if err != nil {
		t.Fatal(err)
	}
	c, err := openContainer(Input{Name: "eth0", live: p})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if frames, _ := drain(t, c); len(frames) != 3 || len(c.takeSecrets()) != 0 {
		t.Errorf("%d frames", len(frames))
	}
}
