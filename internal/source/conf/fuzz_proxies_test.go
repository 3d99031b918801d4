package conf

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
)

// proxies are the dialects of reverse proxies, with a file of each.
func proxies() map[*dialect]string {
	return map[*dialect]string{&nginx: nginxSample["/etc/nginx/nginx.conf"], &haproxy: haproxySample, &apache: apacheSample, &stunnel: stunnelSample, &envoy: envoySample}
}

func fuzzDialect(f *testing.F, d *dialect) {
	sample := proxies()[d]
	f.Add(sample)
	f.Add(sample[:len(sample)/2])
	f.Add(sample[len(sample)/3:])
	f.Add("include main;\nInclude main\ninclude = main\n")
	f.Add(strings.Repeat("{", 200) + strings.Repeat("- ", 200) + strings.Repeat("[", 200))
	f.Fuzz(func(t *testing.T, text string) {
		files := tree{"main": text, "main/x.conf": text}
		o := files.options()
		o.MaxFiles, o.MaxBytes = 20, 1<<20
		r := newReader(context.Background(), "main", o)
		r.res.Dialect = d.ID
		r.stack = []string{"main"}
		d.read(r, file{name: "main", text: text})
		lines := strings.Count(text, "\n") + 1
		for _, s := range r.res.Settings {
			_, at, _ := strings.Cut(s.Ref.At, ":")
			if n, err := strconv.Atoi(at); err != nil || n < 1 || n > lines {
				t.Fatalf("%q stands at %s of %d lines", s.Name, s.Ref.At, lines)
			}
		}
		for _, u := range client.Uses(r.res.Settings) {
			if len(u.From) == 0 || u.Client == "" {
				t.Fatalf("use without origin: %+v", u)
			}
		}
	})
}

func FuzzNginx(f *testing.F)   { fuzzDialect(f, &nginx) }
func FuzzHAProxy(f *testing.F) { fuzzDialect(f, &haproxy) }
func FuzzApache(f *testing.F)  { fuzzDialect(f, &apache) }
func FuzzStunnel(f *testing.F) { fuzzDialect(f, &stunnel) }
func FuzzEnvoy(f *testing.F)   { fuzzDialect(f, &envoy) }

// TestProxiesSniffed tells each sample by its contents, under a name that says nothing and under its usual one.
func TestProxiesSniffed(t *testing.T) {
	for d, text := range proxies() {
		for _, name := range []string{"proxy.conf", "x"} {
			if got := Sniff(name, []byte(text)); got != d.ID {
				t.Errorf("%s of %s is taken for %q", name, d.ID, got)
			}
		}
	}
	for name, want := range map[string]string{"/etc/nginx/nginx.conf": "nginx", "haproxy.cfg": "haproxy", "httpd.conf": "apache", "stunnel.conf": "stunnel", "envoy.yaml": "envoy"} {
		if got := Sniff(name, nil); got != want {
			t.Errorf("empty %s is %q", name, got)
		}
	}
	for _, text := range []string{"int main() {\n  return 0;\n}\n", "[mysqld]\nssl-ca = x\nconnect_timeout = 5\n", "error: SSL_do_handshake() failed\n", "user: a\nname: b\n"} {
		for d := range proxies() {
			if got := Sniff("x", []byte(text)); got == d.ID {
				t.Errorf("%q is taken for %s", text, got)
			}
		}
	}
}

// TestPlantedSecrets puts a password wherever these files have one.
func TestPlantedSecrets(t *testing.T) {
	for name, text := range map[string]string{
		"nginx.conf": "http {\n server {\n location / {\n proxy_pass https://u:Pl4nted@h/;\n proxy_set_header Authorization \"Basic Pl4nted\";\n set $password Pl4nted;\n set $up \"https://u:Pl4nted@h\";\n ssl_password Pl4nted;\n } } }",
		"haproxy.cfg": "global\n ssl-passphrase-cmd echo Pl4nted\nuserlist u\n user a insecure-password Pl4nted\nbackend b\n server s h:1 ssl ca-sign-pass Pl4nted\n" +
			" bind :1 ssl ca-sign-pass Pl4nted\n option httpchk GET / HTTP/1.1\\r\\nAuthorization:\\ Basic\\ Pl4nted\n mode http\n",
		"httpd.conf":   "Listen 1\nProxyPass / https://u:Pl4nted@h/\nProxyPass /b https://h/ secret=Pl4nted\nSSLPassPhraseDialog |echo-Pl4nted\nSSLPassword Pl4nted\n",
		"stunnel.conf": "[a]\nprotocolPassword = Pl4nted\nconnect = h:1\nengineCtrl = PIN:Pl4nted\nclient = yes\nticketKeySecret = Pl4nted\n",
		"envoy.yaml":   "clusters:\n- name: a\n  transport_socket:\n    typed_config:\n      \"@type\": UpstreamTlsContext\n      common_tls_context:\n        tls_certificates:\n        - password: {inline_string: Pl4nted}\n          private_key: {inline_string: \"Pl4nted\"}\n          pasword: Pl4nted\n",
	} {
		for _, s := range (tree{name: text}).read(t, name).Settings {
			if strings.Contains(written(s), "Pl4nted") {
				t.Errorf("%s: %s", name, written(s))
			}
		}
	}
}
