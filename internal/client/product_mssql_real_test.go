package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/microsoft/go-mssqldb"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/trust"
)

const named = "db.example.test"

// A tdsServer speaks TDS as SQL Server does with one certificate and one setting, and refuses every login.
type tdsServer struct {
	t        *testing.T
	name     string
	protocol string
	options  preamble.Options
	config   *tls.Config
	caFile   string
	roots    trust.Roots
	listener net.Listener
	sealed   atomic.Int32 // connections whose login came over TLS
}

// servers are the situations that a client of SQL Server meets.
func servers(t *testing.T) []*tdsServer {
	ca := newAuthority(t)
	good, year := []string{named, "127.0.0.1"}, time.Now().AddDate(1, 0, 0)
	all := []*tdsServer{
		{name: "good", config: ca.issue(good, year)},
		{name: "expired", config: ca.issue(good, time.Now().AddDate(0, 0, -1))},
		{name: "other name", config: ca.issue([]string{"other.example.test"}, year)},
		{name: "self-signed", config: newAuthority(t).issue(nil, year)},
		{name: "no TLS", options: preamble.Options{NoTLS: true}},
		{name: "forced", options: preamble.Options{NeedTLS: true}, config: ca.issue(good, year)},
		{name: "forced, expired", options: preamble.Options{NeedTLS: true}, config: ca.issue(good, time.Now().AddDate(0, 0, -1))},
		{name: "strict", protocol: "mssql-strict", config: ca.issue(good, year)},
		{name: "strict, other name", protocol: "mssql-strict", config: ca.issue([]string{"other.example.test"}, year)},
	}
	for _, s := range all {
		s.t, s.caFile, s.roots = t, ca.file, trust.NewRoots(ca.root.Raw)
		if s.protocol == "" {
			s.protocol = "mssql"
		}
		s.listen()
	}
	return all
}

type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	root *x509.Certificate
	file string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, file: filepath.Join(t.TempDir(), "ca.pem")}
	a.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, NotBefore: time.Now().AddDate(-1, 0, 0),
		NotAfter: time.Now().AddDate(2, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, form, form, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	a.root, _ = x509.ParseCertificate(der)
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// issue is a server's configuration for names; without names the certificate is the authority's own.
func (a *authority) issue(names []string, end time.Time) *tls.Config {
	config := &tls.Config{NextProtos: []string{"tds/8.0"}, SessionTicketsDisabled: true}
	if len(names) == 0 {
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{a.root.Raw}, PrivateKey: a.key}}
		return config
	}
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	form := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]}, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: names[:1]}
	if len(names) > 1 {
		form.IPAddresses = []net.IP{net.ParseIP(names[1])}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, a.root, key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	return config
}

func (s *tdsServer) listen() {
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.listener.Close() })
	if s.config != nil && s.protocol == "mssql" {
		s.config.MaxVersion, s.config.NextProtos = tls.VersionTLS12, nil
	}
	go func() {
		for {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
}

func (s *tdsServer) serve(tcp net.Conn) {
	defer tcp.Close()
	defer func() { // what is unread when a socket is closed turns its end into a reset
		tcp.(*net.TCPConn).CloseWrite()
		tcp.SetDeadline(time.Now().Add(time.Second))
		io.Copy(io.Discard, tcp)
	}()
	tcp.SetDeadline(time.Now().Add(10 * time.Second))
	p := preamble.ByID(s.protocol)
	c, _, err := p.Accept(context.Background(), tcp, s.options)
	switch {
	case err == nil:
		t := tls.Server(c, s.config)
		if t.Handshake() != nil {
			return
		}
		if u, ok := c.(preamble.Unwrapper); ok {
			u.Unwrap()
		}
		s.sealed.Add(1)
		p.Deny(context.Background(), t, s.options)
	case errors.Is(err, preamble.ErrNoTLS) && s.options.NeedTLS: // REQ to NOT_SUP: the server closes
	case errors.Is(err, preamble.ErrNoTLS), errors.Is(err, preamble.ErrDeclined):
		p.Deny(context.Background(), tcp, s.options)
	}
}

func (s *tdsServer) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// facts gathers what predictions need.
func (s *tdsServer) facts(p client.Product, at client.Place) *client.Server {
	var all []client.Behaviour
	for _, m := range p.Modes {
		if (m.Does.TLS == client.TLSDirect) == (s.protocol == "mssql-strict") {
			all = append(all, m.Does)
		}
	}
	q := fact.Question{Host: at.Host, Port: at.Port, Protocol: s.protocol, Connect: "127.0.0.1", SNI: at.Name, Now: at.Now}
	prober := live.New(q, live.Settings{Protocol: *preamble.ByID(s.protocol), Connect: "127.0.0.1", Roots: func() trust.Roots { return s.roots },
		Timeout: 5 * time.Second, Max: 12, Now: time.Now})
	out := prober.Gather(s.t.Context(), &fact.Case{}, client.Shapes(all), "")
	out.Plain = s.plain()
	return out
}

// plain asks whether the server takes a login without TLS: what it answers to ENCRYPTION NOT_SUP.
func (s *tdsServer) plain() *client.Login {
	c, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	_, said, _ := preamble.ByID("mssql").Dial(s.t.Context(), c, preamble.Options{Encryption: "none"})
	end := fact.End{How: fact.EndCompleted, After: "login"}
	if said.TLS != fact.No {
		end.How = fact.EndDeclined
	}
	return &client.Login{End: end, Said: &said}
}

// A judge makes a real client connect in a mode: what it says, "" when it cannot do this mode.
type judge func(s *tdsServer, mode string) string

// judgeProduct holds the predictions for every mode of a product against what the real client comes to.
func judgeProduct(t *testing.T, id, name string, real judge, text bool) {
	p, _, ok := client.Find(id)
	if !ok {
		t.Fatalf("no product %s", id)
	}
	for _, s := range servers(t) {
		at := client.Place{Host: "127.0.0.1", Port: uint16(s.port()), Name: name, Now: time.Now(), Roots: func(client.RootsUse) trust.Roots { return s.roots }}
		facts := s.facts(p, at)
		for _, m := range p.Modes {
			if (m.Does.TLS == client.TLSDirect) != (s.protocol == "mssql-strict") {
				continue
			}
			before := s.sealed.Load()
			said := real(s, m.ID)
			if said == "" {
				continue
			}
			got := client.Predict(m.Does, facts, at)
			if want := outcome(m.Does, s, said, before); want != got.Outcome {
				t.Errorf("%s %s, %s: predicted %s, was %s: %s", id, m.ID, s.name, got.Outcome, want, said)
			} else if text && got.Outcome == client.Fails && masked(said) != masked(got.Text) {
				t.Errorf("%s %s, %s: it says\n%s\npredicted\n%s", id, m.ID, s.name, said, got.Text)
			}
		}
	}
}

// outcome is what really came of a connection: a refused login is as far as one can come here.
func outcome(b client.Behaviour, s *tdsServer, said string, before int32) client.Outcome {
	switch {
	case !strings.Contains(said, "Login failed for user"):
		return client.Fails
	case s.sealed.Load() == before:
		return client.Plaintext
	case b.Verifies():
		return client.Verified
	}
	return client.Unverified
}

var numbers = regexp.MustCompile(`[0-9TZ:+-]{4,}|:[0-9]+`)

func masked(s string) string { return numbers.ReplaceAllString(strings.TrimSpace(s), "#") }

func TestGoMSSQLDBComesToWhatIsPredicted(t *testing.T) {
	judgeProduct(t, "go-mssqldb", named, goLogin, true)
}

// goLogin is what the driver says of a login in a mode.
func goLogin(s *tdsServer, mode string) string {
	q := url.Values{"hostnameincertificate": {named}, "certificate": {s.caFile}, "dial timeout": {"5"}}
	encrypt := strings.TrimPrefix(strings.Fields(mode)[0], "Encrypt=")
	q.Set("encrypt", map[string]string{"Optional": "false", "Mandatory": "true", "Disable": "disable", "Strict": "strict"}[encrypt])
	if strings.HasSuffix(mode, "TrustServerCertificate") {
		q.Set("TrustServerCertificate", "true")
		q.Del("certificate")
	}
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword("app", "none"), Host: s.listener.Addr().String(), RawQuery: q.Encode()}
	db, err := sql.Open("sqlserver", u.String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err = db.PingContext(s.t.Context()); err == nil {
		s.t.Fatal("it was let in")
	}
	return err.Error()
}

func TestFreeTDSComesToWhatIsPredicted(t *testing.T) {
	tsql := program(t, "tsql")
	judgeProduct(t, "freetds", "", func(s *tdsServer, mode string) string { return freeTDSLogin(s, tsql, mode) }, true)
}

// freeTDSLogin is the same for tsql with a freetds.conf of its own.
func freeTDSLogin(s *tdsServer, tsql, mode string) string {
	encryption, rest, _ := strings.Cut(strings.TrimPrefix(mode, "encryption="), " ")
	text := fmt.Sprintf("[lab]\nhost = 127.0.0.1\nport = %d\ntds version = 7.4\nencryption = %s\n", s.port(), encryption)
	if rest == "ca file" {
		text += "ca file = " + s.caFile + "\n"
	}
	conf := filepath.Join(s.t.TempDir(), "freetds.conf")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(tsql, "-S", "lab", "-U", "app", "-P", "none")
	cmd.Env, cmd.Stdin = append(os.Environ(), "FREETDSCONF="+conf), strings.NewReader("quit\n")
	out, _ := cmd.CombinedOutput()
	return freeTDSError(string(out))
}

// freeTDSError is the message of the first error that tsql prints.
func freeTDSError(out string) string {
	lines := strings.Split(out, "\n")
	for i, l := range lines {
		if strings.Contains(l, "(severity") && i+1 < len(lines) {
			return strings.TrimSpace(lines[i+1])
		}
	}
	return out
}

func TestTediousComesToWhatIsPredicted(t *testing.T) {
	node := tediousModule(t)
	judgeProduct(t, "tedious", named, func(s *tdsServer, mode string) string { return tediousLogin(s, node, mode) }, true)
}

// tediousModule finds node with the driver, which Debian does not package: it is left out where NODE_PATH does not lead to it.
func tediousModule(t *testing.T) string {
	node := program(t, "node")
	if out, err := exec.Command(node, "-e", "require('tedious')").CombinedOutput(); err != nil {
		t.Skipf("node has no module tedious; npm install tedious somewhere and say where in NODE_PATH: %.80s", out)
	}
	return node
}

// tediousLogin is the same for a script of Node.
func tediousLogin(s *tdsServer, node, mode string) string {
	encrypt, rest, _ := strings.Cut(strings.TrimPrefix(mode, "encrypt:"), " ")
	if encrypt == "strict" {
		encrypt = "'strict'"
	}
	script := fmt.Sprintf(`const {Connection} = require('tedious'), fs = require('fs');
let done = e => { if (e) { console.log(e.message); process.exit() } };
const c = new Connection({server: '127.0.0.1', authentication: {type: 'default', options: {userName: 'app', password: 'none'}},
  options: {port: %d, encrypt: %s, trustServerCertificate: %v, serverName: '%s', connectTimeout: 5000, cryptoCredentialsDetails: {ca: fs.readFileSync('%s')}}});
c.on('connect', done); c.on('error', done); c.on('errorMessage', done); c.connect();`, s.port(), encrypt, rest != "", named, s.caFile)
	out, _ := exec.Command(node, "-e", script).CombinedOutput()
	return strings.TrimSpace(string(out))
}

// TestHellosOfSQLServerClients compares what the profiles offer with what the real clients send: versions, suites, groups,
// signature algorithms, the server's name.
func TestHellosOfSQLServerClients(t *testing.T) {
	for id, login := range map[string]func(*tdsServer) string{
		"freetds encryption=require": func(s *tdsServer) string { return freeTDSLogin(s, program(s.t, "tsql"), "encryption=require") },
		"tedious encrypt:true":       func(s *tdsServer) string { return tediousLogin(s, tediousModule(s.t), "encrypt:true") },
	} {
		t.Run(id, func(t *testing.T) {
			ca := newAuthority(t)
			s := &tdsServer{t: t, protocol: "mssql", config: ca.issue([]string{named}, time.Now().AddDate(1, 0, 0)), caFile: ca.file}
			met := make(chan string, 1)
			s.config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
				met <- fmt.Sprintf("%q %d %d %d %d", h.ServerName, h.SupportedVersions, h.CipherSuites, h.SupportedCurves, h.SignatureSchemes)
				return nil, nil
			}
			s.listen()
			login(s)
			_, m, _ := client.Find(id)
			if got, want := profiled(m.Does), <-met; got != want {
				t.Errorf("the profile offers\n%s\nit sends\n%s", got, want)
			}
		})
	}
}

// profiled is a profile's hello in the words of the test above.
func profiled(b client.Behaviour) string {
	h := b.Profile.Hello(client.Target{Name: b.ServerName(named)})
	suites := h.Suites
	if h.SCSV {
		suites = append(slices.Clone(suites), 0x00ff)
	}
	return fmt.Sprintf("%q %d %d %d %d", h.ServerName, h.Versions, suites, h.Groups, h.Signatures)
}

// program finds an installed program.
func program(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, "%s is not installed", name)
	}
	return path
}

// missing skips where a real client is not there, and fails where it must be.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if must, _ := strconv.ParseBool(os.Getenv("TLSWHY_REQUIRE_REAL")); must {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
