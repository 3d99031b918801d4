package logs

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/words"
)

func TestMask(t *testing.T) {
	for _, same := range [][2]string{
		{"from 203.0.113.7:47110: EOF", "from 198.51.100.1:35001: EOF"},
		{"current time 2024-10-21T08:41:45Z is after 2024-10-20T00:00:00Z", "current time 2025-01-01T08:41:45+01:00 is after 2023-10-20T00:00:00.5Z"},
		{"139812345678912:error:14094410:SSL", "140812345678999:error:14094410:SSL"},
		{"ClientConnectionId:0f5dd2ba-7b5e-4b5c-a7ba-5e0d6ec3f3a1", "ClientConnectionId:ffffffff-0000-4b5c-a7ba-5e0d6ec3f3a1"},
		{"conn 0x7f12ab34cd56 failed", "conn 0x7f12ab34cd99 failed"},
		{"after 532ms", "after 7ms"}, {"took 1.52ms", "took 20.1ms"},
	} {
		if a, b := string(mask(nil, same[0])), string(mask(nil, same[1])); a != b {
			t.Errorf("%q and %q differ: %q %q", same[0], same[1], a, b)
		}
	}
	for _, differ := range [][2]string{
		{"error:0A00006C", "error:0A00006D"}, {"error:14094410", "error:14094412"}, {"-2146893019", "-2146893018"}, {"0x80090331", "0x80090325"},
		{"0xFFFFFFFF80090331", "0xFFFFFFFF80090325"}, {"2148074289", "2148074290"}, {"18446744071562658609", "18446744071562658610"}, {"alert 40", "alert 42"}, {"exit 35", "exit 60"},
		{"10.0.0.1", "203.0.113.7"}, {"127.0.0.1", "10.0.0.1"}, {"valid for 10.0.0.1", "valid for a.example"}, {"received 16 03 01", "received 16 03 03"},
		{"a.10.0.0.1.example.com", "a.10.0.0.2.example.com"}, {"error 20 at depth", "error 21 at depth"}, {"10.0.0.9:5432", "10.0.0.9:443"}, {"\x03", "10.0.0.1"},
	} {
		if a, b := string(mask(nil, differ[0])), string(mask(nil, differ[1])); a == b {
			t.Errorf("%q and %q look alike", differ[0], differ[1])
		}
	}
}

// TestMaskKeepsTheReading: messages that are taken for alike say the same. What is masked is replaced by other values.
func TestMaskKeepsTheReading(t *testing.T) {
	for _, pair := range [][2]string{
		{"http: TLS handshake error from 203.0.113.7:47111: remote error: tls: bad certificate", "http: TLS handshake error from 8.8.4.4:35035: remote error: tls: bad certificate"},
		{"x509: certificate is valid for 10.0.0.1, not 10.0.0.2", "x509: certificate is valid for 10.35.60.20, not 10.20.18.19"},
		{"140123456710054:error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1913:", "140123456736888:error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1913:"},
		{"dial tcp 10.0.0.9:15432: i/o timeout after 2026ms", "dial tcp 10.20.26.1:20260: i/o timeout after 35ms"},
	} {
		if string(mask(nil, pair[0])) != string(mask(nil, pair[1])) {
			t.Fatalf("%q and %q are not alike", pair[0], pair[1])
		}
		a, b := words.Read(pair[0]), words.Read(pair[1])
		if !slices.Equal(a.Symptoms, b.Symptoms) || !slices.Equal(a.Contexts, b.Contexts) || !slices.Equal(a.Codes, b.Codes) {
			t.Errorf("%q says %v %v %v\n%q says %v %v %v", pair[0], a.Symptoms, a.Contexts, a.Codes, pair[1], b.Symptoms, b.Contexts, b.Codes)
		}
	}
}

func TestPeerKinds(t *testing.T) {
	for text, want := range map[string]fact.Context{
		"10.1.2.3": fact.PeerPrivate, "172.16.0.1": fact.PeerPrivate, "100.64.0.1": fact.PeerPrivate, "169.254.1.1": fact.PeerPrivate, "fd00::1": fact.PeerPrivate,
		"127.0.0.1": fact.PeerLoopback, "::1": fact.PeerLoopback, "::ffff:127.0.0.1": fact.PeerLoopback, "203.0.113.7": fact.PeerPublic, "2001:db8::1": fact.PeerPublic, "0.0.0.0": "",
	} {
		if got := kindOf(addr(text)).context(); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if c := (publicPeer | privatePeer).context(); c != "" {
		t.Errorf("peers of two kinds are said to be %s", c)
	}
}

func TestUpstream(t *testing.T) {
	for text, want := range map[string]struct {
		origin string
		peer   fact.Endpoint
	}{
		"https://10.1.2.3:8443/a?b=c":           {"https://10.1.2.3:8443", fact.Endpoint{Protocol: "https", Host: "10.1.2.3", Port: 8443}},
		"grpcs://[2001:db8::1]:443":             {"grpcs://[2001:db8::1]:443", fact.Endpoint{Protocol: "https", Host: "2001:db8::1", Port: 443}},
		"https://user:secret@a.example.com/":    {"https://a.example.com", fact.Endpoint{Protocol: "https", Host: "a.example.com"}},
		"10.0.0.5:3306":                         {"10.0.0.5:3306", fact.Endpoint{Host: "10.0.0.5", Port: 3306}},
		"http://unix:/run/php.sock:/index.html": {"http://unix:/run/php.sock:/index.html", fact.Endpoint{}},
		"2001:db8::1":                           {"2001:db8::1", fact.Endpoint{Host: "2001:db8::1"}},
		"":                                      {"", fact.Endpoint{}},
	} {
		p, ok := upstreamPeer(text)
		if origin(text) != want.origin || p != want.peer || ok != (want.peer.Host != "") {
			t.Errorf("%q: %q %+v %v", text, origin(text), p, ok)
		}
	}
}
