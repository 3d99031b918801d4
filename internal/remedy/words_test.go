package remedy

import (
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

func valuesWith(args ...string) values {
	return valuesOf(change.New(change.OfferVersion, change.Server, args...), &fact.Case{})
}

// TestVersionWords: each product spells versions its own way, and old ones never stand where new ones are meant.
func TestVersionWords(t *testing.T) {
	tests := []struct{ in, ver, num, old, oldv, upto string }{
		{"TLS1.2", "TLS 1.2", "1.2", "", "", ""}, {"TLSv1.3", "TLS 1.3", "1.3", "", "", ""}, {"1.2", "TLS 1.2", "1.2", "", "", ""},
		{"TLS1.0", "", "", "TLS 1.0", "TLSv1", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"}, {"TLS1.1", "", "", "TLS 1.1", "TLSv1.1", "TLSv1.1 TLSv1.2 TLSv1.3"},
		{"SSLv3", "", "", "", "", ""}, {"nonesuch", "", "", "", "", ""}, {"", "", "", "", "", ""},
	}
	for _, tt := range tests {
		s := valuesWith("version", tt.in).safe
		if s["ver"] != tt.ver || s["num"] != tt.num || s["oldver"] != tt.old || s["oldv"] != tt.oldv || s["fromold"] != tt.upto {
			t.Errorf("%q: %v", tt.in, s)
		}
	}
}

// TestSuiteWords uses names of RFC 5246, RFC 8446 and openssl-ciphers(1).
func TestSuiteWords(t *testing.T) {
	tests := []struct{ suite, openssl, ossl, tls13, iana, dhe string }{
		{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "", "ECDHE-RSA-AES128-GCM-SHA256", "", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", ""},
		{"", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES256-GCM-SHA384", "", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
		{"TLS_AES_128_GCM_SHA256", "", "", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", ""},
		{"TLS_NONESUCH; rm -rf /", "", "", "", "", ""},
	}
	for _, tt := range tests {
		s := valuesWith("suite", tt.suite, "openssl", tt.openssl).safe
		if s["ossl"] != tt.ossl || s["suite13"] != tt.tls13 || s["iana"] != tt.iana || s["dhe"] != tt.dhe {
			t.Errorf("%s %s: %v", tt.suite, tt.openssl, s)
		}
	}
}

func TestGroupWords(t *testing.T) {
	tests := []struct{ in, curve, groups, windows, nist string }{
		{"P-256", "prime256v1", "X25519:prime256v1:secp384r1", "NistP256", "prime256v1"},
		{"P-384", "secp384r1", "X25519:prime256v1:secp384r1", "NistP384", "secp384r1"},
		{"P-521", "secp521r1", "X25519:prime256v1:secp384r1:secp521r1", "NistP521", "secp521r1"},
		{"X25519", "X25519", "X25519:prime256v1:secp384r1", "curve25519", ""},
		{"X25519MLKEM768", "X25519MLKEM768", "X25519MLKEM768:X25519:prime256v1:secp384r1", "", ""},
		{"ffdhe2048", "ffdhe2048", "X25519:prime256v1:secp384r1:ffdhe2048", "", ""},
		{"nonesuch", "", "", "", ""},
	}
	for _, tt := range tests {
		s := valuesWith("group", tt.in).safe
		if s["curve"] != tt.curve || s["groups"] != tt.groups || s["wincurve"] != tt.windows || s["nist"] != tt.nist {
			t.Errorf("%s: %v", tt.in, s)
		}
	}
}

func TestSchemeWords(t *testing.T) {
	if s := valuesWith("scheme", "rsa_pss_rsae_sha256").safe["sigalgs"]; strings.Count(s, ":") != 8 || !strings.Contains(s, "rsa_pss_rsae_sha256") {
		t.Errorf("one that is there already: %s", s)
	}
	if s := valuesWith("scheme", "ed448").safe["sigalgs"]; !strings.HasSuffix(s, ":ed448") {
		t.Errorf("one more: %s", s)
	}
	for _, weak := range []string{"rsa_pkcs1_sha1", "ecdsa_sha1", "rsa_pkcs1_md5", "nonesuch", "https", ""} {
		if s := valuesWith("scheme", weak).safe["sigalgs"]; s != "" {
			t.Errorf("%q gives %s", weak, s)
		}
	}
}

// TestDHWords: RFC 7919's groups, and SSL_CTX_set_security_level(3)'s limits.
func TestDHWords(t *testing.T) {
	for bits, want := range map[string][2]string{"": {"ffdhe2048", "1"}, "512": {"ffdhe2048", "0"}, "1024": {"ffdhe2048", "1"}, "2048": {"ffdhe2048", "1"},
		"2049": {"ffdhe3072", "1"}, "4096": {"ffdhe4096", "1"}, "8192": {"ffdhe4096", "1"}, "many": {"ffdhe2048", "1"}, "-5": {"ffdhe2048", "1"}} {
		s := valuesWith("bits", bits).safe
		if s["ffdhe"] != want[0] || s["dhlevel"] != want[1] {
			t.Errorf("%s bits: %s at level %s, want %v", bits, s["ffdhe"], s["dhlevel"], want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]string{"443": "443", "0443": "443", "0": "", "65536": "", "443; x": "", "": "", "-1": "", "+1": "1"} {
		v := valuesWith("port", in)
		if v.safe["port"] != want || v.args["port"] != "" {
			t.Errorf("port %q: %q, raw %q; want %q", in, v.safe["port"], v.args["port"], want)
		}
	}
}

func TestInstanceWords(t *testing.T) {
	for in, want := range map[string]string{"": "MSSQLSERVER", "mssqlserver": "MSSQLSERVER", "PROD": "MSSQL$PROD", "a'b": "", "SEVENTEENLETTERSX": ""} {
		if got := valuesWith("instance", in).safe["service"]; got != want {
			t.Errorf("%q: service %q, want %q", in, got, want)
		}
	}
}

func TestExpand(t *testing.T) {
	v := values{args: map[string]string{"raw": "a b", "bad": "x\ny", "name": "db.example.com"}, safe: map[string]string{"port": "443"}}
	tests := []struct {
		tmpl, want string
		ok         bool
	}{
		{"listen {port};", "listen 443;", true}, {"x {raw}", "", false}, {"x {raw|sh}", "x 'a b'", true}, {"x {bad|sh}", "", false},
		{"x {gone}", "", false}, {"x {name|dns}:{port}", "x db.example.com:443", true}, {"ForEach-Object { $_.Name }", "ForEach-Object { $_.Name }", true},
		{"server { }", "server { }", true}, {"{}", "", true}, {"", "", true}, {"{port|nonesuch}", "", false}, {"{name|dns", "{name|dns", true},
	}
	for _, tt := range tests {
		if got, ok := v.code(tt.tmpl); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %t; want %q, %t", tt.tmpl, got, ok, tt.want, tt.ok)
		}
	}
	args := map[string]string{}
	if got, ok := v.text("use {raw} and {bad}", args); !ok || got != "use a b and x\ufffdy" || args["raw"] != "a b" || args["bad"] != "x\ufffdy" {
		t.Errorf("%q %v", got, args)
	}
}

func TestSANs(t *testing.T) {
	leaf := &fact.Certificate{DNSNames: []string{"a.example.com", "b.example.com", "x'; id", "*.example.com"}, IPs: []string{"192.0.2.1", "2001:db8::1", "fe80::1%eth0"}}
	if got, want := sans("b.example.com", leaf), "DNS:b.example.com,DNS:a.example.com,DNS:*.example.com,IP:192.0.2.1,IP:2001:db8::1,IP:fe80::1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := domains("b.example.com", leaf); got != "b.example.com,a.example.com" {
		t.Errorf("for certbot: %s", got)
	}
	if got := sans("192.0.2.9", nil); got != "IP:192.0.2.9" {
		t.Errorf("an address: %s", got)
	}
	if got := sans("", nil) + domains("", nil); got != "" {
		t.Errorf("nothing known: %s", got)
	}
	many := &fact.Certificate{}
	for i := range 500 {
		many.DNSNames = append(many.DNSNames, strings.Repeat("a", 1+i%60)+"."+strings.Repeat("b", 1+i/60))
	}
	if got := strings.Count(sans("", many), "DNS:"); got != 50 {
		t.Errorf("%d names of 500", got)
	}
}

func TestCommonName(t *testing.T) {
	for in, want := range map[string]string{"db.example.com": "db.example.com", "192.0.2.1": "server", "*.example.com": "server", "": "server",
		"a/CN=b": "server", strings.Repeat("a.", 40) + "b": "server"} {
		if got := commonName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestIssuerOfTheChain: the server's issuer is a fact about its chain and never one about the client's CA.
func TestIssuerOfTheChain(t *testing.T) {
	c := sampleCases()[1]
	for kind, want := range map[change.Kind]string{change.SendChain: "CN=Example Issuing CA", change.TrustClientCA: "", change.TrustCA: ""} {
		if got := valuesOf(change.New(kind, change.Server), c).args["issuer"]; got != want {
			t.Errorf("%s: issuer %q, want %q", kind, got, want)
		}
	}
}
