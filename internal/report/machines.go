package report

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A Machine is a Windows computer that was described.
type Machine struct {
	Name     string   `json:"name"` // as it is called in sentences
	Role     string   `json:"role"` // "client", "server", or empty
	Product  string   `json:"product"`
	Build    string   `json:"build"`
	Repaired *bool    `json:"repaired" jsonschema:"oneof_type=boolean;null"` // by the table of KB4557473; null: not told
	Says     string   `json:"says"`                                          // what tells so
	Order    string   `json:"order"`                                         // where the order of its suites is from: default, group policy, registry, Get-TlsCipherSuite
	Suites   []string `json:"suites"`                                        // in that order
	At       string   `json:"at"`
}

// A Meeting is what two of the machines would agree on.
type Meeting struct {
	Client  string `json:"client"`
	Server  string `json:"server"`
	Version string `json:"version"` // empty: none in common
	Suite   string `json:"suite"`   // empty: none in common
	DHE     bool   `json:"dhe"`
	Unequal *bool  `json:"unequal" jsonschema:"oneof_type=boolean;null"` // they compute TLS_DHE keys differently; null: not told
	After   string `json:"after"`                                        // the suite without TLS_DHE on one side; empty: none is left
	Reverse bool   `json:"reverse"`                                      // the other way round than was asked
}

// described adds the machines of a case and what they would agree on.
func (r *Report) described(c *fact.Case) {
	for i := range c.Machines {
		m := &c.Machines[i]
		out := Machine{Name: cause.MachineName(m), Role: m.Role, Product: m.Product, Build: m.Build, Repaired: triBool(m.Repaired), Says: cause.RepairSays(m),
			Order: m.Order.From, Suites: []string{}, At: m.Ref.At}
		for _, id := range m.Order.Suites {
			out.Suites = append(out.Suites, names.SuiteName(id))
		}
		r.Machines = append(r.Machines, out)
		if m.Repaired == fact.Yes {
			r.Clean = append(r.Clean, Clean{Checked: out.Name + ": " + out.Says})
		}
	}
	for _, m := range c.Meetings {
		out := Meeting{Client: r.Machines[m.Client].Name, Server: r.Machines[m.Server].Name, Unequal: triBool(c.Unequal(m)), Reverse: m.Reverse}
		if m.Version != 0 {
			out.Version = names.Version(m.Version)
		}
		if s, ok := names.SuiteByID(m.Suite); ok && m.Suite != 0 {
			out.Suite, out.DHE = s.Name, s.Kex == "DHE"
		}
		if m.After != 0 {
			out.After = names.SuiteName(m.After)
		}
		r.Meetings = append(r.Meetings, out)
	}
}

func triBool(t fact.Tri) *bool {
	if t == fact.Unknown {
		return nil
	}
	yes := t == fact.Yes
	return &yes
}

// machinesText writes the machines, and for both directions what they would agree on.
func (t *textWriter) machinesText(r Report) {
	t.b.WriteByte('\n')
	for _, m := range r.Machines {
		label := m.Role
		if label == "" {
			label = "machine"
		}
		says := m.Name
		if m.Product != "" {
			says += ": " + m.Says
		}
		t.row(fmt.Sprintf("  %-9s ", label), says, m.At, nil, t.style.Dim)
	}
	for i, m := range r.Meetings {
		label := "meet on"
		if i > 0 {
			label = ""
		}
		t.row(fmt.Sprintf("  %-9s ", label), m.Client+" to "+m.Server+": "+m.agreed(), "", nil, nil)
	}
	if len(r.Meetings) > 0 {
		t.wrap("            ", "from Microsoft's lists of suites, or as configured, with an RSA certificate; not measured")
	}
}

// agreed is the suite with what becomes of it.
func (m Meeting) agreed() string {
	switch {
	case m.Version == "":
		return "no TLS version in common"
	case m.Suite == "":
		return "no suite in common (" + m.Version + ")"
	case !m.DHE:
		return m.Suite + " (" + m.Version + "), no TLS_DHE"
	case m.After == "":
		return m.Suite + " (" + m.Version + "); without TLS_DHE nothing is left"
	}
	return m.Suite + " (" + m.Version + "); without TLS_DHE " + m.After
}
