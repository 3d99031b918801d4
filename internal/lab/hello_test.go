package lab

import (
	"crypto/rand"
	"net"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// answered tells whether a peer says anything to a hello within a moment.
func answered(t *testing.T, address string, h wire.Hello) bool {
	t.Helper()
	built, err := h.Build(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write(built.Records)
	c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	n, _ := c.Read(make([]byte, 1))
	return n == 1
}

// hello is what a client profile offers for a host.
func hello(t *testing.T, profile, host string, alpn []string) wire.Hello {
	t.Helper()
	p, ok := client.ByID(profile)
	if !ok {
		t.Fatalf("no profile %s", profile)
	}
	return p.Hello(client.Target{Name: host, ALPN: alpn})
}

// TestHelloLengths: the two faults about a hello's length fail for that length alone.
func TestHelloLengths(t *testing.T) {
	e := newTestEnv(t)
	for _, c := range []struct {
		slug, profile string
		padTo         int
		want          bool
	}{
		{"hello-length-intolerance", "openssl3", 0, false},
		{"hello-length-intolerance", "openssl3", 511, false},
		{"hello-length-intolerance", "openssl3", 512, true},
		{"large-hello-dropped", "modern", 0, false},
		{"large-hello-dropped", "openssl3", oneSegment, true},
		{"large-hello-dropped", "openssl3", oneSegment + 1, false},
	} {
		end, _ := start(t, e, "https", c.slug)
		h := hello(t, c.profile, end.Host, []string{"h2", "http/1.1"})
		h.PadTo = c.padTo
		if got := answered(t, end.Addr, h); got != c.want {
			t.Errorf("%s: a hello of %s, padded to %d, answered: %v, want %v", c.slug, c.profile, c.padTo, got, c.want)
		}
	}
}

// TestHellosMeetTheirFault: the profile that the endpoint names sends such a hello over each protocol.
func TestHellosMeetTheirFault(t *testing.T) {
	for _, proto := range anyProto {
		p := preamble.ByID(proto)
		for profile, fits := range map[string]func(n int) bool{
			"openssl3": func(n int) bool { return n >= 256 && n < 512 },
			"modern":   func(n int) bool { return n > oneSegment },
		} {
			built, err := hello(t, profile, "db.shop.test", p.ALPN).Build(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(built.Message); !fits(n) {
				t.Errorf("the hello of %s over %s has %d bytes", profile, proto, n)
			}
		}
	}
}

// TestPeekGivesUp: what is no ClientHello ends the connection, in whatever pieces it comes.
func TestPeekGivesUp(t *testing.T) {
	for name, sent := range map[string]string{
		"other protocol": "GET / HTTP/1.1\r\n\r\n", "alert": "\x15\x03\x01\x00\x02\x02\x28", "cut short": "\x16\x03\x01\x02\x00\x01",
		"broken": "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03", "too long": "\x16\x03\x01\x00\x04\x01\xff\xff\xff",
	} {
		near, far := net.Pipe()
		go func() {
			for i := range sent {
				far.Write([]byte(sent[i : i+1]))
			}
			far.Close()
		}()
		g := &guest{Conn: near}
		if h, err := g.peekHello(); err == nil {
			t.Errorf("%s: %+v", name, h)
		}
		near.Close()
	}
}
