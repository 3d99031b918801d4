package report

import (
	"encoding/json"
	"io"
)

// Reports is the envelope when there were several questions.
type Reports struct {
	Schema  string   `json:"schema"` // "tlswhy/reports/v1"
	Reports []Report `json:"reports"`
	// Differences are what is not alike between targets, or configurations, of the same call.
	Differences []Difference `json:"differences,omitempty"`
}

// JSON writes one JSON value: the report, or the envelope of several.
func JSON(w io.Writer, list []Report, differences ...Difference) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if len(list) == 1 {
		return e.Encode(list[0])
	}
	return e.Encode(Reports{Schema: "tlswhy/reports/v1", Reports: list, Differences: differences})
}
