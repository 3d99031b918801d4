package names

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names/gen/tables"
)

func TestGeneratedOpenSSLFileEqualsCSV(t *testing.T) {
	want, err := tables.OpenSSL("data")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("openssl_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("openssl_gen.go is not what data/*.csv gives; run go generate ./internal/names")
	}
}

// Reasons that people meet, as OpenSSL's sslerr.h, x509err.h, pemerr.h and evperr.h number them.
func TestOpenSSLReason(t *testing.T) {
	for _, c := range []struct {
		library, reason uint
		name, text      string
	}{
		{20, 108, "SSL routines", "bad key share"},
		{20, 267, "SSL routines", "wrong version number"},
		{20, 1040, "SSL routines", "sslv3 alert handshake failure"},
		{20, 1112, "SSL routines", "tlsv1 unrecognized name"},
		{20, 394, "SSL routines", "dh key too small"},
		{20, 68, "SSL routines", "internal error"},
		{11, 116, "x509 certificate routines", "key values mismatch"},
		{9, 108, "PEM routines", "no start line"},
		{4, 121, "rsa routines", "oaep decoding error"},
		{6, 163, "digital envelope routines", "invalid key"},
		{20, 9999, "SSL routines", ""},
		{199, 108, "", ""},
		{1 << 20, 1 << 20, "", ""},
	} {
		name, text := OpenSSLReason(c.library, c.reason)
		if name != c.name || text != c.text {
			t.Errorf("%d, %d: %q, %q; want %q, %q", c.library, c.reason, name, text, c.name, c.text)
		}
	}
	if got := OpenSSLCommon(259); got != "internal error" {
		t.Errorf("ERR_R_INTERNAL_ERROR of OpenSSL 3 is %q", got)
	}
	if got := BoringSSLReason(247); got != "wrong version number" {
		t.Errorf("SSL_R_WRONG_VERSION_NUMBER of BoringSSL is %q", got)
	}
}

// Every reason of the SSL library is the one that the installed OpenSSL 3 names; those it does not know are of 1.1.
func TestReasonsOfOpenSSL(t *testing.T) {
	var codes []string
	for _, r := range opensslReasons {
		if r.key>>16 == 20 {
			codes = append(codes, hex32(20<<23|r.key&0xffff))
		}
	}
	if v := output(t, "openssl", "version"); !strings.HasPrefix(v, "OpenSSL 3.") {
		t.Skip("needs OpenSSL 3, has " + v)
	}
	out, err := exec.Command("openssl", append([]string{"errstr"}, codes...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.SplitN(line, ":", 5)
		_, text := OpenSSLReason(20, uint(parseHex(codes[i])&0xffff))
		if len(f) < 5 || strings.HasPrefix(f[4], "reason(") {
			continue
		}
		known++
		if f[4] != text {
			t.Errorf("%s: openssl says %q, table %q", codes[i], f[4], text)
		}
	}
	if known < 250 {
		t.Errorf("openssl names %d of %d reasons", known, len(codes))
	}
}

func hex32(v uint32) string {
	const digits = "0123456789ABCDEF"
	var b [8]byte
	for i := range b {
		b[7-i] = digits[v>>(4*i)&15]
	}
	return string(b[:])
}

func parseHex(s string) (v uint32) {
	for _, c := range s {
		v = v<<4 | uint32(strings.IndexRune("0123456789ABCDEF", c))
	}
	return v
}

func TestX509Verify(t *testing.T) {
	for n, want := range map[uint][2]string{
		10: {"X509_V_ERR_CERT_HAS_EXPIRED", "certificate has expired"},
		20: {"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate"},
		62: {"X509_V_ERR_HOSTNAME_MISMATCH", "hostname mismatch"},
		0:  {"X509_V_OK", "ok"}, 4711: {"", ""},
	} {
		if id, text := X509Verify(n); id != want[0] || text != want[1] {
			t.Errorf("%d is %q, %q; want %q", n, id, text, want)
		}
	}
	if got := X509VerifyOlder(18); got != "self signed certificate" {
		t.Errorf("18 was %q", got)
	}
	if got := X509VerifyOlder(20); got != "unable to get local issuer certificate" {
		t.Errorf("20 was %q", got)
	}
	for name, want := range map[string]uint{"CERT_HAS_EXPIRED": 10, "x509_v_err_cert_revoked": 23, "UNABLE_TO_VERIFY_LEAF_SIGNATURE": 21, "DEPTH_ZERO_SELF_SIGNED_CERT": 18} {
		if n, ok := X509VerifyByName(name); !ok || n != want {
			t.Errorf("%s is %d, %v", name, n, ok)
		}
	}
	if n, ok := X509VerifyByName("X509_V_ERR_NONE_SUCH"); ok {
		t.Errorf("an unknown name is %d", n)
	}
}

func TestReasonTablesAreOrdered(t *testing.T) {
	for name, table := range map[string][]reason{"libraries": opensslLibraries[:], "common": opensslCommon[:], "openssl": opensslReasons[:], "boringssl": boringsslReasons[:]} {
		for i := 1; i < len(table); i++ {
			if table[i].key <= table[i-1].key {
				t.Errorf("%s: %#x is not above the one before it", name, table[i].key)
			}
		}
	}
}
