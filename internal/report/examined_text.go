package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// examinedNothing tells how connections ended in which no hello came.
func (t *textWriter) examinedNothing(list []Handshake) {
	t.indented("hello", "none came")
	for _, h := range list {
		text := map[string]string{
			string(fact.EndNotTLS): "what the client says is not TLS", string(fact.EndDeclined): "the client goes on without TLS",
			string(fact.EndReset): "the client resets the connection", string(fact.EndTimeout): "the client says nothing",
			string(fact.EndClosed): "the client leaves",
		}[h.ClosedHow]
		if text == "" {
			text = "what the client says cannot be used"
		}
		if h.Count > 1 {
			text += ", " + strconv.Itoa(h.Count) + " times"
		}
		t.indented("", text)
	}
}

// examinedHello tells the hello's shape and whose it looks like.
func (t *textWriter) examinedHello(h Hello) {
	likely := "a product that is not known here"
	if h.LooksLike != "" {
		likely = h.LooksLike
	}
	t.indented("likely", likely+"; JA4 "+h.JA4+", JA3 "+h.JA3)
	text := fmt.Sprintf("%d bytes, %s, %d of them TLS_DHE; groups %s", h.Bytes, plural(len(h.Suites), "suite"), h.DHESuites, listed(h.Groups))
	if h.SNI != "" {
		text += "; asks for " + h.SNI
	}
	if len(h.ALPN) > 0 {
		text += "; ALPN " + listed(h.ALPN)
	}
	t.indented("hello", text)
}

func listed(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

// examinedRules tells what the client does with leading zeros.
func (t *textWriter) examinedRules(e Examined) {
	t.indented("TLS 1.2", zeroText(e.DHE, "a TLS_DHE secret", map[string]string{
		cause.Strips: "strips the leading zeros of a TLS_DHE secret, as RFC 5246 §8.1.2 wants: right",
		cause.Keeps:  "KEEPS the leading zeros of a TLS_DHE secret, which RFC 5246 §8.1.2 strips: about 1 in 256 connections fails",
	}))
	v := e.PublicValue
	taken := valueText(v.Short) + " when it is sent short, " + valueText(v.Padded) + " when it is padded"
	if v.Short == v.Padded {
		taken = valueText(v.Short) + ", sent short and padded"
	}
	if e.DHE.Is != cause.NotExposed {
		t.indented("", "public value with a leading zero: "+taken+"; "+ownText(v.Own))
	}
	if v.Unsafe {
		t.indented("", "its own public value is 0, 1, p-1 or no number below the prime (RFC 7919 §5.1)")
	}
	t.indented("TLS 1.3", zeroText(e.FFDHE, "an ffdhe secret", map[string]string{
		cause.Strips: "STRIPS the leading zeros of an ffdhe secret, which RFC 8446 §7.4.1 keeps: about 1 in 256 connections fails",
		cause.Keeps:  "keeps the leading zeros of an ffdhe secret, as RFC 8446 §7.4.1 wants: right",
	}))
}

// ExaminedAnswer is one connection of a client in a line: what it was asked, and what it did.
func ExaminedAnswer(h *fact.Handshake) string {
	f, _ := h.Variant.Forcing()
	return askedText(f) + ": " + answerText(f, h)
}

func askedText(f fact.Forcing) string {
	zeros := map[string]string{"secret": "secret with leading zeros", "none": "number without leading zeros", "public": "public value with a leading zero, " + f.Form}[f.Zero]
	switch f.What {
	case fact.ClientDHE:
		return "TLS_DHE with " + f.Extra + ", " + zeros
	case fact.ClientFFDHE:
		if f.Form == fact.RuleStripped {
			zeros += " that the server strips too"
		}
		return "TLS 1.3 with " + f.Extra + ", " + zeros
	case fact.ClientCertificate:
		return "certificate " + f.Form
	case fact.ClientVersion:
		return f.Form + " alone"
	}
	return "no hello"
}

func answerText(f fact.Forcing, h *fact.Handshake) string {
	switch {
	case f.Rule == fact.RuleStripped && f.Form == "":
		return "it strips them"
	case f.Rule == fact.RuleKept && f.Form == "":
		return "it keeps them"
	case h.End.How == fact.EndAlert:
		return "it refuses with alert " + strconv.Itoa(int(h.End.Alert)) + " " + names.Alert(h.End.Alert)
	case h.Finished == fact.Yes:
		return "it goes on"
	case h.End.How == fact.EndLocal:
		return "what it says cannot be used: " + Safe(h.End.Detail)
	}
	return "it breaks off"
}

func zeroText(z ZeroRule, what string, verdicts map[string]string) string {
	switch z.Is {
	case cause.NeitherRule:
		return "makes its keys of " + what + " by neither rule"
	case cause.NotExposed:
		if z.Why != "" {
			return "not exposed: " + z.Why
		}
		return "not exposed: the client does not offer " + what[strings.Index(what, " ")+1:strings.LastIndex(what, " ")] + " key exchange"
	case cause.NotAsked:
		return "not asked yet: " + what
	case cause.Inconclusive:
		return "inconclusive about " + what + ": " + z.Why
	}
	return verdicts[z.Is] + fmt.Sprintf("  (%s; %s)", z.Group, strings.Join(z.At[:min(len(z.At), 3)], ", "))
}

func valueText(is string) string {
	switch is {
	case cause.Takes:
		return "taken"
	case cause.Refuses:
		return "REFUSED"
	case cause.NotExposed:
		return "not exposed"
	case cause.Inconclusive:
		return "inconclusive"
	}
	return "not asked yet"
}

func ownText(is string) string {
	switch is {
	case "padded":
		return "pads its own"
	case "short":
		return "sends its own short, which older Windows refuses"
	}
	return "how it sends its own was not seen"
}

// examinedCertificates tells which certificates the client takes.
func (t *textWriter) examinedCertificates(e Examined) {
	by, untold := map[string][]string{}, []string{}
	right := Shown{Is: cause.NotAsked}
	for _, s := range e.Certificates {
		switch {
		case s.Certificate == "right":
			right = s
		case s.Is == cause.NotAsked || s.Is == cause.Inconclusive:
			untold = append(untold, s.Certificate+" ("+s.How+")")
		default:
			by[s.Is] = append(by[s.Is], s.Certificate)
		}
	}
	if text := rightText(e, right); text != "" {
		t.indented("verifies", text)
	}
	for _, row := range [][3]string{{cause.Takes, "accepts"}, {cause.Refuses, "refuses"}, {cause.RefusesAfter, "", "after the handshake: "}, {cause.Differs, "differs"}} {
		if list := by[row[0]]; len(list) > 0 {
			t.indented(row[1], row[2]+strings.Join(list, ", "))
		}
		if row[0] == cause.Takes && e.AcceptsAny {
			t.indented("", "it verifies nothing that would stop a man in the middle")
		}
	}
	if len(untold) > 0 {
		t.indented("not told", strings.Join(untold, ", "))
	}
	if e.Several {
		t.indented("", "these answers contradict each other: several clients have the same hello, or one verifies in some of its connections")
	}
}

// rightText says why nothing can be told of the wrong certificates; "" where the right one is taken.
func rightText(e Examined, right Shown) string {
	switch {
	case right.Is == cause.Takes || right.Is == cause.Differs:
		return ""
	case e.Only != "":
		return "not asked: --only " + e.Only
	case right.How == "":
		return "not asked yet"
	case right.Is == cause.NotAsked || right.Is == cause.Inconclusive:
		return "not told: " + right.How
	}
	return "refuses even the right certificate: it does not trust the lab's CA, or looks for another name"
}

func (t *textWriter) examinedVersions(v VersionRange) {
	if v.Ceiling == "" {
		return
	}
	text := v.Floor + " to " + v.Ceiling
	if v.Floor == v.Ceiling {
		text = v.Floor + " only"
	}
	if len(v.Refused) > 0 {
		text += "; tried alone and refused: " + strings.Join(v.Refused, ", ")
	}
	if len(v.NotTold) > 0 {
		var tried []string
		why := ""
		for _, t := range v.NotTold {
			version, reason, _ := strings.Cut(t, ": ")
			tried, why = append(tried, version), reason
		}
		text += "; tried alone and not told: " + strings.Join(tried, ", ") + " (" + why + ")"
	}
	t.indented("versions", text)
}
