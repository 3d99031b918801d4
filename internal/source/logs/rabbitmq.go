package logs

import (
	"bytes"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// rabbitmq reads RabbitMQ's log: "2021-11-29 15:16:01.141676+00:00 [notice] <0.852.0> text" (since 3.7; 3.9 repeats that before every
// line of a message), before 3.7 "=ERROR REPORT==== 10-Jan-2024::08:41:45 ===" and the text after it.
var rabbitmq = Dialect{
	ID:      "rabbitmq",
	Anchors: []string{"TLS", "SSL", "tls_alert", "ssl", "ertificate", "andshake", "REPORT===="},
	Parse: func(line []byte, o *Options) (Record, bool) {
		r, text, ok := rabbitLine(line, o)
		if ok && bytes.HasPrefix(text, []byte(" ")) {
			return r, false
		}
		r.Message = string(text)
		return r, ok
	},
	Continues: func(line []byte) bool {
		_, text, ok := rabbitLine(line, nil)
		return ok && bytes.HasPrefix(text, []byte(" ")) || len(line) > 0 && oneOf(line[0], " \t{") || bytes.HasPrefix(line, []byte("TLS "))
	},
}

// rabbitLine splits a line; the text of one that goes on begins with a blank or is empty.
func rabbitLine(line []byte, o *Options) (r Record, text []byte, ok bool) {
	r = Record{Product: "rabbitmq"}
	if report, found := bytes.CutPrefix(line, []byte("=")); found {
		level, rest, ok := bytes.Cut(report, []byte(" REPORT==== "))
		if !ok || len(rest) < 21 || !isLevel(string(level)) {
			return r, nil, false
		}
		stamp := append([]byte{}, rest[:21]...)
		stamp = bytes.Replace(stamp, []byte("::"), []byte(" "), 1)
		r.At, _, _ = appDayClock(bytes.TrimSpace(stamp), o)
		r.Level = string(level)
		return r, nil, !r.At.IsZero()
	}
	at, rest, ok := isoClock(line, o)
	level, rest, ok2 := inBrackets(rest)
	if !ok || !ok2 || !isLevel(string(level)) || len(rest) < 4 || rest[0] != '<' {
		return r, nil, false
	}
	pid, text, ok := bytes.Cut(rest, []byte(">"))
	if !ok || bytes.Count(pid, []byte(".")) != 2 || len(pid) > 24 || len(text) > 0 && text[0] != ' ' {
		return r, nil, false
	}
	r.At, r.Level = at, string(level)
	text = bytes.TrimPrefix(text, []byte(" "))
	if len(text) == 0 {
		text = []byte(" ")
	}
	if bytes.Contains(text, []byte("accepting AMQP connection")) {
		r.Contexts = []fact.Context{fact.ByServer}
	}
	return r, text, true
}
