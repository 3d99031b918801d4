package live

import (
	"context"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// deepAllCost is how many connections the experiments of deepAll take at most, beside those of TLS_DHE: about forty with
// a right server at one address, the rest where cells are repeated or other addresses are asked.
const deepAllCost = 2 + formsCost + resumeCost + numbersCost + closeCost

// proof is how often an experiment is made that breaks each time: five times, with ordinary connections between them.
// What that rules out is reckoned in package cause.
const proof = 5

// deepAll makes the experiments about what is rare, or depends on sizes, beside TLS_DHE. Those that tell most come
// first, with their repeats: they take some twelve connections, and a server that counts them may not be asked more.
func (p *Prober) deepAll(ctx context.Context, c *fact.Case) {
	d := &deep{Prober: p, ctx: ctx, c: c, held: map[bool]*fact.Handshake{}}
	if !d.learn() {
		return
	}
	likely, others := d.ways()
	d.forms(tellingForms())
	d.resumption(likely)
	d.number(rareECDHE())
	d.forms(commonForms())
	d.resumption(others)
	d.otherNumbers()
	d.forms(oddForms())
	d.closing()
	d.note()
}

// A deep is one run of the experiments.
type deep struct {
	*Prober
	ctx              context.Context
	c                *fact.Case
	plain            wire.Hello               // an ordinary hello that the server answers, narrowed down to what it chose
	chosen           uint16                   // the version of that answer
	held             map[bool]*fact.Handshake // the answers that forms are held against: those of today's version, those of TLS 1.2
	repeated, single int                      // how many forms were made again, and how many sent alone
	resumptions      int                      // how many ways to resume were made again
	unmade           []fact.Forcing           // experiments for which no connection was left
	late             []fact.Forcing           // … or no time
	excess           []fact.Forcing           // … or which were not made because the server had sent too much
}

// learn finds out what the server answers: from what is known, by the client's hello cut to one packet, or by one that
// offers everything.
func (d *deep) learn() bool {
	t := d.forcedTrial(d.c, fact.Forcing{What: "hello", Form: "small", Try: 1})
	own := d.Profile.Hello(d.target(t))
	if known := d.c.Base(); known != nil && known.Server != nil {
		d.plain, d.chosen = narrowed(own, known), known.Server.Version
		return true
	}
	t.hello, _, _ = client.Vary(d.Profile, d.target(t), fact.Variant{Kind: fact.HelloShape, Value: "small"})
	if h := d.one(t); h != nil && h.Server != nil {
		d.plain, d.chosen = narrowed(own, h), h.Server.Version
		return true
	}
	t = d.forcedTrial(d.c, fact.Forcing{What: "hello", Form: "everything", Try: 1})
	t.hello.Shares = narrowGroups(t.hello.Groups, 0)[:1]
	if h := d.one(t); h != nil && h.Server != nil {
		d.plain, d.chosen = narrowed(t.hello, h), h.Server.Version
		return true
	}
	d.c.Gaps = append(d.c.Gaps, fact.Gap{What: "the form of the first message, resumed sessions and rare numbers",
		Why: "the server answers no ClientHello at all, not even one that offers everything"})
	return false
}

// padded is how long the hellos of experiments are that are not about their length: longer than what old load balancers
// hang on (RFC 7685), shorter than a packet, and the same with a session in it.
const padded = 600

// plainTrial is an experiment with the plain hello in one version.
func (d *deep) plainTrial(f fact.Forcing, version uint16) *trial {
	t := d.forcedTrial(d.c, f)
	t.hello = d.plain
	t.hello.Versions, t.hello.PadTo = []uint16{version}, padded
	if version >= wire.TLS13 {
		t.hello.Suites = []uint16{names.TLS_AES_128_GCM_SHA256, names.TLS_AES_256_GCM_SHA384, names.TLS_CHACHA20_POLY1305_SHA256}
		return t
	}
	t.hello.Shares = nil
	t.hello.Suites = append(slices.Clone(t.hello.Suites), usualSuites()...)
	return t
}

// usualSuites are those that a server of TLS 1.2 has, whatever it chose in TLS 1.3.
func usualSuites() []uint16 {
	return []uint16{
		names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
		names.TLS_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_128_CBC_SHA,
	}
}

// maxRecorded bounds the recordings of one run: a handshake takes some ten kilobytes, a hostile one half a megabyte.
const maxRecorded = 8 << 20

// recorded is how many bytes were recorded so far.
func (p *Prober) recorded() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, t := range p.tapes {
		for _, c := range t.Transcript.Chunks {
			n += len(c.Data)
		}
	}
	return n
}

// all makes trials side by side and gives their handshakes.
func (d *deep) all(todo ...*trial) []*fact.Handshake {
	if d.recorded() > maxRecorded {
		for _, t := range todo {
			f, _ := t.variant.Forcing()
			d.excess = append(d.excess, f)
		}
		return nil
	}
	before, gaps := len(d.c.Handshakes), len(d.c.Gaps)
	for _, t := range todo {
		f, _ := t.variant.Forcing()
		if t.patience = d.enough(); f.Wait == "full" { // else the server is known to answer
			t.patience = d.Timeout
		}
	}
	n := d.run(d.ctx, d.c, todo)
	d.c.Gaps = d.c.Gaps[:gaps] // note makes one of all that are cut off
	var made []*fact.Handshake
	for i := before; i < len(d.c.Handshakes); i++ {
		made = append(made, &d.c.Handshakes[i])
	}
	for i, t := range todo {
		f, _ := t.variant.Forcing()
		switch {
		case i >= n:
			d.unmade = append(d.unmade, f)
		case !slices.ContainsFunc(made, func(h *fact.Handshake) bool { return h.Variant == t.variant }):
			d.late = append(d.late, f)
		}
	}
	return made
}

// one makes one trial; nil when no connection was left.
func (d *deep) one(t *trial) *fact.Handshake {
	if made := d.all(t); len(made) > 0 {
		return made[0]
	}
	return nil
}

// note tells what could not be asked.
func (d *deep) note() {
	for _, left := range []struct {
		out []fact.Forcing
		why string
	}{
		{d.unmade, "no connection was left for that; --max-connections allows more"},
		{d.excess, "the server had sent more than is kept"},
		{d.late, "the time for that was over; a longer --timeout gives more"},
	} {
		if len(left.out) > 0 {
			d.c.Gaps = append(d.c.Gaps, fact.Gap{What: "of --deep=all: " + listed(left.out), Why: left.why})
		}
	}
}

// unnamed are forms that tell nothing by themselves.
var unnamed = []string{"", "first", "control", "small", "everything"}

// listed names experiments, each once, those of one kind together.
func listed(list []fact.Forcing) string {
	var parts []string
	for _, kind := range []struct{ what, name string }{
		{"hello", "first messages"}, {"resumption", "resumed sessions"}, {"ecdhe", "ECDHE secrets"}, {"rsa", "RSA ciphertexts"},
		{"ecdsa", "ECDSA signatures"}, {"close", "how the server closes"},
	} {
		var forms []string
		found := false
		for _, f := range list {
			found = found || f.What == kind.what
			if f.What == kind.what && !slices.Contains(unnamed, f.Form) && !slices.Contains(forms, f.Form) {
				forms = append(forms, f.Form)
			}
		}
		switch {
		case len(forms) > 0:
			parts = append(parts, kind.name+" ("+strings.Join(forms, ", ")+")")
		case found:
			parts = append(parts, kind.name)
		}
	}
	return strings.Join(parts, "; ")
}

// made finds the handshake of an experiment among those just made.
func made(list []*fact.Handshake, f fact.Forcing) *fact.Handshake {
	for _, h := range list {
		if h.Variant == f.Variant() {
			return h
		}
	}
	return nil
}

// narrowed is the shortest hello that has what the server chose of a wider one. It leaves out what can be left out, so
// that it takes less than 256 bytes unless the server's name is long.
func narrowed(h wire.Hello, answer *fact.Handshake) wire.Hello {
	chosen := answer.Server
	n := wire.Hello{Versions: h.Versions, ServerName: h.ServerName, ALPN: h.ALPN, EMS: h.EMS, Renegotiation: h.Renegotiation, SCSV: h.SCSV, NoSessionID: true}
	n.Suites = []uint16{chosen.Suite}
	for _, s := range h.Suites {
		if len(n.Suites) < 8 && !slices.Contains(n.Suites, s) {
			n.Suites = append(n.Suites, s)
		}
	}
	n.Groups = narrowGroups(h.Groups, chosenGroup(answer))
	n.Signatures = h.Signatures[:min(len(h.Signatures), 10)]
	if len(n.Groups) > 0 {
		n.Shares = n.Groups[:1]
	}
	return n
}

// chosenGroup is the group of the exchange, 0 when there is none or its share would be a large one.
func chosenGroup(h *fact.Handshake) uint16 {
	group := uint16(0)
	switch {
	case h.Server.Share != nil:
		group = h.Server.Share.Group
	case h.Key != nil:
		group = h.Key.Group
	}
	if large(group) {
		return 0
	}
	return group
}

// large: groups whose share does not fit a hello of the size of one packet, or of 256 bytes.
func large(group uint16) bool { return group >= 0x0100 && group < 0x0200 || group > 0x1000 }

// narrowGroups begins with the group chosen; elliptic curves follow.
func narrowGroups(offered []uint16, chosen uint16) []uint16 {
	var out []uint16
	if chosen != 0 {
		out = append(out, chosen)
	}
	for _, g := range offered {
		if !large(g) && len(out) < 4 && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}
