package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// measuredZeros is the verdict of the experiments about the leading zeros of a TLS_DHE secret: none where the server
// does as RFC 5246 §8.1.2 says. A handshake that completes with the zeros of its secret kept proves that the server keeps
// them, since it has computed the same keys; that others break proves nothing.
func measuredZeros(c *fact.Case, v *dheView) []Match {
	if v.Is != Keeps && v.Is != NeitherRule {
		return nil
	}
	stripped, kept := v.pick(secretZero, ruled("stripped")), v.pick(secretZero, ruled("kept"))
	m := Match{Sure: Likely, Count: max(len(stripped), 1), Measured: !base(c, dheBroke), Level: v.level()}
	if v.Is == Keeps && v.tally(secretZero, ruled("stripped")).broke > 0 {
		m.Sure = Proven
	}
	says := "the server keeps the zeros"
	if v.Is == NeitherRule {
		says = "the server follows neither rule"
	}
	if v.tally(secretZero, ruled("stripped")).worked() > 0 {
		says = "one machine behind this address keeps the zeros, another strips them"
	}
	m.add(v.pick(secretFull, agree(fact.Yes)), "no leading zero in the secret")
	m.add(stripped, "the secret starts with a zero byte, which our side strips as RFC 5246 §8.1.2 says")
	m.add(kept, "the secret starts with a zero byte, which our side keeps")
	m.Proof[len(m.Proof)-1].Says += "; the rule was measured, which product it is was not" + v.where()
	v.advise(&m, "it computes the secret of TLS_DHE suites otherwise than RFC 5246 §8.1.2 says: Windows needs KB4537806 or later")
	h := kept[0].h
	return []Match{v.located(h, m, "suite", names.SuiteName(h.Server.Suite), "may", "computes", "rate", ": "+says+", measured; "+v.oneIn()+" breaks")}
}

// base asks about the handshake to explain, where there is one.
func base(c *fact.Case, is func(*fact.Handshake) bool) bool {
	h := c.Base()
	return h != nil && is(h)
}

// oneIn is how often chance brings about what the experiments do.
func (v *dheView) oneIn() string {
	share := wire.ZeroShare(v.shown().Key.P)
	if share > 0.5 {
		return "nearly every connection that agrees on TLS_DHE"
	}
	return "1 in " + itoa(int(1/share+0.5)) + " of the connections that agree on TLS_DHE"
}

// add makes each cell a piece of proof.
func (m *Match) add(cells []dheCell, says string) {
	for _, c := range cells {
		text := says
		if c.EMS == "off" {
			text += ", no extended master secret"
		}
		m.Proof = append(m.Proof, Proof{Ref: c.h.Ref, Says: text + ": " + agreed(c.h)})
	}
}

// agreed says how a cell ended; whether the certificate is trusted plays no part.
func agreed(h *fact.Handshake) string {
	if h.KeysAgree() == fact.Yes {
		return "the handshake completes"
	}
	return ending(h)
}

// checkedDHE says what the experiments with TLS_DHE found in order.
func checkedDHE(c *fact.Case) []string {
	var list []string
	for _, v := range viewsDHE(c) {
		list = append(list, v.checked()...)
	}
	return list
}

func (v *dheView) checked() []string {
	var list []string
	switch v.Is {
	case NotExposed:
		return []string{"TLS_DHE suites: the server uses none, so that leading zeros of their secrets cannot matter (" + places(v.loose) + ")" + v.where()}
	case Strips:
		list = append(list, "leading zeros of the secret of TLS_DHE suites are stripped, as RFC 5246 §8.1.2 says, "+v.conditions()+
			" (measured with chosen numbers: "+places(v.pick(secretZero, agree(fact.Yes)))+")"+v.where())
	}
	if v.Short == Takes {
		text := "a TLS_DHE public value that starts with a zero byte is taken in the short form"
		if v.Zero == Takes {
			text = strings.Replace(text, "in the short form", "both short and padded to the length of the prime", 1)
		}
		list = append(list, text+v.where())
	}
	if v.shown() != nil {
		list = append(list, v.fingerprint()+v.where())
	}
	return list
}

// conditions tells under which versions and with or without what a right answer was measured.
func (v *dheView) conditions() string {
	var version string
	for _, c := range v.pick(secretZero, agree(fact.Yes)) {
		version = names.Version(c.h.Server.Version)
	}
	with, off := v.emsMeasured()
	switch {
	case with && off:
		return "in " + version + " with and without extended master secret"
	case with:
		return "in " + version + " with extended master secret"
	}
	return "in " + version + " without extended master secret"
}

// fingerprint describes the server's parameters: Schannel writes the generator at the length of the prime.
func (v *dheView) fingerprint() string {
	k := v.shown().Key
	text := "TLS_DHE parameters: a prime of " + itoa(k.P.BitLen()) + " bits, "
	if paddedGenerator(k) {
		text += "the generator written in " + itoa(k.GLen) + " bytes, as long as the prime, as Schannel does"
	} else {
		text += "the generator written in " + itoa(k.GLen) + " of " + itoa(k.PLen) + " bytes"
	}
	return text
}

func places(cells []dheCell) string {
	list := make([]string, len(cells))
	for i, c := range cells {
		list[i] = c.h.Ref.At
	}
	return strings.Join(list, ", ")
}

// undecidedDHE says what was not decided, and why.
func undecidedDHE(c *fact.Case) []Question {
	var list []Question
	for _, v := range viewsDHE(c) {
		list = append(list, v.undecided()...)
	}
	return list
}

func (v *dheView) undecided() []Question {
	if v.Is == Inconclusive {
		return []Question{{"does the server strip the leading zeros of TLS_DHE secrets" + v.where(), v.why()}}
	}
	if v.shown() == nil {
		return nil
	}
	var list []Question
	if t := v.tally(valued("short")); t.all > 0 && v.Short == Inconclusive && !v.everyZero() {
		how := "it broke, but so did a handshake that should work, or the repeats were too few: chance would do; tlswhy diagnose --repeat 100 shows how often handshakes break by chance"
		list = append(list, Question{"does the server take a TLS_DHE public value shorter than the prime" + v.where(), how})
	}
	for _, c := range v.lost() {
		list = append(list, Question{"what does the server do with " + c.about() + v.where(), "that handshake did not come so far (" + ending(c.h) + "): run it again"})
	}
	if v.Is == Strips && v.tally(secretZero, ruled("stripped")).broke > 0 {
		list = append(list, Question{"why did a TLS_DHE handshake break whose like completed" + v.where(), "run it again: chance, or one machine of several behind this address"})
	}
	return list
}

// why is why the rule could not be measured.
func (v *dheView) why() string {
	cells := slices.Concat(v.loose, v.cells)
	last := cells[len(cells)-1].h
	switch {
	case local(last, wire.ReasonPrimeHuge):
		return "its " + unfit(last.End.Reason) + ", with which this program does not compute"
	case last.End.How == fact.EndLocal && unfit(last.End.Reason) != "":
		return "its " + unfit(last.End.Reason) + ", so that no numbers can be chosen: repair that first"
	case local(last, wire.ReasonCannotComplete):
		return "it chooses " + names.SuiteName(last.Server.Suite) + ", which this program cannot compute"
	case last.Request != nil && v.c.Question.OwnCert == nil:
		return "it asks for a client certificate and ends each such handshake without one (" + ending(last) + "): give --cert and --key"
	case !v.one && v.tally(secretZero).all == 0:
		return "one of several machines, and no connection was left that met it with such a secret: run it again"
	case len(v.cells) == 0 && slices.ContainsFunc(v.loose, func(c dheCell) bool { return cut(c.h) }):
		return "hellos with TLS_DHE suites alone are cut off (" + ending(last) + "), which a server does that uses none, and a bad network: run it again"
	case last.KeysAgree() == fact.No && v.tally(secretZero).broke > 0 && v.tally(secretFull).worked() > 0:
		return "handshakes break whose secret starts with zeros, too few of them to tell from chance (" + ending(last) + "): run it again"
	case last.KeysAgree() == fact.No && v.tally(secretZero).broke > 0 && v.tally(secretFull).all == 0:
		return "each such handshake breaks (" + ending(last) + "), and below its prime there is no number without a leading zero"
	case last.KeysAgree() == fact.No:
		return "it ends such handshakes with leading zeros and without (" + ending(last) + ")"
	}
	return "the experiments did not come so far: " + ending(last)
}

// unfitNumbers: the numbers of the server's TLS_DHE cannot be valid, whichever clients meet them.
func unfitNumbers(c *fact.Case) []Match {
	for _, cell := range viewDHE(c).cells {
		reason := cell.h.End.Reason
		if !cell.h.SpeaksDHE() || unfit(reason) == "" || reason == wire.ReasonPrimeHuge || reason == wire.ReasonPrimeTiny || reason == wire.ReasonStepsSpent {
			continue // allowed, or weak and no more
		}
		what := "its " + unfit(reason)
		return []Match{badNumbers(c, cell.h, Likely, what, "offered TLS_DHE suites alone, the server sends it")}
	}
	return nil
}

// reusedNumbers: the server has one public value for several connections, which makes attacks on the stripped zeros of
// secrets easier (RFC 9325 §7.4, CVE-2020-1968).
func reusedNumbers(c *fact.Case) []Match {
	for _, v := range viewsDHE(c) {
		if v.reused() {
			return []Match{badNumbers(c, v.shown(), Proven, "it sends the same Diffie-Hellman value each time, where each connection should have its own (RFC 9325 §7.4, CVE-2020-1968)",
				itoa(len(v.cells))+" connections got the same value: "+places(v.cells))}
		}
	}
	return nil
}

// badNumbers is a finding about numbers that work, or would, and are no good.
func badNumbers(c *fact.Case, h *fact.Handshake, sure Sure, what, says string) Match {
	m := Match{Sure: sure, Level: Weak, Measured: true, Proof: []Proof{{Ref: h.Ref, Says: says}}}
	m.Changes = []change.Change{change.New(change.UpgradeServer, change.Server, "why", what), change.New(change.DropDHE, change.Server)}
	return located(c, h, m, "what", what, "rate", "")
}

// unfit names what is wrong with a server's numbers when our side gave up over them; "" for other reasons.
func unfit(reason string) string {
	return map[string]string{
		wire.ReasonPrimeEven: "Diffie-Hellman modulus is even", wire.ReasonPrimeComposite: "Diffie-Hellman modulus is no prime number",
		wire.ReasonPrimeTiny: "Diffie-Hellman prime has fewer than 512 bits", wire.ReasonPrimeHuge: "Diffie-Hellman prime has more than 8192 bits",
		wire.ReasonBadGenerator: "Diffie-Hellman generator is 0, 1 or p-1", wire.ReasonBadPublic: "Diffie-Hellman value is 0, 1, p-1 or no number below the prime",
		wire.ReasonSmallOrder: "Diffie-Hellman value has few powers only", wire.ReasonStepsSpent: "Diffie-Hellman value leads to no number that starts as wanted",
		wire.ReasonBadKeyShare: "Diffie-Hellman value is 0, 1, p-1 or no number below the prime", wire.ReasonBadDHGroup: "Diffie-Hellman group cannot be valid",
	}[reason]
}
