package logs

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf16"
)

// writer writes a log as nginx does: to the file that it has opened, until it is told to reopen.
type writer struct {
	t    *testing.T
	name string
	f    *os.File
	n    int
}

func newWriter(t *testing.T) *writer {
	w := &writer{t: t, name: filepath.Join(t.TempDir(), "error.log")}
	w.reopen()
	return w
}

func (w *writer) reopen() {
	w.t.Helper()
	if w.f != nil {
		w.f.Close()
	}
	f, err := os.OpenFile(w.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	w.f = f
	w.t.Cleanup(func() { f.Close() })
}

func (w *writer) lines(n int) {
	for range n {
		w.n++
		fmt.Fprintf(w.f, "2024/10/21 08:41:45 [info] 165#165: *%d peer closed connection in SSL handshake while SSL handshaking, client: 203.0.113.7, server: 0.0.0.0:443\n", w.n)
	}
}

// following counts the lines and events that a follower hands out, round by round.
type following struct {
	follower
	t            *testing.T
	events, last int
	gaps         int
}

func follow(t *testing.T, w *writer) *following {
	x := &following{t: t}
	x.follower = follower{name: w.name, o: Options{Name: "error.log"}, every: time.Millisecond, keep: 3, each: func(r Result) {
		x.last = r.Lines
		x.gaps += len(r.Gaps)
		for _, e := range r.Events {
			x.events += e.Seen.Count
		}
	}}
	if err := x.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.follower.close)
	return x
}

func (x *following) look(times int) {
	x.t.Helper()
	for range times {
		if err := x.round(context.Background()); err != nil {
			x.t.Fatal(err)
		}
	}
}

func TestFollowGrows(t *testing.T) {
	w := newWriter(t)
	x := follow(t, w)
	for _, n := range []int{0, 3, 0, 2000, 1} {
		w.lines(n)
		x.look(1)
		if x.events != w.n || x.last != w.n {
			t.Fatalf("%d lines written, %d events in %d lines", w.n, x.events, x.last)
		}
	}
	fmt.Fprint(w.f, "2024/10/21 08:41:45 [info] 165#165: *9 peer closed connection in SSL handsh")
	x.look(2)
	if x.events != w.n {
		t.Errorf("half a line was read: %d events", x.events)
	}
	fmt.Fprint(w.f, "ake while SSL handshaking, client: 203.0.113.7, server: 0.0.0.0:443\n")
	x.look(1)
	if x.events != w.n+1 {
		t.Errorf("%d events, want %d", x.events, w.n+1)
	}
}

// TestFollowRename is rotation as logrotate(8) does it: rename, then tell the daemon, which has gone on writing.
func TestFollowRename(t *testing.T) {
	for _, looks := range []int{0, 1, 2} { // rounds between one step and the next
		w := newWriter(t)
		x := follow(t, w)
		w.lines(10)
		x.look(looks)
		w.lines(5)
		rename(t, w)
		w.lines(7) // into the renamed file
		x.look(looks)
		w.lines(7)
		w.f.Close()
		old := w.n
		w.f = nil
		w.reopen()
		w.lines(11)
		x.look(looks)
		w.lines(4)
		x.look(8)
		if x.events != w.n {
			t.Errorf("%d rounds between: %d lines written, %d read", looks, w.n, x.events)
		}
		if x.last != w.n-old {
			t.Errorf("the new file has %d lines, the last line is said to be %d", w.n-old, x.last)
		}
		if len(x.files) != 1 {
			t.Errorf("%d files are open, want the one with the name", len(x.files))
		}
	}
}

// TestFollowLateWriter: both files are written to for a while, the old one by a worker that still serves its last client.
func TestFollowLateWriter(t *testing.T) {
	w := newWriter(t)
	x := follow(t, w)
	late := *w
	late.f, _ = os.OpenFile(w.name, os.O_APPEND|os.O_WRONLY, 0)
	defer late.f.Close()
	w.lines(3)
	rename(t, w)
	w.reopen()
	for range 5 {
		w.lines(2)
		late.n = 0
		late.lines(1)
		w.n++
		x.look(2)
	}
	if x.events != w.n {
		t.Errorf("%d lines written, %d read", w.n, x.events)
	}
}

func rename(t *testing.T, w *writer) {
	t.Helper()
	if err := os.Rename(w.name, w.name+".1"); err != nil {
		t.Fatal(err)
	}
}

// TestFollowTruncate is copytruncate: what was read before it is not read again, what comes after it is read.
func TestFollowTruncate(t *testing.T) {
	for _, after := range []int{1, 10, 300} { // fewer lines than before, as many, more
		w := newWriter(t)
		x := follow(t, w)
		w.lines(10)
		x.look(1)
		if err := os.Truncate(w.name, 0); err != nil {
			t.Fatal(err)
		}
		w.n = 1000 // other lines than before
		w.lines(after)
		x.look(2)
		if x.events != 10+after || x.last != after {
			t.Errorf("10 and %d lines written, %d read, the last as %d", after, x.events, x.last)
		}
		if x.gaps != 1 {
			t.Errorf("%d gaps, want the one that tells of the truncation", x.gaps)
		}
	}
}

// TestFollowUTF16 follows what SQL Server writes: UTF-16 with a byte order mark. U+0A0A and U+010A hold the byte of a line end.
func TestFollowUTF16(t *testing.T) {
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		w := newWriter(t)
		x := follow(t, w)
		put := func(text string) {
			var b []byte
			for _, u := range utf16.Encode([]rune(text)) {
				b = order.AppendUint16(b, u)
			}
			w.f.Write(b)
		}
		put("\ufeff" + closedLine + closedLine[:20])
		x.look(1)
		put(closedLine[20:] + "\u010a\u0a0a")
		x.look(1)
		if x.events != 2 || x.last != 2 {
			t.Errorf("%s: %d events in %d lines", name, x.events, x.last)
		}
		put("\n" + closedLine)
		x.look(1)
		if x.events != 3 || x.last != 4 {
			t.Errorf("%s: %d events in %d lines", name, x.events, x.last)
		}
	}
}

func TestFollowEndsWithContext(t *testing.T) {
	w := newWriter(t)
	w.lines(5)
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err := Follow(ctx, w.name, Options{}, func(r Result) { n += r.Lines; cancel() })
	if err != nil || n != 5 {
		t.Errorf("%d lines, %v", n, err)
	}
	if err := Follow(context.Background(), w.name+"x", Options{}, nil); err == nil {
		t.Error("a file that is not there was followed")
	}
	if err := Follow(context.Background(), t.TempDir(), Options{}, nil); err == nil {
		t.Error("a directory was followed")
	}
}

// TestFollowUnknownFormat: it ends at once, instead of following what can never be read.
func TestFollowUnknownFormat(t *testing.T) {
	w := newWriter(t)
	if err := Follow(context.Background(), w.name, Options{Format: "nginy"}, func(Result) {}); err == nil {
		t.Error("it follows in no form that is known")
	}
}
