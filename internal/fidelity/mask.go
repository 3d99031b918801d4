package main

import (
	"regexp"
	"strings"
)

// What differs between two runs of one and the same client: hosts, ports, numbers, user names, the thread's number in Node's OpenSSL
// errors, and the request that nginx names.
var masks = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`, client: .*`), ""},
	{regexp.MustCompile(`(/nonexistent|~)/`), "HOME/"}, // the measured clients had no home
	{regexp.MustCompile(`db\.example\.test|127\.0\.0\.1|localhost|\[?::1\]?`), "H"},
	{regexp.MustCompile(`'[^']*'@'[^']*'`), "'U'@'H'"},
	{regexp.MustCompile(`user[ =]"?[\w.]+"?`), "user U"},
	{regexp.MustCompile(`using password: (YES|NO)`), "using password: P"},
	{regexp.MustCompile(`\b[0-9A-F]{8,16}:error`), "error"},
	{regexp.MustCompile(`\d+`), "N"},
	{regexp.MustCompile(`[ \t]+`), " "},
}

// mask takes out of a text what has nothing to do with its cause.
func mask(text string) string {
	lines := strings.Split(text, "\n")
	out := lines[:0]
	for _, l := range lines {
		for _, m := range masks {
			l = m.find.ReplaceAllString(l, m.with)
		}
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// same reports whether a predicted text is the real one: all of it, or a run of whole lines of it, for programs that print more
// than the error.
func same(predicted, real string) bool {
	p, r := mask(predicted), mask(real)
	return p == r || p != "" && strings.Contains("\n"+r+"\n", "\n"+p+"\n")
}
