package live

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A broken connection has something left to read; every write fails, as after a reset.
type broken struct {
	net.Conn
	left []byte
	last error // of a read once nothing is left
}

// Read gives a byte at a time.
func (b *broken) Read(to []byte) (int, error) {
	if len(b.left) == 0 {
		return 0, b.last
	}
	n := copy(to[:1], b.left)
	b.left = b.left[n:]
	return n, nil
}

// Write fails.
func (b *broken) Write([]byte) (int, error) { return 0, socketError("write", syscall.EPIPE) }

// TestWhatWasSaidBeforeTheReset is read although our write failed: servers that refuse a host say why and close at
// once, so that our next bytes meet a reset.
func TestWhatWasSaidBeforeTheReset(t *testing.T) {
	for _, test := range []struct {
		name  string
		left  string
		last  error
		how   fact.How
		alert uint8
	}{
		{"alert", "\x15\x03\x03\x00\x02\x02\x50", io.EOF, fact.EndAlert, 80},
		{"clear text", "421 too many connections\r\n", io.EOF, fact.EndNotTLS, 0},
		{"nothing", "", io.EOF, fact.EndReset, 0},
		{"reset", "", socketError("read", syscall.ECONNRESET), fact.EndReset, 0},
		{"half a record", "\x15\x03\x03", io.EOF, fact.EndReset, 0},
		{"half a record, then nothing", "\x15\x03\x03", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, fact.EndTimeout, 0},
	} {
		p := planFor(t, closedPort(t, "127.0.0.1"), "tls")
		made, ok := New(p.question, p.Settings).trial(closedPort(t, "127.0.0.1"), fact.Variant{})
		if !ok {
			t.Fatal("no trial")
		}
		x := &exchange{trial: made, tape: newTape(&broken{left: []byte(test.left), last: test.last}, time.Now())}
		if end := x.run(t.Context()); end.How != test.how || end.Alert != test.alert {
			t.Errorf("%s: %+v", test.name, end)
		}
		if got := string(x.tape.t.Stream(wire.ServerSide)); got != test.left && test.how != fact.EndNotTLS {
			t.Errorf("%s: %q kept", test.name, got)
		}
	}
}
