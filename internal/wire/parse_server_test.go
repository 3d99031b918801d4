package wire

import (
	"bytes"
	"crypto/tls"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

func TestParseRetry(t *testing.T) {
	h := &ServerHello{LegacyVersion: TLS12, Version: TLS13, Suite: 0x1301, Retry: true,
		Share: &KeyShare{Group: names.P256}, Cookie: []byte("seven")}
	message, err := h.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	// RFC 8446 §4.1.3 prints the random of a HelloRetryRequest.
	if !bytes.Contains(message, unhex(t, "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")) {
		t.Errorf("message %x", message)
	}
	got, err := ParseServerHello(message)
	if err != nil || !got.Retry || got.Version != TLS13 || got.Share.Group != names.P256 || string(got.Cookie) != "seven" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDowngradeSentinel(t *testing.T) {
	for end, want := range map[string]string{
		"444f574e47524401": "TLS1.2", "444f574e47524400": "TLS1.1", "444f574e47524402": "", "444f574e47524301": "",
	} {
		h := &ServerHello{LegacyVersion: TLS12, Random: unhex(t, strings.Repeat("aa", 24)+end)}
		message, _ := h.Marshal()
		if got, err := ParseServerHello(message); err != nil || got.Downgrade != want {
			t.Errorf("%s: %q, %v", end, got.Downgrade, err)
		}
	}
}

// Go's server speaks TLS 1.3: to a client of TLS 1.2 or 1.1 it must send the sentinel.
func TestDowngradeSentinelOfGo(t *testing.T) {
	server := &tls.Config{Certificates: []tls.Certificate{goCertificate(t, "p256")}, MinVersion: tls.VersionTLS10}
	for version, want := range map[uint16]string{TLS12: "TLS1.2", TLS11: "TLS1.1", TLS10: "TLS1.1", TLS13: ""} {
		client := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		if got := Decode(goConnection(t, client, server)).Server; got.Downgrade != want || got.Version != version {
			t.Errorf("%x: %x, %q", version, got.Version, got.Downgrade)
		}
	}
}

// The form of drafts up to 21: no session ID, no compression, version in the old place, key_share as number 40.
func TestParseDraftServerHello(t *testing.T) {
	body := "7f12" + strings.Repeat("11", 32) + "1301" + "000a" + "00280006001d00020102"
	h, err := ParseServerHello(Handshake(TypeServerHello, unhex(t, body)))
	if err != nil || h.Version != 0x7f12 || h.Suite != 0x1301 || h.Share == nil || h.Share.Group != names.X25519 {
		t.Errorf("%+v, %v", h, err)
	}
	for _, retry := range []string{"7f12" + "0006002800020017", "7f13" + "1301" + "0006002800020017"} {
		h, err := ParseServerHello(Handshake(typeOldRetry, unhex(t, retry)))
		if err != nil || !h.Retry || h.Share == nil || h.Share.Group != names.P256 {
			t.Errorf("%s: %+v, %v", retry, h, err)
		}
	}
}

func TestParseCutServerHello(t *testing.T) {
	whole := unhex(t, rfcServerHello)
	for n := range whole {
		noExtensions := n == 4+2+32+1+2+1
		if h, err := ParseServerHello(whole[:n]); h == nil || (err == nil) != noExtensions {
			t.Errorf("%d bytes of %d: %v", n, len(whole), err)
		}
	}
}

func TestParseCertificates(t *testing.T) {
	whole := unhex(t, "00000a"+"000002aabb"+"000002ccdd")
	m, err := ParseCertificates(TLS12, whole)
	if err != nil || len(m.Chain) != 2 || !bytes.Equal(m.Chain[1], []byte{0xcc, 0xdd}) {
		t.Fatalf("%+v, %v", m, err)
	}
	m, err = ParseCertificates(TLS12, whole[:len(whole)-1])
	if err == nil || len(m.Chain) != 1 {
		t.Errorf("cut: %d certificates, %v", len(m.Chain), err)
	}
	// RFC 8446 §4.4.2: context, and extensions with each certificate.
	m, err = ParseCertificates(TLS13, unhex(t, "00"+"00001f"+
		"000002aabb"+"0010"+"00050006"+"01000002"+"0102"+"00120002"+"0000"+"000002ccdd"+"0001"+"00"))
	if err == nil || len(m.Chain) != 2 || !bytes.Equal(m.OCSP, []byte{1, 2}) {
		t.Errorf("%+v, %v", m, err)
	}
	flood := bytes.Repeat([]byte{0, 0, 1, 7}, 5000)
	m, err = ParseCertificates(TLS12, append([]byte{0, byte(len(flood) >> 8), byte(len(flood))}, flood...))
	if err == nil || len(m.Chain) != maxCertificates {
		t.Errorf("5000 certificates: %d kept, %v", len(m.Chain), err)
	}
}

func TestParseServerKeyExchange(t *testing.T) {
	dhe := "0004" + "00ff0011" + "0001" + "02" + "0003" + "000007"
	for _, c := range []struct {
		version   uint16
		kex, body string
		kind      string
		scheme    uint16
		signature string
	}{
		{TLS12, "DHE", dhe + "0401" + "0002abcd", kindDHE, 0x0401, "abcd"},
		{TLS10, "DHE", dhe + "0002abcd", kindDHE, 0, "abcd"},
		{TLS12, "DHE", dhe, kindDHE, 0, ""}, // anonymous
		{TLS12, "DHE_PSK", "0002" + "4142" + dhe, kindDHE, 0, ""},
		{TLS12, "ECDHE", "03001d" + "02" + "0102" + "0804" + "0001ff", kindECDHE, 0x0804, "ff"},
		{TLS12, "ECDHE_PSK", "0000" + "03001d" + "02" + "0102", kindECDHE, 0, ""},
		{TLS12, "", "03001d" + "02" + "0102" + "0804" + "0001ff", kindECDHE, 0x0804, "ff"},
		{TLS10, "RSA", "0002c001" + "0001" + "03" + "0001ff", kindRSA, 0, "ff"}, // export
		{TLS12, "PSK", "00024142", "", 0, ""},
		{TLS12, "RSA_PSK", "00024142", "", 0, ""},
		{TLS12, "SRP", "0001020304", "", 0, ""},
		{TLS12, "", "ffff", "", 0, ""},
	} {
		k, err := ParseServerKeyExchange(c.version, c.kex, unhex(t, c.body))
		if err != nil || k.Kind != c.kind || k.Scheme != c.scheme || !bytes.Equal(k.Signature, unhex(t, c.signature)) {
			t.Errorf("%s %s: %+v, %v", c.kex, c.body, k, err)
		}
	}
	k, _ := ParseServerKeyExchange(TLS12, "DHE", unhex(t, dhe))
	if k.P.Cmp(big.NewInt(0xff0011)) != 0 || k.PLen != 4 || k.YsLen != 3 || k.Ys.Int64() != 7 || !bytes.Equal(k.Params, unhex(t, dhe)) {
		t.Errorf("%+v", k)
	}
	for _, bad := range []string{"", "01" + dhe, "03001d", "03001d0401"} {
		if k, err := ParseServerKeyExchange(TLS12, "ECDHE", unhex(t, bad)); err == nil {
			t.Errorf("%q: %+v", bad, k)
		}
	}
}

func TestParseClientKeyExchange(t *testing.T) {
	for _, c := range []struct {
		version   uint16
		kex, body string
		public    string
		encrypted string
	}{
		{TLS12, "DHE", "00030007aa", "0007aa", ""},
		{TLS12, "ECDHE", "020102", "0102", ""},
		{TLS10, "RSA", "00020304", "", "0304"},
		{SSLv3, "RSA", "00020304", "", "00020304"},
		{TLS12, "ECDHE_PSK", "000141" + "020102", "0102", ""},
		{TLS12, "GOST", "ffff", "", ""},
	} {
		k, err := ParseClientKeyExchange(c.version, c.kex, unhex(t, c.body))
		if err != nil || !bytes.Equal(k.Public, unhex(t, c.public)) || !bytes.Equal(k.Encrypted, unhex(t, c.encrypted)) {
			t.Errorf("%s %s: %+v, %v", c.kex, c.body, k, err)
		}
	}
}

func TestParseCertificateRequest(t *testing.T) {
	for _, c := range []struct {
		version uint16
		body    string
		schemes []uint16
	}{
		{TLS10, "020140" + "0005" + "00033001ff", nil},
		{TLS12, "020140" + "0004" + "04010804" + "0005" + "00033001ff", []uint16{0x0401, 0x0804}},
		{TLS13, "00" + "0013" + "000d0006" + "0004" + "04010804" + "002f0005" + "0003" + "000130", []uint16{0x0401, 0x0804}},
	} {
		r, err := ParseCertificateRequest(c.version, unhex(t, c.body))
		if err != nil || !slices.Equal(r.Signatures, c.schemes) || len(r.Authorities) != 1 {
			t.Errorf("%x: %+v, %v", c.version, r, err)
		}
	}
}

func TestParseSmallMessages(t *testing.T) {
	if a, err := ParseAlert([]byte{2, 40}); err != nil || a != (Alert{2, 40}) {
		t.Errorf("%v, %v", a, err)
	}
	for _, n := range []int{0, 1, 3} {
		if _, err := ParseAlert(make([]byte, n)); err == nil {
			t.Errorf("alert of %d bytes", n)
		}
	}
	if response, err := ParseCertificateStatus(unhex(t, "01000003aabbcc")); err != nil || len(response) != 3 {
		t.Errorf("%x, %v", response, err)
	}
	if response, err := ParseCertificateStatus(unhex(t, "02000003aabbcc")); err != nil || response != nil {
		t.Errorf("other status type: %x, %v", response, err)
	}
	if s, err := ParseCertificateVerify(TLS13, unhex(t, "08040002abcd")); err != nil || s.Scheme != 0x0804 || len(s.Signature) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := ParseCertificateVerify(TLS11, unhex(t, "0002abcd")); err != nil || s.Scheme != 0 || len(s.Signature) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if list, alpn, err := ParseEncryptedExtensions(unhex(t, "0009"+"00100005"+"0003026832")); err != nil || alpn != "h2" || len(list) != 1 {
		t.Errorf("%v, %q, %v", list, alpn, err)
	}
	if _, alpn, err := ParseEncryptedExtensions(unhex(t, rfcServerFlight)[4:40]); err != nil || alpn != "" {
		t.Errorf("RFC 8448 §3: %q, %v", alpn, err)
	}
}
