package live

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// shapesOf are behaviours of so many shapes.
func shapesOf(ids ...string) []client.Behaviour {
	var out []client.Behaviour
	for _, id := range ids {
		p, _ := client.ByID(id)
		out = append(out, client.Behaviour{Profile: p, TLS: client.TLSRequire, Chain: true, Name: true})
	}
	return out
}

// gather gathers for a plan.
func (p plan) gather(t *testing.T, shapes []client.Behaviour) (*client.Server, *fact.Case, *Prober) {
	t.Helper()
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	ctx, cancel := context.WithTimeout(t.Context(), 4*p.Timeout)
	defer cancel()
	var s *client.Server
	finish(t, func() { s = prober.Gather(ctx, c, shapes, "") })
	return s, c, prober
}

// speaker is a server of a protocol with a login: TLS by crypto/tls where it is asked for, and what a login meets.
func speaker(t *testing.T, protocol string, o preamble.Options) func(net.Conn) {
	config := goServer(t)
	proto := preamble.ByID(protocol)
	return func(c net.Conn) {
		conn, _, err := proto.Accept(t.Context(), c, o)
		if err == nil {
			s := tls.Server(conn, config)
			if s.Handshake() != nil {
				return
			}
			conn = s
		} else if o.NeedTLS {
			return
		}
		proto.Deny(t.Context(), conn, preamble.Options{})
		io.Copy(io.Discard, c)
	}
}

// TestGatherAsksEachShapeOnce, and no more than the connections allow.
func TestGatherAsksEachShapeOnce(t *testing.T) {
	there := startPeer(t, "127.0.0.1", healthy(t))
	p := planFor(t, there.addr, "tls")
	shapes := shapesOf("modern", "openssl3", "go", "tls1.2")
	s, c, prober := p.gather(t, shapes)
	if prober.Connections() != 4 || there.conns.Load() != 4 || len(c.Gaps) != 0 || s.Plain != nil {
		t.Fatalf("%d connections, %d accepted, gaps %v", prober.Connections(), there.conns.Load(), c.Gaps)
	}
	at := client.Place{Host: host, Now: p.question.Now, Roots: func(client.RootsUse) trust.Roots { return p.Roots() }}
	for _, b := range shapes {
		if got := client.Predict(b, s, at); got.Outcome != client.Verified {
			t.Errorf("%s: %s %+v", b.Shape(), got.Outcome, got.Failure)
		}
	}
	p.Max = 2
	s, c, prober = p.gather(t, shapes)
	if prober.Connections() != 2 || len(s.Hello) != 2 || len(c.Gaps) != 1 {
		t.Errorf("of two: %d connections, %d shapes, gaps %v", prober.Connections(), len(s.Hello), c.Gaps)
	}
}

// TestGatherStopsWhereNothingDependsOnTheHello: one connection tells of a closed port, and of a server without TLS.
func TestGatherStopsWhereNothingDependsOnTheHello(t *testing.T) {
	shapes := shapesOf("modern", "openssl3", "go")
	s, _, prober := planFor(t, closedPort(t, "127.0.0.1"), "postgres").gather(t, shapes)
	if prober.Connections() != 1 || len(s.Hello) != 3 || s.Plain == nil || s.Plain.End.After != "tcp" {
		t.Errorf("a closed port: %d connections, %+v", prober.Connections(), s)
	}
	there := startPeer(t, "127.0.0.1", speaker(t, "postgres", preamble.Options{NoTLS: true}))
	s, _, prober = planFor(t, there.addr, "postgres").gather(t, shapes)
	if prober.Connections() != 2 || s.Hello["go"] == nil || s.Hello["go"].End.How != fact.EndDeclined || s.Plain == nil {
		t.Errorf("without TLS: %d connections, %+v", prober.Connections(), s)
	}
}

// TestGatherKnocks: a login in plain text, and one on TLS, are asked for without a password.
func TestGatherKnocks(t *testing.T) {
	for _, test := range []struct {
		protocol string
		need     bool
		plain    fact.How
		code     int
	}{
		{"mysql", false, fact.EndCompleted, 0}, // 1045 to a name that nobody has tells nothing about TLS
		{"mysql", true, fact.EndError, 3159},
		{"postgres", true, fact.EndError, 0},
	} {
		there := startPeer(t, "127.0.0.1", speaker(t, test.protocol, preamble.Options{NeedTLS: test.need, Server: serverOf[test.protocol]}))
		s, c, prober := planFor(t, there.addr, test.protocol).gather(t, shapesOf("modern", "go"))
		if (len(c.Gaps) == 1) != (test.plain == fact.EndCompleted) {
			t.Errorf("%s: what the answer does not tell is no gap: %v", test.protocol, c.Gaps)
		}
		if prober.Connections() != 3 || s.Plain == nil || s.Plain.End.How != test.plain {
			t.Errorf("%s: %d connections, plain text %+v", test.protocol, prober.Connections(), s.Plain)
			continue
		}
		if test.code != 0 && s.Plain.Said.ErrorCode != test.code {
			t.Errorf("%s: said %+v", test.protocol, s.Plain.Said)
		}
		if s.Sealed == nil {
			t.Errorf("%s: nothing was learnt of a login on TLS", test.protocol)
		}
	}
}

var serverOf = map[string]string{"mysql": "MySQL 8.4.6", "postgres": "15"}

// TestGatherMeetsOthers: what is no server of the protocol is an answer too.
func TestGatherMeetsOthers(t *testing.T) {
	for name, serve := range map[string]func(net.Conn){
		"ssh":    func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH_9.2p1 Debian\r\n"); hold(c) },
		"closes": fin,
		"resets": rst,
		"silent": hold,
	} {
		for _, protocol := range []string{"mysql", "postgres"} {
			t.Run(name+"/"+protocol, func(t *testing.T) {
				t.Parallel()
				p := planFor(t, startPeer(t, "127.0.0.1", serve).addr, protocol)
				s, _, _ := p.gather(t, shapesOf("modern", "go"))
				if s.Plain == nil || s.Plain.End.How == fact.EndCompleted || s.Hello["go"] == nil || s.Hello["go"].Finished == fact.Yes {
					t.Errorf("%+v", s.Plain)
				}
			})
		}
	}
}
