package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// LabSchema names the JSON of Lab.
const LabSchema = "tlswhy/lab/v1"

// ForTests is said wherever the lab shows itself.
const ForTests = "for tests only: these servers are wrong on purpose, and nothing that is sent to them is safe"

// A Lab is what the lab can serve, and what it serves now.
type Lab struct {
	Schema  string     `json:"schema"`
	Purpose string     `json:"purpose"`
	CA      string     `json:"ca"`   // the file with the root that is to be trusted; "" when nothing is served
	Page    string     `json:"page"` // where the same is to be read by a browser; "" without one
	Faults  []LabFault `json:"faults"`
	Absent  []LabGap   `json:"absent"` // causes that no server can show
}

// A LabFault is one way for a server to be wrong.
type LabFault struct {
	Name      string        `json:"name"`
	Cause     string        `json:"cause"` // slug; "healthy" is none
	Says      string        `json:"says"`  // what is wrong
	Title     string        `json:"title"` // what a diagnosis says about it
	Protocols []string      `json:"protocols"`
	Needs     []string      `json:"needs"`  // flags of a diagnosis without which it does not meet the fault
	ByHand    bool          `json:"byHand"` // another client meets it, a diagnosis of the target alone does not
	Endpoints []LabEndpoint `json:"endpoints"`
}

// A LabEndpoint serves a fault over a protocol.
type LabEndpoint struct {
	Protocol string   `json:"protocol"`
	Target   string   `json:"target"`
	Address  string   `json:"address"` // where it listens; "" when it could not be served
	Command  string   `json:"command"` // what to type to meet it
	Files    []string `json:"files"`   // that the command names
	Why      string   `json:"why"`     // it could not be served
}

// A LabGap is a cause that is not served.
type LabGap struct {
	Cause string `json:"cause"`
	Why   string `json:"why"`
}

// LabJSON writes one JSON value.
func LabJSON(w io.Writer, l Lab) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(l)
}

// LabText lists for people what the lab can serve.
func LabText(w io.Writer, l Lab, s Style) error {
	t := &textWriter{style: s}
	t.row("", ForTests, "", s.Dim, nil)
	for _, f := range l.Faults {
		t.b.WriteByte('\n')
		t.row("", f.Name, "", s.Strong, nil)
		t.row("  ", f.Says, "  ", nil, nil)
		t.row("  ", "over "+strings.Join(f.Protocols, ", ")+f.way(), "  ", s.Dim, nil)
	}
	if len(l.Absent) > 0 {
		t.row("\n", "What no server can show:", "", s.Strong, nil)
	}
	for _, g := range l.Absent {
		t.row("  ", g.Cause+": "+g.Why, "    ", nil, nil)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// way is how a fault is met, where that takes more than a diagnosis.
func (f LabFault) way() string {
	switch {
	case f.ByHand:
		return "; met by other clients, not by a diagnosis"
	case len(f.Needs) > 0:
		return "; met by a diagnosis with " + strings.Join(f.Needs, " ")
	}
	return ""
}

// LabServing tells for people where endpoints are and how to meet them; of many, where they are only.
func LabServing(w io.Writer, l Lab) {
	var all int
	for _, f := range l.Faults {
		all += len(f.Endpoints)
	}
	for _, f := range l.Faults {
		for _, e := range f.Endpoints {
			name := e.Protocol + "/" + f.Name
			switch {
			case e.Why != "":
			case all > severalEndpoints:
				fmt.Fprintf(w, "%-22s %s\n", e.Address, name)
			default:
				fmt.Fprintf(w, "%s\n  %s\n", name, e.Command)
			}
		}
	}
}

// severalEndpoints is from how many endpoints on a list is kept short.
const severalEndpoints = 12
