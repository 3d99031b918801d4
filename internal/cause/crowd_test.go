package cause

import (
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// watched is a folded handshake of a capture: so many of a suite that completed, or broke after the client's Finished.
func watched(suite uint16, n int, completed bool) fact.Handshake {
	h := fact.Handshake{Ref: fact.Ref{Kind: "capture", At: "packet 7"}, Protocol: "mssql", Client: &wire.ClientHello{},
		Server: &wire.ServerHello{Version: wire.TLS12, Suite: suite}, Passive: &fact.Passive{},
		Finished: fact.Yes, End: fact.End{By: wire.ClientSide, How: fact.EndClosed, After: "server Finished"},
		Seen: fact.Seen{Count: n, First: time.Unix(1, 0)}}
	if !completed {
		h.Finished, h.End = fact.No, fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "client Finished"}
	}
	return h
}

// TestCrowdOfDHE: the statistics decide between the fault of leading zeros and other reasons.
func TestCrowdOfDHE(t *testing.T) {
	const dhe, ecdhe = 0x009f, 0xc030
	tests := []struct {
		name string
		hs   []fact.Handshake
		want Sure // "": no finding
	}{
		{"the story of the KB", []fact.Handshake{watched(dhe, 71, false), watched(dhe, 18133, true), watched(ecdhe, 4410, true)}, Likely},
		{"no failure", []fact.Handshake{watched(dhe, 18133, true), watched(ecdhe, 4410, true)}, ""},
		{"half of them fail: another fault", []fact.Handshake{watched(dhe, 100, false), watched(dhe, 100, true)}, ""},
		{"other suites fail as often", []fact.Handshake{watched(dhe, 4, false), watched(dhe, 1000, true), watched(ecdhe, 4, false), watched(ecdhe, 1000, true)}, Possible},
		{"too few for a rate", []fact.Handshake{watched(dhe, 1, false), watched(dhe, 5, true)}, ""},
	}
	for _, test := range tests {
		ms := crowdLeadingZero(&fact.Case{Handshakes: test.hs})
		switch {
		case test.want == "" && len(ms) > 0:
			t.Errorf("%s: %v", test.name, ms[0].Proof)
		case test.want != "" && (len(ms) != 1 || ms[0].Sure != test.want):
			t.Errorf("%s: %v, want one that is %s", test.name, ms, test.want)
		}
	}
}

// TestCrowdOfResumedSessions: resumed ones break and full ones do not, or both do.
func TestCrowdOfResumedSessions(t *testing.T) {
	as := func(resumed fact.Tri, n int, completed bool) fact.Handshake {
		h := watched(0xc02f, n, completed)
		h.Passive.Resumed = resumed
		return h
	}
	tests := []struct {
		name string
		hs   []fact.Handshake
		want int
	}{
		{"only resumed ones break", []fact.Handshake{as(fact.Yes, 9, false), as(fact.No, 40, true)}, 1},
		{"both break", []fact.Handshake{as(fact.Yes, 9, false), as(fact.No, 9, false)}, 0},
		{"one of a few: chance", []fact.Handshake{as(fact.Yes, 1, false), as(fact.Yes, 5, true), as(fact.No, 3, true)}, 0},
		{"none breaks", []fact.Handshake{as(fact.Yes, 9, true), as(fact.No, 40, true)}, 0},
	}
	for _, test := range tests {
		if ms := sessionResumptionBroken.Crowd(&fact.Case{Handshakes: test.hs}); len(ms) != test.want {
			t.Errorf("%s: %d findings", test.name, len(ms))
		}
	}
}
