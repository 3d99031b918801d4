package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A MachinesWord is what the builds of described computers say about a failure that other evidence shows and that could be
// TLS_DHE's leading zeros.
type MachinesWord struct {
	Sure    Sure // Likely where they make it so, Possible where both compute alike; "": the finding stays as sure as it is
	For     []Proof
	Against []Proof
	Changes []change.Change
}

// LeadingZeroWord reads it from a case of described computers. A client and a server that meet on TLS_DHE with two rules make
// the fault likely; two that cannot meet so, or computers that are all repaired, stand against it. Where it was told which of
// them is the client, the other way round is no matter.
func LeadingZeroWord(described *fact.Case) MachinesWord {
	asked := *described
	asked.Meetings = slices.DeleteFunc(slices.Clone(asked.Meetings), func(m fact.Meeting) bool { return m.Reverse })
	c := &asked
	for _, m := range writtenZeros(c) {
		switch m.Level {
		case Breaks:
			return MachinesWord{Sure: Likely, For: m.Proof, Changes: m.Changes}
		case WillBreak:
			return MachinesWord{For: m.Proof, Changes: m.Changes}
		}
	}
	w := MachinesWord{}
	for i := range c.Machines {
		m := &c.Machines[i]
		if m.Repaired == fact.Yes || len(c.Meetings) > 0 {
			w.Against = append(w.Against, Proof{Ref: m.Ref, Says: MachineName(m) + ": " + RepairSays(m)})
		}
	}
	if len(c.Meetings) > 0 && len(w.Against) > 0 {
		w.Against = append(w.Against, Proof{Ref: c.Machines[0].Ref, Says: whyNot(c)})
		if c.Unequal(c.Meetings[0]) == fact.No {
			w.Sure = Possible
		}
	}
	return w
}

// whyNot is why it does not break between the two machines of a pair.
func whyNot(c *fact.Case) string {
	for _, m := range c.Meetings {
		if meetsOnDHE(m) {
			return "between these two it does not break: they compute alike"
		}
	}
	return "between these two it does not break: they do not agree on a TLS_DHE suite"
}
