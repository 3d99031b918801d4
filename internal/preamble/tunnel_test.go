package preamble

import (
	"io"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestConnect follows RFC 9110 §9.3.6.
func TestConnect(t *testing.T) {
	const ask = "CONNECT db.example.net:443 HTTP/1.1\r\nHost: db.example.net:443\r\n\r\n"
	const yes = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"
	const login = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nlogin"
	hold(t, []spoken{
		{"TLS", ask + "TLS!", yes + "TLS!", "http-connect", fact.Unknown, nil, 0, "CONNECT|200"},
		{"asked twice", ask + ask + "TLS!", login + yes + "TLS!", "http-connect", fact.Unknown, nil, 0, "CONNECT|407|CONNECT|200"},
		{"asked twice, the first answer in chunks", ask + ask + "TLS!",
			"HTTP/1.1 407 Login\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n0\r\n\r\n" + yes + "TLS!", "http-connect", fact.Unknown, nil, 0, "CONNECT|407|CONNECT|200"},
		{"forbidden", ask, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "http-connect", fact.Unknown, ErrReply, 403, "CONNECT|403"},
		{"the target does not answer", ask, "HTTP/1.0 503 Service Unavailable\r\n\r\nsorry", "http-connect", fact.Unknown, ErrReply, 503, "CONNECT|503"},
		{"no answer yet", ask, "", "http-connect", fact.Unknown, io.ErrUnexpectedEOF, 0, "CONNECT"},
		{"through and silent", ask, yes, "http-connect", fact.Unknown, io.ErrUnexpectedEOF, 0, "CONNECT|200"},
		{"half a head", ask[:20], "", "http-connect", fact.Unknown, io.ErrUnexpectedEOF, 0, ""},
		{"the client alone", ask + "TLS!", "", "http-connect", fact.Unknown, nil, 0, "CONNECT"},
		{"mail through the proxy", ask + "EHLO a\r\nSTARTTLS\r\nTLS!", yes + "220 x ESMTP\r\n" + ehlo + "220 go\r\nTLS!", "http-connect", fact.Yes, nil, 0,
			"CONNECT|200|greeting|EHLO|250|STARTTLS|220"},
		{"SSH through the proxy", strings.Replace(ask, ":443", ":22", 1) + "SSH-2.0-x\r\n", yes + "SSH-2.0-y\r\n", "http-connect", fact.Unknown, ErrNoTLS, 0, "CONNECT|200"},
		{"a proxy behind a proxy", ask + ask + "TLS!", yes + yes + "TLS!", "http-connect", fact.Unknown, nil, 0, "CONNECT|200|CONNECT|200"},
	})
}

// TestTunnelsEnd: a tunnel within a tunnel and so on is not followed for ever.
func TestTunnelsEnd(t *testing.T) {
	ask := []byte(strings.Repeat("CONNECT a:443 HTTP/1.1\r\n\r\n", 2000))
	yes := []byte(strings.Repeat("HTTP/1.1 200 ok\r\n\r\n", 2000))
	p := Guess(ask, yes, 0)
	if _, spans, _ := p.Parse(ask, yes); len(spans.Marks) != 2*maxTunnels {
		t.Errorf("%d marks", len(spans.Marks))
	}
}

// TestSOCKS follows RFC 1928, RFC 1929 and SOCKS 4A.
func TestSOCKS(t *testing.T) {
	const hello, plain = "\x05\x01\x00", "\x05\x00"
	const ask = "\x05\x01\x00\x03\x0bexample.net\x01\xbb"
	const yes = "\x05\x00\x00\x01\x0a\x00\x00\x01\x04\x38"
	const six = "\x05\x01\x00\x04\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\xbb"
	hold(t, []spoken{
		{"version 5", hello + ask + "TLS!", plain + yes + "TLS!", "socks", fact.Unknown, nil, 0, "SOCKS5 greeting|SOCKS5 method|SOCKS5 request|SOCKS5 granted"},
		{"version 5 to IPv6", hello + six + "TLS!", plain + yes + "TLS!", "socks", fact.Unknown, nil, 0, "SOCKS5 greeting|SOCKS5 method|SOCKS5 request|SOCKS5 granted"},
		{"with a login", "\x05\x02\x00\x02\x01\x01u\x01p" + ask + "TLS!", "\x05\x02\x01\x00" + yes + "TLS!", "socks", fact.Unknown, nil, 0,
			"SOCKS5 greeting|SOCKS5 method|SOCKS5 login|SOCKS5 request|SOCKS5 granted"},
		{"a login refused", "\x05\x02\x00\x02\x01\x01u\x01p", "\x05\x02\x01\x05", "socks", fact.Unknown, ErrReply, 5, "SOCKS5 greeting|SOCKS5 method|SOCKS5 login"},
		{"no method in common", hello, "\x05\xff", "socks", fact.Unknown, ErrReply, 255, "SOCKS5 greeting|SOCKS5 method"},
		{"refused by the target", hello + ask, plain + "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00", "socks", fact.Unknown, ErrReply, 5,
			"SOCKS5 greeting|SOCKS5 method|SOCKS5 request|SOCKS5 refusal"},
		{"no answer yet", hello + ask, plain, "socks", fact.Unknown, io.ErrUnexpectedEOF, 0, "SOCKS5 greeting|SOCKS5 method|SOCKS5 request"},
		{"version 4", "\x04\x01\x01\xbb\x0a\x00\x00\x01me\x00TLS!", "\x00\x5a\x01\xbb\x0a\x00\x00\x01TLS!", "socks", fact.Unknown, nil, 0, "SOCKS4 request|SOCKS4 granted"},
		{"version 4a", "\x04\x01\x01\xbb\x00\x00\x00\x01\x00a.example\x00TLS!", "\x00\x5a\x00\x00\x00\x00\x00\x00TLS!", "socks", fact.Unknown, nil, 0, "SOCKS4 request|SOCKS4 granted"},
		{"version 4 refused", "\x04\x01\x01\xbb\x0a\x00\x00\x01me\x00", "\x00\x5b\x00\x00\x00\x00\x00\x00", "socks", fact.Unknown, ErrReply, 0x5b, "SOCKS4 request|SOCKS4 refusal"},
		{"PostgreSQL through the proxy", hello + "\x05\x01\x00\x01\x7f\x00\x00\x01\x15\x38\x00\x00\x00\x08\x04\xd2\x16\x2fTLS!", plain + yes + "STLS!", "socks", fact.Yes, nil, 0,
			"SOCKS5 greeting|SOCKS5 method|SOCKS5 request|SOCKS5 granted|SSLRequest|S"},
	})
}

// TestTargets: the step of a tunnel names where it leads.
func TestTargets(t *testing.T) {
	for _, r := range []struct{ client, server, mark string }{
		{"\x05\x01\x00\x05\x01\x00\x03\x0bexample.net\x01\xbb", "\x05\x00\x05\x00\x00\x01\x0a\x00\x00\x01\x04\x38", "example.net:443"},
		{"\x04\x01\x01\xbb\x0a\x00\x00\x01\x00\x00", "\x00\x5a\x00\x00\x00\x00\x00\x00", "10.0.0.1:443"},
		{"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 ok\r\n\r\n", "[2001:db8::1]:443"},
	} {
		p := Guess([]byte(r.client), []byte(r.server), 0)
		_, spans, _ := p.Parse([]byte(r.client), []byte(r.server))
		found := false
		for _, m := range spans.Marks {
			found = found || m.Note == r.mark
		}
		if !found {
			t.Errorf("%s: %+v", r.mark, spans.Marks)
		}
	}
}
