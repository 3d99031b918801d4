package report

import (
	"fmt"
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// BuildConfigured makes the report of configuration that nothing was connected to for.
func BuildConfigured(c *fact.Case, d diagnose.Diagnosis) Report {
	r := Build(c, d, 0)
	r.ladder, r.took, r.Clean = nil, "", []Clean{}
	r.Findings = foldedFindings(r.Findings)
	r.described(c)
	r.configured = &configured{uses: c.Uses, settings: len(c.Settings)}
	return r
}

// foldedFindings makes one of findings that say and advise the same, with the proofs of all: a default that ten upstreams share is
// told once, with ten lines.
func foldedFindings(list []Finding) []Finding {
	out := []Finding{}
	at := map[string]int{}
	for _, f := range list {
		key := fmt.Sprint(f.ID, f.Sure, f.Level, f.Title, f.Why, f.Check, f.Changes)
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			f.Proof = slices.Clone(f.Proof)
			out = append(out, f)
			continue
		}
		g := &out[i]
		g.Count += f.Count
		if len(g.Proof) < maxProofsFolded {
			g.Proof = append(g.Proof, f.Proof...)
		}
		if g.About != f.About {
			g.About = commonAbout(g.About, f.About)
		}
		g.Args = commonArgs(g.Args, f.Args)
	}
	return out
}

// maxProofsFolded is how many lines one finding lists; its count has them all.
const maxProofsFolded = 50

// commonAbout is what two findings have in common of whom they are about.
func commonAbout(a, b cause.About) cause.About {
	same := func(x, y string) string {
		if x == y {
			return x
		}
		return ""
	}
	return cause.About{Client: same(a.Client, b.Client), Server: same(a.Server, b.Server), SNI: same(a.SNI, b.SNI), Upstream: same(a.Upstream, b.Upstream)}
}

// commonArgs are the arguments that two findings share.
func commonArgs(a, b map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range a {
		if b[k] == v {
			out[k] = v
		}
	}
	return out
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
