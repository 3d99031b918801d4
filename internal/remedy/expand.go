package remedy

import (
	"regexp"
	"strings"
)

// A placeholder is {name}, or {name|language} for a value quoted for a language. Other braces, as nginx and
// PowerShell use them, stay as they are.
var placeholder = regexp.MustCompile(`\{([a-z0-9]+)(?:\|([a-z]+))?\}`)

// values are what placeholders stand for: args as the cause gave them, which may hold anything a peer said, and
// safe ones, which this package made out of known words and numbers.
type values struct {
	args map[string]string
	safe map[string]string
}

func (v values) get(name string) string {
	if s := v.safe[name]; s != "" {
		return s
	}
	return v.args[name]
}

// text fills a sentence for people and notes the values used in args; false when one is missing.
func (v values) text(tmpl string, args map[string]string) (string, bool) {
	return replace(tmpl, func(name, _ string) (string, bool) {
		s := plain(v.get(name))
		if s != "" {
			args[name] = s
		}
		return s, s != ""
	})
}

// code fills lines for a machine; false when a value is missing or cannot stand in that language. Without a
// language only safe values may stand.
func (v values) code(tmpl string) (string, bool) {
	if tmpl == command {
		return "", true
	}
	return replace(tmpl, func(name, language string) (string, bool) {
		if language == "" {
			s := v.safe[name]
			return s, s != ""
		}
		s := v.get(name)
		if s == "" || !printable(s) {
			return "", false
		}
		return quote(language, s)
	})
}

func replace(tmpl string, value func(name, language string) (string, bool)) (string, bool) {
	var b strings.Builder
	end := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(tmpl, -1) {
		language := ""
		if m[4] >= 0 {
			language = tmpl[m[4]:m[5]]
		}
		s, ok := value(tmpl[m[2]:m[3]], language)
		if !ok {
			return "", false
		}
		b.WriteString(tmpl[end:m[0]])
		b.WriteString(s)
		end = m[1]
	}
	b.WriteString(tmpl[end:])
	return b.String(), true
}
