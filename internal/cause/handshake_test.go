package cause

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// opened is a case with one unchanged handshake that ended like this.
func opened(protocol string, h fact.Handshake) *fact.Case {
	h.Ref, h.Protocol, h.Finished = fact.Ref{Kind: "live", At: "experiment 1"}, protocol, fact.No
	return &fact.Case{Question: fact.Question{Host: "www.shop.test", Protocol: protocol, Port: 443}, Handshakes: []fact.Handshake{h}}
}

// current is a hello of today of a size in bytes; below TLS 1.3 it has no supported_versions.
func current(size int) *wire.ClientHello {
	return &wire.ClientHello{Raw: make([]byte, size), LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12},
		Suites: []uint16{0x1301, 0xc02f}, Groups: []uint16{29, 23}, Signatures: []uint16{0x0804, 0x0401}, EMS: true, Renegotiation: true,
		ServerName: "www.shop.test"}
}

func ended(how fact.How, code uint8) fact.End {
	by := wire.ServerSide
	if how == fact.EndTimeout {
		by = wire.Nobody
	}
	return fact.End{By: by, How: how, After: "ClientHello", Alert: code}
}

// asked adds up what the whole catalogue asks for, as the loop does.
func asked(c *fact.Case) map[string]int {
	sum := map[string]int{}
	for _, card := range All() {
		for _, m := range matched(card, c) {
			for _, a := range m.Asks {
				sum[a.Variant.String()] += a.Weight
			}
		}
	}
	return sum
}

func heaviest(sum map[string]int) string {
	best := ""
	for v, w := range sum {
		if best == "" || w > sum[best] || w == sum[best] && v < best {
			best = v
		}
	}
	return best
}

// TestFirstExperiment: the clue decides what is tried first (the order of the design: alert code, close or silence,
// size of the hello, port).
func TestFirstExperiment(t *testing.T) {
	old := &wire.ClientHello{LegacyVersion: wire.TLS12, Suites: []uint16{0xc02f}, ServerName: "www.shop.test"}
	for name, row := range map[string]struct {
		protocol string
		hello    *wire.ClientHello
		end      fact.End
		want     string
	}{
		"protocol_version":              {"https", current(230), ended(fact.EndAlert, 70), "versions old"},
		"protocol_version, old client":  {"https", old, ended(fact.EndAlert, 70), "versions new"},
		"handshake_failure":             {"https", current(230), ended(fact.EndAlert, 40), "wide all"},
		"insufficient_security":         {"https", current(230), ended(fact.EndAlert, 71), "wide all"},
		"closed, large hello":           {"https", current(1500), ended(fact.EndClosed, 0), "hello one-segment"},
		"closed by SQL Server":          {"mssql", current(1500), ended(fact.EndReset, 0), "wide all"},
		"closed, hello of 300 bytes":    {"https", current(300), ended(fact.EndClosed, 0), "hello padded"},
		"silent, large hello":           {"https", current(1500), ended(fact.EndTimeout, 0), "hello one-segment"},
		"internal_error":                {"https", current(230), ended(fact.EndAlert, 80), "wide all"},
		"unrecognized_name, name known": {"https", current(230), ended(fact.EndAlert, 112), ""},
		"no_application_protocol":       {"https", current(230), ended(fact.EndAlert, 120), ""},
		"inappropriate_fallback":        {"https", current(230), ended(fact.EndAlert, 86), ""},
	} {
		h := fact.Handshake{Client: row.hello, End: row.end}
		if row.protocol == "mssql" {
			h.Said = &fact.Said{TLS: fact.Yes}
		}
		if got := heaviest(asked(opened(row.protocol, h))); got != row.want {
			t.Errorf("%s: first %q, want %q", name, got, row.want)
		}
	}
}

// TestSilenceAsksAtOnce: with a silent peer all experiments run side by side, so none may wait for another.
func TestSilenceAsksAtOnce(t *testing.T) {
	sum := asked(opened("https", fact.Handshake{Client: current(1500), End: ended(fact.EndTimeout, 0)}))
	for _, v := range []string{"hello one-segment", "version TLS1.2", "wide all", "mss 536", "sni none", "hello plain", "preamble proxy-header"} {
		if sum[v] == 0 {
			t.Errorf("%s is not asked for: %v", v, sum)
		}
	}
	if len(sum) > 11 {
		t.Errorf("more than the budget of 12 connections: %v", sum)
	}
}

// TestBudget: a peer that ends every handshake the same way is given up on within 12 connections, and the residual
// cause is what is left.
func TestBudget(t *testing.T) {
	for _, end := range []fact.End{ended(fact.EndClosed, 0), ended(fact.EndReset, 0), ended(fact.EndAlert, 40), ended(fact.EndAlert, 80), ended(fact.EndTimeout, 0)} {
		for _, size := range []int{230, 300, 1500} {
			c := opened("https", fact.Handshake{Client: current(size), End: end})
			for v := heaviest(asked(c)); v != ""; v = heaviest(asked(c)) {
				c.Handshakes = append(c.Handshakes, sameEnd(c, v, end))
				if len(c.Handshakes) > 12 {
					t.Fatalf("%v, %d bytes: still asks %v", end, size, asked(c))
				}
			}
			left := remaining(c)
			if (end.How == fact.EndAlert && end.Alert == 40) != (len(left) == 0) {
				t.Errorf("%v, %d bytes: %v is left after %d connections", end, size, left, len(c.Handshakes))
			}
		}
	}
}

// sameEnd is the experiment that changes nothing. Without a word of ours a peer that hears waits.
func sameEnd(c *fact.Case, variant string, end fact.End) fact.Handshake {
	h := c.Handshakes[0]
	h.Ref.At = fmt.Sprintf("experiment %d", len(c.Handshakes)+1)
	for _, card := range All() {
		for _, m := range matched(card, c) {
			for _, a := range m.Asks {
				if a.Variant.String() == variant {
					h.Variant = a.Variant
				}
			}
		}
	}
	h.End = end
	if h.Variant == sayNothing {
		h.Client, h.End = nil, fact.End{How: fact.EndTimeout, After: "preamble"}
	}
	return h
}

func remaining(c *fact.Case) []string {
	var all []string
	for _, card := range All() {
		if len(matched(card, c)) > 0 {
			all = append(all, card.Slug)
		}
	}
	return all
}

// TestMixedProvesNothing: where unchanged handshakes fail and succeed by turns no experiment is asked for and none
// counts; the residual cause carries the rate.
func TestMixedProvesNothing(t *testing.T) {
	for _, row := range []struct{ slug, file string }{
		{"no-shared-cipher", "fires"}, {"no-shared-group", "fires"}, {"server-too-old", "fires"}, {"version-intolerant-server", "fires"},
		{"large-hello-dropped", "fires"}, {"hello-length-intolerance", "fires"}, {"firewall-resets-handshake", "fires"},
		{"path-mtu-blackhole", "fires"}, {"proxy-header-mismatch", "fires"}, {"implicit-tls-required", "fires"},
		{"not-this-protocol", "fires-postgres"}, {"starttls-required", "fires-direct"}, {"crypto-policy", "fires"},
	} {
		fires, _ := readCases(t, row.slug)
		c := fires[row.file+".json"]
		good := c.Handshakes[0]
		good.Variant, good.Finished = fact.Variant{Kind: fact.Repeat, Value: "2"}, fact.Yes
		good.End = fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "client Finished"}
		c.Handshakes = append(c.Handshakes, good)
		if !c.Mixed() {
			t.Fatalf("%s: not mixed", row.slug)
		}
		if ms := bySlug(t, row.slug).Match(c); len(ms) > 0 {
			t.Errorf("%s: %v", row.slug, briefs(ms))
		}
	}
	fires, _ := readCases(t, "closed-after-hello")
	if m := closedAfterHello.Match(fires["fires-sometimes.json"])[0]; m.Args["k"] != "1" || m.Args["n"] != "3" {
		t.Errorf("rate %s of %s, want 1 of 3", m.Args["k"], m.Args["n"])
	}
}

// TestMissing reads what an answer uses and the hello lacks. The suites are those of the IANA registry: 0xc02b and
// 0xc02f differ in the type of key alone, 0x009d is RSA key exchange.
func TestMissing(t *testing.T) {
	answer := func(version, suite uint16) *fact.Handshake {
		return &fact.Handshake{Server: &wire.ServerHello{Version: version, Suite: suite}}
	}
	key := func(h *fact.Handshake, group, scheme uint16) *fact.Handshake {
		h.Key = &wire.ServerKeyExchange{Kind: "ECDHE", Group: group, Scheme: scheme}
		return h
	}
	for name, row := range map[string]struct {
		answer *fact.Handshake
		want   missing
	}{
		"no answer":                         {&fact.Handshake{}, missing{}},
		"older":                             {answer(wire.TLS10, 0xc02f), missing{older: true}},
		"suite":                             {answer(wire.TLS12, 0x009d), missing{suite: true}},
		"key type":                          {answer(wire.TLS12, 0xc02b), missing{keyType: true}},
		"group":                             {key(answer(wire.TLS12, 0xc02f), 25, 0x0804), missing{group: true}},
		"scheme":                            {key(answer(wire.TLS12, 0xc02f), 23, 0x0201), missing{signature: true}},
		"nothing":                           {answer(wire.TLS13, 0x1301), missing{signature: true}},
		"two of them":                       {key(answer(wire.TLS12, 0x009d), 25, 0), missing{suite: true, group: true}},
		"curve of the certificate, TLS 1.2": {onCurve(key(answer(wire.TLS12, 0xc02f), 23, 0x0804), 521), missing{group: true}},
		"curve of the certificate, TLS 1.3": {onCurve(answer(wire.TLS13, 0x1301), 521), missing{signature: true}},
		"retry": {&fact.Handshake{Retry: &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301, Share: &wire.KeyShare{Group: 25}}},
			missing{group: true}},
	} {
		if got := missingIn(opened("https", fact.Handshake{Client: current(230)}), row.answer); got != row.want {
			t.Errorf("%s: got %+v, want %+v", name, got, row.want)
		}
	}
	newer := &wire.ClientHello{LegacyVersion: wire.TLS12, Suites: []uint16{0xc02f}}
	if got := missingIn(opened("https", fact.Handshake{Client: newer}), answer(wire.TLS13, 0x1301)); !got.newer || !got.suite || !got.ems {
		t.Errorf("a newer version hides the rest: %+v", got)
	}
}

// onCurve gives a handshake a server certificate with an ECDSA key of so many bits.
func onCurve(h *fact.Handshake, bits int) *fact.Handshake {
	h.Chain = &fact.Chain{Certificates: []fact.Certificate{{KeyType: "ECDSA", KeyBits: bits}}}
	return h
}

// TestVersionWasNotTheReason: a server that takes the client's own version once another list is longer is not too new
// for it, though newer versions get round the fault as well.
func TestVersionWasNotTheReason(t *testing.T) {
	old := &wire.ClientHello{LegacyVersion: wire.TLS12, Suites: []uint16{0xc02b}, Groups: []uint16{29, 23}, Signatures: []uint16{0x0403}}
	c := opened("https", fact.Handshake{Client: old, End: ended(fact.EndAlert, 40)})
	in13 := fact.Handshake{Client: current(230), Server: &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301}, Variant: newerVersions}
	in12 := onCurve(&fact.Handshake{Client: old, Server: &wire.ServerHello{Version: wire.TLS12, Suite: 0xc02b}, Variant: allGroups}, 521)
	all := in13
	all.Variant = wide
	c.Handshakes = append(c.Handshakes, all, in13)
	if got := remaining(c); !slices.Contains(got, "client-too-old") {
		t.Fatalf("before the groups were tried: %v", got)
	}
	c.Handshakes = append(c.Handshakes, *in12)
	if got := remaining(c); slices.Contains(got, "client-too-old") || !slices.Contains(got, "no-shared-group") {
		t.Errorf("TLS 1.2 was taken with another group: %v", got)
	}
}

// TestBestSuite: sound suites of the right key type before others, TLS 1.3's last among the sound.
func TestBestSuite(t *testing.T) {
	for _, row := range []struct {
		list []uint16
		auth string
		want string
	}{
		{[]uint16{0x1301, 0xc013, 0xc02b, 0xc02f}, "RSA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
		{[]uint16{0x1301, 0xc013, 0xc02b, 0xc02f}, "", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
		{[]uint16{0x1301, 0xc013}, "ECDSA", "TLS_AES_128_GCM_SHA256"},
		{[]uint16{0x000a}, "RSA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
		{[]uint16{0x5600, 0x0a0a}, "", ""},
	} {
		if got, _ := bestSuite(row.list, row.auth); got.Name != row.want {
			t.Errorf("%x for %s: %s, want %s", row.list, row.auth, got.Name, row.want)
		}
	}
}

// TestUsableSuites: what a client offers in versions that it does not offer, or that the server does not take, is no suite in
// common (RFC 8446 §B.4: those of TLS 1.3 are for TLS 1.3 alone).
func TestUsableSuites(t *testing.T) {
	in := func(version uint16) *fact.Handshake {
		return &fact.Handshake{Server: &wire.ServerHello{Version: version, Suite: 0x1301}}
	}
	capped := &wire.ClientHello{LegacyVersion: wire.TLS12, Suites: []uint16{0x1301, 0xc02b}}
	both := &wire.ClientHello{LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12}, Suites: []uint16{0x1301, 0xc02b}}
	for name, row := range map[string]struct {
		hello  *wire.ClientHello
		answer *fact.Handshake
		want   []uint16
	}{
		"capped, not answered":     {capped, nil, []uint16{0xc02b}},
		"capped, answered in 1.2":  {capped, in(wire.TLS12), []uint16{0xc02b}},
		"capped, answered in 1.3":  {capped, in(wire.TLS13), nil},
		"both, a server of 1.2":    {both, in(wire.TLS12), []uint16{0xc02b}},
		"both, a server of 1.3":    {both, in(wire.TLS13), []uint16{0x1301}},
		"both, nobody answered":    {both, nil, []uint16{0x1301, 0xc02b}},
		"both, a server of TLS1.0": {both, in(wire.TLS10), nil},
	} {
		if got := usableSuites(row.hello, row.answer); !slices.Equal(got, row.want) {
			t.Errorf("%s: %x, want %x", name, got, row.want)
		}
	}
}

// TestClientTooOldClaims: only what was asked is said. A server that answers in TLS 1.3 may take TLS 1.2 as well.
func TestClientTooOldClaims(t *testing.T) {
	old := &wire.ClientHello{LegacyVersion: wire.TLS11, Suites: []uint16{0xc013}}
	tls12 := fact.Variant{Kind: fact.Versions, Value: "TLS1.2"}
	in := func(version uint16) fact.Handshake {
		return fact.Handshake{Client: old, Server: &wire.ServerHello{Version: version}}
	}
	for name, row := range map[string]struct {
		between []fact.Handshake
		verdict string
		wanted  []string
	}{
		"TLS 1.2 not asked": {nil, "does not take it; it takes TLS1.3", []string{"TLS1.2", "TLS1.3"}},
		"TLS 1.2 taken":     {[]fact.Handshake{in(wire.TLS12)}, "does not take it; it takes TLS1.2 and TLS1.3", []string{"TLS1.2"}},
		"TLS 1.2 refused": {[]fact.Handshake{{Client: old, End: ended(fact.EndAlert, 70)}},
			"does not take it, nor TLS1.2; it takes TLS1.3", []string{"TLS1.3"}},
	} {
		c := opened("https", fact.Handshake{Client: old, End: ended(fact.EndAlert, 70)})
		newest := in(wire.TLS13)
		newest.Variant = newerVersions
		c.Handshakes = append(c.Handshakes, newest)
		for _, h := range row.between {
			h.Variant = tls12
			c.Handshakes = append(c.Handshakes, h)
		}
		m := clientTooOld.Match(c)
		if len(m) != 1 || m[0].Args["verdict"] != row.verdict {
			t.Fatalf("%s: %+v", name, m)
		}
		var wanted []string
		for _, ch := range m[0].Changes {
			if ch.Kind == change.OfferVersion && ch.Side == change.Client {
				wanted = append(wanted, ch.Args["version"])
			}
		}
		if !slices.Equal(wanted, row.wanted) {
			t.Errorf("%s: advised %v, want %v", name, wanted, row.wanted)
		}
	}
}

// TestAttempted: a change that was tried is marked, one that did not help is left out unless nothing else is advised.
func TestAttempted(t *testing.T) {
	c := opened("https", fact.Handshake{Client: current(230), End: ended(fact.EndAlert, 40)})
	good, bad := change.New(change.OfferSuite, change.Client, "suite", "TLS_RSA_WITH_AES_128_CBC_SHA"), change.New(change.OfferGroup, change.Client, "group", "P-521")
	server := change.New(change.OfferSuite, change.Server, "suite", "TLS_RSA_WITH_AES_128_CBC_SHA")
	c.Handshakes = append(c.Handshakes,
		fact.Handshake{Ref: fact.Ref{At: "experiment 7"}, Client: current(230), Server: &wire.ServerHello{Version: wire.TLS12}, Finished: fact.Yes,
			End: fact.End{How: fact.EndCompleted}, Variant: fact.Variant{Kind: fact.Suites, Value: "TLS_RSA_WITH_AES_128_CBC_SHA"}},
		fact.Handshake{Ref: fact.Ref{At: "experiment 8"}, Client: current(230), End: ended(fact.EndAlert, 40), Variant: fact.Variant{Kind: fact.Groups, Value: "P-521"}})
	got := Attempted(c, []change.Change{bad, server, good})
	if len(got) != 2 || got[0].Tried != "" || got[1].Tried != "experiment 7" || got[1].Still != "" {
		t.Errorf("%+v", got)
	}
	if got := Attempted(c, []change.Change{bad}); len(got) != 1 || got[0].Tried != "experiment 8" || got[0].Still == "" {
		t.Errorf("nothing else is advised: %+v", got)
	}
	for _, name := range []string{"", "one that this server is set up for", "*.example.test", "{name}"} {
		if v := Imitations(change.New(change.UseName, change.Client, "name", name)); len(v) > 0 {
			t.Errorf("%q is no name to connect to: %v", name, v)
		}
	}
	untried := change.New(change.OfferGroup, change.Client, "group", "P-384")
	if got := Attempted(c, []change.Change{untried}); len(got) != 1 || got[0].Tried != "" {
		t.Errorf("nobody tried it: %+v", got)
	}
}

// TestFittingScheme: no SHA-1, and of the key's kind.
func TestFittingScheme(t *testing.T) {
	list := []uint16{0x0201, 0x0403, 0x0807, 0x0804, 0x0401}
	for key, want := range map[string]string{"RSA": "rsa_pss_rsae_sha256", "ECDSA": "ecdsa_secp256r1_sha256", "": "ecdsa_secp256r1_sha256"} {
		if got := fittingScheme(list, key); got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
	}
}

// TestPaddedGenerator: 1034 bytes of ServerKeyExchange in KB4557473 are a generator as long as the prime.
func TestPaddedGenerator(t *testing.T) {
	p := new(big.Int).Lsh(big.NewInt(1), 2047)
	k := wire.ServerKeyExchange{Kind: "DHE", P: p, G: big.NewInt(2), PLen: 256, GLen: 256}
	if !paddedGenerator(&k) {
		t.Error("generator 2 in 256 bytes")
	}
	k.GLen = 1
	if paddedGenerator(&k) {
		t.Error("generator 2 in one byte")
	}
	if paddedGenerator(&wire.ServerKeyExchange{Kind: "DHE", P: big.NewInt(5), G: big.NewInt(2), PLen: 1, GLen: 1}) || paddedGenerator(nil) {
		t.Error("a prime of one byte tells nothing")
	}
}

// TestSparseCases puts every end, at every step, with whatever may be absent absent, before the whole catalogue:
// nothing panics, and what is found has proof, changes and all its arguments.
func TestSparseCases(t *testing.T) {
	hows := []fact.How{fact.EndRefused, fact.EndUnreachable, fact.EndTimeout, fact.EndClosed, fact.EndReset, fact.EndAlert, fact.EndNotTLS,
		fact.EndDeclined, fact.EndError, fact.EndLocal, fact.EndCompleted}
	afters := []string{"dns", "tcp", "preamble", "ClientHello", "HelloRetryRequest", "ServerHello", "Certificate", "ServerKeyExchange", "server Finished", "client Finished"}
	reasons := []string{"dh-too-small", "weak-signature", "version-too-low", "no-extended-master-secret", "no-secure-renegotiation",
		wire.ReasonUnofferedVersion, wire.ReasonUnofferedScheme, wire.ReasonBadSignature, wire.ReasonBadFinished, wire.ReasonDecode, wire.ReasonCannotComplete}
	for _, how := range hows {
		for _, after := range afters {
			for i := range 1 << 5 {
				c := sparse(i, fact.End{By: wire.ServerSide, How: how, After: after, Alert: 40, Reason: reasons[i%len(reasons)]})
				for _, card := range All() {
					for _, m := range matched(card, c) {
						checkMatch(t, card, m)
					}
				}
				if t.Failed() {
					t.Fatalf("%s after %s, %05b", how, after, i)
				}
			}
		}
	}
}

// sparse is a case in which each bit says whether a part is there.
func sparse(bits int, end fact.End) *fact.Case {
	h := fact.Handshake{End: end}
	if bits&1 != 0 {
		h.Client = current(1500)
	}
	if bits&2 != 0 {
		h.Server = &wire.ServerHello{Version: wire.TLS12, Suite: 0x009f}
	}
	if bits&4 != 0 {
		h.Key = &wire.ServerKeyExchange{Kind: "DHE", P: big.NewInt(23), G: big.NewInt(5), PLen: 1, GLen: 1, Scheme: 0x0201}
	}
	if bits&8 != 0 {
		h.Said = &fact.Said{Speaks: "tls-alert"}
	}
	protocol := []string{"https", "mysql"}[bits>>4&1]
	if end.How == fact.EndDeclined {
		protocol = "mysql" // TLS first cannot be declined
	}
	c := opened(protocol, h)
	flip := h
	flip.Ref, flip.Variant = fact.Ref{Kind: "live", At: "experiment 2"}, wide
	flip.Server = &wire.ServerHello{Version: wire.TLS12, Suite: 0xc02f}
	c.Handshakes = append(c.Handshakes, flip)
	return c
}

// TestOneOfTwo: what differs, and how bad it is.
func TestOneOfTwo(t *testing.T) {
	fires, near := readCases(t, "one-backend-differs")
	for file, want := range map[string]Level{"fires.json": Breaks, "fires-alert.json": Breaks, "fires-unreached.json": Weak, "fires-balancer.json": Breaks} {
		if d, ok := differing(fires[file]); !ok || d.level != want {
			t.Errorf("%s: %v %s, want %s", file, ok, d.level, want)
		}
	}
	c := near["near.json"]
	c.Handshakes[1].Chain.Certificates[0].SHA256 = "cc33"
	if d, ok := differing(c); !ok || d.level != Weak {
		t.Errorf("two certificates that both work: %v %s, want weak", ok, d.level)
	}
	slices.Reverse(c.Handshakes)
	if d, ok := differing(c); !ok || d.level != Weak {
		t.Errorf("in another order: %v %s", ok, d.level)
	}
}
