package remedy

import (
	"crypto/tls"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/names"
)

// hello is what s_client offers under an openssl.cnf: OpenSSL says nothing about a bad setting there, so the test
// is what becomes of it.
func hello(t *testing.T, openssl, conf string) *tls.ClientHelloInfo {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan *tls.ClientHelloInfo, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		tls.Server(c, &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			got <- h
			return nil, errors.New("seen enough")
		}}).Handshake()
	}()
	path := write(t, filepath.Join(t.TempDir(), "app.cnf"), conf)
	out, _ := run(t, []string{"OPENSSL_CONF=" + path}, openssl, "s_client", "-connect", l.Addr().String())
	select {
	case h := <-got:
		return h
	case <-time.After(10 * time.Second):
		t.Fatalf("s_client sent no hello: %s", out)
		return nil
	}
}

// TestOpenSSLDoesIt looks at the hello under every openssl.cnf for what the change promised.
func TestOpenSSLDoesIt(t *testing.T) {
	openssl := program(t, "openssl")
	if h := hello(t, openssl, ""); slices.Contains(h.SignatureSchemes, tls.PKCS1WithSHA1) || slices.Contains(h.CipherSuites, 0x1304) {
		t.Skip("this OpenSSL has by default what the changes are to bring")
	}
	checked := 0
	for _, s := range of(t, "openssl") {
		if s.File == "" || newerThanHere(t, openssl, s.Snippet) {
			continue
		}
		conf := s.Snippet
		if s.change.Kind == change.CorrectOption {
			conf += orphans
		}
		if !promised(s, hello(t, openssl, conf)) {
			t.Errorf("%s has not the effect\n%s", s.ID, s.Snippet)
		}
		checked++
	}
	if checked < 15 {
		t.Errorf("only %d files were read", checked)
	}
}

// orphans are sections that only the line openssl_conf is missing to.
const orphans = `
[openssl_init]
ssl_conf = ssl_sect
[ssl_sect]
system_default = system_default_sect
[system_default_sect]
MaxProtocol = TLSv1.2
`

// TestOpenSSLReadsNoOrphans: without that line the sections change nothing.
func TestOpenSSLReadsNoOrphans(t *testing.T) {
	openssl := program(t, "openssl")
	if h := hello(t, openssl, orphans); !slices.Contains(h.SupportedVersions, tls.VersionTLS13) {
		t.Errorf("only %v are offered", h.SupportedVersions)
	}
}

func promised(s sampled, h *tls.ClientHelloInfo) bool {
	args := s.change.Args
	switch s.change.Kind {
	case change.CorrectOption:
		return !slices.Contains(h.SupportedVersions, tls.VersionTLS13)
	case change.OfferVersion:
		return slices.Equal(h.SupportedVersions, []uint16{tls.VersionTLS13, tls.VersionTLS12})
	case change.OfferSuite:
		suite, _ := names.SuiteByName(args["suite"])
		return slices.Contains(h.CipherSuites, suite.ID)
	case change.OfferGroup:
		id, _ := names.GroupByName(args["group"])
		return slices.Contains(h.SupportedCurves, tls.CurveID(id)) && len(h.SupportedCurves) == 3
	case change.SmallHello:
		return slices.Equal(h.SupportedCurves, []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384})
	case change.OfferSignature:
		return slices.Contains(h.SignatureSchemes, tls.PKCS1WithSHA512) && len(h.SignatureSchemes) == 9
	case change.AllowSHA1:
		return slices.Contains(h.SignatureSchemes, tls.PKCS1WithSHA1)
	case change.DropDHE:
		return !slices.ContainsFunc(h.CipherSuites, func(id uint16) bool { suite, _ := names.SuiteByID(id); return suite.Kex == "DHE" })
	case change.AllowOldVersion:
		id, _ := names.ParseVersion(args["version"])
		return slices.Min(h.SupportedVersions) == id
	}
	return slices.Contains(weakening, s.change.Kind) // proved by a handshake below
}

// opens reports whether s_client gets through a handshake with a server under an openssl.cnf.
func opens(t *testing.T, openssl, addr, conf string) bool {
	t.Helper()
	path := write(t, filepath.Join(t.TempDir(), "app.cnf"), conf)
	out, _ := run(t, []string{"OPENSSL_CONF=" + path}, openssl, "s_client", "-connect", addr)
	return strings.Contains(out, "Cipher is ECDHE") || strings.Contains(out, "Cipher is DHE")
}

// group2 is the 1024-bit group of RFC 2409 section 6.2 as a file of Diffie-Hellman parameters.
func group2(t *testing.T) string {
	t.Helper()
	p, ok := new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"+
		"302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381"+
		"FFFFFFFFFFFFFFFF", 16)
	if !ok {
		t.Fatal("not a number")
	}
	der, err := asn1.Marshal(struct{ P, G *big.Int }{p, big.NewInt(2)})
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: der}))
}

// TestOpenSSLWeakening connects to servers that today's OpenSSL refuses, before and after the change.
func TestOpenSSLWeakening(t *testing.T) {
	openssl := program(t, "openssl")
	dir := t.TempDir()
	rsaPair(t, openssl, dir)
	write(t, dir+"/dh", group2(t))
	weak := func(kind change.Kind, args ...string) string {
		steps, _ := openSSL().Steps(change.NotAdvised(kind, change.Client, args...), nil)
		if len(steps) == 0 {
			t.Fatalf("openssl has no words for %s", kind)
		}
		return steps[0].Snippet
	}
	oldVersion, level1, smallDH := weak(change.AllowOldVersion, "version", "TLS1.0"), weak(change.LowerSecurityLevel, "level", "1"), weak(change.AllowSmallDH, "bits", "1024")
	tls10 := serve(t, openssl, dir, "-tls1", "-cipher", "ALL:@SECLEVEL=0")
	dh1024 := serve(t, openssl, dir, "-tls1_2", "-dhparam", dir+"/dh", "-cipher", "DHE:@SECLEVEL=0")
	for _, tt := range []struct {
		name, addr, conf string
		want             bool
	}{
		{"TLS 1.0 as it is", tls10, "", false}, {"TLS 1.0 allowed", tls10, oldVersion, true}, {"TLS 1.0 at level 1", tls10, level1, false},
		{"1024 bits as it is", dh1024, "", false}, {"1024 bits allowed", dh1024, smallDH, true}, {"1024 bits at level 1", dh1024, level1, true},
	} {
		if got := opens(t, openssl, tt.addr, tt.conf); got != tt.want {
			t.Errorf("%s: connects %t, want %t", tt.name, got, tt.want)
		}
	}
}

// TestOpenSSLLegacyRenegotiation connects to GnuTLS without RFC 5746.
func TestOpenSSLLegacyRenegotiation(t *testing.T) {
	openssl, gnutls := program(t, "openssl"), program(t, "gnutls-serv")
	dir := t.TempDir()
	rsaPair(t, openssl, dir)
	port := closedPort(t)
	addr := listening(t, "127.0.0.1:"+port, exec.Command(gnutls, "--port", port, "--priority", "NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION",
		"--x509certfile", dir+"/cert", "--x509keyfile", dir+"/key", "--quiet"))
	steps, _ := openSSL().Steps(change.NotAdvised(change.AllowLegacyRenegotiation, change.Client), nil)
	if opens(t, openssl, addr, "") || !opens(t, openssl, addr, steps[0].Snippet) {
		t.Errorf("the change makes no difference: %s", steps[0].Snippet)
	}
}

// rsaPair writes cert and key of RSA, which the DHE suites need.
func rsaPair(t *testing.T, openssl, dir string) {
	t.Helper()
	if out, err := run(t, nil, openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", dir+"/key", "-out", dir+"/cert", "-subj", "/CN=localhost", "-days", "2"); err != nil {
		t.Fatal(out, err)
	}
}

// serve runs openssl s_server on the loopback address until the test ends.
func serve(t *testing.T, openssl, dir string, args ...string) string {
	t.Helper()
	addr := "127.0.0.1:" + closedPort(t)
	cmd := exec.Command(openssl, append([]string{"s_server", "-accept", addr, "-cert", dir + "/cert", "-key", dir + "/key", "-quiet", "-naccept", "9"}, args...)...)
	cmd.Env = []string{"OPENSSL_CONF=/dev/null"}
	stdin, err := cmd.StdinPipe() // kept open: s_server ends when it closes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	return listening(t, addr, cmd)
}

// listening starts a server and waits until it accepts; it ends with the test.
func listening(t *testing.T, addr string, cmd *exec.Cmd) string {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 250 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return addr
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s does not listen", cmd.Path)
	return ""
}

// TestRequestsAreMade runs the commands for certificate requests and files as they stand.
func TestRequestsAreMade(t *testing.T) {
	openssl := program(t, "openssl")
	checked := 0
	for _, s := range of(t, "certificates") {
		if !oneOfThese(s.Snippet, "openssl req", "x509toreq", "-pubkey", "cat ") || strings.Contains(s.Snippet, "curl") {
			continue
		}
		dir := t.TempDir()
		pair(t, dir, "server.crt", "server.key", "client.crt", "client.key", "intermediate.crt", "x")
		quick := strings.ReplaceAll(s.Snippet, "rsa:3072", "rsa:1024")
		cmd := exec.Command("/bin/sh", "-ec", quick)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s\n%s", s.ID, err, s.Snippet, out)
			continue
		}
		checked++
		if strings.Contains(s.Snippet, "-addext 'subjectAltName") && s.c.First() != nil {
			csr, _ := run(t, nil, openssl, "req", "-in", dir+"/server.csr", "-noout", "-text")
			if !containsAll(csr, "Subject Alternative Name", "DNS:*.db.example.net", "IP Address:192.0.2.1") {
				t.Errorf("%s: the request lacks the names that the certificate had\n%s", s.ID, csr)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d commands were run", checked)
	}
}

// TestKeyCheckTells proves that the check says OK for a pair and not for two halves of different ones.
func TestKeyCheckTells(t *testing.T) {
	program(t, "openssl")
	dir := t.TempDir()
	pair(t, dir, "a.crt", "a.key")
	pair(t, dir, "b.crt", "b.key")
	for _, tt := range []struct{ cert, key, want string }{{"a.crt", "a.key", "OK"}, {"a.crt", "b.key", ""}} {
		if out, _ := run(t, nil, "/bin/sh", "-c", keyCheck(filepath.Join(dir, tt.cert), filepath.Join(dir, tt.key))); out != tt.want {
			t.Errorf("%s with %s: %q, want %q", tt.cert, tt.key, out, tt.want)
		}
	}
}
