package preamble

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// firstBytes is how much of an unexpected answer is kept as evidence (fact.Said.First).
const firstBytes = 256

// moment is how long the rest of an unexpected answer may take: long enough for a second segment,
// short enough not to be felt.
const moment = 200 * time.Millisecond

// heed lets the end of ctx interrupt reads and writes on c until the returned function is called. The
// deadlines that the caller may have set stay as they are.
func heed(ctx context.Context, c net.Conn) (release func()) {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// A prefixConn gives back bytes that were read too early.
type prefixConn struct {
	net.Conn
	pre []byte
}

func (p *prefixConn) Read(b []byte) (int, error) {
	if len(p.pre) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.pre)
	p.pre = p.pre[n:]
	return n, nil
}

// NetConn is the connection below, as in crypto/tls.
func (p *prefixConn) NetConn() net.Conn { return p.Conn }

// readN reads exactly n bytes and never one more, as what follows may belong to TLS.
func readN(c io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(c, b)
	return b[:got], err
}

// rest reads once more what may have followed first, for a moment only, up to firstBytes in all.
func rest(c net.Conn, first []byte) []byte {
	if len(first) >= firstBytes {
		return first[:firstBytes]
	}
	c.SetReadDeadline(time.Now().Add(moment))
	defer c.SetReadDeadline(time.Time{})
	b := make([]byte, firstBytes-len(first))
	n, _ := c.Read(b)
	return append(append([]byte(nil), first...), b[:n]...)
}

// noteOther fills in what an unexpected answer tells about who speaks.
func noteOther(said *fact.Said, first []byte) {
	said.First = append([]byte(nil), first[:min(len(first), firstBytes)]...)
	said.Speaks, said.Upgrades = Sniff(first)
}

// withError adds a protocol's own error reply to what was said.
func withError(s fact.Said, e Error) fact.Said {
	s.ErrorCode, s.ErrorState, s.ErrorText = e.Code, e.State, e.Text
	return s
}

// errorNote is an error reply as a step's note: "1045 (28000) Access denied".
func errorNote(e Error) string {
	switch {
	case e.Code != 0 && e.State != "":
		return fmt.Sprintf("%d (%s) %s", e.Code, e.State, e.Text)
	case e.Code != 0:
		return fmt.Sprintf("%d %s", e.Code, e.Text)
	case e.State != "":
		return e.State + " " + e.Text
	}
	return e.Text
}

// mark notes one message of the preamble that ends at end of its side's bytes.
func (s *Spans) mark(from wire.Side, end int, name, note string) {
	s.Marks = append(s.Marks, Mark{from, end, name, note})
}

// cut turns the end of a recording into the one error that says so.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
