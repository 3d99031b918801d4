package words

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A bare exit code says what the code says; with curl's sentence behind it, only the sentence does.
func TestCurlExitCodes(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		"curl: (35)": {fact.HandshakeFailed}, "curl: (60)": {fact.VerifyFailed}, "curl: (7)": {fact.CannotConnect}, "curl: (6)": {fact.NameNotFound},
		"curl: (77)": {fact.CAFileMissing}, "curl: (90)": {fact.PinMismatch}, "curl: (97)": {fact.TunnelRefused}, "curl: (98)": {fact.PeerAlert(116)},
		"curl error 35": {fact.HandshakeFailed}, "curl#60": {fact.VerifyFailed}, "Curl error (58)": {fact.KeyUnreadable}, "CURLE_SSL_CIPHER": {fact.NoCipherLeft},
		"curle_ssl_cacert": {fact.VerifyFailed}, "CURLE_SSL_CACERT_BADFILE": {fact.CAFileMissing},
		"curl: (60) SSL certificate problem: certificate has expired": {fact.CertExpired},
		"curl: (35) Recv failure: Connection reset by peer":           {fact.ResetInHandshake},
		"curl: (22) The requested URL returned error: 404":            nil,
		"curl: ()": nil, "CURLE_OK": nil, "curl: (999999999999)": nil,
	} {
		if r := Read(text); !slices.Equal(r.Symptoms, want) {
			t.Errorf("%q says %v, want %v", text, r.Symptoms, want)
		}
	}
	if r := Read("curl: (35)"); !slices.Contains(r.Codes, fact.Code{Code: "curl (35)", Means: "curl exit code: SSL connect error"}) {
		t.Errorf("decodes %v", r.Codes)
	}
}

// errno 0 of SSL_ERROR_SYSCALL is a FIN, or nobody knows; another errno tells.
func TestSyscallErrors(t *testing.T) {
	for text, want := range map[string]fact.Symptom{
		"SSL_connect: SSL_ERROR_SYSCALL in connection to localhost:443": fact.BrokeInHandshake,
		"SSL_do_handshake() failed: SSL_ERROR_SYSCALL, handshake":       fact.BrokeInHandshake,
		"SSL_connect: SSL_ERROR_SYSCALL, errno 104":                     fact.ResetInHandshake,
		"OpenSSL SSL_read: SSL_ERROR_SYSCALL, errno 104":                fact.Reset,
		"OpenSSL SSL_read: SSL_ERROR_SYSCALL, errno 0":                  fact.Closed,
		"OpenSSL SSL_write: SSL_ERROR_SYSCALL, errno 32":                fact.Closed,
	} {
		if r := Read(text); !slices.Equal(r.Symptoms, []fact.Symptom{want}) {
			t.Errorf("%q says %v, want %s", text, r.Symptoms, want)
		}
	}
}

// The moment decides what an errno of the connection means.
func TestErrnoMoments(t *testing.T) {
	for text, want := range map[string]fact.Symptom{
		"[Errno 104] Connection reset by peer":                                             fact.Reset,
		"read ECONNRESET":                                                                  fact.Reset,
		"do_handshake: [Errno 104] Connection reset by peer":                               fact.ResetInHandshake,
		"TLS handshake: read: connection reset by peer":                                    fact.ResetInHandshake,
		"connect ETIMEDOUT 192.0.2.1:443":                                                  fact.ConnectTimeout,
		"upstream timed out (110: Connection timed out) while SSL handshaking to upstream": fact.SilentInHandshake,
		"read ETIMEDOUT":                   fact.TimedOut,
		"[Errno 110] Connection timed out": fact.ConnectTimeout,
		"handshake: connection timed out":  fact.SilentInHandshake,
		"connect EHOSTUNREACH 192.0.2.1":   fact.NoRoute,
		"write EPIPE":                      fact.Closed,
		"errno=111":                        fact.ConnectionRefused,
		"darwin: errno 54":                 fact.Reset,
		"(35) OpenSSL SSL_connect: 接続が相手からリセットされました":                   fact.ResetInHandshake,
		"Die Verbindung wurde vom Kommunikationspartner zuruckgesetzt": fact.Reset,
	} {
		if r := Read(text); !slices.Equal(r.Symptoms, []fact.Symptom{want}) {
			t.Errorf("%q says %v, want %s", text, r.Symptoms, want)
		}
	}
	for _, text := range []string{"errno 0", "errno=", "errno 54", "preconnresetter", "errno 99999999999999999999"} {
		if r := Read(text); len(r.Symptoms) != 0 {
			t.Errorf("%q says %v", text, r.Symptoms)
		}
	}
}

func TestAddressAsked(t *testing.T) {
	for text, want := range map[string]bool{
		"no alternative certificate subject name matches target host name '192.0.2.1'":   true,
		"no alternative certificate subject name matches target host name '2001:db8::1'": true,
		"no alternative certificate subject name matches target host name 'db.test'":     false,
		"certificate is not valid for '192.0.2.1'.":                                      true,
		"target host name '192.0.2.1":                                                    false,
	} {
		if got := slices.Contains(Read(text).Symptoms, fact.IPMismatch); got != want {
			t.Errorf("%q: an address: %v", text, got)
		}
	}
}
