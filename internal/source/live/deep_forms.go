package live

import (
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// formsCost: each form, and the repeats of those that fail; before and after each round of either a control, or two.
const (
	formsCost   = 24 + maxRepeated*(proof-1) + 2 + 3*2*proof
	maxRepeated = 10 // forms made again of those that failed
	maxSingle   = 4  // forms that met silence given all the time there is, each alone
)

// A form is one way to send a ClientHello that offers what the server is known to take.
type form struct {
	name  string
	old   bool // offered with TLS 1.2 at most: the control is one of that kind
	shape func(h *wire.Hello) bool
	deal  dealing
}

// A dealing writes the hello in pieces, so that each travels in TCP segments of its own.
type dealing struct {
	pieces int // 0: all at once
	pause  time.Duration
}

// size bounds a form's length by padding (RFC 7685).
func size(n int) func(*wire.Hello) bool {
	return func(h *wire.Hello) bool { h.PadTo = n; return true }
}

// tellingForms are one of each kind that servers and devices are known to trip over.
func tellingForms() []form {
	return []form{
		{name: "post-quantum", shape: postQuantum},
		{name: "length-1800", shape: size(1800)}, // else it is not known whether the share or the size is to blame
		{name: "length-300", shape: size(300)},
		{name: "segments", deal: dealing{3, 20 * time.Millisecond}},
		{name: "fragments-64", shape: func(h *wire.Hello) bool { h.SplitRecords = 64; return true }},
	}
}

// commonForms are others in which clients of today do send their hello.
func commonForms() []form {
	return []form{
		{name: "length-511", shape: size(511)},
		{name: "length-600", shape: size(600)},
		{name: "grease", shape: func(h *wire.Hello) bool { h.GREASE = true; return true }},
		{name: "unknown-extensions", shape: unknownExtensions},
		{name: "record-version-0303", shape: func(h *wire.Hello) bool { h.RecordVersion = wire.TLS12; return true }},
		{name: "record-size-limit", shape: limits(wire.ExtRecordSizeLimit, 0x02, 0x00)},
	}
}

// oddForms are others that the standards allow and hardly any client sends.
func oddForms() []form {
	return []form{
		{name: "length-9000", shape: size(9000)},
		{name: "length-20000", shape: size(20000)}, // more than a record holds (RFC 8446 §5.1)
		{name: "fragments-3", shape: func(h *wire.Hello) bool { h.SplitRecords = 3; return true }},
		{name: "slow", deal: dealing{10, 90 * time.Millisecond}},
		{name: "record-version-0304", shape: func(h *wire.Hello) bool { h.RecordVersion = wire.TLS13; return true }},
		{name: "max-fragment-length", shape: limits(wire.ExtMaxFragmentLength, 1)}, // 512 bytes (RFC 6066 §4)
		{name: "version-0304", old: true, shape: names12(0x0304)},
		{name: "version-0399", old: true, shape: names12(0x0399)},
		{name: "version-0401", old: true, shape: names12(0x0401)},
	}
}

// limits asks for small records, by an extension that NSS and GnuTLS send, or an older one.
func limits(typ uint16, value ...byte) func(*wire.Hello) bool {
	return func(h *wire.Hello) bool {
		h.Extra = append(slices.Clone(h.Extra), wire.Extension{Type: typ, Data: value})
		return true
	}
}

// names12 puts a version into the old field that a server of TLS 1.2 answers with its own highest one (RFC 5246
// appendix E.1).
func names12(version uint16) func(*wire.Hello) bool {
	return func(h *wire.Hello) bool { h.ForceVersion = version; return true }
}

// postQuantum adds the share that makes a hello longer than a packet (draft-ietf-tls-ecdhe-mlkem).
func postQuantum(h *wire.Hello) bool {
	if !slices.Contains(h.Versions, wire.TLS13) {
		return false
	}
	h.Groups = append([]uint16{names.X25519MLKEM768}, h.Groups...)
	h.Shares = append([]uint16{names.X25519MLKEM768}, h.Shares...)
	return true
}

// unknownExtensions are numbers that nobody has been given (IANA TLS ExtensionType values), with content.
func unknownExtensions(h *wire.Hello) bool {
	for _, typ := range []uint16{0x3a07, 0x71c3, 0xb6d9} {
		h.Extra = append(h.Extra, wire.Extension{Type: typ, Data: make([]byte, 24)})
	}
	return true
}

// forms sends the hello in each form and makes those that fail again.
func (d *deep) forms(list []form) {
	list = d.comparable(list)
	var quick, slow []*trial
	for _, f := range list {
		t := d.formTrial(f, 1)
		switch {
		case t == nil:
		case f.deal.pieces > 3:
			slow = append(slow, t)
		default:
			quick = append(quick, t)
		}
	}
	first := d.all(quick...)
	first = append(first, d.all(slow...)...) // alone: a server that takes one connection at a time has the others wait
	d.repeatForms(list, first)
}

// comparable keeps the forms for which there is an answer to the hello in no special form that they are held against.
func (d *deep) comparable(list []form) []form {
	var out []form
	for _, old := range []bool{false, true} {
		of := slices.DeleteFunc(slices.Clone(list), func(f form) bool { return f.old != old })
		if len(of) == 0 {
			continue
		}
		made := true
		if d.held[old] == nil {
			made = len(d.controls(old)) > 0
		}
		switch {
		case d.held[old] != nil:
			out = append(out, of...)
		case !made:
			for _, f := range of {
				d.unmade = append(d.unmade, f.forcing(1))
			}
		default:
			d.c.Gaps = append(d.c.Gaps, fact.Gap{What: "of --deep=all: " + listed(forcings(of)), Why: "the server does not answer the plain one that they are held against"})
		}
	}
	return out
}

func forcings(list []form) []fact.Forcing {
	var out []fact.Forcing
	for _, f := range list {
		out = append(out, f.forcing(1))
	}
	return out
}

// controls sends a hello in no special form and remembers how that is answered.
func (d *deep) controls(old bool) []*fact.Handshake {
	f := form{name: "control", old: old}
	made := d.all(d.formTrial(f, d.tried(f)+1))
	for _, h := range made {
		if forced, _ := h.Variant.Forcing(); forced.Form == f.name && h.Progress() >= fact.AtServerHello {
			d.held[old] = h
		}
	}
	return made
}

// tried counts how often a form was made.
func (d *deep) tried(f form) int {
	n := 0
	for _, h := range d.c.Forced("hello") {
		if made, _ := h.Variant.Forcing(); made.Same(f.forcing(0)) {
			n++
		}
	}
	return n
}

func (f form) forcing(try int) fact.Forcing {
	out := fact.Forcing{What: "hello", Form: f.name, Try: try}
	if f.old {
		out.Extra = "TLS1.2"
	}
	return out
}

// formTrial is the hello in one form; nil where it cannot be had.
func (d *deep) formTrial(f form, try int) *trial {
	t := d.plainTrial(f.forcing(try), wire.TLS12)
	if !f.old {
		t.hello = d.plain
	}
	t.deal = f.deal
	if f.shape != nil && !f.shape(&t.hello) {
		return nil
	}
	return t
}

// repeatForms makes what failed again, in rounds between which a hello in no special form is sent: neither chance, nor a
// server that fails altogether, or that counts connections, may pass for proof. A form that passes is left alone.
func (d *deep) repeatForms(list []form, first []*fact.Handshake) {
	var again []form
	for _, f := range list {
		if h := made(first, f.forcing(1)); h != nil && h.ShortOf(d.held[f.old]) && d.repeated < maxRepeated {
			d.repeated++
			again = append(again, f)
		}
	}
	d.between(again)
	for try := 2; try <= proof && len(again) > 0; try++ {
		again = d.round(again, try)
		d.between(again)
	}
}

// between sends the control of each kind that the forms are held against.
func (d *deep) between(list []form) {
	for _, old := range []bool{false, true} {
		if slices.ContainsFunc(list, func(f form) bool { return f.old == old }) {
			d.controls(old)
		}
	}
}

// round makes each form once more and gives those that failed again. What met silence is first made alone and given all
// the time there is: it may have waited for another form, at a server that takes one connection at a time, or be slow.
func (d *deep) round(list []form, try int) (failed []form) {
	var quick, hung []*trial
	var made []*fact.Handshake
	for _, f := range list {
		t := d.formTrial(f, try)
		switch silent, alone := d.silence(f); {
		case !silent:
			quick = append(quick, t)
		case alone || d.single >= maxSingle:
			hung = append(hung, t)
		default:
			d.single++
			forcing := f.forcing(try)
			forcing.Wait = "full"
			t.variant = forcing.Variant()
			made = append(made, d.all(t)...)
		}
	}
	made = append(append(made, d.all(quick...)...), d.all(hung...)...)
	for _, f := range list {
		if slices.ContainsFunc(made, func(h *fact.Handshake) bool {
			forced, _ := h.Variant.Forcing()
			return forced.Same(f.forcing(try)) && h.ShortOf(d.held[f.old])
		}) {
			failed = append(failed, f)
		}
	}
	return failed
}

// silence tells whether a form met silence the last time, and whether it was sent alone before.
func (d *deep) silence(f form) (silent, alone bool) {
	for _, h := range d.c.Forced("hello") {
		if forced, _ := h.Variant.Forcing(); forced.Same(f.forcing(1)) {
			silent, alone = h.End.How == fact.EndTimeout, alone || forced.Wait == "full"
		}
	}
	return silent, alone
}
