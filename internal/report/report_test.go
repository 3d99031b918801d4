package report

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// eachCase runs a function over every case of the catalogue that fires.
func eachCase(t *testing.T, do func(t *testing.T, slug string, c *fact.Case)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "cause", "testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			slug := strings.TrimSuffix(filepath.Base(file), ".txtar")
			t.Run(slug+"/"+f.Name, func(t *testing.T) {
				c := new(fact.Case)
				if err := json.Unmarshal(f.Data, c); err != nil {
					t.Fatal(err)
				}
				do(t, slug, c)
			})
		}
	}
}

// TestEveryCaseRenders writes each case of the catalogue in both formats: the JSON fits the schema, the text has no
// placeholder left, no control character, and holds the title of its first finding.
func TestEveryCaseRenders(t *testing.T) {
	eachCase(t, func(t *testing.T, _ string, c *fact.Case) {
		r := Build(c, diagnose.Run(c, cause.All()), len(c.Handshakes))
		conforms(t, r)
		var out bytes.Buffer
		if err := Text(&out, r, Style{}); err != nil {
			t.Fatal(err)
		}
		for _, x := range out.String() {
			if unicode.IsControl(x) && x != '\n' {
				t.Fatalf("control character %U in:\n%s", x, out.String())
			}
		}
		for _, f := range r.Findings {
			for _, s := range []string{f.Title, f.Why, f.Check} {
				if strings.ContainsAny(s, "{}") {
					t.Errorf("%s: braces left in %q", f.Cause, s)
				}
			}
			if len(f.Changes) == 0 || len(f.Proof) == 0 {
				t.Errorf("%s: %d changes, %d proofs", f.Cause, len(f.Changes), len(f.Proof))
			}
		}
		var steps bytes.Buffer
		if err := Transcript(&steps, c); err != nil || steps.Len() == 0 && len(c.Handshakes)+len(c.Hosts) > 0 {
			t.Errorf("transcript of %d bytes, %v", steps.Len(), err)
		}
	})
}

// TestRunIsPure: a case read back from JSON is diagnosed the same.
func TestRunIsPure(t *testing.T) {
	eachCase(t, func(t *testing.T, _ string, c *fact.Case) {
		before, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		first := Build(c, diagnose.Run(c, cause.All()), 1)
		after, _ := json.Marshal(c)
		if !bytes.Equal(before, after) {
			t.Error("Run changed the case")
		}
		again := new(fact.Case)
		if err := json.Unmarshal(before, again); err != nil {
			t.Fatal(err)
		}
		second := Build(again, diagnose.Run(again, cause.All()), 1)
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if !bytes.Equal(a, b) {
			t.Errorf("diagnosed differently after a round trip:\n%s\n%s", a, b)
		}
	})
}

func TestSafe(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain, and Grüße 日本語", "plain, and Grüße 日本語"},
		{"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"bell\a tab\t line\n", `bell\x07 tab\x09 line\x0a`},
		{"c1 \u009b31m", `c1 \x9b31m`},
		{"bad \xff\xfe", `bad \xff\xfe`},
		{"\u202etxt.exe", `\u{202e}txt.exe`},
		{"a\u2028b\u200bc", `a\u{2028}b\u{200b}c`},
	}
	for _, test := range tests {
		if got := Safe(test.in); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("\x1b]0;title\a")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Safe(s) {
			if unsafe(r) {
				t.Fatalf("%U passed", r)
			}
		}
	})
}

// TestHostileTextStaysText puts escape sequences into everything a peer can say.
func TestHostileTextStaysText(t *testing.T) {
	const evil = "\x1b[2Jevil\u202e\r\n"
	c := &fact.Case{Question: fact.Question{Target: "mysql://x" + evil, As: "modern", Protocol: "mysql", Host: "x" + evil},
		Hosts: []fact.Host{{Name: "x" + evil, Aliases: []string{evil}, Detail: evil}},
		Gaps:  []fact.Gap{{What: evil, Why: evil}},
		Handshakes: []fact.Handshake{{Protocol: "mysql", Said: &fact.Said{Product: evil, Version: evil, ErrorText: evil},
			Chain:    &fact.Chain{Certificates: []fact.Certificate{{Subject: evil, CommonName: evil, DNSNames: []string{evil}}}},
			Verdict:  &fact.Verdict{Name: evil, Path: []string{evil}, Problems: []fact.Problem{{Kind: fact.NameMismatch, Fatal: true, Detail: evil, Names: []string{evil}}}},
			Finished: fact.Yes, End: fact.End{How: fact.EndCompleted, Detail: evil}, Steps: []fact.Step{{Name: evil, Note: evil}}}}}
	r := Build(c, diagnose.Run(c, cause.All()), 1)
	var out bytes.Buffer
	if err := Text(&out, r, Style{}); err != nil {
		t.Fatal(err)
	}
	if err := Transcript(&out, c); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"\x1b", "\r", "\u202e"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%q reached the output:\n%q", bad, out.String())
		}
	}
}

func TestQuote(t *testing.T) {
	tests := []struct{ in, want string }{
		{"db.example.test", "db.example.test"},
		{"[2001:db8::1]:443", "[2001:db8::1]:443"},
		{"a'; rm -rf ~ #", `'a'\''; rm -rf ~ #'`},
		{"", "''"},
	}
	for _, test := range tests {
		if got := quote(test.in); got != test.want {
			t.Errorf("%q: %s, want %s", test.in, got, test.want)
		}
	}
}

func TestLongChainsAreShortened(t *testing.T) {
	long := strings.Split("leaf,a,b,c,d,e,f,g,root", ",")
	if got := strings.Join(shortened(long), " "); got != "leaf a b c 3 more g root" {
		t.Error(got)
	}
	if got := shortened(long[:8]); len(got) != 8 {
		t.Errorf("%q", got)
	}
}

// TestUpper: a sentence begins with a capital letter unless it begins with a name.
func TestUpper(t *testing.T) {
	for in, want := range map[string]string{"the name": "The name", "db.shop.test is": "db.shop.test is", "localhost:1 is": "localhost:1 is", "": "", "É": "É"} {
		if got := upper(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
