package client

import (
	"context"
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
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A peer is a server on loopback that fails in one way, and what a client meets there.
type peer struct {
	name  string
	serve func(net.Conn)
	meets Failure
}

// signsItself makes a certificate for localhost under a common name, and writes it to a file.
func signsItself(t *testing.T, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func peers(cert tls.Certificate) []peer {
	says := func(words string) func(net.Conn) {
		return func(c net.Conn) {
			c.Read(make([]byte, 4096))
			c.Write([]byte(words))
		}
	}
	untrusted := Failure{Step: StepCertificate, How: fact.EndLocal, Reason: "chain",
		Verdict: &fact.Verdict{Name: "localhost", Path: []string{"localhost"}, Problems: []fact.Problem{{Kind: fact.SelfSignedLeaf, Fatal: true}}},
		Handshake: &fact.Handshake{Client: &wire.ClientHello{Versions: []uint16{wire.TLS13}},
			Server: &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301, Extensions: []wire.Extension{{Type: wire.ExtSupportedVersions}}},
			Chain:  &fact.Chain{Certificates: []fact.Certificate{{SelfSigned: true, CommonName: "localhost"}}}}}
	return []peer{
		{"self-signed", func(c net.Conn) { tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}}).Handshake() }, untrusted},
		{"alert 112", says("\x15\x03\x03\x00\x02\x02\x70"), Failure{Step: StepHello, How: fact.EndAlert, Alert: 112}},
		{"alert 70", says("\x15\x03\x03\x00\x02\x02\x46"), Failure{Step: StepHello, How: fact.EndAlert, Alert: 70}},
		{"http", says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), Failure{Step: StepHello, How: fact.EndNotTLS}},
		{"closed", says(""), Failure{Step: StepHello, How: fact.EndClosed}},
	}
}

const pythonDials = `import ssl,socket,sys
c=ssl.create_default_context(cafile=sys.argv[2])
try: c.wrap_socket(socket.create_connection(("localhost",int(sys.argv[1])),5),server_hostname="localhost")
except Exception as e: print("%s.%s: %s"%(type(e).__module__,type(e).__name__,e))`

const nodeDials = `const s=require("tls").connect({host:"localhost",port:+process.argv[1],servername:"localhost",ca:require("fs").readFileSync(process.argv[2])});
s.on("error",e=>{console.log("code="+e.code+" reason="+e.reason+" message="+e.message.trim())})`

// realClients are the commands that dial localhost:port with another CA file.
func realClients(port, ca string) map[string][]string {
	return map[string][]string{
		"curl --cacert":                         {"curl", "-sS", "-4", "-m", "5", "--cacert", ca, "https://localhost:" + port + "/"},
		"openssl -verify_return_error":          {"openssl", "s_client", "-connect", "127.0.0.1:" + port, "-CAfile", ca, "-verify_return_error"},
		"gnutls --x509cafile":                   {"gnutls-cli", "--x509cafile", ca, "-p", port, "localhost"},
		"python create_default_context(cafile)": {"python3", "-c", pythonDials, port, ca},
		"node rejectUnauthorized:true ca":       {"node", "-e", nodeDials, port, ca},
	}
}

// TestRealClientsSayTheSame has the programs at hand meet each peer.
func TestRealClientsSayTheSame(t *testing.T) {
	cert, _ := signsItself(t, "localhost")
	_, ca := signsItself(t, "another")
	for _, p := range peers(cert) {
		port := servePeer(t, p.serve)
		for name, args := range realClients(port, ca) {
			t.Run(p.name+"/"+args[0], func(t *testing.T) { compareReal(t, p, name, port, args) })
		}
	}
}

func compareReal(t *testing.T, p peer, name, port string, args []string) {
	if _, err := exec.LookPath(args[0]); err != nil {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed", args[0])
	}
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	out, _ := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if args[0] == "python3" && p.name == "closed" && strings.Contains(string(out), "SSLZeroReturnError") {
		return // an older release than the one that words it so
	}
	_, mode, ok := Find(name)
	if !ok {
		t.Fatalf("no client %s", name)
	}
	f := p.meets
	f.Host = "localhost"
	for line := range strings.SplitSeq(mode.Does.Text(f), "\n") {
		if !strings.Contains(blur(string(out)), blur(line)) {
			t.Errorf("%q is not among\n%s", line, out)
		}
	}
}

// blur takes out what differs between two runs and two builds of a program.
func blur(s string) string {
	s = regexp.MustCompile(`[0-9A-F]{8,16}:error`).ReplaceAllString(s, "error")
	s = regexp.MustCompile(`\d+`).ReplaceAllString(s, "0")
	return regexp.MustCompile(`[ \t]+`).ReplaceAllString(s, " ")
}

// servePeer serves connections on loopback until the test ends, and gives its port.
func servePeer(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
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
				serve(c)
			}()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
