package cause

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var (
	serverOne = netip.MustParseAddrPort("192.0.2.1:443")
	serverTwo = netip.MustParseAddrPort("192.0.2.2:443")
)

// repeatedly is a folded handshake of --repeat: so many with an address, a suite and a certificate, that completed or broke
// after the client's Finished.
func repeatedly(n int, addr netip.AddrPort, suite uint16, certificate string, completed bool) fact.Handshake {
	h := fact.Handshake{Ref: fact.Ref{Kind: "live", At: "experiment 7"}, Protocol: "https", Variant: fact.Variant{Kind: fact.Repeat, Value: "7"},
		Path: []netip.AddrPort{{}, addr}, Client: &wire.ClientHello{}, Server: &wire.ServerHello{Version: wire.TLS12, Suite: suite},
		Chain:    &fact.Chain{Certificates: []fact.Certificate{{SHA256: certificate}}},
		Finished: fact.Yes, End: fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "server Finished"},
		Seen: fact.Seen{Count: n}, Again: &fact.Again{}}
	if !completed {
		h.Finished, h.End = fact.No, fact.End{By: wire.ServerSide, How: fact.EndReset, After: "client Finished"}
	}
	for i := range n {
		h.Again.Tenths[i%fact.Tenths]++
	}
	return h
}

// repeatedCase is what --repeat leaves of handshakes.
func repeatedCase(hs ...fact.Handshake) *fact.Case {
	c := &fact.Case{Question: fact.Question{Host: "db.example.test", Port: 443}, Handshakes: hs, Repeats: &fact.Repeats{FirstFailed: 31}}
	c.Handshakes[0].Variant = fact.Variant{}
	return c
}

const (
	dheSuite   = 0x009f
	ecdheSuite = 0xc030
)

// TestRepeatWords: the example of the issue, and the rule of three.
func TestRepeatWords(t *testing.T) {
	for _, test := range []struct {
		failed, worked int
		want           string
	}{
		{12, 388, "12 of 400 fail (3.0 %, 95 %: 1.7 to 5.2 %)"},
		{0, 100, "0 of 100 fail (95 %: below 1 in 33)"},
		{5, 1495, "5 of 1500 fail (0.33 %, 95 %: 0.14 to 0.78 %)"},
		{20, 0, "20 of 20 fail (100.0 %, 95 %: 83.9 to 100.0 %)"},
	} {
		var hs []fact.Handshake
		if test.worked > 0 {
			hs = append(hs, repeatedly(test.worked, serverOne, ecdheSuite, "aa", true))
		}
		if test.failed > 0 {
			hs = append(hs, repeatedly(test.failed, serverOne, ecdheSuite, "aa", false))
		}
		if r, ok := Repeat(repeatedCase(hs...)); !ok || r.Words() != test.want {
			t.Errorf("%q, want %q", r.Words(), test.want)
		}
	}
	if _, ok := Repeat(repeatedCase(repeatedly(1, serverOne, ecdheSuite, "aa", true))); ok {
		t.Error("one handshake has no rate")
	}
}

// TestRepeatLinks: what failures go together with is named, and nothing else is.
func TestRepeatLinks(t *testing.T) {
	good, bad := true, false
	late := repeatedly(20, serverOne, ecdheSuite, "aa", bad)
	late.Again.Tenths = [fact.Tenths]uint32{8: 20}
	near, far := repeatedly(300, serverOne, ecdheSuite, "aa", good), repeatedly(30, serverOne, ecdheSuite, "aa", bad)
	for i := range 300 {
		near.Again.Connect.Add(time.Duration(500+i) * time.Microsecond)
	}
	for range 30 {
		far.Again.Connect.Add(7 * time.Millisecond)
	}
	for _, test := range []struct {
		name string
		hs   []fact.Handshake
		want string // the first link, "" for none
	}{
		{"one address", []fact.Handshake{repeatedly(200, serverOne, ecdheSuite, "aa", good),
			repeatedly(188, serverTwo, ecdheSuite, "aa", good), repeatedly(12, serverTwo, ecdheSuite, "aa", bad)}, "address 192.0.2.2:443"},
		{"half of very many", []fact.Handshake{repeatedly(50000, serverOne, ecdheSuite, "aa", good), repeatedly(50000, serverTwo, ecdheSuite, "aa", bad)},
			"address 192.0.2.2:443"},
		{"both addresses", []fact.Handshake{repeatedly(194, serverOne, ecdheSuite, "aa", good), repeatedly(6, serverOne, ecdheSuite, "aa", bad),
			repeatedly(194, serverTwo, ecdheSuite, "aa", good), repeatedly(6, serverTwo, ecdheSuite, "aa", bad)}, ""},
		{"one certificate", []fact.Handshake{repeatedly(300, serverOne, ecdheSuite, "aa", good),
			repeatedly(70, serverOne, ecdheSuite, "bb", good), repeatedly(30, serverOne, ecdheSuite, "bb", bad)}, "certificate bb"},
		{"one suite", []fact.Handshake{repeatedly(1000, serverOne, ecdheSuite, "aa", good),
			repeatedly(990, serverOne, dheSuite, "aa", good), repeatedly(10, serverOne, dheSuite, "aa", bad)}, "suite TLS1.2 TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
		{"a moment", []fact.Handshake{repeatedly(380, serverOne, ecdheSuite, "aa", good), late}, "time 9th tenth of the run"},
		{"those that connect slowly", []fact.Handshake{near, far}, "time to connect more than 0.7 ms"}, // slots end at 0.1 ms times 2^(11/4)
		{"two of four", []fact.Handshake{repeatedly(2, serverOne, ecdheSuite, "aa", good), repeatedly(2, serverTwo, ecdheSuite, "aa", bad)}, ""},
	} {
		r, _ := Repeat(repeatedCase(test.hs...))
		got := ""
		if len(r.Links) > 0 {
			got = r.Links[0].What + " " + r.Links[0].Value
		}
		if got != test.want || len(r.Tested) == 0 {
			t.Errorf("%s: %q, want %q, tested %q: %+v", test.name, got, test.want, r.Tested, r.Links)
		}
		for _, l := range r.Links {
			if l.Enough < 2 || l.Enough > l.Made+l.OthersMade {
				t.Errorf("%s: %d handshakes show it", test.name, l.Enough)
			}
		}
	}
}

// TestRepeatSameHandshakes: where an address has a certificate of its own, the two are one link.
func TestRepeatSameHandshakes(t *testing.T) {
	r, _ := Repeat(repeatedCase(repeatedly(200, serverOne, ecdheSuite, "aa", true), repeatedly(180, serverTwo, ecdheSuite, "bb", true),
		repeatedly(20, serverTwo, ecdheSuite, "bb", false)))
	if len(r.Links) != 1 || len(r.Links[0].Same) != 1 || r.Links[0].Same[0] != (Value{"certificate", "bb"}) || len(r.Backends) != 2 {
		t.Errorf("%+v", r.Links)
	}
}

// TestChanceShowsNoLink: failures by chance alone, ten in a hundred, over two addresses, two certificates and ten moments,
// a thousand runs. A link is found in at most one of a hundred runs, as promised.
func TestChanceShowsNoLink(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 1000 {
		kinds := map[string]*fact.Handshake{}
		for i := range 200 {
			addr, certificate, works := []netip.AddrPort{serverOne, serverTwo}[i%2], []string{"aa", "bb"}[random.IntN(2)], random.Float64() >= 0.1
			key := fmt.Sprint(addr, certificate, works)
			if kinds[key] == nil {
				h := repeatedly(0, addr, ecdheSuite, certificate, works)
				kinds[key] = &h
			}
			kinds[key].Seen.Count++
			kinds[key].Again.Tenths[i/20]++
			kinds[key].Again.Connect.Add(time.Duration(random.IntN(5000)) * time.Microsecond)
		}
		c := &fact.Case{Repeats: &fact.Repeats{}}
		for _, h := range kinds {
			c.Handshakes = append(c.Handshakes, *h)
		}
		if r, _ := Repeat(c); len(r.Links) > 0 {
			found++
		}
	}
	if found > 10 {
		t.Errorf("a link in %d of 1000 runs of pure chance", found)
	}
}

// TestTicketKeys: keys that come again tell machines apart; starts that never do are no keys.
func TestTicketKeys(t *testing.T) {
	key := func(name string, made, failed int) fact.TicketKey {
		return fact.TicketKey{Addr: serverOne, Name: []byte(name), Made: made, Failed: failed}
	}
	var random []fact.TicketKey
	for i := range 64 {
		random = append(random, key(fmt.Sprintf("random number %02d", i), 1, 0))
	}
	for _, test := range []struct {
		name     string
		repeats  fact.Repeats
		machines int
		link     string
	}{
		{"two keys", fact.Repeats{Tickets: []fact.TicketKey{key("key of the first", 200, 0), key("key of the other", 200, 30)}}, 2, "ticket key"},
		{"one key", fact.Repeats{Tickets: []fact.TicketKey{key("key of the first", 400, 30)}}, 0, ""},
		{"no key", fact.Repeats{Tickets: random, Nameless: 336}, 0, ""},
		{"no key, one start came twice", fact.Repeats{Tickets: append([]fact.TicketKey{key("by chance", 2, 0)}, random...), Nameless: 300}, 0, ""},
	} {
		c := repeatedCase(repeatedly(370, serverOne, ecdheSuite, "aa", true), repeatedly(30, serverOne, ecdheSuite, "aa", false))
		c.Repeats = &test.repeats
		r, _ := Repeat(c)
		machines, link := 0, ""
		for _, b := range r.Backends {
			machines = len(b.List)
		}
		if len(r.Links) > 0 {
			link = r.Links[0].What
		}
		if machines != test.machines || link != test.link {
			t.Errorf("%s: %d machines, link %q", test.name, machines, link)
		}
	}
}

// TestRepeatedZeros: only failures after the client's Finished, with TLS_DHE, at a rate that 1 in 256 can be.
func TestRepeatedZeros(t *testing.T) {
	alert := repeatedly(1, serverOne, dheSuite, "aa", false)
	alert.End = fact.End{By: wire.ServerSide, How: fact.EndAlert, Alert: 40, After: "ClientHello"}
	for _, test := range []struct {
		name string
		hs   []fact.Handshake
		want Sure // "": no suspicion
	}{
		{"1 in 256", []fact.Handshake{repeatedly(6, serverOne, dheSuite, "aa", false), repeatedly(1494, serverOne, dheSuite, "aa", true)}, Likely},
		{"once", []fact.Handshake{repeatedly(1, serverOne, dheSuite, "aa", false), repeatedly(59, serverOne, dheSuite, "aa", true)}, Possible},
		{"1 in 25", []fact.Handshake{repeatedly(60, serverOne, dheSuite, "aa", false), repeatedly(1440, serverOne, dheSuite, "aa", true)}, ""},
		{"1 in 4000", []fact.Handshake{repeatedly(1, serverOne, dheSuite, "aa", false), repeatedly(3999, serverOne, dheSuite, "aa", true)}, ""},
		{"ECDHE", []fact.Handshake{repeatedly(6, serverOne, ecdheSuite, "aa", false), repeatedly(1494, serverOne, ecdheSuite, "aa", true)}, ""},
		{"one fails elsewhere", []fact.Handshake{repeatedly(6, serverOne, dheSuite, "aa", false), alert, repeatedly(1494, serverOne, dheSuite, "aa", true)}, ""},
		{"never", []fact.Handshake{repeatedly(1500, serverOne, dheSuite, "aa", true)}, ""},
	} {
		c := repeatedCase(test.hs...)
		r, _ := Repeat(c)
		ms := dheLeadingZero.Match(c)
		if r.Zeros != (test.want != "") || (len(ms) == 1) != (test.want != "") {
			t.Errorf("%s: %v, %d findings", test.name, r.Zeros, len(ms))
			continue
		}
		if test.want != "" && (ms[0].Sure != test.want || !strings.Contains(ms[0].Against[0].Says, "--deep")) {
			t.Errorf("%s: %+v", test.name, ms[0])
		}
		tried := fact.Handshake{Variant: fact.Forcing{What: "dhe", Zero: "secret", Rule: "stripped"}.Variant()}
		if c.Handshakes = append(c.Handshakes, tried); test.want != "" && len(repeatedZerosOf(c)) > 0 {
			t.Errorf("%s: --deep has spoken, and still a suspicion", test.name)
		}
	}
}

// repeatedZerosOf is the suspicion about the handshake to explain.
func repeatedZerosOf(c *fact.Case) []Match {
	if h := c.Base(); suspectZeros(c, h) {
		return []Match{repeatedZeros(c, h)}
	}
	return nil
}

// TestTurns: outcomes that take turns, that come in a row, and that follow each other by chance.
func TestTurns(t *testing.T) {
	order := func(pattern string, times int) fact.Order {
		o := fact.Order{Addr: serverOne}
		for _, x := range strings.Repeat(pattern, times) {
			o.Add(x == 'F')
		}
		return o
	}
	random, chancy := rand.New(rand.NewPCG(3, 4)), fact.Order{Addr: serverOne}
	for range 200 {
		chancy.Add(random.IntN(3) == 0)
	}
	for name, test := range map[string]struct {
		order fact.Order
		want  string
	}{
		"every third": {order("..F", 30), "regular"}, "in a row": {order(strings.Repeat(".", 60)+strings.Repeat("F", 30), 1), "row"},
		"by chance": {chancy, ""}, "none": {order(".", 100), ""}, "all": {order("F", 100), ""},
	} {
		got := ""
		if ts := turns([]fact.Order{test.order}); len(ts) > 0 {
			got = map[bool]string{true: "regular", false: "row"}[ts[0].Regular]
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestLinkedBackend: one address fails at times, the other never: both are named, with what they do.
func TestLinkedBackend(t *testing.T) {
	c := repeatedCase(repeatedly(200, serverOne, ecdheSuite, "aa", true), repeatedly(188, serverTwo, ecdheSuite, "aa", true), repeatedly(12, serverTwo, ecdheSuite, "aa", false))
	ms := oneBackendDiffers.Match(c)
	if len(ms) != 1 || ms[0].Sure != Likely || ms[0].Level != Breaks {
		t.Fatalf("%+v", ms)
	}
	if odd, rest := ms[0].Args["odd"], ms[0].Args["rest"]; !strings.HasPrefix(odd, "192.0.2.2:443: 12 of 200 fail (") || rest != "192.0.2.1:443: 0 of 200" {
		t.Errorf("%q; %q", odd, rest)
	}
	even := repeatedCase(repeatedly(194, serverOne, ecdheSuite, "aa", true), repeatedly(6, serverOne, ecdheSuite, "aa", false),
		repeatedly(194, serverTwo, ecdheSuite, "aa", true), repeatedly(6, serverTwo, ecdheSuite, "aa", false))
	if ms := oneBackendDiffers.Match(even); len(ms) > 0 {
		t.Errorf("both fail alike: %+v", ms[0].Args)
	}
	if k, n := rate(even, &even.Handshakes[1]); k != 6 || n != 200 {
		t.Errorf("a residual cause would say %d of %d", k, n)
	}
}

// TestTurningBackend: one of two machines behind an address closes before it shows anything. That outcomes take turns
// betrays it; where they follow each other by chance, nothing is said of machines.
func TestTurningBackend(t *testing.T) {
	for _, test := range []struct {
		stretches int
		want      bool
	}{{200, true}, {101, false}} { // of 100 failures among 200, chance makes 101 stretches
		bad := repeatedly(100, serverOne, ecdheSuite, "aa", false)
		bad.Server, bad.Chain, bad.End.After = nil, nil, "ClientHello"
		c := repeatedCase(repeatedly(100, serverOne, ecdheSuite, "aa", true), bad)
		c.Repeats.Orders = []fact.Order{{Addr: serverOne, Made: 200, Failed: 100, Stretches: test.stretches}}
		ms := oneBackendDiffers.Match(c)
		if (len(ms) == 1) != test.want {
			t.Errorf("%d stretches: %+v", test.stretches, ms)
			continue
		}
		if !test.want {
			continue
		}
		m := ms[0]
		if m.Sure != Likely || m.Level != Breaks || !strings.HasPrefix(m.Args["odd"], "192.0.2.1:443: 100 of 200 fail, taking turns") ||
			m.Args["rest"] != "the others work" || m.Changes[0].Args["address"] != "one of the machines behind 192.0.2.1:443" {
			t.Errorf("%+v", m)
		}
	}
}

// TestSpread: the median of known durations, within the width of a slot.
func TestSpread(t *testing.T) {
	var s, other fact.Spread
	for i := 1; i <= 50; i++ {
		s.Add(time.Duration(i) * time.Millisecond)
		other.Add(time.Duration(50+i) * time.Millisecond)
	}
	s.Merge(other)
	if m := s.Median(); m < 50*time.Millisecond || m > 60*time.Millisecond || s.Min != time.Millisecond || s.Max != 100*time.Millisecond || s.Count != 100 {
		t.Errorf("median %v, %v to %v, %d", m, s.Min, s.Max, s.Count)
	}
	var none fact.Spread
	none.Merge(fact.Spread{})
	if none.Median() != 0 || none.Count != 0 {
		t.Error("of nothing")
	}
}
