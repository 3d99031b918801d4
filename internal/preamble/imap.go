package preamble

import "strings"

// imap is mail access with STARTTLS (RFC 3501 §6.2.1, RFC 9051 §6.2.1).
func imap() Protocol {
	p := lineProtocol{
		greets: true, verb: imapVerb, asks: []string{"STARTTLS"}, lists: []string{"CAPABILITY"}, offer: "STARTTLS", answer: imapAnswer,
	}
	return Protocol{ID: "imap", Ports: []uint16{143}, Parse: p.parse}
}

// imapVerb is the word behind the tag.
func imapVerb(line string) string {
	_, command, _ := strings.Cut(strings.TrimSpace(line), " ")
	return firstWord(command)
}

// imapAnswer goes up to the line with the command's tag, or to a request to go on.
func imapAnswer(b []byte, line string) (answer, int, bool) {
	tag, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	text, final, size, ok := linesUntil(b, func(l string) bool {
		return line == "" || strings.HasPrefix(l, "+") || tag != "" && strings.HasPrefix(l, tag+" ")
	})
	if !ok {
		return answer{}, 0, false
	}
	a := answer{text: text}
	_, rest, _ := strings.Cut(final, " ")
	switch firstWord(rest) {
	case "OK", "PREAUTH":
		a.verdict = granted
	case "NO", "BAD", "BYE":
		a.verdict = refused
		a.text = final
	}
	return a, size, true
}
