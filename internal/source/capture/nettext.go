package capture

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// maxJoin is over how many lines one frame line may be wrapped.
const maxJoin = 4

// frameLine reads the frame line that begins at a line: Network Monitor's or Wireshark's. It may go on in the lines
// behind; used says how many it takes.
func (s *textScan) frameLine(at int) (f *textFrame, used int) {
	if !mayBegin(s.lines[at]) {
		return nil, 0
	}
	line := s.tidy(s.lines[at])
	if !beginsFrame(line) {
		return nil, 0
	}
	if f := sharkLine(line); f != nil {
		f.line = at
		return f, 1
	}
	used = 1
	for used < maxJoin && at+used < len(s.lines) && wrapped(line) {
		next := s.tidy(s.lines[at+used])
		if next == "" || beginsFrame(next) || isNetTree(next) || isSharkTree(next) {
			break
		}
		line, used = line+" "+next, used+1
	}
	if f = netLine(line); f != nil {
		f.line = at
	}
	return f, used
}

// mayBegin leaves out, unread, what can be no frame line: it begins with a digit behind quotes and table marks, or names
// a protocol.
func mayBegin(line string) bool {
	start := strings.TrimLeft(line[:min(len(line), 64)], " \t>*|`\\")
	if start != "" && start[0] >= '0' && start[0] <= '9' {
		return true
	}
	return strings.Contains(line, "TCP:") || strings.Contains(line, "TLS:") || strings.Contains(line, "TDS:") || strings.Contains(line, "SSL:")
}

// beginsFrame is a quick look at the start of a line: a frame number, or two ends and a description.
func beginsFrame(line string) bool {
	if line == "" {
		return false
	}
	n := 0
	for n < len(line) && line[n] >= '0' && line[n] <= '9' {
		n++
	}
	if n > 0 && n < 11 && n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		return true
	}
	at, _ := description(line)
	return at > 0
}

// wrapped reports whether a frame line goes on in the next line.
func wrapped(line string) bool {
	at, _ := description(line)
	if at < 0 {
		ends, _ := columns(line, "")
		return len(ends.list) > 0 && ends.timed
	}
	if strings.HasSuffix(line, ":") || strings.HasSuffix(line, ",") || strings.HasSuffix(line, ";") {
		return true
	}
	last := line[strings.LastIndexByte(line, ' ')+1:]
	for _, open := range []string{"Change", "Cipher", "Key", "Client", "Server", "Application", "SSL", "Encrypted", "Handshake", "Rec", "TLS", "TCP:", "TLS:"} {
		if last == open {
			return true
		}
	}
	return false
}

// description finds where a frame line's last column begins, and which protocol it is about: "TLS:TLS Rec Layer-1 …".
func description(line string) (at int, protocol string) {
	at = -1
	for _, p := range []string{"TCP", "TLS", "TDS", "SSL"} {
		for from := 0; ; {
			n := strings.Index(line[from:], p+":")
			if n < 0 {
				break
			}
			n += from
			if begins := n == 0 || line[n-1] == ' ' || line[n-1] == '\t'; begins && describes(p, line[n+4:]) {
				if at < 0 || n < at {
					at, protocol = n, p
				}
				break
			}
			from = n + 4
		}
	}
	return at, protocol
}

// describes reports whether what stands behind "TCP:" and its like is what Network Monitor's parsers write.
func describes(protocol, rest string) bool {
	rest = strings.TrimSpace(rest)
	switch protocol {
	case "TCP":
		return strings.Contains(rest[:min(len(rest), 100)], "Flags=") || strings.HasPrefix(rest, "[Continuation")
	case "TDS":
		return rest != "" && rest[0] >= 'A' && rest[0] <= 'Z'
	}
	return strings.Contains(rest[:min(len(rest), 30)], "Rec Layer") || strings.HasPrefix(rest, "Continued Data")
}

// netLine reads one frame line of Network Monitor. The columns differ from one user to the next; two ends and a
// description are enough.
func netLine(line string) *textFrame {
	at, protocol := description(line)
	if at < 0 {
		return nil
	}
	c, ok := columns(line[:at], protocol)
	if !ok {
		return nil
	}
	n := len(c.list)
	f := &textFrame{number: c.number, at: c.at, timed: c.timed, wall: c.wall, src: c.list[n-2], dst: c.list[n-1]}
	f.describe(protocol, line[at+4:])
	return f
}

// describe reads a description, of a frame line or of a branch of the expanded tree.
func (f *textFrame) describe(protocol, text string) {
	text = strings.TrimSpace(text)
	if text, chain, ok := strings.Cut(text, "{"); ok { // "{TLS:328, SSLVersionSelector:327, TDS:326, TCP:325, IPv4:3}"
		f.stream = field(chain, "TCP:")
		f.describe(protocol, text)
		return
	}
	switch protocol {
	case "TCP":
		f.tcp(text)
	case "TDS":
		f.tcp(text)
		f.speaks = "mssql"
		word, _, _ := strings.Cut(text, ",")
		f.messages = append(f.messages, tdsMessage(strings.TrimSpace(word)))
	default:
		f.messages = append(f.messages, recordWords(text)...)
	}
}

// tcp reads flags and ports: "Flags=...A...F, SrcPort=1433, DstPort=62702, PayloadLen=0, …".
func (f *textFrame) tcp(text string) {
	flags := strings.TrimRight(field(text, "Flags="), " ")
	for _, c := range flags[:min(len(flags), 8)] {
		f.flags |= map[rune]uint8{'S': flagSYN, 'A': flagACK, 'F': flagFIN, 'R': flagRST, 'P': flagPSH}[c]
	}
	if p := portOf(field(text, "SrcPort=")); p != 0 {
		f.src.port = p
	}
	if p := portOf(field(text, "DstPort=")); p != 0 {
		f.dst.port = p
	}
	f.repeated = f.repeated || strings.Contains(text, "ReTransmit")
}

// tdsMessage names a TDS packet. A Response is the answer to PRELOGIN or something later: the conversation tells.
func tdsMessage(word string) textMessage {
	switch {
	case strings.EqualFold(word, "Prelogin"):
		return textMessage{name: "PRELOGIN"}
	case strings.HasPrefix(word, "Response"):
		return textMessage{name: "TDS Response"}
	case strings.EqualFold(word, "Data"):
		return textMessage{name: "application data"}
	}
	return textMessage{name: "TDS " + short(word, 40)}
}

// recordWords reads "TLS Rec Layer-1 HandShake: Client Key Exchange.; TLS Rec Layer-2 Cipher Change Spec; …". The last
// part may be cut off where the column ended.
func recordWords(text string) []textMessage {
	var list []textMessage
	for part := range strings.SplitSeq(text, ";") {
		part = strings.TrimSpace(part)
		if _, body, ok := strings.Cut(part, "Rec Layer-"); ok {
			_, body, _ = strings.Cut(body, " ")
			list = append(list, recordBody(strings.TrimSpace(body))...)
			continue
		}
		if n := len(list); n > 0 && part != "" && strings.HasPrefix("TLS Rec Layer", part) && list[n-1].name == "ChangeCipherSpec" {
			list = append(list, textMessage{name: "encrypted handshake", note: "cut off in the trace"})
		}
	}
	return list
}

// recordBody reads one record: "HandShake: Server Hello. Certificate. Server Hello Done.", "Cipher Change Spec".
func recordBody(body string) []textMessage {
	known := messageNames()
	if handshake, ok := strings.CutPrefix(body, "HandShake:"); ok {
		var list []textMessage
		for word := range strings.SplitSeq(handshake, ".") {
			if name := known[letters(word)]; name != "" {
				list = append(list, textMessage{name: name})
			}
		}
		return list
	}
	if name := known[letters(body)]; name != "" {
		return []textMessage{{name: name}}
	}
	if strings.Contains(body, "Alert") {
		return []textMessage{alertMessage(body)}
	}
	return nil
}

// A row is what the columns before the description hold.
type row struct {
	number int
	at     time.Duration
	timed  bool
	wall   time.Time
	list   []textEnd
}

// columns reads the columns before the description; ok when two ends are among them.
func columns(head, protocol string) (r row, ok bool) {
	words := split(head)
	clock := ""
	for i, w := range words {
		switch {
		case i == 0 && digits(w):
			r.number, _ = strconv.Atoi(w)
		case strings.HasPrefix(w, "(") || strings.EqualFold(w, protocol) || digits(w):
		case isOffset(w):
			seconds, _ := strconv.ParseFloat(w, 64)
			r.at, r.timed = time.Duration(seconds*float64(time.Second)), true
		case isClock(w), w == "AM" || w == "PM", isDate(w):
			clock += " " + w
		case isEnd(w):
			e := textEnd{host: w}
			if i+2 < len(words) && strings.HasPrefix(words[i+2], "(0x") {
				e.port = portOf(words[i+1])
			}
			r.list = append(r.list, e)
		}
	}
	r.wall = wallTime(strings.TrimSpace(clock))
	r.timed = r.timed || !r.wall.IsZero()
	return r, len(r.list) >= 2
}

// split cuts at blanks, but keeps "<Server IP>" together.
func split(s string) []string {
	var words []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " \t") {
		end := strings.IndexAny(s, " \t")
		if s[0] == '<' {
			if n := strings.IndexByte(s, '>'); n > 0 {
				end = n + 1
			}
		}
		if end < 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
	return words
}

func digits(s string) bool {
	return s != "" && len(s) < 11 && strings.Trim(s, "0123456789") == ""
}

// isOffset is a time in seconds with a fraction, as no address looks.
func isOffset(s string) bool {
	whole, fraction, ok := strings.Cut(s, ".")
	return ok && digits(whole) && digits(fraction) && len(fraction) >= 3
}

func isClock(s string) bool {
	return strings.Count(s, ":") == 2 && strings.Trim(s, "0123456789:.") == ""
}

func isDate(s string) bool {
	return (strings.Count(s, "/") == 2 || strings.Count(s, "-") == 2) && strings.Trim(s, "0123456789/-") == ""
}

// wallTime reads a clock and a date in the two orders and two formats that are common.
func wallTime(s string) time.Time {
	for _, layout := range []string{"3:04:05 PM 1/2/2006", "15:04:05 1/2/2006", "1/2/2006 3:04:05 PM", "1/2/2006 15:04:05", "15:04:05 2006-01-02", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// isEnd is an address, a host name or a placeholder as in "<Application IP>".
func isEnd(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if s[0] == '<' {
		return len(s) > 2 && len(s) < 64 && s[len(s)-1] == '>'
	}
	return len(s) < 256 && strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == ""
}
