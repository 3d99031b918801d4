package live

import (
	"math/big"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// flaky stands before a server and resets connections: those that dies picks by their number from 0. At the hello it does so
// before a ServerHello, else once the client's Finished came.
func flaky(config wire.ServerConfig, atHello bool, dies func(n int) bool) func(net.Conn) {
	var n atomic.Int32
	return func(c net.Conn) {
		die := dies(int(n.Add(1)) - 1)
		if die && atHello {
			readRecord(c)
			rst(c)
			return
		}
		serveWire(config, func(f *wire.Flight) bool { return die && len(f.ClientYc) > 0 })(c)
	}
}

// accused lists what experiments say is broken, and how sure that is.
func accused(d diagnose.Diagnosis) (list []string) {
	for _, f := range d.Findings {
		if f.Measured {
			list = append(list, f.Cause.Slug+" "+string(f.Sure))
		}
	}
	return list
}

// TestDeepChance: in front of a healthy server one connection in five breaks by chance. That four connections of one kind
// break, and none of three others, happens in 0.8 of 1000 such runs; a secret whose zeros were kept never completes.
func TestDeepChance(t *testing.T) {
	right := rsaServer(t)
	for _, atHello := range []bool{false, true} {
		for seed := range uint64(120) {
			random := rand.New(rand.NewPCG(seed, 6))
			fate := make([]bool, 64)
			for i := range fate {
				fate[i] = random.IntN(5) == 0
			}
			here := startPeer(t, "127.0.0.1", flaky(right, atHello, func(n int) bool { return fate[n%len(fate)] }))
			_, d, _ := deepen(t, planFor(t, here.addr, "tls"))
			for _, says := range accused(d) {
				if strings.HasSuffix(says, " "+string(cause.Proven)) {
					t.Errorf("seed %d, at the hello %v: %s; fates %v", seed, atHello, says, fate[:14])
				}
			}
		}
	}
}

// TestDeepOtherChance: whatever else breaks connections in an order of its own, no healthy server is called defective.
func TestDeepOtherChance(t *testing.T) {
	right := rsaServer(t)
	masked := func(mask string) func(int) bool {
		return func(n int) bool { return mask[n%len(mask)] == '1' }
	}
	limiter := func(limit int, window time.Duration) func(int) bool {
		var mu sync.Mutex
		var recent []time.Time
		return func(int) bool {
			mu.Lock()
			defer mu.Unlock()
			recent = slices.DeleteFunc(recent, func(at time.Time) bool { return time.Since(at) > window })
			recent = append(recent, time.Now())
			return len(recent) > limit
		}
	}
	for name, dies := range map[string]func() func(int) bool{
		"all after the third":  func() func(int) bool { return masked("000" + strings.Repeat("1", 60)) },
		"all after the fourth": func() func(int) bool { return masked("0000" + strings.Repeat("1", 60)) },
		"a run of eight":       func() func(int) bool { return masked("00011111111" + strings.Repeat("0", 60)) },
		"every second":         func() func(int) bool { return masked("01") },
		"every third":          func() func(int) bool { return masked("001") },
		"every fourth":         func() func(int) bool { return masked("0001") },
		"two in four":          func() func(int) bool { return masked("0011") },
		"two in five":          func() func(int) bool { return masked("00101") },
		"two a moment":         func() func(int) bool { return limiter(2, 50*time.Millisecond) },
		"three a moment":       func() func(int) bool { return limiter(3, 50*time.Millisecond) },
		"three a second":       func() func(int) bool { return limiter(3, time.Second) },
	} {
		for _, atHello := range []bool{false, true} {
			here := startPeer(t, "127.0.0.1", flaky(right, atHello, dies()))
			c, d, _ := deepen(t, planFor(t, here.addr, "tls"))
			if got := accused(d); len(got) > 0 || strings.Contains(measured(c, d), "not-exposed") {
				t.Errorf("%s, at the hello %v: %v, %s", name, atHello, got, measured(c, d))
				for _, h := range c.Handshakes {
					t.Logf("  %s: %+v", h.Variant, h.End)
				}
			}
		}
	}
}

// TestDeepLostCell: a handshake that was lost is made again, and named where it is lost again.
func TestDeepLostCell(t *testing.T) {
	right := rsaServer(t)
	for name, test := range map[string]struct {
		dies func(*wire.ClientHello, int) bool
		want string
	}{
		"once":             {func(_ *wire.ClientHello, n int) bool { return n == 2 }, "strips"},
		"without EMS":      {func(h *wire.ClientHello, n int) bool { return n > 0 && !h.EMS }, "open: that handshake did not come so far"},
		"both first tries": {func(_ *wire.ClientHello, n int) bool { return n == 2 || n == 3 }, "strips"},
	} {
		var n atomic.Int32
		here := startPeer(t, "127.0.0.1", func(c net.Conn) {
			i := int(n.Add(1)) - 1
			s := &watching{Conn: c}
			hello := s.hello()
			if hello != nil && test.dies(hello, i) {
				rst(c)
				return
			}
			serveWireOn(c, s, right, nil)
		})
		c, d, made := deepen(t, planFor(t, here.addr, "tls"))
		if got := measured(c, d); !strings.Contains(got, test.want) || !strings.Contains(got, "strips") || made > 7 {
			t.Errorf("%s: %q with %d connections", name, got, made)
		}
	}
}

// A watching connection reads the hello before the server does.
type watching struct {
	net.Conn
	first []byte
}

func (w *watching) hello() *wire.ClientHello {
	w.first = readRecord(w.Conn)
	hello, err := wire.ParseClientHello(handshakeOf(w.first))
	if err != nil {
		return nil
	}
	return hello
}

func (w *watching) Read(b []byte) (int, error) {
	if len(w.first) > 0 {
		n := copy(b, w.first)
		w.first = w.first[n:]
		return n, nil
	}
	return w.Conn.Read(b)
}

// TestDeepNotExposedByCuts: servers that cut hellos off which they cannot serve, as Schannel does, are told from networks
// that lose them: hellos without TLS_DHE between them are answered.
func TestDeepNotExposedByCuts(t *testing.T) {
	noDHE := rsaServer(t)
	noDHE.Suites = []uint16{names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_128_CBC_SHA}
	cuts := func(c net.Conn) {
		s := &watching{Conn: c}
		if hello := s.hello(); hello == nil || !slices.Contains(hello.Suites, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256) {
			rst(c)
			return
		}
		serveWireOn(c, s, noDHE, nil)
	}
	checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", cuts).addr, "tls"), "not-exposed", 9)
	// A near miss: two hellos are lost, what follows is not.
	lost := flaky(rsaServer(t), true, func(n int) bool { return n == 1 || n == 2 })
	checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", lost).addr, "tls"), "strips", 9)
}

// TestDeepAddresses: the rule is measured at each address of a name, and told with the address. One that takes no TLS is named.
func TestDeepAddresses(t *testing.T) {
	right := rsaServer(t)
	wrong := right
	keeping(&wrong)
	for name, test := range map[string]struct {
		first, second func(net.Conn)
		want          []string
	}{
		"the second keeps": {serveWire(right, nil), serveWire(wrong, nil), []string{"dhe-leading-zero proven at 127.0.0.2", "stripped; at 127.0.0.1"}},
		"the first keeps":  {serveWire(wrong, nil), serveWire(right, nil), []string{"dhe-leading-zero proven at 127.0.0.1", "stripped; at 127.0.0.2"}},
		"both strip":       {serveWire(right, nil), serveWire(right, nil), []string{"stripped; at 127.0.0.1", "stripped; at 127.0.0.2"}},
		"one is mute":      {serveWire(right, nil), func(c net.Conn) { readRecord(c); rst(c) }, []string{"stripped; at 127.0.0.1", "open 127.0.0.2"}},
		"one is closed":    {serveWire(right, nil), nil, []string{"stripped; at 127.0.0.1", "gap 127.0.0.2"}},
	} {
		p, a, _ := twoAddresses(t, test.first, test.second)
		c, d, n := deepen(t, p)
		var got []string
		for _, f := range d.Findings {
			if f.Measured {
				got = append(got, f.Cause.Slug+" "+string(f.Sure)+" at "+strings.TrimSuffix(f.About.Server, ":"+portOf(a)))
			}
		}
		for _, says := range cause.Checked(c) {
			if strings.Contains(says, "are stripped") {
				_, at, _ := strings.Cut(says, "; at ")
				got = append(got, "stripped; at "+strings.TrimSuffix(at, ":"+portOf(a)))
			}
		}
		for _, g := range c.Gaps {
			if strings.Contains(g.What, "127.0.0.2:") {
				got = append(got, "gap 127.0.0.2")
			}
		}
		for _, q := range cause.Undecided(c) {
			if strings.HasSuffix(q.Ask, "; at 127.0.0.2:"+portOf(a)) {
				got = append(got, "open 127.0.0.2")
			}
		}
		if !slices.Equal(got, test.want) || n > 13 {
			t.Errorf("%s: %q with %d connections, want %q", name, got, n, test.want)
		}
	}
}

func portOf(p *peer) string { _, port, _ := net.SplitHostPort(p.addr.String()); return port }

// TestDeepSeveralMachines: one of two machines behind an address keeps the zeros and writes its generator as Schannel does.
// Each verdict is that of one of them; nothing is called right while one was not measured.
func TestDeepSeveralMachines(t *testing.T) {
	right := rsaServer(t)
	wrong := right
	keeping(&wrong)
	other := new(big.Int).Set(wire.FFDHEPrime(names.FFDHE3072))
	wrong.DH = &wire.DHGroup{P: other, G: big.NewInt(2)}
	proven, open := 0, 0
	const runs = 30
	for seed := range uint64(runs) {
		random := rand.New(rand.NewPCG(seed, 3))
		var mu sync.Mutex
		here := startPeer(t, "127.0.0.1", func(c net.Conn) {
			mu.Lock()
			second := random.IntN(2) == 0
			mu.Unlock()
			if second {
				serveWire(wrong, nil)(c)
				return
			}
			serveWire(right, nil)(c)
		})
		c, d, _ := deepen(t, planFor(t, here.addr, "tls"))
		list := accused(d)
		saw := slices.ContainsFunc(c.Forced("dhe"), func(h *fact.Handshake) bool { return h.SpeaksDHE() && h.Key.P.BitLen() == 3072 })
		switch {
		case slices.Contains(list, "dhe-leading-zero proven"):
			proven++
		case saw && len(cause.Undecided(c)) == 0:
			t.Errorf("seed %d: the other machine answered, and it says %q", seed, measured(c, d))
		case saw:
			open++
		}
		if slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, "dhe-public-value-short") }) {
			t.Errorf("seed %d: %v", seed, list)
		}
	}
	if t.Logf("%d proven, %d open of %d", proven, open, runs); proven < runs*2/3 {
		t.Errorf("%d proven, %d open of %d", proven, open, runs)
	}
}

// TestDeepAfterwards: TLS_DHE is to be taken away only where something is left, and that is named.
func TestDeepAfterwards(t *testing.T) {
	both := rsaServer(t)
	keeping(&both)
	only := both
	only.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA}
	preferred := both
	preferred.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
	for name, test := range map[string]struct {
		config     wire.ServerConfig
		as         string
		outcome    diagnose.Outcome
		afterwards string
		drop       bool
	}{
		"a client of today":                 {both, "modern", diagnose.AtRisk, "TLS_ECDHE_", true},
		"the client uses it":                {preferred, "legacy", diagnose.Intermittent, "TLS_ECDHE_", true},
		"the server has nothing else":       {only, "legacy", diagnose.Intermittent, "", false},
		"the client of today, only TLS_DHE": {only, "modern", diagnose.Unknown, "", false}, // why it fails is no question of --deep
	} {
		p := planFor(t, startPeer(t, "127.0.0.1", serveWire(test.config, nil)).addr, "tls")
		p.Profile, _ = client.ByID(test.as)
		_, d, n := deepen(t, p)
		i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Cause.Slug == "dhe-leading-zero" && f.Measured })
		if i < 0 {
			t.Errorf("%s: not found", name)
			continue
		}
		f := d.Findings[i]
		drops := false
		for _, ch := range f.Changes {
			drops = drops || ch.Kind == "drop-dhe"
		}
		if d.Outcome != test.outcome || !strings.HasPrefix(f.Args["afterwards"], test.afterwards) || (f.Args["afterwards"] == "") != (test.afterwards == "") || drops != test.drop || n > 8 {
			t.Errorf("%s: %s, afterwards %q, take it away: %v (%v), %d connections", name, d.Outcome, f.Args["afterwards"], drops, f.Changes, n)
		}
	}
}
