package cause

import (
	"fmt"
	"math"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// What --deep=all takes for proof. A server, or a network, that breaks any connection with some chance p must not be
// blamed for a form or a number. Let k tries of one experiment all break, while none of m ordinary connections made
// before, between and after them does: that has the chance p^k(1-p)^m, which is largest at p = k/(k+m), and so is
//
//	b(k, m) = (k/(k+m))^k (m/(k+m))^m
//
// at most, whatever p is. The tries of an experiment are made again only while they break, which this allows for: the
// bound is that of the k first ones. With n experiments in a run, the chance that any of them is blamed is n·b(k, m) at
// most (Bonferroni); Holm's steps would change nothing, as each experiment is held to the strictest of them. Proof asks
// for n·b ≤ 0.01 and at least five tries: with thirty experiments for eight ordinary connections, with ten for six.
// Failures that come in spells are not independent; they are met by the ordinary connections between the tries.
const (
	deepTries   = 5
	proofChance = 0.01
	// Less makes it likely, as some broken ordinary connections do: then the chance is that of no more of them.
	likelyTries  = 3
	likelyChance = 0.05
)

// plainRun is how those connections of --deep=all fared that have nothing rare or odd.
type plainRun struct {
	passed, broke int
	asked         int             // how many experiments were made
	first         *fact.Handshake // one of those that passed
}

// ordinaryIn counts them. Those of one kind are held against the best of them: a kind that never came further was
// refused for what it offers. Where an odd one breaks at one time and passes at another, that is chance as well.
func ordinaryIn(c *fact.Case) plainRun {
	type key struct {
		forced fact.Forcing
		server string
	}
	var order []key
	kinds := map[key][]*fact.Handshake{}
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		k := key{server: h.ServerAddr().String()}
		f, ok := h.Variant.Forcing()
		if !ok && !h.Unchanged() || f.What == "dhe" || f.Form == "small" || f.Form == "everything" {
			continue
		}
		if f.What == "close" && f.Form != "control" {
			continue // how these end is what is asked, not whether they stand
		}
		k.forced, k.forced.Try, k.forced.Wait = f, 0, ""
		if kinds[k] == nil {
			order = append(order, k)
		}
		kinds[k] = append(kinds[k], h)
	}
	var o plainRun
	for _, k := range order {
		if k.forced.What != "" {
			o.asked++
		}
		o.count(k.forced, kinds[k])
	}
	return o
}

// count adds connections of one kind.
func (o *plainRun) count(f fact.Forcing, list []*fact.Handshake) {
	plain := f.What == "" || f.Form == "control" || f.Zero == "none" || f.Extra == "full"
	best := farthest(list)
	if best.Progress() < fact.AtServerHello || !plain && best.Progress() < fact.AtDone {
		return // refused for what it offers, or broken each time, here or there
	}
	for _, h := range list {
		switch {
		case h.ShortOf(best):
			if !mayHaveWaited(f, h) {
				o.broke++
			}
		case plain:
			o.passed++
			if o.first == nil {
				o.first = h
			}
		}
	}
}

func farthest(list []*fact.Handshake) *fact.Handshake {
	return slices.MaxFunc(list, func(a, b *fact.Handshake) int { return int(a.Progress()) - int(b.Progress()) })
}

// mayHaveWaited: the first hellos of many forms are sent at the same time, at which some servers have them wait.
func mayHaveWaited(f fact.Forcing, h *fact.Handshake) bool {
	forced, _ := h.Variant.Forcing()
	return f.What == "hello" && silent(h) && forced.Wait == "" && forced.Form != "control"
}

// chance bounds how likely it is that so many tries break, and no more of the ordinary ones than did, for any experiment of the
// run, when each connection breaks with the same chance. It is looked for among all chances in steps of a hundredth.
func (o plainRun) chance(tries int) float64 {
	if o.passed == 0 {
		return 1
	}
	if o.broke == 0 {
		k, m := float64(tries), float64(o.passed)
		return min(1, float64(o.asked)*math.Pow(k/(k+m), k)*math.Pow(m/(k+m), m))
	}
	var most float64
	for i := 1; i < 100; i++ {
		p := float64(i) / 100
		most = max(most, math.Pow(p, float64(tries))*(1-atLeast(o.broke+1, o.broke+o.passed, p)))
	}
	return min(1, float64(o.asked)*most)
}

// sure is how certain it is that tries which all broke did so for what tells them from ordinary connections, "" when
// chance is not ruled out. Silence counts for proof when one that was given all the time there is met it as well.
func (o plainRun) sure(tries []*fact.Handshake, waited bool) Sure {
	n := len(tries)
	switch {
	case !alike(tries):
		return ""
	case n >= deepTries && o.broke == 0 && o.chance(n) <= proofChance && (waited || !silent(tries[0])):
		return Proven
	case n >= likelyTries && o.chance(n) <= likelyChance:
		return Likely
	}
	return ""
}

// alike: all ended in the same way. A close and a reset are one: which of them arrives is a matter of what was unread.
func alike(list []*fact.Handshake) bool {
	for _, h := range list {
		first := list[0].End
		if h.End.How != first.How && !(cut(h) && cut(list[0])) || h.End.Alert != first.Alert || h.End.Reason != first.Reason {
			return false
		}
	}
	return len(list) > 0
}

// proof says how ordinary connections fared.
func (o plainRun) proof(tries int) Proof {
	var p Proof
	if o.first != nil {
		p.Ref = o.first.Ref
	}
	p.Says = fmt.Sprintf("none of %d ordinary connections of the run broke; by chance: at most %s", o.passed, chance(o.chance(tries)))
	if o.broke > 0 {
		p.Says = fmt.Sprintf("%d of %d other connections of the run broke as well, by chance", o.broke, o.broke+o.passed)
	}
	return p
}

// waitedFor: one of them was given all the time there is.
func waitedFor(list []*fact.Handshake) bool {
	for _, h := range list {
		if f, _ := h.Variant.Forcing(); f.Wait == "full" && silent(h) {
			return true
		}
	}
	return false
}

// doubted lowers a finding that rests on the unchanged handshake, h, where experiments have shown that connections break
// by chance, and has h made again until chance is ruled out. Where no experiments with forms were made, it is left as it is.
func doubted(c *fact.Case, h *fact.Handshake, m Match) Match {
	o := ordinaryIn(c)
	if m.Sure != Proven || o.asked == 0 || !fickle(h) {
		return m
	}
	tries := 0
	for i := range c.Handshakes {
		if t := &c.Handshakes[i]; t.Unchanged() && t.ServerAddr() == h.ServerAddr() {
			tries++
		}
	}
	switch {
	case o.broke > 0:
		m.Sure, m.Asks = Likely, nil
		m.Proof = append(m.Proof, o.proof(tries))
	case tries < deepTries:
		m.Sure, m.Asks = Likely, []fact.Ask{{Variant: fact.Variant{Kind: fact.Repeat, Value: itoa(tries + 1)}, Weight: 10}}
	}
	return m
}
