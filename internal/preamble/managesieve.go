package preamble

import "strings"

// managesieve manages mail filters; its greeting lists what the server offers (RFC 5804 §1.7, §2.2).
func managesieve() Protocol {
	p := lineProtocol{
		greets: true, verb: firstWord, asks: []string{"STARTTLS"}, lists: []string{"CAPABILITY"}, offer: `"STARTTLS"`, answer: sieveAnswer,
	}
	return Protocol{ID: "managesieve", Ports: []uint16{4190}, Parse: p.parse}
}

// sieveAnswer goes up to a line that begins with OK, NO or BYE.
func sieveAnswer(b []byte, _ string) (answer, int, bool) {
	a := answer{}
	text, final, size, ok := linesUntil(b, func(l string) bool { return sieveVerdict(l) != goOn })
	a.verdict = sieveVerdict(final)
	a.text = text
	if a.verdict == refused {
		a.text = final
	}
	return a, size, ok
}

func sieveVerdict(line string) verdict {
	word, _, _ := strings.Cut(firstWord(line), "(")
	switch word {
	case "OK":
		return granted
	case "NO", "BYE":
		return refused
	}
	return goOn
}
