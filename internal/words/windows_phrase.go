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

// terms makes a row of each way to put a sentence together from its key terms, in their order and within one sentence. A term is its
// synonyms divided by "|": releases of Windows, .NET and machine translation choose among them ("対象" and "ターゲット" are both the target).
func terms(is fact.Symptom, in []fact.Context, list ...string) []row {
	says := []string{""}
	for i, term := range list {
		var longer []string
		for _, say := range says {
			for synonym := range strings.SplitSeq(term, "|") {
				synonym = joined(synonym)
				if i > 0 {
					synonym = say + " ‥ " + synonym
				}
				longer = append(longer, synonym)
			}
		}
		says = longer
	}
	rows := make([]row, len(says))
	for i, say := range says {
		rows[i] = row{say: say, is: is, in: append(slices.Clone(in), fact.Localized)}
	}
	return rows
}
