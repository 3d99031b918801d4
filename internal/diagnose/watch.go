package diagnose

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Watch diagnoses handshakes that were watched, not made: no experiment can be asked for, each failure stands for
// itself, and many of one server together may say more. Same case, same diagnosis.
func Watch(c *fact.Case, catalogue []cause.Cause) Diagnosis {
	var d Diagnosis
	for _, group := range servers(c) {
		found, hidden := watchServer(group, catalogue)
		d.Findings = append(d.Findings, found...)
		d.Hidden = append(d.Hidden, hidden...)
	}
	slices.SortStableFunc(d.Findings, worstFirst)
	d.Outcome = watchOutcome(c, d)
	return d
}

// worstFirst: what breaks before what does not, then what is seen most.
func worstFirst(a, b Finding) int {
	if n := slices.Index(levels, a.Level) - slices.Index(levels, b.Level); n != 0 {
		return n
	}
	if a.Count != b.Count {
		return b.Count - a.Count
	}
	return rank(a, b)
}

// servers splits a case by the server's address, in the order of their first handshakes.
func servers(c *fact.Case) []*fact.Case {
	at := map[netip.AddrPort]*fact.Case{}
	var list []*fact.Case
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		g := at[h.ServerAddr()]
		if g == nil {
			g = &fact.Case{Question: c.Question, Hosts: c.Hosts}
			g.Question.Host, g.Question.Port, g.Question.Protocol = h.ServerAddr().Addr().String(), h.ServerAddr().Port(), h.Protocol
			at[h.ServerAddr()] = g
			list = append(list, g)
		}
		g.Handshakes = append(g.Handshakes, asRefusal(*h))
	}
	return list
}

// watchServer finds the causes of one server's failures, each cause once with its count, and what is latent.
func watchServer(group *fact.Case, catalogue []cause.Cause) (found, hidden []Finding) {
	all := crowd(group, catalogue)
	for i := range group.Handshakes {
		h := group.Handshakes[i]
		if h.Told() == fact.Unknown {
			continue
		}
		one := &fact.Case{Question: group.Question, Hosts: group.Hosts, Handshakes: []fact.Handshake{h}}
		if h.Client != nil && h.Client.ServerName != "" {
			one.Question.Host = h.Client.ServerName
		}
		one.Question.Now = h.Seen.First
		list := matches(one, catalogue)
		slices.SortStableFunc(list, rank)
		kept, gone := silence(list)
		kept, gone = bestGuess(kept, gone)
		found = merge(found, latentOnly(kept, h.Completed()), &h, all)
		hidden = merge(hidden, latentOnly(gone, h.Completed()), &h, all)
	}
	return append(all, found...), hidden
}

// bestGuess keeps one of the causes that only an experiment could tell apart: the one whose experiment promises most,
// and only where nothing surer is left.
func bestGuess(kept, gone []Finding) ([]Finding, []Finding) {
	sure, guesses := settle(kept)
	if len(guesses) == 0 {
		return sure, gone
	}
	slices.SortStableFunc(guesses, func(a, b Finding) int { return weight(b) - weight(a) })
	if !slices.ContainsFunc(sure, func(f Finding) bool { return f.Level == cause.Breaks }) {
		sure, guesses = append(sure, guesses[0]), guesses[1:]
	}
	return sure, append(gone, guesses...)
}

// weight is how much the best experiment of a guess would decide.
func weight(f Finding) int {
	most := 0
	for _, a := range f.Asks {
		most = max(most, a.Weight)
	}
	return most
}

// crowd asks the causes that look at many handshakes at once.
func crowd(group *fact.Case, catalogue []cause.Cause) []Finding {
	var all []Finding
	for i := range catalogue {
		card := &catalogue[i]
		if card.Crowd == nil {
			continue
		}
		for _, m := range card.Crowd(group) {
			all = append(all, Finding{Cause: card, Match: m, Level: cmp.Or(m.Level, card.Level), Count: max(m.Count, 1)})
		}
	}
	return all
}

// latentOnly: of a handshake that worked only what will break or is weak counts; what other clients might mind is no
// matter for those that were watched.
func latentOnly(list []Finding, completed bool) []Finding {
	if !completed {
		return list
	}
	return slices.DeleteFunc(list, func(f Finding) bool { return f.Level == cause.Breaks || f.Level == cause.Note })
}

// merge adds the findings of one (folded) handshake to those of its server: the same cause about the same name is
// one finding with a larger count. What the crowd already tells is not told again.
func merge(into, list []Finding, h *fact.Handshake, crowd []Finding) []Finding {
	n := max(h.Seen.Count, 1)
	for _, f := range list {
		if slices.ContainsFunc(crowd, func(g Finding) bool { return g.Cause == f.Cause && g.Level == f.Level }) {
			continue
		}
		f.Asks = nil
		i := slices.IndexFunc(into, func(g Finding) bool { return g.Cause == f.Cause && g.Level == f.Level && g.About.SNI == f.About.SNI })
		if i < 0 {
			f.Count = n
			into = append(into, f)
			continue
		}
		into[i].Count += n
		if into[i].About.Client != f.About.Client {
			into[i].About.Client = ""
		}
		if len(into[i].Proof) < maxProofs {
			into[i].Proof = append(into[i].Proof, f.Proof...)
		}
	}
	return into
}

// maxProofs is how many pieces of evidence a merged finding keeps; more are in the rows.
const maxProofs = 5

// asRefusal reads a client's alert as what our own client would have noted when it refused: the same rules then hold
// for both. What cannot be read that way stays as it was seen.
func asRefusal(h fact.Handshake) fact.Handshake {
	if h.End.How != fact.EndAlert || h.End.By != wire.ClientSide || h.Server == nil {
		return h
	}
	reason := refusalOf(&h)
	if reason != "" {
		h.End.How, h.End.Reason = fact.EndLocal, reason
		h.End.Detail = "alert " + names.Alert(h.End.Alert)
	}
	return h
}

// refusalOf says what a client objects to, by its alert and by what it had been shown (RFC 8446 §6.2).
func refusalOf(h *fact.Handshake) string {
	small := h.Key != nil && h.Key.Kind == "DHE" && h.Key.P != nil && h.Key.P.BitLen() < 2048
	switch h.End.Alert {
	case wire.AlertProtocolVersion:
		return wire.ReasonUnofferedVersion
	case wire.AlertHandshakeFailure, 71, 47:
		if small {
			return "dh-too-small"
		}
		if h.End.Alert == 47 && h.Server.Version == wire.TLS13 {
			return wire.ReasonBadKeyShare
		}
	case wire.AlertDecryptError:
		if h.Key != nil && h.End.After != "server Finished" {
			return wire.ReasonBadSignature
		}
		return wire.ReasonBadFinished
	case wire.AlertBadRecordMAC, 21:
		return wire.ReasonBadRecord
	case 50:
		return wire.ReasonDecode
	case 10:
		return wire.ReasonUnexpected
	}
	return ""
}

// watchOutcome: failures beside successes of the same server are intermittent.
func watchOutcome(c *fact.Case, d Diagnosis) Outcome {
	worst := worstOf(d.Findings)
	failed, mixed := failures(c)
	switch {
	case worst == cause.Breaks && mixed:
		return Intermittent
	case worst == cause.Breaks:
		return Fails
	case failed && !explainedByNotes(d):
		return Unknown
	case worst == cause.WillBreak:
		return AtRisk
	}
	return OK
}

// failures tells whether any handshake failed, and whether every server that failed one also completed one.
func failures(c *fact.Case) (failed, mixed bool) {
	mixed = true
	for _, g := range servers(c) {
		var bad, good bool
		for i := range g.Handshakes {
			switch g.Handshakes[i].Told() {
			case fact.Yes:
				good = true
			case fact.No:
				bad = true
			}
		}
		failed = failed || bad
		if bad && !good {
			mixed = false
		}
	}
	return failed, failed && mixed
}

// explainedByNotes: clients that went away, scanners and the like are named, and nobody's fault.
func explainedByNotes(d Diagnosis) bool {
	return slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.Level == cause.Note })
}
