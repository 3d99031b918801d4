package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// examine serves clients under test over a protocol until the test ends.
func examine(t *testing.T, proto string) *Examination {
	t.Helper()
	x, err := Examine(context.Background(), newTestEnv(t), ExamineConfig{Protocol: *preamble.ByID(proto)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	return x
}

// ownClient is a client of ours that takes any certificate: DHE before TLS 1.3, and all of TLS 1.3's finite fields.
func ownClient(versions ...uint16) wire.ClientConfig {
	h := wire.Hello{
		Versions: versions, ServerName: "db.shop.test", EMS: true, Renegotiation: true,
		Suites:     []uint16{names.TLS_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA},
		Groups:     []uint16{names.X25519, names.FFDHE2048},
		Signatures: []uint16{names.RSAPSSRSAESHA256, names.RSAPKCS1SHA256, names.ECDSAP256SHA256},
	}
	if slices.Contains(versions, wire.TLS13) {
		h.Shares = []uint16{names.X25519}
	}
	return wire.ClientConfig{Hello: h}
}

// connect makes one connection of a client of ours to the examination and waits until it is noted.
func connect(t *testing.T, x *Examination, config wire.ClientConfig) error {
	t.Helper()
	p := x.config.Protocol
	tcp, err := net.Dial("tcp", x.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	tcp.SetDeadline(time.Now().Add(20 * time.Second))
	conn, _, err := p.Dial(context.Background(), tcp, preamble.Options{Host: "db.shop.test"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := wire.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	defer io.Copy(io.Discard, tcp) // it is noted before the other side closes
	defer tcp.(*net.TCPConn).CloseWrite()
	if _, err := conn.Write(c.Start()); err != nil {
		return err
	}
	for b := make([]byte, 16<<10); !c.Done(); {
		n, err := conn.Read(b)
		if err != nil {
			return err
		}
		out, err := c.Feed(b[:n])
		conn.Write(out)
		if err != nil {
			return err
		}
	}
	if u, ok := conn.(preamble.Unwrapper); ok {
		u.Unwrap()
	}
	conn.Write(c.Close())
	return nil
}

// answers waits for the only client's entry after n connections.
func answers(t *testing.T, x *Examination, n int) Examined {
	t.Helper()
	for range 1000 {
		x.mu.Lock()
		noted := 0
		for _, g := range x.clients {
			for _, h := range g.done {
				noted += h.Seen.Count
			}
		}
		x.mu.Unlock()
		if noted >= n {
			list := x.Clients()
			if len(list) != 1 {
				t.Fatalf("%d clients", len(list))
			}
			return list[0]
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("fewer than %d connections were noted", n)
	return Examined{}
}

// shownRule is the rule that the first answer to the first question shows.
func shownRule(e Examined) (fact.Forcing, *fact.Handshake) {
	h := &e.Case.Handshakes[0]
	f, _ := h.Variant.Forcing()
	return f, h
}

func keeping(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte { return secret }

func stripping(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte {
	return bytes.TrimLeft(secret, "\x00")
}

// One handshake tells the rule of RFC 5246 §8.1.2 from the defect of KB4557473, over every protocol, and the client
// does not fail by it.
func TestExamineTellsTheRuleInOneHandshake(t *testing.T) {
	for _, proto := range []string{"https", "mssql", "mysql", "postgres"} {
		for _, c := range []struct {
			rule string
			make func(string, []byte, *wire.ServerKeyExchange) []byte
		}{{fact.RuleStripped, nil}, {fact.RuleKept, keeping}} {
			t.Run(proto+"/"+c.rule, func(t *testing.T) {
				x := examine(t, proto)
				config := ownClient(wire.TLS12)
				config.Premaster = c.make
				if err := connect(t, x, config); err != nil {
					t.Fatalf("the client fails: %v", err)
				}
				e := answers(t, x, 1)
				f, h := shownRule(e)
				t.Log(row("own client: "+c.rule+", "+proto, e, cause.PictureOf(e.Case)))
				if f.What != fact.ClientDHE || f.Extra != "over2049" || f.Rule != c.rule || h.Finished != fact.Yes {
					t.Errorf("%s, finished %v, %s", h.Variant, h.Finished, h.End.Detail)
				}
			})
		}
	}
}

// A client that makes its keys by neither rule is found in two handshakes.
func TestExamineNeitherRule(t *testing.T) {
	x := examine(t, "https")
	config := ownClient(wire.TLS12)
	config.Premaster = func(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte { return append([]byte{7}, secret...) }
	for range 3 {
		connect(t, x, config)
	}
	e := answers(t, x, 3)
	for i, want := range []string{fact.ClientDHE, fact.ClientDHE, fact.ClientDHE} {
		f, _ := e.Case.Handshakes[i].Variant.Forcing()
		if f.What != want || f.Rule != "" {
			t.Errorf("connection %d: %s", i+1, e.Case.Handshakes[i].Variant)
		}
	}
	if f, _ := e.Case.Handshakes[2].Variant.Forcing(); f.Zero != "public" {
		t.Errorf("the third question is %v", f)
	}
}

// choosy makes a client refuse groups as products do: Java takes primes of a multiple of 64 bits only, others set a least size.
func choosy(fits func(bits int) bool) func(string, *wire.Flight) *wire.Refusal {
	return func(step string, f *wire.Flight) *wire.Refusal {
		if step == wire.StepServerKeyExchange && f.KeyExchange.P != nil && !fits(f.KeyExchange.P.BitLen()) {
			return &wire.Refusal{Alert: wire.AlertInternalError, Reason: "group"}
		}
		return nil
	}
}

func TestExamineGoesDownTheGroups(t *testing.T) {
	for name, c := range map[string]struct {
		fits func(int) bool
		want string
	}{
		"java":  {func(bits int) bool { return bits%64 == 0 }, "rep2048_127"},
		"large": {func(bits int) bool { return bits > 3000 }, "rep3072_127"},
		"4096":  {func(bits int) bool { return bits == 4096 }, "rep4096_127"},
	} {
		t.Run(name, func(t *testing.T) {
			x := examine(t, "https")
			config := ownClient(wire.TLS12)
			config.Premaster, config.Refuse = keeping, choosy(c.fits)
			for n := 1; n < 12; n++ {
				connect(t, x, config)
				for _, h := range answers(t, x, n).Case.Handshakes {
					if f, _ := h.Variant.Forcing(); f.Rule != "" {
						if f.Extra != c.want || f.Rule != fact.RuleKept {
							t.Errorf("%s", h.Variant)
						}
						return
					}
				}
			}
			t.Error("no group told the rule")
		})
	}
}

// TestExamineFiniteFieldsOfTLS13: the zeros must be kept (RFC 8446 §7.4.1); the answer of a client that strips them
// opens under its own keys alone, whether it is an alert or its Finished.
func TestExamineFiniteFieldsOfTLS13(t *testing.T) {
	for _, c := range []struct {
		rule     string
		make     func(string, []byte, *wire.ServerKeyExchange) []byte
		finished fact.Tri
	}{{fact.RuleKept, nil, fact.Yes}, {fact.RuleStripped, stripping, fact.No}} {
		t.Run(c.rule, func(t *testing.T) {
			x := examine(t, "https")
			config := ownClient(wire.TLS13)
			config.Premaster = c.make
			connect(t, x, config)
			f, h := shownRule(answers(t, x, 1))
			if f.What != fact.ClientFFDHE || f.Rule != c.rule || h.Finished != c.finished || h.Retry == nil {
				t.Errorf("%s, finished %v, %+v", h.Variant, h.Finished, h.End)
			}
			if c.rule == fact.RuleKept {
				return
			}
			for range 2 {
				connect(t, x, config)
			}
			e := answers(t, x, 3)
			for i, want := range []fact.Forcing{{What: fact.ClientFFDHE, Zero: "none", Extra: "ffdhe2048"}, {What: fact.ClientFFDHE, Zero: "secret", Form: fact.RuleStripped, Extra: "ffdhe2048"}} {
				f, _ := e.Case.Handshakes[i+1].Variant.Forcing()
				f.Rule = ""
				if !f.Same(want) || e.Case.Handshakes[i+1].Finished != fact.Yes {
					t.Errorf("%s: %+v", e.Case.Handshakes[i+1].Variant, e.Case.Handshakes[i+1].End)
				}
			}
		})
	}
}

// A client that breaks off when our value is shorter than the prime.
func TestExamineShortPublicValue(t *testing.T) {
	x := examine(t, "https")
	config := ownClient(wire.TLS12)
	config.Refuse = func(step string, f *wire.Flight) *wire.Refusal {
		if step == wire.StepServerKeyExchange && f.KeyExchange.YsLen < f.KeyExchange.PLen {
			return &wire.Refusal{Alert: wire.AlertIllegalParameter, Reason: "short"}
		}
		return nil
	}
	for range 6 {
		connect(t, x, config)
	}
	var short, padded, control []fact.Tri
	for _, h := range answers(t, x, 6).Case.Handshakes {
		switch f, _ := h.Variant.Forcing(); {
		case f.Form == "short":
			short = append(short, h.Finished)
			if h.Key.YsLen >= h.Key.PLen {
				t.Errorf("the value has %d of %d bytes", h.Key.YsLen, h.Key.PLen)
			}
		case f.Zero == "public":
			padded = append(padded, h.Finished)
			if h.Key.YsLen != h.Key.PLen || h.Key.Ys.BitLen() > 2040 {
				t.Errorf("the value has %d bits in %d bytes", h.Key.Ys.BitLen(), h.Key.YsLen)
			}
		case f.Zero == "none":
			control = append(control, h.Finished)
		}
	}
	if !slices.Equal(short, []fact.Tri{fact.No, fact.No, fact.No}) || !slices.Equal(padded, []fact.Tri{fact.Yes}) || !slices.Equal(control, []fact.Tri{fact.Yes}) {
		t.Errorf("short %v, padded %v, control %v", short, padded, control)
	}
}

// causesOf are the causes that match what a client showed, each with the side it blames.
func causesOf(e Examined) []string {
	var list []string
	for _, c := range cause.All() {
		if c.Match == nil {
			continue
		}
		for _, m := range c.Match(e.Case) {
			list = append(list, c.Slug+" "+m.Args["who"])
		}
	}
	return list
}

// What a hostile client sends as its value is named, and the examination goes on.
func TestExamineHostileValues(t *testing.T) {
	for name, value := range map[string]func(p *big.Int) *big.Int{
		"0":   func(*big.Int) *big.Int { return big.NewInt(0) },
		"1":   func(*big.Int) *big.Int { return big.NewInt(1) },
		"p-1": func(p *big.Int) *big.Int { return new(big.Int).Sub(p, big.NewInt(1)) },
		"p":   func(p *big.Int) *big.Int { return p },
	} {
		t.Run(name, func(t *testing.T) {
			x := examine(t, "https")
			config := ownClient(wire.TLS12)
			config.PublicValue = func(ske *wire.ServerKeyExchange, _ *big.Int) []byte {
				return value(ske.P).FillBytes(make([]byte, ske.PLen))
			}
			var alert *wire.PeerAlert
			if err := connect(t, x, config); !errors.As(err, &alert) || alert.Alert.Code != wire.AlertIllegalParameter {
				t.Errorf("the client met %v", err)
			}
			e := answers(t, x, 1)
			if _, h := shownRule(e); !h.Degenerate() {
				t.Errorf("%+v", h.End)
			}
			if found := causesOf(e); !slices.Contains(found, "peer-implementation-bug client") {
				t.Errorf("found %v", found)
			}
		})
	}
}

// Bytes that are no hello, silence and a hello without end are noted as a client without one, and cost nothing.
func TestExamineHostileStarts(t *testing.T) {
	huge := append([]byte{22, 3, 1, 0x40, 0}, append([]byte{1, 0xff, 0xff, 0xff}, make([]byte, 0x3ffc)...)...)
	for name, say := range map[string][]byte{
		"nothing": nil, "http": []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "a huge hello": huge, "an alert": {21, 3, 1, 0, 2, 2, 40},
	} {
		t.Run(name, func(t *testing.T) {
			x := examine(t, "https")
			c, err := net.Dial("tcp", x.Address())
			if err != nil {
				t.Fatal(err)
			}
			c.Write(say)
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
			c.Close()
			e := answers(t, x, 1)
			if e.Hello != nil || e.Case.Handshakes[0].Finished == fact.Yes || !e.Complete {
				t.Errorf("%+v", e.Case.Handshakes[0])
			}
		})
	}
}

// A flood of different clients ends at the limit; those known go on.
func TestExamineCrowd(t *testing.T) {
	x, told := examine(t, "https"), ""
	x.config.TurnedAway = func(limit, n int) { told += fmt.Sprint(limit, " ", n) }
	x.mu.Lock()
	for i := range maxClients {
		x.clients[clientKey{shape: uint64(i + 1)}] = &guestbook{number: i + 1}
	}
	x.mu.Unlock()
	if err := connect(t, x, ownClient(wire.TLS12)); err == nil {
		t.Error("the client was served")
	}
	if n := x.Refused(); n != 1 || told != fmt.Sprint(maxClients, " 1") {
		t.Errorf("%d turned away, told %q", n, told)
	}
}

// The rule is told in one handshake under every version that has TLS_DHE, with extended master secret and without.
func TestExamineTellsTheRuleInOldVersions(t *testing.T) {
	for _, version := range []uint16{wire.SSLv3, wire.TLS10, wire.TLS11, wire.TLS12} {
		for _, ems := range []bool{true, false} {
			t.Run(fmt.Sprint(names.Version(version), " ", ems), func(t *testing.T) {
				x := examine(t, "https")
				config := ownClient(version)
				config.Hello.EMS, config.Premaster = ems && version != wire.SSLv3, keeping
				if err := connect(t, x, config); err != nil {
					t.Fatalf("the client fails: %v", err)
				}
				if f, h := shownRule(answers(t, x, 1)); f.Extra != "over2049" || f.Rule != fact.RuleKept || h.Server.Version != version {
					t.Errorf("%s with %x", h.Variant, h.Server.Version)
				}
			})
		}
	}
}

// A client that takes the groups of RFC 7919 alone leaves the rule to chance: its picture is complete without it, and says why;
// the connection in which a secret starts with zeros tells it all the same.
func TestExamineWaitsForChance(t *testing.T) {
	x := examine(t, "https")
	config := ownClient(wire.TLS12)
	config.Premaster = keeping
	config.Refuse = func(step string, f *wire.Flight) *wire.Refusal {
		if step == wire.StepServerKeyExchange && f.KeyExchange.P.Cmp(wire.FFDHEPrime(names.FFDHE2048)) != 0 {
			return &wire.Refusal{Alert: wire.AlertIllegalParameter, Reason: "group"}
		}
		return nil
	}
	lucky := func(zero bool) func(*wire.ServerKeyExchange) *big.Int {
		return func(ske *wire.ServerKeyExchange) *big.Int { return secretWithZero(zero)(ske, ske.Ys) }
	}
	config.Exponent = lucky(false)
	n := 0
	for ; n < 60 && (n == 0 || !x.Clients()[0].Complete); n++ {
		connect(t, x, config)
	}
	if p := cause.PictureOf(answers(t, x, n).Case); p.Rule.Is != cause.Inconclusive || !strings.Contains(p.Rule.Why, "once in 256") {
		t.Errorf("after %d connections: %+v", n, p.Rule)
	}
	config.Exponent = lucky(true)
	connect(t, x, config)
	if p := cause.PictureOf(answers(t, x, n+1).Case); p.Rule.Is != cause.Keeps || p.Rule.With != "ffdhe2048" {
		t.Errorf("at last: %+v", p.Rule)
	}
}
