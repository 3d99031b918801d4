package cause

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lang"
)

// readCases parses testdata/<slug>.txtar: cases that fire and near misses, by file name.
func readCases(t *testing.T, slug string) (fires, near map[string]*fact.Case) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", slug+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	fires, near = map[string]*fact.Case{}, map[string]*fact.Case{}
	for _, f := range a.Files {
		c := new(fact.Case)
		d := json.NewDecoder(strings.NewReader(string(f.Data)))
		d.DisallowUnknownFields()
		if err := d.Decode(c); err != nil {
			t.Fatalf("%s: %s: %v", slug, f.Name, err)
		}
		if strings.HasPrefix(f.Name, "fires") {
			fires[f.Name] = c
		} else {
			near[f.Name] = c
		}
	}
	return fires, near
}

// matched is what a card's rule finds in handshakes; cards that only texts show have none.
func matched(card Cause, c *fact.Case) []Match {
	if card.Match == nil {
		return nil
	}
	return card.Match(c)
}

// TestCatalogue is the gate: every cause has a case that provokes it, a near miss that does not, complete texts,
// a source, and changes.
func TestCatalogue(t *testing.T) {
	for _, card := range All() {
		t.Run(card.Slug, func(t *testing.T) {
			fires, near := readCases(t, card.Slug)
			if len(fires) == 0 || len(near) == 0 {
				t.Fatal("needs at least one case that fires and one near miss")
			}
			for name, c := range fires {
				if card.Match == nil || len(c.Handshakes) == 0 && len(c.Events) > 0 {
					checkHeard(t, card.Slug, name, c)
					continue
				}
				ms := matched(card, c)
				if len(ms) == 0 {
					t.Errorf("%s: does not fire", name)
				}
				for _, m := range ms {
					checkMatch(t, card, m)
				}
			}
			for name, c := range near {
				if ms := matched(card, c); len(ms) > 0 {
					t.Errorf("%s: fires on a near miss: %+v", name, ms[0].Proof)
				}
				for _, e := range c.Events {
					if p := placeOf(card.Slug, &e); p >= 0 && p < named {
						t.Errorf("%s: a near miss, and still cause number %d of %q", name, p+1, e.Text)
					}
				}
			}
		})
	}
}

// checkHeard: a cause that only texts show is provoked by texts, in the vocabulary of symptoms.
func checkHeard(t *testing.T, slug, name string, c *fact.Case) {
	t.Helper()
	if len(c.Events) == 0 {
		t.Errorf("%s: no text", name)
	}
	for _, e := range c.Events {
		if e.Text == "" || len(e.Symptoms) == 0 || e.Ref.At == "" || e.Ref.Kind == "" {
			t.Errorf("%s: an event needs a place, a text and symptoms: %+v", name, e)
		}
		if p := placeOf(slug, &e); p < 0 || p >= named {
			t.Errorf("%s: not among the first %d causes of %q", name, named, e.Text)
		}
	}
}

// named is how many causes of a text an expert would look at.
const named = 3

// placeOf is the place of a cause among those that a text may have, from 0; -1 when it is none of them.
func placeOf(slug string, e *fact.Event) int {
	return slices.IndexFunc(Candidates(e, All()), func(k Candidate) bool { return k.Cause.Slug == slug })
}

func checkMatch(t *testing.T, card Cause, m Match) {
	t.Helper()
	if len(m.Proof) == 0 || m.Sure == "" {
		t.Error("a match needs proof and says how sure it is")
	}
	for _, p := range m.Proof {
		if p.Ref.At == "" || p.Says == "" {
			t.Errorf("proof without a place or words: %+v", p)
		}
	}
	if card.Residual && m.Sure == Proven && !m.Measured {
		t.Error("a residual cause is at most likely")
	}
	if len(m.Changes) == 0 {
		t.Error("no change advised")
	}
	if !slices.ContainsFunc(m.Changes, advised) {
		t.Error("every change is a weakening one")
	}
	for _, text := range []string{card.Title, card.Why, card.Check} {
		if left := lang.Placeholders(lang.Fill(text, m.Args)); len(left) > 0 {
			t.Errorf("placeholders not filled: %v in %q", left, text)
		}
	}
}

var slugLine = regexp.MustCompile(`^[a-z0-9-]+$`)

// TestCards checks the data of every card.
func TestCards(t *testing.T) {
	ids, slugs := map[string]bool{}, map[string]bool{}
	for _, c := range All() {
		if ids[c.ID] || slugs[c.Slug] {
			t.Errorf("%s %s: used twice", c.ID, c.Slug)
		}
		ids[c.ID], slugs[c.Slug] = true, true
		if !slugLine.MatchString(c.Slug) || c.Since == "" || c.Title == "" || c.Check == "" || len(c.Cites) == 0 {
			t.Errorf("%s: card is incomplete", c.Slug)
		}
		checkPlain(t, c)
		if n := len(strings.Fields(c.Why)); n < 20 {
			t.Errorf("%s: why has %d words; a person who does not know TLS needs more", c.Slug, n)
		}
		if strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: title ends with a full stop", c.Slug)
		}
	}
	for _, c := range All() {
		for _, h := range c.Hides {
			if h == c.Slug {
				t.Errorf("%s hides itself", c.Slug)
			}
		}
	}
}

// TestNamesAreKnown keeps slugs and phases to the list of names, docs/causes.tsv.
func TestNamesAreKnown(t *testing.T) {
	phases := map[string]string{}
	f, err := os.Open(filepath.Join("..", "..", "docs", "causes.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if cols := strings.Split(s.Text(), "\t"); len(cols) >= 2 {
			phases[cols[0]] = cols[1]
		}
	}
	for _, c := range All() {
		if phases[c.Slug] != string(c.Phase) {
			t.Errorf("%s: phase %q, the list says %q", c.Slug, c.Phase, phases[c.Slug])
		}
		for _, h := range c.Hides {
			if phases[h] == "" {
				t.Errorf("%s hides the unknown %q", c.Slug, h)
			}
		}
	}
}

func advised(ch change.Change) bool { return ch.Advised }

// checkPlain: what is said where nothing but a text is known needs no argument, and advises something that does not
// cost security, before anything that does.
func checkPlain(t *testing.T, c Cause) {
	t.Helper()
	plain := cmp.Or(c.Plain, c.Title)
	if left := lang.Placeholders(plain); len(left) > 0 {
		t.Errorf("%s: %v in the title for texts", c.Slug, left)
	}
	if c.Plain == c.Title || strings.HasSuffix(plain, ".") {
		t.Errorf("%s: plain title %q", c.Slug, c.Plain)
	}
	if len(c.Advice) == 0 || !c.Advice[0].Advised {
		t.Errorf("%s: the first advice must be one that costs no security", c.Slug)
	}
	if !slices.IsSortedFunc(c.Advice, func(a, b change.Change) int { return weakness(a) - weakness(b) }) {
		t.Errorf("%s: what costs security comes last", c.Slug)
	}
}

func weakness(ch change.Change) int {
	if ch.Advised {
		return 0
	}
	return 1
}
