package live

import (
	"bytes"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// taped gives a tape and the other end of its connection.
func taped(t *testing.T) (*tape, net.Conn) {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	return newTape(near, time.Now()), far
}

func TestTapeKeepsBothSides(t *testing.T) {
	tape, far := taped(t)
	go func() {
		b := make([]byte, 16)
		n, _ := far.Read(b)
		far.Write(append([]byte("re: "), b[:n]...))
		far.Close()
	}()
	tape.Write([]byte("hello"))
	b := make([]byte, 64)
	n, err := tape.Read(b)
	if err != nil || string(b[:n]) != "re: hello" {
		t.Fatalf("%q, %v", b[:n], err)
	}
	b[0] = 'X' // what is kept does not change with the reader's buffer
	if _, err := tape.Read(b); err == nil {
		t.Error("the end is not told")
	}
	chunks := tape.t.Chunks
	if len(chunks) != 2 || chunks[0].From != wire.ClientSide || chunks[1].From != wire.ServerSide || chunks[0].At > chunks[1].At {
		t.Errorf("%+v", chunks)
	}
	if got := string(tape.t.Stream(wire.ClientSide)) + "|" + string(tape.t.Stream(wire.ServerSide)); got != "hello|re: hello" {
		t.Errorf("%q", got)
	}
}

// TestTapeIsBounded: neither bytes nor chunks grow without end, and no byte of what is kept is lost.
func TestTapeIsBounded(t *testing.T) {
	for _, size := range []int{1, 100, 1 << 14} {
		tape, _ := taped(t)
		var sent []byte
		for i := 0; i < 2*maxTape; i++ {
			b := bytes.Repeat([]byte{byte(i)}, size)
			if !tape.add(wire.ServerSide, b) {
				break
			}
			sent = append(sent, b...)
		}
		if n := len(sent); n > maxTape || len(tape.t.Chunks) > maxTape/chunkCost || n < maxTape/chunkCost/2 {
			t.Errorf("%d bytes in %d chunks", n, len(tape.t.Chunks))
		}
		if !bytes.Equal(tape.t.Stream(wire.ServerSide), sent) {
			t.Error("what is kept is not what came")
		}
		if tape.add(wire.ClientSide, []byte("x")) || len(tape.t.Stream(wire.ClientSide)) > 0 {
			t.Error("a full tape goes on")
		}
	}
}

func TestFullTapeEndsTheConversation(t *testing.T) {
	tape, far := taped(t)
	go pour(far, zeros(1<<14))
	b := make([]byte, 1<<14)
	for range 2 * maxTape >> 14 {
		if _, err := tape.Read(b); err != nil {
			if !errors.Is(err, errFull) {
				t.Error(err)
			}
			return
		}
	}
	t.Error("it is never full")
}

// TestSilentCountsFromTheLastWord of the peer, not from ours.
func TestSilentCountsFromTheLastWord(t *testing.T) {
	tape, _ := taped(t)
	tape.start = time.Now().Add(-time.Hour)
	tape.add(wire.ClientSide, []byte("anybody?"))
	if s := tape.silent(); s < time.Hour {
		t.Errorf("silent for %v though the peer never spoke", s)
	}
	tape.add(wire.ServerSide, []byte("yes"))
	if s := tape.silent(); s >= time.Hour/2 {
		t.Errorf("silent for %v just after a word", s)
	}
}
