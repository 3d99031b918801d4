package preamble

import (
	"bytes"
	"io"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	// maxCommands is how many commands are looked at for the one that asks for TLS: it comes early or never.
	maxCommands = 100
	// maxAnswer bounds one answer, its lines together; the capability lists of real servers have some hundred bytes.
	maxAnswer = 16 << 10
)

// A lineProtocol is a protocol of text lines, one answer to each command, in which a command asks for TLS.
type lineProtocol struct {
	greets bool // the server speaks first
	// verb is the command of a client's line, in capitals and without its arguments: "EHLO", "AUTH TLS".
	verb func(line string) string
	// asks is the verb, or the verbs, that ask for TLS; lists those whose answer says what the server offers.
	asks, lists []string
	// answer takes the whole answer to a client's line off b, or with line "" the greeting. Not ok: it is not there.
	answer func(b []byte, line string) (a answer, size int, ok bool)
	// offer is how the answer to one of lists, or a greeting that lists already, names TLS.
	offer string
}

// An answer is what a server says to one command.
type answer struct {
	verdict verdict
	code    int
	text    string // all its lines
	body    bool   // the client goes on with a message that a line with a single dot ends
}

// A verdict is an answer's meaning.
type verdict uint8

const (
	goOn verdict = iota // neither
	granted
	refused
)

// first is the first line of an answer, short enough for a note.
func (a answer) first() string {
	line, _, _ := strings.Cut(a.text, "\n")
	line = strings.TrimSpace(line)
	return line[:min(len(line), firstBytes)]
}

// cutLine takes one line off b, its end included in size; a line without an end is not there yet.
func cutLine(b []byte) (line string, size int, ok bool) {
	n := bytes.IndexByte(b[:min(len(b), maxAnswer)], '\n')
	if n < 0 {
		return "", 0, false
	}
	return strings.TrimRight(string(b[:n]), "\r"), n + 1, true
}

// firstWord is the verb of most protocols.
func firstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.ToUpper(word[:min(len(word), 16)])
}

// A dialogue is a walk along both sides of a recording, command by command.
type dialogue struct {
	lineProtocol
	client, server []byte
	c, s           int // how far each side has been walked
	told           fact.Said
	spans          Spans
	refused        bool // the server said no to the command that asks for TLS
	insists        bool // it refused another command for want of TLS
	clear          bool // the client went on to other commands
}

// parse reads both sides' recordings.
func (p lineProtocol) parse(client, server []byte) (fact.Said, Spans, error) {
	d := dialogue{lineProtocol: p, client: client, server: server}
	if p.greets && !d.greeted() {
		return d.told, d.spans, ErrOther
	}
	for range maxCommands {
		if isRecord(d.client[d.c:]) || len(d.client) == 0 && d.findTLS() {
			return d.begun()
		}
		line, size, ok := cutLine(d.client[d.c:])
		if !ok {
			break
		}
		d.c += size
		if holds(d.asks, d.verb(line)) {
			if d.asked(line) {
				return d.begun()
			}
			continue
		}
		if !d.other(line) {
			break
		}
	}
	return d.outcome()
}

// greeted reads the greeting. A recording that lacks it is read as far as it goes.
func (d *dialogue) greeted() bool {
	if len(d.server) == 0 || looksTLS(d.server) {
		return true
	}
	a, size, ok := d.answer(d.server, "")
	if !ok {
		return bytes.IndexByte(d.server, '\n') < 0
	}
	d.s = size
	d.spans.mark(wire.ServerSide, d.s, "greeting", a.first())
	if d.offer != "" && strings.Contains(strings.ToUpper(a.text), d.offer) {
		d.told.TLS = fact.Yes
	}
	if a.verdict == refused {
		d.told = withError(d.told, Error{Code: a.code, Text: a.first()})
	}
	return true
}

// asked takes the answer to the command that asks for TLS and reports whether TLS begins.
func (d *dialogue) asked(line string) bool {
	d.spans.mark(wire.ClientSide, d.c, d.verb(line), "")
	if isRecord(d.server[d.s:]) || isRecord(d.client[d.c:]) && len(d.server) == d.s {
		return true // the answer is not in the recording
	}
	a, size, ok := d.answer(d.server[d.s:], line)
	if !ok {
		return d.findTLS()
	}
	d.s += size
	d.spans.mark(wire.ServerSide, d.s, answerName(a), a.first())
	if a.verdict == refused {
		d.refused, d.told.TLS = true, fact.No
		d.told = withError(d.told, Error{Code: a.code, Text: a.first()})
		return false
	}
	return a.verdict == granted
}

// answerName is what a step calls an answer: its code, or yes or no.
func answerName(a answer) string {
	switch {
	case a.code != 0:
		return string([]byte{byte('0' + a.code/100%10), byte('0' + a.code/10%10), byte('0' + a.code%10)})
	case a.verdict == refused:
		return "refusal"
	}
	return "OK"
}

// other takes a command that has nothing to do with TLS, and its answer; false when the recording has none. What
// such a command says is not kept: it may be a password.
func (d *dialogue) other(line string) bool {
	a, size, ok := d.answer(d.server[d.s:], line)
	d.s += size
	switch {
	case holds(d.lists, d.verb(line)):
		d.spans.mark(wire.ClientSide, d.c, d.verb(line), "")
		if ok {
			d.listed(a)
		}
	case !d.clear:
		d.clear = true
		d.spans.mark(wire.ClientSide, d.c, "command", "in the clear")
	}
	if ok && a.verdict == refused && strings.Contains(strings.ToUpper(a.text), d.asks[0]) {
		d.insists = true
		d.told.TLS = fact.Yes
		d.told = withError(d.told, Error{Code: a.code, Text: a.first()})
		d.spans.mark(wire.ServerSide, d.s, answerName(a), a.first())
	}
	if ok && a.body {
		d.skipBody()
	}
	return ok || len(d.server) == 0
}

// listed takes an answer that says what the server offers.
func (d *dialogue) listed(a answer) {
	if a.verdict != refused {
		d.told.TLS = fact.Is(strings.Contains(strings.ToUpper(a.text), d.offer))
	}
	note := "offers no TLS"
	if d.told.TLS == fact.Yes {
		note = "offers " + d.offer
	}
	d.spans.mark(wire.ServerSide, d.s, answerName(a), note)
}

// skipBody passes over a message and its answer.
func (d *dialogue) skipBody() {
	end := bytes.Index(d.client[d.c:], []byte("\r\n.\r\n"))
	if end < 0 {
		d.c = len(d.client)
		return
	}
	d.c += end + 5
	_, size, _ := d.answer(d.server[d.s:], "")
	d.s += size
}

// findTLS moves the server's side to the first line that is a TLS record, for recordings in which answers are
// missing.
func (d *dialogue) findTLS() bool {
	for at := d.s; at < len(d.server); {
		if isRecord(d.server[at:]) {
			d.s = at
			return true
		}
		n := bytes.IndexByte(d.server[at:], '\n')
		if n < 0 {
			return false
		}
		at += n + 1
	}
	return false
}

// begun is the part from the first byte of TLS on.
func (d *dialogue) begun() (fact.Said, Spans, error) {
	d.told = withError(d.told, Error{})
	d.told.TLS = fact.Yes
	if !looksTLS(d.server[d.s:]) {
		d.findTLS()
	}
	d.spans.Client, d.spans.Server = whole(d.client, d.c), whole(d.server, d.s)
	return d.told, d.spans, nil
}

// outcome is a recording without TLS.
func (d *dialogue) outcome() (fact.Said, Spans, error) {
	switch {
	case d.refused:
		return d.told, d.spans, ErrDeclined
	case d.insists, d.told.ErrorText != "":
		return d.told, d.spans, ErrReply
	case d.told.TLS == fact.No:
		return d.told, d.spans, ErrDeclined
	case d.clear:
		return d.told, d.spans, ErrNoTLS
	}
	return d.told, d.spans, io.ErrUnexpectedEOF
}

// codeAnswer takes a reply off b whose lines begin with three digits; a hyphen behind them says that more lines
// follow, up to the one with the same digits and a space (RFC 5321 §4.2.1, RFC 959 §4.2).
func codeAnswer(b []byte) (a answer, size int, ok bool) {
	b = b[:min(len(b), maxAnswer)]
	for {
		line, n, ok := cutLine(b[size:])
		if !ok {
			return answer{}, 0, false
		}
		code, more := readCode(line)
		if size == 0 && code == 0 {
			return answer{}, 0, false
		}
		if size == 0 {
			a.code = code
		}
		size += n
		if code == a.code && !more {
			a.text = string(b[:size])
			return a, size, true
		}
	}
}

// readCode is the code a line begins with, 0 for none, and whether more lines follow.
func readCode(line string) (code int, more bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, false
	}
	for _, c := range []byte(line[:3]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		code = 10*code + int(c-'0')
	}
	return code, len(line) > 3 && line[3] == '-'
}

// judged sets a numeric answer's verdict: yes is the code that grants TLS, from 400 on it is a refusal.
func judged(b []byte, yes int) (a answer, size int, ok bool) {
	a, size, ok = codeAnswer(b)
	switch {
	case a.code == yes:
		a.verdict = granted
	case a.code >= 400:
		a.verdict = refused
	}
	return a, size, ok
}

// linesUntil takes lines off b up to and including the first that last accepts.
func linesUntil(b []byte, last func(line string) bool) (text string, final string, size int, ok bool) {
	b = b[:min(len(b), maxAnswer)]
	for {
		line, n, ok := cutLine(b[size:])
		if !ok {
			return "", "", 0, false
		}
		size += n
		if last(line) {
			return string(b[:size]), line, size, true
		}
	}
}
