package capture

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// This file makes real TLS connections over loopback and puts them into packets, so that tests can lose,
// repeat and reorder them.

// A recorder is a client's connection that notes what crosses it.
type recorder struct {
	net.Conn
	mu     *sync.Mutex
	chunks *[]wire.Chunk
}

func (r recorder) note(from wire.Side, b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(b) > 0 {
		*r.chunks = append(*r.chunks, wire.Chunk{From: from, Data: bytes.Clone(b)})
	}
}

func (r recorder) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.note(wire.ServerSide, b[:n])
	return n, err
}

func (r recorder) Write(b []byte) (int, error) {
	r.note(wire.ClientSide, b)
	return r.Conn.Write(b)
}

// goTLS is one connection between Go's client and server: a handshake, a request, an answer of size bytes, the end.
func goTLS(t testing.TB, client, server *tls.Config, size int) []wire.Chunk {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var chunks []wire.Chunk
	done := make(chan struct{})
	go func() {
		defer close(done)
		s, err := l.Accept()
		if err != nil {
			return
		}
		s.SetDeadline(time.Now().Add(time.Minute)) // a test that hangs says where
		conn := tls.Server(s, server)
		defer s.Close()
		defer conn.Close()
		if _, err := conn.Read(make([]byte, 100)); err == nil {
			conn.Write(make([]byte, size))
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(time.Minute))
	conn := tls.Client(recorder{c, &sync.Mutex{}, &chunks}, client)
	if _, err := conn.Write([]byte("request")); err == nil {
		for buf, got := make([]byte, 64<<10), 0; got < size; {
			n, err := conn.Read(buf)
			if got += n; err != nil {
				break
			}
		}
	}
	conn.Close()
	c.Close()
	<-done
	return chunks
}

// goConfigs are a client and a server that agree on one version; the client verifies nothing.
func goConfigs(t testing.TB, version uint16) (client, server *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "db.example.test"},
		NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(4e9, 0), DNSNames: []string{"db.example.test"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	client = &tls.Config{InsecureSkipVerify: true, ServerName: "db.example.test", MinVersion: version, MaxVersion: version}
	return client, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// A pkt is one TCP packet of a test.
type pkt struct {
	from     wire.Side
	seq, ack uint32
	flags    uint8
	data     []byte
	ttl      uint8
	at       time.Duration
}

// A session is a connection in packets.
type session struct {
	client, server netip.AddrPort
	pkts           []pkt
	next           [3]uint32
	at             time.Duration
}

const isnClient, isnServer = 0xfffffe00, 77000 // the client's sequence numbers wrap around

func newSession(port uint16) *session {
	s := &session{client: netip.AddrPortFrom(clientAddr, port), server: netip.AddrPortFrom(serverAddr, 443)}
	s.next[wire.ClientSide], s.next[wire.ServerSide] = isnClient, isnServer
	return s
}

// add appends a packet of a side.
func (s *session) add(from wire.Side, flags uint8, data []byte) {
	s.at += time.Millisecond
	p := pkt{from: from, seq: s.next[from], flags: flags, data: data, ttl: 64, at: s.at}
	if from == wire.ServerSide {
		p.ttl = 57
	}
	if flags&flagACK != 0 {
		p.ack = s.next[from.Other()]
	}
	s.next[from] += uint32(len(data))
	if flags&(flagSYN|flagFIN) != 0 {
		s.next[from]++
	}
	s.pkts = append(s.pkts, p)
}

// open shakes TCP's hands.
func (s *session) open() {
	s.add(wire.ClientSide, flagSYN, nil)
	s.add(wire.ServerSide, flagSYN|flagACK, nil)
	s.add(wire.ClientSide, flagACK, nil)
}

// say sends chunks in segments of at most mss bytes, each acknowledged.
func (s *session) say(chunks []wire.Chunk, mss int) {
	for _, c := range chunks {
		for data := c.Data; len(data) > 0; {
			n := min(len(data), mss)
			s.add(c.From, flagACK|flagPSH, data[:n])
			data = data[n:]
		}
		s.add(c.From.Other(), flagACK, nil)
	}
}

// close ends both ways.
func (s *session) close(first wire.Side) {
	s.add(first, flagFIN|flagACK, nil)
	s.add(first.Other(), flagFIN|flagACK, nil)
	s.add(first, flagACK, nil)
}

// whole is a connection from SYN to FIN.
func whole(port uint16, chunks []wire.Chunk, mss int) *session {
	s := newSession(port)
	s.open()
	s.say(chunks, mss)
	s.close(wire.ClientSide)
	return s
}

// start of all test captures, so that minutes begin with them.
var testStart = time.Unix(1_700_000_040, 0)

// pcap writes packets of sessions, which are taken one after the other, as a file with raw IP packets.
func pcap(snap int, sessions ...*session) []byte {
	o := binary.LittleEndian
	b := pcapHead(o, pcapNano, 101)
	for _, s := range sessions {
		for _, p := range s.pkts {
			data := s.bytes(p)
			at := testStart.Add(p.at)
			b = append(b, pcapRecord(o, uint32(at.Unix()), uint32(at.Nanosecond()), data[:min(snap, len(data))], len(data))...)
		}
	}
	return b
}

// bytes is an IPv4 packet.
func (s *session) bytes(p pkt) []byte {
	src, dst := s.client, s.server
	if p.from == wire.ServerSide {
		src, dst = dst, src
	}
	tcp := join(src.Port(), dst.Port(), p.seq, p.ack, uint8(0x50), p.flags, uint16(1024), uint32(0), p.data)
	return join(uint8(0x45), uint8(0), uint16(20+len(tcp)), uint16(7), uint16(0x4000), p.ttl, uint8(6), uint16(0),
		src.Addr().AsSlice(), dst.Addr().AsSlice(), tcp)
}

const noSnap = 1 << 20
