package words

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A sample is a real message: what it says, and where it was read or measured.
type sample struct {
	at                        string
	text                      string
	symptoms, contexts, codes []string
}

// samples reads testdata/*.tsv: text, symptoms, contexts, codes (each list divided by blanks), origin. A text has its line
// breaks as \n and its tabs as \t. "-" stands for an empty list; contexts and codes name what must be among others.
func samples(t *testing.T) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	var list []sample
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
			f := strings.Split(line, "\t")
			if strings.HasPrefix(line, "#") || line == "" {
				continue
			}
			if len(f) != 5 || f[4] == "" {
				t.Fatalf("%s:%d: needs text, symptoms, contexts, codes, origin; has %d columns", name, i+1, len(f))
			}
			text := strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(f[0])
			list = append(list, sample{at: filepath.Base(name) + ":" + strconv.Itoa(i+1), text: text, symptoms: fields(f[1]), contexts: fields(f[2]), codes: fields(f[3])})
		}
	}
	return list
}

func fields(s string) []string {
	if s == "-" {
		return nil
	}
	return strings.Fields(s)
}

// TestSamples holds the rows to real messages: each says exactly what its author meant, in the seat that it was written from.
func TestSamples(t *testing.T) {
	for _, s := range samples(t) {
		r := Read(s.text)
		var got []string
		for _, sy := range r.Symptoms {
			got = append(got, string(sy))
		}
		want := slices.Sorted(slices.Values(s.symptoms))
		if !slices.Equal(slices.Sorted(slices.Values(got)), want) {
			t.Errorf("%s: %q\n says %v, want %v", s.at, s.text, got, want)
		}
		for _, c := range s.contexts {
			if !slices.Contains(r.Contexts, fact.Context(c)) {
				t.Errorf("%s: %q\n is in %v, not in %s", s.at, s.text, r.Contexts, c)
			}
		}
		for _, c := range s.codes {
			if !slices.ContainsFunc(r.Codes, func(have fact.Code) bool { return have.Code == c && have.Means != "" }) {
				t.Errorf("%s: %q\n decodes %v, not %s", s.at, s.text, r.Codes, c)
			}
		}
	}
}

// TestRowsHaveSamples: a phrase that no real message shows is a guess.
func TestRowsHaveSamples(t *testing.T) {
	seen := map[*row]bool{}
	for _, s := range samples(t) {
		text := fold(Clean(s.text))
		for _, r := range slices.Concat(phrases().find(text), commonPhrases().find(text)) {
			seen[r] = true
		}
	}
	// The rows of the products' own catalogues are not among these: TestCatalogues reads each.
	for _, family := range append(slices.Clone(families), japaneseRows) {
		for i := range family {
			if !seen[&family[i]] {
				t.Errorf("no sample shows %q", family[i].say)
			}
		}
	}
	for _, sentence := range windowsTerms { // synonyms of one sentence: one of them must be real
		if !slices.ContainsFunc(sentence, func(w row) bool { return saidBy(seen, &w) }) {
			t.Errorf("no sample shows %q or its like", sentence[0].say)
		}
	}
}

func saidBy(seen map[*row]bool, w *row) bool {
	for r := range seen {
		if r.say == w.say {
			return true
		}
	}
	return false
}

// TestPhrases: a phrase says something, and none stands twice.
func TestPhrases(t *testing.T) {
	known := map[string]bool{}
	for _, family := range append(slices.Clone(families), japaneseRows, catalogueRows()) {
		for _, r := range family {
			if k := fold(r.say); known[k] {
				t.Errorf("%q stands twice", r.say)
			} else {
				known[k] = true
			}
			if r.is == "" && len(r.in) == 0 {
				t.Errorf("%q says nothing", r.say)
			}
			if len(fold(r.say)) < 4 {
				t.Errorf("%q is too short to mean anything", r.say)
			}
		}
	}
}
