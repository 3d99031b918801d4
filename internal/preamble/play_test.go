package preamble

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A tap records what passes through a connection, as seen from one end.
type tap struct {
	net.Conn
	mu       sync.Mutex
	end      wire.Side // who holds this end
	start    time.Time
	recorded wire.Transcript
}

func newTap(c net.Conn, end wire.Side) *tap { return &tap{Conn: c, end: end, start: time.Now()} }

func (t *tap) note(from wire.Side, b []byte) {
	if len(b) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.recorded.Chunks = append(t.recorded.Chunks, wire.Chunk{From: from, At: time.Since(t.start), Data: bytes.Clone(b)})
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.note(t.end.Other(), b[:n])
	return n, err
}

func (t *tap) Write(b []byte) (int, error) {
	t.note(t.end, b)
	return t.Conn.Write(b)
}

func (t *tap) NetConn() net.Conn { return t.Conn }

func (t *tap) stream(from wire.Side) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.recorded.Stream(from)
}

// loopback gives both ends of a TCP connection, closed when the test ends.
func loopback(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan net.Conn, 1)
	go func() {
		c, _ := l.Accept()
		got <- c
	}()
	client, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if server = <-got; server == nil {
		t.Fatal("nothing was accepted")
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// serverTLS is a Go server's configuration with a throw-away certificate.
func serverTLS(t testing.TB, p Protocol, most uint16) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MaxVersion:   most, NextProtos: p.ALPN,
	}
}

// A keyLog collects crypto/tls's key log as secrets of a recording.
type keyLog struct{ secrets []wire.Secret }

func (k *keyLog) Write(line []byte) (int, error) {
	var s wire.Secret
	if _, err := fmt.Sscanf(string(line), "%s %x %x", &s.Label, &s.ClientRandom, &s.Value); err != nil {
		return 0, err
	}
	k.secrets = append(k.secrets, s)
	return len(line), nil
}

// patience bounds every network test.
func patience(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// A played is one connection through all the seats.
type played struct {
	dialed, accepted fact.Said
	dialErr, accErr  error
	denyErr          error
	answer           []byte // what the client got for its login
	outer            *tap   // the wire, recorded at the client
	inner            *tap   // the client's TLS bytes alone, nil without TLS
	keys             keyLog
	alpn             string
}

// play lets Dial meet Accept, does a handshake of crypto/tls between them, and a login that Deny answers.
func play(t *testing.T, p Protocol, dial, accept Options, most uint16, login []byte) *played {
	t.Helper()
	ctx := patience(t)
	cc, sc := loopback(t)
	g := &played{outer: newTap(cc, wire.ClientSide)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer sc.Close()
		g.serve(ctx, p, sc, accept, serverTLS(t, p, most))
	}()
	c, told, err := p.Dial(ctx, g.outer, dial)
	g.dialed, g.dialErr = told, err
	if err == nil {
		g.connect(t, p, c, login)
	} else if errors.Is(err, ErrDeclined) && login != nil {
		g.outer.Write(login)
		g.answer, _ = io.ReadAll(g.outer)
	}
	cc.Close()
	<-done
	return g
}

func (g *played) serve(ctx context.Context, p Protocol, sc net.Conn, o Options, conf *tls.Config) {
	c, told, err := p.Accept(ctx, sc, o)
	g.accepted, g.accErr = told, err
	switch {
	case err == nil:
		s := tls.Server(c, conf)
		if g.denyErr = s.HandshakeContext(ctx); g.denyErr != nil {
			return
		}
		if u, ok := c.(Unwrapper); ok {
			u.Unwrap()
		}
		g.denyErr = p.Deny(ctx, s, o)
	case errors.Is(err, ErrDeclined), errors.Is(err, ErrNoTLS):
		g.denyErr = p.Deny(ctx, c, o)
	}
}

func (g *played) connect(t *testing.T, p Protocol, c net.Conn, login []byte) {
	t.Helper()
	g.inner = newTap(c, wire.ClientSide)
	s := tls.Client(g.inner, &tls.Config{InsecureSkipVerify: true, NextProtos: p.ALPN, KeyLogWriter: &g.keys})
	if err := s.Handshake(); err != nil {
		t.Errorf("handshake: %v", err)
		return
	}
	g.alpn = s.ConnectionState().NegotiatedProtocol
	if u, ok := c.(Unwrapper); ok {
		u.Unwrap()
	}
	s.Write(login)
	if g.dialed.LoginOnly {
		g.answer, _ = io.ReadAll(g.outer)
		return
	}
	g.answer, _ = io.ReadAll(s)
}

// cutOut joins the spans of a stream.
func cutOut(b []byte, spans []Span) []byte {
	var out []byte
	for _, s := range spans {
		out = append(out, b[s.From:s.To]...)
	}
	return out
}

// checkSpans holds Parse's spans against what crypto/tls itself read and wrote.
func (g *played) checkSpans(t *testing.T, p Protocol) fact.Said {
	t.Helper()
	client, server := g.outer.stream(wire.ClientSide), g.outer.stream(wire.ServerSide)
	told, spans, err := p.Parse(client, server)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	if got, want := cutOut(client, spans.Client), g.inner.stream(wire.ClientSide); !bytes.Equal(got, want) {
		t.Errorf("client's TLS bytes: %d cut out, %d were written\n%v", len(got), len(want), spans.Client)
	}
	if got, want := cutOut(server, spans.Server), g.inner.stream(wire.ServerSide); !bytes.Equal(got, want) {
		t.Errorf("server's TLS bytes: %d cut out, %d were read\n%v", len(got), len(want), spans.Server)
	}
	return told
}
