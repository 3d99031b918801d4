package words

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// alike makes a row of each wording of one message: older and newer ones, and the languages Windows speaks. Gaps
// between Japanese and Chinese characters are dropped, as Clean drops them from texts.
func alike(is fact.Symptom, in []fact.Context, says ...string) []row {
	rows := make([]row, 0, len(says))
	for _, say := range says {
		pieces := strings.Split(say, " … ")
		for i, piece := range pieces {
			pieces[i] = joined(piece)
		}
		rows = append(rows, row{say: strings.Join(pieces, " … "), is: is, in: in})
	}
	return rows
}

// local is alike for wordings that are not English.
func local(is fact.Symptom, in []fact.Context, says ...string) []row {
	return alike(is, append(slices.Clone(in), fact.Localized), says...)
}
