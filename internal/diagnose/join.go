package diagnose

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// Join lets handshakes that were made speak about ones that were only watched, for the servers that both know: a cause
// that the experiments prove is proven for the watched failures too, and a handshake that works stands against theirs.
func Join(watched Diagnosis, c *fact.Case, live Diagnosis) Diagnosis {
	if len(c.Machines) > 0 {
		return joinMachines(watched, c)
	}
	base := c.Base()
	if base == nil {
		return watched
	}
	watched = joinHeard(watched, c, live)
	watched.Findings = slices.Clone(watched.Findings)
	for i := range watched.Findings {
		f := &watched.Findings[i]
		if f.Heard != nil || f.Level != cause.Breaks || f.About.Server != base.ServerAddr().String() {
			continue
		}
		if g, ok := provenAlso(live, f.Cause.Slug); ok {
			if f.Sure != cause.Proven {
				f.Sure, f.Proof = cause.Proven, slices.Concat(g.Proof, f.Proof)
			}
		} else if base.Completed() {
			f.Against = append(slices.Clone(f.Against), cause.Proof{Ref: base.Ref, Says: "a handshake made now as " + c.Question.As + " works"})
		}
	}
	return watched
}

func provenAlso(d Diagnosis, slug string) (Finding, bool) {
	i := slices.IndexFunc(d.Findings, func(g Finding) bool { return g.Cause.Slug == slug && g.Sure == cause.Proven && g.Level == cause.Breaks })
	if i < 0 {
		return Finding{}, false
	}
	return d.Findings[i], true
}

// joinHeard lets an experiment speak about what a text says: the cause that it proves is proven and comes first, and what
// else the text could have meant is hidden. A handshake that works, or that fails for another reason, stands against it.
func joinHeard(d Diagnosis, c *fact.Case, live Diagnosis) Diagnosis {
	var proven, others []Finding
	d.Findings, d.Hidden = slices.Clone(d.Findings), slices.Clone(d.Hidden)
	for _, f := range slices.Concat(d.Findings, d.Hidden) {
		g, ok := provenAlso(live, f.Cause.Slug)
		if f.Heard == nil || !ok || !speaksOf(f, c) || slices.ContainsFunc(proven, func(p Finding) bool { return p.Cause == f.Cause }) {
			continue
		}
		f.Sure, f.Proof, f.Changes = cause.Proven, slices.Concat(g.Proof, f.Proof), g.Changes
		proven = append(proven, f)
	}
	for _, f := range d.Findings {
		switch {
		case f.Heard == nil || !speaksOf(f, c):
			others = append(others, f)
		case len(proven) == 0:
			others = append(others, contradicted(f, c, live))
		case !slices.ContainsFunc(proven, func(p Finding) bool { return p.Cause == f.Cause }):
			d.Hidden = append(d.Hidden, f)
		}
	}
	d.Hidden = slices.DeleteFunc(d.Hidden, func(f Finding) bool {
		return f.Heard != nil && slices.ContainsFunc(proven, func(p Finding) bool { return p.Cause == f.Cause && p.Heard == f.Heard })
	})
	d.Findings = slices.Concat(proven, others)
	return d
}

// contradicted adds what an experiment says against a text's cause that it did not prove.
func contradicted(f Finding, c *fact.Case, live Diagnosis) Finding {
	if f.Level != cause.Breaks {
		return f
	}
	base := c.Base()
	says := ""
	if base.Completed() {
		says = "a handshake made now as " + c.Question.As + " works"
	} else if i := slices.IndexFunc(live.Findings, func(g Finding) bool { return g.Level == cause.Breaks && g.Sure == cause.Proven }); i >= 0 {
		says = "a handshake made now fails for another reason: " + live.Findings[i].Cause.Slug
	}
	if says != "" {
		f.Against = append(slices.Clone(f.Against), cause.Proof{Ref: base.Ref, Says: says})
	}
	return f
}

// speaksOf: the text is about the server of the experiment, as far as it names one.
func speaksOf(f Finding, c *fact.Case) bool {
	host := c.Question.Host
	switch {
	case f.About.Upstream != "" && c.Question.Connect != "":
		return strings.Contains(f.About.Upstream, c.Question.Connect)
	case f.About.Upstream != "":
		return strings.Contains(f.About.Upstream, host) || f.Heard.Asked() == host
	case f.Heard.Dialect != "" && len(f.Heard.Peers) > 0 && !f.Heard.Served():
		return slices.ContainsFunc(f.Heard.Peers, func(p fact.Endpoint) bool { return p.Host == host })
	}
	return true
}
