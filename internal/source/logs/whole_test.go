package logs

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// outcome is what is expected of one event of a whole log.
type outcome struct {
	at       string // line
	works    bool
	symptoms string
	says     string // a part of its text
}

// checkEvents compares the events of a log with what stands in it, in order.
func checkEvents(t *testing.T, name string, r Result, dialect string, want []outcome) {
	t.Helper()
	if r.Dialect != dialect || len(r.Events) != len(want) {
		t.Errorf("%s: dialect %q, %d events, want %q and %d", name, r.Dialect, len(r.Events), dialect, len(want))
		for _, e := range r.Events {
			t.Logf("  %s %v %v %q", e.Ref.At, e.Success, e.Symptoms, e.Text)
		}
		return
	}
	for i, w := range want {
		e := r.Events[i]
		var has []string
		for _, s := range e.Symptoms {
			has = append(has, string(s))
		}
		if e.Ref.At != "error.log:"+w.at || e.Success != w.works || strings.Join(has, " ") != w.symptoms || !strings.Contains(e.Text, w.says) {
			t.Errorf("%s: %s %v %v %q, want %+v", name, e.Ref.At, e.Success, has, e.Text, w)
		}
	}
}

func readSample(t *testing.T, name string) Result {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Read(context.Background(), f, Options{Name: "error.log", Now: testOptions().Now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWholeSamples: logs of several lines a record, as products wrote them, from the file to the events.
func TestWholeSamples(t *testing.T) {
	for name, c := range map[string]struct {
		dialect string
		want    []outcome
	}{
		"s_client-ok.log":     {"s_client", []outcome{{at: "5", works: true}}},
		"s_client-alert.log":  {"s_client", []outcome{{at: "1", symptoms: "peer-alert-70"}, {at: "2", symptoms: "handshake-failed", says: "no peer certificate available"}}},
		"s_client-verify.log": {"s_client", []outcome{{at: "3", symptoms: "issuer-unknown"}, {at: "4", symptoms: "verify-failed"}, {at: "5", symptoms: "issuer-unknown", says: "CONNECTED"}}},
		"curl-ok.log":         {"curl", []outcome{{at: "3", works: true}}},
		"curl-ca.log":         {"curl", []outcome{{at: "3", symptoms: "own-alert-48 issuer-unknown"}}},
		"java-debug.log":      {"java-debug", []outcome{{at: "67", symptoms: "peer-alert-70", says: "Received fatal alert: protocol_version"}}},
		"java-debug-trust.log": {"java-debug", []outcome{
			{at: "2", symptoms: "issuer-unknown", says: "unable to find valid certification path"}}},
	} {
		checkEvents(t, name, readSample(t, name), c.dialect, c.want)
	}
}

// TestPostgresHint: a HINT belongs to the line before it, without the head that it repeats.
func TestPostgresHint(t *testing.T) {
	r := readSample(t, "postgres.log")
	i := slices.IndexFunc(r.Events, func(e fact.Event) bool { return e.Has(fact.VersionRefused) })
	if i < 0 {
		t.Fatalf("%+v", r.Events)
	}
	if want := "could not accept SSL connection: unsupported protocol HINT:  This may indicate"; !strings.HasPrefix(r.Events[i].Text, want) {
		t.Errorf("%q", r.Events[i].Text)
	}
}

// TestErrorlogPair: number and sentence stand in two lines, with the client at the end of the second.
func TestErrorlogPair(t *testing.T) {
	text := strings.Repeat("2018-10-16 09:06:42.54 spid19s     Starting up database 'tempdb'.\r\n", 5) +
		"2018-10-16 09:07:01.10 Logon       Error: 17835, Severity: 20, State: 1.\r\n" +
		"2018-10-16 09:07:01.10 Logon       Encryption is required to connect to this server but the client library does not support encryption; the connection has been closed. Please upgrade your client library. [CLIENT: 10.0.0.7]\r\n" +
		"2018-10-16 09:07:02.10 spid19s     Recovery is complete.\r\n"
	r := read(t, text)
	if r.Dialect != "errorlog" || len(r.Events) != 1 || r.Lines != 8 {
		t.Fatalf("%+v", r)
	}
	e := r.Events[0]
	if len(e.Symptoms) == 0 || !e.In(fact.MSSQL) || len(e.Sources) != 1 || e.Sources[0].Addr != addr("10.0.0.7") || strings.Contains(e.Text[10:], "2018-10-16") {
		t.Errorf("%+v", e)
	}
}

// TestJournalForms: one entry as journalctl exports it, in both forms, is what its program wrote.
func TestJournalForms(t *testing.T) {
	const message = "2026/11/21 23:57:28 [error] 165#165: *1 SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream, client: 203.0.113.9, server: a.example.com, upstream: \\\"https://10.1.2.3:8443/\\\", host: \\\"a.example.com\\\""
	jsonForm := `{"__CURSOR":"s=7;i=4","__REALTIME_TIMESTAMP":"1795305448349892","PRIORITY":"3","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"nginx","MESSAGE":"` + message + `"}` + "\n"
	entry := "__CURSOR=s=7;i=4\n__REALTIME_TIMESTAMP=1795305448349892\nPRIORITY=3\n_HOSTNAME=web1\nSYSLOG_IDENTIFIER=nginx\nMESSAGE=" + strings.ReplaceAll(message, `\"`, `"`) + "\n_PID=17\n\n"
	other := "__CURSOR=s=7;i=5\n__REALTIME_TIMESTAMP=1795305449349892\nPRIORITY=6\nSYSLOG_IDENTIFIER=systemd\nMESSAGE=Started nginx.\n\n"
	for name, text := range map[string]string{"json": strings.Repeat(jsonForm, 40), "export": strings.Repeat(entry+other, 40)} {
		r := read(t, text)
		if len(r.Events) != 1 || r.Events[0].Seen.Count != 40 {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		e := r.Events[0]
		if !e.Has(fact.PeerAlert(112)) || e.Upstream != "https://10.1.2.3:8443" || e.Host != "a.example.com" || !e.In(fact.ToUpstream) || !e.In("nginx") ||
			!e.Seen.First.Equal(time.Date(2026, 11, 21, 23, 57, 28, 0, now.Location())) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

const (
	schannelEvent = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Schannel" Guid="{1F678132-5938-4686-9FDC-C8FF68F15C85}"/><EventID>36887</EventID><Level>2</Level>` +
		`<TimeCreated SystemTime="2026-01-10T08:41:45.1234567Z"/><Channel>System</Channel><Computer>db1.example.org</Computer></System><EventData><Data Name="AlertDesc">48</Data></EventData></Event>`
	serviceEvent = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Service Control Manager"/><EventID>7036</EventID><Level>4</Level>` +
		`<TimeCreated SystemTime="2026-01-10T08:41:46Z"/><Computer>db1.example.org</Computer></System><EventData><Data Name="param1">Print Spooler</Data></EventData></Event>`
)

// TestEventsInOneLine: an export of the Event Viewer, all of it in one line, longer than any line that is kept whole.
func TestEventsInOneLine(t *testing.T) {
	const n = 3000
	text := "\ufeff" + `<?xml version="1.0" encoding="utf-8" standalone="yes"?><Events>` + strings.Repeat(schannelEvent+serviceEvent, n) + "</Events>"
	r := read(t, text)
	if len(text) < 2<<20 || r.Dialect != "windows-xml" || len(r.Events) != 1 || r.Events[0].Seen.Count != n || len(r.Gaps) > 0 {
		t.Fatalf("dialect %q, %d lines, gaps %v, events %+v", r.Dialect, r.Lines, r.Gaps, r.Events)
	}
	if e := r.Events[0]; !e.Has(fact.PeerAlert(48)) || e.Server != "db1.example.org" || !e.Seen.First.Equal(time.Date(2026, 1, 10, 8, 41, 45, 123456700, time.UTC)) {
		t.Errorf("%+v", e)
	}
}

// TestWindowsForms: the same event as text and as CSV, among others.
func TestWindowsForms(t *testing.T) {
	text := "Event[0]:\n  Log Name: System\n  Source: Schannel\n  Date: 2026-01-10T08:41:45.123\n  Event ID: 36887\n  Level: Error\n  Computer: db1.example.org\n  Description: \n" +
		"A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 48.\n\n"
	csv := `Error,1/10/2026 8:41:45 AM,Schannel,36887,None,"A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 48."` + "\n"
	other := `Information,1/10/2026 8:41:46 AM,Service Control Manager,7036,None,"The Print Spooler service entered the running state."` + "\n"
	for dialect, text := range map[string]string{"windows-text": strings.Repeat(text, 30), "windows-csv": "Level,Date and Time,Source,Event ID,Task Category\n" + strings.Repeat(csv+other, 30)} {
		r := read(t, text)
		if r.Dialect != dialect || len(r.Events) != 1 || r.Events[0].Seen.Count != 30 || !r.Events[0].Has(fact.PeerAlert(48)) || r.Events[0].Seen.First.IsZero() {
			t.Errorf("%s: %q %d lines about, %+v", dialect, r.Dialect, r.About, r.Events)
		}
	}
}

// TestOrdinary: what nobody knows is a complaint only where its level or its words make it one.
func TestOrdinary(t *testing.T) {
	for line, complaint := range map[string]bool{
		"[info] 7#7: TLS frobnicator ready":           false,
		"[notice] 7#7: OCSP cache has 3 certificates": false,
		"[debug] 7#7: TLS blorb failed":               false,
		"[info] 7#7: TLS frobnicator failed":          true,
		"[warn] 7#7: TLS frobnicator ready":           true,
		"[error] 7#7: TLS frobnicator ready":          true,
	} {
		r := read(t, strings.Repeat(otherLine, 3)+"2024/10/21 08:41:45 "+line+"\n")
		if got := len(r.Events) == 1 && r.About == 1; got != complaint {
			t.Errorf("%q is a complaint: %v", line, got)
		}
	}
	if r := readSample(t, "rabbitmq.log"); strings.Contains(r.Events[0].Text, "started TLS") {
		t.Error("a listener that started is a complaint")
	}
}

// TestHAProxyISO: "log stdout format iso daemon" of HAProxy 2.6.12, with requests that it answered itself.
func TestHAProxyISO(t *testing.T) {
	r := read(t, strings.Repeat("2026-11-22T00:58:41.852918+00:00 10.0.5.1:37984 [22/Nov/2026:00:58:41.852] web~ web/<NOSRV> 0/-1/-1/-1/0 200 49 - - LR-- 2/2/0/0/0 0/0 \"GET /api HTTP/1.1\"\n", 10)+
		"2026-11-22T00:58:41.863404+00:00 198.51.100.21:45493 [22/Nov/2026:00:58:41.863] web/1: SSL handshake failure\n")
	checkEvents(t, "iso", r, "haproxy", []outcome{{at: "1", works: true}, {at: "11", symptoms: "handshake-failed"}})
	if e := r.Events[len(r.Events)-1]; len(e.Sources) != 1 || e.Sources[0].Addr != addr("198.51.100.21") || e.Server != "web" {
		t.Errorf("%+v", e)
	}
}

// TestWithoutPort: a Host header may have a port.
func TestWithoutPort(t *testing.T) {
	for host, want := range map[string]string{"a.example:8443": "a.example", "a.example": "a.example", "[::1]:443": "[::1]:443", "::1": "::1", "a:b": "a:b", ":443": ":443"} {
		if got := withoutPort(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

// TestCertificateLoaded: ERRORLOG's good news about the certificate is no complaint (sys.messages 26013, 26018); the bad is.
func TestCertificateLoaded(t *testing.T) {
	for text, complaint := range map[string]bool{
		"A self-generated certificate was successfully loaded for encryption.":                                                                           false,
		`The certificate [Cert Hash(sha1) "0123456789ABCDEF0123456789ABCDEF01234567"] was successfully loaded for encryption.`:                           false,
		"自己生成された証明書が暗号化用に正常に読み込まれました。":                                                                                                                   false,
		"The server could not load the certificate it needs to initiate an SSL connection. It returned the following error: 0x80090331.":                 true,
		`The certificate [Cert Hash(sha1) "0123456789ABCDEF0123456789ABCDEF01234567"] was not loaded for encryption, although it was successfully found`: true,
	} {
		r := read(t, strings.Repeat("2026-11-22 03:00:01.10 spid19s     Starting up database 'msdb'.\n", 3)+"2026-11-22 03:00:01.10 spid19s     "+text+"\n")
		if got := len(r.Events) == 1 && r.About == 1; r.Dialect != "errorlog" || got != complaint {
			t.Errorf("%s: dialect %q, %d about TLS, %+v", text, r.Dialect, r.About, r.Events)
		}
	}
}
