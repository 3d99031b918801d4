package cause

import (
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A MeasuredDHE is what experiments showed of the TLS_DHE of one machine.
type MeasuredDHE struct {
	Address    string
	Of         int             // how many machines answered at this address
	Is         string          // Strips, Keeps, NeitherRule, NotExposed or Inconclusive
	Why        string          // for Inconclusive
	Short      string          // Takes, Refuses, Inconclusive or NotAsked: a public value of ours shorter than the prime
	Padded     string          // the same of one that starts with a zero byte
	EMS        []string        // the rule was measured with extended master secret offered: "on", "off"
	Lost       []string        // what the network cut off each time it was asked
	Afterwards string          // the suite agreed on without TLS_DHE; "" where none is, or it is not known
	Shown      *fact.Handshake // a handshake with its parameters, or nil
	At         []fact.Ref      // the experiments
}

// MeasuredDHEs lists what --deep measured, by address and machine; none where it was not asked for.
func MeasuredDHEs(c *fact.Case) []MeasuredDHE {
	views := viewsDHE(c)
	var list []MeasuredDHE
	for _, v := range views {
		m := MeasuredDHE{Address: v.at, Is: v.Is, Short: v.Short, Padded: v.Zero, Shown: v.shown()}
		for _, o := range views {
			if o.at == v.at {
				m.Of++
			}
		}
		if v.Is == Inconclusive {
			m.Why = v.why()
		}
		if v.tally(valued("short")).all == 0 {
			m.Short = NotAsked
		}
		if v.tally(valued("padded")).all == 0 {
			m.Padded = NotAsked
		}
		with, off := v.emsMeasured()
		if with {
			m.EMS = append(m.EMS, "on")
		}
		if off {
			m.EMS = append(m.EMS, "off")
		}
		for _, cell := range v.lost() {
			m.Lost = append(m.Lost, cell.about())
		}
		if rest := v.afterwards(); rest != nil && rest.Server != nil {
			m.Afterwards = names.SuiteName(rest.Server.Suite)
		}
		list = append(list, m.with(v))
	}
	return list
}

// with adds where it was measured.
func (m MeasuredDHE) with(v *dheView) MeasuredDHE {
	for _, c := range append(v.cells[:len(v.cells):len(v.cells)], v.loose...) {
		m.At = append(m.At, c.h.Ref)
	}
	return m
}
