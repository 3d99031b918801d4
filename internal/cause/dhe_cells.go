package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A dheCell is one experiment with TLS_DHE.
type dheCell struct {
	fact.Forcing
	h *fact.Handshake
}

// A dheView is what the experiments with the TLS_DHE of one machine came to.
type dheView struct {
	c       *fact.Case
	at      string    // its address
	cells   []dheCell // what it answered
	loose   []dheCell // at its address: what nobody answered as far as the Diffie-Hellman parameters
	Is      string    // Strips, Keeps, NeitherRule, NotExposed, Inconclusive; "": nothing was tried
	Short   string    // Takes, Refuses, or Inconclusive: a public value that is shorter than the prime
	Zero    string    // the same of one that starts with a zero byte
	sure    Sure      // of the value refused
	one     bool      // it is the only machine seen at its address
	alone   bool      // and its address the only one examined
	machine string
}

// attempts is how many cells of one kind must break before that counts: chance must not pass for proof.
const attempts = 3

// valueBreaks is how often a public value must break the handshake, between others that work, to be what breaks it. Where one
// connection in five breaks by chance, that is so in one run of 1200; never more than in one of 120, however bad the network.
const valueBreaks = 4

// noDHE is the cell that offers no TLS_DHE suite.
const noDHE = "without"

// viewDHE reads the experiments of a case as if one machine had answered them all.
func viewDHE(c *fact.Case) dheView {
	v := dheView{c: c}
	for _, h := range c.Forced("dhe") {
		if f, _ := h.Variant.Forcing(); f.Form != noDHE {
			v.cells = append(v.cells, dheCell{f, h})
		}
	}
	return v
}

// viewsDHE reads the experiments of a case, by address and by machine: several may stand behind one address, with
// certificates, Diffie-Hellman parameters or ways to write them of their own.
func viewsDHE(c *fact.Case) []*dheView {
	var list []*dheView
	loose, machines := map[string][]dheCell{}, map[string]int{}
	var order []string
	for _, cell := range viewDHE(c).cells {
		at := cell.h.ServerAddr().String()
		if !slices.Contains(order, at) {
			order = append(order, at)
		}
		machine := cell.h.Machine()
		if machine == "" {
			loose[at] = append(loose[at], cell)
			continue
		}
		i := slices.IndexFunc(list, func(v *dheView) bool { return v.machine == machine })
		if i < 0 {
			i, list = len(list), append(list, &dheView{c: c, at: at, machine: machine})
			machines[at]++
		}
		list[i].cells = append(list[i].cells, cell)
	}
	for _, at := range order {
		if machines[at] == 0 {
			list = append(list, &dheView{c: c, at: at})
		}
	}
	for _, v := range list {
		v.loose, v.one, v.alone = loose[v.at], machines[v.at] <= 1, oneAddress(c)
		v.Is = v.rule()
	}
	judgeValues(c, list)
	return list
}

// oneAddress: the client met no other.
func oneAddress(c *fact.Case) bool {
	var first *fact.Handshake
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if first == nil {
			first = h
		}
		if h.ServerAddr() != first.ServerAddr() {
			return false
		}
	}
	return true
}

// judgeValues judges the public values: a cell that broke and should have worked, at whichever machine of that address, tells that chance is at
// work, so that nothing that merely breaks counts.
func judgeValues(c *fact.Case, list []*dheView) {
	spoilt := map[string]bool{}
	for _, v := range list {
		if slices.ContainsFunc(slices.Concat(v.cells, v.loose), func(cell dheCell) bool { return !v.explained(cell) }) {
			spoilt[v.at] = true
		}
	}
	for _, h := range c.Forced("dhe") {
		if f, _ := h.Variant.Forcing(); f.Form == noDHE && h.Lost() {
			spoilt[h.ServerAddr().String()] = true
		}
	}
	for _, v := range list {
		v.Short, v.sure = v.public("short", spoilt[v.at])
		var sure Sure
		if v.Zero, sure = v.public("padded", spoilt[v.at]); v.Short != Refuses {
			v.sure = sure
		}
	}
}

// explained: a cell worked, or its end is the server's own word, or what the rule of the server makes of it, or one of
// those of a public value that breaks each time.
func (v *dheView) explained(cell dheCell) bool {
	switch {
	case cell.h.KeysAgree() == fact.Yes:
		return true
	case cell.h.KeysAgree() == fact.Unknown:
		return !cell.h.Lost()
	case secretZero(cell) && cell.Rule == "kept":
		return v.Is != Keeps
	case secretZero(cell):
		return v.Is == Keeps
	case cell.Zero == "public":
		t := v.tally(valued(cell.Form))
		return t.worked() == 0 && t.broke >= 2
	}
	return false
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
	case stripped.broke >= attempts && kept.broke > 0 && v.onlyZeros():
		return NeitherRule
	case v.neverDHE():
		return NotExposed
	}
	return Inconclusive
}

// onlyZeros: no handshake broke but those whose secret starts with a zero byte, and others worked before and after the first
// of them.
func (v *dheView) onlyZeros() bool {
	if v.tally(secretFull).broke > 0 || slices.ContainsFunc(v.loose, func(c dheCell) bool { return c.h.Lost() }) {
		return false
	}
	before, broke, after := false, false, false
	for _, c := range v.cells {
		switch {
		case secretZero(c):
			broke = broke || c.h.KeysAgree() == fact.No
		case c.h.KeysAgree() == fact.Yes:
			before, after = before || !broke, after || broke
		}
	}
	return before && after
}

// valued: our public value started with a zero byte, was written so, and the secret was not what broke the handshake.
func valued(form string) func(dheCell) bool {
	return func(c dheCell) bool {
		return (c.Zero == "public" || c.Zero == "both") && c.Form == form && c.Rule == "stripped"
	}
}

// public is whether the server takes a public value that starts with a zero byte, in the form given. That it breaks is no
// computation, so that it must break each time and in one way, between handshakes that work, in a run without chance.
func (v *dheView) public(form string, spoilt bool) (string, Sure) {
	t := v.tally(valued(form))
	switch {
	case t.worked() > 0:
		return Takes, Proven
	case t.broke < 2 || spoilt || v.Is == Keeps && v.everyZero() || !v.between(form):
		return Inconclusive, Possible
	case t.broke < valueBreaks:
		return Refuses, Likely // no connection was left to repeat it
	}
	return Refuses, Proven
}

// between: the cells of a form broke in one way, others worked before the first of them and, from the fourth on, between
// the first and the last.
func (v *dheView) between(form string) bool {
	var first *fact.Handshake
	broke, before, amid, works := 0, false, false, false
	for _, c := range v.cells {
		switch {
		case valued(form)(c) && c.h.KeysAgree() == fact.No:
			if first != nil && (first.End.How != c.h.End.How || first.End.Alert != c.h.End.Alert || first.End.After != c.h.End.After) {
				return false
			}
			if first == nil {
				first = c.h
			}
			broke++
			amid = amid || works
			works = false
		case c.h.KeysAgree() == fact.Yes:
			before, works = true, broke > 0
		}
	}
	return before && (amid || broke < valueBreaks)
}

// everyZero: below this prime there is no number that does not start with a zero byte.
func (v *dheView) everyZero() bool {
	h := v.shown()
	return h != nil && wire.EveryZero(h.Key.P)
}

// cutOften is how often hellos with TLS_DHE alone must be cut off, between others that are answered, to be a refusal.
const cutOften = 6

// neverDHE: the server says that it will not use TLS_DHE, or answers hellos and cuts each off that offers TLS_DHE alone. A
// server of TLS 1.2 is asked with and without the groups of RFC 7919.
func (v *dheView) neverDHE() bool {
	if len(v.cells) > 0 {
		return false
	}
	refused, cuts := map[string]bool{}, 0
	for _, c := range v.loose {
		switch {
		case alerted(c.h, wire.AlertProtocolVersion) && c.h.RefusesDHE():
			return true
		case c.h.RefusesDHE():
			refused[c.Extra] = true
		case c.h.Progress() == fact.AtHello && (cut(c.h) || alerted(c.h)):
			cuts++
		}
	}
	return refused[""] && (refused["ffdhe"] || local(v.loose[len(v.loose)-1].h, wire.ReasonUnofferedSuite)) || cuts >= cutOften && v.answersOthers()
}

// answersOthers: each hello without TLS_DHE between those with it was answered.
func (v *dheView) answersOthers() bool {
	n := 0
	for _, h := range v.c.Forced("dhe") {
		f, _ := h.Variant.Forcing()
		if f.Form != noDHE || h.ServerAddr().String() != v.at {
			continue
		}
		if h.Server == nil && h.Retry == nil {
			return false
		}
		n++
	}
	return n > 1
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
