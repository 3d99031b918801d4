package live

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// onlyDHE is a client of TLS 1.2 that offers nothing but TLS_DHE.
func onlyDHE(t *testing.T, p plan) plan {
	t.Helper()
	legacy, ok := client.ByID("legacy")
	if !ok {
		t.Fatal("there is no such client")
	}
	hello := legacy.Hello
	legacy.Hello = func(to client.Target) wire.Hello {
		h := hello(to)
		h.Suites = []uint16{0x009f, 0x009e}
		return h
	}
	p.Profile = legacy
	return p
}

// TestRepeatSuspectsZeros: every 256th handshake meets a secret with a byte too many, as a server has it that keeps
// leading zeros. That is a suspicion, and the words point to the experiment that decides. A server that breaks one
// handshake in sixteen the same way is something else.
func TestRepeatSuspectsZeros(t *testing.T) {
	for _, test := range []struct {
		every   int32
		n       int
		suspect bool
	}{{256, 512, true}, {16, 256, false}} {
		config := rsaServer(t)
		var served atomic.Int32
		there := startPeer(t, "127.0.0.1", func(c net.Conn) {
			own := config
			if served.Add(1)%test.every == 0 {
				own.Premaster = func(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte { return append([]byte{0}, secret...) }
			}
			serveWire(own, nil)(c)
		})
		p := repeating(onlyDHE(t, planFor(t, there.addr, "tls")), test.n)
		p.Timeout = time.Minute // for all of them
		c, _ := p.begin(t)
		d := diagnose.Run(c, cause.All())
		failed := test.n / int(test.every)
		if c.Repeats.Made != test.n || c.Repeats.Failed != failed || len(d.Findings) == 0 {
			t.Fatalf("1 in %d: %+v, %d findings", test.every, c.Repeats, len(d.Findings))
		}
		f := d.Findings[0]
		if suspects := f.Cause.Slug == "dhe-leading-zero"; suspects != test.suspect {
			t.Errorf("1 in %d: %s", test.every, f.Cause.Slug)
		}
		if test.suspect && (f.Sure != cause.Likely || !strings.Contains(f.Against[0].Says, "--deep")) {
			t.Errorf("%s, against it: %+v", f.Sure, f.Against)
		}
		for i := range c.Handshakes {
			if h := &c.Handshakes[i]; h.Again != nil && (h.Key == nil || h.Key.Kind != "DHE") {
				t.Errorf("%s: %+v", h.Ref.At, h.Key)
			}
		}
	}
}
