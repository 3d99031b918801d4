package wire

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the tests against other implementations share: identities, real programs as peers, and the loop that carries
// bytes between an engine and a connection.

// An identity is a self-signed certificate with its key, in memory and as files.
type identity struct {
	chain             [][]byte
	key               crypto.Signer
	certFile, keyFile string
}

var identities sync.Map // name to func() (*identity, error)

// testIdentity makes an identity once per test run: "rsa", "p256", "p384", "ed25519".
func testIdentity(t testing.TB, kind string) *identity {
	t.Helper()
	once, _ := identities.LoadOrStore(kind, sync.OnceValues(func() (*identity, error) { return newIdentity(kind) }))
	id, err := once.(func() (*identity, error))()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var identityDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "wire")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	identityDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func newKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

func newIdentity(kind string) (*identity, error) {
	key, err := newKey(kind)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	id := &identity{
		chain: [][]byte{der}, key: key,
		certFile: filepath.Join(identityDir, kind+".crt"), keyFile: filepath.Join(identityDir, kind+".key"),
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	return id, errors.Join(os.WriteFile(id.certFile, certPEM, 0o600), os.WriteFile(id.keyFile, keyPEM, 0o600))
}

// needProgram skips the test when a program is missing, or fails it where all must be there.
func needProgram(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// A program is a running peer.
type program struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser // kept open: some peers end at the end of their input
	mu     sync.Mutex
	output bytes.Buffer
	lines  chan string // closed when the program is gone
}

// startProgram runs a peer until the test ends; its output is logged when the test fails.
func startProgram(t testing.TB, name string, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{cmd: exec.CommandContext(ctx, needProgram(t, name), args...), lines: make(chan string, 4096)}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(p.lines)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			p.mu.Lock()
			p.output.WriteString(s.Text() + "\n")
			p.mu.Unlock()
			select {
			case p.lines <- s.Text():
			default:
			}
		}
	}()
	t.Cleanup(func() {
		_ = p.stdin.Close()
		cancel()
		<-done
		_ = p.cmd.Wait()
		if t.Failed() {
			t.Logf("%s %s:\n%s", name, strings.Join(args, " "), p.text())
		}
	})
	return p
}

func (p *program) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// waitFor gives the last submatch in the first line of output that fits.
func (p *program) waitFor(t testing.TB, pattern string) string {
	t.Helper()
	found, ok := p.seek(pattern)
	if !ok {
		t.Fatalf("no line like %q in:\n%s", pattern, p.text())
	}
	return found
}

// seek is waitFor for a line that may never come: it ends with the program too.
func (p *program) seek(pattern string) (string, bool) {
	re := regexp.MustCompile(pattern)
	timeout := time.After(20 * time.Second)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				return "", false
			}
			if m := re.FindStringSubmatch(line); m != nil {
				return m[len(m)-1], true
			}
		case <-timeout:
			return "", false
		}
	}
}

// talk says a line to the program and waits until it comes back, then ends the program's input.
func (p *program) talk(line string) bool {
	_, _ = io.WriteString(p.stdin, line+"\n")
	_, ok := p.seek("^" + regexp.QuoteMeta(line))
	_ = p.stdin.Close()
	return ok
}

// opensslServer starts s_server, which answers every line with the same reversed, and gives its address.
func opensslServer(t testing.TB, id *identity, args ...string) string {
	t.Helper()
	args = append([]string{"s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", id.certFile, "-key", id.keyFile}, args...)
	return startProgram(t, "openssl", args...).waitFor(t, `^ACCEPT (\S+)`)
}

// gnutlsServer starts gnutls-serv as an echo server.
func gnutlsServer(t testing.TB, id *identity, args ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	_ = l.Close()
	args = append([]string{"--echo", "-p", fmt.Sprint(addr.Port), "--x509certfile", id.certFile, "--x509keyfile", id.keyFile}, args...)
	p := startProgram(t, "gnutls-serv", args...)
	p.waitFor(t, `listening on IPv4.*done`)
	return addr.String()
}

// accepted lets one client in, does the server's handshake and echoes what the client says until it stops. The
// result is the handshake's error; it is there once the client is gone.
func accepted(t testing.TB, config ServerConfig) (addr string, server *Server, result func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewServer(config)
	end := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			end <- err
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		end <- serveEcho(conn, s)
	}()
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String(), s, func() error { _ = l.Close(); return <-end }
}

// serveEcho ends without error when the client says close_notify, or just goes, after the handshake.
func serveEcho(conn net.Conn, s *Server) error {
	if err := carry(conn, s, s.Done); err != nil {
		// What the client still has to say is read, or its alert would be lost to a reset.
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
		return err
	}
	for {
		if data := s.AppData(); len(data) > 0 {
			out, err := s.Seal(data)
			if err != nil {
				return err
			}
			if _, err := conn.Write(out); err != nil {
				return err
			}
		}
		err := carry(conn, s, func() bool { return len(s.appData) > 0 })
		var alert *PeerAlert
		if errors.Is(err, io.EOF) || errors.As(err, &alert) && alert.Alert.Code == AlertCloseNotify {
			_, _ = conn.Write(s.Close())
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// endpoint is a Client or a Server.
type endpoint interface {
	Feed(b []byte) ([]byte, error)
	Done() bool
	AppData() []byte
	Seal(b []byte) ([]byte, error)
	Close() []byte
}

// carry moves bytes until stop says so or the connection ends.
func carry(conn net.Conn, e endpoint, stop func() bool) error {
	buf := make([]byte, 8192)
	for !stop() {
		n, readErr := conn.Read(buf)
		if n > 0 {
			out, err := e.Feed(buf[:n])
			if _, writeErr := conn.Write(out); err == nil && writeErr != nil {
				err = writeErr
			}
			if err != nil {
				return err
			}
		}
		if readErr != nil {
			return fmt.Errorf("connection: %w", readErr)
		}
	}
	return nil
}

// dialled does a client's handshake with a real server; the connection is closed with the test.
func dialled(t testing.TB, addr string, config ClientConfig) (*Client, net.Conn, error) {
	t.Helper()
	c, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	conn := dialPeer(t, addr)
	if _, err := conn.Write(c.Start()); err != nil {
		t.Fatal(err)
	}
	return c, conn, carry(conn, c, c.Done)
}

func dialPeer(t testing.TB, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// exchange sends a line and wants the answer, then says goodbye.
func exchange(t testing.TB, e endpoint, conn net.Conn, say, want string) {
	t.Helper()
	record, err := e.Seal([]byte(say))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(record); err != nil {
		t.Fatal(err)
	}
	got := ""
	err = carry(conn, e, func() bool { got += string(e.AppData()); return len(got) >= len(want) })
	if got != want {
		t.Fatalf("answer %q, want %q (%v)", got, want, err)
	}
	if _, err := conn.Write(e.Close()); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

// wantLocal checks that our side gave up for this reason.
func wantLocal(t testing.TB, err error, reason string) *LocalError {
	t.Helper()
	var local *LocalError
	if !errors.As(err, &local) || local.Reason != reason {
		t.Fatalf("got %v, want reason %s", err, reason)
	}
	return local
}

// wantAlert checks that the peer sent this alert.
func wantAlert(t testing.TB, err error, code uint8) {
	t.Helper()
	var peer *PeerAlert
	if !errors.As(err, &peer) || peer.Alert.Code != code {
		t.Fatalf("got %v, want alert %d", err, code)
	}
}
