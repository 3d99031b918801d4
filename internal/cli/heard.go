package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/logs"
	"github.com/tlswhy/tlswhy/internal/words"
)

// logOptions are the flags as package logs takes them.
func logOptions(o options, name string, now time.Time) (logs.Options, error) {
	out := logs.Options{Name: name, Format: o.logFormat, Now: now}
	if o.since == "" {
		return out, nil
	}
	if d, err := time.ParseDuration(o.since); err == nil && d > 0 {
		out.Since = now.Add(-d)
		return out, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "15:04"} {
		at, err := time.ParseInLocation(layout, o.since, now.Location())
		if err != nil {
			continue
		}
		if layout == "15:04" {
			at = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
		}
		out.Since = at
		return out, nil
	}
	return out, usagef("--since %s: give a length of time (2h, 30m) or a time (2006-01-02 15:04)", o.since)
}

// hearLog reads a log into a case.
func hearLog(ctx context.Context, c *fact.Case, h *report.Heard, r io.Reader, o logs.Options) error {
	res, err := logs.Read(ctx, r, o)
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	take(c, h, res)
	return nil
}

// take adds what one log tells to a case.
func take(c *fact.Case, h *report.Heard, res logs.Result) {
	c.Events = append(c.Events, res.Events...)
	c.Gaps = append(c.Gaps, res.Gaps...)
	h.Lines += res.Lines
	h.About += res.About
	if res.Dialect != "" && !slices.Contains(h.Dialects, res.Dialect) {
		h.Dialects = append(h.Dialects, res.Dialect)
	}
	if !res.First.IsZero() && (h.First.IsZero() || res.First.Before(h.First)) {
		h.First = res.First
	}
	if res.Last.After(h.Last) {
		h.Last = res.Last
	}
}

// hearText makes one event of a text that stands by itself. What a log's dialect knows of such a line (the upstream, the
// name asked for, the clients) is added.
func hearText(ctx context.Context, text string, n int, now time.Time) fact.Event {
	r := words.Read(text)
	e := fact.Event{Ref: fact.Ref{Kind: "text", At: fmt.Sprintf("text %d", n)}, Text: shortened(logs.OneLine(words.Redact(strings.TrimSpace(text)))),
		Symptoms: r.Symptoms, Contexts: r.Contexts, Codes: r.Codes, Peers: r.Peers, Seen: fact.Seen{Count: 1}}
	res, err := logs.Read(ctx, strings.NewReader(text), logs.Options{Now: now})
	if err != nil {
		return e
	}
	for _, line := range res.Events {
		if line.Success || len(line.Symptoms) == 0 || line.Dialect == "" {
			continue // of prose, its parts say no more than the whole
		}
		e.Upstream, e.Host, e.Server = cmp.Or(e.Upstream, line.Upstream), cmp.Or(e.Host, line.Host), cmp.Or(e.Server, line.Server)
		e.Name = cmp.Or(e.Name, line.Name)
		e.Contexts = append(e.Contexts, line.Contexts...)
		for _, s := range line.Symptoms {
			if !e.Has(s) {
				e.Symptoms = append(e.Symptoms, s)
			}
		}
	}
	slices.Sort(e.Contexts)
	e.Contexts = slices.Compact(e.Contexts)
	return e
}

// maxQuote is how much of a text is kept, in bytes.
const maxQuote = 1 << 10

func shortened(text string) string {
	if len(text) <= maxQuote {
		return text
	}
	return strings.ToValidUTF8(text[:maxQuote], "") + " …"
}

// unclaimed blanks the lines that another reader used, so that the others keep their numbers.
func unclaimed(text []byte, claimed [][2]int) []byte {
	if len(claimed) == 0 {
		return text
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for _, span := range claimed {
		for i := span[0]; i < span[1] && i < len(lines); i++ {
			lines[i] = []byte("\n")
		}
	}
	return bytes.Join(lines, nil)
}
