package live

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// dheCost is what the examination of TLS_DHE costs at most at one address: four connections with a right server, seven
// when it breaks one rule, ten when it breaks both. More settle what chance, or several machines, make unclear.
const dheCost = 12

// attempts is how often a cell is made of which a single success would settle the matter.
const attempts = 3

// DeepEach is how many connections each further address of a name takes at most.
const DeepEach = 4

// The cells. What works in one of them is shown by one connection, since both sides must have computed the same keys;
// so the control has a public value that begins with zero, too.
var (
	dheControl = fact.Forcing{What: "dhe", Zero: "public", Rule: "stripped", Form: "padded", EMS: "on"}
	dhePlain   = fact.Forcing{What: "dhe", Zero: "none", Rule: "stripped", Form: "padded", EMS: "on"}
	dheSecret  = fact.Forcing{What: "dhe", Zero: "secret", Rule: "stripped", Form: "padded", EMS: "on"}
	dheShort   = fact.Forcing{What: "dhe", Zero: "public", Rule: "stripped", Form: "short", EMS: "on"}
	dheWithout = fact.Forcing{What: "dhe", Form: "without"} // the client's hello, TLS_DHE suites taken away
)

// A dheDeep is one examination of the TLS_DHE at one address.
type dheDeep struct {
	*Prober
	ctx    context.Context
	c      *fact.Case
	addr   netip.AddrPort
	left   int  // connections
	brief  bool // a further address: the rule of the secret alone
	groups bool // the groups of RFC 7919 are listed in the hello
}

// deepDHE examines the address whose handshake is to be explained, and the rule of each other one that takes TLS: the
// listener of an availability group has several, and not each machine of it need be patched.
func (p *Prober) deepDHE(ctx context.Context, c *fact.Case) {
	var out []string
	whole := true
	for _, addr := range p.inTurn(c) {
		d := &dheDeep{Prober: p, ctx: ctx, c: c, addr: addr, left: dheCost, brief: !whole}
		if d.brief {
			d.left = DeepEach
		}
		if d.unanswered() || !d.examine() {
			out = append(out, addr.String())
			continue
		}
		whole = false
	}
	if len(out) > 0 && len(p.addrs) > 1 {
		c.Gaps = append(c.Gaps, fact.Gap{What: "the TLS_DHE of " + strings.Join(out, ", "), Why: "no TLS there, or no connection was left: --connect ADDRESS examines one alone"})
	}
}

// inTurn are the addresses to examine, that of the handshake to be explained first.
func (p *Prober) inTurn(c *fact.Case) []netip.AddrPort {
	first := p.subject(c)
	return append([]netip.AddrPort{first}, slices.DeleteFunc(slices.Clone(p.addrs), func(a netip.AddrPort) bool { return a == first })...)
}

// unanswered: the first handshake with the address did not come to TLS.
func (d *dheDeep) unanswered() bool {
	for i := range d.c.Handshakes {
		if h := &d.c.Handshakes[i]; h.ServerAddr() == d.addr && lacksTLS(h) == "" {
			return false
		}
	}
	return true
}

// examine goes from a handshake without trap to those with one, and repeats what fails. False: no connection was made.
func (d *dheDeep) examine() bool {
	if d.control() {
		for next := d.plan(); len(next) > 0 && len(d.all(next...)) > 0; {
			next = d.plan()
		}
	}
	return len(d.cells()) > 0
}

// control finds out whether the server speaks TLS_DHE and can be examined. A server that chose other groups than those
// of RFC 7919 must not use TLS_DHE with a client that lists only these (RFC 7919 §4), so that the first hello lists none;
// one that knows no others gets a second hello with them.
func (d *dheDeep) control() bool {
	first := d.one(dheControl)
	if first == nil || named(first) {
		return false
	}
	if first.KeysAgree() != fact.Unknown {
		return true
	}
	if only13(first) {
		return false
	}
	d.groups = first.Progress() == fact.AtHello
	second := d.one(dheControl)
	switch {
	case second == nil || named(second):
		return false
	case second.KeysAgree() != fact.Unknown:
		return true
	case first.RefusesDHE() && second.RefusesDHE():
		return false
	}
	return !d.brief && d.exposed()
}

// named reports that our side ended the handshake because the server's numbers are not fit for the examination.
func named(h *fact.Handshake) bool {
	return h.End.How == fact.EndLocal && h.SpeaksDHE()
}

// only13: the server speaks nothing older than TLS 1.3.
func only13(h *fact.Handshake) bool {
	return h.End.How == fact.EndAlert && h.End.Alert == wire.AlertProtocolVersion
}

// exposed asks again whether a server uses TLS_DHE that only cut such connections off: some do so in place of an alert,
// and so does a bad network. Between them stand hellos without TLS_DHE; no short period fits the order.
func (d *dheDeep) exposed() bool {
	for _, step := range []struct{ without, groups bool }{{without: true}, {}, {without: true}, {groups: true}, {}, {groups: true}} {
		f := dheControl
		if step.without {
			f = dheWithout
		}
		d.groups = step.groups
		h := d.one(f)
		switch {
		case h == nil || step.without && h.Server == nil && h.Retry == nil:
			return false
		case !step.without && (h.KeysAgree() != fact.Unknown || named(h)):
			return !named(h)
		}
	}
	return false
}

// one makes one cell; nil when no connection was left.
func (d *dheDeep) one(f fact.Forcing) *fact.Handshake {
	if made := d.all(f); len(made) > 0 {
		return made[0]
	}
	return nil
}

// all makes cells side by side and gives their handshakes. Each has numbers of its own: the server's value is another one
// each time, as a rule.
func (d *dheDeep) all(cells ...fact.Forcing) []*fact.Handshake {
	cells = cells[:min(len(cells), d.left)]
	d.left -= len(cells)
	var todo []*trial
	next := d.tries()
	for _, f := range cells {
		if d.groups && f != dheWithout {
			f.Extra = "ffdhe"
		}
		next[f]++
		f.Try = next[f]
		todo = append(todo, d.dheTrial(f))
	}
	first := len(d.c.Handshakes)
	d.run(d.ctx, d.c, todo)
	var made []*fact.Handshake
	for i := first; i < len(d.c.Handshakes); i++ {
		made = append(made, &d.c.Handshakes[i])
	}
	return made
}

// tries counts what was made so far, by cell, at any address: no two experiments have one name.
func (d *dheDeep) tries() map[fact.Forcing]int {
	n := map[fact.Forcing]int{}
	for _, h := range d.c.Forced("dhe") {
		f, _ := h.Variant.Forcing()
		f.Try = 0
		n[f]++
	}
	return n
}

// dheTrial is the handshake of one cell: it offers TLS 1.0 to 1.2 and TLS_DHE suites alone.
func (d *dheDeep) dheTrial(f fact.Forcing) *trial {
	t := d.forcedTrial(d.c, f)
	t.addr = d.addr
	if f.Form == dheWithout.Form {
		d.leaveOut(t)
		return t
	}
	h := &t.hello
	h.Versions = []uint16{wire.TLS12, wire.TLS11, wire.TLS10}
	h.Suites, h.Groups, h.Shares, h.EMS = dheSuites(), nil, nil, f.EMS == "on"
	h.Signatures = append(slices.Clone(h.Signatures), names.DSASHA256, names.DSASHA1) // without them no TLS_DHE_DSS server answers
	if d.groups {
		h.Groups = []uint16{names.FFDHE2048, names.FFDHE3072, names.FFDHE4096, names.FFDHE6144, names.FFDHE8192}
	}
	force := forcingOf(f)
	force.first = len(d.c.Forced("dhe")) == 0
	t.force = force.apply
	return t
}

// leaveOut makes the hello of the client without its TLS_DHE suites, or of one that offers everything else where the
// client's own brings no answer, or nothing would be left of it.
func (d *dheDeep) leaveOut(t *trial) {
	own := d.Profile.Hello(d.target(t))
	rest := withoutDHE(own.Suites)
	if known := d.c.Base(); known == nil || known.Server == nil || len(rest) == 0 {
		t.hello.Suites = withoutDHE(t.hello.Suites)
		return
	}
	t.hello, t.hello.Suites = own, rest
}

func withoutDHE(suites []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(suites), func(id uint16) bool {
		s, ok := names.SuiteByID(id)
		return ok && s.Kex == "DHE"
	})
}

// dheSuites are the suites with ephemeral Diffie-Hellman and a certificate: first those that the engine can complete.
func dheSuites() []uint16 {
	var whole, answer []uint16
	for _, s := range names.AllSuites() {
		switch {
		case s.Kex != "DHE" || s.Auth != "RSA" && s.Auth != "DSS" || s.Export || s.Cipher == "NULL":
		case s.Completable:
			whole = append(whole, s.ID)
		default:
			answer = append(answer, s.ID)
		}
	}
	return append(whole, answer...)
}

// A dheForce chooses the numbers of one handshake.
type dheForce struct {
	stepping wire.Stepping
	rule     string
	short    bool
	first    bool // no handshake of this examination has shown the server's group yet
	x        *big.Int
}

func forcingOf(f fact.Forcing) *dheForce {
	d := &dheForce{rule: f.Rule, short: f.Form == "short"}
	starts := func(zero bool) wire.Wish {
		if zero {
			return wire.ZeroStart
		}
		return wire.FullStart
	}
	d.stepping.Secret, d.stepping.Public = starts(f.Zero == "secret" || f.Zero == "both"), starts(f.Zero == "public" || f.Zero == "both")
	return d
}

func (d *dheForce) apply(config *wire.ClientConfig) {
	config.Refuse = d.choose
	config.Exponent = func(*wire.ServerKeyExchange) *big.Int { return d.x }
	config.PublicValue = func(ske *wire.ServerKeyExchange, yc *big.Int) []byte {
		if d.short {
			return yc.Bytes()
		}
		return yc.FillBytes(make([]byte, (ske.P.BitLen()+7)/8))
	}
	config.Premaster = func(kind string, secret []byte, _ *wire.ServerKeyExchange) []byte {
		if kind == "DHE" && d.rule == "stripped" {
			return bytes.TrimLeft(secret, "\x00") // RFC 5246 §8.1.2
		}
		return secret
	}
}

// choose looks for the exponent once the server's numbers are there. A server whose numbers allow none is left with the
// reason as its name.
func (d *dheForce) choose(step string, f *wire.Flight) *wire.Refusal {
	ske := f.KeyExchange
	if step != wire.StepServerKeyExchange || ske == nil || ske.Kind != "DHE" || ske.P == nil || ske.G == nil || ske.Ys == nil {
		return nil
	}
	s := d.stepping
	s.P, s.G, s.Peer = ske.P, ske.G, ske.Ys
	if wire.EveryZero(s.P) { // there is no other start
		s.Secret, s.Public = anyStart(s.Secret), anyStart(s.Public)
	}
	x, _, err := s.Exponent()
	var why *wire.StepError
	switch {
	case err == nil && d.first && wire.Composite(s.P):
		return refusal(wire.ReasonPrimeComposite, "")
	case errors.As(err, &why):
		return refusal(why.Reason, why.Detail)
	case err != nil:
		return refusal(wire.ReasonRandomSourceEmpty, err.Error())
	}
	d.x = x
	return nil
}

func anyStart(w wire.Wish) wire.Wish {
	if w == wire.FullStart {
		return wire.AnyStart
	}
	return w
}
