package cli

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A deepPlace is what a real server with TLS_DHE is started with.
type deepPlace struct {
	p             *pki
	port          int
	cert, key, dh string
}

// A deepServer is a real server whose rule about leading zeros is measured.
type deepServer struct {
	name     string
	programs []string
	library  string // of a driver in C
	scheme   string // https unless it is set
	args     []string
	tested   string // what else must be among what was tested
	stdin    bool
	command  func(*testing.T, deepPlace) []string
}

const nginxDHE = `daemon off; master_process off; pid %[1]s/deep.pid; error_log %[1]s/deep.log info;
events {}
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server { listen 127.0.0.1:%[2]d ssl; ssl_certificate %[3]s; ssl_certificate_key %[4]s; ssl_dhparam %[5]s; ssl_ciphers HIGH; return 200 ok; }
}
`

const nodeServes = `const fs=require("fs");require("tls").createServer({cert:fs.readFileSync(process.argv[2]),key:fs.readFileSync(process.argv[3]),
dhparam:fs.readFileSync(process.argv[4])},s=>{s.on("error",()=>{});s.resume()}).on("tlsClientError",()=>{}).listen(+process.argv[1],"127.0.0.1")`

const erlangServes = `ssl:start(),{ok,L}=ssl:listen(%d,[{ip,{127,0,0,1}},{certfile,"%s"},{keyfile,"%s"},{reuseaddr,true},{active,false}]),` +
	`F=fun(G)->{ok,T}=ssl:transport_accept(L),spawn(fun()->case ssl:handshake(T,5000) of {ok,S}->ssl:recv(S,0,5000),ssl:close(S);_->ok end end),G(G) end,F(F).`

// opensslServes is s_server with what is given beside the certificate.
func opensslServes(more ...string) func(*testing.T, deepPlace) []string {
	return func(_ *testing.T, d deepPlace) []string {
		return append([]string{"openssl", "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", d.port), "-cert", d.cert, "-key", d.key}, more...)
	}
}

// deepServers are those of the reference, as they are installed.
func deepServers() []deepServer {
	old, legacy := []string{"-cipher", "ALL:@SECLEVEL=0"}, []string{"--as", "legacy"}
	return []deepServer{
		{name: "openssl s_server", programs: []string{"openssl"}, stdin: true, command: opensslServes()},
		{name: "openssl s_server, 4096 bits", programs: []string{"openssl"}, stdin: true, tested: "a prime of 4096 bits", command: func(t *testing.T, d deepPlace) []string {
			return opensslServes("-tls1_2", "-dhparam", dhParameters(t, d.p, names.FFDHE4096))(t, d)
		}},
		{name: "openssl s_server, TLS 1.1", programs: []string{"openssl"}, stdin: true, args: legacy, tested: "in TLS1.1", command: opensslServes(append(old, "-tls1_1")...)},
		{name: "openssl s_server, TLS 1.0", programs: []string{"openssl"}, stdin: true, args: legacy, tested: "in TLS1.0", command: opensslServes(append(old, "-tls1")...)},
		{name: "nginx", programs: []string{"nginx"}, command: func(_ *testing.T, d deepPlace) []string {
			conf := d.p.file("deep.conf", fmt.Appendf(nil, nginxDHE, d.p.dir, d.port, d.cert, d.key, d.dh))
			return []string{"nginx", "-c", conf, "-p", d.p.dir, "-e", filepath.Join(d.p.dir, "deep.log")}
		}},
		{name: "gnutls-serv", programs: []string{"gnutls-serv"}, stdin: true, command: func(_ *testing.T, d deepPlace) []string {
			return []string{"gnutls-serv", "--http", "--quiet", "--port", fmt.Sprint(d.port), "--x509certfile", d.cert, "--x509keyfile", d.key}
		}},
		{name: "nss selfserv", programs: []string{"selfserv", "certutil", "pk12util", "openssl"}, command: nssServes},
		{name: "java", programs: []string{"java", "javac", "openssl"}, command: func(t *testing.T, d deepPlace) []string {
			run(t, nil, "javac", "-d", d.p.dir, d.p.file("Peer.java", []byte(javaServer)))
			return []string{"java", "-cp", d.p.dir, "Peer", pkcs12(t, d), fmt.Sprint(d.port), "", "", ""}
		}},
		{name: "botan", programs: []string{"botan"}, command: func(_ *testing.T, d deepPlace) []string {
			return []string{"botan", "tls_server", d.cert, d.key, fmt.Sprintf("--port=%d", d.port)}
		}},
		{name: "node", programs: []string{"node"}, command: func(_ *testing.T, d deepPlace) []string {
			return []string{"node", "-e", nodeServes, fmt.Sprint(d.port), d.cert, d.key, d.dh}
		}},
		{name: "erlang", programs: []string{"erl"}, command: func(_ *testing.T, d deepPlace) []string {
			return []string{"erl", "-noshell", "-eval", fmt.Sprintf(erlangServes, d.port, d.cert, d.key)}
		}},
		{name: "mbedtls", programs: []string{"cc"}, library: "-lmbedtls -lmbedx509 -lmbedcrypto", command: func(t *testing.T, d deepPlace) []string {
			return []string{filepath.Join(d.p.dir, "mbedtls_server"), fmt.Sprint(d.port), d.cert, d.key}
		}},
		{name: "wolfssl", programs: []string{"cc"}, library: "-lwolfssl -lm", command: func(t *testing.T, d deepPlace) []string {
			return []string{filepath.Join(d.p.dir, "wolfssl_server"), fmt.Sprint(d.port), d.cert, d.key, d.dh}
		}},
	}
}

// pkcs12 puts certificate and key into one file.
func pkcs12(t *testing.T, d deepPlace) string {
	t.Helper()
	store := filepath.Join(d.p.dir, "store.p12")
	run(t, nil, "openssl", "pkcs12", "-export", "-name", "server", "-in", d.cert, "-inkey", d.key, "-out", store, "-passout", "pass:changeit")
	return store
}

// nssServes: NSS reads certificate and key from a database, and serves no TLS_DHE unless told.
func nssServes(t *testing.T, d deepPlace) []string {
	db := "sql:" + d.p.dir
	run(t, nil, "certutil", "-N", "-d", db, "--empty-password")
	run(t, nil, "pk12util", "-i", pkcs12(t, d), "-d", db, "-W", "changeit", "-K", "")
	return []string{"selfserv", "-d", db, "-n", "server", "-p", fmt.Sprint(d.port), "-H", "1", "-V", "tls1.0:"}
}

// driver compiles a server of testdata/drivers, or leaves the test out where its library is missing.
func driver(t *testing.T, dir, name, library string) {
	t.Helper()
	source := filepath.Join("..", "..", "testdata", "drivers", name+".c")
	args := append([]string{"-o", filepath.Join(dir, name), source}, strings.Fields(library)...)
	if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		absent(t, fmt.Sprintf("%s does not compile (%v: %.200s): its library's -dev package is missing, most likely", source, err, out))
	}
}

// deepPlaceOf makes a certificate and Diffie-Hellman parameters of 2048 bits.
func deepPlaceOf(t *testing.T, p *pki) deepPlace {
	t.Helper()
	d := deepPlace{p: p, port: freePort(t), dh: dhParameters(t, p, names.FFDHE2048)}
	d.cert, d.key = p.leaf("deep", leafPlan{names: []string{host}}, false)
	return d
}

// dhParameters writes a group of RFC 7919 as PKCS #3 does.
func dhParameters(t *testing.T, p *pki, group uint16) string {
	t.Helper()
	der, err := asn1.Marshal(struct{ P, G *big.Int }{wire.FFDHEPrime(group), big.NewInt(2)})
	if err != nil {
		t.Fatal(err)
	}
	return p.file(fmt.Sprintf("dh%x.pem", group), pemBlock("DH PARAMETERS", der))
}

// deepened runs the diagnosis with --deep, and notes what it came to for the table in bench/deep.txt.
func deepened(t *testing.T, name string, args ...string) report.Report {
	t.Helper()
	begun := time.Now()
	r := diagnosed(t, append(args, "--deep")...)
	t.Logf("row\t%s\tserver\t%s\t%d\t%.0f", name, deepVerdict(r), r.Connections, float64(time.Since(begun).Microseconds())/1000)
	return r
}

// deepVerdict is what a report says about the leading zeros of TLS_DHE.
func deepVerdict(r report.Report) string {
	for _, f := range r.Findings {
		switch {
		case f.Cause == "dhe-leading-zero" && f.Sure == "proven":
			return "keeps"
		case f.Cause == "dhe-public-value-short" && f.Sure == "proven":
			return "refuses short values"
		}
	}
	for _, c := range r.Clean {
		switch {
		case strings.Contains(c.Checked, "are stripped"):
			return "strips"
		case strings.Contains(c.Checked, "uses none"):
			return "not exposed"
		}
	}
	return "inconclusive"
}

// expectStrips: a right server is cleared of both faults in five connections, the unchanged one among them.
func expectStrips(t *testing.T, r report.Report) {
	t.Helper()
	if v := deepVerdict(r); v != "strips" || r.Connections > 5 || len(r.Open) > 0 {
		t.Errorf("%s with %d connections, open %v, tested %v: %s", v, r.Connections, r.Open, r.Clean, summary(r))
	}
	for _, f := range r.Findings {
		if f.Cause == "dhe-public-value-short" || f.Cause == "dhe-leading-zero" || f.Cause == "peer-implementation-bug" {
			t.Errorf("%s (%s)", f.Cause, f.Sure)
		}
	}
}

// TestDeepStandIns: no Windows is at hand, so that servers of our own follow the rules that KB4557473 and OpenSSL's pull
// request 1320 tell of. Each is proven in eight connections, the unchanged one and the repeats among them.
func TestDeepStandIns(t *testing.T) {
	for _, protocol := range []string{"mssql", "mysql", "postgres", "https"} {
		for _, rule := range [][2]string{{"dhe-leading-zero", "keeps"}, {"dhe-public-value-short", "refuses short values"}} {
			fault, want := rule[0], rule[1]
			r := deepened(t, "own server: "+fault+", "+protocol, "lab:"+protocol+"/"+fault)
			if v := deepVerdict(r); v != want || r.Connections > 8 || r.Outcome != "at-risk" { // today's client does not use TLS_DHE there
				t.Errorf("%s/%s: %s, %s with %d connections: %s", protocol, fault, r.Outcome, v, r.Connections, summary(r))
			}
		}
	}
}

// TestDeepRealServers: every installed server strips the zeros of a secret, and takes short public values.
func TestDeepRealServers(t *testing.T) {
	for _, s := range deepServers() {
		t.Run(s.name, func(t *testing.T) {
			needs(t, s.programs...)
			p := newPKI(t)
			d := deepPlaceOf(t, p)
			argv := s.command(t, d)
			if s.library != "" {
				driver(t, p.dir, filepath.Base(argv[0]), s.library)
			}
			if s.scheme == "" {
				s.scheme = "https"
			}
			argv[0] = programPath(t, argv[0])
			serve(t, d.port, nil, s.stdin, argv...)
			r := deepened(t, s.name, at(p, s.scheme, d.port, s.args...)...)
			expectStrips(t, r)
			if !tested(r, s.tested) {
				t.Errorf("%q is not among what was tested: %v", s.tested, r.Clean)
			}
		})
	}
}

// programPath is where a program is; a driver's is told.
func programPath(t *testing.T, name string) string {
	t.Helper()
	if filepath.IsAbs(name) {
		return name
	}
	return needs(t, name)[0]
}

// TestDeepRealClientCertificate: a server that demands a certificate tells nothing without one, and its rule with one.
func TestDeepRealClientCertificate(t *testing.T) {
	needs(t, "openssl")
	p := newPKI(t)
	own, ownKey := p.leaf("app", leafPlan{common: "app", usage: x509.ExtKeyUsageClientAuth}, false)
	for _, version := range []string{"-tls1_2", "-tls1_1"} {
		d := deepPlaceOf(t, p)
		argv := opensslServes("-Verify", "3", "-CAfile", p.ca, "-verify_return_error", version, "-cipher", "ALL:@SECLEVEL=0")(t, d)
		argv[0] = programPath(t, argv[0])
		serve(t, d.port, nil, true, argv...)
		r := deepened(t, "openssl s_server -Verify "+version+", none given", at(p, "https", d.port, "--as", "legacy")...)
		if v := deepVerdict(r); v != "inconclusive" || r.Connections > 5 || len(r.Open) != 1 || !strings.Contains(r.Open[0].How, "--cert and --key") {
			t.Errorf("%s with %d connections, open %v", v, r.Connections, r.Open)
		}
		expectStrips(t, deepened(t, "openssl s_server -Verify "+version, at(p, "https", d.port, "--as", "legacy", "--cert", own, "--key", ownKey)...))
	}
}

// TestDeepRealPostgreSQL: the experiments start behind PostgreSQL's SSLRequest.
func TestDeepRealPostgreSQL(t *testing.T) {
	postgres, as, p := newestPostgres(t), account(t, "postgres"), newPKI(t)
	data := folder(t, p, "deep", as)
	run(t, as, filepath.Join(postgres, "initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", p.file("pw", []byte("not used\n")), "-N")
	d := deepPlaceOf(t, p)
	own(t, d.key, as)
	if err := os.Chmod(d.key, 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, d.port, as, false, filepath.Join(postgres, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", fmt.Sprint(d.port), "-k", data,
		"-c", "shared_buffers=1MB", "-c", "fsync=off", "-c", "ssl=on", "-c", "ssl_cert_file="+d.cert, "-c", "ssl_key_file="+d.key)
	expectStrips(t, deepened(t, "postgresql", at(p, "postgres", d.port)...))
	deepenedAll(t, "postgresql", at(p, "postgres", d.port)...)
}

// TestDeepRealMariaDB: the experiments start behind MariaDB's greeting.
func TestDeepRealMariaDB(t *testing.T) {
	paths, as, p := needs(t, "mariadbd", "mariadb-install-db"), account(t, "mysql"), newPKI(t)
	data := folder(t, p, "deep", as)
	run(t, nil, paths[1], "--no-defaults", "--user=mysql", "--datadir="+data, "--innodb-log-file-size=4M", "--skip-test-db", "--auth-root-authentication-method=normal")
	d := deepPlaceOf(t, p)
	serve(t, d.port, nil, false, paths[0], "--no-defaults", "--user=mysql", "--datadir="+data, fmt.Sprintf("--port=%d", d.port), "--bind-address=127.0.0.1",
		"--socket="+data+"/s", "--pid-file="+data+"/pid", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--performance-schema=off",
		"--ssl-cert="+d.cert, "--ssl-key="+d.key, "--ssl-ca="+p.ca)
	expectStrips(t, deepened(t, "mariadb", at(p, "mysql", d.port)...))
	deepenedAll(t, "mariadb", at(p, "mysql", d.port, "--max-connections", "100")...)
}

// TestDeepRealDSA: suites that this program cannot compute are named.
func TestDeepRealDSA(t *testing.T) {
	openssl, p := needs(t, "openssl")[0], newPKI(t)
	d, parameters := deepPlaceOf(t, p), filepath.Join(p.dir, "dsa.pem")
	run(t, nil, openssl, "dsaparam", "-out", parameters, "1024")
	d.cert, d.key = opensslLeaf(t, p, openssl, "dsa", "-newkey", "dsa:"+parameters)
	argv := opensslServes("-tls1_2", "-cipher", "ALL:@SECLEVEL=0")(t, d)
	serve(t, d.port, nil, true, append([]string{openssl}, argv[1:]...)...)
	r := deepened(t, "openssl s_server, DSA", at(p, "https", d.port)...)
	named := func(o report.Open) bool { return strings.Contains(o.How, "TLS_DHE_DSS_WITH_") }
	if v := deepVerdict(r); v != "inconclusive" || !slices.ContainsFunc(r.Open, named) {
		t.Errorf("%s, open %v", v, r.Open)
	}
}
