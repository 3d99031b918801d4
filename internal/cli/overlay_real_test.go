package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// really runs a command and reports whether it got through TLS: it ended well, or by one of the texts with which a server refuses the
// login, which comes after.
func really(t *testing.T, argv []string, after ...string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "PGPASSWORD=x", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return true
	}
	for _, text := range after {
		if strings.Contains(string(out), text) {
			return true
		}
	}
	t.Logf("%s: %v: %s", argv[0], err, firstLines(out))
	return false
}

func firstLines(out []byte) string {
	return string(out[:min(len(out), 200)])
}

// imitated diagnoses a command, or a connection string where there is one word alone, and gives back its reports.
func imitated(t *testing.T, argv []string) []report.Report {
	t.Helper()
	args := []string{"diagnose", "--format", "json", "--timeout", "5s"}
	if len(argv) > 1 {
		args = append(args, "--")
	}
	var out, errs bytes.Buffer
	Main(append(args, argv...), nil, &out, &errs, os.Getenv)
	var many struct{ Reports []report.Report }
	if err := json.Unmarshal(out.Bytes(), &many); err == nil && len(many.Reports) > 0 {
		return many.Reports
	}
	var one report.Report
	if err := json.Unmarshal(out.Bytes(), &one); err != nil {
		t.Fatalf("%q: %v\n%s%s", argv, err, &out, &errs)
	}
	return []report.Report{one}
}

// agrees holds what a program does against what is said of its command.
func agrees(t *testing.T, argv []string, works bool) {
	t.Helper()
	for _, r := range imitated(t, argv) {
		if r.Outcome == "ok" != works {
			t.Errorf("%q: %s %v; the program itself works: %v", argv, r.Outcome, slugs(r), works)
		}
		if works && r.Connections == 0 {
			t.Errorf("%q: nothing was tried", argv)
		}
	}
}

func slugs(r report.Report) (list []string) {
	for _, f := range r.Findings {
		list = append(list, f.Cause)
	}
	return list
}

// pinOf is the digest of a certificate's public key as curl(1) describes it.
func pinOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
}

// TestRealOptionsOfPrograms: what a program's own options make of a connection to a server with an RSA key, TLS 1.2 and 1.3. Whether it
// works is asked of the program itself.
func TestRealOptionsOfPrograms(t *testing.T) {
	programs := needs(t, "openssl", "curl", "wget", "gnutls-cli")
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{"localhost"}}, false)
	port := freePort(t)
	serve(t, port, nil, true, programs[0], "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key,
		"-min_protocol", "TLSv1.2", "-cipher", "ECDHE:!AESCCM", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256", "-groups", "X25519:P-256")
	url, at := fmt.Sprintf("https://localhost:%d/", port), fmt.Sprintf("localhost:%d", port)
	curl := func(more ...string) []string {
		return append([]string{"curl", "-sS", "-o", "/dev/null", "--cacert", p.ca, url}, more...)
	}
	sclient := func(more ...string) []string {
		return append([]string{"openssl", "s_client", "-connect", at}, more...)
	}
	wget := func(more ...string) []string {
		return append([]string{"wget", "-q", "-O", "/dev/null", "-t", "1", "--ca-certificate", p.ca, url}, more...)
	}
	gnutls := func(more ...string) []string {
		return append([]string{"gnutls-cli", "--x509cafile", p.ca, "-p", fmt.Sprint(port), "localhost"}, more...)
	}
	commands := [][]string{
		curl(), curl("--tls-max", "1.1"), curl("--tls-max", "1.2"), curl("--tlsv1.3"), curl("--tlsv1.3", "--tls-max", "1.2"),
		curl("--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"), curl("--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"),
		curl("--ciphers", "NOSUCH"), curl("--tls-max", "1.2", "--ciphers", "AES256-SHA:!ECDHE"), curl("--tlsv1.3", "--tls13-ciphers", "TLS_AES_128_GCM_SHA256"),
		curl("--tlsv1.3", "--tls13-ciphers", "TLS_AES_256_GCM_SHA384"), curl("--tls13-ciphers", "TLS_NONE"), curl("--curves", "P-521"), curl("--curves", "P-256"),
		curl("--pinnedpubkey", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), curl("--pinnedpubkey", pinOf(t, cert)),
		curl("-k", "--pinnedpubkey", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
		{"curl", "-sS", "-k", "-o", "/dev/null", "--connect-to", "::127.0.0.1:" + fmt.Sprint(port), "https://foo.test/"},
		{"curl", "-sS", "-k", "-o", "/dev/null", "--resolve", fmt.Sprintf("foo.test:%d:127.0.0.1", port), fmt.Sprintf("https://foo.test:%d/", port)},
		{"curl", "-sS", "-k", "-o", "/dev/null", "--resolve", "foo.test:1:127.0.0.1", fmt.Sprintf("https://foo.test:%d/", port)},
		{"curl", "-sS", "--cacert", p.ca, "-o", "/dev/null", "--connect-to", fmt.Sprintf("foo.test:443:localhost:%d", port), "https://foo.test/"},
		sclient(), sclient("-tls1_1"), sclient("-tls1_2"), sclient("-no_tls1_2"), sclient("-no_tls1_2", "-no_tls1_3"), sclient("-max_protocol", "TLSv1.1"),
		sclient("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), sclient("-tls1_2", "-cipher", "HIGH:!aNULL:!kRSA"), sclient("-tls1_2", "-cipher", "kRSA"),
		sclient("-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"), sclient("-groups", "ffdhe2048"), sclient("-curves", "P-256"), sclient("-cipher", "NOSUCH"),
		sclient("-tls1_2", "-sigalgs", "ECDSA+SHA256"), sclient("-min_protocol", "TLSv1.3", "-max_protocol", "TLSv1.2"),
		wget(), wget("--secure-protocol=TLSv1_1"), wget("--secure-protocol=TLSv1_3"), wget("--secure-protocol=PFS"), wget("--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.1"),
		wget("--ciphers=NORMAL:-VERS-TLS1.3"),
		gnutls(), gnutls("--priority", "NORMAL:-VERS-TLS1.3:-VERS-TLS1.2"), gnutls("--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-ECDHE-RSA"),
		gnutls("--priority", "NORMAL:-GROUP-ALL:+GROUP-SECP384R1"), gnutls("--priority", "NORMAL:-VERS-TLS1.2"),
	}
	for _, argv := range commands {
		t.Run(strings.Join(argv[min(len(argv)-1, 2):], " "), func(t *testing.T) {
			t.Parallel()
			agrees(t, argv, really(t, argv))
		})
	}
}

// TestRealOptionsOfMariaDB: the same of a database program, whose login is refused once TLS stands.
func TestRealOptionsOfMariaDB(t *testing.T) {
	paths := needs(t, "mariadbd", "mariadb-install-db", "mariadb")
	p, as := newPKI(t), account(t, "mysql")
	data := folder(t, p, "overlay", as)
	run(t, nil, paths[1], "--no-defaults", "--user=mysql", "--datadir="+data, "--innodb-log-file-size=4M", "--skip-test-db", "--auth-root-authentication-method=normal")
	cert, key := p.leaf("good", leafPlan{names: []string{"localhost"}}, false)
	port := freePort(t)
	serve(t, port, nil, false, paths[0], "--no-defaults", "--user=mysql", "--datadir="+data, fmt.Sprintf("--port=%d", port), "--bind-address=127.0.0.1",
		"--socket="+data+"/s", "--pid-file="+data+"/pid", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--performance-schema=off",
		"--ssl-cert="+cert, "--ssl-key="+key, "--ssl-ca="+p.ca)
	for _, more := range [][]string{
		{}, {"--tls-version=TLSv1.1"}, {"--tls-version=TLSv1.2"}, {"--tls-version=TLSv1.3"}, {"--tls-version=TLSv1.2,TLSv1.3"},
		{"--tls-version=TLSv1.2", "--ssl-cipher=ECDHE-ECDSA-AES128-GCM-SHA256"}, {"--tls-version=TLSv1.2", "--ssl-cipher=ECDHE-RSA-AES128-GCM-SHA256"},
		{"--ssl-cipher=ECDHE-ECDSA-AES128-GCM-SHA256"}, {"--ssl-cipher=TLS_AES_128_GCM_SHA256"}, {"--ssl-cipher=NOSUCH"},
	} {
		argv := append([]string{"mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", fmt.Sprint(port), "-u", "nobody", "-pwrong", "--ssl"}, more...)
		agrees(t, argv, really(t, argv, "ERROR 1045", "ERROR 1698"))
	}
	url := fmt.Sprintf("jdbc:mysql://127.0.0.1:%d/x?sslMode=REQUIRED", port)
	agrees(t, []string{url}, true)
	agrees(t, []string{url + "&tlsVersions=TLSv1.1"}, false) // Connector/J 8.0.28 and newer: "TLS protocols TLSv1.1 are not supported"
	agrees(t, []string{url + "&tlsVersions=TLSv1.2"}, true)
	agrees(t, []string{url + "&tlsVersions=TLSv1.2&tlsCiphersuites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}, false) // the key is RSA
}

// TestRealOptionsOfPostgreSQL: libpq's, in a connection string, an address and the environment.
func TestRealOptionsOfPostgreSQL(t *testing.T) {
	needs(t, "psql")
	postgres, as, p := newestPostgres(t), account(t, "postgres"), newPKI(t)
	data := folder(t, p, "overlay", as)
	run(t, as, filepath.Join(postgres, "initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", p.file("pw", []byte("not used\n")), "-N")
	cert, key := p.leaf("good", leafPlan{names: []string{"pg.example.test"}}, false)
	own(t, key, as)
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	serve(t, port, as, false, filepath.Join(postgres, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-k", data,
		"-c", "shared_buffers=1MB", "-c", "fsync=off", "-c", "ssl=on", "-c", "ssl_cert_file="+cert, "-c", "ssl_key_file="+key)
	base := fmt.Sprintf("host=127.0.0.1 port=%d user=nobody sslmode=require", port)
	for _, info := range []string{
		base, base + " ssl_max_protocol_version=TLSv1.1", base + " ssl_max_protocol_version=TLSv1.2", base + " ssl_min_protocol_version=TLSv1.3",
		base + " ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
		base + " ssl_min_protocol_version=TLSv1 ssl_max_protocol_version=TLSv1.1",
		fmt.Sprintf("host=pg.example.test hostaddr=127.0.0.1 port=%d user=nobody sslmode=verify-full sslrootcert=%s", port, p.ca),
		fmt.Sprintf("host=other.example.test hostaddr=127.0.0.1 port=%d user=nobody sslmode=verify-full sslrootcert=%s", port, p.ca),
		fmt.Sprintf("postgresql://nobody@127.0.0.1:%d/x?sslmode=require&ssl_max_protocol_version=TLSv1.1", port),
	} {
		works := really(t, []string{"psql", "-w", info}, "password authentication failed")
		agrees(t, []string{"psql", "-w", info}, works)
		agrees(t, []string{info}, works)
	}
}

// TestNotImitatedIsNotOK: an option that is read and not imitated leaves the answer open, and says which; what has no part in the
// handshake does not.
func TestNotImitatedIsNotOK(t *testing.T) {
	openssl := needs(t, "openssl", "curl")[0]
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{"localhost"}}, false)
	port := freePort(t)
	serve(t, port, nil, true, openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key)
	url := fmt.Sprintf("https://localhost:%d/", port)
	for _, c := range []struct{ option, value, outcome string }{
		{"--cert-status", "", "unknown"}, {"--proxy", "http://127.0.0.1:1", "unknown"}, {"--crlfile", p.ca, "unknown"}, {"--haproxy-protocol", "", "unknown"},
		{"--max-time", "9", "ok"}, {"--header", "X-Proxy-Cert: 1", "ok"}, {"--ssl-allow-beast", "", "ok"},
	} {
		argv := []string{"curl", "--cacert", p.ca, url, c.option}
		if c.value != "" {
			argv = append(argv, c.value)
		}
		r := imitated(t, argv)[0]
		if r.Outcome != c.outcome {
			t.Errorf("%s: %s, want %s", c.option, r.Outcome, c.outcome)
		}
		named := len(r.Open) > 0 && strings.Contains(r.Open[0].Ask, c.option)
		if named != (c.outcome == "unknown") {
			t.Errorf("%s: open %v", c.option, r.Open)
		}
	}
}

// TestModeIsStated: --as and --mode stand in header and JSON, with how much such a client knows of its peer.
func TestModeIsStated(t *testing.T) {
	openssl := needs(t, "openssl")[0]
	p := newPKI(t)
	cert, key := p.leaf("self", leafPlan{names: []string{"localhost"}, common: "localhost", self: true}, false)
	port := freePort(t)
	serve(t, port, nil, true, openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key)
	url := fmt.Sprintf("https://localhost:%d", port)
	for _, c := range []struct {
		args     []string
		as, peer string
		finding  string
	}{
		{[]string{"--as", "curl", "--mode=-k"}, "curl -k", "unverified", "verification-off"},
		{[]string{"--as", "nginx"}, "nginx", "unverified", "verification-off"},
		{[]string{"--as", "curl", "--mode=--cacert", "--ca", cert}, "curl --cacert", "verified", ""},
		{[]string{"--ca", cert}, "modern", "verified", ""},
	} {
		var out, errs bytes.Buffer
		Main(append([]string{"diagnose", url, "--format", "json"}, c.args...), nil, &out, &errs, os.Getenv)
		var r report.Report
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatalf("%v: %v\n%s%s", c.args, err, &out, &errs)
		}
		if r.Question.As != c.as || r.Question.Peer != c.peer || r.Outcome != "ok" || c.finding != "" != strings.Contains(strings.Join(slugs(r), " "), "verification-off") {
			t.Errorf("%v: as %q, peer %q, %s, %v", c.args, r.Question.As, r.Question.Peer, r.Outcome, slugs(r))
		}
		text, _ := complain(append([]string{"diagnose", url}, c.args...)...)
		head, _, _ := strings.Cut(text, "\n")
		if !strings.Contains(head, c.as) || strings.Contains(head, "unverified") != (c.peer == "unverified") {
			t.Errorf("%v: %s", c.args, head)
		}
	}
}

// TestOptionsNameTheirCause: what a server's operator would be told of the same.
func TestOptionsNameTheirCause(t *testing.T) {
	openssl := needs(t, "openssl", "curl")[0]
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{"localhost"}}, false)
	port := freePort(t)
	serve(t, port, nil, true, openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key,
		"-min_protocol", "TLSv1.2", "-groups", "X25519:P-256")
	for cause, options := range map[string][]string{
		"certificate-pin-mismatch":       {"--pinnedpubkey", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		"client-too-old":                 {"--tls-max", "1.1"},
		"cipher-needs-other-certificate": {"--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"},
		"no-shared-group":                {"--tlsv1.3", "--curves", "P-521"},
		"cipher-policy-empty":            {"--tlsv1.3", "--tls-max", "1.2"},
	} {
		argv := append([]string{"curl", "--cacert", p.ca, fmt.Sprintf("https://localhost:%d/", port)}, options...)
		r := imitated(t, argv)[0]
		if len(r.Findings) == 0 || r.Findings[0].Cause != cause || r.Findings[0].Sure != "proven" || r.Outcome != "fails" {
			t.Errorf("%v: %s %v, want %s", options, r.Outcome, slugs(r), cause)
		}
	}
}
