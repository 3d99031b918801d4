package capture

import (
	"cmp"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// isSharkTree reports whether a line begins a packet as tshark -V prints it.
func isSharkTree(line string) bool {
	rest, ok := strings.CutPrefix(line, "Frame ")
	if !ok {
		return false
	}
	number, rest, ok := strings.Cut(rest, ": ")
	return ok && digits(number) && (strings.Contains(rest, " bytes on wire") || strings.Contains(rest, " byte on wire") || strings.HasPrefix(rest, "Packet, "))
}

// sharkTree reads one packet of tshark -V and returns the line behind it.
func (s *textScan) sharkTree(at int) int {
	t := &sharkFrame{section: "frame"}
	t.f.line = at
	number, _, _ := strings.Cut(strings.TrimPrefix(s.lines[at], "Frame "), ":")
	t.f.number, _ = strconv.Atoi(number)
	for at++; at < len(s.lines); at++ {
		line := strings.TrimRight(s.lines[at], "\r ")
		if line == "" || isSharkTree(line) {
			break
		}
		if len(line) <= maxTextLine {
			t.read(line)
		}
	}
	t.record("")
	if t.tcp {
		t.finish()
		s.keep(&t.f)
	}
	return at
}

// A sharkFrame is a packet of tshark -V as it is being read.
type sharkFrame struct {
	f        textFrame
	section  string // the protocol that the present lines belong to
	tcp      bool
	other    bool   // an ICMP message, whose quoted headers are not this packet's
	pending  string // a handshake record's message as its head names it, until it is printed itself
	fresh    bool   // the record's length has not come yet
	ext      uint16 // number of the extension that the present line belongs to
	preLogin bool   // a TDS packet of that type
}

// read takes one line.
func (t *sharkFrame) read(line string) {
	text := strings.TrimLeft(line, " ")
	name, value, _ := strings.Cut(text, ": ")
	if text == line && !strings.HasPrefix(text, "[") {
		t.enter(text)
		return
	}
	if t.section == "tds" && text == "Transport Layer Security" {
		t.section = "tls" // what the login's packets carry
		return
	}
	switch t.section {
	case "frame":
		t.frame(name, value)
	case "ip":
		t.ip(name, value)
	case "tcp":
		t.segment(name, value)
	case "tds":
		t.preLogin = t.preLogin || name == "Type" && strings.HasPrefix(value, "TDS7 pre-login")
		if name == "Type" && strings.HasPrefix(value, "Response") {
			t.f.messages = append(t.f.messages, textMessage{name: "TDS Response"})
		}
	case "tls":
		t.tls(text, name, value)
	}
}

// enter begins a protocol: "Transmission Control Protocol, Src Port: 443, Dst Port: 49365, Seq: 1, Ack: 180, Len: 1448".
func (t *sharkFrame) enter(text string) {
	t.section = ""
	switch {
	case strings.HasPrefix(text, "Internet Control Message Protocol"):
		t.other = true
	case t.other:
	case strings.HasPrefix(text, "Internet Protocol Version"):
		t.section = "ip"
		t.f.src.host, t.f.dst.host = field(text, "Src: "), field(text, "Dst: ")
	case strings.HasPrefix(text, "Transmission Control Protocol"):
		t.section, t.tcp = "tcp", true
		t.f.src.port, t.f.dst.port = portOf(field(text, "Src Port: ")), portOf(field(text, "Dst Port: "))
	case strings.HasPrefix(text, "Transport Layer Security"), strings.HasPrefix(text, "Secure Sockets Layer"):
		t.section = "tls"
	case strings.HasPrefix(text, "Tabular Data Stream"):
		t.section, t.f.speaks = "tds", "mssql"
	default:
		t.f.speaks = cmp.Or(t.f.speaks, spokenName(text))
	}
}

// frame reads the time of the packet.
func (t *sharkFrame) frame(name, value string) {
	switch name {
	case "Epoch Time", "Epoch Arrival Time":
		if at, ok := epoch(strings.TrimSuffix(value, " seconds")); ok {
			t.f.wall, t.f.timed = at, true
		}
	}
}

// epoch reads seconds since 1970 with a fraction, exactly.
func epoch(s string) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at.UTC(), true
	}
	whole, fraction, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	nanos, err2 := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	if err != nil || err2 != nil || seconds < 0 || seconds > 1<<36 {
		return time.Time{}, false
	}
	return time.Unix(seconds, nanos).UTC(), true
}

func (t *sharkFrame) ip(name, value string) {
	if name == "Time to Live" || name == "Hop Limit" {
		n, _ := strconv.ParseUint(value, 10, 8)
		t.f.ttl = uint8(n)
	}
}

func (t *sharkFrame) segment(name, value string) {
	switch name {
	case "[Stream index":
		t.f.stream = strings.TrimSuffix(value, "]")
	case "Flags":
		if _, inside, ok := strings.Cut(value, "("); ok {
			t.f.flags = flagNames(strings.TrimSuffix(inside, ")"))
		}
	}
	t.f.repeated = t.f.repeated || strings.Contains(name, "suspected) retransmission") || strings.Contains(value, "suspected) retransmission")
}

// tls takes a line of the TLS part.
func (t *sharkFrame) tls(text, name, value string) {
	if version, record, ok := strings.Cut(text, "Record Layer: "); ok {
		t.f.modern = t.f.modern || version == "TLSv1.3 "
		t.record(record)
		return
	}
	if name == "Length" && t.fresh {
		if t.fresh = false; t.pending == "" && len(t.f.messages) > 0 {
			t.f.messages[len(t.f.messages)-1].length = int(leadingNumber(value))
		}
		return
	}
	if handshake, ok := strings.CutPrefix(text, "Handshake Protocol: "); ok {
		t.pending, t.ext = "", 0
		t.add(handshake)
		return
	}
	n := len(t.f.messages)
	if n == 0 {
		return
	}
	m := &t.f.messages[n-1]
	switch {
	case m.client != nil:
		t.offered(m, name, value)
	case m.server != nil:
		t.chosen(m.server, name, value)
	case m.name == "ServerKeyExchange":
		keyNote(m, name, value)
	}
}

// record begins a record: "Handshake Protocol: Client Hello", "Application Data Protocol: http-over-tls", "Alert (Level:
// Fatal, Description: Handshake Failure)". A handshake record whose messages are not printed beneath is told by its head.
func (t *sharkFrame) record(head string) {
	if t.pending != "" {
		t.add(t.pending)
	}
	t.pending, t.fresh, t.ext = "", true, 0
	switch {
	case strings.HasPrefix(head, "Handshake Protocol: "):
		t.pending = strings.TrimPrefix(head, "Handshake Protocol: ")
	case strings.HasPrefix(head, "Alert ("):
		t.f.messages = append(t.f.messages, alertMessage(head))
	case strings.HasPrefix(head, "Application Data Protocol"):
		t.f.messages = append(t.f.messages, textMessage{name: "application data"})
	case head != "":
		head, _, _ = strings.Cut(head, " Protocol:")
		t.add(head)
	}
}

// add begins a message.
func (t *sharkFrame) add(words string) {
	name := messageNames()[letters(words)]
	m := textMessage{name: name}
	switch name {
	case "":
		return
	case "ClientHello":
		m.client = &wire.ClientHello{}
	case "ServerHello", "HelloRetryRequest":
		m.server = &wire.ServerHello{Retry: name == "HelloRetryRequest"}
	}
	t.f.messages = append(t.f.messages, m)
}

// offered takes a line of a ClientHello.
func (t *sharkFrame) offered(m *textMessage, name, value string) {
	h := m.client
	number, ok := number16(value)
	switch name {
	case "Version":
		h.LegacyVersion = number
	case "Cipher Suite":
		h.Suites = appendNumber(h.Suites, number, ok)
	case "Supported Group":
		h.Groups = appendNumber(h.Groups, number, ok)
	case "Supported Version":
		h.Versions = appendNumber(h.Versions, number, ok)
	case "Signature Algorithm":
		h.Signatures = appendNumber(h.Signatures, number, ok && t.ext == wire.ExtSignatureAlgorithms)
	case "Type":
		if ok && len(h.Extensions) < 256 {
			t.ext = number
			h.Extensions = append(h.Extensions, wire.Extension{Type: number})
		}
	case "Group":
		if ok && len(h.Shares) < 64 {
			h.Shares = append(h.Shares, wire.KeyShare{Group: number})
		}
	case "Server Name":
		h.ServerName = short(value, maxHostName)
	case "ALPN Next Protocol":
		if len(h.ALPN) < 64 {
			h.ALPN = append(h.ALPN, short(value, maxHostName))
		}
	case "Session ID":
		h.SessionID = printedBytes(value)
	case "[JA3":
		m.ja3 = strings.TrimSuffix(value, "]")
	}
}

func appendNumber(list []uint16, v uint16, ok bool) []uint16 {
	if ok && len(list) < 1024 {
		return append(list, v)
	}
	return list
}

// printedBytes reads hexadecimal, which tshark cuts where it is long.
func printedBytes(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) > 32 {
		return nil
	}
	return b
}

// chosen takes a line of a ServerHello.
func (t *sharkFrame) chosen(h *wire.ServerHello, name, value string) {
	number, ok := number16(value)
	switch name {
	case "Version":
		h.LegacyVersion = number
		if h.Version == 0 {
			h.Version = number
		}
	case "Supported Version":
		h.Version = number
	case "Cipher Suite":
		h.Suite = number
	case "Group", "Selected Group":
		h.Share = &wire.KeyShare{Group: number}
	case "Type":
		if ok && len(h.Extensions) < 256 {
			h.Extensions = append(h.Extensions, wire.Extension{Type: number})
			h.EMS = h.EMS || number == wire.ExtExtendedMasterSecret
			h.Ticket = h.Ticket || number == wire.ExtSessionTicket
			h.Renegotiation = h.Renegotiation || number == wire.ExtRenegotiationInfo
		}
	case "ALPN Next Protocol":
		h.ALPN = short(value, maxHostName)
	case "Session ID":
		h.SessionID = printedBytes(value)
	}
}

// keyNote takes a line of a ServerKeyExchange. tshark cuts the numbers, so that only their sizes are known.
func keyNote(m *textMessage, name, value string) {
	switch name {
	case "Named Curve":
		if group, ok := number16(value); ok {
			m.key = &wire.ServerKeyExchange{Kind: "ECDHE", Group: group}
		}
	case "p Length", "g Length":
		m.note += name[:1] + " " + short(value, 8) + " bytes, "
	case "Pubkey Length":
		if m.key == nil && m.note != "" {
			m.note += "public value " + short(value, 8) + " bytes"
		}
	}
}

// finish settles what the whole frame tells.
func (t *sharkFrame) finish() {
	for i := range t.f.messages {
		if m := &t.f.messages[i]; m.client != nil {
			setHello(m.client)
		}
	}
	if t.preLogin && len(t.f.messages) == 0 {
		t.f.messages = []textMessage{{name: "PRELOGIN"}}
	}
}
