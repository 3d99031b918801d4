package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/report"
)

// breaking are the causes that a report says break.
func breaking(r report.Report) []string {
	var list []string
	for _, f := range r.Findings {
		if f.Level == "breaks" && !slices.Contains(list, f.Cause) {
			list = append(list, f.Cause)
		}
	}
	return list
}

// TestFilesOfCommands: a file of a command or a connection string that is not there stops the programs that read it, and only
// those. What each does was asked of curl 7.88, psql 15, mariadb 10.11, openssl 3.0, redis-cli 7.0, gnutls-cli 3.7 and wget 1.21.
func TestFilesOfCommands(t *testing.T) {
	p := newPKI(t)
	cert, _ := p.leaf("own", leafPlan{names: []string{host}}, true)
	text := filepath.Join(p.dir, "text.pem")
	if err := os.WriteFile(text, []byte("no certificate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const no = "/no/such.pem"
	for _, c := range []struct {
		args []string
		want string // the cause that breaks, "" when the files stop nothing
	}{
		{[]string{"--", "curl", "--cacert", no, "https://127.0.0.1:1/"}, "ca-store-missing"}, // 77
		{[]string{"--", "CURL_CA_BUNDLE=" + no, "curl", "https://127.0.0.1:1/"}, "ca-store-missing"},
		{[]string{"--", "curl", "-k", "--cacert", no, "https://127.0.0.1:1/"}, ""},
		{[]string{"--", "curl", "--cacert", text, "https://127.0.0.1:1/"}, "certificate-file-bad"},
		{[]string{"--", "curl", "-k", "--cert", no, "https://127.0.0.1:1/"}, "certificate-file-missing"}, // 58
		{[]string{"--", "curl", "-k", "--cert", cert, "--key", no, "https://127.0.0.1:1/"}, "certificate-file-missing"},
		{[]string{"--", "psql", "host=127.0.0.1 port=1 sslmode=verify-full sslrootcert=" + no}, "ca-store-missing"},
		{[]string{"--", "PGSSLROOTCERT=" + no, "psql", "host=127.0.0.1 port=1 sslmode=verify-ca"}, "ca-store-missing"},
		{[]string{"--", "psql", "host=127.0.0.1 port=1 sslmode=require sslrootcert=" + no}, ""},
		{[]string{"--", "psql", "host=127.0.0.1 port=1 sslmode=require sslcert=" + no}, ""},
		{[]string{"--", "psql", "host=127.0.0.1 port=1 sslmode=require sslkey=" + no}, ""},
		{[]string{"--", "psql", "host=127.0.0.1 port=1 sslmode=require sslcert=" + cert + " sslkey=" + no}, "certificate-file-missing"},
		{[]string{"--", "psql", "host=127.0.0.1 port=1 sslmode=disable sslrootcert=" + no}, ""},
		{[]string{"--", "mariadb", "-h", "127.0.0.1", "-P", "1", "--ssl-ca=" + no}, "ca-store-missing"},
		{[]string{"--", "mariadb", "-h", "127.0.0.1", "-P", "1", "--ssl-cert=" + no}, "certificate-file-missing"},
		{[]string{"--", "openssl", "s_client", "-connect", "127.0.0.1:1", "-CAfile", no}, "ca-store-missing"},
		{[]string{"--", "redis-cli", "--tls", "--insecure", "--cacert", no, "-p", "1"}, "ca-store-missing"},
		{[]string{"--", "redis-cli", "--cacert", no, "-p", "1"}, ""}, // no TLS asked for
		{[]string{"--", "wget", "--ca-certificate=" + no, "https://127.0.0.1:1/"}, ""},
		{[]string{"--", "docker", "exec", "web", "curl", "--cacert", no, "https://127.0.0.1:1/"}, ""}, // the container's files are others
		{[]string{"postgresql://127.0.0.1:1/d?sslmode=verify-full&sslrootcert=" + no}, "ca-store-missing"},
		{[]string{"postgresql://127.0.0.1:1/d?sslmode=verify-full&sslrootcert=system"}, ""}, // the system's list, libpq 16
		{[]string{"mysql://127.0.0.1:1/d?ssl-mode=VERIFY_CA&ssl-ca=" + no}, "ca-store-missing"},
		{[]string{"--", "curl", "--cacert", "such.pem", "https://127.0.0.1:1/"}, "ca-store-missing"}, // from the working directory
	} {
		r, _ := configuredReport(t, c.args...)
		got := slices.DeleteFunc(breaking(r), func(s string) bool { return s == "nothing-listening" || s == "port-closed" })
		about := slices.DeleteFunc(slices.Clone(got), func(s string) bool {
			return !slices.Contains([]string{"ca-store-missing", "certificate-file-missing", "certificate-file-bad", "key-unreadable"}, s)
		})
		switch {
		case c.want == "" && len(about) > 0, c.want != "" && !slices.Equal(about, []string{c.want}):
			t.Errorf("%q: %v, want %q", c.args, got, c.want)
		case c.want != "" && (r.Outcome != "fails" || r.Connections != 0 || r.Findings[0].Sure != "proven"):
			t.Errorf("%q: %s after %d connections, %s", c.args, r.Outcome, r.Connections, r.Findings[0].Sure)
		}
	}
}

// A writtenFault is a configuration file and the one cause that breaks in it, "" for none. @DIR is a folder with root.pem, @CERT,
// @KEY and @BOTH are files.
type writtenFault struct{ file, text, want string }

// writtenFaults: what nginx -t, haproxy -c, apachectl configtest, mariadbd and postgres refuse, and what leaves no TLS that
// current clients speak; a near miss beside each.
func writtenFaults() []writtenFault {
	const proxy = "defaults\n mode http\nfrontend f\n bind :1\n default_backend b\nbackend b\n server s 10.9.8.7:443 ssl verify none "
	const bind = "defaults\n mode http\nfrontend f\n bind :1 ssl crt @BOTH "
	const site = "events {}\nhttp {\n server {\n  listen 8443 ssl;\n  ssl_certificate @CERT;\n  ssl_certificate_key @KEY;\n"
	const pg = "listen_addresses = '*'\nssl = on\nssl_cert_file = '@CERT'\nssl_key_file = '@KEY'\n"
	const reg = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\"
	return []writtenFault{
		{"nginx.conf", site + "  ssl_client_certificate no.pem;\n  ssl_verify_client on;\n } }\n", "certificate-file-missing"},
		{"nginx.conf", site + "  ssl_client_certificate no.pem;\n } }\n", ""},
		{"nginx.conf", site + "  location / { proxy_pass https://10.9.8.7; proxy_ssl_verify on; proxy_ssl_trusted_certificate no.pem; }\n } }\n", "ca-store-missing"},
		{"nginx.conf", site + "  location / { proxy_pass https://10.9.8.7; proxy_ssl_verify off; proxy_ssl_trusted_certificate no.pem; }\n } }\n", ""},
		{"nginx.conf", site + "  location / { proxy_pass https://10.9.8.7; proxy_ssl_verify on; proxy_ssl_trusted_certificate root.pem; }\n } }\n", ""},
		{"haproxy.cfg", proxy + "ca-file /no/such.pem\n", "ca-store-missing"},
		{"haproxy.cfg", proxy + "ca-file @system-ca\n", ""},
		{"haproxy.cfg", "global\n ca-base @DIR\n" + proxy + "ca-file no.pem\n", "ca-store-missing"},
		{"haproxy.cfg", "global\n ca-base @DIR\n" + proxy + "ca-file root.pem\n", ""},
		{"my.cnf", "[client]\nssl_ca = /no/such.pem\n", "ca-store-missing"},
		{"my.cnf", "[mysqld]\nssl_ca = /no/such.pem\n", "certificate-file-missing"},
		{"postgresql.conf", pg + "ssl_ca_file = '/no/such.pem'\n", "certificate-file-missing"},
		{"postgresql.conf", "ssl_ca_file = '/no/such.pem'\n", ""}, // ssl is off unless it is turned on

		{"nginx.conf", site + "  ssl_protocols TLSv1 TLSv1.1;\n } }\n", "server-too-old"},
		{"nginx.conf", site + "  ssl_protocols TLSv1.1 TLSv1.2;\n } }\n", ""},
		{"nginx.conf", site + "  ssl_protocols TLSv1.4;\n } }\n", "option-without-effect"},
		{"nginx.conf", site + "  location / { proxy_pass https://10.9.8.7; proxy_ssl_protocols TLSv1.1; }\n } }\n", "client-too-old"},
		{"haproxy.cfg", proxy + "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.1\n", "version-disabled-by-policy"},
		{"haproxy.cfg", proxy + "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2\n", ""},
		{"haproxy.cfg", "global\n ssl-default-server-options ssl-min-ver TLSv1.3\n" + proxy + "ssl-max-ver TLSv1.2\n", "version-disabled-by-policy"},
		{"haproxy.cfg", proxy + "no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13\n", "version-disabled-by-policy"},
		{"haproxy.cfg", proxy + "no-tlsv12 no-tlsv13 ssl-min-ver TLSv1.2\n", ""}, // no-… is passed over beside a range
		{"haproxy.cfg", proxy + "ssl-max-ver TLSv1.1\n", "client-too-old"},
		{"haproxy.cfg", strings.Replace(proxy, "ssl verify none", "", 1) + "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.1\n", ""}, // valid: no TLS
		{"haproxy.cfg", bind + "ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.2\n", "server-tls-init-failed"},
		{"haproxy.cfg", bind + "no-tlsv12 no-tlsv13\n", "server-tls-init-failed"},
		{"haproxy.cfg", bind + "force-tlsv11\n", "server-too-old"},
		{"haproxy.cfg", bind + "ssl-min-ver TLSv1.1 ssl-max-ver TLSv1.2\n", ""},
		{"httpd.conf", "<VirtualHost *:443>\nSSLEngine on\nSSLProtocol all -TLSv1.2 -TLSv1.3\n</VirtualHost>\n", "server-too-old"},
		{"httpd.conf", "<VirtualHost *:443>\nSSLEngine on\nSSLProtocol TLSv1.2 TLSv1.1\n</VirtualHost>\n", "server-too-old"}, // the last word replaces
		{"httpd.conf", "<VirtualHost *:443>\nSSLEngine on\nSSLProtocol all -SSLv3 -TLSv1\n</VirtualHost>\n", ""},
		{"my.cnf", "[mysqld]\ntls_version = TLSv1.0,TLSv1.1\n", "server-too-old"},
		{"my.cnf", "[mysqld]\ntls_version = TLSv1.1,TLSv1.2\n", ""},
		{"postgresql.conf", pg + "ssl_min_protocol_version = 'TLSv1.3'\nssl_max_protocol_version = 'TLSv1.2'\n", "server-tls-init-failed"},
		{"postgresql.conf", pg + "ssl_max_protocol_version = 'TLSv1.1'\n", "server-tls-init-failed"}, // the lowest is TLSv1.2 unless it is set
		{"postgresql.conf", pg + "ssl_min_protocol_version = 'TLSv1.2'\nssl_max_protocol_version = 'TLSv1.2'\n", ""},
		{"postgresql.conf", pg + "ssl_min_protocol_version = 'TLSv1.3'\nssl_max_protocol_version = 'TLSv1.2'\nssl_max_protocol_version = 'TLSv1.3'\n", ""},
		{"postgresql.conf", strings.Replace(pg, "= on", "= off", 1), "server-tls-disabled"},
		{"postgresql.conf", pg, ""},
		{"postgresql.conf", "listen_addresses = '*'\nssl_min_protocol_version = 'TLSv1.3'\nssl_max_protocol_version = 'TLSv1.2'\n", ""}, // it starts: ssl is off
		{"java.security", "jdk.tls.disabledAlgorithms=SSLv3, TLSv1.2, TLSv1.3, RC4\n", "version-disabled-by-policy"},
		{"java.security", "jdk.tls.disabledAlgorithms=SSLv3, TLSv1, TLSv1.1, DTLSv1.0, RC4\n", ""},
		{"x.reg", reg + "TLS 1.2\\Server]\n\"Enabled\"=dword:00000000\n", "schannel-protocol-disabled"},
		{"x.reg", reg + "TLS 1.2\\Client]\n\"DisabledByDefault\"=dword:00000001\n", "schannel-protocol-disabled"},
		{"x.reg", reg + "TLS 1.0\\Server]\n\"Enabled\"=dword:00000000\n", ""},
		{"x.reg", reg + "TLS 1.2\\Server]\n\"Enabled\"=dword:00000001\n\"DisabledByDefault\"=dword:00000000\n", ""},

		{"nginx.conf", site + "  location / { proxy_pass http://127.0.0.1:8443; }\n } }\n", "client-speaks-plaintext"},
		{"nginx.conf", site + "  location / { proxy_pass http://10.9.8.7:18443; }\n } }\n", ""},
		{"nginx.conf", strings.Replace(site, "8443 ssl", "8081", 1) + "  location / { proxy_pass http://127.0.0.1:8081; }\n } }\n", ""},
		{"nginx.conf", strings.Replace(site, "8443 ssl", "8081", 1) + "  location / { proxy_pass https://localhost:8081; }\n } }\n", "server-speaks-plaintext"},
		{"nginx.conf", site + "  location / { proxy_pass http://up; }\n } upstream up { server 127.0.0.1:8443; } }\n", "client-speaks-plaintext"},
		{"nginx.conf", strings.Replace(site, "8443 ssl", "8080 ssl", 1) + "  location / { proxy_pass https://127.0.0.1:8080; }\n } }\n", ""}, // 8080 has TLS here
		{"nginx.conf", strings.Replace(site, "8443 ssl", "443", 1) + " } }\n", "server-tls-disabled"},
	}
}

// faultFolder makes the files that writtenFaults speak of.
func faultFolder(t *testing.T) (dir string, names *strings.Replacer) {
	t.Helper()
	p := newPKI(t)
	cert, key := p.leaf("own", leafPlan{names: []string{host}}, true)
	both := filepath.Join(p.dir, "both.pem")
	for name, data := range map[string][]byte{both: append(mustRead(t, cert), mustRead(t, key)...), filepath.Join(p.dir, "root.pem"): mustRead(t, cert)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p.dir, strings.NewReplacer("@CERT", cert, "@KEY", key, "@DIR", p.dir, "@BOTH", both)
}

func TestFaultsOfFiles(t *testing.T) {
	dir, names := faultFolder(t)
	for _, c := range writtenFaults() {
		file := filepath.Join(dir, c.file)
		if err := os.WriteFile(file, []byte(names.Replace(c.text)), 0o600); err != nil {
			t.Fatal(err)
		}
		r, _ := configuredReport(t, file)
		got := slices.DeleteFunc(breaking(r), func(s string) bool { return s == "missing-intermediate" })
		if want := slices.DeleteFunc([]string{c.want}, func(s string) bool { return s == "" }); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\n%v, want %v", c.file, c.text, got, want)
		}
	}
}

// TestFaultsAskedOfPrograms: nginx and HAProxy themselves refuse the files in which something is missing, misspelt or leaves no
// version, and take the others.
func TestFaultsAskedOfPrograms(t *testing.T) {
	refused := []string{"ca-store-missing", "certificate-file-missing", "option-without-effect", "version-disabled-by-policy", "server-tls-init-failed"}
	for program, args := range map[string][]string{"nginx": {"-e", "stderr", "-t", "-c"}, "haproxy": {"-c", "-f"}} {
		path, err := exec.LookPath(program)
		if err != nil || os.Geteuid() != 0 {
			if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
				t.Fatalf("%s is wanted, as root: %v", program, err)
			}
			t.Logf("%s is not asked: not installed, or not root", program)
			continue
		}
		dir, names := faultFolder(t)
		asked := 0
		for _, c := range writtenFaults() {
			if !strings.HasPrefix(c.file, program) {
				continue
			}
			file := filepath.Join(dir, c.file)
			text := names.Replace(c.text)
			if program == "nginx" {
				text = "pid " + dir + "/pid;\n" + text
				if !strings.Contains(text, "events") {
					text = "events {}\n" + text
				}
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(path, append(slices.Clone(args), file)...).CombinedOutput()
			if (err != nil) != slices.Contains(refused, c.want) {
				t.Errorf("%s says %v to what is called %q:\n%s\n%s", program, err, c.want, text, out)
			}
			asked++
		}
		if asked == 0 {
			t.Errorf("nothing was asked of %s", program)
		}
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
