package wire

import (
	"bytes"
	"crypto/tls"
	"strings"
	"testing"
)

func TestParseKeyLog(t *testing.T) {
	random, secret := strings.Repeat("0b", 32), strings.Repeat("c1", 48)
	log := "# SSL/TLS secrets log file\r\n\n" +
		"CLIENT_RANDOM " + random + " " + secret + "\r\n" +
		"  SERVER_TRAFFIC_SECRET_0\t" + strings.ToUpper(random) + "  " + secret[:64] + "\n" +
		"RSA 0b0b0b0b0b0b0b0b " + secret + "\n" + // another format of the past
		"CLIENT_RANDOM " + random[:62] + " " + secret + "\n" +
		"CLIENT_RANDOM " + random + " " + secret + "0\n" +
		"CLIENT_RANDOM " + random + " " + strings.Repeat("ab", 129) + "\n" +
		"client_random " + random + " " + secret + "\n" +
		strings.Repeat("A", 5000) + "\n" +
		"CLIENT_RANDOM " + random // cut
	got := ParseKeyLog([]byte(log))
	if len(got) != 2 || got[0].Label != "CLIENT_RANDOM" || got[1].Label != "SERVER_TRAFFIC_SECRET_0" {
		t.Fatalf("got %+v", got)
	}
	for i, s := range got {
		wantHex(t, "client random", s.ClientRandom, random)
		wantHex(t, "secret", s.Value, secret[:[]int{96, 64}[i]])
	}
}

// Go writes the format; so what Go wrote must come back byte for byte.
func TestKeyLogOfGo(t *testing.T) {
	var log bytes.Buffer
	client := &tls.Config{KeyLogWriter: &log, InsecureSkipVerify: true}
	c, s, _ := recordedPair(t)
	go tls.Server(s, &tls.Config{Certificates: []tls.Certificate{goCertificate(t, "p256")}}).Handshake()
	if err := tls.Client(c, client).Handshake(); err != nil {
		t.Fatal(err)
	}
	secrets := ParseKeyLog(log.Bytes())
	if len(secrets) != 4 {
		t.Fatalf("%d secrets in %s", len(secrets), log.Bytes())
	}
	if got := FormatKeyLog(secrets); !bytes.Equal(got, log.Bytes()) {
		t.Errorf("got %s, want %s", got, log.Bytes())
	}
}

func TestFormatKeyLogRefusesRubbish(t *testing.T) {
	bad := []Secret{
		{Label: "A\nB", ClientRandom: make([]byte, 32), Value: []byte{1}},
		{Label: "A", ClientRandom: make([]byte, 31), Value: []byte{1}},
		{Label: "", ClientRandom: make([]byte, 32), Value: []byte{1}},
	}
	if got := FormatKeyLog(bad); len(got) != 0 {
		t.Errorf("wrote %q", got)
	}
}
