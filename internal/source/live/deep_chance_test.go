package live

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// before is a proxy that resets some connections to a peer once the client has spoken.
func before(t *testing.T, to *peer, resets func() bool) *peer {
	return startPeer(t, "127.0.0.1", func(c net.Conn) {
		kill := resets()
		s, err := net.Dial("tcp", to.addr.String())
		if err != nil {
			return
		}
		defer s.Close()
		go func() { io.Copy(c, s); c.Close() }()
		if kill {
			c.Read(make([]byte, 1))
			rst(c)
			return
		}
		io.Copy(s, c)
	})
}

// TestDeepAllWithFickleNetwork: connections that break by chance, or because too many are made, are no form's, number's
// or session's fault: none breaks each time while those between pass.
func TestDeepAllWithFickleNetwork(t *testing.T) {
	right := goPeer(t, goServer(t))
	breaks := map[string]func() bool{"three in a fifth of a second": limiter(3, 200*time.Millisecond)}
	for seed := range uint64(6) {
		breaks[fmt.Sprintf("one in five, seed %d", seed)] = dice(seed, 0.2)
	}
	for name, resets := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planFor(t, before(t, right, resets).addr, "https")
			p.Timeout = 3 * patience
			if guilty := provenEach(examine(t, p)); len(guilty) > 0 {
				t.Errorf("proven of %v", guilty)
			}
		})
	}
}

// provenEach lists the experiments that broke five times, of a run in which no ordinary connection broke that its kind shows
// to work.
func provenEach(c *fact.Case) []string {
	var guilty []string
	all := outcomes(c)
	for what, marks := range all {
		plain := slices.Contains([]string{"hello form=control", "hello form=control with=TLS1.2", "ecdhe zero=none", "resumption form=psk with=full",
			"resumption form=ticket with=full"}, what)
		switch {
		case plain && fickle(marks):
			return nil
		case !plain && len(marks) >= proof && marks == "-----"[:min(5, len(marks))]:
			guilty = append(guilty, what)
		}
	}
	return guilty
}

func fickle(marks string) bool {
	return slices.Contains([]byte(marks), '+') && slices.Contains([]byte(marks), '-')
}

// dice break connections by chance.
func dice(seed uint64, chance float64) func() bool {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 1))
	return func() bool {
		mu.Lock()
		defer mu.Unlock()
		return random.Float64() < chance
	}
}

// limiter breaks those beyond so many in a time.
func limiter(most int, in time.Duration) func() bool {
	var mu sync.Mutex
	var begun time.Time
	n := 0
	return func() bool {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(begun) > in {
			begun, n = time.Now(), 0
		}
		n++
		return n > most
	}
}

// TestPatienceWithSlowServers: whoever takes longer to answer is given longer, up to what the user allows.
func TestPatienceWithSlowServers(t *testing.T) {
	answered := fact.Handshake{Finished: fact.Yes, End: fact.End{How: fact.EndCompleted}}
	for _, test := range []struct{ took, timeout, want time.Duration }{
		{100 * time.Millisecond, 10 * time.Second, silenced},
		{2 * time.Second, 10 * time.Second, 8 * time.Second},
		{4 * time.Second, 10 * time.Second, 10 * time.Second},
		{100 * time.Millisecond, time.Second, time.Second},
	} {
		p := New(fact.Question{}, Settings{Timeout: test.timeout})
		answered.Took = test.took
		p.clock(&trial{}, &answered)
		answered.Took = test.took / 2
		p.clock(&trial{}, &answered)
		slow := fact.Handshake{Took: test.timeout, End: fact.End{How: fact.EndTimeout}}
		p.clock(&trial{}, &slow) // silence is no answer
		if got := p.enough(); got != test.want {
			t.Errorf("after an answer in %v of %v at most: %v, want %v", test.took, test.timeout, got, test.want)
		}
	}
}

// TestDeepAllWithSlowServer: a server that answers each time, late, takes every form.
func TestDeepAllWithSlowServer(t *testing.T) {
	t.Parallel()
	right := goPeer(t, goServer(t))
	slow := startPeer(t, "127.0.0.1", func(c net.Conn) {
		s, err := net.Dial("tcp", right.addr.String())
		if err != nil {
			return
		}
		defer s.Close()
		go func() { lag(c, s); c.Close() }()
		lag(s, c)
	})
	p := planFor(t, slow.addr, "https")
	p.Timeout = 30 * time.Second
	p.Max = 12 + deepAllCost
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	prober.Begin(t.Context(), c)
	d := &deep{Prober: prober, ctx: t.Context(), c: c, held: map[bool]*fact.Handshake{}}
	if !d.learn() {
		t.Fatal("the server answers nothing")
	}
	d.forms(tellingForms())
	if n := len(c.Forced("hello")); n != 1+len(tellingForms()) {
		t.Errorf("%d hellos, want a control and each form once", n)
	}
	for _, h := range c.Forced("hello") {
		if h.End.How == fact.EndTimeout {
			t.Errorf("%s met silence after %v", h.Variant, h.Took)
		}
	}
}

// lag hands on what comes more than a second later.
func lag(to, from net.Conn) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			time.Sleep(1100 * time.Millisecond)
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
