package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A Repeat is what many unchanged handshakes say together. Shares run from 0 to 1.
type Repeat struct {
	Handshakes  int              `json:"handshakes"`
	Failed      int              `json:"failed"`
	Share       float64          `json:"share"`
	Low         float64          `json:"low"` // Low to High holds the true share 95 times in 100
	High        float64          `json:"high"`
	FirstFailed int              `json:"first_failed"` // number of the first that failed, from 1; 0: none, or not counted
	Enough      int              `json:"enough"`       // so many show a failure at least once 95 times in 100, at this share; 0: none failed
	Parallel    int              `json:"parallel"`
	Says        string           `json:"says"`
	Tested      []string         `json:"tested"`   // what failures were compared by
	Untested    []string         `json:"untested"` // the same each time, or not known of those that fail
	Links       []RepeatLink     `json:"links"`
	Backends    []RepeatBackends `json:"backends"`
	Order       []RepeatOrder    `json:"order"`
}

// A RepeatLink is something that failures go together with more often than chance allows.
type RepeatLink struct {
	What         string   `json:"what"`
	Value        string   `json:"value"`
	Same         []string `json:"same"` // what else those handshakes have in common
	Failed       int      `json:"failed"`
	Handshakes   int      `json:"handshakes"`
	OthersFailed int      `json:"others_failed"`
	Others       int      `json:"others"`
	Chance       float64  `json:"chance"` // Fisher's exact test, corrected for all comparisons (Holm)
	Enough       int      `json:"enough"` // about so many handshakes show it
}

// RepeatBackends are the values of a feature by which several machines are told apart.
type RepeatBackends struct {
	By   string          `json:"by"`
	List []RepeatBackend `json:"list"`
}

// A RepeatBackend is one of them; times are medians in milliseconds.
type RepeatBackend struct {
	Value      string  `json:"value"`
	Handshakes int     `json:"handshakes"`
	Failed     int     `json:"failed"`
	ConnectMS  float64 `json:"connect_ms"`
	TLSMS      float64 `json:"tls_ms"`
}

// A RepeatOrder says that outcomes at an address do not follow each other by chance.
type RepeatOrder struct {
	Server  string  `json:"server"`
	Regular bool    `json:"regular"` // they take turns; false: failures come in a row
	Chance  float64 `json:"chance"`
}

// repeated makes the section of a case, nil when one handshake was made alone.
func repeated(c *fact.Case) *Repeat {
	r, ok := cause.Repeat(c)
	if !ok {
		return nil
	}
	out := &Repeat{Handshakes: r.Made, Failed: r.Failed, Share: float64(r.Failed) / float64(r.Made), Low: r.Low, High: r.High,
		FirstFailed: r.FirstFailed, Enough: r.Enough, Parallel: 1, Says: r.Words(), Tested: []string{}, Untested: []string{}, Links: []RepeatLink{},
		Backends: []RepeatBackends{}, Order: []RepeatOrder{}}
	out.Tested, out.Untested = append(out.Tested, r.Tested...), append(out.Untested, r.Untested...)
	if c.Repeats != nil {
		out.Parallel = c.Repeats.Parallel
	}
	for _, l := range r.Links {
		out.Links = append(out.Links, repeatLink(l))
	}
	for _, b := range r.Backends {
		out.Backends = append(out.Backends, repeatBackends(b))
	}
	for _, t := range r.Turns {
		out.Order = append(out.Order, RepeatOrder{Server: where(t.Addr), Regular: t.Regular, Chance: t.P})
	}
	return out
}

func repeatLink(l cause.Link) RepeatLink {
	out := RepeatLink{What: l.What, Value: l.Value, Same: []string{}, Failed: l.Failed, Handshakes: l.Made, OthersFailed: l.OthersFailed,
		Others: l.OthersMade, Chance: l.P, Enough: l.Enough}
	for _, s := range l.Same {
		out.Same = append(out.Same, s.What+" "+s.Value)
	}
	return out
}

func repeatBackends(b cause.Backends) RepeatBackends {
	out := RepeatBackends{By: b.By}
	for _, x := range b.List {
		out.List = append(out.List, RepeatBackend{Value: x.Value, Handshakes: x.Made, Failed: x.Failed,
			ConnectMS: inMS(x.Connect.Median()), TLSMS: inMS(x.TLS.Median())})
	}
	return out
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// repeatRungs tell the section in the ladder: the rate, what failures go with, the machines, the times.
func repeatRungs(c *fact.Case) []rung {
	r := repeated(c)
	if r == nil {
		return nil
	}
	rungs := []rung{{name: "repeat", says: r.Says + kindsOf(c), broken: r.Failed > 0}}
	add := func(format string, args ...any) { rungs = append(rungs, rung{says: fmt.Sprintf(format, args...)}) }
	for _, l := range r.Links {
		add("%s: %d of %d fail; others: %d of %d (by chance: %s; about %d handshakes show it)",
			linkName(l), l.Failed, l.Handshakes, l.OthersFailed, l.Others, chance(l.Chance), l.Enough)
	}
	if len(r.Tested) > 0 && len(r.Links) == 0 {
		add("failures go with nothing that was compared: %s", strings.Join(r.Tested, ", "))
	}
	if len(r.Tested) > 0 && len(r.Untested) > 0 {
		add("not compared, being the same each time or not seen where it fails: %s", strings.Join(r.Untested, ", "))
	}
	for _, o := range r.Order {
		add("at %s %s (by chance: %s)", o.Server, inOrder(o), chance(o.Chance))
	}
	if r.Failed > 0 && r.Failed < r.Handshakes && r.FirstFailed > 0 {
		add("the first failure was number %d; %d handshakes show one at least 95 times in 100", r.FirstFailed, r.Enough)
	}
	for _, b := range r.Backends {
		add("answers by %s: %s", b.By, machineList(b))
	}
	if says := pace(c); says != "" {
		add("%s", says)
	}
	return rungs
}

func inOrder(o RepeatOrder) string {
	if o.Regular {
		return "failures take turns with successes, as a balancer makes them that goes round its machines"
	}
	return "failures come in a row: something changed during the run"
}

func linkName(l RepeatLink) string {
	name := l.What + " " + short(l.Value)
	if l.What == "time" {
		name = l.Value
	}
	if l.What == "time to connect" {
		name += " (a hint: much else may do that)"
	}
	for _, s := range l.Same {
		what, value, _ := strings.Cut(s, " ")
		name += ", " + what + " " + short(value)
	}
	return name
}

// short cuts fingerprints and the like.
func short(value string) string {
	if len(value) > 48 || len(value) >= 32 && !strings.Contains(value, " ") {
		return value[:16] + "…"
	}
	return value
}

// maxMachines is how many machines the text names.
const maxMachines = 6

func machineList(b RepeatBackends) string {
	var list []string
	for i, x := range b.List {
		if i == maxMachines {
			list = append(list, fmt.Sprintf("%d more", len(b.List)-i))
			break
		}
		text := fmt.Sprintf("%s %d×", short(x.Value), x.Handshakes)
		if x.Failed > 0 {
			text += fmt.Sprintf(", %d fail", x.Failed)
		}
		if x.TLSMS > 0 {
			text += fmt.Sprintf(", %s ms", number(x.ConnectMS+x.TLSMS))
		}
		list = append(list, text)
	}
	return strings.Join(list, " · ")
}

// pace tells how long those take that work, and those that fail.
func pace(c *fact.Case) string {
	var works, fails, connect fact.Spread
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if h.Again == nil {
			continue
		}
		connect.Merge(h.Again.Connect)
		if h.Completed() {
			works.Merge(h.Again.TLS)
		} else {
			fails.Merge(h.Again.TLS)
		}
	}
	if connect.Count == 0 {
		return ""
	}
	says := fmt.Sprintf("median times: TCP %s ms", number(inMS(connect.Median())))
	if works.Count > 0 {
		says += fmt.Sprintf(", TLS %s ms", number(inMS(works.Median())))
	}
	if fails.Count > 0 {
		says += fmt.Sprintf(", %s ms until it fails", number(inMS(fails.Median())))
	}
	return says
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 1, 64) }

func number(x float64) string {
	if x < 10 {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}

func chance(p float64) string {
	if p < 1e-9 {
		return "p < 10⁻⁹"
	}
	if p < 0.001 {
		return "p = " + strconv.FormatFloat(p, 'e', 1, 64)
	}
	return "p = " + strconv.FormatFloat(p, 'f', 3, 64)
}

// kindsOf counts what the handshakes came to, most frequent first, where that differs.
func kindsOf(c *fact.Case) string {
	seen := map[string]int{}
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if h.Again != nil || c.Repeats == nil && (h.Variant.Kind == fact.Baseline || h.Variant.Kind == fact.Repeat) {
			seen[likeness(h)] += max(h.Seen.Count, 1)
		}
	}
	if len(seen) < 2 {
		return ""
	}
	says := ""
	kinds := slices.SortedFunc(maps.Keys(seen), func(a, b string) int { return cmp.Or(seen[b]-seen[a], strings.Compare(a, b)) })
	for i, k := range kinds {
		if i == maxMachines {
			return says + fmt.Sprintf(" · %d more kinds", len(kinds)-i)
		}
		says += fmt.Sprintf(" · %d× %s", seen[k], k)
	}
	return says
}

// likeness is what two handshakes of one server should have in common.
func likeness(h *fact.Handshake) string {
	if h.Server == nil {
		return broke(h)
	}
	s := names.Version(h.Server.Version) + " " + names.SuiteName(h.Server.Suite)
	if leaf := h.Chain.Leaf(); leaf != nil && len(leaf.SHA256) >= 8 {
		s += " certificate " + leaf.SHA256[:8]
	}
	switch {
	case h.Completed():
	case h.Finished == fact.Yes && !h.Verdict.OK():
		s += ", certificate refused"
	default:
		s += ", " + broke(h)
	}
	return s
}
