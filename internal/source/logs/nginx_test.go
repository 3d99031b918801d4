package logs

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nginxCases are lines in the forms of nginx's sources (ngx_log_error_core, ngx_http_log_error, ngx_stream_log_error,
// ngx_mail_log_error), and what stands in each.
var nginxCases = []struct {
	line string
	want Record
}{
	{"2024/10/21 08:41:45 [crit] 165#165: *18127 SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: 203.0.113.7, server: 0.0.0.0:443",
		Record{Level: "crit", Contexts: []fact.Context{fact.Web, fact.ByServer}, Client: addr("203.0.113.7"), Server: "0.0.0.0:443",
			Message: "SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking"}},
	{`2024/10/21 08:41:45 [error] 165#165: *7 upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream, client: 2001:db8::7, server: shop.example.com, request: "GET / HTTP/2.0", upstream: "https://[2001:db8::1]:443/", host: "shop.example.com", referrer: "https://shop.example.com/"`,
		Record{Level: "error", Contexts: []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}, Client: addr("2001:db8::7"), Server: "shop.example.com", Upstream: "https://[2001:db8::1]:443/", Host: "shop.example.com",
			Message: "upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream"}},
	{`2024/10/21 08:41:45 [error] 29#29: *3 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: 0.0.0.0:3307, upstream: "10.0.0.5:3306", bytes from/to client:0/0, bytes from/to upstream:0/0`,
		Record{Level: "error", Contexts: []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}, Client: addr("10.0.0.1"), Server: "0.0.0.0:3307", Upstream: "10.0.0.5:3306",
			Message: "connect() failed (111: Connection refused) while connecting to upstream"}},
	{`2024/10/21 08:41:45 [emerg] 1#1: cannot load certificate "/etc/nginx/tls.crt": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory)`,
		Record{Level: "emerg", Contexts: []fact.Context{fact.Web, fact.ByServer, fact.AtStart},
			Message: `cannot load certificate "/etc/nginx/tls.crt": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory)`}},
	{`2024/10/21 08:41:45 [info] 165#165: *5 client sent plain HTTP request to HTTPS port while reading client request headers, client: 203.0.113.7, server: a, request: "GET /?q=, upstream: "https://evil/" HTTP/1.1", host: "a:443"`,
		Record{Level: "info", Contexts: []fact.Context{fact.Web, fact.ByServer}, Client: addr("203.0.113.7"), Server: "a", Upstream: "https://evil/", Host: "a:443",
			Message: "client sent plain HTTP request to HTTPS port while reading client request headers"}},
	{"2024/10/21 08:41:45 [info] 165#165: *5 client sent invalid method while reading client request line, client: 203.0.113.7, server: a, request: \"\x16\x03\x01\x02\x00\"",
		Record{Level: "info", Contexts: []fact.Context{fact.Web, fact.ByServer}, Client: addr("203.0.113.7"), Server: "a",
			Message: `client sent invalid method while reading client request line, request: "\x16\x03…"`}},
	// Written by nginx 1.22.1: proxy_pass https://backend, asked with curl -H 'Host: localhost'.
	{`2024/10/21 08:41:45 [error] 165#165: *1 upstream SSL certificate does not match "backend" while SSL handshaking to upstream, client: 127.0.0.1, server: , request: "GET /e HTTP/1.1", upstream: "https://127.0.0.1:18443/e", host: "localhost"`,
		Record{Level: "error", Contexts: []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}, Client: addr("127.0.0.1"), Upstream: "https://127.0.0.1:18443/e", Host: "localhost", Name: "backend",
			Message: `upstream SSL certificate does not match "backend" while SSL handshaking to upstream`}},
	{`2024/10/21 08:41:45 [info] 165#165: *5 client sent plain HTTP request to HTTPS port while reading client request headers, client: 10.0.0.4, server: a, request: "GET /healthz?full=1 HTTP/1.1", host: "10.0.0.9"`,
		Record{Level: "info", Contexts: []fact.Context{fact.Web, fact.ByServer, fact.HealthCheck}, Client: addr("10.0.0.4"), Server: "a", Host: "10.0.0.9",
			Message: "client sent plain HTTP request to HTTPS port while reading client request headers"}},
	{`2024/10/21 08:41:45 [info] 165#165: *5 client sent plain HTTP request to HTTPS port while reading client request headers, client: 10.0.0.4, server: a, request: "GET /healthzone HTTP/1.1", host: "10.0.0.9"`,
		Record{Level: "info", Contexts: []fact.Context{fact.Web, fact.ByServer}, Client: addr("10.0.0.4"), Server: "a", Host: "10.0.0.9",
			Message: "client sent plain HTTP request to HTTPS port while reading client request headers"}},
	{"2024/10/21 08:41:45 [crit] 7#0: *9 SSL_write() failed (SSL: error:0A0000CF:SSL routines::bad write retry) while sending response to client, client: unix:, server: ",
		Record{Level: "crit", Contexts: []fact.Context{fact.Web, fact.ByServer, fact.InUse}, Message: "SSL_write() failed (SSL: error:0A0000CF:SSL routines::bad write retry) while sending response to client"}},
}

func TestNginx(t *testing.T) {
	o := &Options{Now: now}
	for _, c := range nginxCases {
		c.want.At, c.want.Product = time.Date(2024, 10, 21, 8, 41, 45, 0, now.Location()), "nginx"
		got, ok := parseNginx([]byte(c.line), o)
		if !ok {
			t.Errorf("not read: %s", c.line)
		}
		if d := cmp.Diff(c.want, got, cmp.Comparer(func(a, b addrType) bool { return a == b })); d != "" {
			t.Errorf("%s\n%s", c.line, d)
		}
	}
	got, ok := parseNginx([]byte(`nginx: [emerg] no "ssl_certificate" is defined for the "listen ... ssl" directive in /etc/nginx/conf.d/a.conf:3`), o)
	if !ok || got.Level != "emerg" || !strings.HasPrefix(got.Message, `no "ssl_certificate"`) || !got.At.IsZero() {
		t.Errorf("%+v %v", got, ok)
	}
	for _, line := range []string{"", "nginx: [", "2024/10/21 08:41:45 [", "2024/10/21 08:41:45 [hello] x", "2024/13/21 08:41:45 [error] x", "2024/10/21 08:41:45 http: TLS handshake error from 10.0.0.1:5: EOF"} {
		if r, ok := parseNginx([]byte(line), o); ok {
			t.Errorf("%q was read as %+v", line, r)
		}
	}
}

// TestNginxAnchors: every message of nginx's sources that is about TLS is found.
func TestNginxAnchors(t *testing.T) {
	f := newFinder(nginx.Anchors, nil, []byte(otherLine))
	var s search
	for _, m := range []string{
		"SSL_do_handshake() failed", "SSL_read() failed", "peer closed connection in SSL handshake", "upstream SSL certificate does not match", "client SSL certificate verify error",
		"client sent no required SSL certificate", "client sent plain HTTP request to HTTPS port", `"ssl_stapling" ignored, issuer certificate not found`, "OCSP response not successful",
		"no OCSP responder URL in the certificate", "certificate status not found in the OCSP response", `broken header: "x" while reading PROXY protocol`,
		"client attempted to request the server name different from the one that was negotiated", `no "ssl_certificate_key" is defined`, "cannot load certificate key",
		`client sent invalid method while reading client request line, client: 1.2.3.4, server: a, request: "\x16\x03\x01"`, `recv() failed, upstream: "https://a/"`,
		"could not allocate new session in SSL session shared cache", "SSL_CTX_load_verify_locations() failed", "ignoring stale global SSL error",
	} {
		f.over([]byte(m), &s)
		if s.from(0) == len(m) {
			t.Errorf("no anchor in %q", m)
		}
	}
	f.over([]byte(otherLine), &s)
	if s.from(0) < len(otherLine) {
		t.Errorf("a line about a missing file is looked at")
	}
}

func TestAccess(t *testing.T) {
	o := &Options{Now: now}
	for line, want := range map[string]Record{
		`203.0.113.7 - - [21/Oct/2024:08:41:45 +0000] "\x16\x03\x01\x02\x00\x01\x00" 400 157 "-" "-"`:                         {Client: addr("203.0.113.7"), Message: `"\x16\x03\x01\x02\x00\x01\x00" 400`},
		`shop.example.com:443 2001:db8::1 - bob [21/Oct/2024:08:41:45 +0000] "GET /a\"b?token=x HTTP/1.1" 496 212 "-" "curl"`: {Client: addr("2001:db8::1"), Server: "shop.example.com:443", Message: `"GET /a\"b HTTP/1.1" 496 SSL Certificate Required`},
		`client.example.net - - [21/Oct/2024:08:41:45 +0000] "GET / HTTP/1.1" 421 0`:                                          {Message: `"GET / HTTP/1.1" 421 Misdirected Request`},
	} {
		got, ok := parseAccess([]byte(line), o)
		want.At, want.Contexts = time.Date(2024, 10, 21, 8, 41, 45, 0, time.UTC), []fact.Context{fact.ByServer, fact.Web}
		if d := cmp.Diff(want, got, cmp.Comparer(func(a, b addrType) bool { return a == b })); !ok || d != "" {
			t.Errorf("%s: %v\n%s", line, ok, d)
		}
	}
	for _, line := range []string{"", "[21/Oct/2024:08:41:45 +0000] x", `a - - [21/Oct/2024:08:41:45 +0000] "x`, `a - - [21/Oct/2024:08:41:45 +0000] "x" `} {
		if _, ok := parseAccess([]byte(line), o); ok {
			t.Errorf("%q was read", line)
		}
	}
}
