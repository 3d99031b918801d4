package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// A share is how many of how many.
type share struct{ right, of int }

func (s *share) count(ok bool) {
	s.of++
	if ok {
		s.right++
	}
}

// percent is the share in percent; of nothing it is 0.
func (s share) percent() float64 {
	if s.of == 0 {
		return 0
	}
	return 100 * float64(s.right) / float64(s.of)
}

func (s share) String() string {
	if s.of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d %.1f %%", s.right, s.of, s.percent())
}

// A score is how well rows were predicted: the outcome, and the text of those refused.
type score struct{ outcome, text share }

func (s *score) count(t *try) {
	s.outcome.count(t.predicted() == t.outcome())
	if t.outcome() == refused {
		s.text.count(t.predicted() == refused && same(t.got.Text, t.Text))
	}
}

// A sheet holds the scores.
type sheet struct {
	all               score
	byClient, byFault map[string]*score
	notServed         map[string]int // by fault
	notMeant          map[string]int // by client and mode that no data file explains
}

func tally(tries []*try) *sheet {
	s := &sheet{byClient: map[string]*score{}, byFault: map[string]*score{}, notServed: map[string]int{}, notMeant: map[string]int{}}
	for _, t := range tries {
		if !t.served {
			s.notServed[t.Proto+" "+t.Fault]++
			continue
		}
		if !t.known {
			s.notMeant[t.Client+": "+t.Mode]++
		}
		s.all.count(t)
		at(s.byClient, t.Client).count(t)
		at(s.byFault, t.Proto+" "+t.Fault).count(t)
	}
	return s
}

func at(m map[string]*score, key string) *score {
	if m[key] == nil {
		m[key] = new(score)
	}
	return m[key]
}

// print writes the sheet; its last line is the outcome of all.
func (s *sheet) print(out io.Writer) {
	printScores(out, "client", s.byClient)
	printScores(out, "fault", s.byFault)
	printCounts(out, "not served", s.notServed)
	printCounts(out, "mode without a meaning, counted as wrong", s.notMeant)
	fmt.Fprintf(out, "text %d/%d %.2f %%\n", s.all.text.right, s.all.text.of, s.all.text.percent())
	fmt.Fprintf(out, "outcome %d/%d %.2f %%\n", s.all.outcome.right, s.all.outcome.of, s.all.outcome.percent())
}

func printScores(out io.Writer, head string, m map[string]*score) {
	fmt.Fprintf(out, "%-44s %-22s %s\n", head, "outcome", "text of refusals")
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(m[a].outcome.percent(), m[b].outcome.percent()), strings.Compare(a, b))
	})
	for _, k := range keys {
		fmt.Fprintf(out, "%-44s %-22s %s\n", k, m[k].outcome, m[k].text)
	}
	fmt.Fprintln(out)
}

func printCounts(out io.Writer, head string, m map[string]int) {
	if len(m) == 0 {
		return
	}
	fmt.Fprintln(out, head)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(out, "  %-60s %d\n", k, m[k])
	}
	fmt.Fprintln(out)
}

// writeMisses lists every wrong prediction with what the real client did.
func writeMisses(out io.Writer, tries []*try) {
	for _, t := range tries {
		switch {
		case !t.served || !t.known:
		case t.predicted() != t.outcome():
			fmt.Fprintf(out, "OUTCOME %s | %s | %s %s: predicted %s (%q), really %s (%q)\n", t.Client, t.Mode, t.Proto, t.Fault,
				t.got.Outcome, t.got.Text, t.outcome(), t.Text)
		case t.outcome() == refused && !same(t.got.Text, t.Text):
			fmt.Fprintf(out, "TEXT %s | %s | %s %s%s\n  predicted %q\n  really    %q\n", t.Client, t.Mode, t.Proto, t.Fault, told(t), t.got.Text, t.Text)
		}
	}
}

// told is where and how the prediction failed.
func told(t *try) string {
	f := t.got.Failure
	if f == nil {
		return ""
	}
	return fmt.Sprintf(" (at %s: %s alert %d %s)", f.Step, f.How, f.Alert, f.Reason)
}
