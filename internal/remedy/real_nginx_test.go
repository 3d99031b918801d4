package remedy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var listen = regexp.MustCompile(`listen \d+`)

// nginxConf puts a step's lines where its File says they belong.
func nginxConf(t *testing.T, dir string, s sampled) string {
	t.Helper()
	lines := strings.ReplaceAll(s.Snippet, "/etc/nginx/tls", dir)
	lines = listen.ReplaceAllString(lines, "listen 127.0.0.1:"+closedPort(t))
	const proxy = "server { location / { proxy_pass https://127.0.0.1:1; "
	head := "daemon off; pid " + dir + "/pid; error_log stderr; events {}\n"
	logs := "access_log off; client_body_temp_path " + dir + "; proxy_temp_path " + dir + "; fastcgi_temp_path " + dir + "; uwsgi_temp_path " + dir +
		"; scgi_temp_path " + dir + ";\n"
	switch {
	case s.File == "nginx.conf, http { }":
		return head + "http { " + logs + lines + "\n}"
	case s.File == "nginx.conf, server { }":
		if !strings.Contains(lines, "ssl_certificate ") {
			lines += "\nssl_certificate " + dir + "/fullchain.pem;"
		}
		if !strings.Contains(lines, "ssl_certificate_key ") {
			lines += "\nssl_certificate_key " + dir + "/privkey.pem;"
		}
		return head + "http { " + logs + "server { " + lines + "\n} }"
	case s.File == "nginx.conf, upstream { }":
		return head + "http { " + logs + "upstream backend { server 127.0.0.1:1; " + lines + "\n} }"
	case strings.Contains(s.File, "stream {"):
		return ""
	case strings.Contains(lines, "proxy_pass "):
		return head + "http { " + logs + "server { location / { " + lines + "\n} } }"
	case strings.Contains(s.File, "proxy_pass"):
		return head + "http { " + logs + proxy + lines + "\n} } }"
	}
	t.Errorf("%s belongs nowhere: %q", s.ID, s.File)
	return ""
}

// TestNginxReadsIt lets nginx -t read every line for nginx.
func TestNginxReadsIt(t *testing.T) {
	nginx := program(t, "nginx", "/usr/sbin/nginx")
	openssl := program(t, "openssl")
	dir := t.TempDir()
	pair(t, dir, "fullchain.pem", "privkey.pem", "ecdsa-fullchain.pem", "ecdsa-privkey.pem", "rsa-fullchain.pem", "rsa-privkey.pem",
		"client.crt", "client.key", "client-ca.pem", "x", "upstream-ca.pem", "x", "our ca.pem", "x")
	if out, err := run(t, nil, openssl, "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", dir+"/dhparam.pem"); err != nil {
		t.Fatal(out, err)
	}
	checked := 0
	for _, s := range append(of(t, "nginx-server"), of(t, "nginx-upstream")...) {
		s.Snippet = strings.NewReplacer("/etc/ssl/our ca.pem", dir+"/our ca.pem", "//www.example.net", "//127.0.0.1").Replace(s.Snippet)
		conf := nginxConf(t, dir, s)
		if conf == "" || newerThanHere(t, openssl, s.Snippet) {
			continue
		}
		path := write(t, filepath.Join(dir, "nginx.conf"), conf)
		if out, err := run(t, nil, nginx, "-t", "-q", "-c", path, "-p", dir); err != nil {
			t.Errorf("%s: %v\n%s\n%s", s.ID, err, out, s.Snippet)
		}
		checked++
	}
	if checked < 60 {
		t.Errorf("only %d snippets were read", checked)
	}
	bad := sampled{Step: Step{File: "nginx.conf, server { }", Snippet: "ssl_ciphers NONESUCH;"}}
	if _, err := run(t, nil, nginx, "-t", "-q", "-c", write(t, dir+"/nginx.conf", nginxConf(t, dir, bad)), "-p", dir); err == nil {
		t.Error("nginx accepts a cipher list that cannot be: this test proves nothing")
	}
	os.Remove(filepath.Join(dir, "pid"))
}

// newerThanHere reports whether lines name an algorithm that this machine's OpenSSL lacks.
func newerThanHere(t *testing.T, openssl, lines string) bool {
	t.Helper()
	if !strings.Contains(lines, "MLKEM") {
		return false
	}
	out, _ := run(t, nil, openssl, "list", "-kem-algorithms")
	return !strings.Contains(out, "MLKEM")
}

// TestQuoteNginx lets nginx find a file by its quoted name.
func TestQuoteNginx(t *testing.T) {
	nginx := program(t, "nginx", "/usr/sbin/nginx")
	dir := t.TempDir()
	for _, name := range []string{"our ca.pem", "it's.pem", `a"b.pem`, `a\b.pem`, "a;b.pem", "{x}.pem", "#x.pem", "über.pem"} {
		pair(t, dir, name, "key")
		q, ok := quote("nginx", filepath.Join(dir, name))
		if !ok {
			t.Errorf("%q is refused", name)
			continue
		}
		s := sampled{Step: Step{File: "nginx.conf, the location { } with proxy_pass", Snippet: "proxy_ssl_trusted_certificate " + q + "; proxy_ssl_verify on;"}}
		if out, err := run(t, nil, nginx, "-t", "-q", "-c", write(t, dir+"/nginx.conf", nginxConf(t, dir, s)), "-p", dir); err != nil {
			t.Errorf("%s: %s", q, out)
		}
	}
}
