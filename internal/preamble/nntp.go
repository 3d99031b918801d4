package preamble

// nntp is network news with STARTTLS (RFC 4642).
func nntp() Protocol {
	p := lineProtocol{
		greets: true, verb: firstWord, asks: []string{"STARTTLS"}, lists: []string{"CAPABILITIES"}, offer: "STARTTLS",
		answer: func(b []byte, line string) (answer, int, bool) {
			a, size, ok := judged(b, 382)
			if ok && a.code == 101 && firstWord(line) == "CAPABILITIES" { // RFC 3977 §5.2: a list that a dot ends
				text, _, n, whole := linesUntil(b[size:], func(l string) bool { return l == "." })
				a.text += text
				return a, size + n, whole
			}
			return a, size, ok
		},
	}
	return Protocol{ID: "nntp", Ports: []uint16{119}, Parse: p.parse}
}
