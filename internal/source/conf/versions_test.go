package conf

import (
	"context"
	"strings"
	"testing"
)

// TestVersionWords: words for TLS versions that the product refuses, and near misses that it takes. What each takes was asked of
// nginx -t 1.22, apache2 -t 2.4, haproxy -c 2.6 and mariadbd 10.11.
func TestVersionWords(t *testing.T) {
	const proxy = "defaults\n mode http\nfrontend f\n bind :1\n default_backend b\nbackend b\n server s 127.0.0.1:443 ssl "
	for _, c := range []struct {
		file, text, setting, near string // near "": the value is taken
	}{
		{"nginx.conf", "http { server { listen 1 ssl; ssl_protocols TLSv1.4; } }", "ssl_protocols", "ssl_protocols TLSv1.3"},
		{"nginx.conf", "http { server { listen 1 ssl; ssl_protocols TLSv1.2 TLSv1.4; } }", "ssl_protocols", "ssl_protocols TLSv1.2 TLSv1.3"},
		{"nginx.conf", "http { server { listen 1 ssl; ssl_protocols TLSv1.0; } }", "ssl_protocols", "ssl_protocols TLSv1"},
		{"nginx.conf", "http { server { listen 1 ssl; ssl_protocols tlsv1.2; } }", "ssl_protocols", ""},
		{"nginx.conf", "http { server { location / { proxy_pass https://a.test; proxy_ssl_protocols TLSv1.5; } } }", "proxy_ssl_protocols", "proxy_ssl_protocols TLSv1.3"},
		{"httpd.conf", "<VirtualHost *:443>\nSSLEngine on\nSSLProtocol TLSv1.4\n</VirtualHost>\n", "SSLProtocol", "SSLProtocol TLSv1.3"},
		{"httpd.conf", "<VirtualHost *:443>\nSSLEngine on\nSSLProtocol -all +TLSv1.2\n</VirtualHost>\n", "SSLProtocol", ""},
		{"haproxy.cfg", proxy + "ssl-max-ver TLSv1.4\n", "ssl-max-ver", "ssl-max-ver TLSv1.3"},
		{"haproxy.cfg", proxy + "ssl-max-ver TLSv1.2\n", "ssl-max-ver", ""},
		{"my.cnf", "[mysqld]\ntls_version = TLSv1.2,TLSv1.4\n", "tls-version", "tls-version=TLSv1.2,TLSv1.3"},
		{"my.cnf", "[mysqld]\ntls_version = TLSv1.2,TLSv1.3\n", "tls-version", ""},
		{"my.cnf", "[client]\ntls_version = TLSv1.4\n", "tls-version", ""}, // mariadb passes over it and connects
	} {
		res, err := Read(context.Background(), c.file, strings.NewReader(c.text), Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		found := false
		for _, s := range res.Settings {
			if s.Name != c.setting {
				continue
			}
			found = true
			if s.Unknown != (c.near != "") || s.BadValue != s.Unknown || s.Near != c.near {
				t.Errorf("%s: unknown %v, near %q, want %q", c.text, s.Unknown, s.Near, c.near)
			}
		}
		if !found {
			t.Errorf("%s: no %s among %+v", c.text, c.setting, res.Settings)
		}
	}
}
