package logs

import (
	"slices"
	"strings"
	"testing"
)

// TestSuccess: what counts as a connection that worked, beside lines that look alike and do not.
func TestSuccess(t *testing.T) {
	for _, c := range []struct {
		text  string
		works bool
	}{
		{`203.0.113.7:1 [21/Nov/2026:23:57:28.660] web~ good/g1 0/0/0/1/1 404 520 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`, true},
		{`203.0.113.7:1 [21/Nov/2026:23:57:28.660] web~ good/g1 0/0/0/1/1 503 520 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`, false},
		{`203.0.113.7:1 [21/Nov/2026:23:57:28.660] web~ good/g1 0/0/0/1/1 200 520 - - CD-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`, false},
		{`203.0.113.7:1 [21/Nov/2026:23:57:28.660] web good/g1 0/0/0/1/1 200 520 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`, false},
		{`<5>2026-11-21T23:57:28.349892+00:00 Server bad/b1 is UP, reason: Layer6 check passed, check duration: 2ms.`, true},
		{`<5>2026-11-21T23:57:28.349892+00:00 Server bad/b1 is UP, reason: Layer4 check passed, check duration: 2ms.`, false},
		{`[2026-04-15T20:17:00.310Z] "GET / HTTP/2" 503 UF 154 0 226 100 "-" "x" "y" "shop.example" "10.0.2.1:443"`, false},
		{`[2026-04-15T20:17:00.310Z] "GET / HTTP/2" 200 - 154 0 226 100 "-" "x" "y" "shop.example" "10.0.2.1:443"`, true},
		{`2026-11-21 23:58:31.809 UTC [1] LOG:  connection authorized: user=a database=b`, false},
		{`2026-11-21 23:58:31.809 UTC [1] LOG:  replication connection authorized: user=a SSL enabled (protocol=TLSv1.3)`, true},
		{`2026-11-21 23:58:31.809 UTC [1] LOG:  connection authorized: user=a database=b SSL enabled (protocol=TLSv1.3, cipher=x, bits=256)`, true},
		{`2026.11.21 23:59:25 LOG6[0]: TLS connected: previous session reused`, true},
		{`2026.11.21 23:59:25 LOG5[0]: s_connect: connected 127.0.0.1:19090`, false},
		{`Nov 22 00:00:33 mx postfix/smtp[1]: Verified TLS connection established to a.example[192.0.2.9]:25: TLSv1.3`, true},
		{`Nov 22 00:00:33 mx postfix/smtpd[1]: connect from a.example[192.0.2.9]`, false},
		{`Nov 22 00:00:33 mx dovecot: imap-login: Login: user=<u>, method=PLAIN, rip=203.0.113.7, lip=10.0.0.2, TLS, session=<x>`, true},
		{`Nov 22 00:00:33 mx dovecot: imap-login: Login: user=<u>, method=PLAIN, rip=203.0.113.7, lip=10.0.0.2, session=<x>`, false},
		{`{"level":"info","ts":1795305448,"msg":"handled request","request":{"tls":{"version":772}},"status":200}`, true},
		{`{"level":"info","ts":1795305448,"msg":"handled request","request":{"tls":{"version":772}},"status":502}`, false},
		{`{"level":"info","ts":1795305448,"msg":"handled request","request":{},"status":200}`, false},
	} {
		list, _ := records(t, []string{c.text})
		if len(list) != 1 || list[0].Success != c.works {
			t.Errorf("%s: %+v", c.text, list)
		}
	}
}

// TestContinues: which lines go on with a record, by dialect; a line of another record never does.
func TestContinues(t *testing.T) {
	for _, c := range []struct {
		d    *Dialect
		line string
		want bool
	}{
		{&apache, "[Sat Nov 21 23:57:44.103112 2026] [ssl:info] [pid 1:tid 2] SSL Library Error: error:0A000418", true},
		{&apache, "[Sat Nov 21 23:57:44 2026] [error] SSL Library Error: 336151570 error:14094412", true},
		{&apache, "[Sat Nov 21 23:57:44.103112 2026] [ssl:info] [pid 1:tid 2] [client 192.0.2.1:1] AH01998: x", false},
		{&apache, "SSL Library Error: x", false},
		{&postgres, "\tcontinued", true},
		{&postgres, "2026-11-21 23:58:31 UTC [1] DETAIL:  x", true},
		{&postgres, "2026-11-21 23:58:31 UTC [1] LOG:  x", false},
		{&postgres, "DETAIL:  x", true},
		{&postgres, "DETAIL: x", false},
		{&postgres, "#011continued", true},
		{&errorlog, "2026-01-10 09:06:42.54 Logon       The login packet is invalid. [CLIENT: 10.0.0.7]", true},
		{&errorlog, "2026-01-10 09:06:42.54 Logon       Error: 17832, Severity: 20, State: 2.", false},
		{&errorlog, "2026-01-10 09:06:42.54 Logon       Login succeeded for user 'x'.", false},
		{&errorlog, "2026-01-10 09:06:42.54 spid5s      x", false},
		{&postfix, "warning: TLS library problem: error:0A000102", true},
		{&postfix, "Nov 22 00:00:33 mx postfix/smtpd[1]: warning: TLS library problem: error:0A000102", true},
		{&postfix, "warning: hostname x does not resolve", false},
		{&rabbitmq, "2026-11-22 00:21:11.908616+00:00 [notice] <0.699.0>  - {x,65}", true},
		{&rabbitmq, "2026-11-22 00:21:11.908616+00:00 [notice] <0.699.0> ", true},
		{&rabbitmq, "2026-11-22 00:21:11.908616+00:00 [notice] <0.699.0> TLS server: x", false},
		{&javaDebug, "\"Alert\": {", true},
		{&javaDebug, "javax.net.ssl.SSLHandshakeException: x", true},
		{&javaDebug, "javax.net.ssl|DEBUG|10|main|2026-11-22 00:00:57.640 UTC|x.java:1|y", false},
		{&app, "\tat a.B.c(B.java:1)", true},
		{&app, "Caused by: java.io.EOFException", true},
		{&app, "ssl.SSLCertVerificationError: x", true},
		{&app, "   at System.Net.Security.SslStream.x()", true},
		{&app, "error:0A000086:SSL routines::x", true},
		{&app, "2026-01-10 08:41:45,123 INFO x", false},
		{&app, "plain words", false},
		{&app, "", false},
		{&sClient, "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ", true},
		{&sClient, "4067975E477F0000:error:0A00010B:SSL routines:x", true},
		{&sClient, "139734982039208:error:14094418:SSL routines:x", true},
		{&sClient, " 0 s:CN = x", true},
		{&sClient, "CONNECTED(00000003)", false},
		{&sClient, "[root@web ~]# ls", false},
		{&curl, "* TLSv1.3 (OUT), TLS alert, unknown CA (560):", true},
		{&curl, "< HTTP/1.1 200 OK", true},
		{&curl, "<html>", false},
		{&curl, "100  5152    0  5152    0     0   900k      0 --:--:-- --:--:-- --:--:--  900k", true},
		{&journalExport, "PRIORITY=3", true},
		{&journalExport, "MESSAGE", true},
		{&journalExport, "__CURSOR=s=1", false},
		{&journalExport, "lower=1", false},
		{&journalExport, "", false},
		{&windowsXML, "  <EventID>36887</EventID>", true},
		{&windowsXML, "- <System>", true},
		{&windowsXML, "<Event xmlns=\"x\">", false},
		{&windowsXML, "text", false},
		{&windowsText, "  Source: Schannel", true},
		{&windowsText, "Event[1]:", false},
		{&golang, "\tgoroutine 1", true},
		{&golang, "x", false},
	} {
		if got := c.d.Continues([]byte(c.line)); got != c.want {
			t.Errorf("%s: %q goes on: %v", c.d.ID, c.line, got)
		}
	}
}

// TestRoutine: steps that go well are no unknown complaints.
func TestRoutine(t *testing.T) {
	for text, want := range map[string]string{
		"javax.net.ssl|DEBUG|10|main|2026-11-22 00:00:57.640 UTC|ClientHello.java:639|Produced ClientHello handshake message (\n\"ClientHello\": {\n}\n)": "",
		"javax.net.ssl|DEBUG|10|main|2026-11-22 00:00:57.640 UTC|Alert.java:238|Received alert message (\n}\n)":                                           "Received alert message (\n}\n)",
		"javax.net.ssl|WARNING|10|main|2026-11-22 00:00:57.640 UTC|ServerNameExtension.java:267|Unable to indicate server name":                           "Unable to indicate server name",
		"2026-11-22 00:22:23 Control Channel: TLSv1.3, cipher TLSv1.3 TLS_AES_256_GCM_SHA384":                                                             "",
		"2026-11-22 00:22:23 TLS Error: TLS handshake failed":                                                                                             "TLS Error: TLS handshake failed",
	} {
		list, _ := records(t, strings.Split(text, "\n"))
		if len(list) != 1 || list[0].Message != want {
			t.Errorf("%q: %+v", text, list)
		}
	}
}

func TestKeyValues(t *testing.T) {
	for text, want := range map[string][][2]string{
		`a=1 b="x y" c="q\"r"`: {{"a", "1"}, {"b", "x y"}, {"c", `q"r`}},
		`a="open`:              {{"a", "open"}},
		`a=`:                   {{"a", ""}},
		`no pairs`:             nil,
		`=x`:                   nil,
		`a=1 rest of text`:     {{"a", "1"}},
		`a="x\ny" b=2`:         {{"a", "x\ny"}, {"b", "2"}},
	} {
		if got := keyValues(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := keyValues(strings.Repeat("a=1 ", 1000)); len(got) > 64 {
		t.Errorf("%d pairs", len(got))
	}
}

func TestWithoutPEM(t *testing.T) {
	for text, want := range map[string]string{
		"a\n-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\nb":               "a\nb",
		"a\n-----BEGIN CERTIFICATE-----\nMII":                                             "a\n",
		"-----BEGIN A-----\nx\n-----END A-----\nb\n-----BEGIN B-----\ny\n-----END B-----": "b\n",
		"none": "none",
	} {
		if got := withoutPEM(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestJournalLength: a length that is larger than the entry takes what there is.
func TestJournalLength(t *testing.T) {
	for _, length := range []string{"\x05\x00\x00\x00\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff"} {
		r := Record{Message: "__CURSOR=x\nMESSAGE\n" + length + "hello"}
		journalEntry(&r, testOptions())
		if r.Message != "hello" {
			t.Errorf("%q: %q", length, r.Message)
		}
	}
	for _, text := range []string{"__CURSOR=x", "__CURSOR=x\nMESSAGE\n123", "__CURSOR=x\nMESSAGE="} {
		r := Record{Message: text}
		journalEntry(&r, testOptions())
		if r.Message != text {
			t.Errorf("%q: %q", text, r.Message)
		}
	}
}

// TestAppLevel: a level is a word in capitals or in brackets among the first words, not any word that is called so.
func TestAppLevel(t *testing.T) {
	for text, want := range map[string]string{
		"INFO x": "INFO", "[main] ERROR a.b - x": "ERROR", "[error] x": "error", "|WARN|x": "WARN", "- shop - ERROR - x": "ERROR", "info about something": "", "no error here": "",
		"": "", "one two three four five six seven eight nine ERROR": "", "SEVERE [main] x": "SEVERE", "Error: x": "", "(warn) x": "warn",
	} {
		if got, _ := appLevel([]byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestCutXML: an event whose XML is cut off keeps its text.
func TestCutXML(t *testing.T) {
	for _, text := range []string{"<Event ", "<Event><System>", "<Event>&x;</Event>", `<Event x="`, "<Event></Event>"} {
		r := Record{Message: text}
		windowsEvent(&r)
		if !r.At.IsZero() || r.Product != "" {
			t.Errorf("%q: %s", text, show(r))
		}
	}
	if got := userData(strings.Repeat("<a>1</a>", 1000)); len(got) != 32 {
		t.Errorf("%d data", len(got))
	}
	if got := userData("<a>1<b>2</b>3</a>"); len(got) != 2 || got[1] != (windowsData{"b", "2"}) {
		t.Errorf("%v", got)
	}
}

// TestDialectIDs: an ID is what --log-format takes: one word of small letters, each once.
func TestDialectIDs(t *testing.T) {
	var seen []string
	for _, d := range dialects {
		if d.ID == "" || strings.Trim(d.ID, "abcdefghijklmnopqrstuvwxyz_-") != "" || slices.Contains(seen, d.ID) {
			t.Errorf("dialect %q", d.ID)
		}
		if len(d.Anchors) == 0 {
			t.Errorf("%s has no anchors: every line would be read", d.ID)
		}
		seen = append(seen, d.ID)
	}
	for _, e := range envelopes {
		if e.ID == "" || slices.Contains(seen, e.ID) {
			t.Errorf("envelope %q", e.ID)
		}
		seen = append(seen, e.ID)
	}
}

// TestApacheName: Apache 2.4.71 wrote this about an upstream, whose name it checks.
func TestApacheName(t *testing.T) {
	for message, want := range map[string]string{
		"AH02411: SSL Proxy: Peer certificate does not match for hostname db.example.test": "db.example.test",
		"AH01997: SSL handshake failed: sending 502":                                       "",
	} {
		line := "[Sun Nov 22 04:34:06.753094 2026] [ssl:info] [pid 27803:tid 27859] [remote 127.0.0.1:28091] " + message
		if r, ok := parseApache([]byte(line), &Options{Now: now}); !ok || r.Name != want || r.Upstream != "127.0.0.1:28091" || r.Message != message {
			t.Errorf("%s: %+v", line, r)
		}
	}
}
