package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Style is how a terminal shows emphasis; the zero value shows none. Width is in columns, 0 means 84.
type Style struct {
	Strong, Bad, Good, Dim func(string) string
	Width                  int
}

func (s Style) paint(f func(string) string, text string) string {
	if f == nil {
		return text
	}
	return f(text)
}

func (s Style) width() int {
	if s.Width < 40 {
		return 84
	}
	return min(s.Width, 110)
}

// Text writes the report for people: verdict, cause, ladder, proof, change, price.
func Text(w io.Writer, r Report, s Style) error {
	t := &textWriter{style: s}
	if r.watched != nil {
		t.watchedHead(r)
		t.watchedBody(r)
		if r.heard != nil {
			t.b.WriteByte('\n')
			t.heardHead(r)
			t.heardBody(r)
		}
		t.rest(r)
	} else if r.heard != nil {
		t.heardHead(r)
		t.heardBody(r)
		t.rest(r)
	} else if r.configured != nil {
		t.configuredText(r)
		t.rest(r)
	} else {
		t.head(r)
		t.findings(r)
		t.rest(r)
		t.foot(r)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

type textWriter struct {
	b     strings.Builder
	style Style
}

// line writes left text, and right text at the right margin when there is any. Both may come from a peer.
func (t *textWriter) line(left, right string) {
	left, right = Safe(left), Safe(right)
	pad := ""
	if right != "" {
		pad = strings.Repeat(" ", max(2, t.style.width()-columns(left)-columns(right)))
	}
	t.b.WriteString(strings.TrimRight(left+pad+right, " ") + "\n")
}

// row writes a prefix, text wrapped beside it, and a right part at the margin of the first line.
func (t *textWriter) row(prefix, text, right string, mark, side func(string) string) {
	prefix, text, right = Safe(prefix), Safe(text), Safe(right)
	indent := columns(prefix)
	room := t.style.width() - indent
	if right != "" {
		room -= columns(right) + 2
	}
	for i, l := range wrapped(text, max(room, 24)) {
		if i > 0 {
			t.b.WriteString(t.style.paint(mark, strings.Repeat(" ", indent)+l) + "\n")
			continue
		}
		t.b.WriteString(t.style.paint(mark, strings.TrimRight(prefix+l, " ")))
		if right != "" {
			pad := t.style.width() - indent - columns(l) - columns(right)
			t.b.WriteString(strings.Repeat(" ", max(2, pad)) + t.style.paint(side, right))
		}
		t.b.WriteByte('\n')
	}
}

func (t *textWriter) head(r Report) {
	mark := t.style.Bad
	if r.Outcome == "ok" {
		mark = t.style.Good
	}
	outcome := r.Outcome
	if outcome == "ok" && r.Question.Peer == "unverified" {
		outcome += ", " + r.Question.Peer
	}
	t.row("", r.Question.Target+"  as "+r.Question.As, outcome, t.style.Strong, mark)
}

// findings writes those that break in full, the first with the ladder; later ones as one line with their change.
func (t *textWriter) findings(r Report) {
	breaks := 0
	for _, f := range r.Findings {
		if f.Level != "breaks" {
			continue
		}
		if breaks > 0 && f.Sure == "possible" {
			t.rival(f)
		} else {
			t.finding(f, r.ladder, breaks == 0)
		}
		breaks++
	}
	if breaks > 0 {
		t.latent(r)
		return
	}
	if r.Outcome == "unknown" && r.Question.Peer == "" {
		t.unknown(r)
		return
	}
	if r.Outcome == "unknown" { // it works, without an option that could not be imitated
		t.b.WriteByte('\n')
		t.row("  ", "The handshake works without an option that is not imitated", "unknown", t.style.Strong, t.style.Bad)
	}
	t.b.WriteByte('\n')
	t.ladder(r.ladder)
	t.latent(r)
}

func (t *textWriter) finding(f Finding, ladder []rung, first bool) {
	t.b.WriteByte('\n')
	t.row("  ", upper(f.Title), f.Sure, t.style.Strong, t.style.Good)
	t.wrap("  ", f.Why)
	if first {
		t.b.WriteByte('\n')
		t.ladder(ladder)
	}
	t.b.WriteByte('\n')
	t.proof(f)
	if f.Sure != "proven" {
		t.indented("decide", f.Check)
	}
	t.b.WriteByte('\n')
	t.changes(f.Changes)
}

// proof writes what a finding rests on, and what speaks against it.
func (t *textWriter) proof(f Finding) {
	label := "proof"
	if f.Sure != "proven" {
		label = "seen"
	}
	for i, p := range f.Proof {
		if i > 0 {
			label = ""
		}
		t.row(fmt.Sprintf("  %-9s ", label), p.Says, place(p), nil, t.style.Dim)
	}
	for _, p := range f.Against {
		t.row("  against   ", p.Says, place(p), nil, t.style.Dim)
	}
}

// rival is another cause that fits as well: its name and what tells it from the first.
func (t *textWriter) rival(f Finding) {
	t.b.WriteByte('\n')
	t.row("  or: ", upper(f.Title), f.Sure, t.style.Strong, t.style.Good)
	t.indented("decide", f.Check)
	for _, c := range f.Changes {
		if c.Advised {
			t.indented("change", c.What)
			break
		}
	}
}

func place(p Proof) string {
	if p.Kind == "computed" {
		return "computed from " + p.At
	}
	return p.At
}

// changes writes what to do: advised ones first, weakening ones last with their price.
func (t *textWriter) changes(list []Change) {
	label, said := "change", ""
	for _, c := range list {
		if !c.Advised {
			continue
		}
		if c.What != said {
			t.indented(label, c.What)
			said = c.What
		}
		t.tried(c)
		t.snippet(c)
		label = "or"
	}
	for _, c := range list {
		if c.Advised {
			continue
		}
		t.indented("not this", c.What+price(c))
	}
}

// tried says what came of the handshake that was made as the change would have it.
func (t *textWriter) tried(c Change) {
	switch {
	case c.Tried == "":
	case c.Still == "":
		t.row("              ", "tried: the handshake made like this succeeds", c.Tried, nil, t.style.Dim)
	default:
		t.row("              ", "tried: "+c.Still, c.Tried, nil, t.style.Dim)
	}
}

func price(c Change) string {
	if c.Risk == "" {
		return ""
	}
	return ": " + c.Risk
}

// snippet writes the lines to put, then how to apply and undo them.
func (t *textWriter) snippet(c Change) {
	if c.Snippet == "" {
		return
	}
	head := c.Platform
	if c.File != "" {
		head += ", " + c.File
	}
	t.line("              "+head, "")
	for _, l := range strings.Split(strings.TrimRight(c.Snippet, "\n"), "\n") {
		t.line("                "+l, "")
	}
	if c.Apply != "" {
		t.indentedAt("              ", "apply: "+c.Apply)
	}
	if c.Undo != "" {
		t.indentedAt("              ", "undo:  "+c.Undo)
	}
}

func (t *textWriter) indentedAt(indent, text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		if i > 0 {
			l = "       " + l
		}
		t.line(indent+l, "")
	}
}

func (t *textWriter) indented(label, text string) {
	for i, l := range wrapped(text, t.style.width()-12) {
		if i > 0 {
			label = ""
		}
		t.line(fmt.Sprintf("  %-9s %s", label, l), "")
	}
}

func (t *textWriter) ladder(rungs []rung) {
	for _, r := range rungs {
		if r.broken {
			t.row(fmt.Sprintf("  ✗ %-8s ", r.name), r.says, r.note, t.style.Bad, t.style.Bad)
		} else {
			t.row(fmt.Sprintf("    %-8s ", r.name), r.says, r.note, nil, t.style.Dim)
		}
	}
}

// latent writes what does not break today.
func (t *textWriter) latent(r Report) {
	marks := map[string]string{"will-break": "! later", "weak": "! weak", "note": "  note"}
	first := true
	for _, f := range r.Findings {
		mark, ok := marks[f.Level]
		if !ok {
			continue
		}
		if first {
			t.b.WriteByte('\n')
			first = false
		}
		t.row(fmt.Sprintf("  %-9s ", mark), f.Title, f.Sure, t.style.Strong, t.style.Dim)
		if f.measured && f.Level == "will-break" { // it was asked for, so that nothing of it is left out
			t.proof(f)
			t.changes(f.Changes)
			continue
		}
		for _, c := range f.Changes {
			if c.Advised {
				t.indented("  change", c.What)
				t.snippet(c)
				break
			}
		}
	}
}

// unknown is honest: no cause, what was tried, what to collect.
func (t *textWriter) unknown(r Report) {
	t.b.WriteByte('\n')
	t.ladder(r.ladder)
	t.b.WriteByte('\n')
	t.row("  ", "No cause could be proven", "unknown", t.style.Strong, t.style.Bad)
	var tried []string
	for _, h := range r.Handshakes {
		if h.Changed != "" && !strings.HasPrefix(h.Changed, string(fact.Forced)+" ") { // those answer another question
			tried = append(tried, h.Changed)
		}
	}
	if len(tried) > 0 {
		t.wrap("  ", fmt.Sprintf("%s gave no way through: %s.", plural(len(tried), "one-change experiment"), strings.Join(tried, ", ")))
	}
}

// rest writes what was tested, open questions and gaps.
func (t *textWriter) rest(r Report) {
	if len(r.tested) > 0 {
		t.b.WriteByte('\n')
	}
	for _, says := range r.tested {
		t.indented("tested", says)
	}
	if len(r.Open) > 0 {
		t.b.WriteByte('\n')
	}
	for _, o := range r.Open {
		t.indented("next", o.Ask+": "+o.How)
	}
	if len(r.Gaps) > 0 {
		t.b.WriteByte('\n')
	}
	for _, g := range r.Gaps {
		t.indented("not seen", g.What+": "+g.Why)
	}
}

func (t *textWriter) foot(r Report) {
	t.b.WriteByte('\n')
	unit := "connections"
	if r.Connections == 1 {
		unit = "connection"
	}
	text := fmt.Sprintf("%d %s", r.Connections, unit)
	if r.took != "" {
		text += ", " + r.took
	}
	t.b.WriteString(t.style.paint(t.style.Dim, text) + "\n")
}

func (t *textWriter) wrap(indent, text string) {
	for _, l := range wrapped(text, t.style.width()-len(indent)) {
		t.line(indent+l, "")
	}
}

// wrapped breaks text at spaces into lines of at most width columns; a word that is longer, as Japanese writes sentences,
// is broken where it must be.
func wrapped(text string, width int) []string {
	var lines []string
	var line string
	for _, word := range strings.Fields(text) {
		if line != "" && columns(line)+1+columns(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		for columns(line)+columns(word) > width && wide(word) {
			head, rest := cut(word, width-columns(line))
			lines, line, word = append(lines, line+head), "", rest
		}
		line += word
	}
	return append(lines, line)
}

// upper begins a sentence; a name stays as it is written.
func upper(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.ContainsAny(word, ".:/\\@_0123456789") {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
