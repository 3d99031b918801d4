package wire

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

const gnutlsAll = "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+ARCFOUR-128:+3DES-CBC:+AES-128-CBC:+AES-256-CBC:+RSA:+DHE-RSA:+MD5:+SHA1:+SHA256:+SHA384:+SIGN-RSA-SHA1"

// GnuTLS still has RC4, 3DES and MD5.
func TestClientAgainstGnuTLS(t *testing.T) {
	addrs := map[string]string{
		"rsa":  gnutlsServer(t, testIdentity(t, "rsa"), "-a", "--priority", gnutlsAll),
		"p256": gnutlsServer(t, testIdentity(t, "p256"), "-a", "--priority", gnutlsAll),
	}
	eachSuite(t, every, func(t *testing.T, version uint16, suite names.Suite) {
		c, conn, err := dialled(t, addrs[authKind(suite)], ClientConfig{Hello: helloFor(version, suite.ID)})
		if err != nil {
			t.Fatal(err)
		}
		if f := c.Flight(); f.Server.Version != version || f.Server.Suite != suite.ID {
			t.Errorf("%s, %s", names.Version(f.Server.Version), names.SuiteName(f.Server.Suite))
		}
		exchange(t, c, conn, "hello\n", "hello\n")
	})
}

// The same rule of leading zeros as in the test against OpenSSL, with a server that writes public values unpadded.
func TestLeadingZeroAgainstGnuTLS(t *testing.T) {
	addr := gnutlsServer(t, testIdentity(t, "rsa"), "-a", "--priority", gnutlsAll)
	for _, c := range []struct {
		name      string
		premaster func(string, []byte, *ServerKeyExchange) []byte
		works     bool
	}{
		{"stripped", nil, true},
		{"kept", func(_ string, secret []byte, _ *ServerKeyExchange) []byte { return secret }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := ClientConfig{Hello: helloFor(TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256), Premaster: c.premaster}
			config.Exponent = shortSecret
			_, conn, err := dialled(t, addr, config)
			_ = conn.Close()
			if (err == nil) != c.works {
				t.Errorf("%v", err)
			}
		})
	}
}
