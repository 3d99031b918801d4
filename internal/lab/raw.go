package lab

import (
	"context"
	"fmt"
	"net"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxHello bounds what is read of a client until its ClientHello is complete.
const maxHello = 1 << 16

// A verdict is what a peer does about a hello: nil goes on with a healthy handshake.
type verdict func(g *guest, h *wire.ClientHello)

// judging serves TLS, but reads the ClientHello first and lets judge end the connection instead.
func judging(judge func(s *site, g *guest, h *wire.ClientHello) verdict) func(*site) error {
	return func(s *site) error {
		s.talk = func(ctx context.Context, s *site, g *guest) error {
			hello, err := g.peekHello()
			if err != nil {
				g.leave()
				return err
			}
			if end := judge(s, g, hello); end != nil {
				end(g, hello)
				return nil
			}
			return s.shake(ctx, g, s.tls)
		}
		return nil
	}
}

// The ends that a judge may choose.
var (
	silence = verdict(func(g *guest, _ *wire.ClientHello) { g.keepSilent() })
	closing = verdict(func(g *guest, _ *wire.ClientHello) { g.leave() })
	resets  = verdict(func(g *guest, _ *wire.ClientHello) { g.reset() })
)

// alerts ends with a fatal alert in clear (RFC 8446 §6).
func alerts(code uint8) verdict {
	return func(g *guest, _ *wire.ClientHello) {
		g.Write(wire.WriteRecords(wire.RecordAlert, wire.TLS12, []byte{2, code}, 0))
		g.leave()
	}
}

// peekHello reads the ClientHello and puts its bytes back for who reads next.
func (g *guest) peekHello() (*wire.ClientHello, error) {
	var records wire.Deframer
	var messages wire.Joiner
	var seen []byte
	defer func() { g.Conn = &replay{Conn: g.Conn, ahead: seen} }()
	b := make([]byte, 4096)
	for len(seen) < maxHello {
		n, err := g.Conn.Read(b)
		seen = append(seen, b[:n]...)
		records.Push(b[:n])
		hello, herr := nextHello(&records, &messages)
		if hello != nil || herr != nil {
			return hello, herr
		}
		if err != nil {
			return nil, fmt.Errorf("reading the ClientHello: %w", err)
		}
	}
	return nil, fmt.Errorf("no ClientHello in %d bytes", maxHello)
}

// nextHello takes the ClientHello out of the records that are complete; nil and no error asks for more bytes.
func nextHello(records *wire.Deframer, messages *wire.Joiner) (*wire.ClientHello, error) {
	for {
		r, ok, err := records.Next()
		if err != nil || !ok {
			return nil, err
		}
		if r.Type != wire.RecordHandshake {
			return nil, fmt.Errorf("a record of type %d where the ClientHello is due", r.Type)
		}
		messages.Push(r.Body)
		m, ok, err := messages.Next()
		if err != nil {
			return nil, err
		}
		if ok {
			hello, err := wire.ParseClientHello(m.Raw)
			if hello != nil {
				hello.RecordsOfHello = m.Records
			}
			return hello, err
		}
	}
}

// A replay gives bytes back that were read ahead.
type replay struct {
	net.Conn
	ahead []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.ahead) == 0 {
		return r.Conn.Read(b)
	}
	n := copy(b, r.ahead)
	r.ahead = r.ahead[n:]
	return n, nil
}

// Unwrap passes on what the connection below can.
func (r *replay) Unwrap() { unwrap(r.Conn) }

// NetConn is the connection below, as in crypto/tls.
func (r *replay) NetConn() net.Conn { return r.Conn }
