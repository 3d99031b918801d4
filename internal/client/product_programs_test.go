package client

import (
	"strings"
	"testing"
)

// What GNU Wget 1.21.3 and redis-cli 7.0.15 of Debian 12 print, measured against servers with these faults; addresses and
// program prefixes are left out.
func TestProgramsSayWhatWasMeasured(t *testing.T) {
	servers, at := situations(t, "postgres")
	for _, m := range []struct{ product, mode, situation, outcome, text string }{
		{"wget", "--ca-certificate", "good", "verified", ""},
		{"wget", "--ca-certificate", "other", "fails", "The certificate's owner does not match hostname ‘HOST’"},
		{"wget", "--ca-certificate", "expired", "fails", "ERROR: The certificate of ‘HOST’ is not trusted.\nERROR: The certificate of ‘HOST’ has expired."},
		{"wget", "--ca-certificate", "unknown", "fails", "ERROR: The certificate of ‘HOST’ is not trusted.\nERROR: The certificate of ‘HOST’ doesn't have a known issuer."},
		{"wget", "--no-check-certificate", "unknown", "unverified", ""},
		{"wget", "--ca-certificate", "close", "fails", "GnuTLS: The TLS connection was non-properly terminated.\nUnable to establish SSL connection."},
		{"wget", "--ca-certificate", "junk", "fails", "GnuTLS: An unexpected TLS packet was received.\nUnable to establish SSL connection."},
		{"wget", "--ca-certificate", "reset", "fails", "GnuTLS: Error in the pull function.\nUnable to establish SSL connection."},
		{"redis-cli", "--tls", "reset", "fails", "SSL_connect failed: Connection reset by peer"},
		{"redis-cli", "--tls", "other", "unverified", ""},
		{"redis-cli", "--tls", "expired", "fails", "SSL_connect failed: certificate verify failed"},
		{"redis-cli", "--tls", "unknown", "fails", "SSL_connect failed: certificate verify failed"},
		{"redis-cli", "--tls --insecure", "unknown", "unverified", ""},
		{"redis-cli", "--tls", "junk", "fails", "SSL_connect failed: wrong version number"},
		{"redis-cli", "--tls", "close", "fails", "SSL_connect failed: unexpected eof while reading"},
	} {
		_, mode, ok := Find(m.product + " " + m.mode)
		if !ok {
			t.Errorf("%s has no mode %s", m.product, m.mode)
			continue
		}
		got := Predict(mode.Does, serverOf(mode.Does, servers[m.situation], nil), at)
		text := strings.ReplaceAll(m.text, "HOST", at.Host)
		if string(got.Outcome) != m.outcome || !strings.HasSuffix(got.Text, text) {
			t.Errorf("%s %s, %s: %s %q; want %s %q", m.product, m.mode, m.situation, got.Outcome, got.Text, m.outcome, text)
		}
	}
}

func TestUnknownClientIsTakenForACarefulOne(t *testing.T) {
	if b := Cautious(); b.TLS != TLSRequire || !b.Chain || !b.Name || len(b.Profile.Hello(Target{}).Versions) == 0 {
		t.Errorf("%+v", b)
	}
	if _, known := (Use{Client: "a client of tomorrow"}).Configured(); known {
		t.Error("a client that nobody knows is known")
	}
}
