package logs

import (
	"bytes"
	"net/netip"
	"strings"
	"time"
)

// mask appends a message without what differs from line to line and says nothing: times, addresses (their kind stays:
// public, private or this machine), identifiers. Numbers stay, for they may be codes; only those that no product uses
// as a code are dropped: eleven digits and more, pointers of more than eight hexadecimal digits, durations.
func mask(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if !wordByte(s[i]) {
			if s[i] < 8 { // what stands for a masked part must not come from the log itself
				dst = append(dst, 7)
			}
			dst = append(dst, s[i])
			i++
			continue
		}
		if mark, n := variable(s[i:]); n > 0 {
			dst = append(dst, mark)
			i += n
			continue
		}
		end := i + 1
		for end < len(s) && wordByte(s[end]) {
			end++
		}
		dst = append(dst, s[i:end]...)
		i = end
	}
	return dst
}

// The marks that stand for masked parts.
const (
	markTime = iota + 1
	markID
	markPublic
	markPrivate
	markLoopback
)

// variable tells whether a text begins with something that differs from line to line, and how long that is.
func variable(s string) (mark byte, n int) {
	if n = uuidLength(s); n > 0 {
		return markID, n
	}
	if s[0] < '0' || s[0] > '9' {
		return 0, 0
	}
	if len(s) >= 19 && s[4] == '-' {
		if _, n = isoStamp([]byte(s[:min(len(s), 40)]), time.UTC); n > 0 {
			return markTime, n
		}
	}
	if mark, n = address(s); n > 0 {
		return mark, n
	}
	return markID, idLength(s)
}

// uuidLength is 36 for a UUID at the beginning (RFC 9562 §4).
func uuidLength(s string) int {
	if len(s) < 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' || len(s) > 36 && wordByte(s[36]) {
		return 0
	}
	for i := range 36 {
		if s[i] != '-' && !hexDigit(s[i]) {
			return 0
		}
	}
	return 36
}

func hexDigit(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// address finds an IPv4 address with or without a port at the beginning.
func address(s string) (mark byte, n int) {
	dots := 0
	for n < len(s) && n < 16 && (s[n] >= '0' && s[n] <= '9' || s[n] == '.') {
		if s[n] == '.' {
			dots++
		}
		n++
	}
	if dots < 3 {
		return 0, 0
	}
	n = len(strings.TrimRight(s[:n], "."))
	a, err := netip.ParseAddr(s[:n])
	if err != nil || n < len(s) && wordByte(s[n]) || n+1 < len(s) && s[n] == '.' && wordByte(s[n+1]) {
		return 0, 0 // part of a name
	}
	end := n
	if n+1 < len(s) && s[n] == ':' {
		end = n + 1
		for end < len(s) && end < n+6 && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if end == n+1 || end < len(s) && wordByte(s[end]) || end-n <= portDigits {
			end = n
		}
	}
	switch {
	case a.IsLoopback():
		return markLoopback, end
	case a.IsPrivate(), shared.Contains(a), a.IsLinkLocalUnicast(), a.IsUnspecified():
		return markPrivate, end
	}
	return markPublic, end
}

// portDigits is how many digits, with the colon, a port has that may tell the service (IANA's are nearly all below 10,000):
// that of a client is a longer number, which says nothing.
const portDigits = 5

// shared is what carriers and clouds use inside (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// idLength is the length of a number at the beginning that is no code. A 64-bit number near the top may be a negative
// code, printed without its sign.
func idLength(s string) int {
	if strings.HasPrefix(s, "0x") {
		n := 2
		for n < len(s) && hexDigit(s[n]) {
			n++
		}
		if n > 10 && (n == len(s) || !wordByte(s[n])) && !strings.HasPrefix(strings.ToLower(s), "0xffffffff") {
			return n
		}
		return 0
	}
	n, dot := 0, false
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' && !dot && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9') {
		dot = dot || s[n] == '.'
		n++
	}
	unit := 0
	for n+unit < len(s) && wordByte(s[n+unit]) {
		unit++
	}
	switch s[n : n+unit] {
	case "ms", "us", "ns":
		return n + unit
	case "":
		if n >= 11 && !dot && !strings.HasPrefix(s, "1844674407") {
			return n
		}
	}
	return 0
}

// normal is a message with all digits masked: what groups texts that nobody knows.
func normal(dst []byte, s string) []byte {
	from := len(dst)
	dst = mask(dst, s)
	out := dst[:from]
	last := byte(0)
	for _, c := range dst[from:] {
		if c >= '0' && c <= '9' {
			c = '0'
		}
		if c == '0' && last == '0' {
			continue
		}
		out, last = append(out, c), c
	}
	return bytes.TrimSpace(out)
}
