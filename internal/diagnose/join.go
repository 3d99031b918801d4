package diagnose

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// Join lets handshakes that were made speak about ones that were only watched, for the servers that both know: a cause
// that the experiments prove is proven for the watched failures too, and a handshake that works stands against theirs.
func Join(watched Diagnosis, c *fact.Case, live Diagnosis) Diagnosis {
	base := c.Base()
	if base == nil {
		return watched
	}
	watched.Findings = slices.Clone(watched.Findings)
	for i := range watched.Findings {
		f := &watched.Findings[i]
		if f.Level != cause.Breaks || f.About.Server != base.ServerAddr().String() {
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
