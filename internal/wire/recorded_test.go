package wire

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net"
	"sync"
	"testing"
	"time"
)

// A recorder keeps what the two ends of a connection write, in order.
type recorder struct {
	mu sync.Mutex
	t  Transcript
}

type recordedConn struct {
	net.Conn
	side Side
	to   *recorder
}

func (c recordedConn) Write(b []byte) (int, error) {
	c.to.mu.Lock()
	c.to.t.Chunks = append(c.to.t.Chunks, Chunk{
		From: c.side, At: time.Duration(len(c.to.t.Chunks)) * time.Millisecond, Data: bytes.Clone(b),
	})
	c.to.mu.Unlock()
	return c.Conn.Write(b)
}

// recordedPair is a connection over loopback: net.Pipe, which buffers nothing, would lock up two ends that write
// at the same time.
func recordedPair(t *testing.T) (client, server net.Conn, to *recorder) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a := dialPeer(t, l.Addr().String())
	b, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	to = &recorder{}
	return recordedConn{a, ClientSide, to}, recordedConn{b, ServerSide, to}, to
}

// goConnection lets Go's client and server shake hands, exchange one message each way and close, and gives the
// recording with its secrets. Handshake errors are for the caller to expect.
func goConnection(t *testing.T, client, server *tls.Config) *Transcript {
	t.Helper()
	var log bytes.Buffer
	client = client.Clone()
	client.KeyLogWriter = &log
	client.InsecureSkipVerify = client.RootCAs == nil
	c, s, to := recordedPair(t)
	var wait sync.WaitGroup
	wait.Go(func() {
		defer s.Close()
		conn := tls.Server(s, server)
		b := make([]byte, 4)
		if _, err := conn.Read(b); err == nil {
			conn.Write([]byte("pong"))
			conn.Read(b)
		}
		conn.Close()
	})
	conn := tls.Client(c, client)
	if _, err := conn.Write([]byte("ping")); err == nil {
		conn.Read(make([]byte, 4))
	}
	conn.Close()
	c.Close()
	wait.Wait()
	to.t.Secrets = ParseKeyLog(log.Bytes())
	return &to.t
}

// goCertificate is an identity in Go's form.
func goCertificate(t testing.TB, kind string) tls.Certificate {
	t.Helper()
	id := testIdentity(t, kind)
	return tls.Certificate{Certificate: id.chain, PrivateKey: id.key}
}

// readUntil reads records off a connection until done says so of the flight decoded so far.
func readUntil(t *testing.T, c net.Conn, sent []byte, done func(*Flight) bool) *Flight {
	t.Helper()
	transcript := &Transcript{Chunks: []Chunk{{From: ClientSide, Data: sent}}}
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 32<<10)
	for {
		n, err := c.Read(b)
		transcript.Chunks = append(transcript.Chunks, Chunk{From: ServerSide, Data: bytes.Clone(b[:n])})
		flight := Decode(transcript)
		if done(flight) {
			return flight
		}
		if err != nil {
			t.Fatalf("peer ended with %v after %+v", err, flight.Messages)
		}
	}
}

func hexOf(b []byte) []byte { return hex.AppendEncode(nil, b) }

func emptyRoots() *x509.CertPool { return x509.NewCertPool() }
