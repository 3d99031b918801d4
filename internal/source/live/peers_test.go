package live

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// What the tests share: peers on loopback, an identity, and a probe with little patience.

const (
	// patience is the time-out of a probe in tests.
	patience = time.Second
	// hung is when a test gives a probe up; no test measures time but by this.
	hung = 30 * time.Second
	host = "db.example.test"
)

// An identity is a CA and a server certificate for host under it.
type identity struct {
	ca, leaf []byte
	key      *ecdsa.PrivateKey
}

var theIdentity = sync.OnceValues(func() (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: from, NotAfter: to, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	id := &identity{key: key}
	if id.ca, err = x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key); err != nil {
		return nil, err
	}
	id.leaf, err = x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), key)
	return id, err
})

func self(t testing.TB) *identity {
	t.Helper()
	id, err := theIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// goServer is a configuration of crypto/tls with the test's identity.
func goServer(t testing.TB) *tls.Config {
	id := self(t)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{id.leaf, id.ca}, PrivateKey: id.key}}}
}

// A peer is a server on loopback whose behaviour is a function.
type peer struct {
	addr  netip.AddrPort
	conns atomic.Int32 // accepted so far
}

// startPeer serves each connection to ip on a port of its own until the test ends.
func startPeer(t testing.TB, ip string, serve func(net.Conn)) *peer {
	t.Helper()
	return startPeerAt(t, ip+":0", serve)
}

func startPeerAt(t testing.TB, address string, serve func(net.Conn)) *peer {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{addr: l.Addr().(*net.TCPAddr).AddrPort()}
	var open sync.Map
	var busy sync.WaitGroup
	busy.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.conns.Add(1)
			open.Store(c, true)
			busy.Go(func() {
				defer open.Delete(c)
				defer c.Close()
				serve(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
		busy.Wait()
	})
	return p
}

// closedPort is an address of ip where nobody listens.
func closedPort(t testing.TB, ip string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", ip+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// A plan is one probe: settings and question, which a test may change.
type plan struct {
	Settings
	question fact.Question
}

// planFor probes addr for host with the protocol, as the modern client, trusting the test's CA.
func planFor(t testing.TB, addr netip.AddrPort, protocol string) plan {
	t.Helper()
	profile, _ := client.ByID("modern")
	ca := self(t).ca
	return plan{
		Settings: Settings{
			Profile: profile, Protocol: *preamble.ByID(protocol), Connect: addr.String(), Timeout: patience, Max: 12, Now: time.Now,
			Roots: func() trust.Roots { return trust.NewRoots(ca) },
		},
		question: fact.Question{Host: host, Port: addr.Port(), Protocol: protocol, Now: time.Now()},
	}
}

// begin makes the first handshakes of a plan within twice its time-out.
func (p plan) begin(t testing.TB) (*fact.Case, *Prober) {
	t.Helper()
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	ctx, cancel := context.WithTimeout(t.Context(), 2*p.Timeout)
	defer cancel()
	finish(t, func() { prober.Begin(ctx, c); prober.Repeat(ctx, c) })
	return c, prober
}

// finish fails the test when f does not come to an end.
func finish(t testing.TB, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(hung):
		t.Fatal("the probe does not end")
	}
}

// only is the one handshake of a case.
func only(t testing.TB, c *fact.Case) *fact.Handshake {
	t.Helper()
	if len(c.Handshakes) != 1 {
		t.Fatalf("%d handshakes, hosts %+v, gaps %+v", len(c.Handshakes), c.Hosts, c.Gaps)
	}
	return &c.Handshakes[0]
}

// meet probes a peer once.
func meet(t testing.TB, protocol string, serve func(net.Conn)) *fact.Handshake {
	t.Helper()
	c, _ := planFor(t, startPeer(t, "127.0.0.1", serve).addr, protocol).begin(t)
	return only(t, c)
}

// hold says nothing more and waits until the client goes.
func hold(c net.Conn) { io.Copy(io.Discard, c) }

// fin closes the sending side, as a server does that hangs up in order.
func fin(c net.Conn) { c.(*net.TCPConn).CloseWrite(); hold(c) }

// rst breaks the connection off.
func rst(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }

// pour sends b again and again until the client goes.
func pour(c net.Conn, b []byte) {
	for {
		if _, err := c.Write(b); err != nil {
			return
		}
	}
}

// drip sends one byte every 100 milliseconds.
func drip(c net.Conn, b []byte) {
	for i := 0; ; i++ {
		if _, err := c.Write(b[i%len(b) : i%len(b)+1]); err != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// readRecord reads one TLS record.
func readRecord(c net.Conn) []byte {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c, head); err != nil {
		return nil
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	io.ReadFull(c, body)
	return append(head, body...)
}

// record is one TLS record of version 1.2.
func record(typ byte, body ...byte) []byte {
	return append([]byte{typ, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

// engine is our own server's side of a handshake, for flights to be cut.
func engine(t testing.TB, most uint16, change func(*wire.ServerConfig)) *wire.Server {
	id := self(t)
	config := wire.ServerConfig{Chain: [][]byte{id.leaf, id.ca}, Key: id.key, MaxVersion: most, Renegotiation: true}
	if change != nil {
		change(&config)
	}
	return wire.NewServer(config)
}

// cutRecords gives the first n records of b.
func cutRecords(b []byte, n int) []byte {
	rest := b
	for range n {
		if len(rest) < 5 {
			break
		}
		rest = rest[min(len(rest), 5+int(rest[3])<<8+int(rest[4])):]
	}
	return bytes.Clone(b[:len(b)-len(rest)])
}
