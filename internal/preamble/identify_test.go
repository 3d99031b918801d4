package preamble

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// serving runs serve for each connection to a loopback port and returns how to dial it.
func serving(t *testing.T, serve func(net.Conn)) func(context.Context) (net.Conn, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}
}

func TestIdentify(t *testing.T) {
	accept := func(p Protocol, o Options) func(net.Conn) {
		return func(c net.Conn) { p.Accept(context.Background(), c, o) }
	}
	shake := func(most uint16, least uint16, alpn ...string) func(net.Conn) {
		conf := serverTLS(t, Protocol{ALPN: alpn}, most)
		conf.MinVersion = least
		return func(c net.Conn) { tls.Server(c, conf).Handshake() }
	}
	say := func(s string) func(net.Conn) {
		return func(c net.Conn) {
			io.WriteString(c, s)
			io.Copy(io.Discard, c)
		}
	}
	rows := []struct {
		name        string
		serve       func(net.Conn)
		id          string
		speaks      string
		connections int
	}{
		{"https", shake(tls.VersionTLS13, 0, "h2", "http/1.1"), "https", "", 1},
		{"tls without ALPN", shake(tls.VersionTLS13, 0), "tls", "", 1},
		{"TLS 1.3 only", shake(tls.VersionTLS13, tls.VersionTLS13, "h2"), "tls", "", 1},
		{"SQL Server strict", shake(tls.VersionTLS13, 0, "tds/8.0"), "mssql-strict", "", 1},
		{"PostgreSQL 17", shake(tls.VersionTLS13, 0, "postgresql"), "postgres", "", 1},
		{"mysql", accept(mysql(), Options{}), "mysql", "", 1},
		{"mysql without TLS", accept(mysql(), Options{NoTLS: true}), "mysql", "", 1},
		{"mysql full", accept(mysql(), Options{Error: &Error{Code: 1040, Text: "Too many connections"}}), "mysql", "", 1},
		{"mssql", accept(mssql(), Options{}), "mssql", "", 2},
		{"mssql without TLS", accept(mssql(), Options{NoTLS: true}), "mssql", "", 2},
		{"postgres", accept(postgres(), Options{}), "postgres", "", 3},
		{"ssh", say("SSH-2.0-x\r\n"), "", "ssh", 1},
		{"smtp", say("220 x ESMTP\r\n"), "", "smtp", 1},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			id, said, connections, err := Identify(patience(t), serving(t, r.serve))
			if id != r.id || said.Speaks != r.speaks || connections != r.connections {
				t.Errorf("%q, said %+v, %d connections, %v", id, said, connections, err)
			}
			if (err == nil) != (r.id != "") || err != nil && !errors.Is(err, ErrOther) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestIdentifyHTTP(t *testing.T) {
	id, said, connections, err := Identify(patience(t), serving(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
		}
	}))
	if id != "" || said.Speaks != "http" || connections > 2 || !errors.Is(err, ErrOther) {
		t.Errorf("%q %+v %d %v", id, said, connections, err)
	}
}

func TestIdentifyGivesUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	id, _, connections, err := Identify(ctx, serving(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	if id != "" || connections != 1 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%q, %d, %v", id, connections, err)
	}
	_, _, connections, err = Identify(patience(t), serving(t, func(net.Conn) {}))
	if connections != 3 || !errors.Is(err, ErrMute) {
		t.Errorf("a port that closes at once: %d, %v", connections, err)
	}
	refused := errors.New("refused")
	_, _, connections, err = Identify(patience(t), func(context.Context) (net.Conn, error) { return nil, refused })
	if connections != 1 || err != refused {
		t.Errorf("no connection: %d, %v", connections, err)
	}
}

func TestOrderByPort(t *testing.T) {
	name := func(port uint16) string {
		mark := func(s string) guess {
			return func(context.Context, net.Conn) (string, fact.Said, error) { return s, fact.Said{}, nil }
		}
		id, _, _ := inOrder([]guess{mark("tls"), mark("mssql"), mark("postgres")}, port)[0](nil, nil)
		return id
	}
	for port, want := range map[uint16]string{443: "tls", 1433: "mssql", 5432: "postgres", 6432: "postgres", 3306: "tls", 9: "tls"} {
		if got := name(port); got != want {
			t.Errorf("port %d: %s first, want %s", port, got, want)
		}
	}
}

// TestIdentifyHelloIsSmall: a hello of less than 256 bytes passes where larger ones are dropped.
func TestIdentifyHelloIsSmall(t *testing.T) {
	b, err := identifyHello().Build(nil)
	if err != nil || len(b.Records) >= 256 {
		t.Fatalf("%d bytes, %v", len(b.Records), err)
	}
	f := wire.Decode(&wire.Transcript{Chunks: []wire.Chunk{{From: wire.ClientSide, Data: b.Records}}})
	if f.Client == nil || len(f.Client.ALPN) != 4 {
		t.Errorf("%+v", f.Client)
	}
}
