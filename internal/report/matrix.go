package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MatrixSchema names the JSON of Matrix.
const MatrixSchema = "tlswhy/matrix/v1"

// A Matrix is what every mode of every client comes to at one server.
type Matrix struct {
	Schema      string      `json:"schema"`
	Target      string      `json:"target"`
	Certificate string      `json:"certificate"` // the names in the leaf and the root above it; "" without one
	Clients     []MatrixRow `json:"clients"`
	Gaps        []Gap       `json:"gaps"`
	Connections int         `json:"connections"`
}

// A MatrixRow is one client.
type MatrixRow struct {
	Client string       `json:"client"`
	Says   string       `json:"says"`
	Modes  []MatrixCell `json:"modes"`
}

// A MatrixCell is one mode.
type MatrixCell struct {
	Mode    string `json:"mode"`
	Outcome string `json:"outcome"`           // verified, unverified, plaintext, fails, unknown
	Chain   bool   `json:"chain"`             // the chain is verified, whether or not the name is
	Cause   string `json:"cause,omitempty"`   // slug, when it fails
	Title   string `json:"title,omitempty"`   // that cause in a sentence
	Why     string `json:"why,omitempty"`     // in a word or two
	Text    string `json:"text,omitempty"`    // what the client prints
	Fell    string `json:"fell,omitempty"`    // why it went on without TLS
	Dialled string `json:"dialled,omitempty"` // "confirmed", or what a real handshake came to instead; only with --verify
}

// MatrixJSON writes one JSON value.
func MatrixJSON(w io.Writer, m Matrix) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(m)
}

// MatrixText writes the table for people: a client's modes side by side, the outcome below each, then what the words mean.
func MatrixText(w io.Writer, m Matrix, s Style) error {
	t := &textWriter{style: s}
	t.row("", m.Target, "", s.Strong, nil)
	if m.Certificate != "" {
		t.row("  ", "certificate: "+m.Certificate, "", s.Dim, nil)
	}
	for _, r := range m.Clients {
		t.b.WriteByte('\n')
		t.matrixRow(r)
	}
	t.b.WriteByte('\n')
	t.legend(m)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// clientColumn is the width of the first column.
const clientColumn = 22

// matrixRow writes one client: its modes beside each other where they fit into the terminal, else one below the other.
func (t *textWriter) matrixRow(r MatrixRow) {
	used, widest := 2+clientColumn, 0
	for _, c := range r.Modes {
		used += cellWidth(c)
		widest = max(widest, min(columns(Safe(c.Mode)), modeColumn))
	}
	if used <= t.style.width() {
		t.cells(r.Client, r.Modes)
		return
	}
	name := r.Client
	for _, c := range r.Modes {
		t.modeLine(name, c, widest)
		name = ""
	}
}

// modeColumn is how wide a mode may be with its outcome behind it.
const modeColumn = 44

// modeLine is a mode with its outcome behind it, or below where the mode is long.
func (t *textWriter) modeLine(name string, c MatrixCell, widest int) {
	left := pad("  "+Safe(name), 2+clientColumn)
	if columns(Safe(c.Mode)) > widest {
		t.row(left, c.Mode, "", nil, nil)
		t.b.WriteString(strings.Repeat(" ", 2+clientColumn+2) + t.painted(c, 0) + "\n")
		return
	}
	t.b.WriteString(left + pad(Safe(c.Mode), widest+2) + t.painted(c, 0) + "\n")
}

// cellWidth is a column's width with the gap after it.
func cellWidth(c MatrixCell) int { return max(columns(Safe(c.Mode)), columns(Safe(c.word()))) + 3 }

// word is what stands in the table.
func (c MatrixCell) word() string {
	word := c.Outcome
	switch {
	case c.Outcome == "fails":
		word = "✗ " + c.Why
	case c.Outcome == "unverified" && c.Chain:
		word += "¹"
	}
	switch c.Dialled {
	case "":
	case "confirmed":
		word += " ✓"
	default:
		word += " ≠ " + c.Dialled
	}
	return word
}

func (t *textWriter) cells(name string, list []MatrixCell) {
	first, second := pad("  "+Safe(name), 2+clientColumn), strings.Repeat(" ", 2+clientColumn)
	for _, c := range list {
		first += pad(Safe(c.Mode), cellWidth(c))
		second += t.painted(c, cellWidth(c))
	}
	t.b.WriteString(strings.TrimRight(first, " ") + "\n")
	t.b.WriteString(strings.TrimRight(second, " ") + "\n")
}

func (t *textWriter) painted(c MatrixCell, width int) string {
	word := Safe(c.word())
	return t.style.paint(t.mood(c), word) + strings.Repeat(" ", max(0, width-columns(word)))
}

func (t *textWriter) mood(c MatrixCell) func(string) string {
	switch c.Outcome {
	case "verified":
		return t.style.Good
	case "fails", "plaintext":
		return t.style.Bad
	}
	return t.style.Dim
}

func pad(s string, width int) string { return s + strings.Repeat(" ", max(1, width-columns(s))) }

// legend says what the words of this table mean, and which causes are behind its crosses.
func (t *textWriter) legend(m Matrix) {
	seen := map[string]bool{}
	var causes []MatrixCell
	for _, r := range m.Clients {
		for _, c := range r.Modes {
			seen[c.Outcome], seen["¹"] = true, seen["¹"] || c.Outcome == "unverified" && c.Chain
			if c.Cause != "" && !slices.ContainsFunc(causes, func(o MatrixCell) bool { return o.Cause == c.Cause }) {
				causes = append(causes, c)
			}
		}
	}
	if seen["¹"] {
		t.wrap("  ", "¹ the chain is checked, the name is not")
	}
	var words []string
	for _, w := range [][2]string{{"verified", "TLS, and the peer is who it should be"}, {"unverified", "TLS with anybody"},
		{"plaintext", "silently none"}, {"unknown", "nothing was learnt that would tell"}} {
		if seen[w[0]] {
			words = append(words, w[0]+": "+w[1])
		}
	}
	t.wrap("  ", strings.Join(words, " · "))
	for _, c := range causes {
		t.row("  ✗ "+pad(c.Why, 24), c.Title, c.Cause, nil, t.style.Dim)
	}
	for _, g := range m.Gaps {
		t.wrap("  ", "not known: "+g.What+": "+g.Why)
	}
	t.line(fmt.Sprintf("%s · more: tlswhy explain CAUSE", plural(m.Connections, "connection")), "")
}
