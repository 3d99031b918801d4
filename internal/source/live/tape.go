package live

import (
	"net"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// Bounds of what is kept of one connection; a handshake needs a few kilobytes in a dozen chunks. Above maxChunks
// bytes join the chunk before them: a peer that dribbles shall not cost a chunk for each byte.
const (
	maxTape   = 2 << 20
	maxChunks = 2000
)

// A tape is a connection that records what it moves.
type tape struct {
	net.Conn
	mu    sync.Mutex
	start time.Time
	t     wire.Transcript
	size  int
	heard time.Duration // when the peer last said something; 0: never
}

func newTape(c net.Conn, start time.Time) *tape {
	return &tape{Conn: c, start: start, t: wire.Transcript{Start: start}}
}

// Read reads from the peer and records it.
func (t *tape) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.add(wire.ServerSide, b[:n])
	return n, err
}

// Write records what is sent, then sends it.
func (t *tape) Write(b []byte) (int, error) {
	n, err := t.Conn.Write(b)
	t.add(wire.ClientSide, b[:n])
	return n, err
}

func (t *tape) add(from wire.Side, b []byte) {
	if len(b) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	at := time.Since(t.start)
	if from == wire.ServerSide {
		t.heard = at
	}
	if t.size += len(b); t.size > maxTape {
		return
	}
	if n := len(t.t.Chunks); n >= maxChunks && t.t.Chunks[n-1].From == from {
		t.t.Chunks[n-1].Data = append(t.t.Chunks[n-1].Data, b...)
		return
	}
	t.t.Chunks = append(t.t.Chunks, wire.Chunk{From: from, At: at, Data: append([]byte(nil), b...)})
}

// silent is for how long the peer has said nothing, since the connection was begun at most.
func (t *tape) silent() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.start) - t.heard
}
