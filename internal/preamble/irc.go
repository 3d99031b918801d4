package preamble

import (
	"strconv"
	"strings"
)

// irc is chat. Its STARTTLS, of the IRCv3 "tls" extension, is answered by 670 or 691; other commands need no answer.
func irc() Protocol {
	p := lineProtocol{verb: firstWord, asks: []string{"STARTTLS"}, answer: ircAnswer}
	return Protocol{ID: "irc", Ports: []uint16{6667}, Parse: p.parse}
}

// ircAnswer looks for the numeric that answers STARTTLS among what the server says meanwhile; 421 is "unknown command",
// 451 "register first".
func ircAnswer(b []byte, line string) (answer, int, bool) {
	if firstWord(line) != "STARTTLS" {
		return answer{}, 0, true
	}
	var a answer
	_, final, size, ok := linesUntil(b, func(l string) bool {
		a.code = ircNumeric(l)
		return a.code == 670 || a.code == 691 || (a.code == 421 || a.code == 451) && strings.Contains(strings.ToUpper(l), "STARTTLS")
	})
	a.text, a.verdict = final, refused
	if a.code == 670 {
		a.verdict = granted
	}
	return a, size, ok
}

// ircNumeric is the number of a reply: ":server 670 nick :words" (RFC 2812 §2.4).
func ircNumeric(line string) int {
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(line, ":") || len(fields[1]) != 3 {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return max(n, 0)
}
