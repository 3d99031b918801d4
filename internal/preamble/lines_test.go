package preamble

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// spoken is one recording: what each side says, "TLS" standing for a record of it, and what is to be read.
type spoken struct {
	name           string
	client, server string
	id             string // Guess's choice
	tls            fact.Tri
	err            error
	code           int
	marks          string
}

// records puts a TLS record where a recording says TLS.
func records(s string) (b []byte, size int) {
	size = len(record(60)) * strings.Count(s, "TLS!")
	return []byte(strings.ReplaceAll(s, "TLS!", string(record(60)))), size
}

// hold reads recordings and compares.
func hold(t *testing.T, rows []spoken) {
	t.Helper()
	for _, r := range rows {
		client, tlsC := records(r.client)
		server, tlsS := records(r.server)
		p := Guess(client, server, 0)
		if p == nil || p.ID != r.id {
			t.Errorf("%s: guessed %+v, want %s", r.name, p, r.id)
			continue
		}
		told, spans, err := p.Parse(client, server)
		var marks []string
		for _, m := range spans.Marks {
			marks = append(marks, m.Name)
		}
		if !errors.Is(err, r.err) || told.TLS != r.tls || told.ErrorCode != r.code || strings.Join(marks, "|") != r.marks {
			t.Errorf("%s: %+v, %v, marks %s", r.name, told, err, strings.Join(marks, "|"))
		}
		if c, s := len(cutOut(client, spans.Client)), len(cutOut(server, spans.Server)); c != tlsC || s != tlsS {
			t.Errorf("%s: %d and %d bytes of TLS, want %d and %d", r.name, c, s, tlsC, tlsS)
		}
		checkParse(t, *p, client, server)
	}
}

const ehlo = "250-mx.example.net at your service\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 SMTPUTF8\r\n"

// TestSMTP follows the dialogues of RFC 3207 §6 and RFC 5321 appendix D.
func TestSMTP(t *testing.T) {
	hold(t, []spoken{
		{"TLS", "EHLO a\r\nSTARTTLS\r\nTLS!", "220 mx.example.net ESMTP\r\n" + ehlo + "220 2.0.0 Ready\r\nTLS!", "smtp", fact.Yes, nil, 0,
			"greeting|EHLO|250|STARTTLS|220"},
		{"a greeting of two lines", "ehlo a\nStartTLS\nTLS!", "220-mx.example.net\r\n220 no mail here\r\n" + ehlo + "220 go\r\nTLS!", "smtp", fact.Yes, nil, 0,
			"greeting|EHLO|250|STARTTLS|220"},
		{"LMTP", "LHLO a\r\nSTARTTLS\r\nTLS!", "220 x LMTP\r\n" + ehlo + "220 go\r\nTLS!", "smtp", fact.Yes, nil, 0, "greeting|LHLO|250|STARTTLS|220"},
		{"refused for now", "EHLO a\r\nSTARTTLS\r\nQUIT\r\n", "220 x ESMTP\r\n" + ehlo + "454 4.7.0 TLS not available\r\n221 bye\r\n", "smtp", fact.No, ErrDeclined, 454,
			"greeting|EHLO|250|STARTTLS|454|command"},
		{"not offered", "EHLO a\r\nMAIL FROM:<a@b>\r\n", "220 x ESMTP\r\n250-x\r\n250 SIZE\r\n250 ok\r\n", "smtp", fact.No, ErrDeclined, 0, "greeting|EHLO|250|command"},
		{"offered and not taken", "EHLO a\r\nMAIL FROM:<a@b>\r\nQUIT\r\n", "220 x\r\n" + ehlo + "250 ok\r\n221 bye\r\n", "smtp", fact.Yes, ErrNoTLS, 0, "greeting|EHLO|250|command"},
		{"the server insists", "EHLO a\r\nMAIL FROM:<a@b>\r\n", "220 x ESMTP\r\n" + ehlo + "530 5.7.0 Must issue a STARTTLS command first\r\n", "smtp", fact.Yes, ErrReply, 530,
			"greeting|EHLO|250|command|530"},
		{"it insists, and the client obeys", "EHLO a\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\nTLS!", "220 x ESMTP\r\n" + ehlo + "530 5.7.0 Must issue STARTTLS\r\n220 go\r\nTLS!", "smtp",
			fact.Yes, nil, 0, "greeting|EHLO|250|command|530|STARTTLS|220"},
		{"no service", "QUIT\r\n", "554 5.3.2 no mail today\r\n221 bye\r\n", "smtp", fact.Unknown, ErrReply, 554, "greeting|command"},
		{"TLS behind a mail with commands in its text", "EHLO a\r\nDATA\r\nSTARTTLS\r\nQUIT\r\n.\r\nSTARTTLS\r\nTLS!",
			"220 x ESMTP\r\n" + ehlo + "354 go on\r\n250 taken\r\n220 go\r\nTLS!", "smtp", fact.Yes, nil, 0, "greeting|EHLO|250|command|STARTTLS|220"},
		{"a password in the clear", "EHLO a\r\nAUTH LOGIN\r\nc2VjcmV0\r\n", "220 x ESMTP\r\n250-x\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n535 no\r\n", "smtp", fact.No,
			ErrDeclined, 0, "greeting|EHLO|250|command"},
		{"the client alone", "EHLO a\r\nSTARTTLS\r\nTLS!", "", "smtp", fact.Yes, nil, 0, "EHLO|STARTTLS"},
		{"the server alone", "", "220 x ESMTP\r\n" + ehlo + "220 go\r\nTLS!", "smtp", fact.Yes, nil, 0, "greeting"},
		{"begun late", "STARTTLS\r\nTLS!", "220 go\r\nTLS!", "smtp", fact.Yes, nil, 0, "greeting|STARTTLS"},
		{"cut behind the request", "EHLO a\r\nSTARTTLS\r\n", "220 x ESMTP\r\n" + ehlo, "smtp", fact.Yes, io.ErrUnexpectedEOF, 0, "greeting|EHLO|250|STARTTLS"},
		{"cut within the greeting", "", "220 mx.example", "smtp", fact.Unknown, io.ErrUnexpectedEOF, 0, ""},
		{"an answer without end", "EHLO a\r\n", "220 x ESMTP\r\n" + strings.Repeat("250-x\r\n", 4000), "smtp", fact.Unknown, io.ErrUnexpectedEOF, 0, "greeting|EHLO"},
	})
}

// TestMailFetching follows RFC 2595, RFC 3501 §6.2.1 and RFC 5804 §1.7.
func TestMailFetching(t *testing.T) {
	sieve := "\"IMPLEMENTATION\" \"x\"\r\n\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n"
	hold(t, []spoken{
		{"POP3", "CAPA\r\nSTLS\r\nTLS!", "+OK ready\r\n+OK\r\nTOP\r\nSTLS\r\n.\r\n+OK begin\r\nTLS!", "pop3", fact.Yes, nil, 0, "greeting|CAPA|OK|STLS|OK"},
		{"POP3 that asks for mechanisms first", "AUTH\r\nCAPA\r\nSTLS\r\nTLS!", "+OK x\r\n-ERR no\r\n+OK\r\nSTLS\r\n.\r\n+OK\r\nTLS!", "pop3", fact.Yes, nil, 0,
			"greeting|command|CAPA|OK|STLS|OK"},
		{"POP3 that asks for mechanisms and gets them", "AUTH\r\nSTLS\r\nTLS!", "+OK x\r\n+OK\r\nPLAIN\r\n.\r\n+OK\r\nTLS!", "pop3", fact.Yes, nil, 0, "greeting|command|STLS|OK"},
		{"POP3 refused", "STLS\r\n", "+OK x\r\n-ERR unknown command\r\n", "pop3", fact.No, ErrDeclined, 0, "greeting|STLS|refusal"},
		{"POP3 in the clear", "USER a\r\nPASS secret\r\n", "+OK x\r\n+OK\r\n+OK\r\n", "pop3", fact.Unknown, ErrNoTLS, 0, "greeting|command"},
		{"IMAP", "a1 CAPABILITY\r\na2 STARTTLS\r\nTLS!", "* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\na2 OK begin\r\nTLS!", "imap", fact.Yes, nil, 0,
			"greeting|CAPABILITY|OK|STARTTLS|OK"},
		{"IMAP that greets with its capabilities", ". starttls\r\nTLS!", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n. OK go\r\nTLS!", "imap", fact.Yes, nil, 0, "greeting|STARTTLS|OK"},
		{"IMAP refused", "a STARTTLS\r\nb LOGOUT\r\n", "* OK hi\r\na BAD unknown\r\n* BYE\r\nb OK\r\n", "imap", fact.No, ErrDeclined, 0, "greeting|STARTTLS|refusal|command"},
		{"IMAP without", "a CAPABILITY\r\nb LOGIN u p\r\n", "* OK hi\r\n* CAPABILITY IMAP4rev1\r\na OK\r\nb OK\r\n", "imap", fact.No, ErrDeclined, 0, "greeting|CAPABILITY|OK|command"},
		{"IMAP that is busy", "", "* BYE too many connections\r\n", "imap", fact.Unknown, ErrReply, 0, "greeting"},
		{"ManageSieve", "STARTTLS\r\nTLS!", sieve + "OK \"begin\"\r\nTLS!", "managesieve", fact.Yes, nil, 0, "greeting|STARTTLS|OK"},
		{"ManageSieve refused", "STARTTLS\r\n", sieve + "NO \"not now\"\r\n", "managesieve", fact.No, ErrDeclined, 0, "greeting|STARTTLS|refusal"},
	})
}

// TestOtherLines follows RFC 4217, RFC 4642 and IRCv3's tls extension.
func TestOtherLines(t *testing.T) {
	hold(t, []spoken{
		{"FTP", "AUTH TLS\r\nTLS!", "220 (vsFTPd 3.0.3)\r\n234 Proceed with negotiation.\r\nTLS!", "ftp", fact.Yes, nil, 0, "greeting|AUTH TLS|234"},
		{"FTP whose greeting does not say so", "AUTH SSL\r\nTLS!", "220 Authorized users only.\r\n234 ok\r\nTLS!", "ftp", fact.Yes, nil, 0, "greeting|AUTH SSL|234"},
		{"FTP, features first", "FEAT\r\nAUTH TLS\r\nTLS!", "220 FTP\r\n211-Features:\r\n AUTH TLS\r\n PBSZ\r\n211 End\r\n234 ok\r\nTLS!", "ftp", fact.Yes, nil, 0,
			"greeting|FEAT|211|AUTH TLS|234"},
		{"FTP of before RFC 4217", "AUTH TLS\r\nTLS!", "220 FTP\r\n334 ok\r\nTLS!", "ftp", fact.Yes, nil, 0, "greeting|AUTH TLS|334"},
		{"FTP refused", "AUTH TLS\r\nUSER a\r\n", "220 FTP\r\n502 what?\r\n331 password\r\n", "ftp", fact.No, ErrDeclined, 502, "greeting|AUTH TLS|502|command"},
		{"FTP that insists", "USER a\r\n", "220 FTP\r\n530 Use AUTH TLS first\r\n", "ftp", fact.Yes, ErrReply, 530, "greeting|command|530"},
		{"NNTP", "CAPABILITIES\r\nSTARTTLS\r\nTLS!", "200 ready\r\n101 list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n382 go\r\nTLS!", "nntp", fact.Yes, nil, 0,
			"greeting|CAPABILITIES|101|STARTTLS|382"},
		{"NNTP refused", "STARTTLS\r\n", "201 ready\r\n580 no\r\n", "nntp", fact.No, ErrDeclined, 580, "greeting|STARTTLS|580"},
		{"IRC", "STARTTLS\r\nTLS!", ":x NOTICE * :hello\r\n:x 670 * :STARTTLS successful, go ahead\r\nTLS!", "irc", fact.Yes, nil, 0, "STARTTLS|670"},
		{"IRC, capabilities first", "CAP LS 302\r\nNICK a\r\nSTARTTLS\r\nTLS!", ":x CAP * LS :tls sasl\r\n:x 670 a :go\r\nTLS!", "irc", fact.Yes, nil, 0, "command|STARTTLS|670"},
		{"IRC refused", "STARTTLS\r\n", ":x 691 * :no TLS here\r\n", "irc", fact.No, ErrDeclined, 691, "STARTTLS|691"},
		{"IRC in the clear", "NICK a\r\nUSER a 0 * :a\r\n", ":x 001 a :Welcome\r\n", "irc", fact.Unknown, ErrNoTLS, 0, "command"},
	})
}

// TestNoPasswordIsKept: what a client says in the clear stays out of marks and Said.
func TestNoPasswordIsKept(t *testing.T) {
	rows := [][2]string{
		{"EHLO a\r\nAUTH PLAIN hunter2\r\nhunter2\r\n", "220 x ESMTP\r\n250 AUTH PLAIN\r\n334 \r\n535 no\r\n"},
		{"USER a\r\nPASS hunter2\r\n", "+OK x\r\n+OK\r\n-ERR no\r\n"},
		{"a LOGIN u hunter2\r\n", "* OK x\r\na NO [PRIVACYREQUIRED] no STARTTLS\r\n"},
		{"USER a\r\nPASS hunter2\r\n", "220 FTP\r\n331 ok\r\n530 no\r\n"},
		{"CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: hunter2\r\n\r\n", "HTTP/1.1 407 Login\r\n\r\n"},
		{"\x05\x01\x02\x01\x01a\x07hunter2\x05\x01\x00\x01\x7f\x00\x00\x01\x01\xbb", "\x05\x02\x01\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"},
	}
	for _, r := range rows {
		p := Guess([]byte(r[0]), []byte(r[1]), 0)
		if p == nil {
			t.Errorf("%q: not known", r[0])
			continue
		}
		told, spans, _ := p.Parse([]byte(r[0]), []byte(r[1]))
		kept := told.ErrorText + string(told.First)
		for _, m := range spans.Marks {
			kept += m.Name + m.Note
		}
		if strings.Contains(kept, "hunter2") {
			t.Errorf("%s keeps the password: %q", p.ID, kept)
		}
	}
}
