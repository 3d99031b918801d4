package remedy

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var update = flag.Bool("update", false, "write docs/remedies.md")

func TestGeneralSaysEverything(t *testing.T) {
	for _, kind := range kinds(t) {
		for _, side := range sides {
			for _, args := range append(sampleArgs(kind), nil) {
				steps, ok := general().Steps(change.Change{Kind: kind, Side: side, Args: args}, nil)
				if !ok || len(steps) != 1 || steps[0].What == "" {
					t.Errorf("general, %s at the %s with %v: %d steps, want one sentence", kind, side, args, len(steps))
				}
			}
		}
	}
}

func TestForAlwaysAnswers(t *testing.T) {
	for _, kind := range kinds(t) {
		for _, side := range sides {
			for _, c := range append(sampleCases(), nil, &fact.Case{}) {
				if len(For(c, change.New(kind, side), 0)) == 0 {
					t.Errorf("no advice for %s at the %s", kind, side)
				}
			}
		}
	}
}

// TestEveryRecipeIsWritten finds recipes that can never apply, for instance because of a misspelt placeholder.
func TestEveryRecipeIsWritten(t *testing.T) {
	written := map[string]bool{}
	for _, p := range All() {
		for _, s := range samples(t, p) {
			written[s.ID] = true
		}
	}
	for id := range Messages() {
		if base, risk := strings.CutSuffix(id, ".risk"); !risk && !written[base] {
			t.Errorf("%s is in no sample's steps", id)
		}
	}
}

func TestBooksAndPlatformsAgree(t *testing.T) {
	var platforms, written []string
	for _, p := range All() {
		platforms = append(platforms, p.ID)
		if p.Title == "" || len(p.Sides) == 0 {
			t.Errorf("%s has no title or no side", p.ID)
		}
	}
	for _, b := range books() {
		written = append(written, b.id)
	}
	slices.Sort(platforms)
	slices.Sort(written)
	if !slices.Equal(platforms, written) {
		t.Errorf("platforms %v, books %v", platforms, written)
	}
}

var leftover = regexp.MustCompile(`\{[a-z0-9|]+\}`)

func TestStepsAreComplete(t *testing.T) {
	for _, p := range All() {
		for _, s := range samples(t, p) {
			checkStep(t, p, s)
		}
	}
}

func checkStep(t *testing.T, p Platform, s sampled) {
	t.Helper()
	weak := slices.Contains(weakening, s.change.Kind)
	switch {
	case !strings.HasPrefix(s.ID, "remedy."+p.ID+"."+string(s.change.Kind)):
		t.Errorf("%s written by %s for %s", s.ID, p.ID, s.change.Kind)
	case weak != (s.Risk != ""):
		t.Errorf("%s: risk %q, weakening %t", s.ID, s.Risk, weak)
	case s.Apply == "" || s.Undo == "":
		t.Errorf("%s: nothing tells how to apply it or how to take it back", s.ID)
	case s.File != "" && s.Snippet == "":
		t.Errorf("%s: a file without lines for it", s.ID)
	case strings.HasSuffix(s.What, ".") || strings.HasSuffix(s.Risk, "."):
		t.Errorf("%s: full stop", s.ID)
	}
	if all := s.What + s.File + s.Snippet + s.Apply + s.Undo + s.Risk; leftover.MatchString(all) {
		t.Errorf("%s: placeholder left in %q", s.ID, leftover.FindString(all))
	}
}

// TestMessagesRenderToTheSentence is what another language relies on: template and arguments make the sentence.
func TestMessagesRenderToTheSentence(t *testing.T) {
	messages := Messages()
	render := func(tmpl string, args map[string]string) string {
		for k, v := range args {
			tmpl = strings.ReplaceAll(tmpl, "{"+k+"}", v)
		}
		return tmpl
	}
	for _, p := range All() {
		for _, s := range samples(t, p) {
			if got := render(messages[s.ID], s.Args); got != s.What {
				t.Errorf("%s: message makes %q, step says %q", s.ID, got, s.What)
			}
			if got := render(messages[s.ID+".risk"], s.Args); got != s.Risk {
				t.Errorf("%s: message makes %q, risk says %q", s.ID, got, s.Risk)
			}
		}
	}
}

func TestRecipeIDsAreUnique(t *testing.T) {
	for _, b := range books() {
		text := map[string]string{}
		for _, r := range b.recipes {
			id := b.message(r)
			if old, twice := text[id]; twice && old != r.what+r.risk {
				t.Errorf("%s means %q and %q", id, old, r.what+r.risk)
			}
			text[id] = r.what + r.risk
		}
	}
}

const docs = "../../docs/remedies.md"

// TestDocs keeps the coverage table; -update writes it.
func TestDocs(t *testing.T) {
	want := coverage(t)
	if *update {
		if err := os.WriteFile(docs, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/remedies.md is out of date: go test ./internal/remedy -run TestDocs -update")
	}
}

// coverage is the table of which platform writes which change, and its legend.
func coverage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(coverageIntro)
	platforms := All()
	wrote := map[string]bool{}
	b.WriteString("\n| change |")
	for _, p := range platforms {
		fmt.Fprintf(&b, " %s |", p.ID)
		for _, s := range samples(t, p) {
			wrote[p.ID+" "+string(s.change.Kind)] = true
		}
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(platforms)) + "\n")
	for _, kind := range kinds(t) {
		name := string(kind)
		if slices.Contains(weakening, kind) {
			name = "*" + name + "*"
		}
		fmt.Fprintf(&b, "| %s |", name)
		for _, p := range platforms {
			cell := " "
			if wrote[p.ID+" "+string(kind)] {
				cell = " ✓ "
			}
			b.WriteString(cell + "|")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n| platform | is | sides |\n|---|---|---|\n")
	for _, p := range platforms {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p.ID, p.Title, strings.Trim(fmt.Sprint(p.Sides), "[]"))
	}
	return b.String()
}

const coverageIntro = `# Which product's words there are for which change

A change says what must become true (package change); a remedy says it in the configuration language of a product
(package remedy, one file per platform). A cell without a mark is a change for which that platform has no setting, or
which belongs to its other side; the platform general, the last column, has a sentence for each. Changes in italics cost
security: they are shown with their risk and never advised.

This file is written by the package's tests: go test ./internal/remedy -run TestDocs -update
`
