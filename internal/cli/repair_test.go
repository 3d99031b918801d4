package cli

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

const repairConf = `daemon off; master_process on; pid %[1]s/nginx.pid; worker_processes 1; error_log %[1]s/error.log info;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  %[4]s
  server {
    listen 127.0.0.1:%[2]d;
    location / {
%[3]s
    }
  }
}
`

// a broken upstream configuration: the directives of its location, what else stands in http { }, and the cause.
type broken struct {
	name, cause string
	location    []string
	http        string
}

// backend is a server { } block of the upstream side.
func backend(port int, cert, key string, lines ...string) string {
	return fmt.Sprintf("server { listen 127.0.0.1:%d ssl; server_name db.example.test; ssl_certificate %s; ssl_certificate_key %s; %s location / { return 200 ok; } }\n",
		port, cert, key, strings.Join(lines, " "))
}

// TestRealRepairs: ten broken ways to an upstream. diagnose reads the configuration and connects as this nginx would; what it
// proposes is put into the location, nginx reloads, and the request that got 502 gets 200.
func TestRealRepairs(t *testing.T) {
	nginx := needs(t, "nginx")[0]
	p := newPKI(t)
	good, goodKey := p.leaf("good", leafPlan{names: []string{host}}, true)
	client, clientKey := p.leaf("client", leafPlan{names: []string{"client.example.test"}, usage: x509.ExtKeyUsageClientAuth}, true)
	unrelated := p.file("unrelated.pem", pemBlock("CERTIFICATE", p.other.cert.Raw))
	to := func(port int, more ...string) []string {
		return append([]string{fmt.Sprintf("proxy_pass https://127.0.0.1:%d;", port), "proxy_set_header Host db.example.test;"}, more...)
	}
	verified := []string{"proxy_ssl_verify on;", "proxy_ssl_verify_depth 3;", "proxy_ssl_trusted_certificate " + p.ca + ";"}
	named := []string{"proxy_ssl_server_name on;", "proxy_ssl_name db.example.test;"}
	strict := "server { listen 127.0.0.1:%d ssl default_server; ssl_reject_handshake on; }\n"
	tests := []func(port int) broken{
		func(port int) broken {
			return broken{"no server name is sent", "sni-missing", to(port, "proxy_ssl_name db.example.test;"), fmt.Sprintf(strict, port) + backend(port, good, goodKey)}
		},
		func(port int) broken {
			return broken{"another name is verified", "hostname-mismatch", to(port, append(verified, "proxy_ssl_name other.example.test;")...), backend(port, good, goodKey)}
		},
		func(port int) broken {
			return broken{"the upstream block's name is verified", "hostname-mismatch", append([]string{"proxy_pass https://pool;"}, verified...),
				fmt.Sprintf("upstream pool { server 127.0.0.1:%d; }\n", port) + backend(port, good, goodKey)}
		},
		func(port int) broken {
			return broken{"another CA is trusted", "ca-not-trusted", to(port, append(named, "proxy_ssl_verify on;", "proxy_ssl_verify_depth 3;", "proxy_ssl_trusted_certificate "+unrelated+";")...), backend(port, good, goodKey)}
		},
		func(port int) broken {
			return broken{"TLS 1.3 alone is offered", "server-too-old", to(port, "proxy_ssl_protocols TLSv1.3;"), backend(port, good, goodKey, "ssl_protocols TLSv1.2;")}
		},
		func(port int) broken {
			return broken{"TLS 1.2 alone is offered", "client-too-old", to(port, "proxy_ssl_protocols TLSv1.2;"), backend(port, good, goodKey, "ssl_protocols TLSv1.3;")}
		},
		func(port int) broken {
			return broken{"other suites are offered", "no-shared-cipher", to(port, "proxy_ssl_protocols TLSv1.2;", "proxy_ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384;"),
				backend(port, good, goodKey, "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256;")}
		},
		func(port int) broken {
			return broken{"another group is offered", "no-shared-group", to(port, "proxy_ssl_conf_command Groups X25519;", "proxy_ssl_protocols TLSv1.2 TLSv1.3;"), backend(port, good, goodKey, "ssl_protocols TLSv1.3; ssl_ecdh_curve secp384r1;")}
		},
		func(port int) broken {
			return broken{"https to a port without TLS", "server-speaks-plaintext", to(port), fmt.Sprintf("server { listen 127.0.0.1:%d; location / { return 200 ok; } }\n", port)}
		},
		func(port int) broken {
			return broken{"no client certificate is shown", "client-certificate-missing", to(port), backend(port, good, goodKey, "ssl_client_certificate "+p.ca+"; ssl_verify_client on; ssl_verify_depth 3; ssl_protocols TLSv1.2 TLSv1.3;")}
		},
	}
	for _, make := range tests {
		port, front := freePort(t), freePort(t)
		b := make(port)
		t.Run(b.name, func(t *testing.T) { repair(t, nginx, p, b, front, client, clientKey) })
	}
}

func repair(t *testing.T, nginx string, p *pki, b broken, front int, client, clientKey string) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	write := func(location []string) {
		text := fmt.Sprintf(repairConf, dir, front, "      "+strings.Join(location, "\n      "), b.http)
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(b.location)
	serve(t, front, nil, false, nginx, "-c", conf, "-p", dir, "-e", filepath.Join(dir, "error.log"))
	if code := status(t, front); code == http.StatusOK {
		t.Fatal("nothing is broken")
	}
	change := proposed(t, b, p, conf)
	change = strings.NewReplacer("/etc/nginx/tls/upstream-ca.pem", p.ca, "/etc/nginx/tls/client.crt", client, "/etc/nginx/tls/client.key", clientKey).Replace(change)
	write(applied(b.location, change))
	reload(t, dir)
	for limit := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		code := status(t, front)
		if code == http.StatusOK {
			return
		}
		if time.Now().After(limit) {
			log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("still %d with\n%s\n%s", code, change, log[max(0, len(log)-600):])
		}
	}
}

func status(t *testing.T, port int) int {
	t.Helper()
	res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", port))
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// proposed is the first advised change in nginx's words of the finding that comes first.
func proposed(t *testing.T, b broken, p *pki, conf string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main([]string{"diagnose", "--format", "json", "--live", "--ca", p.ca, conf}, nil, &out, &errs, func(string) string { return "" })
	var one report.Report // one connection, one report
	if err := json.Unmarshal(out.Bytes(), &one); err != nil || one.Schema != report.Schema {
		t.Fatalf("exit %d, %v:\n%s%s", code, err, out.String(), errs.String())
	}
	for _, r := range []report.Report{one} {
		if len(r.Findings) == 0 || r.Findings[0].Level != "breaks" {
			continue
		}
		if r.Findings[0].Cause != b.cause {
			t.Errorf("cause %s, want %s: %s", r.Findings[0].Cause, b.cause, summary(r))
		}
		for _, advised := range []bool{true, false} { // a port that has no TLS cannot be had without a weakening change
			for _, c := range r.Findings[0].Changes {
				if c.Advised == advised && c.Platform == "nginx-upstream" && c.Snippet != "" {
					return c.Snippet
				}
			}
		}
		t.Fatalf("%s: no change in nginx's words: %+v", r.Findings[0].Cause, r.Findings[0].Changes)
	}
	t.Fatalf("nothing is found:\n%s", out.String())
	return ""
}

// applied puts a snippet into a location: a directive that stands there already is replaced.
func applied(location []string, snippet string) []string {
	lines := strings.Split(strings.TrimSpace(snippet), "\n")
	names := map[string]bool{}
	for _, l := range lines {
		names[strings.Fields(l)[0]] = true
	}
	var out []string
	for _, l := range location {
		if !names[strings.Fields(l)[0]] {
			out = append(out, l)
		}
	}
	return append(out, lines...)
}

func reload(t *testing.T, dir string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "nginx.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(data), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}
