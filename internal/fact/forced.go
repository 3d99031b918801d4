package fact

import (
	"slices"
	"strconv"
	"strings"
)

// Forced is the kind of an experiment that chooses the numbers, or the form, which chance brings about once in many
// connections. Its Value is that of a Forcing.
const Forced VariantKind = "forced"

// A Forcing says what an experiment brought about. Each field is one word without spaces; empty: left to chance.
type Forcing struct {
	What  string // what is examined: "dhe", "ecdhe", "rsa", "ecdsa", "hello", "resumption", "close"
	Zero  string // which number starts with a zero byte: "secret", "public", "both", "none" (the control: neither does)
	Rule  string // what our side does with the zeros of the secret: "stripped", "kept"
	Form  string // how the public value is written, "short" or "padded"; for other subjects the form examined: "fragments-3"
	EMS   string // "on" or "off": extended master secret offered
	Extra string // what else the experiment needs: the version or the group asked for
	Wait  string // "full": made alone and given all the time there is, because it met silence before
	Try   int    // counts connections of one kind from 1
}

// Variant is the experiment.
func (f Forcing) Variant() Variant {
	var words []string
	for _, w := range [][2]string{{"zero", f.Zero}, {"rule", f.Rule}, {"form", f.Form}, {"ems", f.EMS}, {"with", f.Extra}, {"wait", f.Wait}} {
		if w[1] != "" {
			words = append(words, w[0]+"="+w[1])
		}
	}
	if f.Try > 1 {
		words = append(words, "try="+strconv.Itoa(f.Try))
	}
	return Variant{Kind: Forced, Value: strings.Join(append([]string{f.What}, words...), " ")}
}

// Forcing reads a variant's value back; false for experiments of another kind.
func (v Variant) Forcing() (Forcing, bool) {
	words := strings.Fields(v.Value)
	if v.Kind != Forced || len(words) == 0 {
		return Forcing{}, false
	}
	f := Forcing{What: words[0], Try: 1}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "zero":
			f.Zero = value
		case "rule":
			f.Rule = value
		case "form":
			f.Form = value
		case "ems":
			f.EMS = value
		case "with":
			f.Extra = value
		case "wait":
			f.Wait = value
		case "try":
			f.Try, _ = strconv.Atoi(value)
		}
	}
	return f, true
}

// Same reports whether two forcings examine the same and differ in the count of the try, or in the time they have, alone.
func (f Forcing) Same(g Forcing) bool {
	f.Try, g.Try, f.Wait, g.Wait = 0, 0, "", ""
	return f == g
}

// Forced returns the experiments that examine one thing, in the order they were made.
func (c *Case) Forced(what string) []*Handshake {
	var out []*Handshake
	for i := range c.Handshakes {
		if f, ok := c.Handshakes[i].Variant.Forcing(); ok && f.What == what {
			out = append(out, &c.Handshakes[i])
		}
	}
	return slices.Clip(out)
}
