package live

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestVariantsOnTheWire: each experiment changes what it says, as the server sees it.
func TestVariantsOnTheWire(t *testing.T) {
	heard := make(chan *wire.ClientHello, 1)
	there := startPeer(t, "127.0.0.1", func(c net.Conn) {
		s := engine(t, wire.TLS13, func(config *wire.ServerConfig) {
			config.Choose = func(h *wire.ClientHello, _ *wire.ServerConfig) *wire.Refusal {
				heard <- h
				return &wire.Refusal{Alert: 80, Reason: "enough"}
			}
		})
		out, _ := s.Feed(readRecord(c))
		c.Write(out)
		fin(c)
	})
	p := planFor(t, there.addr, "https")
	c, prober := p.begin(t)
	if h := <-heard; h.ServerName != host || !slices.Equal(h.ALPN, []string{"h2", "http/1.1"}) {
		t.Errorf("the baseline sends %q, %q", h.ServerName, h.ALPN)
	}
	for _, test := range []struct {
		v     fact.Variant
		check func(*wire.ClientHello) bool
	}{
		{fact.Variant{Kind: fact.ServerName, Value: "none"}, func(h *wire.ClientHello) bool { return h.ServerName == "" }},
		{fact.Variant{Kind: fact.ServerName, Value: "x.test"}, func(h *wire.ClientHello) bool { return h.ServerName == "x.test" }},
		{fact.Variant{Kind: fact.Name, Value: "y.test"}, func(h *wire.ClientHello) bool { return h.ServerName == "y.test" }},
		{fact.Variant{Kind: fact.Name, Value: "127.0.0.1"}, func(h *wire.ClientHello) bool { return h.ServerName == "" }},
		{fact.Variant{Kind: fact.ALPN, Value: "none"}, func(h *wire.ClientHello) bool { return h.ALPN == nil }},
		{fact.Variant{Kind: fact.Version, Value: "TLS1.2"}, func(h *wire.ClientHello) bool { return h.Versions == nil && h.LegacyVersion == wire.TLS12 }},
		{fact.Variant{Kind: fact.HelloShape, Value: "small"}, func(h *wire.ClientHello) bool { return len(h.Raw) < 256 }},
		{fact.Variant{Kind: fact.Segment, Value: "536"}, func(h *wire.ClientHello) bool { return h.ServerName == host }},
	} {
		if !prober.Ask(t.Context(), c, test.v) {
			t.Errorf("%s: not made", test.v)
			continue
		}
		select {
		case h := <-heard:
			if !test.check(h) {
				t.Errorf("%s: %q, %d bytes, versions %x", test.v, h.ServerName, len(h.Raw), h.Versions)
			}
		default:
			t.Errorf("%s: no hello arrived", test.v)
		}
		if h := c.Tried(test.v); h == nil || h.End.Alert != 80 || h.Ref.Name != test.v.String() {
			t.Errorf("%s: %+v", test.v, h)
		}
	}
}

// TestExperimentsThatChangeNothing are noted and cost no connection.
func TestExperimentsThatChangeNothing(t *testing.T) {
	p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
	c, prober := p.begin(t)
	same := []fact.Variant{
		{Kind: fact.ServerName, Value: host}, {Kind: fact.Name, Value: host}, {Kind: fact.ALPN, Value: "none"}, {Kind: fact.Own, Value: "none"},
		{Kind: fact.Preamble, Value: "tls"}, {Kind: fact.Preamble, Value: "gopher"}, {Kind: fact.Segment, Value: "many"},
		{Kind: fact.Silence, Value: "long"}, {Kind: fact.Address, Value: "nowhere"}, {Kind: fact.Version, Value: "TLS7"},
	}
	if n := prober.AskAll(t.Context(), c, same); n != 0 || !slices.Equal(c.Same, same) || prober.Connections() != 1 {
		t.Errorf("%d made, same %v, %d connections", n, c.Same, prober.Connections())
	}
}

// TestServerNameOfTheQuestion: --sni changes only what is sent, not what is verified.
func TestServerNameOfTheQuestion(t *testing.T) {
	for sni, want := range map[string]string{"": host, "none": "", "other.test": "other.test"} {
		p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
		p.question.SNI = sni
		c, prober := p.begin(t)
		if h := only(t, c); h.Client.ServerName != want || !h.Completed() {
			t.Errorf("--sni %q sends %q; %+v", sni, h.Client.ServerName, h.Verdict)
		}
		// Another name is another name, whatever --sni said.
		prober.Ask(t.Context(), c, fact.Variant{Kind: fact.Name, Value: "x.test"})
		if h := c.Handshakes[1]; h.Client.ServerName != "x.test" || h.Verdict.Find(fact.NameMismatch) == nil {
			t.Errorf("name x.test sends %q; %+v", h.Client.ServerName, h.Verdict)
		}
	}
}

// TestPreambleVariants: another way to begin, on the same port.
func TestPreambleVariants(t *testing.T) {
	proxied := startPeer(t, "127.0.0.1", func(c net.Conn) {
		if _, err := preamble.ReadProxyHeader(context.Background(), c); err == nil {
			healthy(t)(c)
		}
	})
	for _, test := range []struct {
		protocol, value string
		there           *peer
		reads           string
	}{
		{"tls", "proxy-header", proxied, "tls"},
		{"mysql", "tls", startPeer(t, "127.0.0.1", healthy(t)), "tls"},
		{"tls", "postgres", startPeer(t, "127.0.0.1", afterPreamble(t, "postgres", healthy(t))), "postgres"},
		{"tls", "mysql", startPeer(t, "127.0.0.1", afterPreamble(t, "mysql", healthy(t))), "mysql"},
	} {
		p := planFor(t, test.there.addr, test.protocol)
		c := &fact.Case{Question: p.question}
		prober := New(p.question, p.Settings)
		prober.resolve(t.Context(), c)
		if !prober.Ask(t.Context(), c, fact.Variant{Kind: fact.Preamble, Value: test.value}) {
			t.Errorf("%s as %s: not made", test.protocol, test.value)
			continue
		}
		if h := only(t, c); !h.Completed() || h.Protocol != test.reads || h.Verdict == nil {
			t.Errorf("%s as %s: read as %s: %+v", test.protocol, test.value, h.Protocol, h.End)
		}
	}
}

// TestSilenceExperiment: to say nothing tells who speaks or hangs up first, and a peer that waits is no silent peer.
func TestSilenceExperiment(t *testing.T) {
	for _, test := range []struct {
		name  string
		serve func(net.Conn)
		how   fact.How
	}{
		{"waits", hold, fact.EndTimeout},
		{"hangs up", fin, fact.EndClosed},
		{"speaks", saying("220 ready\r\n", hold), fact.EndNotTLS},
	} {
		p := planFor(t, startPeer(t, "127.0.0.1", test.serve).addr, "tls")
		c := &fact.Case{Question: p.question}
		prober := New(p.question, p.Settings)
		prober.resolve(t.Context(), c)
		prober.Ask(t.Context(), c, fact.Variant{Kind: fact.Silence, Value: "100ms"})
		h := only(t, c)
		if h.End.How != test.how || h.End.After != "preamble" || h.Client != nil || prober.Quiet() {
			t.Errorf("%s: %+v, quiet %v", test.name, h.End, prober.Quiet())
		}
	}
}

// TestQuiet: after one silence the rest waits less, side by side, in order.
func TestQuiet(t *testing.T) {
	t.Parallel()
	p := planFor(t, startPeer(t, "127.0.0.1", hold).addr, "tls")
	p.Timeout = patience / 4
	c, prober := p.begin(t)
	if !prober.Quiet() || prober.timeout() > p.Timeout {
		t.Errorf("quiet %v, time-out %v", prober.Quiet(), prober.timeout())
	}
	var variants []fact.Variant
	for i := range 11 {
		variants = append(variants, fact.Variant{Kind: fact.ServerName, Value: fmt.Sprintf("n%d.test", i)})
	}
	finish(t, func() { prober.AskAll(t.Context(), c, variants) })
	for i, h := range c.Handshakes[1:] {
		if h.Variant != variants[i] || h.End.How != fact.EndTimeout || h.Ref.At != fmt.Sprintf("experiment %d", i+2) {
			t.Errorf("%d: %s %s %+v", i, h.Ref.At, h.Variant, h.End)
		}
	}
	if n := atOnce(prober.Tapes()[1:]); n < 2 || n > 8 {
		t.Errorf("%d connections at the same time", n)
	}
	long := New(p.question, Settings{Timeout: time.Hour})
	if long.quiet.Store(true); long.timeout() != silenced {
		t.Errorf("waits %v", long.timeout())
	}
}

// atOnce is how many of the connections stood at the same time.
func atOnce(tapes []Tape) (most int) {
	for _, a := range tapes {
		n := 0
		for _, b := range tapes {
			if from := b.Transcript.Start; !from.After(a.Transcript.Start) && from.Add(b.Took).After(a.Transcript.Start) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// TestTooLateIsAGap: an experiment that the end of the run cut off is no evidence of silence.
func TestTooLateIsAGap(t *testing.T) {
	p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
	c, prober := p.begin(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	prober.AskAll(ctx, c, []fact.Variant{{Kind: fact.ServerName, Value: "none"}, {Kind: fact.Repeat, Value: "2"}, {Kind: fact.Version, Value: "TLS1.2"}})
	if len(c.Handshakes) != 1 || len(c.Gaps) != 1 || c.Gaps[0].What != "the experiment sni none and 2 more" || prober.Quiet() {
		t.Errorf("%d handshakes, gaps %+v", len(c.Handshakes), c.Gaps)
	}
	c = &fact.Case{}
	finish(t, func() { New(p.question, p.Settings).Begin(ctx, c) })
	if len(c.Handshakes) != 1 || c.First() == nil {
		t.Errorf("the baseline is told even when there was no time: %+v", c)
	}
}

// TestInterrupted: who stops the run does not wait, and what was not seen is not told as silence.
func TestInterrupted(t *testing.T) {
	accepted := make(chan bool, 1)
	p := planFor(t, startPeer(t, "127.0.0.1", func(c net.Conn) { accepted <- true; hold(c) }).addr, "tls")
	p.Timeout = 2 * hung
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-accepted; cancel() }()
	c := &fact.Case{}
	finish(t, func() { New(p.question, p.Settings).Begin(ctx, c) })
	if e := only(t, c).End; e.How != fact.EndLocal || e.Reason != "interrupted" || e.By != wire.ClientSide {
		t.Errorf("%+v", e)
	}
	c = &fact.Case{}
	New(p.question, p.Settings).Begin(ctx, c)
	if e := only(t, c).End; e.How != fact.EndLocal || e.After != "tcp" {
		t.Errorf("%+v", e)
	}
}

// TestVerdictOfTheClient: the chain is judged as the profile does, with the name, the roots and the clock given.
func TestVerdictOfTheClient(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*plan)
		want   fact.ProblemKind
	}{
		{"fine", func(*plan) {}, ""},
		{"other name", func(p *plan) { p.question.Host = "other.test" }, fact.NameMismatch},
		{"address as name", func(p *plan) { p.question.Host = "127.0.0.1" }, fact.NameIsIP},
		{"no roots", func(p *plan) { p.Roots = func() trust.Roots { return trust.Roots{} } }, fact.NoAnchors},
		{"later", func(p *plan) { p.Now = func() time.Time { return time.Now().AddDate(1, 0, 0) } }, fact.LeafExpired},
		{"earlier", func(p *plan) { p.Now = func() time.Time { return time.Now().AddDate(-1, 0, 0) } }, fact.LeafNotYetValid},
	} {
		p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
		test.change(&p)
		c, _ := p.begin(t)
		h := only(t, c)
		if h.Verdict == nil || h.Completed() != (test.want == "") || test.want != "" && h.Verdict.Find(test.want) == nil {
			t.Errorf("%s: %+v", test.name, h.Verdict)
		}
	}
}

// TestLimitsOfTheClient: what the profile refuses during the handshake ends it on our side, with its reason.
func TestLimitsOfTheClient(t *testing.T) {
	config := goServer(t)
	config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	p := planFor(t, startPeer(t, "127.0.0.1", func(c net.Conn) { tls.Server(c, config).Handshake() }).addr, "tls")
	p.Profile, _ = client.ByID("openssl3")
	c, _ := p.begin(t)
	if e := only(t, c).End; e.How != fact.EndLocal || e.By != wire.ClientSide || e.Reason != "weak-signature" || !strings.Contains(e.Detail, "ServerKeyExchange") {
		t.Errorf("%+v", e)
	}
}

// TestProgressIsTold names each experiment while it runs.
func TestProgressIsTold(t *testing.T) {
	var lines []string
	p := planFor(t, startPeer(t, "127.0.0.1", healthy(t)).addr, "tls")
	p.Tell = func(s string) { lines = append(lines, s) }
	c, prober := p.begin(t)
	prober.Ask(t.Context(), c, fact.Variant{Kind: fact.ServerName, Value: "none"})
	if !slices.Equal(lines, []string{"baseline", "sni none"}) {
		t.Errorf("%q", lines)
	}
}
