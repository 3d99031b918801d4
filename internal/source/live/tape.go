package live

import (
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// Bounds in bytes of what is kept of one connection. A handshake takes a few kilobytes, one with a hundred
// certificates a quarter of a megabyte. A chunk costs something however little it holds, so that a peer which sends
// single bytes reaches the bound sooner.
const (
	maxTape   = 512 << 10
	chunkCost = 64
)

// errFull ends a connection that brings more than is kept: what cannot be told as evidence is not worth reading.
var errFull = errors.New("the peer sends more than a handshake can need")

// A tape is a connection that records what it moves.
type tape struct {
	net.Conn
	mu    sync.Mutex
	start time.Time
	t     wire.Transcript
	size  int
	deal  dealing       // how what is written now is divided
	heard time.Duration // when the peer last said something; 0: never
}

func newTape(c net.Conn, start time.Time) *tape {
	return &tape{Conn: c, start: start, t: wire.Transcript{Start: start}}
}

// Read reads from the peer and records it. It fails with errFull once there is more than is kept.
func (t *tape) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if !t.add(wire.ServerSide, b[:n]) {
		return 0, errFull
	}
	return n, err
}

// Write sends, in pieces where that is asked for, and records what went out.
func (t *tape) Write(b []byte) (int, error) {
	if t.deal.pieces == 0 {
		return t.write(b)
	}
	sent, each := 0, max((len(b)+t.deal.pieces-1)/t.deal.pieces, 1)
	for piece := range slices.Chunk(b, each) {
		if sent > 0 {
			time.Sleep(t.deal.pause)
		}
		n, err := t.write(piece)
		if sent += n; err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (t *tape) write(b []byte) (int, error) {
	n, err := t.Conn.Write(b)
	t.add(wire.ClientSide, b[:n])
	return n, err
}

// add keeps bytes of one side; false means that there is no room.
func (t *tape) add(from wire.Side, b []byte) bool {
	if len(b) == 0 {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	at := time.Since(t.start)
	if from == wire.ServerSide {
		t.heard = at
	}
	if t.size += max(len(b), chunkCost); t.size > maxTape {
		return false
	}
	t.t.Chunks = append(t.t.Chunks, wire.Chunk{From: from, At: at, Data: append([]byte(nil), b...)})
	return true
}

// silent is for how long the peer has said nothing, since the connection was begun at most.
func (t *tape) silent() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.start) - t.heard
}
