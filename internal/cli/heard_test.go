package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// heardReport runs diagnose on texts or logs.
func heardReport(t *testing.T, args ...string) (report.Report, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(append([]string{"diagnose", "--format", "json"}, args...), strings.NewReader(""), &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("exit %d, no report: %v\n%s%s", code, err, out.String(), errs.String())
	}
	return r, code
}

// TestTexts: what a text decides, who refused whom, and that it proves nothing by itself.
func TestTexts(t *testing.T) {
	for _, test := range []struct {
		text, cause, refused string
	}{
		{`2026/01/02 03:04:05 [error] 7#7: *1 SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream, client: 192.0.2.7, server: a, upstream: "https://192.0.2.8:443/"`,
			"sni-missing", "the upstream server refused the proxy, with an alert"},
		{"x509: certificate has expired or is not yet valid: current time 2026-01-02T03:04:05Z is after 2025-01-02T03:04:05Z", "certificate-expired", ""},
		{"ERROR 3159 (HY000): Connections using insecure transport are prohibited while --require_secure_transport=ON.", "client-not-using-tls", ""},
		{"FATAL:  no pg_hba.conf entry for host \"10.0.0.1\", user \"u\", database \"d\", no encryption", "client-not-using-tls", ""},
	} {
		r, code := heardReport(t, test.text)
		if code != exitFound || len(r.Findings) == 0 || r.Findings[0].Cause != test.cause {
			t.Errorf("%q: exit %d, %s", test.text, code, summary(r))
			continue
		}
		if e := r.Events[0]; test.refused != "" && e.Refused != test.refused {
			t.Errorf("%q: %q, want %q", test.text, e.Refused, test.refused)
		}
		for _, f := range r.Findings {
			if f.Sure == "proven" || len(f.Proof) == 0 || f.Proof[0].Kind != "text" {
				t.Errorf("%q: a text proved %s: %+v", test.text, f.Cause, f.Proof)
			}
			if !slices.ContainsFunc(f.Changes, func(c report.Change) bool { return c.Advised }) {
				t.Errorf("%q: %s has no advised change", test.text, f.Cause)
			}
			if strings.ContainsAny(f.Title+f.Why+f.Check, "{}") && !strings.Contains(f.Check, "server { }") {
				t.Errorf("%s: a place of its texts is not filled: %s %s", f.Cause, f.Title, f.Check)
			}
		}
	}
}

// TestUnknownText: nobody knows it, that is said, its codes are decoded, and it is no failure.
func TestUnknownText(t *testing.T) {
	r, code := heardReport(t, "the quick brown fox could not jump")
	if code != exitOK || r.Outcome != "unknown" || len(r.Findings) > 0 {
		t.Errorf("exit %d, outcome %s: %s", code, r.Outcome, summary(r))
	}
	var out bytes.Buffer
	Main([]string{"diagnose", "the quick brown fox could not jump"}, nil, &out, io.Discard, func(string) string { return "" })
	if !strings.Contains(out.String(), "not known") {
		t.Errorf("it does not say so:\n%s", out.String())
	}
	r, code = heardReport(t, "error:0A00019B:SSL routines::something that this version never printed")
	if code != exitOK && len(r.Findings) == 0 || len(r.Events) != 1 || len(r.Events[0].Codes) == 0 {
		t.Errorf("the code is not decoded: exit %d, %+v", code, r.Events)
	}
}

// TestSorted: which argument is what.
func TestSorted(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "error.log")
	os.WriteFile(log, []byte("x\n"), 0o600)
	for arg, want := range map[string]string{
		"-": "file", log: "file", dir + "/*.log": "file",
		"mssql://db:1433": "target", "db.example.com": "target", "db.example.com:5432": "target", "[::1]:443": "target", "lab:mysql/healthy": "target",
		"https://u:p@db.example.com": "target", "db:1433": "target", "localhost": "target", "10.0.0.1": "target",
		"certificate verify failed": "text", "CERTIFICATE_VERIFY_FAILED": "text", "NET::ERR_CERT_DATE_INVALID": "text", "curl: (35) x": "text",
		"javax.net.ssl.SSLHandshakeException:No appropriate protocol": "text", "証明書の期限が切れています。": "text",
		"Get \"https://db.example.com/\": EOF": "text",
	} {
		e, err := sorted([]string{arg}, false)
		got := map[bool]string{len(e.files) > 0: "file", len(e.texts) > 0: "text", len(e.targets) > 0: "target"}[true]
		if err != nil || got != want {
			t.Errorf("%s is a %s (%v), want %s", arg, got, err, want)
		}
		if e, err := sorted([]string{arg}, true); err != nil || len(e.texts) != 1 {
			t.Errorf("--text %s: %+v %v", arg, e, err)
		}
	}
	for _, arg := range []string{"nothing.log", "/nowhere/x", "trace.pcapng"} {
		if _, err := sorted([]string{arg}, false); err == nil {
			t.Errorf("%s: there is no such file", arg)
		}
	}
}

const upstreamConf = `
daemon off; master_process off; pid %[1]s/nginx.pid; worker_processes 1; error_log %[1]s/error.log info;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  server { listen 127.0.0.1:%[2]d; location / { proxy_pass https://127.0.0.1:%[3]d; proxy_set_header Host db.example.test; } }
  server { listen 127.0.0.1:%[3]d ssl default_server; ssl_reject_handshake on; }
  server { listen 127.0.0.1:%[3]d ssl; server_name db.example.test; ssl_certificate %[4]s; ssl_certificate_key %[5]s; location / { return 200 ok; } }
}
`

// TestRealLogAndLive: a real nginx fails toward a real upstream that wants a server name. Its error log leaves two causes, and
// --live proves one: with the name sent, the upstream answers.
func TestRealLogAndLive(t *testing.T) {
	nginx := needs(t, "nginx")[0]
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	front, back := freePort(t), freePort(t)
	conf := p.file("nginx.conf", fmt.Appendf(nil, upstreamConf, p.dir, front, back, cert, key))
	log := filepath.Join(p.dir, "error.log")
	serve(t, front, nil, false, nginx, "-c", conf, "-p", p.dir, "-e", log)
	for range 3 {
		req, _ := http.NewRequest("GET", fmt.Sprintf("http://127.0.0.1:%d/private?token=hunter2", front), nil)
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusBadGateway {
			t.Fatalf("nginx answers %s, want 502", res.Status)
		}
	}
	time.Sleep(50 * time.Millisecond) // nginx writes its log after it has answered
	r, code := heardReport(t, log)
	if code != exitFound || len(r.Findings) == 0 || r.Findings[0].Cause != "sni-missing" || r.Findings[0].Sure == "proven" || r.Findings[0].Count != 3 {
		t.Fatalf("exit %d: %s", code, summary(r))
	}
	if up := r.Findings[0].About.Upstream; !strings.Contains(up, fmt.Sprint(back)) {
		t.Errorf("about upstream %q", up)
	}
	if text := fmt.Sprintf("%+v", r); strings.Contains(text, "hunter2") {
		t.Error("a secret of the request line is in the report")
	}
	var out, errs bytes.Buffer
	code = Main([]string{"diagnose", "--format", "json", "--live", "--ca", p.ca, log}, nil, &out, &errs, func(string) string { return "" })
	var both report.Reports
	if err := json.Unmarshal(out.Bytes(), &both); err != nil || len(both.Reports) != 2 {
		t.Fatalf("exit %d, %v:\n%s%s", code, err, out.String(), errs.String())
	}
	first := both.Reports[0].Findings[0]
	if first.Cause != "sni-missing" || first.Sure != "proven" || first.Proof[0].Kind != "live" {
		t.Errorf("not proven: %s\n%s", summary(both.Reports[0]), summary(both.Reports[1]))
	}
}
