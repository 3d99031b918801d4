package cause

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A numberTried is what a server did with a number that begins with a zero byte once in many connections.
type numberTried struct {
	control, rare, stripped []*fact.Handshake
}

func numberOf(c *fact.Case, what string) numberTried {
	var n numberTried
	for _, h := range c.Forced(what) {
		f, _ := h.Variant.Forcing()
		switch {
		case f.Zero == "none":
			n.control = append(n.control, h)
		case f.Rule == "stripped":
			n.stripped = append(n.stripped, h)
		default:
			n.rare = append(n.rare, h)
		}
	}
	return n
}

// broken: each rare number failed, often enough that chance is ruled out, between ordinary ones that worked. "": not so.
func (n numberTried) broken(run plainRun) Sure {
	if finishedOf(n.rare) > 0 || len(n.control) < 2 || finishedOf(n.control) < 2 {
		return ""
	}
	return run.sure(n.rare, waitedFor(n.rare))
}

// none: the server has no such key exchange.
func (n numberTried) none() bool { return len(n.rare) == 0 && refusedOffer(n.control) }

func (n numberTried) taken() bool { return len(n.rare) > 0 && finishedOf(n.rare) == len(n.rare) }

// A numberText is what is said of one number.
type numberText struct {
	what, bad, stripped, good, ask, rate, none string
}

// numberTexts are those of the numbers that the experiments choose, but for TLS_DHE's.
func numberTexts() []numberText {
	return []numberText{
		{"ecdhe", "it computes the secret of TLS_ECDHE suites wrongly when it starts with zeros", "it drops the leading zeros of the secret of TLS_ECDHE suites, which must be kept",
			"leading zeros of the secret of TLS_ECDHE suites are kept, as RFC 8422 §5.10 says", "does the server keep the leading zeros of TLS_ECDHE secrets", "1 in 256",
			"TLS_ECDHE suites of TLS 1.2: the server has none of those with P-256, so that leading zeros of their secrets cannot matter"},
		{"rsa", "it does not take an RSA-encrypted secret that starts with a zero byte", "", "an RSA-encrypted secret that starts with a zero byte is taken",
			"does the server take an RSA-encrypted secret that starts with a zero byte", "1 in 256",
			"RSA key exchange: the server has none, so that leading zeros of encrypted secrets cannot matter"},
		{"ecdsa", "it does not take a client's ECDSA signature with a short integer", "", "a client's ECDSA signatures with short integers are taken",
			"does the server take ECDSA signatures with short integers", "1 in 128", ""},
	}
}

// numbersMeasured are the findings about these numbers.
func numbersMeasured(c *fact.Case) []Match {
	var out []Match
	run := ordinaryIn(c)
	for _, t := range numberTexts() {
		n := numberOf(c, t.what)
		sure := n.broken(run)
		if sure == "" {
			continue
		}
		what := t.bad
		m := Match{Sure: sure, Measured: true, Count: len(n.rare), Proof: []Proof{
			{Ref: n.rare[0].Ref, Says: fmt.Sprintf("the number starts with a zero byte: %s, %d of %d times", ending(n.rare[0]), len(n.rare), len(n.rare))},
			{Ref: n.control[0].Ref, Says: fmt.Sprintf("it does not: the handshake completes, %d of %d times", finishedOf(n.control), len(n.control))},
			run.proof(len(n.rare)),
		}}
		if k := finishedOf(n.stripped); k > 0 && t.stripped != "" {
			what = t.stripped
			m.Proof = append(m.Proof, Proof{Ref: n.stripped[0].Ref, Says: fmt.Sprintf("it does, and our side drops the zeros as well: the handshake completes, %d of %d times", k, len(n.stripped))})
		}
		m.Changes = []change.Change{
			change.New(change.UpgradeServer, change.Server, "why", what),
			change.New(change.AskOwner, change.Server, "what", "which program and version speaks TLS here"),
		}
		out = append(out, located(c, n.rare[0], m, "what", what, "rate", ": about "+t.rate+" connections breaks"))
	}
	return out
}

// checkedNumbers says which of them are in order.
func checkedNumbers(c *fact.Case) []string {
	var list []string
	for _, t := range numberTexts() {
		switch n := numberOf(c, t.what); {
		case n.taken():
			list = append(list, t.good+" (measured with chosen numbers)")
		case n.none() && t.none != "":
			list = append(list, t.none)
		}
	}
	return list
}

// undecidedNumbers are failures that do not tell.
func undecidedNumbers(c *fact.Case) []Question {
	var list []Question
	for _, t := range numberTexts() {
		switch n := numberOf(c, t.what); {
		case len(n.rare) == 0 && len(n.control) > 0 && !n.none():
			list = append(list, Question{t.ask, "the ordinary handshake does not come to its end (" + ending(worst(n.control)) + ")" + wantsKey(c, n.control)})
		case len(n.rare) > 0 && !n.taken() && n.broken(ordinaryIn(c)) == "":
			list = append(list, Question{t.ask, fmt.Sprintf("%d of %d handshakes failed (%s); run it again", len(n.rare)-finishedOf(n.rare), len(n.rare), ending(worst(n.rare)))})
		}
	}
	return list
}
