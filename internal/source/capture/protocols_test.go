package capture

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// protocolTalk is a TLS connection behind a protocol's preamble.
func protocolTalk(t *testing.T, p *preamble.Protocol, client, server *tls.Config) []wire.Chunk {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		s, err := l.Accept()
		if err != nil {
			done <- err
			return
		}
		defer s.Close()
		c, _, err := p.Accept(context.Background(), s, preamble.Options{})
		if err == nil {
			err = talkTLS(tls.Server(c, server), c)
		}
		done <- err
	}()
	var chunks []wire.Chunk
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	inner, _, err := p.Dial(t.Context(), recorder{c, &sync.Mutex{}, &chunks}, preamble.Options{})
	if err == nil {
		err = talkTLS(tls.Client(inner, client), inner)
	}
	if err != nil {
		t.Fatalf("%s: %v", p.ID, err)
	}
	if err := <-done; err != nil {
		t.Fatalf("%s, server: %v", p.ID, err)
	}
	return chunks
}

// talkTLS shakes hands and exchanges a few bytes both ways.
func talkTLS(conn *tls.Conn, below net.Conn) error {
	if err := conn.Handshake(); err != nil {
		return err
	}
	if u, ok := below.(preamble.Unwrapper); ok {
		u.Unwrap()
	}
	if _, err := conn.Write([]byte("data")); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 100))
	return err
}

// TestProtocols: TLS behind each preamble is found by its content, on a port that tells nothing.
func TestProtocols(t *testing.T) {
	for _, id := range []string{"mssql", "mysql", "postgres"} {
		client, server := goConfigs(t, tls.VersionTLS12)
		s := newSession(40001)
		s.server = netip.AddrPortFrom(serverAddr, 9999)
		s.open()
		s.say(protocolTalk(t, preamble.ByID(id), client, server), 700)
		s.close(wire.ClientSide)
		h := one(t, pcap(noSnap, s))
		if h.Protocol != id || h.Finished != fact.Yes || h.End.How != fact.EndCompleted || h.Chain.Leaf() == nil || h.Said == nil {
			t.Errorf("%s: %s, %+v", id, told(h), h.End)
		}
		if id == "mssql" && h.Passive.Progress != "S PL PR CH SH KE CE AD" {
			t.Errorf("login progress %q", h.Passive.Progress)
		}
	}
}

// TestDeclined: a client that asks for TLS in a protocol's preamble and is declined is told, though no TLS was spoken.
func TestDeclined(t *testing.T) {
	s := newSession(40001)
	s.open()
	s.say([]wire.Chunk{{From: wire.ClientSide, Data: []byte{0, 0, 0, 8, 4, 210, 22, 47}}, {From: wire.ServerSide, Data: []byte("N")}}, 1400)
	s.close(wire.ClientSide)
	h := readOne(t, pcap(noSnap, s), Options{}).Handshakes
	if len(h) != 1 || h[0].Protocol != "postgres" || h[0].End.How != fact.EndDeclined || h[0].Said.TLS != fact.No {
		t.Fatalf("%+v", h)
	}
}
