package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// heardHead writes what was read and what came of it.
func (t *textWriter) heardHead(r Report) {
	mark := t.style.Bad
	if r.Outcome == "ok" {
		mark = t.style.Good
	}
	h := r.heard
	if len(h.Names) == 0 {
		t.row("", "what the text says", r.Outcome, t.style.Strong, mark)
		return
	}
	parts := slices.Clone(h.Dialects)
	if d := h.Last.Sub(h.First); d > 0 {
		parts = append(parts, days(d))
	}
	parts = append(parts, plural(h.Lines, "line"), thousands(h.About)+" about TLS")
	t.row("", strings.Join(h.Names, " ")+"  "+strings.Join(parts, ", "), r.Outcome, t.style.Strong, mark)
}

func days(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return long(d)
}

// heardBody writes the texts with their causes: one text in full, a log by whom it is about, noise last and calm.
func (t *textWriter) heardBody(r Report) {
	failures := slices.DeleteFunc(slices.Clone(r.heard.events), func(e fact.Event) bool { return e.Success || len(e.Symptoms) == 0 })
	switch {
	case len(failures) == 0:
		t.unheard(r)
	case len(failures) == 1:
		t.oneText(r, failures[0])
	default:
		t.subjects(r, failures)
		t.noise(r)
		t.unheard(r)
	}
}

// oneText writes a single complaint: what it says, and every cause that can print it.
func (t *textWriter) oneText(r Report, e fact.Event) {
	t.b.WriteByte('\n')
	t.quote(e)
	t.since(&e)
	first := []Proof{}
	for i, f := range heardOnly(r.Findings) {
		if i == 0 {
			t.heardFinding(f)
			first = f.Against
			continue
		}
		t.rival(f)
		for _, p := range f.Against {
			if !slices.Contains(first, p) { // what stands against all is told with the first
				t.row("  against   ", p.Says, p.At, nil, t.style.Dim)
			}
		}
	}
}

func heardOnly(list []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(list), func(f Finding) bool { return !slices.ContainsFunc(f.Proof, ofText) })
}

func ofText(p Proof) bool { return p.Kind == "text" || p.Kind == "log" }

// quote writes a text with its codes in words, and who refused whom first.
func (t *textWriter) quote(e fact.Event) {
	if w := cause.WhoRefused(&e); w != "" {
		t.row("  ", upper(w), "", t.style.Strong, nil)
	}
	t.row(fmt.Sprintf("  %-9s ", "text"), e.Text, e.Ref.At, nil, t.style.Dim)
	for i, k := range e.Codes {
		label := ""
		if i == 0 {
			label = "means"
		}
		t.row(fmt.Sprintf("  %-9s ", label), k.Code+" = "+k.Means, "", nil, nil)
	}
}

// since tells how often and when, with a spark line of the minutes.
func (t *textWriter) since(e *fact.Event) {
	if e.Seen.Count < 2 {
		return
	}
	text := fmt.Sprintf("%s times", thousands(e.Seen.Count))
	if !e.Seen.First.IsZero() {
		text += fmt.Sprintf(" from %s to %s", clock(e.Seen.First), clock(e.Seen.Last))
	}
	t.row(fmt.Sprintf("  %-9s ", "when"), strings.TrimSpace(text+"  "+sparkOf([]*fact.Event{e})), "", nil, nil)
}

func clock(at time.Time) string { return at.Format("2006-01-02 15:04:05") }

func (t *textWriter) heardFinding(f Finding) {
	t.b.WriteByte('\n')
	t.row("  ", upper(f.Title), f.Sure, t.style.Strong, t.style.Good)
	t.wrap("  ", f.Why)
	t.b.WriteByte('\n')
	label := "because"
	if f.Sure == "proven" {
		label = "proof"
	}
	for i, p := range f.Proof {
		if i > 0 {
			label = ""
		}
		t.row(fmt.Sprintf("  %-9s ", label), p.Says, p.At, nil, t.style.Dim)
	}
	for _, p := range f.Against {
		t.row("  against   ", p.Says, p.At, nil, t.style.Dim)
	}
	if f.Sure != "proven" {
		t.indented("decide", f.Check)
	}
	t.b.WriteByte('\n')
	t.changes(few(f.Changes))
}

// few keeps the first changes that are advised, and the first that are not: a text decides too little for more.
func few(list []Change) []Change {
	var out []Change
	yes, no := 0, 0
	for _, c := range list {
		switch {
		case c.Advised && yes < 2:
			yes++
		case !c.Advised && no < 2:
			no++
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

// subjects writes a log's complaints by whom they are about, the operator's worst first.
func (t *textWriter) subjects(r Report, failures []fact.Event) {
	var order []string
	groups := map[string][]Finding{}
	for _, f := range heardOnly(r.Findings) {
		if f.Phase == "benign" {
			continue
		}
		s := subject(f)
		if groups[s] == nil {
			order = append(order, s)
		}
		groups[s] = append(groups[s], f)
	}
	told := map[string]bool{} // causes whose change is already on the page
	for i, s := range order {
		if i == maxSubjects {
			t.more(order[i:], groups)
			break
		}
		t.subject(r, s, groups[s], failures, told)
	}
}

// maxSubjects is how many upstreams, clients and servers of a log are told by themselves.
const maxSubjects = 8

// more adds up the subjects that are not told by themselves.
func (t *textWriter) more(rest []string, groups map[string][]Finding) {
	counts := map[string]int{}
	total := 0
	for _, s := range rest {
		for _, f := range groups[s] {
			counts[f.Cause] += f.Count
			total += f.Count
		}
	}
	var parts []string
	for _, slug := range byCount(counts) {
		parts = append(parts, fmt.Sprintf("%s× %s", thousands(counts[slug]), slug))
	}
	t.b.WriteByte('\n')
	t.row("  ", fmt.Sprintf("and %d more with %s: %s", len(rest), plural(total, "failure"), strings.Join(parts, ", ")), "", nil, nil)
}

// subject is whom a finding of a log is about.
func subject(f Finding) string {
	switch {
	case f.About.Upstream != "":
		return "to upstream " + f.About.Upstream
	case f.About.Client != "":
		return "from client " + f.About.Client
	case f.About.Server != "":
		return "at " + f.About.Server
	}
	return "in general"
}

func (t *textWriter) subject(r Report, name string, list []Finding, failures []fact.Event, told map[string]bool) {
	mine := eventsOf(list, failures)
	total, first, last := 0, time.Time{}, time.Time{}
	for _, f := range list {
		total += f.Count
	}
	for _, e := range mine {
		first, last = earlier(first, e.Seen.First), later(last, e.Seen.Last)
	}
	text := plural(total, "failure")
	if !first.IsZero() {
		text += " since " + clock(first)
	}
	if s := share(r, list[0], total); s != "" {
		text += ", " + s
	}
	if s := sparkOf(mine); s != "" {
		text += ", " + s
	}
	if still(r, last) {
		text += " still going"
	} else if !last.IsZero() && total > 1 {
		text += ", the last at " + clock(last)
	}
	t.b.WriteByte('\n')
	t.row("  ", name+"   "+text, "", t.style.Strong, nil)
	for _, f := range list {
		t.logFinding(f, mine, told[f.Cause])
		told[f.Cause] = true
	}
}

// logFinding writes a cause with an example line, and its change unless that was told before.
func (t *textWriter) logFinding(f Finding, mine []*fact.Event, told bool) {
	count := ""
	if f.Count > 1 {
		count = fmt.Sprintf(" (%s×)", thousands(f.Count))
	}
	t.row("    ", upper(f.Title)+count, f.Sure, t.style.Strong, t.style.Good)
	for _, e := range mine {
		if slices.ContainsFunc(f.Proof, func(p Proof) bool { return p.At == e.Ref.At }) {
			t.row("      ", e.Text, e.Ref.At, nil, t.style.Dim)
			if w := cause.WhoRefused(e); w != "" {
				t.row("      ", w+"; "+f.Proof[0].Says, "", nil, nil)
			}
			break
		}
	}
	if told {
		return
	}
	for _, c := range f.Changes {
		if c.Advised {
			t.indented("    change", c.What)
			t.snippet(c)
			break
		}
	}
	if f.Sure != "proven" {
		t.indented("    decide", f.Check)
	}
}

func eventsOf(list []Finding, events []fact.Event) []*fact.Event {
	var mine []*fact.Event
	for i := range events {
		e := &events[i]
		if slices.ContainsFunc(list, func(f Finding) bool {
			return slices.ContainsFunc(f.Proof, func(p Proof) bool { return p.At == e.Ref.At })
		}) {
			mine = append(mine, e)
		}
	}
	return mine
}

// share is the part of an upstream's connections that failed, where the log shows those that did not.
func share(r Report, f Finding, failed int) string {
	good := 0
	for _, e := range r.heard.events {
		if e.Success && e.Upstream == f.About.Upstream && e.Server == f.About.Server {
			good += e.Seen.Count
		}
	}
	if good == 0 {
		return ""
	}
	return percent(float64(failed)/float64(failed+good)) + " % of its connections"
}

// still: the last failure is within the last twentieth of the log's time.
func still(r Report, last time.Time) bool {
	span := r.heard.Last.Sub(r.heard.First)
	return span > time.Minute && !last.IsZero() && r.heard.Last.Sub(last) <= span/20
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// sparkOf draws the failures of events over time, at most sparkColumns wide.
func sparkOf(events []*fact.Event) string {
	var start time.Time
	for _, e := range events {
		start = earlier(start, e.Seen.First)
	}
	var minutes []uint32
	for _, e := range events {
		at := int(e.Seen.First.Truncate(time.Minute).Sub(start.Truncate(time.Minute)) / time.Minute)
		for i, n := range e.Seen.PerMinute {
			for len(minutes) <= at+i && len(minutes) < 7*24*60 {
				minutes = append(minutes, 0)
			}
			if at+i < len(minutes) {
				minutes[at+i] += n
			}
		}
	}
	if len(minutes) < 2 {
		return ""
	}
	return spark(squeezed(minutes, sparkColumns))
}

const sparkColumns = 16

// squeezed adds up neighbours until the columns fit.
func squeezed(minutes []uint32, most int) []uint32 {
	width := (len(minutes) + most - 1) / most
	var columns []uint32
	for part := range slices.Chunk(minutes, width) {
		var n uint32
		for _, c := range part {
			n += c
		}
		columns = append(columns, n)
	}
	return columns
}

// noise is one calm paragraph about what nobody has to mend.
func (t *textWriter) noise(r Report) {
	total := 0
	var parts []string
	for _, f := range heardOnly(r.Findings) {
		if f.Phase != "benign" {
			continue
		}
		total += f.Count
		says := f.Title
		if i := slices.IndexFunc(f.Proof, func(p Proof) bool {
			return strings.HasPrefix(p.Says, "from ") || strings.Contains(p.Says, " comes every ")
		}); i >= 0 {
			says += " (" + f.Proof[i].Says + ")"
		}
		parts = append(parts, fmt.Sprintf("%s× %s", thousands(f.Count), says))
	}
	if total > 0 {
		t.b.WriteByte('\n')
		t.wrap("  ", plural(total, "line")+" of noise: "+strings.Join(parts, "; "))
	}
}

// maxUnheard is how many texts that nobody knows are shown.
const maxUnheard = 5

// unheard is honest about texts that say nothing we know.
func (t *textWriter) unheard(r Report) {
	n := 0
	for _, e := range r.heard.events {
		prose := e.Dialect == "" && e.Ref.Kind != "text" && len(r.Findings) > 0
		if e.Success || len(e.Symptoms) > 0 || prose {
			continue
		}
		if n++; n > maxUnheard {
			continue
		}
		t.b.WriteByte('\n')
		t.quote(e)
		if len(e.Codes) == 0 {
			t.wrap("  ", "This text is not known, and it holds no code that can be decoded. What the other side logged at the same time may say more.")
		} else {
			t.wrap("  ", "The codes are decoded; no cause is known by them alone.")
		}
	}
	switch {
	case n > maxUnheard:
		t.line(fmt.Sprintf("  and %d other texts that are not known", n-maxUnheard), "")
	case n == 0 && len(heardOnly(r.Findings)) == 0:
		t.b.WriteByte('\n')
		t.line("  nothing in it is about TLS", "")
	}
}
