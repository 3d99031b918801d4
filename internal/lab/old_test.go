package lab

import (
	"crypto/tls"
	"io"
	"strings"
	"testing"
)

// TestMasterSecret: over some protocols the server insists on extended master secret, over others it lacks it,
// which the standard library shows by refusing to export keys (RFC 7627 §6.2).
func TestMasterSecret(t *testing.T) {
	e := newTestEnv(t)
	for _, proto := range anyProto {
		end, p := start(t, e, proto, "extended-master-secret-required")
		v := newVisitor(t, e, end, p)
		checkError(t, proto, v.enter(t), "")
		_, err := v.state.ExportKeyingMaterial("EXPERIMENTAL test", nil, 16)
		if lacks := v.flag("--as") == "fips"; lacks != (err != nil) {
			t.Errorf("%s, %q: exporting keys: %v", proto, v.end.Flags, err)
		}
	}
}

// TestServerInsists: GnuTLS can be told not to offer it.
func TestServerInsists(t *testing.T) {
	gnutls := program(t, "gnutls-cli")
	e := newTestEnv(t)
	end, p := start(t, e, "https", "extended-master-secret-required")
	v := newVisitor(t, e, end, p)
	for priority, want := range map[string]string{
		"NORMAL:-VERS-TLS1.3": "Handshake was completed", "NORMAL:-VERS-TLS1.3:%NO_SESSION_HASH": "Handshake failed"} {
		said := run(t, "", gnutls, "--priority", priority, "--x509cafile", v.flag("--ca"), "--verify-hostname", end.Host, end.Addr)
		if !containsOne(said, want) {
			t.Errorf("%s: gnutls-cli says\n%s", priority, said)
		}
	}
}

func TestOakleyGroup2(t *testing.T) {
	p := group2()
	if p == nil || p.BitLen() != 1024 || !p.ProbablyPrime(20) {
		t.Errorf("%v is no prime of 1024 bits", p)
	}
}

// TestRequestThroughEngine: after the engine's handshake data pass both ways.
func TestRequestThroughEngine(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "https", "legacy-renegotiation-peer")
	v := newVisitor(t, e, end, p)
	v.then = func(tc *tls.Conn) error {
		if _, err := io.WriteString(tc, "GET / HTTP/1.1\r\nHost: www.shop.test\r\n\r\n"); err != nil {
			return err
		}
		answer, err := io.ReadAll(tc) // the end must come by close_notify
		if !strings.HasPrefix(string(answer), "HTTP/1.1 200 OK\r\n") {
			t.Errorf("answer %q", answer)
		}
		return err
	}
	checkError(t, "https", v.enter(t), "")
}
