package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lang"
)

// ExplainSchema names the version of what explain prints as JSON.
const ExplainSchema = "tlswhy/explain/v1"

// A Page is the catalogue's page of one cause.
type Page struct {
	Cause   string   `json:"cause"`
	ID      string   `json:"id"`
	Phase   string   `json:"phase"`
	Level   string   `json:"level"`
	Title   string   `json:"title"`
	Why     string   `json:"why"`
	Check   string   `json:"check"`
	Decide  string   `json:"decide"` // the experiment that tells it from others
	Signs   []string `json:"signs"`  // what texts say when this is the cause, most telling first
	Hides   []string `json:"hides"`  // causes that are its consequences
	Changes []Change `json:"changes"`
	Sources []string `json:"sources"`
}

// An Explanation answers what explain was asked.
type Explanation struct {
	Schema string `json:"schema"`
	Asked  string `json:"asked"`
	Codes  []Code `json:"codes"`  // what was asked, decoded
	Causes []Page `json:"causes"` // most likely first; the whole catalogue where nothing was asked
}

// PageOf makes the page of a cause. What only a case would tell stands as a word in capitals.
func PageOf(card *cause.Cause) Page {
	f := diagnose.Finding{Cause: card, Match: cause.Match{Changes: card.Advice}}
	args := withCapitals(f)
	p := Page{Cause: card.Slug, ID: card.ID, Phase: string(card.Phase), Level: string(card.Level), Title: lang.Fill(cmp.Or(card.Plain, card.Title), args),
		Why: lang.Fill(card.Why, args), Check: lang.Fill(card.Check, args), Decide: card.Decide, Signs: []string{}, Hides: []string{},
		Changes: changes(&fact.Case{}, filled(card.Advice, args)), Sources: card.Cites}
	p.Hides = append(p.Hides, card.Hides...)
	p.Signs = append(p.Signs, signsOf(card)...)
	return p
}

// telling is the weight from which a sign is worth showing.
const telling = 6

// signsOf are the symptoms of a cause in words, most telling first.
func signsOf(card *cause.Cause) []string {
	signs := slices.DeleteFunc(slices.Clone(card.Signs), func(s cause.Sign) bool { return s.Weight < telling })
	slices.SortStableFunc(signs, func(a, b cause.Sign) int { return b.Weight - a.Weight })
	var out []string
	for _, s := range signs {
		if w := cause.Says(s.Of); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// WritePage writes a page for people.
func WritePage(w io.Writer, p Page, s Style) error {
	t := &textWriter{style: s}
	t.row("", upper(p.Title), p.ID, t.style.Strong, t.style.Dim)
	t.row("", p.Cause+"   "+p.Phase+", "+p.Level, "", t.style.Dim, nil)
	t.b.WriteByte('\n')
	t.wrap("  ", p.Why)
	t.b.WriteByte('\n')
	if len(p.Signs) > 0 {
		t.indented("texts", strings.Join(p.Signs, "; "))
	}
	if p.Decide != "" {
		t.indented("decide", p.Decide)
	}
	t.indented("check", p.Check)
	t.b.WriteByte('\n')
	t.changes(p.Changes)
	if len(p.Hides) > 0 {
		t.b.WriteByte('\n')
		t.indented("explains", strings.Join(p.Hides, ", "))
	}
	t.b.WriteByte('\n')
	for i, c := range p.Sources {
		label := ""
		if i == 0 {
			label = "sources"
		}
		t.indented(label, c)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// WriteExplanation writes what a code means and the causes behind it as a list; a cause that was asked for, or found alone,
// as its page.
func WriteExplanation(w io.Writer, x Explanation, s Style) error {
	t := &textWriter{style: s}
	for _, c := range x.Codes {
		t.row("", c.Code+" = "+c.Means, "", t.style.Strong, nil)
	}
	if len(x.Codes) > 0 {
		t.b.WriteByte('\n')
	}
	page := len(x.Causes) == 1 && len(x.Codes) == 0
	if len(x.Causes) > 0 && !page {
		t.catalogue(x.Causes, len(x.Asked) == 0)
	}
	if _, err := io.WriteString(w, t.b.String()); err != nil || !page {
		return err
	}
	return WritePage(w, x.Causes[0], s)
}

// catalogue lists causes, by the step of a connection where they are filed or in their order.
func (t *textWriter) catalogue(list []Page, byPhase bool) {
	phase := ""
	for _, p := range list {
		if byPhase && p.Phase != phase {
			if phase != "" {
				t.b.WriteByte('\n')
			}
			phase = p.Phase
			t.row("", phase, "", t.style.Strong, nil)
		}
		t.row(fmt.Sprintf("  %-36s", p.Cause), p.Title, p.ID, nil, t.style.Dim)
	}
	t.b.WriteByte('\n')
	t.line("one page: tlswhy explain SLUG", "")
}

// ExplanationJSON writes one JSON value.
func ExplanationJSON(w io.Writer, x Explanation) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(x)
}
