package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/logs"
)

// followLog tells what a growing log says, each time that something was added, until the user interrupts.
func (w *world) followLog(ctx context.Context, o options, name string) error {
	lo, err := logOptions(o, name, time.Now())
	if err != nil {
		return err
	}
	if lo.Format != "" && !slices.Contains(logs.Formats(), lo.Format) {
		return usagef("unknown log format %q; use one of %s", lo.Format, strings.Join(logs.Formats(), ", "))
	}
	var shown error
	err = logs.Follow(ctx, name, lo, func(res logs.Result) {
		c := &fact.Case{Question: fact.Question{Target: name, As: "what was recorded"}}
		h := report.Heard{Names: []string{name}}
		take(c, &h, res)
		if len(c.Events) == 0 && len(c.Gaps) == 0 {
			return
		}
		d := diagnose.Read(c, cause.All())
		if len(d.Findings) > 0 && d.Outcome != diagnose.OK {
			w.code = exitFound
		}
		if shown == nil {
			shown = w.tell(o, report.BuildHeard(c, d, h))
		}
	})
	switch {
	case shown != nil:
		return shown
	case err != nil && !errors.Is(err, context.Canceled):
		return unreadable{err.Error()}
	}
	return nil
}

// tell writes one report of a log that is followed: one JSON value a time, or a text.
func (w *world) tell(o options, r report.Report) error {
	if o.format == "json" {
		return report.JSON(w.stdout, []report.Report{r})
	}
	if err := report.Text(w.stdout, r, style(w.stdout, w.getenv)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w.stdout)
	return err
}
