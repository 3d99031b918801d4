package wire

import (
	"bytes"
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// goHello is what Go's client sends first.
func goHello(t *testing.T, config *tls.Config) []byte {
	t.Helper()
	c, s, _ := recordedPair(t)
	go func() {
		tls.Client(c, config).Handshake()
		c.Close()
	}()
	flight := make([]byte, 1<<14)
	n, err := s.Read(flight)
	s.Close()
	if err != nil {
		t.Fatal(err)
	}
	return flight[recordHeaderLen:n]
}

func TestParseHelloOfGo(t *testing.T) {
	config := &tls.Config{
		ServerName: "db.example.test", NextProtos: []string{"postgresql", "h2"}, MinVersion: tls.VersionTLS12,
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP384},
	}
	h, err := ParseClientHello(goHello(t, config))
	if err != nil {
		t.Fatal(err)
	}
	if h.ServerName != config.ServerName || !slices.Equal(h.ALPN, config.NextProtos) || h.LegacyVersion != TLS12 {
		t.Errorf("%q, %q, %x", h.ServerName, h.ALPN, h.LegacyVersion)
	}
	if !slices.Equal(h.Versions, []uint16{TLS13, TLS12}) || !slices.Equal(h.Groups, []uint16{names.X25519, names.P384}) {
		t.Errorf("versions %x, groups %v", h.Versions, h.Groups)
	}
	if len(h.Shares) != 1 || h.Shares[0].Group != names.X25519 || len(h.Shares[0].Data) != 32 || len(h.SessionID) != 32 {
		t.Errorf("shares %v, session ID %x", h.Shares, h.SessionID)
	}
	if !h.EMS || !h.Renegotiation || !h.StatusRequest || !slices.Contains(h.Signatures, names.RSAPSSRSAESHA256) {
		t.Errorf("%+v", h)
	}
	if !slices.Contains(h.Suites, names.TLS_AES_128_GCM_SHA256) || !bytes.Equal(h.Compressions, []byte{0}) {
		t.Errorf("suites %x, compressions %x", h.Suites, h.Compressions)
	}
}

// RFC 8448 §3.
func TestParseHelloOfRFC8448(t *testing.T) {
	h, err := ParseClientHello(unhex(t, rfcClientHello))
	if err != nil {
		t.Fatal(err)
	}
	if h.ServerName != "server" || !slices.Equal(h.Suites, []uint16{0x1301, 0x1303, 0x1302}) || !slices.Equal(h.Versions, []uint16{TLS13}) {
		t.Errorf("%+v", h)
	}
	wantHex(t, "share", h.Shares[0].Data, "99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c")
	wantHex(t, "random", h.Random, "cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7")
	if !h.Ticket || h.EMS || !h.Renegotiation || len(h.Signatures) != 15 || len(h.Groups) != 9 {
		t.Errorf("%+v", h)
	}
	s, err := ParseServerHello(unhex(t, rfcServerHello))
	if err != nil || s.Version != TLS13 || s.LegacyVersion != TLS12 || s.Suite != 0x1301 || s.Share.Group != names.X25519 || s.Retry {
		t.Errorf("%+v, %v", s, err)
	}
}

// Every beginning of a hello is an error with a position, and gives what was there.
func TestParseCutHello(t *testing.T) {
	whole := unhex(t, rfcClientHello)
	for n := range whole {
		h, err := ParseClientHello(whole[:n])
		noExtensions := n == 4+2+32+1+2+6+2 // a hello may end there
		if (err == nil) != noExtensions || h == nil {
			t.Fatalf("%d bytes of %d: %v", n, len(whole), err)
		}
		if n > 60 && len(h.Suites) != 3 {
			t.Errorf("%d bytes: suites %x", n, h.Suites)
		}
	}
	h, err := ParseClientHello(whole[:len(whole)-1])
	if h.ServerName != "server" || err == nil || !strings.Contains(err.Error(), "byte") {
		t.Errorf("name %q, %v", h.ServerName, err)
	}
}

func TestParseHelloOddities(t *testing.T) {
	base := helloParts{version: TLS12, random: make([]byte, 32), suites: []uint16{SuiteRenegotiationSCSV}}
	message := func(list ...Extension) []byte {
		base.extensions = list
		m, err := base.marshal(0)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	h, err := ParseClientHello(message(Extension{ExtServerName, []byte{0, 9, 0, 0}}, Extension{ExtALPN, unhex(t, "0003026832")}))
	if err == nil || !strings.Contains(err.Error(), "extension 0") || !slices.Equal(h.ALPN, []string{"h2"}) || !h.Renegotiation {
		t.Errorf("one extension malformed: %+v, %v", h, err)
	}
	// A name of another type first (RFC 6066 §3 allows it).
	h, err = ParseClientHello(message(Extension{ExtServerName, unhex(t, "0008"+"01000161"+"00000162")}))
	if err != nil || h.ServerName != "b" {
		t.Errorf("two names: %q, %v", h.ServerName, err)
	}
	h, err = ParseClientHello(append(message(), 0, 0, 7))
	if err == nil || h.LegacyVersion != TLS12 {
		t.Errorf("bytes after the end: %v", err)
	}
	broken := slices.Repeat([]Extension{{Type: ExtALPN, Data: []byte{9}}}, 100)
	if _, err := ParseClientHello(message(broken...)); strings.Count(err.Error(), "extension 16") != maxExtensionErrors {
		t.Errorf("errors are not bounded: %v", err)
	}
}

// sslv2Hello is the CLIENT-HELLO of RFC 5246 appendix E.2: TLS 1.2, three cipher specs of which one is SSLv2's
// own, a challenge of 16 bytes.
const sslv2Hello = "802b" + "01" + "0303" + "0012" + "0000" + "0010" +
	"00002f" + "010080" + "000035" + "00003c" + "0000ff" + "00c02f" + "0102030405060708090a0b0c0d0e0f10"

func TestParseSSLv2Hello(t *testing.T) {
	message := unhex(t, sslv2Hello)[2:]
	h, err := ParseSSLv2ClientHello(message)
	if err != nil {
		t.Fatal(err)
	}
	if !h.SSLv2Framing || h.LegacyVersion != TLS12 || !h.Renegotiation || !slices.Equal(h.Suites, []uint16{0x2f, 0x35, 0x3c, 0xff, 0xc02f}) {
		t.Errorf("%+v", h)
	}
	wantHex(t, "random", h.Random, strings.Repeat("00", 16)+"0102030405060708090a0b0c0d0e0f10")
	for n := range message {
		if _, err := ParseSSLv2ClientHello(message[:n]); err == nil {
			t.Errorf("%d bytes of %d: no error", n, len(message))
		}
	}
	if got := challengeRandom(bytes.Repeat([]byte{1}, 40)); len(got) != 32 {
		t.Errorf("challenge of 40 bytes: %x", got)
	}
}

// OpenSSL still reads such a hello; its answer shows that the fixture is right.
func TestSSLv2HelloReadByOpenSSL(t *testing.T) {
	conn := dialPeer(t, opensslServer(t, testIdentity(t, "rsa"), "-tls1_2", "-cipher", allCiphers))
	sent := unhex(t, sslv2Hello)
	conn.Write(sent)
	flight := readUntil(t, conn, sent, sealedOrDone)
	if flight.Server == nil || flight.Server.Version != TLS12 || flight.Client == nil || !flight.Client.SSLv2Framing {
		t.Errorf("OpenSSL answered %+v, %q", flight.Messages, flight.Errors)
	}
}
