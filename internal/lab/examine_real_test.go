package lab

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A place is what a real client needs to connect.
type place struct{ host, port, ca, dir string }

// A realClient is one connection of a client with its default settings, and what the reference measured of it: every one
// strips the zeros of TLS 1.2; what differs is the group it takes and how it writes its own value.
type realClient struct {
	name    string
	program string
	library string // of a driver in C
	proto   string // https unless it is set
	own     string // its own value: padded, short
	rule13  string
	within  int      // connections until the rule of TLS 1.2 is known
	accepts []string // of the wrong certificates
	floor   string   // the oldest version it speaks; "": TLS1.2
	command func(t *testing.T, p place) []string
}

const nodeConnects = `const s=require("tls").connect({host:process.argv[2],port:+process.argv[1],servername:"db.shop.test",ca:require("fs").readFileSync(process.argv[3])},
()=>s.write("GET / HTTP/1.0\r\n\r\n"));s.on("data",()=>{});s.on("error",()=>{});s.on("close",()=>process.exit(0));setTimeout(()=>process.exit(1),5000)`

const pythonConnects = `
import socket, ssl, sys
s = ssl.create_default_context(cafile=sys.argv[3]).wrap_socket(socket.create_connection((sys.argv[2], int(sys.argv[1])), 5), server_hostname="db.shop.test")
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
s.recv(100)
`

const erlangConnects = `ssl:start(),case ssl:connect("%s",%s,[{verify,verify_peer},{cacertfile,"%s"},{server_name_indication,"db.shop.test"},{active,false}],5000) of ` +
	`{ok,S}->ssl:send(S,"GET / HTTP/1.0\r\n\r\n"),ssl:recv(S,0,2000),ssl:close(S);_->ok end,halt().`

// Which wrong certificates clients take by their documentation. A name in CN alone counts for who follows RFC 2818 §3.1, and
// 1024 bits are enough below OpenSSL's security level 2, which is Debian's.
var (
	takesCN     = []string{"name-in-cn-only"}
	takesWeakCN = []string{"name-in-cn-only", "rsa-1024"}
	takesAll    = wrongCertificates()
)

// realClients are those of the reference. Botan 2 and mbed TLS 2 know no TLS 1.3, and Erlang 25 no finite field group in it.
func realClients() []realClient {
	return []realClient{
		{name: "openssl s_client", program: "openssl", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesCN, command: func(_ *testing.T, p place) []string {
			return []string{"openssl", "s_client", "-connect", p.host + ":" + p.port, "-servername", "db.shop.test", "-CAfile", p.ca, "-verify_return_error", "-verify_hostname", "db.shop.test"}
		}},
		{name: "curl", program: "curl", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesCN, command: curlCommand("--cacert")},
		{name: "curl -k", program: "curl", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesAll, command: curlCommand("-k", "--cacert")},
		{name: "python", program: "python3", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesCN, command: func(_ *testing.T, p place) []string {
			return []string{"python3", "-c", pythonConnects, p.port, p.host, p.ca}
		}},
		{name: "node", program: "node", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesWeakCN, command: func(_ *testing.T, p place) []string {
			return []string{"node", "-e", nodeConnects, p.port, p.host, p.ca}
		}},
		{name: "gnutls-cli", program: "gnutls-cli", own: "short", rule13: cause.Keeps, within: 1, accepts: takesWeakCN, floor: "TLS1.0", command: func(_ *testing.T, p place) []string {
			return []string{"gnutls-cli", "--x509cafile", p.ca, "--sni-hostname", "db.shop.test", "--verify-hostname", "db.shop.test", "-p", p.port, p.host}
		}},
		{name: "nss tstclnt", program: "tstclnt", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesWeakCN, command: nssCommand},
		{name: "java", program: "java", own: "short", rule13: cause.Strips, within: 3, accepts: takesWeakCN, command: javaCommand("java")},
		{name: "botan", program: "botan", own: "padded", rule13: cause.NotExposed, within: 1, accepts: without(takesAll, "rsa-1024"), command: func(_ *testing.T, p place) []string {
			return []string{"botan", "tls_client", "localhost", "--port=" + p.port, "--skip-system-cert-store", "--trusted-cas=" + p.ca} // it prints what is wrong, and goes on
		}},
		{name: "erlang", program: "erl", own: "short", rule13: cause.NotExposed, within: 1, accepts: takesWeakCN, command: func(_ *testing.T, p place) []string {
			return []string{"erl", "-noshell", "-eval", fmt.Sprintf(erlangConnects, p.host, p.port, p.ca)}
		}},
		{name: "mbedtls", program: "cc", library: "-lmbedtls -lmbedx509 -lmbedcrypto", own: "padded", rule13: cause.NotExposed, within: 1, accepts: takesCN, floor: "TLS1.0", command: driver("mbedtls_client")},
		{name: "wolfssl", program: "cc", library: "-lwolfssl -lm", own: "short", rule13: cause.Keeps, within: 1, accepts: takesWeakCN, floor: "TLS1.1", command: driver("wolfssl_client")},
		{name: "freetds tsql", program: "tsql", proto: "mssql", own: "short", rule13: cause.NotExposed, within: 1, accepts: takesAll, floor: "TLS1.0", command: func(_ *testing.T, p place) []string {
			return []string{"tsql", "-H", p.host, "-p", p.port, "-U", "test", "-P", "none"}
		}},
		{name: "mariadb", program: "mariadb", proto: "mysql", own: "padded", rule13: cause.Keeps, within: 1, command: func(_ *testing.T, p place) []string {
			return []string{"mariadb", "--no-defaults", "-h", p.host, "-P", p.port, "-u", "test", "--ssl-ca=" + p.ca, "--ssl-verify-server-cert"} // looks for the address
		}},
		{name: "psql", program: "psql", proto: "postgres", own: "padded", rule13: cause.Keeps, within: 1, accepts: takesCN, command: func(_ *testing.T, p place) []string {
			return []string{"psql", "host=localhost hostaddr=" + p.host + " port=" + p.port + " user=test dbname=test sslmode=verify-full sslrootcert=" + p.ca}
		}},
	}
}

func without(list []string, word string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(w string) bool { return w == word })
}

// curlCommand gives the CA after the last flag.
func curlCommand(flags ...string) func(*testing.T, place) []string {
	return func(_ *testing.T, p place) []string {
		return slices.Concat([]string{"curl", "-sS", "-m", "5"}, flags, []string{p.ca, "--connect-to", "::" + p.host + ":" + p.port, "https://db.shop.test/"})
	}
}

// driver is a client of a library without one, compiled from testdata/drivers.
func driver(name string) func(*testing.T, place) []string {
	return func(_ *testing.T, p place) []string {
		return []string{filepath.Join(p.dir, name), p.host, p.port, "db.shop.test", p.ca}
	}
}

// nssCommand: NSS reads its CAs from a database.
func nssCommand(t *testing.T, p place) []string {
	db := "sql:" + p.dir
	if _, err := os.Stat(filepath.Join(p.dir, "cert9.db")); err != nil {
		for _, args := range [][]string{{"-N", "-d", db, "--empty-password"}, {"-A", "-d", db, "-n", "lab", "-t", "C,,", "-a", "-i", p.ca}} {
			if out, err := exec.Command("certutil", args...).CombinedOutput(); err != nil {
				t.Fatalf("certutil: %v: %s", err, out)
			}
		}
	}
	request := filepath.Join(p.dir, "request") // it does not end when its standard input does
	if err := os.WriteFile(request, []byte("GET / HTTP/1.0\r\n\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"tstclnt", "-d", db, "-h", p.host, "-p", p.port, "-a", "db.shop.test", "-V", "tls1.2:tls1.3", "-A", request}
}

// javaCommand: one virtual machine makes several connections, as its start takes longest. It has no option for the
// address of a name but a file of hosts, and sends no name without a dot.
func javaCommand(java string) func(*testing.T, place) []string {
	return func(t *testing.T, p place) []string {
		hosts := filepath.Join(p.dir, "hosts")
		if err := os.WriteFile(hosts, []byte(p.host+" db.shop.test\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		source := filepath.Join("..", "..", "testdata", "drivers", "HttpsClient.java")
		return []string{java, "-Djdk.net.hosts.file=" + hosts, source, "https://db.shop.test:" + p.port + "/", p.ca, "20"}
	}
}

// prepare leaves a test out where its client is not installed, and compiles a driver.
func (c realClient) prepare(t *testing.T, dir string) {
	t.Helper()
	missing := func(what string) {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatalf("%s is missing", what)
		}
		t.Skipf("left out: %s is missing", what)
	}
	if _, err := exec.LookPath(c.program); err != nil {
		missing(c.program)
	}
	if c.library == "" {
		return
	}
	name := strings.Fields(c.name)[0] + "_client"
	args := append([]string{"-o", filepath.Join(dir, name), filepath.Join("..", "..", "testdata", "drivers", name+".c")}, strings.Fields(c.library)...)
	if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		missing(fmt.Sprintf("a driver (%v: %.200s), its library's -dev package, most likely,", err, out))
	}
}

// meetReal lets a client connect until its picture is complete.
func meetReal(t *testing.T, c realClient) (Examined, cause.Picture) {
	t.Helper()
	dir := t.TempDir()
	c.prepare(t, dir)
	if c.proto == "" {
		c.proto = "https"
	}
	x := examine(t, c.proto)
	host, port, _ := net.SplitHostPort(x.Address())
	args := c.command(t, place{host, port, x.CAFile(), dir})
	var said []byte
	for range 40 {
		if list := x.Clients(); len(list) > 0 && list[0].Complete {
			break
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "HOME="+dir)
		cmd.Stdin = strings.NewReader("GET / HTTP/1.0\r\n\r\n")
		said, _ = cmd.CombinedOutput() // most connections fail on purpose
		cancel()
	}
	list := x.Clients()
	if len(list) != 1 || !list[0].Complete {
		t.Fatalf("%d clients met, the last said %.600s", len(list), said)
	}
	return list[0], cause.PictureOf(list[0].Case)
}

// told counts the connections asked about a secret's zeros until one of them showed the rule, and their time.
func told(e Examined, what string) (connections int, took time.Duration) {
	for _, h := range e.Case.Forced(what) {
		f, _ := h.Variant.Forcing()
		if f.Zero != "secret" {
			continue
		}
		connections++
		took += h.Took
		if f.Rule != "" {
			return connections, took
		}
	}
	return 0, took
}

// TestExamineRealClients: every installed client strips the zeros of TLS 1.2, known after one connection (Java: three, as it
// refuses primes of 2049 bits), and Java alone strips those of TLS 1.3, which must be kept. The rows that it logs are in bench/examine.txt.
func TestExamineRealClients(t *testing.T) {
	for _, c := range realClients() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, p := meetReal(t, c)
			t.Log(row(c.name, e, p))
			until, _ := told(e, fact.ClientDHE)
			if p.Rule.Is != cause.Strips || until > c.within {
				t.Errorf("rule %+v after %d connections", p.Rule, until)
			}
			if p.Own.Is != c.own || p.Rule13.Is != c.rule13 {
				t.Errorf("own value %s, TLS 1.3 %+v", p.Own.Is, p.Rule13)
			}
			if p.Short.Is != cause.Takes || p.Padded.Is != cause.Takes {
				t.Errorf("public value short %+v, padded %+v", p.Short, p.Padded)
			}
			c.judges(t, p)
			if t.Failed() {
				for _, h := range e.Case.Handshakes {
					t.Log(h.Variant, h.Finished, h.End.How, h.End.Alert, h.End.After, h.End.Detail)
				}
			}
		})
	}
}

// row is a line of bench/examine.txt: connections and milliseconds until the rule is known, the group that told it, how the
// client writes its own value, the same for TLS 1.3, and the connections until nothing is left to ask.
func row(name string, e Examined, p cause.Picture) string {
	until, took := told(e, fact.ClientDHE)
	until13, took13 := told(e, fact.ClientFFDHE)
	all := 0
	for _, h := range e.Case.Handshakes {
		if f, _ := h.Variant.Forcing(); f.What != fact.ClientPlain {
			all++
		}
	}
	return fmt.Sprintf("row\t%-30s client  %-12s %11d %5d  %-12s %-9s  %-12s %11d %5d  %6d", name, p.Rule.Is, until, took.Milliseconds(), cmp.Or(p.Rule.With, "-"),
		p.Own.Is, p.Rule13.Is, until13, took13.Milliseconds(), all)
}

// judges holds which certificates and versions the client takes.
func (c realClient) judges(t *testing.T, p cause.Picture) {
	t.Helper()
	var taken []string
	for _, j := range p.Certs {
		if j.Is == cause.Takes {
			taken = append(taken, j.Form)
		}
	}
	if want := append([]string{"right"}, c.accepts...); !slices.Equal(taken, want) || len(p.Certs) != 1+len(wrongCertificates()) {
		t.Errorf("of %d certificates it takes %v, want %v", len(p.Certs), taken, want)
	}
	if anyone := slices.Contains(c.accepts, "unknown-ca"); p.Anyone != anyone {
		t.Errorf("accepts any: %v", p.Anyone)
	}
	floor := "TLS1.2"
	for _, a := range p.Old {
		if a.Is == cause.Takes {
			floor = a.With
		}
	}
	if want := cmp.Or(c.floor, "TLS1.2"); floor != want {
		t.Errorf("speaks %s, want %s", floor, want)
	}
}

// TestExamineGoClients: Go has no TLS_DHE and no finite fields, which one connection shows for good: its next ones are asked
// about certificates at once.
func TestExamineGoClients(t *testing.T) {
	for proto, connects := range map[string]func(*testing.T, *Examination) error{
		"https": func(t *testing.T, x *Examination) error {
			roots := x509.NewCertPool()
			pem, err := os.ReadFile(x.CAFile())
			if err != nil || !roots.AppendCertsFromPEM(pem) {
				t.Fatalf("the CA cannot be read: %v", err)
			}
			transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "db.shop.test"}}
			answer, err := (&http.Client{Transport: transport}).Get("https://" + x.Address())
			if err == nil {
				answer.Body.Close()
			}
			return err
		},
		"mssql": func(t *testing.T, x *Examination) error {
			host, port, _ := net.SplitHostPort(x.Address())
			db, err := sql.Open("sqlserver", "server="+host+";port="+port+";user id=test;password=none;encrypt=true;hostNameInCertificate=db.shop.test;certificate="+x.CAFile())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			return db.PingContext(t.Context())
		},
	} {
		t.Run(proto, func(t *testing.T) {
			x := examine(t, proto)
			var e Examined
			for n := 0; n < 25 && !e.Complete; n++ {
				if err := connects(t, x); err == nil && proto == "mssql" {
					t.Error("it is logged in")
				}
				e = answers(t, x, n+1) // Go is back before the end of its last connection is noted
			}
			p := cause.PictureOf(e.Case)
			if p.Rule.Is != cause.NotExposed || p.Rule13.Is != cause.NotExposed || p.Short.Is != cause.NotExposed || !e.Complete {
				t.Errorf("complete %v: %+v", e.Complete, p)
			}
			t.Log(row("go, "+proto, e, p))
			realClient{accepts: []string{"rsa-1024"}}.judges(t, p)
		})
	}
}
