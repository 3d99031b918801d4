package cause

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// triedCase is a case of a baseline that works and of experiments, each told as its forcing's words and "+", answered,
// "-", cut off at the hello, "!", refused there, or "~", not answered.
func triedCase(experiments ...string) *fact.Case {
	answered := fact.Handshake{Client: &wire.ClientHello{}, Server: &wire.ServerHello{Version: wire.TLS13}, Finished: fact.Yes,
		End: fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "client Finished"}}
	c := &fact.Case{Question: fact.Question{Host: "db.example.test", Protocol: "https"}, Handshakes: []fact.Handshake{answered}}
	for i, e := range experiments {
		words, mark := e[:len(e)-1], e[len(e)-1]
		h := answered
		if mark != '+' {
			h = fact.Handshake{Client: &wire.ClientHello{}, Finished: fact.No, End: fact.End{By: wire.ServerSide, How: fact.EndReset, After: "ClientHello"}}
		}
		switch mark {
		case '!':
			h.End.How, h.End.Alert = fact.EndAlert, wire.AlertHandshakeFailure
		case '~':
			h.End.By, h.End.How = wire.Nobody, fact.EndTimeout
		}
		h.Ref, h.Variant = fact.Ref{Kind: "live", At: fmt.Sprintf("experiment %d", i+2)}, fact.Variant{Kind: fact.Forced, Value: words}
		c.Handshakes = append(c.Handshakes, h)
	}
	return c
}

// between makes tries of experiments, told as their marks, with an ordinary connection before and after each round.
func between(control string, experiments []string, marks string) []string {
	made := []string{control + " try=1+"}
	for i, mark := range marks {
		for _, e := range experiments {
			made = append(made, fmt.Sprintf("%s try=%d%c", e, i+1, mark))
		}
		made = append(made, fmt.Sprintf("%s try=%d+", control, i+2))
	}
	return made
}

// TestFormsNeedProof: a form counts as refused when five tries failed between controls that were answered, none of which
// broke; three make it likely, less than that stays a question, and one success is a success.
func TestFormsNeedProof(t *testing.T) {
	form, control := func(try int) string { return fmt.Sprintf("hello form=fragments-3 try=%d", try) }, "hello form=control"
	of := func(marks string) []string { return between(control, []string{"hello form=fragments-3"}, marks) }
	for name, test := range map[string]struct {
		made  []string
		says  string // finding, checked or open
		words string
	}{
		"proven":                {of("-----"), "finding", "proven in records of 3 bytes"},
		"three":                 {of("---"), "finding", "likely in records of 3 bytes"},
		"twice":                 {of("--"), "open", "2 of 2 times"},
		"no control afterwards": {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-"}, "open", "3 of 3 times"},
		"a control broke": {append(of("-----"), control+" try=7+", control+" try=8+", control+" try=9+", control+" try=10+", control+" try=11-",
			control+" try=12+"), "finding", "likely in records of 3 bytes"},
		"controls broke often":                 {append(of("-----"), control+" try=7-", control+" try=8-", control+" try=9-", control+" try=10-", control+" try=11-", control+" try=12-", control+" try=13-", control+" try=14-"), "open", "5 of 5 times"},
		"in two ways":                          {of("--!--"), "open", "5 of 5 times"},
		"silence, each time for a moment only": {of("~~~~~"), "finding", "likely in records"},
		"silence, once for as long as there is": {append(of("~~~~"), "hello form=fragments-3 wait=full try=5~", control+" try=6+"),
			"finding", "proven in records"},
		"now and then": {[]string{control + "+", form(1) + "-", form(2) + "+", form(3) + "-", control + " try=2+"}, "open", "2 of 3 times"},
		"taken":        {[]string{control + "+", form(1) + "+"}, "checked", "in each of 1 forms: in records of 3 bytes"},
		"innocent, beside one that hangs": {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-", control + " try=2-", form(4) + "+"},
			"checked", "in records of 3 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			c := triedCase(test.made...)
			got := map[string]string{"checked": strings.Join(checkedForms(c), " ")}
			for _, m := range matched(helloLengthIntolerance, c) {
				got["finding"] += fmt.Sprint(m.Sure, " ", m.Args["size"], m.Proof)
			}
			for _, q := range undecidedForms(c) {
				got["open"] += q.Ask + ": " + q.How
			}
			for _, kind := range []string{"finding", "checked", "open"} {
				if (got[kind] != "") != (kind == test.says) {
					t.Errorf("%s: %q", kind, got[kind])
				}
			}
			if !strings.Contains(got[test.says], test.words) {
				t.Errorf("%s: %q, want %q", test.says, got[test.says], test.words)
			}
		})
	}
}

// TestFormsBesideFickleOnes: another form that breaks at one time and passes at another shows that chance is at work.
func TestFormsBesideFickleOnes(t *testing.T) {
	made := between("hello form=control", []string{"hello form=fragments-3"}, "-----")
	c := triedCase(append(made, "hello form=grease-", "hello form=control try=7+", "hello form=grease try=2+", "hello form=control try=8+", "hello form=control try=9+")...)
	if m := matched(helloLengthIntolerance, c); len(m) != 1 || m[0].Sure != Likely || !strings.Contains(fmt.Sprint(m[0].Proof), "1 of 11 other connections") {
		t.Errorf("%v", m)
	}
	if q := undecidedForms(c); len(q) != 1 || !strings.Contains(q[0].Ask, "GREASE") {
		t.Errorf("%v", q)
	}
}

// TestFormsThatWaited: the first silence of a form counts, unless another form met one at the same time and all later
// hellos of this one were answered.
func TestFormsThatWaited(t *testing.T) {
	guilty := []string{"hello form=slow~", "hello form=control try=3+", "hello form=slow try=2 wait=full~", "hello form=control try=4+", "hello form=slow try=3~",
		"hello form=slow try=4~", "hello form=slow try=5~", "hello form=control try=5+", "hello form=control try=6+", "hello form=segments+"}
	waited := []string{"hello form=control+", "hello form=grease~", "hello form=grease try=2+", "hello form=grease try=3+", "hello form=control try=2+"}
	c := triedCase(append(waited, guilty...)...)
	if q := undecidedForms(c); len(q) > 0 {
		t.Errorf("beside another: %v", q)
	}
	if m := matched(helloLengthIntolerance, c); len(m) != 1 || !strings.HasPrefix(m[0].Args["size"], "in ten pieces") || m[0].Count != 5 || m[0].Sure != Proven {
		t.Errorf("the other: %v", m)
	}
	if q := undecidedForms(triedCase(waited...)); len(q) != 1 {
		t.Errorf("alone: %v", q)
	}
}

// TestFormsFollow: what fails for its size or its length is not blamed on the extensions that made it so.
func TestFormsFollow(t *testing.T) {
	var made []string
	for _, form := range []string{"post-quantum", "length-1800", "slow", "segments", "length-20000"} {
		made = append(made, "hello form="+form)
	}
	c := triedCase(between("hello form=control", made, "-----")...)
	if m := matched(largeHelloDropped, c); len(m) != 1 || m[0].Level != WillBreak || m[0].Sure != Proven {
		t.Errorf("large-hello-dropped: %v", m)
	}
	if m := matched(helloLengthIntolerance, c); len(m) > 0 {
		t.Errorf("hello-length-intolerance: %v", m)
	}

	c = triedCase(between("hello form=control", []string{"hello form=length-300", "hello form=unknown-extensions"}, "-----")...)
	for i := range c.Handshakes {
		if f, _ := c.Handshakes[i].Variant.Forcing(); f.Form != "control" {
			c.Handshakes[i].Client = &wire.ClientHello{Raw: make([]byte, 300)}
		}
	}
	if m := matched(helloLengthIntolerance, c); len(m) != 1 || m[0].Args["size"] != "of 300 bytes" {
		t.Errorf("hello-length-intolerance: %v", m)
	}
}

// TestFormsAddSomething: a post-quantum share is to blame where a hello as large without it was taken. Where none was
// sent, or too few to tell, nothing is blamed.
func TestFormsAddSomething(t *testing.T) {
	share := between("hello form=control", []string{"hello form=post-quantum"}, "-----")
	for name, test := range map[string]struct {
		more       []string
		found, ask int
	}{
		"as large, taken":  {[]string{"hello form=length-1800+"}, 1, 0},
		"not sent":         {nil, 0, 1},
		"as large, broken": {[]string{"hello form=length-1800-", "hello form=control try=9+"}, 0, 2},
	} {
		c := triedCase(append(slices.Clone(share), test.more...)...)
		if m := matched(helloLengthIntolerance, c); len(m) != test.found {
			t.Errorf("%s: %v", name, m)
		}
		if m := matched(largeHelloDropped, c); len(m) > 0 {
			t.Errorf("%s: %v", name, m)
		}
		if q := undecidedForms(c); len(q) != test.ask {
			t.Errorf("%s: %v", name, q)
		}
	}
}

// TestFormsOverLimit: who agrees to small records and sends larger ones has understood the hello.
func TestFormsOverLimit(t *testing.T) {
	form := "hello form=record-size-limit"
	c := triedCase(between("hello form=control", []string{form}, "-----")...)
	for i := range c.Handshakes {
		if f, ok := c.Handshakes[i].Variant.Forcing(); ok && f.Form != "control" {
			c.Handshakes[i].End = fact.End{By: wire.ClientSide, How: fact.EndLocal, After: "ServerHello", Reason: wire.ReasonOverLimit}
		}
	}
	if m := matched(helloLengthIntolerance, c); len(m) > 0 {
		t.Errorf("hello-length-intolerance: %v", m)
	}
	if m := matched(peerImplementationBug, c); len(m) != 1 || m[0].Level != Weak || !strings.Contains(m[0].Args["what"], "sends larger ones") {
		t.Errorf("peer-implementation-bug: %v", m)
	}
}

// TestResumptionNeedsProof: five failures of offered sessions, and every full handshake with the same address worked.
func TestResumptionNeedsProof(t *testing.T) {
	full, resumed := "resumption form=psk with=full", "resumption form=psk with=resumed"
	for name, test := range map[string]struct {
		made []string
		want string
	}{
		"proven":            {between(full, []string{resumed}, "-----"), "finding"},
		"three":             {append(between(full, []string{resumed}, "---"), "hello form=control+", "hello form=control try=2+"), "likely"},
		"a full one breaks": {append(between(full, []string{resumed}, "-----"), full+" try=7-"), "likely"},
		"full ones break":   {append(between(full, []string{resumed}, "---"), full+" try=7-", full+" try=8-"), "open"},
		"once":              {[]string{full + "+", resumed + "-"}, "open"},
		"not taken up":      {[]string{full + "+", resumed + "+", resumed + " try=2+"}, "checked"},
		"no session given":  {[]string{full + "+"}, "checked"},
		"no full handshake": {[]string{full + "-"}, "open"},
		"not this version":  {[]string{full + "!"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := triedCase(test.made...)
			got := map[string]int{"open": len(undecidedResumption(c)), "checked": len(checkedResumption(c))}
			for _, m := range matched(sessionResumptionBroken, c) {
				got[map[Sure]string{Proven: "finding", Likely: "likely"}[m.Sure]]++
			}
			if test.want != "" && got[test.want] == 0 {
				t.Errorf("no %s", test.want)
			}
			for kind, n := range got {
				if n != map[bool]int{true: 1}[kind == test.want] {
					t.Errorf("%s: %d", kind, n)
				}
			}
		})
	}
}

// TestNumbersNeedProof: the rare number fails five times, the ordinary one never.
func TestNumbersNeedProof(t *testing.T) {
	none, kept, stripped := "ecdhe zero=none", "ecdhe zero=secret rule=kept", "ecdhe zero=secret rule=stripped"
	five := between(none, []string{kept}, "-----")
	for name, test := range map[string]struct {
		made []string
		want string
		says string
	}{
		"stripped": {append(slices.Clone(five), stripped+"+"), "finding", "proven it drops the leading zeros"},
		"neither":  {append(slices.Clone(five), stripped+"-"), "finding", "proven it computes the secret of TLS_ECDHE suites wrongly"},
		"others":   {append(slices.Clone(five), none+" try=7-", stripped+"+"), "finding", "likely it drops the leading zeros"},
		"chance":   {[]string{none + "+", kept + "-", kept + " try=2+", none + " try=2+", kept + " try=3+", none + " try=3+"}, "open", "1 of 3"},
		"right":    {[]string{none + "+", kept + "+"}, "checked", "RFC 8422"},
		"not had":  {[]string{none + "!"}, "checked", "has none"},
		"not seen": {[]string{none + "-"}, "open", "does not come to its end (the connection is reset"},
	} {
		t.Run(name, func(t *testing.T) {
			c := triedCase(test.made...)
			got := map[string]string{"checked": strings.Join(checkedNumbers(c), " ")}
			for _, m := range matched(peerImplementationBug, c) {
				got["finding"] += string(m.Sure) + " " + m.Args["what"]
			}
			for _, q := range undecidedNumbers(c) {
				got["open"] += q.How
			}
			for kind, text := range got {
				if (text != "") != (kind == test.want) || kind == test.want && !strings.Contains(text, test.says) {
					t.Errorf("%s: %q", kind, text)
				}
			}
		})
	}
}

// TestCloseIsANote: a server that hangs up without a word each time is noted, never called a failure. Proof asks for
// connections that stand when they are left alone.
func TestCloseIsANote(t *testing.T) {
	closes := between("hello form=control", []string{"close form=first"}, "+++++")
	alone := []string{"close form=control+", "close form=control try=2+", "close form=control try=3+"}
	for name, test := range map[string]struct {
		made []string
		ends []fact.How // of the closes, the last one for those that are left
		want Sure
	}{
		"closed":               {append(slices.Clone(closes), alone...), []fact.How{fact.EndClosed}, Proven},
		"reset":                {append(slices.Clone(closes), alone...), []fact.How{fact.EndReset, fact.EndClosed}, Proven},
		"once":                 {[]string{"close form=first+"}, []fact.How{fact.EndReset}, ""},
		"answered once":        {append(slices.Clone(closes), alone...), []fact.How{fact.EndReset, fact.EndReset, fact.EndAlert, fact.EndReset}, ""},
		"not left alone":       {closes, []fact.How{fact.EndReset}, Likely},
		"broken when let be":   {append(slices.Clone(closes), "close form=control+", "close form=control try=2-"), []fact.How{fact.EndReset}, ""},
		"answered":             {closes[:2], []fact.How{fact.EndAlert}, ""},
		"neither, for a while": {closes[:2], []fact.How{fact.EndTimeout}, ""},
	} {
		c, n := triedCase(test.made...), 0
		for i := range c.Handshakes {
			h := &c.Handshakes[i]
			if f, _ := h.Variant.Forcing(); f.What == "close" && f.Form == "first" {
				h.End = fact.End{By: wire.ServerSide, How: test.ends[min(n, len(test.ends)-1)], After: "client Finished"}
				n++
			}
		}
		m := matched(missingCloseNotify, c)
		if got := len(m); got != map[bool]int{true: 1}[test.want != ""] || got == 1 && (m[0].Level != Note || m[0].Sure != test.want) {
			t.Errorf("%s: %v", name, m)
		}
		if checked := len(checkedClose(c)) > 0; checked != slices.Contains(test.ends, fact.EndAlert) {
			t.Errorf("%s: said to be in order: %t", name, checked)
		}
	}
}
