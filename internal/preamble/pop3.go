package preamble

import "strings"

// pop3 is mail fetching with STLS (RFC 2595 §4).
func pop3() Protocol {
	p := lineProtocol{
		greets: true, verb: firstWord, asks: []string{"STLS"}, lists: []string{"CAPA"}, offer: "STLS", answer: pop3Answer,
	}
	return Protocol{ID: "pop3", Ports: []uint16{110}, Parse: p.parse}
}

// pop3Answer is one line, but for CAPA, and AUTH without a mechanism, whose lists a dot ends (RFC 2449 §5, RFC 1734).
func pop3Answer(b []byte, line string) (answer, int, bool) {
	first, size, ok := cutLine(b)
	if !ok {
		return answer{}, 0, false
	}
	a := answer{text: first}
	switch {
	case strings.HasPrefix(first, "+OK"):
		a.verdict = granted
	case strings.HasPrefix(first, "-ERR"):
		a.verdict = refused
		return a, size, true
	}
	if verb := strings.ToUpper(strings.TrimSpace(line)); verb == "CAPA" || verb == "AUTH" {
		text, _, n, whole := linesUntil(b[size:], func(l string) bool { return l == "." })
		a.text += "\n" + text
		return a, size + n, whole
	}
	return a, size, true
}
