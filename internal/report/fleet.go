package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A Difference is one thing in which several targets, or several configurations, are not alike.
type Difference struct {
	What   string       `json:"what"`
	Values []FleetValue `json:"values"` // in the order of the questions
}

// A FleetValue is what one of them has.
type FleetValue struct {
	Of    string `json:"of"`
	Value string `json:"value"`
}

// Compare tells what differs between the cases of one call: servers behind one name, staging and production, the
// configurations of two machines. Fewer than two of a kind have nothing to differ from.
func Compare(cases []*fact.Case) []Difference {
	var list []Difference
	var live, written []*fact.Case
	for _, c := range cases {
		switch {
		case c.First() != nil && c.First().Passive == nil:
			live = append(live, c)
		case len(c.Settings) > 0:
			written = append(written, c)
		}
	}
	if len(live) > 1 {
		for _, a := range aspects {
			list = addDifference(list, a.what, live, func(c *fact.Case) string { return a.of(c.First()) })
		}
	}
	if len(written) > 1 {
		for _, name := range settingNames(written) {
			list = addDifference(list, name, written, func(c *fact.Case) string { return settingValue(c, name) })
		}
	}
	return list
}

func addDifference(list []Difference, what string, cases []*fact.Case, value func(*fact.Case) string) []Difference {
	d := Difference{What: what}
	alike := true
	for _, c := range cases {
		v := value(c)
		d.Values = append(d.Values, FleetValue{Of: c.Question.Target, Value: v})
		alike = alike && v == d.Values[0].Value
	}
	if alike {
		return list
	}
	return append(list, d)
}

// aspects are what servers that stand for each other should have in common.
var aspects = []struct {
	what string
	of   func(*fact.Handshake) string
}{
	{"outcome", func(h *fact.Handshake) string {
		if h.Completed() {
			return "works"
		}
		return "fails after " + h.End.After
	}},
	{"version", func(h *fact.Handshake) string {
		if h.Server == nil {
			return ""
		}
		return names.Version(h.Server.Version)
	}},
	{"suite", func(h *fact.Handshake) string {
		if h.Server == nil {
			return ""
		}
		return names.SuiteName(h.Server.Suite)
	}},
	{"group", group},
	{"application protocol", func(h *fact.Handshake) string { return h.ALPN }},
	{"certificate", ofLeaf(func(c *fact.Certificate) string { return c.Subject + " " + c.SHA256[:min(len(c.SHA256), 16)] })},
	{"issuer", ofLeaf(func(c *fact.Certificate) string { return c.Issuer })},
	{"valid until", ofLeaf(func(c *fact.Certificate) string { return c.NotAfter.UTC().Format("2006-01-02") })},
	{"names", ofLeaf(func(c *fact.Certificate) string { return strings.Join(c.DNSNames, ", ") })},
	{"key", ofLeaf(func(c *fact.Certificate) string { return fmt.Sprintf("%s %d bits", c.KeyType, c.KeyBits) })},
	{"certificates sent", func(h *fact.Handshake) string {
		if h.Chain == nil {
			return ""
		}
		return fmt.Sprint(len(h.Chain.Certificates))
	}},
	{"asks for a client certificate", func(h *fact.Handshake) string { return fmt.Sprint(h.Request != nil) }},
	{"product", func(h *fact.Handshake) string {
		if h.Said == nil {
			return ""
		}
		return strings.TrimSpace(h.Said.Product + " " + h.Said.Version)
	}},
}

func ofLeaf(tell func(*fact.Certificate) string) func(*fact.Handshake) string {
	return func(h *fact.Handshake) string {
		if leaf := h.Chain.Leaf(); leaf != nil {
			return tell(leaf)
		}
		return ""
	}
}

// settingNames are the settings about TLS that any of the configurations has, sorted.
func settingNames(cases []*fact.Case) []string {
	var list []string
	for _, c := range cases {
		for i := range c.Settings {
			if n := c.Settings[i].Name; aboutTLS(n) && !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	slices.Sort(list)
	return list
}

// aboutTLS: by its name, a setting is about TLS.
func aboutTLS(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"ssl", "tls", "cert", "cipher", "encrypt", "protocol", "curve", "group", "_pass"}, func(w string) bool { return strings.Contains(name, w) })
}

// settingValue is every value that a configuration gives a setting, sorted, each once.
func settingValue(c *fact.Case, name string) string {
	var values []string
	for i := range c.Settings {
		if s := &c.Settings[i]; s.Name == name {
			values = append(values, strings.Join(s.Args, " "))
		}
	}
	slices.Sort(values)
	return strings.Join(slices.Compact(values), "; ")
}

// WriteDifferences writes them for people.
func WriteDifferences(w io.Writer, list []Difference, s Style) error {
	t := &textWriter{style: s}
	t.differences(list)
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *textWriter) differences(list []Difference) {
	t.b.WriteByte('\n')
	if len(list) == 0 {
		t.row("", "no difference between them", "", t.style.Good, nil)
		return
	}
	t.row("", plural(len(list), "difference")+" between them", "", t.style.Strong, nil)
	for _, d := range list {
		t.row("  ", d.What, "", nil, nil)
		for _, v := range d.Values {
			value := v.Value
			if value == "" {
				value = "(none)"
			}
			t.row("      ", v.Of+"  "+value, "", nil, nil)
		}
	}
}
