package conf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlswhy/tlswhy/internal/client"
)

// uses are the uses of one file, a line each: target, name, SNI, mode.
func uses(t *testing.T, name, text string) []string {
	t.Helper()
	var lines []string
	for _, u := range client.Uses(tree{name: text}.read(t, name).Settings) {
		if len(u.From) == 0 {
			t.Errorf("%v has no settings that it comes from", u)
		}
		lines = append(lines, fmt.Sprintf("%s://%s:%d name=%s sni=%s [%s]", u.Target.Protocol, u.Target.Host, u.Target.Port, u.Name, u.SNI, u.Mode))
	}
	return lines
}

func wantUses(t *testing.T, name, text, want string) {
	t.Helper()
	var lines []string
	if want = strings.TrimSpace(want); want != "" {
		lines = strings.Split(want, "\n")
	}
	if diff := cmp.Diff(lines, uses(t, name, text)); diff != "" {
		t.Errorf("%s\nuses (-want +got):\n%s", text, diff)
	}
}

// TestNginxUses: what nginx would do is what 1.22.1 and 1.31.5 were measured to do (clients.md §5) or what its source says.
func TestNginxUses(t *testing.T) {
	for _, c := range []struct{ name, location, want string }{
		{"defaults", "proxy_pass https://app.test;", "https://app.test:443 name=app.test sni=none [defaults (verify off, server_name off)]"},
		{"SNI", "proxy_pass https://app.test/x/; proxy_ssl_server_name on;", "https://app.test:443 name=app.test sni=app.test [proxy_ssl_server_name on]"},
		{"an address is never sent", "proxy_pass https://127.0.0.1:8443; proxy_ssl_server_name on;", "https://127.0.0.1:8443 name=127.0.0.1 sni=none [proxy_ssl_server_name on]"},
		{"IPv6", "proxy_pass https://[::1]:8443;", "https://::1:8443 name=::1 sni=none [defaults (verify off, server_name off)]"},
		{"name of the block", "proxy_pass https://backend;", "https://10.0.0.1:8443 name=backend sni=none [defaults (verify off, server_name off)]\nhttps://10.0.0.3:80 name=backend sni=none [defaults (verify off, server_name off)]"},
		{"verify", "proxy_pass https://app.test; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_server_name on; proxy_ssl_name db.test;",
			"https://app.test:443 name=db.test sni=db.test [proxy_ssl_verify on + trusted CA + server_name on]"},
		{"verify without a CA", "proxy_pass https://app.test; proxy_ssl_verify on;", "https://app.test:443 name=app.test sni=none [proxy_ssl_verify on]"},
		{"protocols", "proxy_pass https://app.test; proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers DEFAULT@SECLEVEL=1;",
			"https://app.test:443 name=app.test sni=none [proxy_ssl_protocols TLSv1.2 + proxy_ssl_ciphers DEFAULT@SECLEVEL=1]"},
		{"variable", "set $up app.test:8443; proxy_pass https://$up/$uri;", "https://app.test:8443 name=app.test sni=none [defaults (verify off, server_name off)]"},
		{"unknown variable", "proxy_pass https://$arg_x;", "https://?:443 name=? sni=none [defaults (verify off, server_name off)]"},
		{"two values", "set $up a.test; if ($arg_x) { set $up b.test; } set $up c.test; proxy_pass https://$up;", "https://?:443 name=? sni=none [defaults (verify off, server_name off)]"},
		{"name of the request", "proxy_pass https://backend; proxy_ssl_server_name on; proxy_ssl_name $host;", "https://10.0.0.1:8443 name=shop.test sni=shop.test [proxy_ssl_server_name on]\nhttps://10.0.0.3:80 name=shop.test sni=shop.test [proxy_ssl_server_name on]"},
		{"plain", "proxy_pass http://app.test;", ""},
		{"plain to 443", "proxy_pass http://app.test:443;", "https://app.test:443 name=app.test sni=none [proxy_pass http://]"},
		{"grpc", "grpc_pass grpcs://app.test; grpc_ssl_verify on; grpc_ssl_trusted_certificate ca.pem; proxy_ssl_server_name on;", "https://app.test:443 name=app.test sni=none [proxy_ssl_verify on + trusted CA]"},
		{"uwsgi", "uwsgi_pass suwsgi://app.test:3031; uwsgi_ssl_server_name on;", "tls://app.test:3031 name=app.test sni=app.test [proxy_ssl_server_name on]"},
		{"socket", "proxy_pass https://local;", "https://unix:/run/a.sock:0 name=local sni=none [defaults (verify off, server_name off)]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "http {\n upstream Backend { server 10.0.0.1:8443; server 10.0.0.2:8443 down; server 10.0.0.3 backup; }\n" +
				" upstream local { server unix:/run/a.sock; }\n server {\n  server_name shop.test;\n  location / {\n" + c.location + "\n  }\n }\n}\n"
			wantUses(t, "nginx.conf", text, c.want)
		})
	}
}

// TestNginxInheritance: a directive of an outer block holds within unless an inner block has it too.
func TestNginxInheritance(t *testing.T) {
	wantUses(t, "nginx.conf", `http {
 proxy_ssl_server_name on;
 proxy_ssl_conf_command Options UnsafeLegacyServerConnect;
 proxy_ssl_conf_command Groups X25519;
 server { server_name a.test; proxy_ssl_name one.test;
  location /a { proxy_pass https://up.test; }
  location /b { proxy_ssl_server_name off; proxy_ssl_conf_command Groups P-256; proxy_pass https://up.test; }
 }
 server { server_name a.test; location /c { proxy_pass https://up.test; } }
}
stream {
 server { listen 1; proxy_pass up.test:5432; proxy_ssl on; }
 server { listen 2; proxy_pass up.test:5432; }
}`, `
https://up.test:443 name=one.test sni=one.test [proxy_ssl_server_name on + proxy_ssl_conf_command Options UnsafeLegacyServerConnect + proxy_ssl_conf_command Groups X25519]
https://up.test:443 name=one.test sni=none [proxy_ssl_conf_command Groups P-256]
https://up.test:443 name=up.test sni=up.test [proxy_ssl_server_name on + proxy_ssl_conf_command Options UnsafeLegacyServerConnect + proxy_ssl_conf_command Groups X25519]
tls://up.test:5432 name=up.test sni=none [defaults (verify off, server_name off)]`)
}

func TestNginxFiles(t *testing.T) {
	res := tree{"n.conf": "server { location / { proxy_pass https://a.test;\n proxy_ssl_certificate c.pem;\n proxy_ssl_certificate_key k.pem;\n proxy_ssl_trusted_certificate ca.pem; } }"}.read(t, "n.conf")
	us := client.Uses(res.Settings)
	if len(us) != 1 || us[0].Cert != "c.pem" || us[0].Key != "k.pem" || us[0].CA != "ca.pem" || us[0].Client != "nginx" {
		t.Fatalf("uses are %+v", us)
	}
	var from []string
	for _, s := range us[0].From {
		from = append(from, s.Ref.At)
	}
	if diff := cmp.Diff([]string{"n.conf:1", "n.conf:4", "n.conf:2", "n.conf:3"}, from); diff != "" {
		t.Errorf("it comes from (-want +got):\n%s", diff)
	}
}
