package lab

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// engine serves TLS by package wire, for what the standard library does not do: DHE, servers without extended
// master secret or RFC 5746, SHA-1 alone, spoilt signatures.
func engine(change func(*wire.ServerConfig)) func(*site) error {
	return func(s *site) error {
		s.talk = func(ctx context.Context, s *site, g *guest) error {
			c := &engineConn{Conn: g.Conn, server: wire.NewServer(s.engineConfig(change))}
			defer g.leave()
			for !c.server.Done() {
				if err := c.turn(); err != nil {
					return err
				}
			}
			return s.talkInside(ctx, g, c)
		}
		return nil
	}
}

// curt is engine for a server that says nothing when a handshake fails, but resets the connection, which Windows shows
// as error 10054. It also fails where the client has said what offends.
func curt(change func(*wire.ServerConfig), offends func(*wire.Flight) bool) func(*site) error {
	return func(s *site) error {
		s.talk = func(ctx context.Context, s *site, g *guest) error {
			c := &engineConn{Conn: g.Conn, server: wire.NewServer(s.engineConfig(change)), curt: true, offends: offends}
			for !c.server.Done() {
				if err := c.turn(); err != nil {
					g.reset()
					return err
				}
			}
			defer g.leave()
			return s.talkInside(ctx, g, c)
		}
		return nil
	}
}

// engineConfig is TLS 1.2 with the site's certificate, and a change made to it.
func (s *site) engineConfig(change func(*wire.ServerConfig)) wire.ServerConfig {
	config := wire.ServerConfig{
		Chain: s.tls.Certificates[0].Certificate, Key: signer(s.tls.Certificates[0]),
		MaxVersion: wire.TLS12, Renegotiation: true, ALPN: s.tls.NextProtos,
	}
	change(&config)
	return config
}

// talkInside is what follows a handshake.
func (s *site) talkInside(ctx context.Context, g *guest, c *engineConn) error {
	unwrap(g.Conn)
	err := s.speaks.Deny(ctx, c, s.options)
	if !g.said.LoginOnly { // then TLS has ended with the login
		g.Write(c.server.Close())
	}
	return err
}

// An engineConn is a connection encrypted by the engine.
type engineConn struct {
	net.Conn
	server *wire.Server
	ready  []byte // decrypted, to be read
	curt   bool   // no last words to a client whose handshake fails
	// offends finds fault with what the client has said so far; nil: nothing.
	offends func(*wire.Flight) bool
}

// errOffended ends a handshake over what the client has said.
var errOffended = errors.New("the client said what this server does not take")

// turn reads once, feeds the engine and sends what it answers.
func (c *engineConn) turn() error {
	b := make([]byte, 16<<10)
	n, err := c.Conn.Read(b)
	if n == 0 && err != nil {
		return err
	}
	out, err := c.server.Feed(b[:n])
	if c.offends != nil && c.offends(c.server.Flight()) {
		return errOffended
	}
	if len(out) > 0 && (err == nil || !c.curt) {
		if _, werr := c.Conn.Write(out); werr != nil {
			return errors.Join(err, werr)
		}
	}
	c.ready = append(c.ready, c.server.AppData()...)
	var over *wire.PeerAlert
	if errors.As(err, &over) && over.Alert.Code == wire.AlertCloseNotify {
		return io.EOF
	}
	return err
}

func (c *engineConn) Read(b []byte) (int, error) {
	for len(c.ready) == 0 {
		if err := c.turn(); err != nil && len(c.ready) == 0 {
			return 0, err
		}
	}
	n := copy(b, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

func (c *engineConn) Write(b []byte) (int, error) {
	sealed, err := c.server.Seal(b)
	if err != nil {
		return 0, err
	}
	if _, err := c.Conn.Write(sealed); err != nil {
		return 0, err
	}
	return len(b), nil
}

// NetConn is the connection below, as in crypto/tls.
func (c *engineConn) NetConn() net.Conn { return c.Conn }
