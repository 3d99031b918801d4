package capture

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// isNetTree reports whether a line begins a frame as Network Monitor prints it expanded.
func isNetTree(line string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, "+- "), "Frame: Number = ")
	return ok && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// A netBranch is one line of the tree: "-ServerHello: 0x1" has name and value.
type netBranch struct{ name, value string }

// branch reads a line of the tree; ok is false for prose.
func branch(line string) (b netBranch, ok bool) {
	line = strings.TrimLeft(line, "+- ")
	name, value, ok := strings.Cut(line, ":")
	if !ok || name == "" || len(name) > 40 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ") != "" || strings.Count(name, " ") > 2 {
		return netBranch{}, false
	}
	value, _, _ = strings.Cut(value, "<--") // an author's remark
	return netBranch{name, strings.TrimSpace(value)}, true
}

// isNetBranch reports whether a line begins a part of a frame that authors print behind the frame's line.
func isNetBranch(line string) bool {
	if line == "" || line[0] != '-' && line[0] != '+' {
		return false
	}
	b, ok := branch(line)
	return ok && (b.name == "TLS" && strings.Contains(b.value, "Rec Layer-") || b.name == "Tds" && strings.HasPrefix(b.value, "Prelogin"))
}

// netTree reads one expanded frame and returns the line behind it.
func (s *textScan) netTree(at int) int {
	t := &netFrame{}
	t.f.line = at
	first, _ := branch(s.tidy(s.lines[at]))
	t.f.number = int(leadingNumber(strings.TrimPrefix(first.value, "Number = ")))
	at = s.branches(t, at+1)
	t.finish()
	s.keep(&t.f)
	return at
}

// netBranch reads a part of the frame whose line came last.
func (s *textScan) netBranch(at int) int {
	t := &netFrame{}
	at = s.branches(t, at)
	t.finish()
	last := s.frames[len(s.frames)-1]
	if t.wish != "" && len(last.messages) == 1 {
		last.messages[0].note = t.wish
	}
	if detail(t.f.messages) >= detail(last.messages) && len(last.messages) > 0 && t.wish == "" {
		last.messages = t.f.messages
	}
	return at
}

// branches reads the lines of a tree and returns the line behind it.
func (s *textScan) branches(t *netFrame, at int) int {
	for begin := at; at < len(s.lines); at++ {
		line := s.tidy(s.lines[at])
		b, ok := branch(line)
		if !ok || isNetTree(line) {
			break
		}
		if f, _ := s.frameLine(at); f != nil && at > begin {
			break
		}
		t.read(b)
	}
	return at
}

func leadingNumber(s string) uint64 {
	n := uint64(0)
	for i := 0; i < len(s) && i < 10 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + uint64(s[i]-'0')
	}
	return n
}

// A netFrame is an expanded frame as it is being read.
type netFrame struct {
	f      textFrame
	client *wire.ClientHello
	server *wire.ServerHello
	inside string // the handshake message that the present line belongs to
	wish   string // ENCRYPTION of a PRELOGIN
	issuer string
}

// read takes one line.
func (t *netFrame) read(b netBranch) {
	switch strings.ToLower(b.name) {
	case "ipv4", "ipv6":
		t.f.src.host, t.f.dst.host = field(b.value, "Src = "), field(b.value, "Dest = ")
	case "tcp":
		t.f.tcp(b.value)
	case "tds":
		if t.f.speaks = "mssql"; !strings.Contains(b.value, "Reassembled") {
			t.f.tcp(b.value)
		}
	case "tls", "ssl":
		t.f.messages = append(t.f.messages, recordWords(b.value)...)
	case "handshaketype":
		t.enter(b.value)
	case "encryption":
		t.wish, _, _ = strings.Cut(b.value, " ")
	case "x509cert":
		t.issuer = short(b.value, 200)
	default:
		t.hello(b)
	}
}

// enter notes which message follows: "ServerHello(0x02)".
func (t *netFrame) enter(value string) {
	name, _, _ := strings.Cut(value, "(")
	t.inside = messageNames()[letters(name)]
	switch {
	case t.inside == "ClientHello" && t.client == nil:
		t.client = &wire.ClientHello{}
	case t.inside == "ServerHello" && t.server == nil:
		t.server = &wire.ServerHello{}
	}
}

// hello takes a line within a hello.
func (t *netFrame) hello(b netBranch) {
	switch {
	case b.name == "TLSCipherSuite" || b.name == "CipherSuite":
		t.chosen(b.value)
	case t.inside == "ServerHello" && t.server != nil && (b.name == "Version" || b.name == "ServerHello"):
		if v, ok := names.ParseVersion(letterless(b.value)); ok {
			t.server.LegacyVersion, t.server.Version = v, v
		}
	case t.inside == "ServerHello" && t.server != nil && b.name == "ServerHelloExtension":
		t.server.Extensions = appendExtension(t.server.Extensions, b.value)
	case t.inside == "ClientHello" && t.client != nil:
		t.offered(b)
	}
}

// chosen is the server's suite. It names the message too: some prints leave out the line that says where it stands.
func (t *netFrame) chosen(value string) {
	if t.server == nil {
		t.server = &wire.ServerHello{}
	}
	if id, ok := suiteOf(value); ok {
		t.server.Suite = id
	}
}

// offered takes a line within the ClientHello.
func (t *netFrame) offered(b netBranch) {
	switch b.name {
	case "Version", "ClientHello":
		if v, ok := names.ParseVersion(letterless(b.value)); ok {
			t.client.LegacyVersion = v
		}
	case "TLSCipherSuites", "CipherSuites":
		if id, ok := suiteOf(b.value); ok && len(t.client.Suites) < 512 {
			t.client.Suites = append(t.client.Suites, id)
		}
	case "ServerName", "HostName":
		t.client.ServerName = short(b.value, maxHostName)
	case "ClientHelloExtension":
		t.client.Extensions = appendExtension(t.client.Extensions, b.value)
	}
}

// letterless turns "TLS 1.2" into what names.ParseVersion knows.
func letterless(s string) string { return strings.ReplaceAll(s, " ", "") }

// appendExtension adds "Server Name(0x0000)"; one that the tool does not know has no number.
func appendExtension(list []wire.Extension, value string) []wire.Extension {
	if id, ok := number16(value); ok && len(list) < 256 {
		return append(list, wire.Extension{Type: id})
	}
	return list
}

// suiteOf reads "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 { 0x00, 0x9F }", by number or else by name.
func suiteOf(value string) (uint16, bool) {
	if id, ok := number16(value); ok {
		return id, true
	}
	name, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	suite, ok := names.SuiteByName(name)
	return suite.ID, ok
}

// finish hangs what was read onto the messages.
func (t *netFrame) finish() {
	t.need("ClientHello", t.client != nil)
	t.need("ServerHello", t.server != nil)
	for i := range t.f.messages {
		m := &t.f.messages[i]
		switch m.name {
		case "ClientHello":
			if t.client != nil && (len(t.client.Suites) > 0 || t.client.ServerName != "") {
				setHello(t.client)
				m.client, m.partial = t.client, true
			}
		case "ServerHello":
			if t.server != nil && t.server.Suite != 0 {
				m.server = t.server
			}
		case "Certificate":
			m.note = t.issuer
		}
	}
	if t.wish != "" && len(t.f.messages) == 0 {
		t.f.messages = []textMessage{{name: "PRELOGIN", note: t.wish}}
	}
}

// need adds a message whose details were printed without the line that lists the frame's messages.
func (t *netFrame) need(name string, seen bool) {
	for _, m := range t.f.messages {
		if m.name == name {
			return
		}
	}
	if seen {
		t.f.messages = append([]textMessage{{name: name}}, t.f.messages...)
	}
}

// setHello derives what a hello's extensions and suites say.
func setHello(h *wire.ClientHello) {
	for _, e := range h.Extensions {
		switch e.Type {
		case wire.ExtExtendedMasterSecret:
			h.EMS = true
		case wire.ExtSessionTicket:
			h.Ticket = true
		case wire.ExtStatusRequest:
			h.StatusRequest = true
		case wire.ExtRenegotiationInfo:
			h.Renegotiation = true
		}
	}
	for _, s := range h.Suites {
		h.Renegotiation = h.Renegotiation || s == wire.SuiteRenegotiationSCSV
	}
}
