package preamble

// smtp is mail transfer, and LMTP, whose STARTTLS is that of RFC 3207.
func smtp() Protocol {
	p := lineProtocol{
		greets: true, verb: firstWord, asks: []string{"STARTTLS"}, lists: []string{"EHLO", "LHLO"}, offer: "STARTTLS",
		answer: func(b []byte, line string) (answer, int, bool) {
			a, size, ok := judged(b, 220)
			a.body = a.code == 354 && firstWord(line) == "DATA" // RFC 5321 §4.1.1.4
			return a, size, ok
		},
	}
	return Protocol{ID: "smtp", Ports: []uint16{25, 587, 24}, Parse: p.parse}
}
