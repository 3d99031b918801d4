package live

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// dheCost is what the examination of TLS_DHE costs at most: four connections with a right server, seven when it breaks
// one rule, eight when it breaks both.
const dheCost = 8

// attempts is how often a cell is made before its failure counts: chance must not pass for proof.
const attempts = 3

// The cells. What works in one of them is shown by one connection, since both sides must have computed the same keys;
// so the control has a public value that begins with zero, too.
var (
	dheControl = fact.Forcing{What: "dhe", Zero: "public", Rule: "stripped", Form: "padded", EMS: "on", Try: 1}
	dhePlain   = fact.Forcing{What: "dhe", Zero: "none", Rule: "stripped", Form: "padded", EMS: "on", Try: 1}
	dheSecret  = fact.Forcing{What: "dhe", Zero: "secret", Rule: "stripped", Form: "padded", EMS: "on", Try: 1}
	dheShort   = fact.Forcing{What: "dhe", Zero: "public", Rule: "stripped", Form: "short", EMS: "on", Try: 1}
)

// A dheDeep is one examination of a server's TLS_DHE.
type dheDeep struct {
	*Prober
	ctx    context.Context
	c      *fact.Case
	groups bool // the groups of RFC 7919 are listed in the hello
}

// deepDHE goes from a handshake without trap to those with one, and repeats what fails.
func (p *Prober) deepDHE(ctx context.Context, c *fact.Case) {
	d := &dheDeep{Prober: p, ctx: ctx, c: c}
	control := d.control()
	if control == nil || control.KeysAgree() == fact.Unknown {
		return
	}
	if control.KeysAgree() == fact.No && !d.onlyValue(control) {
		return
	}
	cells := []fact.Forcing{dheSecret, dheShort}
	if control.Server != nil && control.Server.EMS {
		cells = append(cells, without(dheSecret)) // else the server has no extended master secret in any case
	}
	made := d.all(cells...)
	if d.lost(made) {
		made = append(made, d.all(cells...)...) // a network that drops connections gets one more chance
	}
	d.repeatBroken(made)
}

// control finds out whether the server speaks TLS_DHE and can be examined. A server that chose other groups than those
// of RFC 7919 must not use TLS_DHE with a client that lists only these (RFC 7919 §4), so that the first hello lists none;
// one that knows no others gets a second hello with them.
func (d *dheDeep) control() *fact.Handshake {
	h := d.one(dheControl)
	if h == nil || h.KeysAgree() != fact.Unknown || named(h) {
		return h
	}
	if !h.SpeaksDHE() && only13(h) {
		return h
	}
	d.groups = h.Progress() == fact.AtHello
	return d.one(dheControl)
}

// named reports that our side ended the handshake because the server's numbers are not fit for the examination.
func named(h *fact.Handshake) bool {
	return h.End.How == fact.EndLocal && h.SpeaksDHE()
}

// only13: the server speaks nothing older than TLS 1.3.
func only13(h *fact.Handshake) bool {
	return h.End.How == fact.EndAlert && h.End.Alert == wire.AlertProtocolVersion
}

// onlyValue tells a server that minds the public value alone from one that minds every handshake like these. Below a prime just
// above a byte boundary there is no number without a leading zero, so that the other rule must be tried at once.
func (d *dheDeep) onlyValue(control *fact.Handshake) bool {
	if wire.EveryZero(control.Key.P) {
		d.all(dheControl, kept(dheSecret), dheControl)
		return false
	}
	h := d.one(dhePlain)
	if h == nil || h.KeysAgree() != fact.Yes {
		return false
	}
	d.all(slices.Repeat([]fact.Forcing{dheControl}, attempts-1)...)
	return true // the cells of the secret have another value
}

// lost: some cell ended before it could tell anything, and none of the others broke.
func (d *dheDeep) lost(made []*fact.Handshake) bool {
	return slices.ContainsFunc(made, func(h *fact.Handshake) bool { return h.KeysAgree() == fact.Unknown && h.Progress() <= fact.AtPreamble }) &&
		!slices.ContainsFunc(made, func(h *fact.Handshake) bool { return h.KeysAgree() == fact.No })
}

// repeatBroken makes the cells that broke again, and beside them those with the other rule.
func (d *dheDeep) repeatBroken(made []*fact.Handshake) {
	var again, other []fact.Forcing
	for _, h := range made {
		f, _ := h.Variant.Forcing()
		if h.KeysAgree() != fact.No {
			continue
		}
		f.Try = 1
		again = append(again, f)
		if f.Zero == "secret" {
			other = append(other, kept(f))
		}
	}
	short := slices.IndexFunc(again, func(f fact.Forcing) bool { return f.Zero == "public" })
	todo := other
	if short >= 0 {
		todo = append(other[:min(len(other), 1)], slices.Repeat(again[short:short+1], attempts-1)...)
		again = slices.Delete(again, short, short+1)
	}
	// With and without extended master secret it is one and the same rule.
	for n := len(again); n > 0 && n < attempts; n++ {
		todo = append(todo, again[0])
	}
	d.all(todo...)
}

// without is a cell without extended master secret.
func without(f fact.Forcing) fact.Forcing {
	f.EMS = "off"
	return f
}

// kept is a cell in which our side keeps the zeros of the secret.
func kept(f fact.Forcing) fact.Forcing {
	f.Rule = "kept"
	return f
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
	var todo []*trial
	next := d.tries()
	for _, f := range cells {
		if d.groups {
			f.Extra = "ffdhe"
		}
		f.Try = 0
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

// tries counts what was made so far, by cell.
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
