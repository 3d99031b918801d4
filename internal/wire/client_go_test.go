package wire

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/names"
)

// goServer serves one connection with the standard library, echoing; it gives the key log it wrote.
func goServer(t *testing.T, config *tls.Config) (addr string, keyLog *bytes.Buffer) {
	t.Helper()
	keyLog = &bytes.Buffer{}
	config.KeyLogWriter = keyLog
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.Copy(conn, conn)
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String(), keyLog
}

func goConfig(id *identity) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: id.chain, PrivateKey: id.key}},
		MinVersion:   tls.VersionTLS10,
		NextProtos:   []string{"h2", "http/1.1"},
	}
}

func TestClientGroupsAgainstGo(t *testing.T) {
	for _, group := range []uint16{
		names.X25519MLKEM768, names.SecP256r1MLKEM768, names.SecP384r1MLKEM1024, names.X25519, names.P256, names.P384, names.P521,
	} {
		for _, shared := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/share %t", names.Group(group), shared), func(t *testing.T) {
				config := goConfig(testIdentity(t, "p256"))
				config.CurvePreferences = []tls.CurveID{tls.CurveID(group)}
				addr, _ := goServer(t, config)
				hello := helloFor(TLS13, names.TLS_CHACHA20_POLY1305_SHA256, names.TLS_AES_256_GCM_SHA384, names.TLS_AES_128_GCM_SHA256)
				hello.Groups, hello.Shares, hello.ALPN = []uint16{names.FFDHE2048, group}, []uint16{group}, []string{"http/1.1"}
				if !shared {
					hello.Shares = []uint16{names.FFDHE2048}
				}
				c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
				if err != nil {
					t.Fatal(err)
				}
				f := c.Flight()
				if (f.Retry == nil) != shared || f.Server.Share.Group != group || f.ALPN != "http/1.1" {
					t.Errorf("retry %t, group %s, ALPN %q", f.Retry != nil, names.Group(f.Server.Share.Group), f.ALPN)
				}
				exchange(t, c, conn, "hello", "hello")
			})
		}
	}
}

// Our secrets are those that the other side logs.
func TestSecretsAgainstGo(t *testing.T) {
	for _, version := range []uint16{TLS10, TLS12, TLS13} {
		t.Run(names.Version(version), func(t *testing.T) {
			addr, keyLog := goServer(t, goConfig(testIdentity(t, "p256")))
			suite := names.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
			if version == TLS13 {
				suite = names.TLS_AES_128_GCM_SHA256
			}
			c, conn, err := dialled(t, addr, ClientConfig{Hello: helloFor(version, suite)})
			if err != nil {
				t.Fatal(err)
			}
			exchange(t, c, conn, "hello", "hello")
			ours := map[string]string{}
			for _, s := range c.Secrets() {
				ours[s.Label] = fmt.Sprintf("%s %x %x", s.Label, s.ClientRandom, s.Value)
			}
			for _, line := range strings.Split(strings.TrimSpace(keyLog.String()), "\n") {
				if label, _, _ := strings.Cut(line, " "); ours[label] != line {
					t.Errorf("%s: ours is %q, want %q", label, ours[label], line)
				}
			}
		})
	}
}

func TestClientTakesStapleOfGo(t *testing.T) {
	for _, version := range []uint16{TLS12, TLS13} {
		config := goConfig(testIdentity(t, "p256"))
		config.Certificates[0].OCSPStaple = []byte("stapled")
		config.Certificates[0].SignedCertificateTimestamps = [][]byte{[]byte("stamp")}
		addr, _ := goServer(t, config)
		hello := helloFor(version, names.TLS_AES_128_GCM_SHA256, names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
		hello.Status, hello.SCT = true, true
		c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
		if err != nil {
			t.Fatal(err)
		}
		if string(c.Flight().OCSP) != "stapled" {
			t.Errorf("%s: staple %q", names.Version(version), c.Flight().OCSP)
		}
		exchange(t, c, conn, "hello", "hello")
	}
}

func TestClientCertificateAgainstGo(t *testing.T) {
	for _, kind := range []string{"rsa", "p256", "ed25519"} {
		for _, version := range []uint16{TLS10, TLS12, TLS13} {
			if kind == "ed25519" && version < TLS12 {
				continue
			}
			t.Run(kind+"/"+names.Version(version), func(t *testing.T) {
				own := testIdentity(t, kind)
				config := goConfig(testIdentity(t, "p256"))
				config.ClientAuth = tls.RequireAndVerifyClientCert
				config.ClientCAs = x509.NewCertPool()
				cert, err := x509.ParseCertificate(own.chain[0])
				if err != nil {
					t.Fatal(err)
				}
				config.ClientCAs.AddCert(cert)
				addr, _ := goServer(t, config)
				suite := names.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
				if version == TLS13 {
					suite = names.TLS_AES_128_GCM_SHA256
				}
				c, conn, err := dialled(t, addr, ClientConfig{
					Hello:       helloFor(version, suite),
					Certificate: &ClientCertificate{Chain: own.chain, Key: own.key},
				})
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Flight().Request.Authorities) != 1 {
					t.Errorf("%d authorities in the request", len(c.Flight().Request.Authorities))
				}
				exchange(t, c, conn, "hello", "hello")
			})
		}
	}
}

// Go's server marks its downgrade (RFC 8446 §4.1.3); a hello that lists TLS 1.3 too must notice. The attacker is
// played by dropping the TLS 1.3 extension on the way, which the transcript would notice later.
func TestClientSeesDowngrade(t *testing.T) {
	addr, _ := goServer(t, goConfig(testIdentity(t, "p256")))
	hello := helloFor(TLS12, names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
	c, err := NewClient(ClientConfig{Hello: hello})
	if err != nil {
		t.Fatal(err)
	}
	c.config.Hello.Versions = []uint16{TLS13, TLS12}
	conn := dialPeer(t, addr)
	if _, err := conn.Write(c.Start()); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, carry(conn, c, c.Done), ReasonDowngrade)
	_ = conn.Close()
}

func TestClientReadsInPieces(t *testing.T) {
	addr, _ := goServer(t, goConfig(testIdentity(t, "p256")))
	c, err := NewClient(ClientConfig{Hello: helloFor(TLS13, names.TLS_AES_128_GCM_SHA256)})
	if err != nil {
		t.Fatal(err)
	}
	conn := dialPeer(t, addr)
	if _, err := conn.Write(c.Start()); err != nil {
		t.Fatal(err)
	}
	if err := carry(singleBytes{conn}, c, c.Done); err != nil {
		t.Fatal(err)
	}
	exchange(t, c, conn, "hello", "hello")
}

// singleBytes reads a connection one byte at a time.
type singleBytes struct{ net.Conn }

func (s singleBytes) Read(b []byte) (int, error) { return s.Conn.Read(b[:1]) }

func TestClientAgainstPlainServer(t *testing.T) {
	c, err := NewClient(ClientConfig{Hello: helloFor(TLS12, names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)})
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Feed([]byte("HTTP/1.1 400 Bad Request\r\n"))
	var notTLS *NotTLSError
	if !asError(err, &notTLS) || !strings.HasPrefix(string(notTLS.Data), "HTTP/1.1 400") || len(out) != 0 {
		t.Fatalf("out %x, err %v", out, err)
	}
	if _, again := c.Feed([]byte("x")); again != err {
		t.Errorf("after the end: %v", again)
	}
}
