package cli

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// client9 is an address of this machine that no server listens on: what connects from there is a client and nothing else.
const client9 = "127.0.0.9"

const namedConf = `
daemon off; master_process off; pid %[1]s/nginx.pid; worker_processes 1; error_log %[1]s/error.log info;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  proxy_ssl_verify on; proxy_ssl_trusted_certificate %[6]s;
  upstream backend { server 127.0.0.1:%[3]d; }
  server { listen 127.0.0.1:%[2]d; location / { proxy_pass https://backend; } location /other { proxy_pass https://backend; proxy_ssl_name other.example.test; } }
  server { listen 127.0.0.1:%[3]d ssl; ssl_certificate %[4]s; ssl_certificate_key %[5]s; location / { return 200 ok; } }
}
`

// TestRealUpstreamName: nginx checks the name in proxy_pass, its client asks for the very name in the certificate. The log is
// about the former: --live proves the mismatch and contradicts nothing, and two names are two findings.
func TestRealUpstreamName(t *testing.T) {
	nginx := needs(t, "nginx")[0]
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	front, back := freePort(t), freePort(t)
	conf := p.file("nginx.conf", fmt.Appendf(nil, namedConf, p.dir, front, back, cert, key, p.ca))
	log := filepath.Join(p.dir, "error.log")
	serve(t, front, nil, false, nginx, "-c", conf, "-p", p.dir, "-e", log)
	for _, path := range []string{"/", "/", "/other"} {
		req, _ := http.NewRequest("GET", fmt.Sprintf("http://127.0.0.1:%d%s", front, path), nil)
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusBadGateway {
			t.Fatalf("nginx answers %v, %v, want 502", res, err)
		}
		res.Body.Close()
	}
	time.Sleep(50 * time.Millisecond) // nginx writes its log after it has answered
	r, _ := heardReport(t, log)
	if len(r.Findings) != 2 || r.Findings[0].Cause != "hostname-mismatch" || r.Findings[0].Count != 2 || r.Findings[1].Count != 1 {
		t.Fatalf("two names are expected of this upstream: %s", summary(r))
	}
	for i, name := range []string{"backend", "other.example.test"} {
		if check := r.Findings[i].Check; !strings.Contains(check, fmt.Sprintf("-connect 127.0.0.1:%d -servername %s ", back, name)) {
			t.Errorf("%q", check)
		}
	}
	var out, errs bytes.Buffer
	one := p.file("one.log", onlyLine(t, log, `does not match "backend"`))
	Main([]string{"diagnose", "--format", "json", "--live", "--ca", p.ca, one}, nil, &out, &errs, func(string) string { return "" })
	var both report.Reports
	if err := json.Unmarshal(out.Bytes(), &both); err != nil || len(both.Reports) != 2 {
		t.Fatalf("%v:\n%s%s", err, out.String(), errs.String())
	}
	for i, r := range both.Reports {
		if f := r.Findings; r.Outcome != "fails" || len(f) == 0 || f[0].Cause != "hostname-mismatch" || f[0].Sure != "proven" || len(f[0].Against) > 0 {
			t.Errorf("report %d: %s", i, summary(r))
		}
	}
	if text := fmt.Sprintf("%+v", both.Reports[0].Findings[0].Changes); !strings.Contains(text, "proxy_ssl_name "+host+";") {
		t.Errorf("the change is proxy_ssl_name with the certificate's name: %s", text)
	}
}

// onlyLine is the first line of a file with a text.
func onlyLine(t *testing.T, name, part string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, part) {
			return []byte(line)
		}
	}
	t.Fatalf("no line with %q in\n%s", part, data)
	return nil
}

// asClient9 connects from client9.
func asClient9(t *testing.T, port int) net.Conn {
	t.Helper()
	d := net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(client9)}}
	conn, err := d.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	return conn
}

// notAtClient: no command of the reports connects to the client.
func notAtClient(t *testing.T, log string) report.Report {
	t.Helper()
	var out, errs bytes.Buffer
	Main([]string{"diagnose", "--live", log}, nil, &out, &errs, func(string) string { return "" })
	for line := range strings.Lines(out.String() + errs.String()) {
		for _, command := range []string{"://" + client9, "host=" + client9, "-h " + client9, "-connect " + client9, "nc -v " + client9, "connecting to"} {
			if strings.Contains(line, command) {
				t.Errorf("a client is connected to: %s", line)
			}
		}
	}
	r, _ := heardReport(t, log)
	return r
}

// TestRealMariaDBLog: what mariadbd writes about a client that only looks whether the port is open: the connection that closed,
// and that its address has no name. Neither is a failure. The hour of its lines is padded with a blank.
func TestRealMariaDBLog(t *testing.T) {
	paths := needs(t, "mariadbd", "mariadb-install-db")
	mysql, p := account(t, "mysql"), newPKI(t)
	data := folder(t, p, "data", mysql)
	run(t, nil, paths[1], "--no-defaults", "--user=mysql", "--datadir="+data, "--innodb-log-file-size=4M", "--skip-test-db", "--auth-root-authentication-method=normal")
	early := (time.Now().UTC().Hour() + 21) % 24 // hours to go back for it to be three o'clock
	t.Setenv("TZ", fmt.Sprintf("XXX%d", early))
	port, log := freePort(t), filepath.Join(data, "error.log")
	serve(t, port, nil, false, paths[0], "--no-defaults", "--user=mysql", "--datadir="+data, fmt.Sprintf("--port=%d", port), "--bind-address=127.0.0.1", "--socket="+data+"/s",
		"--pid-file="+data+"/pid", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--performance-schema=off", "--log-error="+log, "--log-warnings=4")
	for range 3 {
		conn := asClient9(t, port)
		io.ReadFull(conn, make([]byte, 4)) // its greeting begins
		conn.Close()
	}
	time.Sleep(200 * time.Millisecond) // mariadbd notices and writes
	aborted := onlyLine(t, log, "closed normally without authentication")
	if !bytes.Contains(aborted, []byte("  3:")) {
		t.Fatalf("the hour is not padded: this proves nothing: %s", aborted)
	}
	r := notAtClient(t, log)
	if r.Outcome == "fails" || len(r.Findings) == 0 || r.Findings[0].Cause != "benign-healthcheck" {
		t.Errorf("%s", summary(r))
	}
	lookup := p.file("lookup.log", onlyLine(t, log, "IP address '"+client9+"' could not be resolved: "))
	if r := notAtClient(t, lookup); r.Outcome == "fails" || len(r.Findings) > 0 {
		t.Errorf("a client without a name is no failure: %s", summary(r))
	}
}

// TestRealPostgresLog: a client that PostgreSQL refuses, by address, and one whose TLS is too old, of which it writes a hint in
// a line of its own.
func TestRealPostgresLog(t *testing.T) {
	postgres, as, p := newestPostgres(t), account(t, "postgres"), newPKI(t)
	dir := folder(t, p, "data", as)
	run(t, as, filepath.Join(postgres, "initdb"), "-D", dir, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", p.file("pw", []byte("not used\n")), "-N")
	if err := os.WriteFile(filepath.Join(dir, "pg_hba.conf"), []byte("hostssl all all all scram-sha-256\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cert, key := p.leaf("pg", leafPlan{names: []string{host}}, false)
	own(t, key, as)
	os.Chmod(key, 0o600)
	port := freePort(t)
	serve(t, port, as, false, filepath.Join(postgres, "postgres"), "-D", dir, "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-k", dir, "-c", "shared_buffers=1MB", "-c", "fsync=off",
		"-c", "ssl=on", "-c", "ssl_cert_file="+cert, "-c", "ssl_key_file="+key, "-c", "ssl_min_protocol_version=TLSv1.3", "-c", "log_line_prefix=%m [%p] %q%u@%d ",
		"-c", "logging_collector=on", "-c", "log_directory="+dir, "-c", "log_filename=error.log")
	plain := asClient9(t, port)
	startup := append([]byte{0, 3, 0, 0}, "user\x00app\x00database\x00db\x00\x00"...) // protocol 3.0
	plain.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(startup)+4)), startup...))
	io.Copy(io.Discard, plain)
	old := asClient9(t, port)
	old.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}) // SSLRequest
	io.ReadFull(old, make([]byte, 1))
	if err := tls.Client(old, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}).Handshake(); err == nil {
		t.Fatal("TLS 1.2 is taken: this proves nothing")
	}
	time.Sleep(200 * time.Millisecond) // the log goes through the collector
	log := filepath.Join(dir, "error.log")
	onlyLine(t, log, `no pg_hba.conf entry for host "`+client9+`"`)
	onlyLine(t, log, "HINT:  ")
	if r := notAtClient(t, log); r.Outcome != "fails" {
		t.Errorf("%s", summary(r))
	}
	var out bytes.Buffer
	Main([]string{"diagnose", log}, nil, &out, io.Discard, func(string) string { return "" })
	if text := out.String(); !strings.Contains(text, "HINT:") || strings.Contains(text, `\x0a`) {
		t.Errorf("the record of two lines is not shown as one:\n%s", text)
	}
}
