package words

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// installed is the output of a program of the system. Without it the test is skipped, or fails where real peers are
// required.
func installed(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}

// What each written form of a code means, by openssl/err.h of the three layouts.
func TestPackedCodes(t *testing.T) {
	for text, want := range map[string]fact.Code{
		"error:0A00006C:SSL routines::bad key share":                         {Code: "0A00006C", Means: "OpenSSL 3, SSL routines: bad key share"},
		"804B1EBA547F0000:error:0A00010B:SSL routines::wrong version number": {Code: "0A00010B", Means: "OpenSSL 3, SSL routines: wrong version number"},
		"error:0A0C0103:SSL routines::internal error":                        {Code: "0A0C0103", Means: "OpenSSL 3, SSL routines: internal error"},
		"error:0A080009:SSL routines::PEM lib":                               {Code: "0A080009", Means: "OpenSSL 3, SSL routines: PEM lib"},
		"error:80000002:system library:fopen:No such file":                   {Code: "80000002", Means: "OpenSSL 3, system library: no such file or directory"},
		"error:1416F086:SSL routines:tls_process_server_certificate:x":       {Code: "1416F086", Means: "OpenSSL 1, SSL routines: certificate verify failed"},
		"error:02001002:system library:fopen:No such file or directory":      {Code: "02001002", Means: "OpenSSL 1, system library: no such file or directory"},
		"OpenSSL error[0x1417a0c1]":                                          {Code: "1417a0c1", Means: "OpenSSL 1, SSL routines: no shared cipher"},
		"error:336130315:SSL routines:ssl3_get_record:x":                     {Code: "336130315", Means: "OpenSSL 1, SSL routines: wrong version number"},
		"0x0A000458": {Code: "0A000458", Means: "OpenSSL 3, SSL routines: tlsv1 unrecognized name"},
		"0A000458":   {Code: "0A000458", Means: "OpenSSL 3, SSL routines: tlsv1 unrecognized name"},
		"14094410":   {Code: "14094410", Means: "OpenSSL 1, SSL routines: sslv3 alert handshake failure"},
		"error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER": {Code: "100000f7", Means: "BoringSSL, SSL routines: wrong version number"},
		"268435703": {Code: "268435703", Means: "BoringSSL, SSL routines: wrong version number"},
		"TLS error: 33554536:system library:OPENSSL_internal:Connection reset":       {Code: "33554536", Means: "BoringSSL, system library: connection reset by peer"},
		"error:10000067:BIO routines::connect error":                                 {Code: "10000067", Means: "OpenSSL 3, BIO routines: connect error"},
		"error:0B080074:x509 certificate routines:X509_check_private_key:k":          {Code: "0B080074", Means: "OpenSSL 1, x509 certificate routines: key values mismatch"},
		"error:14082174:SSL routines:SSL3_CHECK_CERT_AND_ALGORITHM:dh key too small": {Code: "14082174", Means: "OpenSSL 1, SSL routines: dh key too small"},
	} {
		if r := Read(text); !slices.Contains(r.Codes, want) {
			t.Errorf("%q decodes %v, want %v", text, r.Codes, want)
		}
	}
}

// Numbers that look like codes and are none.
func TestNoCodes(t *testing.T) {
	for _, text := range []string{
		"CONNECTED(00000003)", "backup of 20241021 took 14094410 ms on host db1.example.test, all went well", "commit deadbeef", "pid 12345678",
		"uuid 0a00006c-1111-2222-3333-444455556666 is not a code when it goes on", "error:00000000:lib(0)::reason(0)", "0xFFFFFFFF", "268435", "tel. 0268435703123",
		"error:", "error:0A", "error:0A00006", "error:ZZZZZZZZ:", "http://10.0.0.9:8443/0A000458deadbeef",
	} {
		for _, c := range Read(text).Codes {
			if strings.HasPrefix(c.Means, "OpenSSL") || strings.HasPrefix(c.Means, "BoringSSL") {
				t.Errorf("%q decodes %v", text, c)
			}
		}
	}
}

// The installed OpenSSL names the library and the reason of a code as we do.
func TestCodesAgainstOpenSSL(t *testing.T) {
	if v := installed(t, "openssl", "version"); !strings.HasPrefix(v, "OpenSSL 3.") {
		t.Skip("needs OpenSSL 3, has " + v)
	}
	codes := []string{"0A000086", "0A000458", "0A000410", "0A00018A", "0A00014D", "0A000126", "0A0C0103", "0A080009", "05800074", "0480006C",
		"068000A8", "1C800064", "0308010C", "1E08010C", "80000068", "8000006F", "0200007C", "11800071"}
	for i, line := range strings.Split(strings.TrimSpace(installed(t, "openssl", append([]string{"errstr"}, codes...)...)), "\n") {
		f := strings.SplitN(line, ":", 5) // error:CODE:library:function:reason
		if len(f) < 5 {
			t.Fatalf("openssl errstr says %q", line)
		}
		want := "OpenSSL 3, " + f[2] + ": " + f[4]
		r := Read(line)
		if len(r.Codes) == 0 || r.Codes[0].Code != codes[i] || !strings.EqualFold(r.Codes[0].Means, want) {
			t.Errorf("%s decodes %v, openssl says %q", codes[i], r.Codes, want)
		}
	}
}

// A reason that no library has, or that is not folded, can never be found.
func TestMeaningsAreReasons(t *testing.T) {
	known := map[string]bool{ // OpenSSL 1.0.2 only
		"disabled for fips": true, "bad rsa signature": true, "bad ecdsa signature": true, "bad dsa signature": true, "bad rsa decrypt": true,
	}
	for library := uint(0); library < 100; library++ {
		for reason := uint(0); reason < 1300; reason++ {
			_, text := names.OpenSSLReason(library, reason)
			known[fold(text)] = true
			known[names.BoringSSLReason(reason)] = true
		}
	}
	for _, m := range meanings {
		if m.reason != fold(m.reason) || !known[m.reason] {
			t.Errorf("%q is no reason of any library", m.reason)
		}
		if m.bare && len(m.reason) < 9 {
			t.Errorf("%q is too short to stand alone", m.reason)
		}
	}
}

// The same words of OpenSSL 3 mean another thing while the handshake runs.
func TestUnexpectedEOF(t *testing.T) {
	const eof = "error:0A000126:SSL routines::unexpected eof while reading"
	for text, want := range map[string]fact.Symptom{
		eof: fact.NoCloseNotify,
		"SSL_read() failed (SSL: " + eof + ") while keepalive":               fact.NoCloseNotify,
		"SSL_do_handshake() failed (SSL: " + eof + ") while SSL handshaking": fact.EOFInHandshake,
		"SSL_connect: " + eof: fact.EOFInHandshake,
		"[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol":                   fact.EOFInHandshake,
		eof + "\nno peer certificate available\nSSL handshake has read 0 bytes and written 293 bytes": fact.EOFInHandshake,
		eof + "\nNew, TLSv1.3, Cipher is X\nSSL handshake has read 3217 bytes and written 293 bytes":  fact.NoCloseNotify,
	} {
		if r := Read(text); !slices.Contains(r.Symptoms, want) {
			t.Errorf("%q says %v, want %s", text, r.Symptoms, want)
		}
	}
}

// Reasons without a code, in the ways of Python, Node, Ruby and Java's native bindings.
func TestNamedReasons(t *testing.T) {
	for text, want := range map[string]fact.Symptom{
		"[SSL: BAD_LENGTH] bad length (_ssl.c:1006)":                fact.DecodeError,
		"code: 'ERR_SSL_BAD_EXTENSION'":                             fact.BadExtension,
		"SSL_connect returned=1 errno=0 state=error: bad signature": fact.BadSignature,
		"SSL routines:ssl3_read_bytes:unexpected message":           fact.UnexpectedMessage,
		"SSL routines::http request":                                fact.HTTPRequestHere,
		"[SSL: NO_APPLICATION_PROTOCOL] no application protocol":    fact.NoSharedALPN,
	} {
		if r := Read(text); !slices.Equal(r.Symptoms, []fact.Symptom{want}) {
			t.Errorf("%q says %v, want %s", text, r.Symptoms, want)
		}
	}
	for _, prose := range []string{"the bad length of the cable", "a decode error of the video", "every HTTP request is logged", "internal error 500"} {
		if r := Read(prose); len(r.Symptoms) != 0 {
			t.Errorf("%q says %v", prose, r.Symptoms)
		}
	}
}
