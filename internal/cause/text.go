package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Candidate is a cause that can be behind a text.
type Candidate struct {
	Cause *Cause
	Score int  // how much the text speaks for it; only comparable within one text
	Sign  Sign // the symptom that speaks loudest for it
}

// Candidates ranks the causes by what a text says, most likely first. Each symptom speaks for the causes that list it in
// the circumstances that are told most precisely: what holds for "a server's log, from a public address" takes the place
// of what holds in general. Weights count by their squares, so that one telling symptom outweighs several that say little.
func Candidates(e *fact.Event, catalogue []Cause) []Candidate {
	list := make([]Candidate, len(catalogue))
	for i := range catalogue {
		list[i].Cause = &catalogue[i]
	}
	for _, symptom := range outspoken(e.Symptoms) {
		precise := precision(e, symptom, catalogue)
		for i := range list {
			list[i].hear(e, symptom, precise)
		}
	}
	list = slices.DeleteFunc(list, func(c Candidate) bool { return c.Score == 0 })
	slices.SortStableFunc(list, func(a, b Candidate) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		return strings.Compare(a.Cause.ID, b.Cause.ID)
	})
	return list
}

// speechless symptoms mean that a text says no more: beside another one they say nothing.
var speechless = []fact.Symptom{fact.HandshakeFailed, fact.CannotConnect, fact.VerifyFailed, fact.TLSInitFailed}

// remarks are warnings that programs print beside the error: what they say is true and rarely why.
var remarks = []fact.Symptom{fact.DefaultChanged, fact.VerificationOff, fact.PlaintextAllowed}

// outspoken are the symptoms that say most: no remarks where there is an error, and no general words where there are
// particular ones.
func outspoken(list []fact.Symptom) []fact.Symptom {
	list = without(without(without(list, remarks), speechless), ownAlerts(list))
	list = without(list, second)
	if slices.ContainsFunc(list, func(s fact.Symptom) bool { return slices.Contains(placed, s) }) {
		list = without(list, unplaced)
	}
	return list
}

// second are answers to a second attempt: a client that may leave TLS out tries again without it when TLS failed, and is then
// refused for that. Why TLS failed is the root.
var second = []fact.Symptom{fact.TLSDemanded, fact.AccessDenied, fact.LoginFailed}

// placed and unplaced are endings of a connection with and without the moment: where one tells it, the others are the same
// ending in other words.
var (
	placed   = []fact.Symptom{fact.EOFInHandshake, fact.ResetInHandshake, fact.BrokeInHandshake, fact.SilentInHandshake, fact.ConnectTimeout}
	unplaced = []fact.Symptom{fact.Closed, fact.Reset, fact.TimedOut, fact.NoCloseNotify}
)

// ownAlerts are the alerts that this side sent: what it found wrong says more than what it then told the other.
func ownAlerts(list []fact.Symptom) []fact.Symptom {
	return slices.DeleteFunc(slices.Clone(list), func(s fact.Symptom) bool {
		_, received, alert := s.Alert()
		return !alert || received
	})
}

// without leaves out a set, unless nothing would be left.
func without(list, set []fact.Symptom) []fact.Symptom {
	rest := slices.DeleteFunc(slices.Clone(list), func(s fact.Symptom) bool { return slices.Contains(set, s) })
	if len(rest) == 0 {
		return list
	}
	return rest
}

// precision is how many circumstances the closest signs of a symptom name.
func precision(e *fact.Event, symptom fact.Symptom, catalogue []Cause) int {
	most := 0
	for i := range catalogue {
		for _, s := range catalogue[i].Signs {
			if s.Of == symptom && len(s.In) > most && holds(s, e) {
				most = len(s.In)
			}
		}
	}
	return most
}

// hear adds what a symptom says for the candidate.
func (c *Candidate) hear(e *fact.Event, symptom fact.Symptom, precise int) {
	var best Sign
	for _, s := range c.Cause.Signs {
		if s.Of == symptom && len(s.In) == precise && s.Weight > best.Weight && holds(s, e) {
			best = s
		}
	}
	c.Score += best.Weight * best.Weight
	if best.Weight > c.Sign.Weight {
		c.Sign = best
	}
}

// holds: every circumstance that the sign names is told.
func holds(s Sign, e *fact.Event) bool {
	return !slices.ContainsFunc(s.In, func(c fact.Context) bool { return !e.In(c) })
}
