package remedy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// privateServer serves TLS as localhost with a certificate of a CA that nobody knows, and writes the CA to ca.pem.
func privateServer(t *testing.T, dir string) (port string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Our CA"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	root, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "ca.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root})))
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(5 * time.Second))
				c.Read(make([]byte, 1024)) // the handshake, and the request if there is one
				c.Write([]byte("HTTP/1.0 204 No Content\r\n\r\n"))
			}()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// stepFor is what a platform writes for a change without arguments.
func stepFor(t *testing.T, platform string, ch change.Change) Step {
	t.Helper()
	p, ok := ByID(platform)
	if !ok {
		t.Fatalf("no platform %s", platform)
	}
	steps, ok := p.Steps(ch, &fact.Case{})
	if !ok {
		t.Fatalf("%s does not write %s", platform, ch.Kind)
	}
	return steps[0]
}

// inShell runs lines in a POSIX shell in dir, without what the surroundings say about CAs.
func inShell(t *testing.T, dir, lines string) (string, error) {
	t.Helper()
	sh := program(t, "sh")
	return run(t, []string{"NODE_EXTRA_CA_CERTS=", "SSL_CERT_FILE=", "SSL_CERT_DIR=", "NODE_TLS_REJECT_UNAUTHORIZED=1"}, sh, "-c", "cd '"+dir+"' && "+lines)
}

// TestNodeTrustsIt: the program fails without the line and works with it.
func TestNodeTrustsIt(t *testing.T) {
	program(t, "node")
	dir := t.TempDir()
	get := `node -e "require('tls').connect({host:'localhost',port:` + privateServer(t, dir) +
		`,servername:'localhost'},function(){console.log('authorized');process.exit(0)}).on('error',function(e){console.log(e.code);process.exit(1)})"`
	if out, err := inShell(t, dir, get); err == nil {
		t.Fatalf("it works without the line: %s", out)
	}
	for _, kind := range []change.Kind{change.TrustCA, change.TrustAnything} {
		if out, err := inShell(t, dir, stepFor(t, "node", change.New(kind, change.Client)).Snippet+"\n"+get); err != nil || !strings.Contains(out, "authorized") {
			t.Errorf("%s: %v %s", kind, err, out)
		}
	}
}

// TestPythonTrustsIt uses the ssl module, which reads SSL_CERT_FILE.
func TestPythonTrustsIt(t *testing.T) {
	program(t, "python3")
	if _, err := os.Stat("/etc/ssl/certs/ca-certificates.crt"); err != nil {
		t.Skip("the system keeps its CAs elsewhere")
	}
	dir := t.TempDir()
	get := `python3 -c "import socket,ssl; ssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1',` + privateServer(t, dir) +
		`)),server_hostname='localhost'); print('verified')"`
	if out, err := inShell(t, dir, "unset SSL_CERT_FILE SSL_CERT_DIR\n"+get); err == nil {
		t.Fatalf("it works without the lines: %s", out)
	}
	lines := stepFor(t, "python", change.New(change.TrustCA, change.Client)).Snippet
	if out, err := inShell(t, dir, "unset SSL_CERT_DIR\n"+lines+"\n"+get); err != nil || !strings.Contains(out, "verified") {
		t.Errorf("%v %s", err, out)
	}
}

// TestKeytoolMakesIt lets keytool make the list of trusted CAs and find both the runtime's and ours in it.
func TestKeytoolMakesIt(t *testing.T) {
	program(t, "keytool")
	dir := t.TempDir()
	privateServer(t, dir)
	home := strings.TrimSuffix(javaHome(t), "/")
	lines := "export JAVA_HOME='" + home + "'\n" + stepFor(t, "java", change.New(change.TrustCA, change.Client)).Snippet
	if out, err := inShell(t, dir, lines); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	out, err := inShell(t, dir, "keytool -list -keystore truststore.p12 -storepass changeit")
	if err != nil || !strings.Contains(out, "our-ca,") || strings.Count(out, "trustedCertEntry") < 2 {
		t.Errorf("%v: %d entries", err, strings.Count(out, "trustedCertEntry"))
	}
}

func javaHome(t *testing.T) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(program(t, "java"))
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Dir(filepath.Dir(path))
	if _, err := os.Stat(filepath.Join(home, "lib/security/cacerts")); err != nil {
		t.Skip("this Java has no list of trusted CAs")
	}
	return home
}

// TestHAProxyReadsIt lets haproxy -c read every line for HAProxy.
func TestHAProxyReadsIt(t *testing.T) {
	haproxy := program(t, "haproxy", "/usr/sbin/haproxy")
	dir := t.TempDir()
	pair(t, dir, "c", "k", "ca.pem", "x")
	both := read(t, dir+"/c") + read(t, dir+"/k")
	os.Mkdir(dir+"/tls", 0o700)
	for _, name := range []string{"site.pem", "client.pem"} {
		write(t, dir+"/tls/"+name, both)
	}
	for _, name := range []string{"upstream-ca.pem", "client-ca.pem"} {
		write(t, dir+"/"+name, read(t, dir+"/ca.pem"))
	}
	checked, seen := 0, map[string]bool{}
	for _, s := range of(t, "haproxy") {
		if seen[s.Snippet] {
			continue
		}
		seen[s.Snippet] = true
		lines := strings.NewReplacer("/etc/haproxy/tls/upstream-ca.pem", dir+"/upstream-ca.pem", "/etc/haproxy/tls/client-ca.pem", dir+"/client-ca.pem",
			"/etc/haproxy/tls/", dir+"/tls/").Replace(s.Snippet)
		if out, err := run(t, nil, haproxy, "-c", "-f", write(t, dir+"/haproxy.cfg", haproxyCfg(lines))); err != nil {
			t.Errorf("%s: %v\n%s\n%s", s.ID, err, out, s.Snippet)
		}
		checked++
	}
	if checked < 15 {
		t.Errorf("only %d snippets were read", checked)
	}
	if _, err := run(t, nil, haproxy, "-c", "-f", write(t, dir+"/haproxy.cfg", haproxyCfg("default-server ssl nonesuch"))); err == nil {
		t.Error("haproxy accepts a word that cannot be: this test proves nothing")
	}
}

func haproxyCfg(lines string) string {
	const defaults = "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n" +
		"frontend g\n bind 127.0.0.1:1\n default_backend b\n"
	if strings.HasPrefix(lines, "default-server") {
		return defaults + "backend b\n " + lines + "\n server s1 127.0.0.1:1\n"
	}
	return defaults + "frontend f\n " + lines + "\nbackend b\n server s1 127.0.0.1:1\n"
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestCurlTrustsIt: the command fails without the options and works with them; all others are known to curl.
func TestCurlTrustsIt(t *testing.T) {
	program(t, "curl")
	dir := t.TempDir()
	url := " --silent --show-error --resolve localhost:PORT:127.0.0.1 https://localhost:PORT/"
	get := "curl" + strings.ReplaceAll(url, "PORT", privateServer(t, dir))
	if out, err := inShell(t, dir, get); err == nil {
		t.Fatalf("it works without the options: %s", out)
	}
	for _, kind := range []change.Kind{change.TrustCA, change.TrustAnything} {
		if out, err := inShell(t, dir, get+" "+stepFor(t, "curl", change.New(kind, change.Client)).Snippet); err != nil {
			t.Errorf("%s: %v %s", kind, err, out)
		}
	}
	for _, s := range of(t, "curl") {
		if out, _ := inShell(t, dir, "curl "+s.Snippet+" --version"); strings.Contains(out, "unknown") || strings.Contains(out, "requires parameter") || !strings.Contains(out, "Protocols:") {
			t.Errorf("%s: %s", s.ID, out)
		}
	}
}
