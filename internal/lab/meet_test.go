package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

// newTestEnv is one environment per test.
func newTestEnv(t *testing.T) *Env {
	t.Helper()
	e, err := NewEnv(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// start serves a fault until the test ends, and checks that nothing it started stays.
func start(t *testing.T, e *Env, proto, slug string) (*Endpoint, preamble.Protocol) {
	t.Helper()
	f, p, err := Find(proto, slug)
	if err != nil {
		t.Fatal(err)
	}
	end, err := f.Start(t.Context(), e, p)
	if err != nil {
		t.Fatalf("starting %s over %s: %v", slug, proto, err)
	}
	t.Cleanup(end.Close)
	return end, p
}

// A visitor is an independent TLS client, the standard library's, with what an endpoint's flags tell it.
type visitor struct {
	env    *Env
	end    *Endpoint
	proto  preamble.Protocol
	config *tls.Config
	dialer net.Dialer
	waits  time.Duration       // for preamble and handshake
	asked  bool                // for a certificate
	state  tls.ConnectionState // of a handshake that succeeded
	then   func(*tls.Conn) error
	around func(net.Conn) net.Conn
}

func newVisitor(t *testing.T, e *Env, end *Endpoint, p preamble.Protocol) *visitor {
	t.Helper()
	v := &visitor{env: e, waits: 10 * time.Second, end: end, proto: p}
	v.config = &tls.Config{ServerName: end.Host, NextProtos: p.ALPN, RootCAs: x509.NewCertPool(),
		CurvePreferences: []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256, tls.CurveP384}}
	pem, err := os.ReadFile(v.flag("--ca"))
	if err != nil {
		t.Fatal(err)
	}
	v.config.RootCAs.AppendCertsFromPEM(pem)
	own := &tls.Certificate{}
	if file := v.flag("--cert"); file != "" {
		own = looseKeyPair(t, file, v.flag("--key"))
	}
	if sni := v.flag("--sni"); sni != "" {
		v.sayName(sni)
	}
	v.config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		v.asked = true
		return own, nil
	}
	return v
}

// flag is the value of a flag that the endpoint hands over, or "".
func (v *visitor) flag(name string) string {
	if i := slices.Index(v.end.Flags, name); i >= 0 {
		return v.end.Flags[i+1]
	}
	return ""
}

// sayName sends another name than the one verified, or none.
func (v *visitor) sayName(sni string) {
	v.config.ServerName = sni
	if sni == "none" {
		v.config.ServerName = ""
	}
	v.config.InsecureSkipVerify = true
	v.config.VerifyConnection = func(s tls.ConnectionState) error {
		rest := x509.NewCertPool()
		for _, c := range s.PeerCertificates[1:] {
			rest.AddCert(c)
		}
		_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: v.end.Host, Roots: v.config.RootCAs, Intermediates: rest})
		return err
	}
}

// enter goes through preamble and handshake.
func (v *visitor) enter(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), v.waits)
	defer cancel()
	c, err := v.dialer.DialContext(ctx, "tcp", v.end.Addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if v.around != nil {
		c = v.around(c)
	}
	inner, _, err := v.proto.Dial(ctx, c, preamble.Options{Host: v.end.Host})
	if err != nil {
		return err
	}
	tc := tls.Client(inner, v.config)
	if err := tc.HandshakeContext(ctx); err != nil {
		return err
	}
	unwrap(inner)
	v.state = tc.ConnectionState()
	if v.then != nil {
		return v.then(tc)
	}
	if v.asked { // a TLS 1.3 server objects to a client certificate after the client is done
		c.SetDeadline(time.Now().Add(3 * time.Second))
		_, err = tc.Read(make([]byte, 1))
	}
	return err
}

// checkGoroutines fails when more goroutines run than before, once those that end have had time.
func checkGoroutines(t *testing.T, before int) {
	t.Helper()
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, b[:runtime.Stack(b, true)])
}

// looseKeyPair reads a certificate and a key that need not belong together, which tls.LoadX509KeyPair refuses.
func looseKeyPair(t *testing.T, certFile, keyFile string) *tls.Certificate {
	t.Helper()
	k, err := x509.ParsePKCS8PrivateKey(pemBlocks(t, keyFile)[0])
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: pemBlocks(t, certFile), PrivateKey: k}
}

func pemBlocks(t *testing.T, file string) [][]byte {
	t.Helper()
	rest, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var ders [][]byte
	for block, rest := pem.Decode(rest); block != nil; block, rest = pem.Decode(rest) {
		ders = append(ders, block.Bytes)
	}
	if len(ders) == 0 {
		t.Fatalf("%s is empty", file)
	}
	return ders
}
