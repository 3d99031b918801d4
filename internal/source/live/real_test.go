package live

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// program finds a real peer; without it the test is left out, or fails where nothing may be.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil && os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	if err != nil {
		t.Skipf("left out: %s is not installed", name)
	}
	return path
}

// pemFile writes PEM blocks of one kind to a file.
func pemFile(t *testing.T, dir, name, kind string, der ...[]byte) string {
	t.Helper()
	var b bytes.Buffer
	for _, d := range der {
		pem.Encode(&b, &pem.Block{Type: kind, Bytes: d})
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const nginxConf = `daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log info;
events {}
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  ssl_certificate %[2]s; ssl_certificate_key %[3]s; ssl_client_certificate %[4]s; ssl_verify_client on; ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 127.0.0.1:%[5]d ssl; return 200 ok; }
  server { listen 127.0.0.1:%[6]d ssl http2; return 200 ok; }
}
`

// TestRealNginxWantsACertificate: HTTP/1.1 and HTTP/2, TLS 1.2 and 1.3, without a certificate and with one.
func TestRealNginxWantsACertificate(t *testing.T) {
	nginx, id, dir := program(t, "nginx"), self(t), t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		t.Fatal(err)
	}
	ca := pemFile(t, dir, "ca.pem", "CERTIFICATE", id.ca)
	cert, private := pemFile(t, dir, "cert.pem", "CERTIFICATE", id.leaf, id.ca), pemFile(t, dir, "key.pem", "PRIVATE KEY", key)
	one, two := closedPort(t, "127.0.0.1"), closedPort(t, "127.0.0.1")
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, cert, private, ca, one.Port(), two.Port()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, two.String(), nginx, "-c", conf, "-p", dir, "-e", filepath.Join(dir, "error.log"))
	for _, test := range []struct {
		port    string
		version uint16
		alpn    string
	}{{one.String(), wire.TLS12, "http/1.1"}, {one.String(), wire.TLS13, "http/1.1"}, {two.String(), wire.TLS12, "h2"}, {two.String(), wire.TLS13, "h2"}} {
		for _, own := range []*wire.ClientCertificate{nil, ownCertificate(t)} {
			p := planFor(t, one, "https")
			p.Connect, p.Own, p.Timeout = test.port, own, 5*time.Second
			c, prober := p.begin(t)
			h := only(t, c)
			if test.version == wire.TLS12 {
				prober.Ask(t.Context(), c, fact.Variant{Kind: fact.Version, Value: "TLS1.2"})
				h = &c.Handshakes[len(c.Handshakes)-1]
			}
			if h.Server == nil || h.Server.Version != test.version || h.ALPN != test.alpn || h.Finished != fact.Yes || h.End.How != fact.EndError {
				t.Errorf("%+v, with a certificate: %v: %s, %+v", test, own != nil, h.ALPN, h.End)
				continue
			}
			// The certificate given is a server's own: nginx refuses it for its purpose.
			want := map[bool]string{true: "No required SSL certificate was sent", false: "The SSL certificate error"}[own == nil]
			if h.End.Detail != want {
				t.Errorf("%+v, with a certificate: %v: %q", test, own != nil, h.End.Detail)
			}
		}
	}
}

// run starts a program, waits until its port takes connections, and ends it with the test.
func run(t *testing.T, address string, argv ...string) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill(); <-done })
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		select {
		case <-done:
			t.Fatalf("%s ended: %s", argv[0], log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not listen: %s", argv[0], log.String())
}
