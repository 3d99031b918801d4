package logs

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

func isWordByte(c byte) bool { return isDigit(c) || isUpper(c) || c >= 'a' && c <= 'z' || c == '_' }

func oneOf(c byte, set string) bool { return strings.IndexByte(set, c) >= 0 }

func trimBlank(b []byte) []byte { return bytes.TrimLeft(b, " \t") }

// inBrackets takes "[…]" off the front of a line, and the blanks after it.
func inBrackets(line []byte) (inner, rest []byte, ok bool) {
	if len(line) == 0 || line[0] != '[' {
		return nil, line, false
	}
	end := bytes.IndexByte(line, ']')
	if end < 0 {
		return nil, line, false
	}
	return line[1:end], trimBlank(line[end+1:]), true
}

// firstWord takes the front of a line up to a blank.
func firstWord(line []byte) (first, rest []byte) {
	i := bytes.IndexAny(line, " \t")
	if i < 0 {
		return line, nil
	}
	return line[:i], trimBlank(line[i:])
}

// between is what stands after one string and before the next of another; the rest of the text when that is not there.
func between(text, after, before string) (string, bool) {
	_, rest, ok := strings.Cut(text, after)
	if !ok {
		return "", false
	}
	inner, _, _ := strings.Cut(rest, before)
	return inner, true
}

// addressOf reads an address with or without a port: "10.0.0.7:62702", "[::1]:443", "fe80::1%eth0", "::ffff:10.0.0.7".
func addressOf(s string) netip.Addr {
	s = strings.TrimPrefix(strings.TrimSpace(s), "/")
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p.Addr().Unmap().WithZone("")
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Unmap().WithZone("")
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 { // an IPv6 address and a port without brackets, as Java and HAProxy write
		if a, err := netip.ParseAddr(s[:i]); err == nil && allDigits(s[i+1:]) {
			return a.Unmap().WithZone("")
		}
	}
	return netip.Addr{}
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// levelNames are what programs call the importance of a message, in lower case.
var levelNames = []string{
	"all", "trace", "finest", "finer", "fine", "debug", "dbg", "debu", "verbose", "config", "info", "inf", "information", "informational", "notice",
	"note", "noti", "warn", "warning", "wrn", "error", "err", "erro", "eror", "severe", "crit", "critical", "alert", "emerg", "emergency", "fatal", "ftl",
	"fata", "panic", "dpanic", "off", "log",
}

func isLevel(s string) bool { return slices.Contains(levelNames, strings.ToLower(s)) }

// chatty: a level at which programs tell every step, whether it goes well or not.
func chatty(level string) bool {
	switch strings.ToLower(level) {
	case "trace", "finest", "finer", "fine", "debug", "dbg", "debu", "verbose", "config":
		return true
	}
	return false
}
