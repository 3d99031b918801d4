package cause

import (
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A dheCell is one experiment with TLS_DHE.
type dheCell struct {
	fact.Forcing
	h *fact.Handshake
}

// A dheView is what the experiments with the TLS_DHE of one server came to.
type dheView struct {
	c     *fact.Case
	cells []dheCell
	Is    string // Strips, Keeps, NeitherRule, NotExposed, Inconclusive; "": nothing was tried
	Short string // Takes, Refuses, or Inconclusive: a public value that is shorter than the prime
	Zero  string // the same of one that starts with a zero byte
}

// attempts is how many cells of one kind must break before that counts: chance must not pass for proof.
const attempts = 3

// viewDHE reads the experiments of a case.
func viewDHE(c *fact.Case) dheView {
	v := dheView{c: c}
	for _, h := range c.Forced("dhe") {
		f, _ := h.Variant.Forcing()
		v.cells = append(v.cells, dheCell{f, h})
	}
	if len(v.cells) > 0 {
		v.Is = v.rule()
		v.Short, v.Zero = v.public("short"), v.public("padded")
	}
	return v
}

// rule is what the server does with the zeros of a secret. What works under one rule proves it, since both sides must
// have computed the same keys; what breaks must break each time.
func (v *dheView) rule() string {
	stripped := v.tally(secretZero, ruled("stripped"))
	kept := v.tally(secretZero, ruled("kept"))
	switch {
	case kept.worked() > 0:
		return Keeps
	case stripped.worked() > 0:
		return Strips
	case stripped.broke >= attempts && kept.broke > 0 && v.tally(secretFull).worked() > 0:
		return NeitherRule
	case v.neverDHE():
		return NotExposed
	}
	return Inconclusive
}

// public is whether the server takes a public value that starts with a zero byte, in the form given. The secret must not
// be what breaks the handshake.
func (v *dheView) public(form string) string {
	t := v.tally(func(c dheCell) bool { return (c.Zero == "public" || c.Zero == "both") && c.Form == form }, ruled("stripped"))
	others := v.tally(func(c dheCell) bool { return c.Zero == "none" || c.Form != form || c.Zero == "secret" })
	switch {
	case t.worked() > 0:
		return Takes
	case t.broke >= attempts && others.worked() > 0 && (v.Is != Keeps || !v.everyZero()):
		return Refuses
	}
	return Inconclusive
}

// everyZero: below this prime there is no number that does not start with a zero byte.
func (v *dheView) everyZero() bool {
	h := v.shown()
	return h != nil && wire.EveryZero(h.Key.P)
}

// neverDHE: the server answers hellos, and none that offers TLS_DHE alone.
func (v *dheView) neverDHE() bool {
	answers := false
	for i := range v.c.Handshakes {
		h := &v.c.Handshakes[i]
		answers = answers || h.Server != nil || h.Retry != nil
	}
	last := v.cells[len(v.cells)-1].h
	for _, c := range v.cells {
		if c.h.SpeaksDHE() {
			return false
		}
	}
	switch {
	case alerted(last, wire.AlertProtocolVersion) && last.Progress() == fact.AtHello:
		return true
	case last.Progress() == fact.AtHello:
		return answers && (alerted(last) || cut(last))
	}
	return local(last, wire.ReasonUnofferedSuite)
}

// tally counts the cells that fit by how they ended.
func (v *dheView) tally(fits ...func(dheCell) bool) tally {
	var t tally
	for _, c := range v.pick(fits...) {
		switch c.h.KeysAgree() {
		case fact.Yes:
			t.all++
		case fact.No:
			t.all++
			t.broke++
		}
	}
	return t
}

func (t tally) worked() int { return t.all - t.broke }

// pick gives the cells that fit.
func (v *dheView) pick(fits ...func(dheCell) bool) []dheCell {
	var list []dheCell
next:
	for _, c := range v.cells {
		for _, fit := range fits {
			if !fit(c) {
				continue next
			}
		}
		list = append(list, c)
	}
	return list
}

// secretZero: the secret of this cell started with a zero byte.
func secretZero(c dheCell) bool {
	return c.Zero == "secret" || c.Zero == "both" || c.h.SpeaksDHE() && wire.EveryZero(c.h.Key.P)
}

func secretFull(c dheCell) bool { return !secretZero(c) }

func ruled(rule string) func(dheCell) bool {
	return func(c dheCell) bool { return c.Rule == rule }
}

func agree(is fact.Tri) func(dheCell) bool {
	return func(c dheCell) bool { return c.h.KeysAgree() == is }
}

// shown is the first cell in which the server's parameters came, or nil.
func (v *dheView) shown() *fact.Handshake {
	for _, c := range v.cells {
		if c.h.SpeaksDHE() {
			return c.h
		}
	}
	return nil
}

// reused: every cell got the same public value from the server.
func (v *dheView) reused() bool {
	n := 0
	var first *fact.Handshake
	for _, c := range v.cells {
		switch {
		case !c.h.SpeaksDHE() || c.h.Key.Ys == nil:
			continue
		case first == nil:
			first = c.h
		case c.h.Key.Ys.Cmp(first.Key.Ys) != 0:
			return false
		}
		n++
	}
	return n > 1
}
