package live

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// pgError is PostgreSQL's ErrorResponse.
func pgError(state, text string) string {
	body := "SFATAL\x00VFATAL\x00C" + state + "\x00M" + text + "\x00\x00"
	return "E" + string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))) + body
}

// postmaster speaks PostgreSQL up to the StartupMessage, hands that over, and then does then.
func postmaster(t *testing.T, protocol string, got chan<- []byte, then func(net.Conn)) func(net.Conn) {
	config := goServer(t)
	config.ClientAuth, config.NextProtos = tls.RequestClientCert, []string{"postgresql"}
	return func(c net.Conn) {
		if _, _, err := preamble.ByID(protocol).Accept(context.Background(), c, preamble.Options{}); err != nil {
			t.Errorf("the peer's preamble: %v", err)
			return
		}
		s := tls.Server(c, config)
		head := make([]byte, 4)
		if s.Handshake() != nil {
			return
		}
		if _, err := io.ReadFull(s, head); err != nil {
			got <- nil
			return
		}
		body := make([]byte, min(binary.BigEndian.Uint32(head), 1<<10)-4)
		io.ReadFull(s, body)
		got <- body
		then(s)
	}
}

// TestKnock: PostgreSQL demands the certificate in its own words, after the handshake (auth.c, ClientAuthentication).
func TestKnock(t *testing.T) {
	t.Parallel()
	required := pgError("28000", "connection requires a valid client certificate")
	tests := []struct {
		name string
		then func(net.Conn)
		said string
	}{
		{"certificate required", saying(required, hold), "FATAL: connection requires a valid client certificate"},
		{"and closes", saying(required, func(c net.Conn) { c.Close() }), "FATAL: connection requires a valid client certificate"},
		{"in German", saying(pgError("28000", "Verbindung erfordert ein gültiges Client-Zertifikat"), hold), "FATAL: Verbindung erfordert ein gültiges Client-Zertifikat"},
		{"no entry in pg_hba.conf", saying(pgError("28000", `no pg_hba.conf entry for host "127.0.0.1"`), hold), ""},
		{"no such role", saying(pgError("28000", `role "tlswhy" does not exist`), hold), ""},
		{"password wanted", saying("R\x00\x00\x00\x0c\x00\x00\x00\x0a\x00\x00\x00\x00", hold), ""},
		{"starting up", saying(pgError("57P03", "the database system is starting up; certificate"), hold), ""},
		{"garbage", saying("garbage", hold), ""},
		{"endless", pouring(zeros(1 << 12)), ""},
		{"hangs up", func(c net.Conn) { c.Close() }, ""},
		{"silence", hold, ""},
	}
	var wg sync.WaitGroup
	for _, protocol := range []string{"postgres", "postgres-direct"} {
		wg.Go(func() {
			for _, test := range tests {
				t.Run(protocol+", "+test.name, func(t *testing.T) {
					got := make(chan []byte, 1)
					h := meet(t, protocol, postmaster(t, protocol, got, test.then))
					if startup := <-got; !bytes.HasPrefix(startup, []byte("\x00\x03\x00\x00user\x00")) || bytes.Contains(startup, []byte("password")) {
						t.Errorf("knocks with %q", startup)
					}
					checkRefusal(t, h, test.said)
				})
			}
		})
	}
	wg.Wait()
}

// checkRefusal wants the server's words as the end of a finished handshake; without any, a completed one.
func checkRefusal(t *testing.T, h *fact.Handshake, said string) {
	t.Helper()
	e := h.End
	switch {
	case said == "" && !h.Completed():
		t.Errorf("%+v", e)
	case said != "" && (e.How != fact.EndError || e.By != wire.ServerSide || e.Detail != said || e.After != "client Finished" || h.Finished != fact.Yes):
		t.Errorf("%+v, want %q", e, said)
	}
}

// TestNoKnockWithoutNeed: not with a certificate to show, and not on a server of another protocol.
func TestNoKnockWithoutNeed(t *testing.T) {
	for _, test := range []struct {
		protocol string
		own      *wire.ClientCertificate
	}{{"postgres", ownCertificate(t)}, {"tls", nil}} {
		got := make(chan []byte, 1)
		p := planFor(t, startPeer(t, "127.0.0.1", postmaster(t, test.protocol, got, hold)).addr, test.protocol)
		p.Own = test.own
		c, _ := p.begin(t)
		if startup := <-got; startup != nil || !only(t, c).Completed() {
			t.Errorf("%s: knocks with %q, %+v", test.protocol, startup, c.Handshakes[0].End)
		}
	}
}
