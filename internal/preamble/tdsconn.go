package preamble

import (
	"fmt"
	"net"
	"sync/atomic"
)

// A tdsConn carries TLS inside TDS packets of type 0x12 until Unwrap. Each Write is one TDS message: SQL Server
// expects a flight in one message, and engines write whole flights.
type tdsConn struct {
	net.Conn
	raw       atomic.Bool // write TLS records as they are
	loginOnly bool        // only the login packet travels in TLS

	// The reading side; Read is not for two callers at once.
	left   int    // bytes of the present packet's payload not yet read
	peeked []byte // the first byte of a TLS record that came without a packet
	bare   bool   // the peer has stopped wrapping
}

// Unwrap ends the wrapping of what is written.
func (t *tdsConn) Unwrap() { t.raw.Store(true) }

// NetConn is the connection below, as in crypto/tls.
func (t *tdsConn) NetConn() net.Conn { return t.Conn }

func (t *tdsConn) Write(b []byte) (int, error) {
	if t.raw.Load() || len(b) == 0 {
		return t.Conn.Write(b)
	}
	if _, err := t.Conn.Write(writeTDS(tdsPrelogin, b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (t *tdsConn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for t.left == 0 && !t.bare {
		if err := t.next(); err != nil {
			return 0, err
		}
	}
	if len(t.peeked) > 0 {
		n := copy(b, t.peeked)
		t.peeked = t.peeked[n:]
		return n, nil
	}
	if t.bare {
		return t.Conn.Read(b)
	}
	n, err := t.Conn.Read(b[:min(len(b), t.left)])
	t.left -= n
	return n, err
}

// next reads the next packet's header, or finds that a TLS record stands there: content types 0x14 to 0x18 are
// no TDS packet types. After Unwrap, in the clear part of a login-only connection, TDS packets are the
// caller's own and are passed on whole.
func (t *tdsConn) next() error {
	first, err := readN(t.Conn, 1)
	if err != nil {
		return err
	}
	if isRecordType(first[0]) || t.raw.Load() && t.loginOnly {
		t.peeked, t.bare = first, true
		return nil
	}
	head, err := readN(t.Conn, tdsHeaderLen-1)
	if err != nil {
		return err
	}
	h, ok := readTDSHeader(append(first, head...))
	if !ok || (h.kind != tdsPrelogin && h.kind != tdsReply) {
		return fmt.Errorf("%w of type 0x12 where TLS was due, but 0x%02x", errNotTDS, first[0])
	}
	t.left = h.length - tdsHeaderLen
	return nil
}

// isRecordType reports whether b begins a TLS record (RFC 8446 §5.1).
func isRecordType(b byte) bool { return b >= 0x14 && b <= 0x18 }

// wrappedBelow finds the connection that wraps TLS under a TLS connection, or nil.
func wrappedBelow(c net.Conn) *tdsConn {
	for c != nil {
		if t, ok := c.(*tdsConn); ok {
			return t
		}
		below, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		c = below.NetConn()
	}
	return nil
}
