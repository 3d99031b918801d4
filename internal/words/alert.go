package words

import (
	"strconv"
	"strings"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// alertCodes finds TLS alerts by number or name, with who sent them: "SSL alert number 40", "Received alert [112]",
// "SSL3 alert write:fatal:unknown CA", "TLSv1.3 (IN), TLS alert, unknown CA (560)", "fatal alert: handshake_failure".
func alertCodes(clean string, r *Reading) {
	folded := fold(clean)
	for at := 0; ; {
		i := strings.Index(folded[at:], "alert")
		if i < 0 {
			return
		}
		from := at + i
		at = from + len("alert")
		if strings.HasPrefix(folded[at:], "]") || strings.HasPrefix(folded[at:], ">") {
			continue // the level of a log line
		}
		if edge(folded, from) && (edge(folded, at) || strings.HasPrefix(folded[at:], "s ") || strings.HasPrefix(folded[at:], "number")) {
			oneAlert(folded, from, at, r)
		}
	}
}

// alertReach is how far before the word "alert" its direction is looked for, and how far behind it its name, in bytes.
const alertReach = 70

// oneAlert reads the alert that the word at folded[from:to] introduces.
func oneAlert(folded string, from, to int, r *Reading) {
	before := folded[max(0, from-alertReach):from]
	between, code, ok := alertBehind(folded[to:min(to+2*alertReach, len(folded))])
	if !ok {
		between, code, ok = alertReturned(folded[to:min(to+alertReach, len(folded))])
	}
	if !ok {
		if code, ok = alertBefore(before); !ok {
			return
		}
	}
	if code == 0 { // close_notify: the regular end
		return
	}
	r.Code("alert "+strconv.Itoa(int(code)), "TLS alert "+names.Alert(code))
	if alertSent(before, between) {
		r.Say(fact.OwnAlert(code))
		return
	}
	r.Say(peerAlert(code))
}

// peerAlert is the symptom of a received alert; close_notify says nothing.
func peerAlert(code uint8) fact.Symptom {
	if code == 0 {
		return ""
	}
	return fact.PeerAlert(code)
}

// alertReturned reads the arguments of OpenSSL's info callback as Dovecot prints them, ": where=0x4004, ret=560": bit 3
// of where is set for an alert written, ret is level and code.
func alertReturned(text string) (direction string, code uint8, ok bool) {
	text, ok = strings.CutPrefix(text, ": where=0x40")
	if !ok || len(text) < 2 {
		return "", 0, false
	}
	direction = "read"
	if text[1] == '8' {
		direction = "write"
	}
	_, text, _ = strings.Cut(text, "ret=")
	n, ok := uintAt(text)
	return direction, uint8(n & 0xff), ok
}

// alertFillers may stand between the word "alert" and what it is called.
var alertFillers = map[string]bool{
	"": true, "fatal": true, "level": true, "warning": true, "description": true, "desc": true, "number": true, "code": true, "message": true,
	"type": true, "is": true, "was": true, "received": true, "read": true, "write": true, "from": true, "to": true, "the": true, "peer": true,
	"server": true, "client": true, "remote": true, "end": true, "reported": true, "an": true, "error": true, "local": true, "ssl3": true, "detected": true,
	"length": true, "0002": true, "sent": true, "with": true, "in": true, "out": true, "2": true, "tls": true, "by": true, "data": true,
}

// alertBehind skips fillers and reads a number or a name; it gives the fillers, too.
func alertBehind(text string) (between string, code uint8, ok bool) {
	at := 0
	for range 10 {
		start := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " :,;()[]'=<>/{}|\\.-"))
		if strings.ContainsAny(text[at:start], ";.") && strings.Contains(text[at:start], " ") {
			return "", 0, false // the next sentence
		}
		if code, ok := alertNumber(text[start:], text[:start]); ok {
			return text[:start], code, true
		}
		if code, ok := alertName(text[start:]); ok {
			return text[:start], code, true
		}
		end := start
		for end < len(text) && isAlnum(text[end]) {
			end++
		}
		if !alertFillers[text[start:end]] || end == start {
			return "", 0, false
		}
		at = end
	}
	return "", 0, false
}

// alertNumber reads an assigned alert code, not the 2 of "level 2" or the length of the message.
func alertNumber(text, before string) (uint8, bool) {
	n, ok := uintAt(text)
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if !ok || digits > 3 || digits < len(text) && inWord(text[digits]) || strings.HasSuffix(before, "length ") || strings.HasSuffix(before, "level ") {
		return 0, false
	}
	if n > 255 || n == 2 || n == 1 || strings.HasPrefix(names.Alert(uint8(n)), "alert_") {
		return 0, false
	}
	return uint8(n), true
}

// alertNames are the names of alerts as letters only, so that "handshake_failure", "Handshake Failure" and
// "HandshakeFailure" are one; with the spellings of OpenSSL (ssl/ssl_stat.c), GnuTLS, Erlang, and NSS.
func alertNames() map[string]uint8 {
	list := map[string]uint8{
		"usercancelled": 90, "noalpn": 120, "unknowncertificate": 46, "certunknown": 46, "unsupportedcert": 43,
		"handshakefailed": 40, "badcert": 42, "caisunknown": 48, "unknowncertificateauthority": 48, "badprotocolversion": 70,
		"decryptionerror": 51, "decodingerror": 50, "unrecognisedname": 112, "certificateisbad": 42,
	}
	for code := range 256 {
		name := names.Alert(uint8(code))
		if !strings.HasPrefix(name, "alert_") {
			list[letters(name)] = uint8(code)
		}
	}
	return list
}

// letters drops everything but letters and digits of a folded text.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// alertName reads the longest name of an alert that a folded text begins with. A name is of one to five words.
func alertName(text string) (uint8, bool) {
	known := alertsByName()
	var code uint8
	found := false
	name, end := "", 0
	for range 6 {
		rest := strings.TrimLeft(text[end:], " _.")
		end = len(text) - len(rest)
		word := end
		for word < len(text) && inWord(text[word]) {
			word++
		}
		if word == end {
			break
		}
		name += text[end:word]
		end = word
		if c, ok := known[name]; ok {
			code, found = c, true
		}
		if end < len(text) && text[end] != ' ' && text[end] != '_' {
			break
		}
	}
	return code, found
}

// alertBefore reads "handshake_failure alert", "an unknown CA alert", "Fatal (HANDSHAKE_FAILURE) alert".
func alertBefore(text string) (uint8, bool) {
	text = strings.TrimRight(text, " ')]:,")
	text = strings.TrimSuffix(text, " tls")
	text = strings.TrimSuffix(text, " fatal")
	text = strings.TrimRight(text, " ')]:,")
	for words := 5; words > 0; words-- {
		start := len(text)
		for range words {
			start = max(strings.LastIndexByte(text[:start], ' '), 0)
			if start == 0 {
				break
			}
		}
		if code, ok := alertsByName()[letters(text[start:])]; ok {
			return code, true
		}
	}
	return 0, false
}

// Words that tell who sent an alert. "remote" and "peer" settle it even beside "sent".
var (
	alertReceivedWords = []string{"remote", "peer", "received", "recv", "read", "got", "<<<", "(in)", "server sent", "client sent", "from"}
	alertSentWords     = []string{"generated", "sending", "sent", "send", "write", "writing", "written", ">>>", "(out)", "raised", "issuing", "local"}
)

// alertSent: the writer sent the alert, by the words around.
func alertSent(before, between string) bool {
	if i := strings.LastIndexAny(before, ";\n"); i >= 0 {
		before = before[i:]
	}
	around := before + " | " + between
	for _, s := range []string{"sent to the remote", "sent to remote", "local ssl3 detected", "sent to peer"} {
		if strings.Contains(around, s) {
			return true
		}
	}
	sent, received := lastOf(around, alertSentWords), lastOf(around, alertReceivedWords)
	for _, s := range []string{"peer sent", "party sent", "server sent", "client sent", "host sent"} {
		if strings.Contains(before, s) {
			return false
		}
	}
	if strings.Contains(before, "remote ") || strings.Contains(between, "remote ") {
		return false
	}
	return sent > received
}

// lastOf is where the last of some words begins, -1 for none.
func lastOf(text string, list []string) int {
	best := -1
	for _, w := range list {
		if i := strings.LastIndex(text, w); i > best && edge(text, i) && edge(text, i+len(w)) {
			best = i
		}
	}
	return best
}

// alertsByName is the table of alertNames, built once.
var alertsByName = sync.OnceValue(alertNames)
