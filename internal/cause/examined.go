package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Answers of a Picture to what a client does with the leading zeros of a secret.
const (
	Strips       = "strips"
	Keeps        = "keeps"
	NeitherRule  = "neither"      // its keys come from neither rule
	NotExposed   = "not-exposed"  // it offers nothing of the kind: a definite answer
	Inconclusive = "inconclusive" // it was asked and did not tell
	NotAsked     = "not-asked"    // it did not connect often enough
)

// Answers about a number or a certificate shown to a client.
const (
	Takes        = "takes"
	Refuses      = "refuses"
	RefusesAfter = "refuses-after-the-handshake" // it finishes the handshake and leaves without a word
	Differs      = "differs"                     // asked again it did otherwise
)

// An Answer is one thing that a client under test showed.
type Answer struct {
	Is   string
	Why  string // for Inconclusive, and for NotExposed where it is not the client's offer
	With string // the group that told
	Refs []fact.Ref
	Made int // connections that were asked
}

// A Judgement is what a client did with one certificate.
type Judgement struct {
	Form string // "right", "expired" …
	Answer
}

// A Picture is what a client under test showed, read from the experiments of its case.
type Picture struct {
	Rule   Answer // TLS_DHE of TLS 1.2 and older: Strips is right (RFC 5246 §8.1.2)
	Rule13 Answer // finite field groups of TLS 1.3: Keeps is right (RFC 8446 §7.4.1)
	Short  Answer // our public value with a leading zero, sent without it
	Padded Answer // … and with it
	Own    Answer // how it sends its own: "padded", "short"
	Odd    Answer // its own value gives the secret away: "yes"
	Certs  []Judgement
	Anyone bool // it accepts a certificate that anybody can make for any name
	// Several: its answers about certificates contradict each other. Clients that send the same hello from the same address are
	// one here, whatever their settings.
	Several bool
	Old     []Answer // old versions that were tried alone; With is the version
}

// PictureOf reads the case of a client under test.
func PictureOf(c *fact.Case) Picture {
	if c.Hello() == nil {
		silent := Answer{Is: NotAsked}
		return Picture{Rule: silent, Rule13: silent, Short: silent, Padded: silent, Own: silent}
	}
	offersDHE, offersFFDHE := fact.OffersDHE(c.Hello()), fact.OffersFFDHE(c.Hello()) != 0
	p := Picture{Rule: ruleBefore13(c, offersDHE), Rule13: ruleOf13(c, offersFFDHE), Own: ownValue(c), Odd: degenerate(c)}
	if c.Question.Protocol == "mssql" {
		p.Rule13 = Answer{Is: NotExposed, Why: "TLS inside TDS 7 ends at TLS 1.2"} // MS-TDS 2.2.6.5; TDS 8 is mssql-strict
	}
	p.Short, p.Padded = publicOf(c, "short", offersDHE), publicOf(c, "padded", offersDHE)
	p.Certs = judgements(c)
	p.Several = contradicting(c, p.Certs)
	p.Anyone = !p.Several && slices.ContainsFunc(p.Certs, func(j Judgement) bool { return j.Is == Takes && selfMade(j.Form) })
	p.Old = versionsAlone(c)
	return p
}

// selfMade are the certificates that anybody can make.
func selfMade(form string) bool { return form == "unknown-ca" || form == "self-signed" }

// contradicting: one certificate was taken and refused by an alert; or of those that anybody can make one was taken and the other
// refused, which no rule for verifying does.
func contradicting(c *fact.Case, certs []Judgement) bool {
	differs, taken, denied := false, false, false
	for _, j := range certs {
		differs = differs || j.Is == Differs
		taken = taken || selfMade(j.Form) && j.Is == Takes
		denied = denied || selfMade(j.Form) && (j.Is == Refuses || j.Is == RefusesAfter)
	}
	finished, refused := false, false // under the right one, when something else was asked
	for _, what := range []string{fact.ClientDHE, fact.ClientFFDHE} {
		for _, h := range c.Forced(what) {
			finished, refused = finished || done(h), refused || h.RefusedChain()
		}
	}
	return differs || taken && denied || finished && refused
}

// cells are the experiments of one kind with their number of connections.
func cells(c *fact.Case, what string, fits func(fact.Forcing) bool) (list []*fact.Handshake, made int) {
	for _, h := range c.Forced(what) {
		if f, _ := h.Variant.Forcing(); fits(f) {
			list = append(list, h)
			made += max(h.Seen.Count, 1)
		}
	}
	return list, made
}

func zeroIs(zero string) func(fact.Forcing) bool {
	return func(f fact.Forcing) bool { return f.Zero == zero }
}

// ruleBefore13 reads the rule from the keys of the client's own Finished: one connection is proof.
func ruleBefore13(c *fact.Case, offered bool) Answer {
	if !offered {
		return Answer{Is: NotExposed}
	}
	list, made := cells(c, fact.ClientDHE, zeroIs("secret"))
	a := Answer{Is: NotAsked, Made: made}
	for _, h := range list {
		f, _ := h.Variant.Forcing()
		if word := map[string]string{fact.RuleStripped: Strips, fact.RuleKept: Keeps}[f.Rule]; word != "" {
			return Answer{Is: word, With: f.Extra, Refs: []fact.Ref{h.Ref}, Made: made}
		}
		a.Is, a.Why, a.With = Inconclusive, unanswered(h), f.Extra
		a.Refs = append(a.Refs, h.Ref)
	}
	if n := count(list, func(h *fact.Handshake) bool { return h.End.Reason == wire.ReasonBadRecord }); n > 1 {
		a.Is, a.Why = NeitherRule, ""
	}
	return a
}

func count(list []*fact.Handshake, fits func(*fact.Handshake) bool) int {
	n := 0
	for _, h := range list {
		if fits(h) {
			n++
		}
	}
	return n
}

// unanswered says why an experiment did not tell the rule.
func unanswered(h *fact.Handshake) string {
	switch {
	case h.RefusedChain():
		return "it refuses the lab's certificate before it computes a secret (" + leaving(h) + "): let it trust the lab's CA"
	case h.Finished == fact.Yes:
		return "it takes none of the groups made for this test, and in an ordinary one a secret starts with zeros once in 256 connections"
	case h.Degenerate():
		return "its own Diffie-Hellman value is 0, 1, p-1 or no number below the prime"
	}
	return leaving(h)
}

// ruleOf13 reads the rule of TLS 1.3: from the keys of the client's answer, or from which of the cells fail.
func ruleOf13(c *fact.Case, offered bool) Answer {
	if !offered {
		return Answer{Is: NotExposed}
	}
	list, _ := cells(c, fact.ClientFFDHE, func(f fact.Forcing) bool { return f.Zero == "secret" && f.Form == "" })
	control, _ := cells(c, fact.ClientFFDHE, zeroIs("none"))
	byOther, _ := cells(c, fact.ClientFFDHE, func(f fact.Forcing) bool { return f.Form == fact.RuleStripped })
	a := Answer{Is: NotAsked, Made: len(list) + len(control) + len(byOther)}
	for _, h := range slices.Concat(list, control, byOther) {
		a.Refs = append(a.Refs, h.Ref)
	}
	for _, h := range list {
		f, _ := h.Variant.Forcing()
		a.With = f.Extra
		switch {
		case h.Finished == fact.Yes:
			return Answer{Is: Keeps, With: f.Extra, Refs: []fact.Ref{h.Ref}, Made: a.Made}
		case f.Rule == fact.RuleStripped:
			a.Is, a.Why = Strips, ""
			return a
		}
		a.Is, a.Why = Inconclusive, unanswered(h)
	}
	if len(list) >= tellingBreaks(c, list) && count(control, done) > 0 && count(byOther, done) > 0 {
		a.Is, a.Why = Strips, ""
	}
	return a
}

func done(h *fact.Handshake) bool { return h.Finished == fact.Yes }

// tellingBreaks is how many failures show that a number is refused: three; more when they are ends without a word and this client's
// connections are known to get lost.
func tellingBreaks(c *fact.Case, list []*fact.Handshake) int {
	if len(list) == 0 || count(list, func(h *fact.Handshake) bool { return h.End.How == fact.EndAlert || h.End.How == fact.EndLocal }) == len(list) {
		return 3
	}
	f, _ := list[0].Variant.Forcing()
	return max(3, fact.BreaksThatTell(c.Handshakes, f))
}

// publicOf: a value with a leading zero is refused when it failed each of three times, while the same without one passed.
func publicOf(c *fact.Case, form string, offered bool) Answer {
	if !offered {
		return Answer{Is: NotExposed}
	}
	list, made := cells(c, fact.ClientDHE, func(f fact.Forcing) bool { return f.Zero == "public" && f.Form == form })
	control, _ := cells(c, fact.ClientDHE, zeroIs("none"))
	a := Answer{Is: NotAsked, Made: made}
	for _, h := range list {
		a.Refs = append(a.Refs, h.Ref)
	}
	switch {
	case len(list) == 0:
		return a
	case count(list, done) > 0:
		a.Is = Takes
	case len(list) >= tellingBreaks(c, list) && count(control, done) > 0:
		a.Is, a.Refs = Refuses, append(a.Refs, control[0].Ref)
	default:
		a.Is, a.Why = Inconclusive, unanswered(list[0])
	}
	return a
}

// ownValue tells how the client writes a value of its own that starts with a zero byte.
func ownValue(c *fact.Case) Answer {
	a := Answer{Is: NotAsked}
	for _, h := range c.Forced(fact.ClientDHE) {
		k := h.Key
		if k == nil || len(h.Public) == 0 {
			continue
		}
		switch {
		case len(h.Public) < k.PLen:
			return Answer{Is: "short", Refs: []fact.Ref{h.Ref}, Made: 1}
		case h.Public[0] == 0:
			a = Answer{Is: "padded", Refs: []fact.Ref{h.Ref}, Made: 1}
		}
	}
	return a
}

// degenerate finds a client whose value gives the secret away in a group where that cannot be chance: of the groups
// of small order, some have 1 among their few values.
func degenerate(c *fact.Case) Answer {
	for _, h := range slices.Concat(c.Forced(fact.ClientDHE), c.Forced(fact.ClientFFDHE)) {
		f, _ := h.Variant.Forcing()
		if h.Degenerate() && !f.SmallOrder() {
			return Answer{Is: "yes", With: f.Extra, Refs: []fact.Ref{h.Ref}, Made: 1}
		}
	}
	return Answer{}
}

// leaving says in words how a client under test left.
func leaving(h *fact.Handshake) string {
	after := ""
	if h.End.After != "" {
		after = " after " + h.End.After
	}
	switch h.End.How {
	case fact.EndAlert:
		return "the client sends alert " + alertName(h.End.Alert) + after
	case fact.EndClosed:
		return "the client closes the connection without a word" + after
	case fact.EndReset:
		return "the client resets the connection" + after
	case fact.EndTimeout:
		return "nothing more comes from the client" + after
	case fact.EndNotTLS:
		return "what the client says is not TLS"
	case fact.EndDeclined:
		return "the client goes on without TLS"
	case fact.EndLocal:
		return "the handshake cannot go on: " + h.End.Detail
	}
	return "it completes"
}

// byForm are the connections of one kind by what was shown in them, in the order in which that came first.
func byForm(c *fact.Case, what string) (forms []string, tries map[string][]*fact.Handshake) {
	tries = map[string][]*fact.Handshake{}
	for _, h := range c.Forced(what) {
		f, _ := h.Variant.Forcing()
		if tries[f.Form] == nil {
			forms = append(forms, f.Form)
		}
		tries[f.Form] = append(tries[f.Form], h)
	}
	return forms, tries
}

// judgements are what the client did with each certificate. A program that checks late finishes the handshake, and then
// does not say what it says under the right certificate.
func judgements(c *fact.Case) []Judgement {
	var list []Judgement
	forms, tries := byForm(c, fact.ClientCertificate)
	talks := slices.ContainsFunc(tries["right"], (*fact.Handshake).WentOn)
	for _, form := range forms {
		list = append(list, Judgement{form, replied(c, tries[form], func(h *fact.Handshake) fact.Reply { return h.ChainReply(talks) })})
	}
	return list
}

// versionsAlone are what the client did with each old version.
func versionsAlone(c *fact.Case) []Answer {
	var list []Answer
	forms, tries := byForm(c, fact.ClientVersion)
	for _, form := range forms {
		a := replied(c, tries[form], (*fact.Handshake).VersionReply)
		a.With = form
		list = append(list, a)
	}
	return list
}

// replied is the answer of some connections that were asked the same. An alert says no; an end without a word does only when it came
// often enough that it is none of a connection which was lost, and when the client never went on.
func replied(c *fact.Case, tries []*fact.Handshake, reply func(*fact.Handshake) fact.Reply) Answer {
	by := map[fact.Reply][]*fact.Handshake{}
	for _, h := range tries {
		by[reply(h)] = append(by[reply(h)], h)
	}
	taken, denied, left := by[fact.ReplyTaken], by[fact.ReplyDenied], by[fact.ReplyLeft]
	a := Answer{Is: NotAsked, Made: len(tries)}
	question, _ := tries[0].Variant.Forcing()
	switch {
	case len(taken) > 0 && len(denied) > 0:
		a.Is, a.Why = Differs, leaving(denied[0])+", and another time it goes on"
	case len(taken) > 0:
		a.Is = Takes
	case len(denied) > 0:
		a.Is, a.Why = refusedBy(denied[0]), leaving(denied[0])
	case fact.RepliesAlike(left) >= fact.BreaksThatTell(c.Handshakes, question):
		a.Is, a.Why = refusedBy(left[0]), leavingMute(left[0])
	case len(left) > 0:
		a.Is, a.Why = Inconclusive, leavingMute(left[0])+", as when a connection is lost"
	default:
		a.Why = leaving(tries[0])
	}
	for _, h := range slices.Concat(taken, denied, left, by[fact.ReplyNone]) {
		a.Refs = append(a.Refs, h.Ref)
	}
	return a
}

// leavingMute is leaving of a client that may have finished the handshake before.
func leavingMute(h *fact.Handshake) string {
	if done(h) {
		return "the client finishes the handshake and leaves without a word"
	}
	return leaving(h)
}

func refusedBy(h *fact.Handshake) string {
	if done(h) {
		return RefusesAfter
	}
	return Refuses
}
