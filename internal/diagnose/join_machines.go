package diagnose

import (
	"cmp"
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// joinMachines lets computers that were described speak about a failure that a text or a capture shows, where it could be
// TLS_DHE's leading zeros: their builds make that likely, or stand against it. They prove nothing.
func joinMachines(d Diagnosis, c *fact.Case) Diagnosis {
	i := slices.IndexFunc(d.Findings, func(f Finding) bool { return f.Cause.Slug == "dhe-leading-zero" && f.Sure != cause.Proven })
	word := cause.LeadingZeroWord(c)
	if i < 0 || len(word.For)+len(word.Against) == 0 {
		return d
	}
	f := d.Findings[i]
	f.Proof, f.Against = slices.Concat(f.Proof, word.For), slices.Concat(f.Against, word.Against)
	if len(word.Changes) > 0 {
		f.Changes = word.Changes
	}
	f.Sure = cmp.Or(word.Sure, f.Sure)
	d.Findings = slices.Delete(slices.Clone(d.Findings), i, i+1)
	at := i
	switch {
	case len(word.Against) > 0: // the others that are as unsure come first
		for at < len(d.Findings) && d.Findings[at].Level == f.Level && d.Findings[at].Sure == f.Sure {
			at++
		}
	case f.Sure == cause.Likely:
		for at > 0 && d.Findings[at-1].Level == f.Level && d.Findings[at-1].Sure == cause.Possible {
			at--
		}
	}
	d.Findings = slices.Insert(d.Findings, at, f)
	return d
}
