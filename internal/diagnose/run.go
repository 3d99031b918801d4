// Package diagnose turns a case into a diagnosis: it runs the catalogue, silences consequences, ranks what is
// left and says which experiment would decide. It does no I/O and reads no clock.
package diagnose

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// An Outcome is the answer in one word.
type Outcome string

// The outcomes.
const (
	OK           Outcome = "ok"
	Fails        Outcome = "fails"
	AtRisk       Outcome = "at-risk"
	Intermittent Outcome = "intermittent"
	Unknown      Outcome = "unknown"
)

// A Finding is one cause found, at one place.
type Finding struct {
	Cause *cause.Cause
	cause.Match
	Level   cause.Level
	Count   int
	Heard   *fact.Event // the text it is read from; nil for a handshake's
	Written bool        // it is read from configuration
}

// A Diagnosis is what a case comes to.
type Diagnosis struct {
	Outcome  Outcome
	Findings []Finding // the root first
	Hidden   []Finding // consequences of a finding above, or overtaken by it
	Open     []Finding // possible causes whose experiment could not be made
	Asks     []fact.Ask
	Tries    []fact.Variant // experiments that make the handshake as an advised change would
}

// Run diagnoses a case. Same case, same diagnosis, in any order of the catalogue.
func Run(c *fact.Case, catalogue []cause.Cause) Diagnosis {
	all := matches(c, catalogue)
	slices.SortStableFunc(all, func(a, b Finding) int { return rank(a, b) })
	var d Diagnosis
	d.Findings, d.Hidden = silence(all)
	d.Asks = asks(c, d.Findings)
	d.Findings, d.Open = settle(d.Findings)
	d.Outcome = outcome(c, d)
	attempt(c, &d)
	return d
}

func matches(c *fact.Case, catalogue []cause.Cause) []Finding {
	var all []Finding
	for i := range catalogue {
		card := &catalogue[i]
		if card.Match == nil {
			continue // only texts show it
		}
		for _, m := range card.Match(c) {
			level := m.Level
			if level == "" {
				level = card.Level
			}
			all = append(all, Finding{Cause: card, Match: m, Level: level, Count: 1})
		}
	}
	return all
}

var (
	levels = []cause.Level{cause.Breaks, cause.WillBreak, cause.Weak, cause.Note}
	sures  = []cause.Sure{cause.Proven, cause.Likely, cause.Possible}
)

// rank orders findings: what breaks first, finer before residual, certain before guessed, then by ID, which
// follows the steps of a connection.
func rank(a, b Finding) int {
	if d := slices.Index(levels, a.Level) - slices.Index(levels, b.Level); d != 0 {
		return d
	}
	if a.Measured != b.Measured {
		if b.Measured {
			return -1 // what explains the failure comes first
		}
		return 1
	}
	if a.Cause.Residual != b.Cause.Residual {
		if a.Cause.Residual {
			return 1
		}
		return -1
	}
	if d := slices.Index(sures, a.Sure) - slices.Index(sures, b.Sure); d != 0 {
		return d
	}
	if slices.Contains(a.Cause.Hides, b.Cause.Slug) {
		return -1
	}
	if slices.Contains(b.Cause.Hides, a.Cause.Slug) {
		return 1
	}
	return strings.Compare(a.Cause.ID, b.Cause.ID)
}

// silence takes out what a surer or finer finding explains. The list is ranked.
func silence(ranked []Finding) (kept, hidden []Finding) {
	settled := slices.ContainsFunc(ranked, explains)
	for _, f := range ranked {
		if hiddenBy(ranked, f) || settled && overtaken(f) {
			hidden = append(hidden, f)
		} else {
			kept = append(kept, f)
		}
	}
	return kept, hidden
}

// explains: the failure has a proven cause, or a likely one that is no residual.
func explains(f Finding) bool {
	return f.Level == cause.Breaks && !f.Cause.Residual && f.Sure == cause.Proven && !f.Measured
}

// overtaken: a guess about a failure that is explained, or a name for where it broke.
func overtaken(f Finding) bool {
	if f.Level != cause.Breaks || f.Measured {
		return false
	}
	return f.Cause.Residual || f.Sure == cause.Possible && f.Cause.Phase != cause.ServerAuth
}

// hiddenBy: another finding, at least as sure, names f's cause among its consequences.
func hiddenBy(all []Finding, f Finding) bool {
	if f.Measured {
		return false // it was asked for
	}
	for _, g := range all {
		if g.Cause != f.Cause && !g.Measured && slices.Contains(g.Cause.Hides, f.Cause.Slug) && notLessSure(g, f) && sameSubject(g, f) {
			return true
		}
	}
	return false
}

func notLessSure(g, f Finding) bool {
	if g.Sure == cause.Possible {
		return false // a guess silences nothing: its experiment may rule it out
	}
	if slices.Index(levels, g.Level) > slices.Index(levels, f.Level) {
		return false
	}
	return slices.Index(sures, g.Sure) <= slices.Index(sures, f.Sure) || f.Cause.Residual && g.Sure != cause.Possible
}

func sameSubject(g, f Finding) bool {
	return g.About.Server == f.About.Server && g.About.Upstream == f.About.Upstream
}

// settle moves guesses whose experiment was never made out of the findings, unless nothing better is there.
func settle(findings []Finding) (kept, open []Finding) {
	for _, f := range findings {
		if f.Sure == cause.Possible && len(f.Asks) > 0 {
			open = append(open, f)
		} else {
			kept = append(kept, f)
		}
	}
	return kept, open
}

// asks adds up what open findings want, heaviest first. A variant already tried is never asked again.
func asks(c *fact.Case, open []Finding) []fact.Ask {
	var sum []fact.Ask
	for _, f := range open {
		for _, a := range f.Asks {
			if c.Tried(a.Variant) != nil || slices.Contains(c.Same, a.Variant) {
				continue
			}
			i := slices.IndexFunc(sum, func(s fact.Ask) bool { return s.Variant == a.Variant })
			if i < 0 {
				sum = append(sum, a)
			} else {
				sum[i].Weight += a.Weight
			}
		}
	}
	slices.SortStableFunc(sum, func(a, b fact.Ask) int {
		if a.Weight != b.Weight {
			return b.Weight - a.Weight
		}
		return strings.Compare(a.Variant.String(), b.Variant.String())
	})
	return sum
}

// worstOf is the level of the finding that hurts most.
func worstOf(findings []Finding) cause.Level {
	worst := cause.Note
	for _, f := range findings {
		if slices.Index(levels, f.Level) < slices.Index(levels, worst) {
			worst = f.Level
		}
	}
	return worst
}

func outcome(c *fact.Case, d Diagnosis) Outcome {
	worst := worstOf(d.Findings)
	failed, succeeded := tally(c)
	switch {
	case worst == cause.Breaks && succeeded > 0 && (failed > 0 || onlyMeasured(d)):
		return Intermittent
	case worst == cause.Breaks:
		return Fails
	case failed > 0 && succeeded > 0 && !onlyUnreached(c):
		return Intermittent
	case unexplained(c, d):
		return Unknown
	case worst == cause.WillBreak:
		return AtRisk
	case len(c.Question.Unlike) > 0:
		return Unknown // what works here is not quite what was asked about
	}
	return OK
}

// onlyMeasured: what breaks was brought about by experiments; connections left to chance break once in many.
func onlyMeasured(d Diagnosis) bool {
	return !slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.Level == cause.Breaks && !f.Measured })
}

// tally counts the unchanged handshakes that failed and that succeeded.
func tally(c *fact.Case) (failed, succeeded int) {
	for i := range c.Handshakes {
		switch h := &c.Handshakes[i]; {
		case !h.Unchanged():
		case h.Completed():
			succeeded++
		default:
			failed++
		}
	}
	return failed, succeeded
}

// onlyUnreached: every failure was an address that did not take the connection, where another one did: clients
// go on to the next (RFC 8305).
func onlyUnreached(c *fact.Case) bool {
	for i := range c.Handshakes {
		if h := &c.Handshakes[i]; h.Unchanged() && !h.Completed() && h.Progress() > fact.AtTCP {
			return false
		}
	}
	return true
}

// unexplained: something failed and no finding, not even one that is none of TLS's business, says why.
func unexplained(c *fact.Case, d Diagnosis) bool {
	failed, _ := tally(c)
	if failed == 0 || onlyUnreached(c) && len(c.Handshakes) > 0 && c.First().Completed() {
		return len(c.Handshakes) == 0 && len(d.Findings) == 0
	}
	for _, f := range d.Findings {
		if f.Cause.Slug == "not-a-tls-problem" {
			return false
		}
	}
	return true
}
