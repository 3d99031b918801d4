package words

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestLibraryCodes decodes numbers and names as programs print them; what they mean is from each library's headers.
func TestLibraryCodes(t *testing.T) {
	for _, c := range []struct{ text, symptoms, code, means string }{
		{"GnuTLS error -110: The TLS connection was non-properly terminated.", "no-close-notify", "-110", "GnuTLS: premature termination"},
		{"GnuTLS-Fehler -12", "handshake-failed", "-12", "GnuTLS: fatal alert received"},
		{"gnutls_handshake() failed (-54)", "reset", "-54", "GnuTLS: pull error"},
		{"GNUTLS_E_NO_CERTIFICATE_FOUND", "no-peer-certificate", "GNUTLS_E_NO_CERTIFICATE_FOUND", "GnuTLS: no certificate found"},
		{"error -110 in something else", "", "", ""},
		{"gnutls 3.7.9-110", "", "", ""},
		{"* NSS error -12190 (SSL_ERROR_PROTOCOL_VERSION_ALERT)", "peer-alert-70", "-12190", "NSS: ssl error protocol version alert"},
		{"NSS: client certificate not found, error -8179", "issuer-unknown", "-8179", "NSS: sec error unknown issuer"},
		{"SSL_ERROR_NO_CYPHER_OVERLAP", "cipher-refused", "SSL_ERROR_NO_CYPHER_OVERLAP", "NSS: ssl error no cypher overlap"},
		{"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "self-signed-leaf", "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "NSS: mozilla pkix error self signed cert"},
		{"NET :: ERR_CERT_DATE_INVALID", "cert-date", "ERR_CERT_DATE_INVALID", "Chromium: cert date invalid"},
		{"net::ERR_CERT_AUTHORITY_INVALID at https://db.example.test/", "issuer-unknown", "ERR_CERT_AUTHORITY_INVALID", "Chromium: cert authority invalid"},
		{"[1120/101:ERROR:ssl_client_socket_impl.cc(959)] handshake failed; returned -1, SSL error code 1, net_error -200", "name-mismatch", "-200", "Chromium: cert common name invalid"},
		{"CFNetwork SSLHandshake failed (-9807)", "verify-failed", "-9807", "Secure Transport: x cert chain invalid"},
		{"errSSLPeerHandshakeFail", "peer-alert-40", "errSSLPeerHandshakeFail", "Secure Transport: peer handshake fail"},
		{"NSURLErrorDomain Code=-1202", "verify-failed", "-1202", "Foundation: server certificate untrusted"},
		{"Certificate trust failure: CSSMERR_TP_CERT_EXPIRED; connection rejected", "cert-expired", "CSSMERR_TP_CERT_EXPIRED", "Apple CSSM: tp cert expired"},
		{"E (8123) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700", "verify-failed", "-0x2700", "Mbed TLS: x509 cert verify failed"},
		{"[E][ssl_client.cpp:37] _handle_error(): (-9984) X509 - Certificate verification failed", "verify-failed", "-9984", "Mbed TLS: x509 cert verify failed"},
		{"MBEDTLS_ERR_SSL_CONN_EOF", "closed", "MBEDTLS_ERR_SSL_CONN_EOF", "Mbed TLS: ssl conn eof"},
		{"mbedtls_net_connect returned -0x52", "name-not-found", "-0x52", "Mbed TLS: net unknown host"},
		{"wolfSSL_connect failed, err = -188", "issuer-unknown", "-188", "wolfSSL: asn no signer e"},
		{"it was a FATAL_ERROR", "", "", ""},
		{"-8179 apples", "", "", ""},
	} {
		var r Reading
		libraryCodes(Clean(c.text), &r)
		var got []string
		for _, s := range r.Symptoms {
			got = append(got, string(s))
		}
		if strings.Join(got, " ") != c.symptoms {
			t.Errorf("%q says %v, want %q", c.text, got, c.symptoms)
		}
		if c.code == "" && len(r.Codes) > 0 || c.code != "" && !slices.Contains(r.Codes, fact.Code{Code: c.code, Means: c.means}) {
			t.Errorf("%q decodes %q, want %s %q", c.text, r.Codes, c.code, c.means)
		}
	}
}

// TestMbedTLSSum: a number may be the sum of an upper and a lower module's error (include/mbedtls/error.h).
func TestMbedTLSSum(t *testing.T) {
	var r Reading
	libraryCodes("mbedtls: -0x7250", &r) // SSL invalid record plus NET connection reset
	if want := []fact.Symptom{fact.NotTLS, fact.Reset}; !slices.Equal(r.Symptoms, want) {
		t.Errorf("says %v, want %v", r.Symptoms, want)
	}
}

// TestCodeTables: no number and no name stands twice in a table, and each name can be met.
func TestCodeTables(t *testing.T) {
	for _, table := range codeTables {
		numbers, names := map[int]bool{}, map[string]bool{}
		for _, c := range table.codes {
			if c.number != 0 && numbers[c.number] || names[c.name] || c.number > 0 || !strings.HasPrefix(c.name, table.cut) {
				t.Errorf("%s: %d %s stands twice or is malformed", table.library, c.number, c.name)
			}
			numbers[c.number], names[c.name] = true, true
		}
	}
}

func TestSpoken(t *testing.T) {
	for name, want := range map[string]string{
		"CERT_DATE_INVALID": "cert date invalid", "PeerUnknownCA": "peer unknown ca", "ATSMinimumVersionViolation": "ats minimum version violation",
		"XCertChainInvalid": "x cert chain invalid", "DNSLookupFailed": "dns lookup failed",
	} {
		if got := spoken(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// FuzzLibraryCodes: whatever the text, the decoder ends, says known symptoms, and shows only what the text holds.
func FuzzLibraryCodes(f *testing.F) {
	f.Add("mbedtls -0x7250 gnutls -110 nss -8179")
	f.Add("net_error -200 \x00 - -- -0x -9999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		var r Reading
		clean := Clean(text)
		libraryCodes(clean, &r)
		for _, c := range r.Codes {
			if c.Means == "" || !utf8.ValidString(c.Code) || strings.HasPrefix(c.Code, "-") && !strings.Contains(clean, c.Code) {
				t.Errorf("%q decodes %q", text, c)
			}
		}
	})
}
