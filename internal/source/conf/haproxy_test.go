package conf

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const haproxySample = `global
    ca-base /etc/ssl/certs
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets # comment
    tune.ssl.default-dh-param 2048
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    default-server check inter 5s
frontend web
    bind 127.0.0.1:18443 name tls
    default_backend app
backend app
    option ssl-hello-chk
    default-server verify none
    http-request set-header X-A "a # b"
    server one 127.0.0.1:8443 ssl sni str(app.example.test) check-sni app.example.test weight 10
    server two ipv4@127.0.0.1:8444 cookie two no-check
    server three 127.0.0.1:8445 ssl verify none alpn h2,http/1.1 force-tlsv12
`

func TestHAProxy(t *testing.T) {
	res := tree{"haproxy.cfg": haproxySample}.read(t, "haproxy.cfg")
	wantSettings(t, res, `
haproxy.cfg:2  global > ca-base /etc/ssl/certs
haproxy.cfg:3  global > ssl-default-bind-options > ssl-min-ver TLSv1.2
haproxy.cfg:3  global > ssl-default-bind-options > no-tls-tickets
haproxy.cfg:4  global > tune.ssl.default-dh-param 2048
haproxy.cfg:6  defaults > mode http
haproxy.cfg:10  defaults > default-server > check
haproxy.cfg:12  frontend web > bind 127.0.0.1:18443
haproxy.cfg:13  frontend web > default_backend app
haproxy.cfg:15  backend app > option ssl-hello-chk
haproxy.cfg:16  backend app > default-server > verify none
haproxy.cfg:18  backend app > server one 127.0.0.1:8443
haproxy.cfg:18  backend app > server one > ssl
haproxy.cfg:18  backend app > server one > sni str(app.example.test)
haproxy.cfg:18  backend app > server one > check-sni app.example.test
haproxy.cfg:19  backend app > server two ipv4@127.0.0.1:8444
haproxy.cfg:20  backend app > server three 127.0.0.1:8445
haproxy.cfg:20  backend app > server three > ssl
haproxy.cfg:20  backend app > server three > verify none
haproxy.cfg:20  backend app > server three > alpn h2,http/1.1
haproxy.cfg:20  backend app > server three > force-tlsv12`)
	wantGaps(t, res)
}

// TestHAProxyAccepts has the real program accept the sample.
func TestHAProxyAccepts(t *testing.T) {
	program := needProgram(t, "haproxy")
	name := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(name, []byte(haproxySample), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-c", "-f", name).CombinedOutput(); err != nil {
		t.Errorf("haproxy -c: %v\n%s", err, out)
	}
}

// TestHAProxyKnows compares the tables of options with those that the real program lists.
func TestHAProxyKnows(t *testing.T) {
	program := needProgram(t, "haproxy")
	out, _ := exec.Command(program, "-dKall", "-q", "-c", "-f", os.DevNull).Output() // an empty configuration is refused; the list comes first
	n := 0
	for line := range strings.Lines(string(out)) {
		w := strings.Fields(line)
		if len(w) > 2 && w[0] == "server" && w[1] == "<name>" {
			n += haproxyKnows(t, haproxyServer, w[3:])
		}
		if len(w) > 2 && w[0] == "bind" && w[1] == "<addr>" {
			n += haproxyKnows(t, haproxyBind, w[2:])
		}
		if len(w) == 1 && strings.HasPrefix(line, "\t") && (strings.HasPrefix(w[0], "ssl-") || strings.HasPrefix(w[0], "tune.ssl")) && !slices.Contains(haproxyGlobal, w[0]) {
			t.Errorf("%s is not in the table", w[0])
		}
	}
	if n < 100 {
		t.Errorf("the program listed %d options only", n)
	}
}

func haproxyKnows(t *testing.T, table, w []string) int {
	t.Helper()
	if w[0] == "ssl" && len(w) > 1 && !strings.HasPrefix(w[1], "+") {
		w = w[1:]
	}
	values, ok := haproxyOption(table, w[0])
	if want := len(w) > 1; !ok || (values == 1) != want && w[0] != "usesrc" {
		t.Errorf("%v: known %v with %d values", w, ok, values)
	}
	return 1
}

func TestHAProxyWords(t *testing.T) {
	for line, want := range map[string][]string{
		"server a h:1 ssl # verify none\n": {"server", "a", "h:1", "ssl"},
		`a "b # c" d\ e 'f\' \#g`:          {"a", "b # c", "d e", `f\`, "#g"},
		"# all of it":                      nil,
	} {
		if got, open := haproxyWords(line); !slices.Equal(got, want) || open {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestHAProxyMisspelt(t *testing.T) {
	for line, want := range map[string]string{
		"server a h:1 ssl verfy none":             "verify",
		"server a h:1 ssl verify-host x":          "verifyhost",
		"server a h:1 ssl ca_file x":              "ca-file",
		"bind :1 ssl cert x":                      "crt",
		"bind :1 ssl ssl-min-version TLSv1.2":     "",
		"bind :1 ssl no-tlsv1.0":                  "no-tlsv10",
		"server a h:1 tls":                        "ssl",
		"ssl-default-bind-cipher HIGH":            "ssl-default-bind-ciphers",
		"server a h:1 ssl verify none servername": "sni",
	} {
		res := tree{"haproxy.cfg": "backend b\n " + line + "\n"}.read(t, "haproxy.cfg")
		found := false
		for _, s := range res.Settings {
			found = found || s.Unknown && s.Near == want
		}
		if !found {
			t.Errorf("%s: %v, want near %q", line, res.Settings, want)
		}
	}
}

func TestHAProxyBroken(t *testing.T) {
	res := tree{"haproxy.cfg": "backend b\n server\n server a\n server a h:1 ssl verify\n server \"b h:2 ssl\n bind\n"}.read(t, "haproxy.cfg")
	wantSettings(t, res, "haproxy.cfg:4  backend b > server a h:1\nhaproxy.cfg:4  backend b > server a > ssl\nhaproxy.cfg:4  backend b > server a > verify")
	wantGaps(t, res, "haproxy.cfg:5: the end of the line: a quotation mark that opens there is never closed")
}

// TestHAProxyUses: defaults and inheritance as doc/configuration.txt has them for default-server, verify, verifyhost and sni.
func TestHAProxyUses(t *testing.T) {
	wantUses(t, "haproxy.cfg", haproxySample, `
https://127.0.0.1:8443 name=app.example.test sni=app.example.test [verify none + sni]
https://127.0.0.1:8445 name= sni=none [verify none]`)
	wantUses(t, "haproxy.cfg", `defaults tcp
  mode tcp
  default-server ssl ca-file ca.pem
defaults web
  mode http
backend a from tcp
  server s1 db.test:5432
  server s2 db.test:5433 verifyhost x.test sni ssl_fc_sni
  server s3 unix@/run/s no-ssl
backend b
  server s4 [::1]:443 ssl verify none
  server s5 h:80
`, `
tls://db.test:5432 name= sni=none [verify required]
tls://db.test:5433 name=x.test sni=? [verify required + verifyhost + sni]
https://::1:443 name= sni=none [verify none]`)
}
