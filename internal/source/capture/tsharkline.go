package capture

import (
	"strconv"
	"strings"
	"time"
)

// sharkLine reads one summary line of Wireshark or tshark: number, time, source, an arrow or not, destination, protocol,
// length, words.
func sharkLine(line string) *textFrame {
	if at, _ := description(line); at >= 0 {
		return nil
	}
	words := strings.Fields(line)
	if len(words) < 7 || !digits(words[0]) {
		return nil
	}
	f := &textFrame{}
	f.number, _ = strconv.Atoi(words[0])
	words = words[1:]
	if len(words) > 7 && isDate(words[0]) && isClock(words[1]) {
		f.wall, _ = time.Parse("2006-01-02 15:04:05", words[0]+" "+words[1])
		words = words[2:]
	} else if isOffset(words[0]) {
		seconds, _ := strconv.ParseFloat(words[0], 64)
		f.at, words = time.Duration(seconds*float64(time.Second)), words[1:]
	} else {
		return nil
	}
	f.timed = true
	if words[1] == "→" || words[1] == "->" || words[1] == "?" {
		words = append(words[:1:1], words[2:]...)
	}
	if len(words) < 5 || !isEnd(words[0]) || !isEnd(words[1]) || !digits(words[3]) {
		return nil
	}
	f.src.host, f.dst.host = words[0], words[1]
	if !f.shark(words[2], strings.Join(words[4:], " ")) {
		return nil
	}
	return f
}

// shark reads protocol and words of a summary line; false for protocols that are nothing to us.
func (f *textFrame) shark(protocol, info string) bool {
	for strings.HasPrefix(info, "[") {
		mark, rest, ok := strings.Cut(info, "]")
		if !ok {
			break
		}
		f.repeated = f.repeated || strings.Contains(mark, "Retransmission")
		info = strings.TrimLeft(rest, " ,")
	}
	switch {
	case protocol == "TCP":
		return f.sharkTCP(info)
	case strings.HasPrefix(protocol, "TLS") || strings.HasPrefix(protocol, "SSL"):
		f.messages = summaryWords(info)
		f.modern = protocol == "TLSv1.3"
	case protocol == "TDS":
		f.speaks = "mssql"
		f.messages = []textMessage{tdsSummary(info)}
	default:
		f.speaks = spokenName(protocol)
		return f.speaks != ""
	}
	return true
}

// spokenName is the preamble ID of a protocol as Wireshark names it, in its column or in full; "" for those that do not
// change to TLS.
func spokenName(s string) string {
	for _, p := range []struct{ id, column, full string }{
		{"postgres", "PGSQL", "PostgreSQL"}, {"mysql", "MySQL", "MySQL Protocol"}, {"smtp", "SMTP", "Simple Mail Transfer Protocol"},
		{"imap", "IMAP", "Internet Message Access Protocol"}, {"pop3", "POP", "Post Office Protocol"}, {"ftp", "FTP", "File Transfer Protocol (FTP)"},
		{"ldap", "LDAP", "Lightweight Directory Access Protocol"}, {"xmpp", "XMPP/XML", "XMPP Protocol"}, {"nntp", "NNTP", "Network News Transfer Protocol"},
	} {
		if s == p.column || s == p.full {
			return p.id
		}
	}
	return ""
}

// sharkTCP reads "49365 → 443 [SYN, ACK] Seq=0 …".
func (f *textFrame) sharkTCP(info string) bool {
	words := strings.Fields(info)
	if len(words) < 4 || !digits(words[0]) || !digits(words[2]) || !strings.HasPrefix(words[3], "[") {
		return false
	}
	f.src.port, f.dst.port = portOf(words[0]), portOf(words[2])
	_, inside, _ := strings.Cut(info, "[")
	inside, _, _ = strings.Cut(inside, "]")
	f.flags = flagNames(inside)
	return true
}

// flagNames reads "SYN, ACK".
func flagNames(s string) (flags uint8) {
	for name := range strings.SplitSeq(s, ",") {
		flags |= map[string]uint8{"SYN": flagSYN, "ACK": flagACK, "FIN": flagFIN, "RST": flagRST, "PSH": flagPSH}[strings.TrimSpace(name)]
	}
	return flags
}

// summaryWords reads "Server Hello, Certificate, Server Hello Done" and "Alert (Level: Fatal, Description: …)".
func summaryWords(info string) []textMessage {
	var list []textMessage
	known := messageNames()
	for info != "" {
		part := info
		end := strings.IndexByte(info, ',')
		if open := strings.IndexByte(info, '('); open >= 0 && open < end {
			if n := strings.IndexByte(info[open:], ')'); n >= 0 {
				end = strings.IndexByte(info[open+n:], ',')
				if end >= 0 {
					end += open + n
				}
			}
		}
		info = ""
		if end >= 0 {
			part, info = part[:end], strings.TrimSpace(part[end+1:])
		}
		words, _, _ := strings.Cut(part, "(") // "(SNI=example.com)" since Wireshark 4.2
		switch name := known[letters(words)]; {
		case name != "":
			list = append(list, textMessage{name: name})
		case strings.HasPrefix(strings.TrimSpace(words), "Alert"):
			list = append(list, alertMessage(part))
		}
	}
	return list
}

// tdsSummary names a TDS packet as Wireshark does.
func tdsSummary(info string) textMessage {
	switch {
	case strings.HasPrefix(info, "TDS7 pre-login"):
		return textMessage{name: "PRELOGIN"}
	case strings.HasPrefix(info, "Response"):
		return textMessage{name: "TDS Response"}
	}
	return textMessage{name: "TDS " + short(info, 40)}
}
