package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/capture"
)

// A saved run holds the case beside the report, so that it can be diagnosed again and rendered otherwise.
type saved struct {
	Schema string      `json:"schema"` // "tlswhy/saved/v1"
	Runs   []savedCase `json:"runs"`
}

type savedCase struct {
	Case   *fact.Case    `json:"case"`
	Report report.Report `json:"report"`
}

// saveRun writes the run as the file's ending says.
func saveRun(name string, results []result) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(name, ".json") {
		err = writeJSON(f, results)
	} else {
		err = writeCapture(f, results)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func writeJSON(w io.Writer, results []result) error {
	s := saved{Schema: "tlswhy/saved/v1"}
	for _, r := range results {
		s.Runs = append(s.Runs, savedCase{Case: r.Case, Report: r.Report})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(s)
}

func writeCapture(w io.Writer, results []result) error {
	var list []capture.Connection
	for _, r := range results {
		for _, t := range r.tapes {
			if len(t.Path) == 2 {
				list = append(list, capture.Connection{Client: t.Path[0], Server: t.Path[1], Transcript: t.Transcript,
					Reset: t.End.How == fact.EndReset, By: t.End.By})
			}
		}
	}
	return capture.Write(w, list)
}

// transcripts writes what was tried, when that was asked for.
func (w *world) transcripts(o *options, out io.Writer, results []result) error {
	if !o.transcript {
		return nil
	}
	for _, r := range results {
		if _, err := io.WriteString(out, "\n"); err != nil {
			return err
		}
		if err := report.Transcript(out, r.Case); err != nil {
			return err
		}
	}
	return nil
}

// progress tells each experiment on stderr while it runs, on a terminal only.
func (w *world) progress() func(string) {
	if !isTerminal(w.stderr) {
		return nil
	}
	return func(s string) { fmt.Fprintf(w.stderr, "tlswhy: trying: %s\n", report.Safe(s)) }
}
