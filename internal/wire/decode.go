package wire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Bounds of what a Flight keeps. Application data gets the smaller share, so that the alert at the end of a
// long conversation is still listed.
const (
	maxMessages    = 4000
	maxDataListed  = 3000
	maxErrors      = 100
	maxNotTLSBytes = 512
)

// A decoder reads one recorded connection.
type decoder struct {
	flight  *Flight
	secrets []Secret
	sides   [3]*stream

	// The handshake in progress: after a renegotiation these are newer than those in flight.
	client *ClientHello
	server *ServerHello
	suite  names.Suite // zero when the server's choice is not known

	answered bool // TLS 1.3: the client has sent a sealed record that is no alert

	data    int // messages of application data listed
	dropped int // messages not listed
	lookups int // of secrets
}

// A stream is one direction of the connection.
type stream struct {
	side   Side
	chunk  Chunk  // being read
	record Record // being read
	frames Deframer
	join   Joiner
	dead   bool // record borders are lost

	helloVersion uint16      // record version of the handshake message being joined
	changed      bool        // ChangeCipherSpec was sent
	keys         *halfConn   // that opened the last record; nil without secrets
	later        []*halfConn // TLS 1.3: keys to come, in order
	closed       uint64      // records that did not open
	warned       bool        // … although there were keys
}

// Decode reads both directions of the TLS part of a connection, in the order of t's chunks. t.Secrets open what
// is encrypted where they fit; other connections' secrets may be among them. What cannot be read is told in
// Errors, and the rest is read all the same. The Flight shares memory with t.
func Decode(t *Transcript) *Flight {
	d := &decoder{flight: &Flight{}, secrets: t.Secrets}
	for _, side := range []Side{ClientSide, ServerSide} {
		d.sides[side] = &stream{side: side}
	}
	for _, c := range t.Chunks {
		d.feed(c)
	}
	d.finish()
	return d.flight
}

func (d *decoder) feed(c Chunk) {
	if c.From != ClientSide && c.From != ServerSide {
		return
	}
	s := d.sides[c.From]
	s.chunk = c
	if s.dead {
		d.moreNotTLS(c)
		return
	}
	s.frames.Push(c.Data)
	for {
		r, ok, err := s.frames.Next()
		if err != nil {
			d.lost(s, err)
			return
		}
		if !ok {
			return
		}
		s.record = r
		if d.readRecord(s); s.dead {
			return
		}
	}
}

// lost notes that a stream has no more records: what it says instead of the first one is an answer of its own.
func (d *decoder) lost(s *stream, err error) {
	s.dead = true
	var other *NotTLSError
	if errors.As(err, &other) && other.Off == 0 {
		d.notTLS(s, other.Data)
		return
	}
	d.errorf("%s: %v", s.side, err)
}

func (d *decoder) notTLS(s *stream, data []byte) {
	s.dead = true
	if d.flight.NotTLS != nil {
		d.errorf("%s: no TLS either", s.side)
		return
	}
	data = bytes.Clone(data[:min(len(data), maxNotTLSBytes)])
	d.flight.NotTLS = &NotTLS{From: s.side, At: s.chunk.At, Data: data}
}

// moreNotTLS completes the sample of what a side says in clear.
func (d *decoder) moreNotTLS(c Chunk) {
	n := d.flight.NotTLS
	if n == nil || n.From != c.From {
		return
	}
	room := maxNotTLSBytes - len(n.Data)
	n.Data = append(n.Data, c.Data[:min(room, len(c.Data))]...)
}

// errorf notes what could not be read.
func (d *decoder) errorf(format string, args ...any) {
	if len(d.flight.Errors) < maxErrors {
		d.flight.Errors = append(d.flight.Errors, fmt.Sprintf(format, args...))
	}
}

// problem notes an error in the record that is being read.
func (d *decoder) problem(s *stream, what string, err error) {
	if err != nil {
		d.errorf("%s: record at byte %d: %s: %v", s.side, s.record.Off, what, err)
	}
}

// list appends a message. Side and time are those of the record being read.
func (d *decoder) list(s *stream, m Message) {
	full := len(d.flight.Messages) >= maxMessages
	if m.Record == RecordApplicationData {
		full = full || d.data >= maxDataListed
		d.data++
	}
	if full {
		d.dropped++
		return
	}
	m.From, m.At, m.Packet = s.side, s.chunk.At, s.chunk.Packet
	d.flight.Messages = append(d.flight.Messages, m)
}

// finish tells what the recording breaks off in.
func (d *decoder) finish() {
	for _, s := range []*stream{d.sides[ClientSide], d.sides[ServerSide]} {
		if s.dead {
			continue
		}
		d.cutRecord(s, s.frames.Pending())
		d.cutMessage(s, s.join.Pending())
	}
	if d.dropped > 0 {
		d.errorf("%d more messages are not listed", d.dropped)
	}
}

func (d *decoder) cutRecord(s *stream, rest []byte) {
	switch {
	case len(rest) == 0:
	case rest[0]&0x80 != 0: // the beginning of something that could have become an SSLv2 hello
		d.notTLS(s, rest)
	case len(rest) < recordHeaderLen:
		d.errorf("%s: record header at byte %d cut after %d bytes", s.side, s.frames.Offset(), len(rest))
	default:
		d.errorf("%s: record at byte %d cut after %d of %d bytes", s.side, s.frames.Offset(),
			len(rest), recordHeaderLen+int(rest[3])<<8+int(rest[4]))
	}
}

func (d *decoder) cutMessage(s *stream, rest []byte) {
	switch {
	case len(rest) == 0:
	case len(rest) < handshakeHeaderLen:
		d.errorf("%s: handshake message cut after %d bytes", s.side, len(rest))
	default:
		d.errorf("%s: %s cut after %d of %d bytes", s.side, handshakeName(rest[0]),
			len(rest), handshakeHeaderLen+int(rest[1])<<16+int(rest[2])<<8+int(rest[3]))
	}
}
