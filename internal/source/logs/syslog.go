package logs

import (
	"bytes"
	"strings"
	"time"
)

// syslog is a line with a syslog header: RFC 3164 §4.1 with its priority or, as files have it, without; the same with
// an ISO time, as rsyslog's file format writes it; RFC 5424 §6.
var syslog = Envelope{ID: "syslog", Open: openSyslog}

func openSyslog(line []byte, o *Options) ([]byte, Record, bool) {
	level, rest := priority(line)
	if body, ok := bytes.CutPrefix(rest, []byte("1 ")); ok && level != "" {
		return openRFC5424(body, level, o)
	}
	at, n := bsdStamp(rest, o)
	if n == 0 && len(rest) > 20 && rest[10] == 'T' { // with a blank, it is a program's own time
		at, n = isoStamp(rest, o.zone())
	}
	if n == 0 || n >= len(rest) || rest[n] != ' ' {
		return nil, Record{}, false
	}
	return openTag(rest[n+1:], Record{At: at, Level: level})
}

// priority reads "<34>"; the level is "" when there is none.
func priority(line []byte) (level string, rest []byte) {
	if len(line) < 3 || line[0] != '<' {
		return "", line
	}
	end := bytes.IndexByte(line[:min(len(line), 5)], '>')
	if end < 2 {
		return "", line
	}
	n := number(line[1:end])
	if n < 0 || n > 191 { // 23 facilities, 8 severities
		return "", line
	}
	return severities[n%8], line[end+1:]
}

// severities by number (RFC 5424 §6.2.1), in the words of syslog.h.
var severities = [8]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// openTag reads "host program[123]: " before the message. A host may be missing, as in a datagram to a local socket.
func openTag(rest []byte, r Record) ([]byte, Record, bool) {
	first, after, ok := bytes.Cut(rest, []byte{' '})
	if !ok {
		return nil, r, false
	}
	if program, ok := tag(first); ok {
		r.Product = program
		return bytes.TrimLeft(after, " "), r, true
	}
	second, message, ok := bytes.Cut(after, []byte{' '})
	if !ok || !hostName(first) {
		return nil, r, false
	}
	program, ok := tag(second)
	if !ok {
		return nil, r, false
	}
	r.Server, r.Product = string(first), program
	return bytes.TrimLeft(message, " "), r, true
}

// tag reads "postfix/smtpd[1234]:": the program is what stands before a slash, a bracket or the colon.
func tag(b []byte) (program string, ok bool) {
	b, ok = bytes.CutSuffix(b, []byte{':'})
	if !ok || len(b) == 0 || len(b) > 96 {
		return "", false
	}
	name := b
	if i := bytes.IndexByte(b, '['); i >= 0 {
		if b[len(b)-1] != ']' {
			return "", false
		}
		name = b[:i]
	}
	if i := bytes.IndexAny(name, "/@"); i > 0 {
		name = name[:i]
	}
	for _, c := range name {
		if !wordByte(c) && c != '-' && c != '.' && c != '+' && c != '(' && c != ')' {
			return "", false
		}
	}
	return strings.ToLower(string(name)), len(name) > 0
}

func hostName(b []byte) bool {
	for _, c := range b {
		if !wordByte(c) && c != '-' && c != '.' && c != ':' && c != '%' && c != '[' && c != ']' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 255
}

// openRFC5424 reads TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG].
func openRFC5424(rest []byte, level string, o *Options) ([]byte, Record, bool) {
	r := Record{Level: level}
	var fields [5][]byte
	for i := range fields {
		var ok bool
		if fields[i], rest, ok = bytes.Cut(rest, []byte{' '}); !ok {
			return nil, r, false
		}
	}
	if string(fields[0]) != "-" {
		n := 0
		if r.At, n = isoStamp(fields[0], time.UTC); n == 0 {
			return nil, r, false
		}
	}
	if string(fields[1]) != "-" {
		r.Server = string(fields[1])
	}
	if program, ok := tag(append(bytes.Clone(fields[2]), ':')); ok && program != "-" {
		r.Product = program
	}
	rest, ok := skipData(rest)
	if !ok {
		return nil, r, false
	}
	return bytes.TrimPrefix(bytes.TrimLeft(rest, " "), []byte("\xef\xbb\xbf")), r, true
}

// skipData takes structured data off (RFC 5424 §6.3): "-" or elements in brackets, in which '\' escapes.
func skipData(b []byte) ([]byte, bool) {
	if rest, ok := bytes.CutPrefix(b, []byte{'-'}); ok {
		return rest, true
	}
	some, quotes := false, false
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\\' && quotes:
			i++
		case b[i] == '"':
			quotes = !quotes
		case b[i] == ']' && !quotes:
			some = true
			if i+1 == len(b) || b[i+1] != '[' {
				return b[i+1:], true
			}
		case !some && i == 0 && b[i] != '[':
			return nil, false
		}
	}
	return nil, false
}
