package report

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// BuildConfigured makes the report of configuration that nothing was connected to for.
func BuildConfigured(c *fact.Case, d diagnose.Diagnosis) Report {
	r := Build(c, d, 0)
	r.ladder, r.took, r.Clean = nil, "", []Clean{}
	r.described(c)
	r.configured = &configured{uses: c.Uses, settings: len(c.Settings)}
	return r
}

// AddWritten adds what the configuration of a connection shows to the report of that connection.
func AddWritten(r Report, c *fact.Case, f diagnose.Finding) Report {
	r.Findings = append(r.Findings, finding(c, f))
	return r
}

// configured is the part of a report of configuration that only the text shows.
type configured struct {
	uses     []fact.Use
	settings int
}

// configuredText writes the connections that a configuration describes, and what is wrong in it.
func (t *textWriter) configuredText(r Report) {
	if len(r.Machines) > 0 {
		t.row("", r.Question.Target, r.Outcome, t.style.Strong, nil)
		t.machinesText(r)
		t.written(r)
		return
	}
	t.row("", fmt.Sprintf("%s  %s, %s", r.Question.Target, r.Question.As, plural(r.configured.settings, "setting")), r.Outcome, t.style.Strong, nil)
	if len(r.configured.uses) > 0 {
		t.b.WriteByte('\n')
	}
	for i, u := range r.configured.uses {
		if i == maxUsesShown {
			t.line(fmt.Sprintf("  and %d more connections", len(r.configured.uses)-i), "")
			break
		}
		t.row("  ", fmt.Sprintf("%s to %s:%d as %s", u.Target.Protocol, u.Target.Host, u.Target.Port, u.Client+", "+u.Mode), u.Ref().At, nil, t.style.Dim)
	}
	t.written(r)
	if len(r.Findings) == 0 {
		t.b.WriteByte('\n')
		t.line("  nothing in it is wrong by itself; --live connects as it says", "")
	}
}

func (t *textWriter) written(r Report) {
	for _, f := range r.Findings {
		t.heardFinding(f)
	}
}

// maxUsesShown is how many connections are listed.
const maxUsesShown = 20
