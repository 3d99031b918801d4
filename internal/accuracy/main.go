// Accuracy measures how often a text alone leads to its cause: it runs "tlswhy diagnose --text" on every row of labelled
// collections and counts how often the first finding, and one of the first three, is among the causes that the label
// accepts. Rows are JSON lines {"id","product","lang","text","accept":[slugs]}.
//
//	go run ./internal/accuracy [-v] FILE...
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cli"
)

// A labelled row and what was found for it.
type row struct {
	ID, Product, Lang, Text string
	Accept                  []string
	found                   []string
}

func main() {
	all := flag.Bool("v", false, "list every miss, not only the worst")
	flag.Parse()
	rows, err := read(flag.Args())
	if err == nil && len(rows) == 0 {
		err = fmt.Errorf("no rows; usage: go run ./internal/accuracy FILE...")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(2)
	}
	for i := range rows {
		rows[i].found = causes(rows[i].Text)
	}
	print(os.Stdout, rows, *all)
}

func read(names []string) ([]row, error) {
	var rows []row
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		s := bufio.NewScanner(f)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			var r row
			if err := json.Unmarshal(s.Bytes(), &r); err != nil {
				return nil, fmt.Errorf("%s: %v", name, err)
			}
			rows = append(rows, r)
		}
		if err := s.Err(); err != nil {
			return nil, fmt.Errorf("%s: %v", name, err)
		}
	}
	return rows, nil
}

// causes are the findings for a text, in their order, as a user gets them.
func causes(text string) []string {
	var out bytes.Buffer
	cli.Main([]string{"diagnose", "--format", "json", "--text", "--", text}, strings.NewReader(""), &out, io.Discard, func(string) string { return "" })
	var r struct{ Findings []struct{ Cause string } }
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return []string{"no report: " + err.Error()}
	}
	var list []string
	for _, f := range r.Findings {
		list = append(list, f.Cause)
	}
	return list
}

// place is the position of the first acceptable finding, from 0; -1 when there is none.
func (r *row) place() int {
	return slices.IndexFunc(r.found, func(s string) bool { return slices.Contains(r.Accept, s) })
}

func benign(slug string) bool { return strings.HasPrefix(slug, "benign-") }

// noise: the label calls it noise first.
func (r *row) noise() bool { return len(r.Accept) > 0 && benign(r.Accept[0]) }

// calm: a fault in the label's eyes is called noise.
func (r *row) calm() bool {
	return len(r.found) > 0 && benign(r.found[0]) && !slices.ContainsFunc(r.Accept, benign)
}

// short texts hold less than an error's own words.
func (r *row) short() bool { return len([]rune(r.Text)) < 45 }

// A score counts rows.
type score struct{ rows, first, three int }

func (s *score) add(r *row) {
	s.rows++
	if p := r.place(); p == 0 {
		s.first++
	}
	if p := r.place(); p >= 0 && p < 3 {
		s.three++
	}
}

func (s score) String() string {
	return fmt.Sprintf("%4d rows   top-1 %5.1f %%   top-3 %5.1f %%", s.rows, percent(s.first, s.rows), percent(s.three, s.rows))
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// table scores the rows by a key, the largest groups first.
func table(w io.Writer, title string, rows []row, key func(*row) string) {
	groups := map[string]*score{}
	for i := range rows {
		k := key(&rows[i])
		if groups[k] == nil {
			groups[k] = new(score)
		}
		groups[k].add(&rows[i])
	}
	keys := make([]string, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(groups[b].rows-groups[a].rows, strings.Compare(a, b)) })
	fmt.Fprintln(w, title)
	for _, k := range keys {
		fmt.Fprintf(w, "  %-40.40s %s\n", k, groups[k])
	}
}

// worst is how many misses are listed unless all are wanted.
const worst = 10

func print(w io.Writer, rows []row, all bool) {
	table(w, "by product", rows, func(r *row) string { return r.Product })
	table(w, "by language", rows, func(r *row) string { return r.Lang })
	table(w, "by length", rows, func(r *row) string {
		if r.short() {
			return "under 45 characters"
		}
		return "longer"
	})
	table(w, "by what it is", rows, func(r *row) string {
		if r.noise() {
			return "noise"
		}
		return "fault"
	})
	misses := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.place() == 0 })
	slices.SortStableFunc(misses, func(a, b row) int { return cost(&b) - cost(&a) })
	fmt.Fprintf(w, "misses: %d\n", len(misses))
	for i, r := range misses {
		if i == worst && !all {
			break
		}
		fmt.Fprintf(w, "  %-6s %-24.24s wants %s\n         found %s\n         %q\n", r.ID, r.Product, strings.Join(r.Accept, " "), strings.Join(r.found, " "), brief(r.Text))
	}
	calm, total := 0, score{}
	for i := range rows {
		total.add(&rows[i])
		if rows[i].calm() {
			calm++
		}
	}
	fmt.Fprintf(w, "faults called noise: %d\n", calm)
	fmt.Fprintf(w, "top-1 %d/%d %.1f %%, top-3 %d/%d %.1f %%\n", total.first, total.rows, percent(total.first, total.rows), total.three, total.rows, percent(total.three, total.rows))
}

// cost orders misses: a fault called noise is the worst, then what is not even among the first three.
func cost(r *row) int {
	switch {
	case r.calm():
		return 3
	case r.place() < 0 && len(r.found) > 0:
		return 2
	case r.place() < 0 || r.place() > 2:
		return 1
	}
	return 0
}

func brief(text string) string {
	if r := []rune(text); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return text
}
