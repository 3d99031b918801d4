package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Checked tells in words what the experiments that were asked for found in order.
func Checked(c *fact.Case) []string {
	return slices.Concat(checkedDHE(c), checkedForms(c), checkedResumption(c), checkedNumbers(c), checkedClose(c))
}

// A Question is what experiments that were asked for could not decide, and how it can be.
type Question struct{ Ask, How string }

// Undecided lists them.
func Undecided(c *fact.Case) []Question {
	return slices.Concat(undecidedDHE(c), undecidedForms(c), undecidedResumption(c), undecidedNumbers(c))
}
