package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// linkedBackend is the difference that only many handshakes show: those of one machine fail more often than chance
// allows, although not always.
func linkedBackend(c *fact.Case) (difference, bool) {
	if c.Repeats == nil {
		return difference{}, false
	}
	r, _ := Repeat(c)
	for i := range r.Links {
		l := &r.Links[i]
		d := difference{level: Breaks, by: l}
		if d.odd, d.rest = parted(c, l); len(d.odd) == 0 || len(d.rest) == 0 {
			continue
		}
		d.word = func(h *fact.Handshake) string {
			if slices.Contains(d.odd, h) {
				return l.odd() + " (" + ending(d.odd[0]) + ")"
			}
			return l.rest(featureOf(l.What, h))
		}
		return d, true
	}
	return turningBackend(c, r.Turns)
}

// turningBackend: outcomes at one address take turns more regularly than chance does. A balancer that goes round its
// machines makes them so, one of which fails before it shows anything of its own.
func turningBackend(c *fact.Case, turns []Turn) (difference, bool) {
	for i := range turns {
		t := &turns[i]
		if !t.Regular {
			continue
		}
		d := difference{level: Breaks, turn: t}
		failed, made := 0, 0
		for _, h := range repeats(c) {
			switch {
			case h.ServerAddr() != t.Addr:
				continue
			case h.Completed():
				d.rest = append(d.rest, h)
			default:
				d.odd = append(d.odd, h)
				failed += h.Seen.Count
			}
			made += h.Seen.Count
		}
		if len(d.odd) == 0 || len(d.rest) == 0 {
			continue
		}
		d.word = func(h *fact.Handshake) string {
			if slices.Contains(d.odd, h) {
				return t.Addr.String() + ": " + itoa(failed) + " of " + itoa(made) + " fail, taking turns with the others (" + ending(d.odd[0]) + ")"
			}
			return "the others work"
		}
		return d, true
	}
	return difference{}, false
}

// link is that of a difference to the failures of many handshakes; nil: there is none, or they were not counted.
func (d difference) link(c *fact.Case) *Link {
	if d.by != nil || c.Repeats == nil {
		return d.by
	}
	r, _ := Repeat(c)
	for i, l := range r.Links {
		if l.Value == featureOf(l.What, d.odd[0]) {
			return &r.Links[i]
		}
	}
	return nil
}

// parted divides the repeats by a link to a machine; what fails, and then what works, comes first. A ticket's key is
// counted apart from the handshakes: the one that came with the kept handshake stands for it.
func parted(c *fact.Case, l *Link) (odd, rest []*fact.Handshake) {
	if !slices.ContainsFunc(machines(), func(f feature) bool { return f.what == l.What }) {
		return nil, nil
	}
	for _, h := range repeats(c) {
		switch v := featureOf(l.What, h); v {
		case "":
		case l.Value:
			odd = append(odd, h)
		default:
			rest = append(rest, h)
		}
	}
	slices.SortStableFunc(odd, func(a, b *fact.Handshake) int { return order(a.Completed(), b.Completed()) })
	slices.SortStableFunc(rest, func(a, b *fact.Handshake) int { return order(b.Completed(), a.Completed()) })
	return odd, rest
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// machines are the features that tell machines apart.
func machines() []feature {
	return append(slices.DeleteFunc(features(), func(f feature) bool { return !f.machine }), feature{what: ticketKey, of: ticketOf, machine: true})
}

// featureOf is the value of a feature.
func featureOf(what string, h *fact.Handshake) string {
	for _, f := range machines() {
		if f.what == what {
			return f.of(h)
		}
	}
	return ""
}

// odd says how often the handshakes with the link's value fail.
func (l *Link) odd() string {
	return l.name(l.Value) + ": " + itoa(l.Failed) + " of " + itoa(l.Made) + " fail"
}

// rest says the same of another value.
func (l *Link) rest(value string) string {
	for _, b := range l.Others {
		if b.Value == value {
			return l.name(value) + ": " + itoa(b.Failed) + " of " + itoa(b.Made)
		}
	}
	return l.name(value)
}

// name is a value with what it is of; a long one is cut.
func (l *Link) name(value string) string {
	if l.What == "address" {
		return value
	}
	if len(value) > 40 {
		value = value[:16] + "…"
	}
	return l.What + " " + value
}

// chance says how likely the order is without a reason.
func (t *Turn) chance() string {
	return "outcomes take turns, as a balancer makes them that goes round its machines; by chance: " + chance(t.P) + " (Wald and Wolfowitz)"
}

// chance says how likely the link is without a reason, and how many handshakes would have shown it.
func (l *Link) chance() string {
	return "by chance: " + chance(l.P) + " (Fisher's exact test, corrected for all that was compared); about " + itoa(l.Enough) + " handshakes show it"
}
