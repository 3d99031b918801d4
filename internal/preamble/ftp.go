package preamble

import "strings"

// ftp is file transfer with AUTH TLS on its control connection (RFC 4217 §4).
func ftp() Protocol {
	p := lineProtocol{
		greets: true, verb: ftpVerb, asks: []string{"AUTH TLS", "AUTH SSL", "AUTH TLS-C", "AUTH TLS-P"}, lists: []string{"FEAT"}, offer: "AUTH TLS",
		answer: func(b []byte, _ string) (answer, int, bool) {
			a, size, ok := judged(b, 234)
			if a.code == 334 { // servers older than RFC 4217 answer so
				a.verdict = granted
			}
			return a, size, ok
		},
	}
	return Protocol{ID: "ftp", Ports: []uint16{21}, Parse: p.parse}
}

// ftpVerb keeps the mechanism of AUTH.
func ftpVerb(line string) string {
	verb := firstWord(line)
	if fields := strings.Fields(line); verb == "AUTH" && len(fields) > 1 {
		return verb + " " + firstWord(fields[1])
	}
	return verb
}
