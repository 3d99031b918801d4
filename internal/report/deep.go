package report

import (
	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A Deep is what --deep measured.
type Deep struct {
	DHE []DeepDHE `json:"dhe"` // one for each address, and for each machine that could be told apart behind it
}

// A DeepDHE is what a server does with the leading zeros of TLS_DHE.
type DeepDHE struct {
	Address        string   `json:"address"`
	Machines       int      `json:"machines"` // how many answered at this address, told apart by certificate and parameters
	Is             string   `json:"is"`       // strips, keeps, neither, not-exposed, inconclusive
	Right          *bool    `json:"right" jsonschema:"oneof_type=boolean;null"`
	Why            string   `json:"why"`                    // for inconclusive
	Short          string   `json:"short"`                  // takes, refuses, inconclusive, not-asked: our public value without its leading zeros
	Padded         string   `json:"padded"`                 // … with them
	EMS            []string `json:"extended_master_secret"` // the rule was measured with it offered: on, off
	Lost           []string `json:"lost"`                   // what the network cut off each time it was asked
	Version        string   `json:"version"`
	Suite          string   `json:"suite"`
	PrimeBits      int      `json:"prime_bits"` // 0: the server sent none
	PrimeBytes     int      `json:"prime_bytes"`
	GeneratorBytes int      `json:"generator_bytes"` // as long as the prime: Schannel does so
	Certificate    string   `json:"certificate"`     // SHA-256
	Afterwards     string   `json:"afterwards"`      // the suite agreed on without TLS_DHE; "": none is, or it is not known
	At             []string `json:"at"`
}

// deepened is nil where --deep was not asked for, or measured nothing of TLS_DHE.
func deepened(c *fact.Case) *Deep {
	var d Deep
	for _, m := range cause.MeasuredDHEs(c) {
		out := DeepDHE{Address: m.Address, Machines: m.Of, Is: m.Is, Why: m.Why, Short: m.Short, Padded: m.Padded,
			EMS: append([]string{}, m.EMS...), Lost: append([]string{}, m.Lost...), Afterwards: m.Afterwards, At: []string{}}
		if m.Is == cause.Strips || m.Is == cause.Keeps || m.Is == cause.NeitherRule {
			right := m.Is == cause.Strips
			out.Right = &right
		}
		if h := m.Shown; h != nil {
			out.Version, out.Suite = names.Version(h.Server.Version), names.SuiteName(h.Server.Suite)
			out.PrimeBits, out.PrimeBytes, out.GeneratorBytes = h.Key.P.BitLen(), h.Key.PLen, h.Key.GLen
			if h.Chain != nil && len(h.Chain.Certificates) > 0 {
				out.Certificate = h.Chain.Certificates[0].SHA256
			}
		}
		for _, r := range m.At {
			out.At = append(out.At, r.At)
		}
		d.DHE = append(d.DHE, out)
	}
	if d.DHE == nil {
		return nil
	}
	return &d
}
