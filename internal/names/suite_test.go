package names

import (
	"crypto/tls"
	"strings"
	"testing"
)

func TestSuiteByNameUnderstandsOldNames(t *testing.T) {
	for s, want := range map[string]uint16{
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256":      TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		"ECDHE-RSA-AES128-GCM-SHA256":                TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		"ecdhe-rsa-aes128-gcm-sha256":                TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		"DES-CBC3-SHA":                               TLS_RSA_WITH_3DES_EDE_CBC_SHA,
		"SSL_RSA_WITH_3DES_EDE_CBC_SHA":              TLS_RSA_WITH_3DES_EDE_CBC_SHA,
		"EDH-RSA-DES-CBC3-SHA":                       TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
		"DHE-RSA-DES-CBC3-SHA":                       TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
		"DHE-RSA-DES-CBC-SHA":                        TLS_DHE_RSA_WITH_DES_CBC_SHA,
		"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P384": TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
		"RC4-MD5":        TLS_RSA_WITH_RC4_128_MD5,
		"EXP-RC4-MD5":    TLS_RSA_EXPORT_WITH_RC4_40_MD5,
		"AES256-SHA":     TLS_RSA_WITH_AES_256_CBC_SHA,
		"ADH-AES128-SHA": TLS_DH_anon_WITH_AES_128_CBC_SHA,
	} {
		if got, ok := SuiteByName(s); !ok || got.ID != want {
			t.Errorf("SuiteByName(%q) = %#04x, %v; want %#04x", s, got.ID, ok, want)
		}
	}
	for _, s := range []string{"", "HIGH", "TLS_", "SSL_RSA_WITH_NOTHING"} {
		if got, ok := SuiteByName(s); ok {
			t.Errorf("SuiteByName(%q) = %s, want none", s, got.Name)
		}
	}
}

func TestEverySuiteIsFoundByItsNames(t *testing.T) {
	for _, s := range AllSuites() {
		if got, ok := SuiteByID(s.ID); !ok || got != s {
			t.Errorf("SuiteByID(%#04x) = %v, %v", s.ID, got, ok)
		}
		for _, name := range []string{s.Name, s.OpenSSL} {
			if name == "" {
				continue
			}
			if got, ok := SuiteByName(name); !ok || got.ID != s.ID {
				t.Errorf("SuiteByName(%q) = %#04x, %v; want %#04x", name, got.ID, ok, s.ID)
			}
		}
	}
}

func TestAllSuitesIsACopy(t *testing.T) {
	AllSuites()[0].Name = "changed"
	if got := SuiteName(0); got != "TLS_NULL_WITH_NULL_NULL" {
		t.Errorf("the table can be written through AllSuites: %s", got)
	}
}

// The parts as RFC 5246 appendix C, RFC 5289, RFC 7905 and RFC 8446 appendix B.4 define them.
func TestPartsOfSuites(t *testing.T) {
	for _, want := range []Suite{
		{0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE", "RSA", "AES_128_GCM", "AEAD", "SHA256", 16, 0, 4, false, true},
		{0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384", "DHE", "RSA", "AES_256_GCM", "AEAD", "SHA384", 32, 0, 4, false, true},
		{0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384", "ECDHE", "ECDSA", "AES_256_CBC", "SHA384", "SHA384", 32, 48, 16, false, true},
		{0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256", "RSA", "RSA", "AES_256_CBC", "SHA256", "SHA256", 32, 32, 16, false, true},
		{0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA", "RSA", "RSA", "3DES_EDE_CBC", "SHA", "SHA256", 24, 20, 8, false, true},
		{0x0004, "TLS_RSA_WITH_RC4_128_MD5", "RC4-MD5", "RSA", "RSA", "RC4_128", "MD5", "SHA256", 16, 16, 0, false, true},
		{0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305", "DHE", "RSA", "CHACHA20_POLY1305", "AEAD", "SHA256", 32, 0, 12, false, true},
		{0x1302, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "any", "any", "AES_256_GCM", "AEAD", "SHA384", 32, 0, 12, false, true},
		{0x1304, "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256", "any", "any", "AES_128_CCM", "AEAD", "SHA256", 16, 0, 12, false, false},
		{0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "EXP-RC4-MD5", "RSA", "RSA", "RC4_40", "MD5", "SHA256", 5, 16, 0, true, false},
		{0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA", "ADH-AES128-SHA", "DHE", "anon", "AES_128_CBC", "SHA", "SHA256", 16, 20, 16, false, false},
		{0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", "CAMELLIA128-SHA", "RSA", "RSA", "CAMELLIA_128_CBC", "SHA", "SHA256", 16, 20, 16, false, false},
		{0x5600, "TLS_FALLBACK_SCSV", "", "", "", "", "", "", 0, 0, 0, false, false},
	} {
		if got, _ := SuiteByID(want.ID); got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// What the engine can finish: RSA, DHE_RSA, ECDHE_RSA and ECDHE_ECDSA with GCM, ChaCha20, AES-CBC, 3DES and RC4.
func TestCompletable(t *testing.T) {
	var n int
	for _, s := range AllSuites() {
		if !s.Completable {
			continue
		}
		n++
		for _, bad := range []string{"CCM", "CAMELLIA", "NULL", "anon", "PSK", "EXPORT", "DSS", "ECDH_", "_OLD"} {
			if strings.Contains(s.Name, bad) {
				t.Errorf("%s is said to be completable", s.Name)
			}
		}
	}
	if n != 38 {
		t.Errorf("%d suites are completable, want 38", n)
	}
}

func TestSuitesOfGo(t *testing.T) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if got := SuiteName(s.ID); got != s.Name {
			t.Errorf("%#04x is %s, Go says %s", s.ID, got, s.Name)
		}
		if got, _ := SuiteByID(s.ID); !got.Completable {
			t.Errorf("%s: Go completes it, this table says no", s.Name)
		}
	}
}
