package preamble

import "bytes"

// A sign is how a protocol shows in the first bytes that a server, or a client, sends.
type sign struct {
	at       int    // offset of the bytes
	bytes    string // what stands there
	speaks   string
	upgrades bool // can be upgraded to TLS by a command
}

// signs are tried in order: the longer and rarer before the shorter ones. Sources: the protocols' own
// specifications, RFC 5321 §4.2 (SMTP), 959 (FTP), 3501 (IMAP), 1939 (POP3), 3977 (NNTP), 4253 §4.2 (SSH),
// 6143 §7.1.1 (VNC), 6120 (XMPP), 4511 (LDAP), 5804 (ManageSieve), AMQP 0-9-1 §4.2.2, MS-TDS 2.2.3, MS-RDPBCGR.
func signs() []sign {
	return []sign{
		{0, "HTTP/", "http", false}, {0, "<!DOCTYPE", "http", false}, {0, "<html", "http", false},
		{0, "GET ", "http", false}, {0, "POST ", "http", false}, {0, "HEAD ", "http", false},
		{0, "OPTIONS ", "http", false}, {0, "CONNECT ", "http", false}, {0, "PUT ", "http", false},
		{0, "PRI * HTTP/2", "http", false},
		{0, "PROXY ", "proxy-header", false}, {0, "\r\n\r\n\x00\r\nQUIT\n", "proxy-header", false},
		{0, "SSH-", "ssh", false}, {0, "RFB ", "vnc", false},
		{0, "* OK", "imap", true}, {0, "* PREAUTH", "imap", true}, {0, "* BYE", "imap", true},
		{0, "+OK", "pop3", true}, {0, "EHLO ", "smtp", true}, {0, "HELO ", "smtp", true},
		{0, "+PONG", "redis", false}, {0, "-NOAUTH", "redis", false}, {0, "-DENIED", "redis", false}, {0, "-ERR ", "redis", false},
		{0, "-ERR\r", "pop3", true},
		{0, "AMQP", "amqp", false},
		{0, "<?xml", "xmpp", true}, {0, "<stream:", "xmpp", true},
		{0, "\"IMPLEMENTATION\"", "managesieve", true},
		{0, ":", "irc", true}, {0, "NOTICE ", "irc", true},
		{0, "ERROR\r\n", "memcached", false}, {0, "CLIENT_ERROR", "memcached", false}, {0, "VERSION ", "memcached", false},
		{0, "EFATAL", "postgres-error", true}, {0, "INFO {", "nats", true},
		{0, "\x05\x00\x00\x00\x0b\x08\x05\x1a", "mysqlx", true},
		{0, "\x03\x00\x00", "rdp", true},
	}
}

// A shape recognizes what no fixed bytes can tell.
type shape struct {
	speaks   string
	upgrades bool
	fits     func(b []byte) bool
}

func shapes() []shape {
	return []shape{
		{"tls-alert", false, isAlert},
		{"tls", false, isRecord},
		{"sslv2", false, isSSLv2},
		{"mysql", true, isMySQL},
		{"postgres-error", true, isPostgresError},
		{"postgres", true, isPostgresStart},
		{"tds", true, isTDS},
		{"ldap", true, isLDAP},
		{"mongodb", false, isMongo},
		{"telnet", false, isTelnet},
	}
}

// Sniff tells from the first bytes of one side what it speaks, and whether that protocol can be upgraded to
// TLS by a command. It returns "" when nothing fits.
func Sniff(b []byte) (speaks string, upgrades bool) {
	for _, s := range shapes() {
		if s.fits(b) {
			return s.speaks, s.upgrades
		}
	}
	if name := replyCode(b); name != "" {
		return name, true
	}
	for _, s := range signs() {
		if len(b) >= s.at && bytes.HasPrefix(b[s.at:], []byte(s.bytes)) {
			return s.speaks, s.upgrades
		}
	}
	return "", false
}

// replyCode tells SMTP, FTP and NNTP greetings apart, which all begin with three digits (RFC 5321 §4.2.3,
// RFC 959 §4.2.2, RFC 3977 §5.1.1). SMTP and FTP share 220; their words differ.
func replyCode(b []byte) string {
	if len(b) < 4 || (b[3] != ' ' && b[3] != '-') {
		return ""
	}
	line := bytes.ToUpper(b[:min(len(b), firstBytes)])
	switch string(b[:3]) {
	case "220", "421", "500", "502", "503", "530", "554":
		if bytes.Contains(line, []byte("FTP")) && !bytes.Contains(line, []byte("SMTP")) {
			return "ftp"
		}
		return "smtp"
	case "200", "201", "400":
		return "nntp"
	}
	return ""
}

// isAlert: RFC 8446 §6, a record of two bytes with a level of 1 or 2.
func isAlert(b []byte) bool {
	return len(b) >= 6 && b[0] == 0x15 && b[1] == 3 && b[3] == 0 && b[4] == 2 && (b[5] == 1 || b[5] == 2)
}

// isRecord: RFC 8446 §5.1.
func isRecord(b []byte) bool {
	return len(b) >= 3 && b[0] >= 0x14 && b[0] <= 0x18 && b[1] == 3 && b[2] <= 4
}

// isSSLv2: a two byte length with the high bit, then message 1, CLIENT-HELLO, or 4, SERVER-HELLO, and a
// version that fits (RFC 5246 appendix E.2; the SSL 2.0 specification).
func isSSLv2(b []byte) bool {
	switch {
	case len(b) < 7 || b[0]&0x80 == 0:
		return false
	case b[2] == 1:
		return b[3] == 3 || b[3] == 0 && b[4] == 2
	case b[2] == 4:
		return b[5] == 0 && b[6] == 2
	}
	return false
}

// isMySQL: a first packet with number 0 that holds a greeting of protocol 9 or 10, or an error.
func isMySQL(b []byte) bool {
	if len(b) < 7 || b[2] != 0 || b[3] > 1 {
		return false
	}
	switch b[4] {
	case 9, 10:
		return b[3] == 0 && b[5] >= '0' && b[5] <= '9'
	case 0xff:
		return int(b[5])|int(b[6])<<8 >= 1000
	}
	return false
}

// isPostgresError: ErrorResponse of protocol 3, "E", a length, then a field type in capitals.
func isPostgresError(b []byte) bool {
	return len(b) >= 6 && b[0] == 'E' && b[1] == 0 && b[2] == 0 && b[5] >= 'A' && b[5] <= 'Z'
}

// isPostgresStart: what a PostgreSQL client sends first: a length of 32 bits and a request code or protocol 3.
func isPostgresStart(b []byte) bool {
	if len(b) < 8 || b[0] != 0 || b[1] != 0 {
		return false
	}
	code := string(b[4:8])
	return code == "\x04\xd2\x16\x2f" || code == "\x04\xd2\x16\x30" || code == "\x04\xd2\x16\x2e" || b[4] == 0 && b[5] == 3 && b[6] == 0
}

// isTDS: a PRELOGIN, LOGIN7 or reply packet whose header fits (MS-TDS 2.2.3.1).
func isTDS(b []byte) bool {
	if len(b) < 8 || (b[0] != 0x12 && b[0] != 0x10 && b[0] != 0x04) || b[1] > 1 {
		return false
	}
	n := int(b[2])<<8 | int(b[3])
	return n > 8 && n <= 32767 && b[7] == 0
}

// isLDAP: a SEQUENCE that holds a message ID and an application-tagged operation (RFC 4511 §4.1.1).
func isLDAP(b []byte) bool {
	if len(b) < 7 || b[0] != 0x30 {
		return false
	}
	if b[1] == 0x84 && len(b) >= 11 {
		b = b[4:]
	}
	return b[2] == 0x02 && b[3] == 0x01 && b[5] >= 0x60 && b[5] <= 0x79
}

// isMongo: a little-endian length and one of the opcodes OP_REPLY 1, OP_QUERY 2004, OP_MSG 2013.
func isMongo(b []byte) bool {
	if len(b) < 16 || b[3] != 0 || b[14] != 0 || b[15] != 0 {
		return false
	}
	op := int(b[12]) | int(b[13])<<8
	return op == 1 || op == 2004 || op == 2013
}

// isTelnet: option negotiation (RFC 854): IAC and DO, DONT, WILL or WONT.
func isTelnet(b []byte) bool {
	return len(b) >= 3 && b[0] == 0xff && b[1] >= 0xfb && b[1] <= 0xfe
}
