package live

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// breaks is how often a cell must break, between others that work, before its failure counts: with what a right server is
// asked, that fills eight connections. package cause judges by the same count.
const breaks = 4

// A dheCell is one kind of cell as one machine answered it.
type dheCell struct{ worked, broke int }

// A dheMachine is what one machine behind an address answered so far.
type dheMachine struct {
	cells     map[fact.Forcing]*dheCell
	order     []fact.Forcing // of the cells that told something
	ems       bool           // it took extended master secret
	everyZero bool           // below its prime each number starts with a zero byte
}

// cells are the experiments with TLS_DHE at this address.
func (d *dheDeep) cells() []*fact.Handshake {
	var list []*fact.Handshake
	for _, h := range d.c.Forced("dhe") {
		if h.ServerAddr() == d.addr {
			list = append(list, h)
		}
	}
	return list
}

// kind is the cell that a handshake belongs to.
func kind(h *fact.Handshake) fact.Forcing {
	f, _ := h.Variant.Forcing()
	f.Try, f.Extra = 0, ""
	return f
}

// machines sorts what was answered by who answered.
func (d *dheDeep) machines() []*dheMachine {
	var list []*dheMachine
	known := map[string]*dheMachine{}
	for _, h := range d.cells() {
		name := h.Machine()
		if name == "" || h.KeysAgree() == fact.Unknown {
			continue
		}
		m := known[name]
		if m == nil {
			m = &dheMachine{cells: map[fact.Forcing]*dheCell{}, everyZero: wire.EveryZero(h.Key.P)}
			known[name] = m
			list = append(list, m)
		}
		m.add(kind(h), h)
	}
	return list
}

func (m *dheMachine) add(f fact.Forcing, h *fact.Handshake) {
	m.order = append(m.order, f)
	m.ems = m.ems || h.Server != nil && h.Server.EMS
	if m.cells[f] == nil {
		m.cells[f] = &dheCell{}
	}
	if h.KeysAgree() == fact.Yes {
		m.cells[f].worked++
	} else {
		m.cells[f].broke++
	}
}

func (m *dheMachine) worked(f fact.Forcing) int {
	if c := m.cells[f]; c != nil {
		return c.worked
	}
	return 0
}

func (m *dheMachine) broke(f fact.Forcing) int {
	if c := m.cells[f]; c != nil {
		return c.broke
	}
	return 0
}

func (m *dheMachine) made(f fact.Forcing) bool { return m.cells[f] != nil }

// plan is what to make next: first what the network lost, then what each machine does with the zeros of a secret, then with those
// of a public value, and at last what is left to be known.
func (d *dheDeep) plan() []fact.Forcing {
	if lost := d.lost(); len(lost) > 0 {
		return lost
	}
	machines := d.machines()
	for _, next := range []func(*dheMachine) []fact.Forcing{d.secret, d.value, d.rest} {
		for _, m := range machines {
			if cells := next(m); len(cells) > 0 {
				return cells
			}
		}
	}
	return nil
}

// lost are the cells that ended before they could tell anything; each is made once more.
func (d *dheDeep) lost() []fact.Forcing {
	count := map[fact.Forcing]int{}
	for _, h := range d.cells() {
		count[kind(h)]++
	}
	var again []fact.Forcing
	for _, h := range d.cells() {
		if f := kind(h); h.Lost() && count[f] == 1 && f != dheControl && f != dheWithout {
			again = append(again, f)
		}
	}
	return again
}

// secret settles the rule of the secret. One handshake that completes settles it; beside each that breaks, the other rule is tried.
func (d *dheDeep) secret(m *dheMachine) []fact.Forcing {
	off := without(dheSecret)
	worked, broke := m.worked(dheSecret)+m.worked(off), m.broke(dheSecret)+m.broke(off)
	zeros := m.worked(keptSecret) + m.worked(kept(off))
	switch {
	case m.everyZero && m.broke(dheControl) > 0 && m.worked(dheControl) == 0:
		return d.closePrime(m)
	case m.broke(dheControl) > 0 && m.worked(dheControl) == 0 && !m.made(dhePlain) && !d.brief:
		return []fact.Forcing{dhePlain}
	case m.broke(dheControl) > 0 && m.worked(dheControl)+m.worked(dhePlain) == 0:
		return nil // it breaks each such handshake
	case worked+broke+zeros == 0:
		return d.first(m)
	case worked > 0 || zeros > 0:
		return nil
	case !d.asked(keptSecret) || len(d.machines()) > 1 && !m.made(keptSecret):
		return d.otherRule(m)
	case broke < attempts:
		return []fact.Forcing{dheSecret, dheControl}
	}
	return nil
}

// first are the cells that a right server is asked after its control.
func (d *dheDeep) first(m *dheMachine) []fact.Forcing {
	switch {
	case d.brief || len(d.machines()) > 1:
		return []fact.Forcing{dheSecret}
	case m.worked(dheControl) == 0:
		return []fact.Forcing{dheSecret, dheControl}
	}
	return []fact.Forcing{dheSecret, dheShort}
}

// otherRule tries the other rule for the zeros of the secret, and the first one again.
func (d *dheDeep) otherRule(m *dheMachine) []fact.Forcing {
	switch {
	case d.brief:
		return []fact.Forcing{keptSecret}
	case m.ems:
		return []fact.Forcing{keptSecret, without(dheSecret)}
	}
	return []fact.Forcing{keptSecret, dheSecret}
}

// closePrime: below a prime just above a byte boundary there is no number without a leading zero, so that a server that keeps
// the zeros breaks the control already, and works under the other rule.
func (d *dheDeep) closePrime(m *dheMachine) []fact.Forcing {
	if !m.made(keptSecret) {
		return []fact.Forcing{keptSecret}
	}
	if m.broke(dheControl) < attempts && !d.brief {
		return []fact.Forcing{dheControl}
	}
	return nil
}

// value settles whether a public value that starts with a zero byte is what breaks: its cell must break each time, between
// others that work.
func (d *dheDeep) value(m *dheMachine) []fact.Forcing {
	accused := dheShort
	if m.broke(dheControl) > 0 && m.worked(dheControl) == 0 {
		accused = dheControl
	}
	asked := !d.brief && (!m.everyZero || m.worked(dheControl) > 0)
	if !asked || m.broke(accused) == 0 || m.worked(accused) > 0 || m.broke(accused) >= breaks || m.odd(accused) {
		return nil
	}
	last := m.order[len(m.order)-1] == accused
	switch {
	case accused == dheControl && m.broke(accused) == 2 && !d.asked(dheShort):
		return []fact.Forcing{dheShort} // which works, as a rule
	case accused == dheShort && m.broke(accused) == breaks-1 && last:
		return []fact.Forcing{d.between(m)}
	}
	return []fact.Forcing{accused}
}

// between is a cell that works, to stand between two of those that may not; rather one that tells something new. The order is
// that of no short period, so that a machine in turn with a dead one does not fit it.
func (d *dheDeep) between(m *dheMachine) fact.Forcing {
	off := without(dheSecret)
	switch {
	case m.ems && m.keeps() && !d.asked(kept(off)):
		return kept(off)
	case m.ems && !m.keeps() && !d.asked(off):
		return off
	}
	return dheControl
}

// odd: a cell broke that should work, so that chance, or a machine that looks the same, is at work.
func (m *dheMachine) odd(accused fact.Forcing) bool {
	for f, c := range m.cells {
		expected := f == accused || f.Rule == "kept" || f.Zero == "secret" && m.keeps()
		if c.broke > 0 && !expected {
			return true
		}
	}
	return false
}

// rest is what was not asked on the way: the other settings of extended master secret, and what server and client would
// agree on without TLS_DHE suites where these are to be taken away.
func (d *dheDeep) rest(m *dheMachine) []fact.Forcing {
	off := without(dheSecret)
	settled := m.broke(dheShort) > 0 || m.broke(dheControl) >= breaks // the connections went into that
	var next []fact.Forcing
	switch {
	case d.brief:
	case m.keeps() && m.ems && !m.everyZero && !settled && !d.asked(kept(off)):
		next = append(next, kept(off))
	case !m.keeps() && m.worked(dheSecret) > 0 && m.ems && !settled && !d.asked(off):
		next = append(next, off)
	case m.worked(dheSecret)+m.worked(off) > 0 && m.broke(dheSecret) > 0 && m.worked(dheSecret) == 0 && m.broke(dheSecret) < attempts:
		next = append(next, dheSecret) // with extended master secret it broke, without it worked
	}
	if (m.keeps() || m.broke(dheShort) >= breaks || m.broke(dheControl) >= breaks) && !d.knowsRest() {
		next = append(next, dheWithout)
	}
	return next
}

// keeps: some handshake completed because our side kept the zeros of the secret.
func (m *dheMachine) keeps() bool { return m.worked(keptSecret)+m.worked(kept(without(dheSecret))) > 0 }

// asked: the cell was made at this address, whatever it told.
func (d *dheDeep) asked(f fact.Forcing) bool {
	return slices.ContainsFunc(d.cells(), func(h *fact.Handshake) bool { return kind(h) == f })
}

// knowsRest: what is agreed on without TLS_DHE is known, from the handshake to explain or from one without them.
func (d *dheDeep) knowsRest() bool {
	for i := range d.c.Handshakes {
		h := &d.c.Handshakes[i]
		f, forced := h.Variant.Forcing()
		if h.ServerAddr() != d.addr {
			continue
		}
		if forced && f.Form == dheWithout.Form || !forced && h.Server != nil && !h.SpeaksDHE() {
			return true
		}
	}
	return false
}

// keptSecret is the secret's cell under the other rule.
var keptSecret = kept(dheSecret)

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
