package cause

import (
	"encoding/hex"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A feature is one thing that repeats may differ in.
type feature struct {
	what    string
	of      func(*fact.Handshake) string // "": not known of this handshake
	machine bool                         // where it differs, another machine answers: the hello was the same
}

func features() []feature {
	return []feature{
		{"address", func(h *fact.Handshake) string { return h.ServerAddr().String() }, true},
		{"certificate", fingerprint, true},
		{"product", saidProduct, true},
		{"suite", agreedSuite, true},
		{"group", usedGroup, true},
		{"ALPN", func(h *fact.Handshake) string { return h.ALPN }, true},
		{"server's extensions", answerShape, true},
		{"size of our hello", helloSize, false},
	}
}

func saidProduct(h *fact.Handshake) string {
	if h.Said == nil || h.Said.Product == "" {
		return ""
	}
	return printable([]byte(h.Said.Product + " " + h.Said.Version))
}

func agreedSuite(h *fact.Handshake) string {
	if h.Server == nil {
		return ""
	}
	return names.Version(h.Server.Version) + " " + names.SuiteName(h.Server.Suite)
}

func usedGroup(h *fact.Handshake) string {
	switch {
	case h.Server != nil && h.Server.Share != nil:
		return names.Group(h.Server.Share.Group)
	case h.Key != nil && h.Key.Kind == "ECDHE":
		return names.Group(h.Key.Group)
	case h.Key != nil && h.Key.P != nil:
		return "DH " + itoa(h.Key.P.BitLen()) + " bits"
	}
	return ""
}

// answerShape lists the extensions of the ServerHello in their order: programs differ in it.
func answerShape(h *fact.Handshake) string {
	if h.Server == nil {
		return ""
	}
	s := itoa(len(h.Server.Extensions)) + ":"
	for _, e := range h.Server.Extensions {
		s += " " + itoa(int(e.Type))
	}
	return s
}

func helloSize(h *fact.Handshake) string {
	if h.Client == nil || len(h.Client.Raw) == 0 {
		return ""
	}
	return itoa(len(h.Client.Raw)) + " bytes"
}

// A table counts handshakes by the values of one feature.
type table struct {
	what    string
	machine bool
	rows    []Backend
}

// maxRows is how many values of a feature are compared; more are no feature of machines.
const maxRows = 64

// row is that of a value, made where it is new.
func (t *table) row(value string) *Backend {
	i := slices.IndexFunc(t.rows, func(b Backend) bool { return b.Value == value })
	if i < 0 {
		i = len(t.rows)
		t.rows = append(t.rows, Backend{Value: value})
	}
	return &t.rows[i]
}

func (t *table) sums() (failed, made int) {
	for _, r := range t.rows {
		failed, made = failed+r.Failed, made+r.Made
	}
	return failed, made
}

// tablesOf counts the repeats by everything that they may differ in.
func tablesOf(c *fact.Case) []table {
	var out []table
	hs := repeats(c)
	for _, f := range features() {
		t := table{what: f.what, machine: f.machine}
		for _, h := range hs {
			value := f.of(h)
			if value == "" {
				continue
			}
			t.row(value).count(h)
		}
		if len(t.rows) > 0 && len(t.rows) <= maxRows {
			out = append(out, t)
		}
	}
	if c.Repeats == nil {
		return out
	}
	return append(slices.Concat(out, ticketKeys(c.Repeats), connectTimes(hs)), tenths(hs))
}

// count adds the handshakes that h stands for.
func (b *Backend) count(h *fact.Handshake) {
	n := max(h.Seen.Count, 1)
	if b.Made += n; !h.Completed() {
		b.Failed += n
	}
	if h.Again != nil {
		b.Connect.Merge(h.Again.Connect)
		b.TLS.Merge(h.Again.TLS)
	}
}

// ticketKey is the feature that repeats count apart: Repeats.Tickets.
const ticketKey = "ticket key"

// ticketOf is the start of the ticket that came.
func ticketOf(h *fact.Handshake) string { return hex.EncodeToString(h.Ticket) }

// ticketKeys is the table of the keys that session tickets are sealed with. Where hardly any start of a ticket comes a
// second time, it names no key.
func ticketKeys(r *fact.Repeats) []table {
	t := table{what: ticketKey, machine: true}
	once := r.Nameless
	all := once
	for _, k := range r.Tickets {
		if all += k.Made; k.Made < 2 {
			once += k.Made
			continue
		}
		row := t.row(hex.EncodeToString(k.Name))
		row.Made, row.Failed = row.Made+k.Made, row.Failed+k.Failed
	}
	if len(t.rows) == 0 || once*10 > all {
		return nil
	}
	return []table{t}
}

// connectTimes is the table of those whose TCP connection stood as fast as the median or faster, and of the slower
// ones. Machines behind one address may differ in it, and so may many other things: it is a hint.
func connectTimes(hs []*fact.Handshake) []table {
	var all fact.Spread
	for _, h := range hs {
		if h.Again != nil {
			all.Merge(h.Again.Connect)
		}
	}
	slot := all.MedianSlot()
	end := decimal(float64(fact.SlotEnd(slot).Microseconds())/1000, 1) + " ms"
	fast, slow := Backend{Value: "at most " + end}, Backend{Value: "more than " + end}
	for _, h := range hs {
		if h.Again == nil {
			continue
		}
		n := h.Again.Connect.UpTo(slot)
		fast.Made, slow.Made = fast.Made+n, slow.Made+h.Again.Connect.Count-n
		if !h.Completed() {
			fast.Failed, slow.Failed = fast.Failed+n, slow.Failed+h.Again.Connect.Count-n
		}
	}
	if slow.Made == 0 {
		return nil
	}
	return []table{{what: "time to connect", rows: []Backend{fast, slow}}}
}

// tenths is the table of the parts of the run.
func tenths(hs []*fact.Handshake) table {
	t := table{what: "time"}
	for i := range fact.Tenths {
		row := Backend{Value: ordinal(i+1) + " tenth of the run"}
		for _, h := range hs {
			if h.Again == nil {
				continue
			}
			n := int(h.Again.Tenths[i])
			if row.Made += n; !h.Completed() {
				row.Failed += n
			}
		}
		if row.Made > 0 {
			t.rows = append(t.rows, row)
		}
	}
	return t
}

func ordinal(n int) string {
	switch n {
	case 1:
		return "1st"
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	}
	return itoa(n) + "th"
}

// backends are the features by which several machines can be told apart.
func backends(tables []table) []Backends {
	var out []Backends
	for _, t := range tables {
		if t.machine && len(t.rows) > 1 {
			out = append(out, Backends{By: t.what, List: t.rows})
		}
	}
	return out
}
