package conf

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// nginxSample is a tree as distributions lay it out; TestNginxAccepts has the real program check it.
var nginxSample = tree{
	"/etc/nginx/nginx.conf": `user nobody;
events { worker_connections 64; }
http {
    include mime.types; # relative to this file
    types { text/html html; application/x-ssl ssl; }
    map $host $backend_ssl { default x; }
    log_format main '$remote_addr "$request" {'
                    '$status';
    proxy_ssl_protocols TLSv1.2
                        TLSv1.3;
    proxy_ssl_conf_command Options "UnsafeLegacyServerConnect";
    include conf.d/*.conf;
    server {
        listen 127.0.0.1:8081;
        location / {
            if ($request_method = "GET") { return 204; }
            proxy_pass https://backend/${arg_x};
        }
        server_name a.example.test b.example.test;
    }
    server { listen 127.0.0.1:8082; server_name a.example.test; location ~ "^/x{2}$" { return 200 "a;b{}"; } }
}
`,
	"/etc/nginx/mime.types":        "types { text/css css; }\n",
	"/etc/nginx/conf.d/up.conf":    "upstream backend {\n  server 127.0.0.1:8443 max_fails=3;\n  server 127.0.0.2:8443 backup;\n}\n",
	"/etc/nginx/conf.d/ignored.no": "ssl_protocols TLSv1;\n",
}

func TestNginx(t *testing.T) {
	res := nginxSample.read(t, "/etc/nginx/nginx.conf")
	wantSettings(t, res, `
/etc/nginx/nginx.conf:9  http > proxy_ssl_protocols TLSv1.2 TLSv1.3
/etc/nginx/nginx.conf:11  http > proxy_ssl_conf_command Options UnsafeLegacyServerConnect
/etc/nginx/conf.d/up.conf:2  http > upstream backend > server 127.0.0.1:8443 max_fails=3
/etc/nginx/conf.d/up.conf:3  http > upstream backend > server 127.0.0.2:8443 backup
/etc/nginx/nginx.conf:14  http > server a.example.test > listen 127.0.0.1:8081
/etc/nginx/nginx.conf:17  http > server a.example.test > location / > proxy_pass https://backend/${arg_x}
/etc/nginx/nginx.conf:19  http > server a.example.test > server_name a.example.test b.example.test
/etc/nginx/nginx.conf:21  http > server a.example.test #2 > listen 127.0.0.1:8082
/etc/nginx/nginx.conf:21  http > server a.example.test #2 > server_name a.example.test`)
	wantGaps(t, res)
	if res.Files != 3 || res.Dialect != "nginx" {
		t.Errorf("%d files of %q, want 3 of nginx", res.Files, res.Dialect)
	}
}

// TestNginxAccepts has the real program accept what the other tests hold for well-formed.
func TestNginxAccepts(t *testing.T) {
	program := needProgram(t, "nginx")
	dir := t.TempDir()
	for name, text := range nginxSample {
		out := filepath.Join(dir, strings.TrimPrefix(name, "/etc/nginx/"))
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			t.Fatal(err)
		}
		text = strings.Replace(text, "user nobody;", "pid "+dir+"/pid; error_log stderr;", 1)
		if err := os.WriteFile(out, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(program, "-t", "-e", "stderr", "-p", dir, "-c", dir+"/nginx.conf").CombinedOutput()
	if err != nil {
		t.Errorf("nginx -t: %v\n%s", err, out)
	}
}

func TestNginxBroken(t *testing.T) {
	for _, c := range []struct{ name, text, settings, gap string }{
		{"semicolon", "server {\n proxy_ssl_verify on\n proxy_ssl_name a.test;\n}", "n.conf:2  server > proxy_ssl_verify on\nn.conf:3  server > proxy_ssl_name a.test", "n.conf:2: proxy_ssl_verify: the ; that ends it is missing"},
		{"semicolon before }", "server {\n ssl_protocols TLSv1.2\n}\nssl_dhparam x;", "n.conf:2  server > ssl_protocols TLSv1.2\nn.conf:4  ssl_dhparam x", "n.conf:2: ssl_protocols: the ; that ends it is missing"},
		{"open block", "http {\n server {\n ssl_protocols TLSv1.2;\n }\n", "n.conf:3  http > server > ssl_protocols TLSv1.2", "n.conf:1: the block that begins here: its } is missing"},
		{"brace too many", "server {\n ssl_protocols TLSv1.2;\n}\n}\nssl_dhparam x;", "n.conf:2  server > ssl_protocols TLSv1.2\nn.conf:5  ssl_dhparam x", "n.conf:4: a block's end: no block is open here: a } is too many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := tree{"n.conf": c.text}.read(t, "n.conf")
			wantSettings(t, res, c.settings)
			wantGaps(t, res, c.gap)
		})
	}
}

func TestNginxMisspelt(t *testing.T) {
	for text, want := range map[string]string{
		"proxy_ssl_servername on;":         "proxy_ssl_server_name",
		"proxy_ssl_verfy on;":              "proxy_ssl_verify",
		"proxy_sll_verify on;":             "proxy_ssl_verify",
		"proxy_ssl_sni on;":                "proxy_ssl_server_name",
		"ssl_certificat /x;":               "ssl_certificate",
		"ssl_protocol TLSv1.2;":            "ssl_protocols",
		"grpc_ssl_ciphres HIGH;":           "grpc_ssl_ciphers",
		"proxy_ssl_trusted_certificates x": "proxy_ssl_trusted_certificate",
	} {
		res := tree{"n.conf": "server { listen 443 ssl;\n" + text + "; }"}.read(t, "n.conf")
		last := res.Settings[len(res.Settings)-1]
		if !last.Unknown || last.Near != want {
			t.Errorf("%s: unknown %v, near %q; want %q", text, last.Unknown, last.Near, want)
		}
	}
	known := `lua_ssl_verify_depth 2; js_fetch_verify on; proxy_ssl_alpn h2; ssl_ech_file x; brotli on; more_set_headers "x"; ssl_stapling on; proxy_cache_key x; ssl_certificate_by_lua_block { local x = "}" -- } it's
 }`
	for _, s := range (tree{"n.conf": "server { listen 443;\n" + known + "}"}).read(t, "n.conf").Settings {
		if s.Unknown {
			t.Errorf("%s is held for a mistake", s.Name)
		}
	}
}

// TestNginxKnows has every TLS directive of the installed program known to the table: the words stand in the program.
func TestNginxKnows(t *testing.T) {
	program := needProgram(t, "nginx")
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	v := newNginxVocabulary()
	for _, prefix := range []string{"proxy_ssl_", "grpc_ssl_", "uwsgi_ssl_"} {
		for _, word := range nginxClient {
			if word == "alpn" || word == "certificate_cache" || word == "key_log" {
				continue // of releases after the one that distributions have
			}
			if !strings.Contains(string(text), "\x00"+prefix+word+"\x00") {
				t.Errorf("%s%s is no word of %s", prefix, word, program)
			}
		}
	}
	for word := range strings.FieldsFuncSeq(string(text), func(c rune) bool { return c == 0 }) {
		for _, prefix := range []string{"proxy_ssl_", "grpc_ssl_", "uwsgi_ssl_"} {
			if strings.HasPrefix(word, prefix) && !v.known[word] {
				t.Errorf("%s is not in the table", word)
			}
		}
	}
}

func TestNginxLua(t *testing.T) {
	text := "http {\n content_by_lua_block {\n  local t = { a = '}' } -- a } here, it's ignored\n  ngx.say(\"{\")\n }\n ssl_protocols TLSv1.2;\n}\n"
	res := tree{"n.conf": text}.read(t, "n.conf")
	wantSettings(t, res, "n.conf:6  http > ssl_protocols TLSv1.2")
	wantGaps(t, res)
}

func TestNginxSiteAlone(t *testing.T) {
	files := tree{
		"/etc/nginx/sites-enabled/shop": "server {\n listen 443 ssl;\n include snippets/tls.conf;\n}\n",
		"/etc/nginx/snippets/tls.conf":  "ssl_certificate a.pem;\n",
	}
	wantSettings(t, files.read(t, "/etc/nginx/sites-enabled/shop"), `
/etc/nginx/sites-enabled/shop:2  server 443 > listen 443 ssl
/etc/nginx/snippets/tls.conf:1  server 443 > ssl_certificate a.pem`)
}

// bigTree writes an nginx tree of n sites.
func bigTree(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	main := "events {}\nhttp {\n proxy_ssl_verify on;\n include conf.d/*.conf;\n}\n"
	if err := os.MkdirAll(dir+"/conf.d", 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(dir+"/nginx.conf", []byte(main), 0o600); err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		text := fmt.Sprintf("upstream u%d { server 10.0.0.1:8443; server 10.0.0.2:8443; }\n", i) +
			fmt.Sprintf("server {\n listen 443 ssl;\n server_name s%d.example.test;\n ssl_certificate s%d.pem;\n", i, i) +
			strings.Repeat(fmt.Sprintf(" location /x%d {\n  proxy_set_header X-Real-IP $remote_addr;\n  proxy_ssl_server_name on;\n  proxy_pass https://u%d;\n }\n", i, i), 10) + "}\n"
		if err := os.WriteFile(fmt.Sprintf("%s/conf.d/%05d.conf", dir, i), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func readTree(tb testing.TB, dir string) Result {
	tb.Helper()
	f, err := os.Open(dir + "/nginx.conf")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	res, err := Read(context.Background(), f.Name(), f, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// TestNginxTree bounds what 2,000 files cost in allocated memory, which bounds the time too.
func TestNginxTree(t *testing.T) {
	dir := bigTree(t, 2000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res := readTree(t, dir)
	runtime.ReadMemStats(&after)
	if res.Files != 2001 || len(res.Gaps) != 0 {
		t.Fatalf("%d files, gaps %v", res.Files, res.Gaps)
	}
	if want := 1 + 2000*(2+3+20); len(res.Settings) != want {
		t.Errorf("%d settings, want %d", len(res.Settings), want)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 100<<20 {
		t.Errorf("%d MB allocated, want at most 100", n>>20)
	}
}

func BenchmarkNginxTree(b *testing.B) {
	dir := bigTree(b, 2000)
	for b.Loop() {
		readTree(b, dir)
	}
}
