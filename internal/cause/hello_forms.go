package cause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A helloForm is what a server did with a ClientHello in one form.
type helloForm struct {
	name    string // as fact.Forcing.Form
	old     string // as fact.Forcing.Extra: "TLS1.2" or ""
	answers []*fact.Handshake
	broke   int
	control *fact.Handshake   // a hello of no special form, of the same versions: the last one that was answered
	since   []*fact.Handshake // failures after it
	sure    Sure              // how certain it is that the form broke them, "" when it is not
	run     plainRun
}

// broken: each try failed, often enough that chance is ruled out, and between controls that passed.
func (f *helloForm) broken() bool { return f.sure != "" }

// allBroke: each try failed, between controls that passed.
func (f *helloForm) allBroke() bool {
	return f.broke > 0 && f.broke == len(f.answers) && len(f.since) == 0
}

// taken: each try passed.
func (f *helloForm) taken() bool { return f.broke == 0 && len(f.since) == 0 && len(f.answers) > 0 }

// failures are those that count and those of which that is not known.
func (f *helloForm) failures() int { return f.broke + len(f.since) }

// formsTried reads the experiments with forms of the first message, in the order in which they were made. A failure
// counts once a control after it, or beside it, was answered; where the control failed as well, it tells nothing.
func formsTried(c *fact.Case) []*helloForm {
	controls := map[string]*fact.Handshake{}
	var list []*helloForm
	for _, h := range c.Forced("hello") {
		f, _ := h.Variant.Forcing()
		switch f.Form {
		case "small", "everything": // they looked for a hello to begin with
		case "control":
			if h.Progress() >= fact.AtServerHello {
				controls[f.Extra] = h
			}
			for _, o := range list {
				o.settle(f.Extra, h)
			}
		default:
			i := slices.IndexFunc(list, func(o *helloForm) bool { return o.name == f.Form })
			if i < 0 {
				i, list = len(list), append(list, &helloForm{name: f.Form, old: f.Extra, control: controls[f.Extra]})
			}
			list[i].add(h)
		}
	}
	forgiveWaiting(list)
	run := ordinaryIn(c)
	for _, f := range list {
		if f.run = run; f.allBroke() {
			f.sure = run.sure(f.answers, slices.ContainsFunc(list, func(o *helloForm) bool { return o.kind() == f.kind() && waitedFor(o.answers) }))
		}
	}
	return list
}

// kind is what a device that hangs on one form hangs on in another one as well: it need not be given all the time there
// is for each.
func (f *helloForm) kind() string {
	switch {
	case f.inPackets() || f.plainer() != "":
		return "packets"
	case f.inMiddle():
		return "middle"
	}
	return f.name
}

// plainer is the form that fails as well where the number of packets is to blame, not what this one adds to it.
func (f *helloForm) plainer() string {
	return map[string]string{"post-quantum": "length-1800", "slow": "segments", "length-20000": "length-9000"}[f.name]
}

// addsNothing: it is not known whether the form fails by what it has, since the plainer one was not taken.
func (f *helloForm) addsNothing(all []*helloForm) bool {
	return f.plainer() != "" && !slices.ContainsFunc(all, func(o *helloForm) bool { return o.name == f.plainer() && o.taken() })
}

// forgiveWaiting takes back the silence that the first hello of a form met beside one of another form, where each later
// one was answered: a server that takes one connection at a time had it wait.
func forgiveWaiting(list []*helloForm) {
	first := func(h *fact.Handshake) bool {
		f, _ := h.Variant.Forcing()
		return f.Try == 1 && h.End.How == fact.EndTimeout
	}
	n := 0
	for _, f := range list {
		if slices.ContainsFunc(f.answers, first) {
			n++
		}
	}
	for _, f := range list {
		if i := slices.IndexFunc(f.answers, first); i >= 0 && n > 1 && f.failures() == 1 && len(f.answers) > 1 {
			f.answers, f.broke = slices.Delete(f.answers, i, i+1), 0
		}
	}
}

func (f *helloForm) add(h *fact.Handshake) {
	if h.ShortOf(f.control) {
		f.since = append(f.since, h)
	} else {
		f.answers = append(f.answers, h)
	}
}

// settle decides about the failures since the last control.
func (f *helloForm) settle(old string, control *fact.Handshake) {
	if f.old != old {
		return
	}
	if control.Progress() >= fact.AtServerHello {
		f.control, f.answers, f.broke = control, append(f.answers, f.since...), f.broke+len(f.since)
	}
	f.since = nil
}

// formKinds are the kinds of forms, with the words for one of them or several.
var formKinds = []struct{ prefix, before, after string }{
	{"post-quantum", "with a post-quantum key share", ""},
	{"length-", "of ", " bytes"},
	{"segments", "in three TCP segments", ""},
	{"fragments-", "in records of ", " bytes"},
	{"slow", "in ten pieces within a second", ""},
	{"grease", "with GREASE values (RFC 8701)", ""},
	{"unknown-extensions", "with unknown extensions", ""},
	{"version-", "with client version 0x", ""},
	{"record-version-", "with record version 0x", ""},
	{"record-size-limit", "with record_size_limit", ""},
	{"max-fragment-length", "with max_fragment_length", ""},
}

// sayForms is what forms are called, those of one kind together.
func sayForms(list []*helloForm) string {
	var words []string
	for _, kind := range formKinds {
		var values []string
		for _, f := range list {
			if value, ok := strings.CutPrefix(f.name, kind.prefix); ok {
				values = append(values, value)
			}
		}
		if len(values) == 0 {
			continue
		}
		slices.SortStableFunc(values, func(a, b string) int { return len(a) - len(b) }) // 300 before 1800
		words = append(words, kind.before+strings.Join(values, "/")+kind.after)
	}
	return strings.Join(words, "; ")
}

func (f *helloForm) says() string { return sayForms([]*helloForm{f}) }

// size is the length of the message.
func (f *helloForm) size() int {
	if tries := slices.Concat(f.answers, f.since); len(tries) > 0 && tries[0].Client != nil {
		return len(tries[0].Client.Raw)
	}
	return 0
}

// inPackets: what tells this form from an ordinary hello is that it takes more than one TCP segment.
func (f *helloForm) inPackets() bool {
	return f.name == "segments" || f.name == "length-1800" || f.name == "length-9000"
}

// usual: clients of today send such hellos.
func (f *helloForm) usual() bool {
	return slices.Contains([]string{"post-quantum", "length-300", "length-511", "length-600", "length-1800", "segments", "grease", "unknown-extensions",
		"record-version-0303", "record-size-limit"}, f.name)
}

// inMiddle: the hello has one of the lengths that old load balancers hang on (RFC 7685).
func (f *helloForm) inMiddle() bool { return f.size() >= 256 && f.size() <= 511 }

// isLength: nothing but the length tells this form from an ordinary hello.
func (f *helloForm) isLength() bool { return strings.HasPrefix(f.name, "length-") }

// brokenForms are those that fail for their number of packets (large), or the others, each without what only follows
// from another one.
func brokenForms(c *fact.Case, large bool) []*helloForm {
	all := formsTried(c)
	packets := slices.ContainsFunc(all, func(f *helloForm) bool { return f.inPackets() && f.broken() })
	middle := slices.ContainsFunc(all, func(f *helloForm) bool { return f.isLength() && f.inMiddle() && f.broken() })
	found := slices.DeleteFunc(slices.Clone(all), func(f *helloForm) bool {
		tooMany := packets && f.plainer() != ""
		return !f.broken() || f.overLimit() || (f.inPackets() || tooMany) != large || middle && f.inMiddle() && !f.isLength() ||
			!packets && f.addsNothing(all)
	})
	if slices.ContainsFunc(found, (*helloForm).proven) {
		return slices.DeleteFunc(found, func(f *helloForm) bool { return !f.proven() })
	}
	return found
}

func (f *helloForm) proven() bool { return f.sure == Proven }

// overLimit: the server took the hello, agreed to smaller records, and sent larger ones.
func (f *helloForm) overLimit() bool {
	return f.broken() && !slices.ContainsFunc(f.answers, func(h *fact.Handshake) bool { return h.End.Reason != wire.ReasonOverLimit })
}

// limitsMeasured is the finding about records larger than agreed on.
func limitsMeasured(c *fact.Case) []Match {
	for _, f := range formsTried(c) {
		if !f.overLimit() {
			continue
		}
		what := "it agrees to smaller records (" + strings.ReplaceAll(f.name, "-", "_") + ") and sends larger ones"
		m := formsMatch(c, []*helloForm{f}, "")
		m.Level, m.Changes = Weak, []change.Change{change.New(change.UpgradeServer, change.Server, "why", what)}
		return []Match{located(c, f.answers[0], m, "what", what, "rate", "")}
	}
	return nil
}

// formsMatch is the finding about broken forms.
func formsMatch(c *fact.Case, broken []*helloForm, size string) Match {
	first := broken[0]
	m := Match{Sure: first.sure, Level: Weak, Measured: true}
	for _, f := range broken {
		if f.usual() {
			m.Level = WillBreak
		}
		m.Count += len(f.answers)
		m.Proof = append(m.Proof, Proof{Ref: f.answers[0].Ref, Says: fmt.Sprintf("%s: %s, %d of %d times", f.says(), ending(f.answers[0]), f.broke, len(f.answers))})
	}
	m.Proof = append(m.Proof, Proof{Ref: first.control.Ref, Says: "in no special form it is answered, before and after"}, first.run.proof(len(first.answers)))
	return located(c, first.answers[0], m, "size", size)
}

// checkedForms says which forms of the first message are taken.
func checkedForms(c *fact.Case) []string {
	all := formsTried(c)
	passed := slices.DeleteFunc(slices.Clone(all), func(f *helloForm) bool { return !f.taken() })
	switch n := len(passed); {
	case n == 0:
		return nil
	case n == len(all):
		return []string{fmt.Sprintf("the first message is taken in each of %d forms: %s", n, sayForms(passed))}
	default:
		return []string{fmt.Sprintf("the first message is taken in %d of %d forms: %s", n, len(all), sayForms(passed))}
	}
}

// undecidedForms are those that failed, but not so that chance is ruled out.
func undecidedForms(c *fact.Case) []Question {
	var list []Question
	all, told := formsTried(c), slices.Concat(brokenForms(c, true), brokenForms(c, false))
	for _, f := range all {
		ask := "is a first message " + f.says() + " taken"
		switch tries := slices.Concat(f.answers, f.since); {
		case f.taken() || f.broken() && (!f.addsNothing(all) || len(told) > 0):
		case f.broken():
			list = append(list, Question{ask, fmt.Sprintf("it failed %d of %d times (%s), and one as large without it was not tried often enough; run it again with more --max-connections",
				f.failures(), len(tries), ending(tries[0]))})
		case len(tries) == 0:
			list = append(list, Question{ask, "a plain one made beside it failed as well; run it again"})
		default:
			list = append(list, Question{ask, fmt.Sprintf("it failed %d of %d times (%s); run it again", f.failures(), len(tries), ending(worst(tries)))})
		}
	}
	return list
}

// worst is the handshake that came least far.
func worst(list []*fact.Handshake) *fact.Handshake {
	return slices.MinFunc(list, func(a, b *fact.Handshake) int { return int(a.Progress()) - int(b.Progress()) })
}
