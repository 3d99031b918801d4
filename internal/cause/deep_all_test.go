package cause

import (
	"fmt"
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

// TestFormsNeedProof: a form counts as refused when three tries failed between controls that were answered; less than
// that stays a question, and one success is a success.
func TestFormsNeedProof(t *testing.T) {
	form, control := func(try int) string { return fmt.Sprintf("hello form=fragments-3 try=%d", try) }, "hello form=control"
	for name, test := range map[string]struct {
		made  []string
		says  string // finding, checked or open
		words string
	}{
		"proven":                       {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-", control + " try=2+"}, "finding", "in records of 3 bytes"},
		"twice":                        {[]string{control + "+", form(1) + "-", form(2) + "-", control + " try=2+"}, "open", "2 of 2 times"},
		"no control afterwards":        {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-"}, "open", "3 of 3 times"},
		"the control fails afterwards": {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-", control + " try=2-"}, "open", "failed as well"},
		"now and then":                 {[]string{control + "+", form(1) + "-", form(2) + "+", form(3) + "-", control + " try=2+"}, "open", "2 of 3 times"},
		"taken":                        {[]string{control + "+", form(1) + "+"}, "checked", "in each of 1 forms: in records of 3 bytes"},
		"alone, after a server that was busy": {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-", control + " try=2-",
			form(4) + "-", form(5) + "-", form(6) + "-", control + " try=3+"}, "finding", "3 of 3 times"},
		"innocent, beside one that hangs": {[]string{control + "+", form(1) + "-", form(2) + "-", form(3) + "-", control + " try=2-", form(4) + "+"},
			"checked", "in records of 3 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			c := triedCase(test.made...)
			got := map[string]string{"checked": strings.Join(checkedForms(c), " ")}
			for _, m := range matched(helloLengthIntolerance, c) {
				got["finding"] += fmt.Sprint(m.Args["size"], m.Proof)
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

// TestFormsThatWaited: the first silence of a form counts, unless another form met one at the same time and all later
// hellos of this one were answered.
func TestFormsThatWaited(t *testing.T) {
	guilty := []string{"hello form=slow~", "hello form=slow try=2~", "hello form=slow try=3~", "hello form=slow try=4~", "hello form=control try=3+"}
	waited := []string{"hello form=control+", "hello form=grease~", "hello form=grease try=2+", "hello form=grease try=3+", "hello form=control try=2+"}
	c := triedCase(append(waited, guilty...)...)
	if q := undecidedForms(c); len(q) > 0 {
		t.Errorf("beside another: %v", q)
	}
	if m := matched(helloLengthIntolerance, c); len(m) != 1 || !strings.HasPrefix(m[0].Args["size"], "in ten pieces") || m[0].Count != 4 {
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
		made = append(made, "hello form="+form+"-", "hello form="+form+" try=2-", "hello form="+form+" try=3-")
	}
	c := triedCase(append(append([]string{"hello form=control+"}, made...), "hello form=control try=2+")...)
	if m := matched(largeHelloDropped, c); len(m) != 1 || m[0].Level != WillBreak || m[0].Sure != Proven {
		t.Errorf("large-hello-dropped: %v", m)
	}
	if m := matched(helloLengthIntolerance, c); len(m) > 0 {
		t.Errorf("hello-length-intolerance: %v", m)
	}

	c = triedCase("hello form=control+", "hello form=length-300-", "hello form=length-300 try=2-", "hello form=length-300 try=3-",
		"hello form=unknown-extensions-", "hello form=unknown-extensions try=2-", "hello form=unknown-extensions try=3-", "hello form=control try=2+")
	for i := range c.Handshakes {
		if f, _ := c.Handshakes[i].Variant.Forcing(); f.Form != "control" {
			c.Handshakes[i].Client = &wire.ClientHello{Raw: make([]byte, 300)}
		}
	}
	if m := matched(helloLengthIntolerance, c); len(m) != 1 || m[0].Args["size"] != "of 300 bytes" {
		t.Errorf("hello-length-intolerance: %v", m)
	}
}

// TestFormsOverLimit: who agrees to small records and sends larger ones has understood the hello.
func TestFormsOverLimit(t *testing.T) {
	form := "hello form=record-size-limit"
	c := triedCase("hello form=control+", form+"-", form+" try=2-", form+" try=3-", "hello form=control try=2+")
	for i := range c.Handshakes[2:5] {
		c.Handshakes[2+i].End = fact.End{By: wire.ClientSide, How: fact.EndLocal, After: "ServerHello", Reason: wire.ReasonOverLimit}
	}
	if m := matched(helloLengthIntolerance, c); len(m) > 0 {
		t.Errorf("hello-length-intolerance: %v", m)
	}
	if m := matched(peerImplementationBug, c); len(m) != 1 || m[0].Level != Weak || !strings.Contains(m[0].Args["what"], "sends larger ones") {
		t.Errorf("peer-implementation-bug: %v", m)
	}
}

// TestResumptionNeedsProof: three failures of offered sessions, and every full handshake with the same address worked.
func TestResumptionNeedsProof(t *testing.T) {
	full, resumed := "resumption form=psk with=full", "resumption form=psk with=resumed"
	for name, test := range map[string]struct {
		made []string
		want string
	}{
		"proven":            {[]string{full + "+", resumed + "-", full + " try=2+", resumed + " try=2-", full + " try=3+", resumed + " try=3-"}, "finding"},
		"full ones break":   {[]string{full + "+", resumed + "-", full + " try=2-", resumed + " try=2-", full + " try=3+", resumed + " try=3-"}, "open"},
		"once":              {[]string{full + "+", resumed + "-"}, "open"},
		"not taken up":      {[]string{full + "+", resumed + "+", resumed + " try=2+"}, "checked"},
		"no session given":  {[]string{full + "+"}, "checked"},
		"no full handshake": {[]string{full + "-"}, "open"},
		"not this version":  {[]string{full + "!"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := triedCase(test.made...)
			got := map[string]int{"finding": len(matched(sessionResumptionBroken, c)), "open": len(undecidedResumption(c)), "checked": len(checkedResumption(c))}
			for kind, n := range got {
				if n != map[bool]int{true: 1}[kind == test.want] {
					t.Errorf("%s: %d", kind, n)
				}
			}
		})
	}
}

// TestNumbersNeedProof: the rare number fails three times, the ordinary one never.
func TestNumbersNeedProof(t *testing.T) {
	none, kept, stripped := "ecdhe zero=none", "ecdhe zero=secret rule=kept", "ecdhe zero=secret rule=stripped"
	for name, test := range map[string]struct {
		made []string
		want string
		says string
	}{
		"stripped": {[]string{none + "+", kept + "-", kept + " try=2-", none + " try=2+", kept + " try=3-", none + " try=3+", stripped + "+"}, "finding", "drops the leading zeros"},
		"neither":  {[]string{none + "+", kept + "-", kept + " try=2-", none + " try=2+", kept + " try=3-", none + " try=3+", stripped + "-"}, "finding", "wrongly"},
		"chance":   {[]string{none + "+", kept + "-", kept + " try=2+", none + " try=2+", kept + " try=3+", none + " try=3+"}, "open", "1 of 3"},
		"right":    {[]string{none + "+", kept + "+"}, "checked", "RFC 8422"},
		"not had":  {[]string{none + "!"}, "checked", "has none"},
		"not seen": {[]string{none + "-"}, "open", "does not come to its end (the connection is reset"},
	} {
		t.Run(name, func(t *testing.T) {
			c := triedCase(test.made...)
			got := map[string]string{"checked": strings.Join(checkedNumbers(c), " ")}
			for _, m := range matched(peerImplementationBug, c) {
				got["finding"] += m.Args["what"]
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

// TestCloseIsANote: a server that hangs up without a word is noted, never called a failure.
func TestCloseIsANote(t *testing.T) {
	for how, want := range map[fact.How]int{fact.EndClosed: 1, fact.EndReset: 1, fact.EndAlert: 0, fact.EndTimeout: 0} {
		c := triedCase("close form=first+")
		c.Handshakes[1].End = fact.End{By: wire.ServerSide, How: how, After: "client Finished"}
		m := matched(missingCloseNotify, c)
		if len(m) != want || want == 1 && (m[0].Level != Note || m[0].Sure != Proven) {
			t.Errorf("%s: %v", how, m)
		}
		if checked := len(checkedClose(c)); checked != map[bool]int{true: 1}[how == fact.EndAlert] {
			t.Errorf("%s: %d times said to be in order", how, checked)
		}
	}
}
