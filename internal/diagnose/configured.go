package diagnose

import (
	"cmp"
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// Configured diagnoses configuration by itself, before anything is connected to: what is written and cannot work, or means
// less than it seems. Same case, same diagnosis.
func Configured(c *fact.Case, catalogue []cause.Cause) Diagnosis {
	var d Diagnosis
	for i := range catalogue {
		card := &catalogue[i]
		if card.Written == nil {
			continue
		}
		for _, m := range card.Written(c) {
			m = cause.ForProduct(c, m)
			d.Findings = append(d.Findings, Finding{Cause: card, Match: m, Level: cmp.Or(m.Level, card.Level), Count: 1, Written: true})
		}
	}
	slices.SortStableFunc(d.Findings, rank)
	switch worstOf(d.Findings) {
	case cause.Breaks:
		d.Outcome = Fails
		if !slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.Level == cause.Breaks && !f.Rare }) {
			d.Outcome = Intermittent
		}
	case cause.WillBreak:
		d.Outcome = AtRisk
	default:
		d.Outcome = OK
	}
	return d
}
