package cli

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const host = "db.example.test"

// at is the command line that reaches a server on loopback under the test's name.
func at(p *pki, scheme string, port int, more ...string) []string {
	return append([]string{fmt.Sprintf("%s://%s:%d", scheme, host, port), "--connect", "127.0.0.1", "--ca", p.ca, "--timeout", "5s"}, more...)
}

// TestRealOpenSSL meets openssl s_server, one fault at a time.
func TestRealOpenSSL(t *testing.T) {
	openssl := needs(t, "openssl")[0]
	p := newPKI(t)
	good, goodKey := p.leaf("good", leafPlan{names: []string{host}}, false)
	ec, ecKey := p.leaf("ec", leafPlan{names: []string{host}, ec: true}, false)
	dh := filepath.Join(p.dir, "dh1024.pem")
	run(t, nil, openssl, "dhparam", "-out", dh, "1024")
	small, smallKey := opensslLeaf(t, p, openssl, "small", "-newkey", "rsa:1024")
	sha1, sha1Key := opensslLeaf(t, p, openssl, "sha1", "-newkey", "rsa:2048", "-sha1")
	cn, cnKey := p.leaf("cn", leafPlan{common: host}, false)
	client, clientKey := p.leaf("client", leafPlan{common: "app", usage: x509.ExtKeyUsageClientAuth}, false)
	late, lateKey := p.leaf("late", leafPlan{common: "app", usage: x509.ExtKeyUsageClientAuth, from: -48 * time.Hour, to: -time.Hour}, false)
	alien, alienKey := p.leaf("alien", leafPlan{common: "app", usage: x509.ExtKeyUsageClientAuth, issuer: p.other}, false)
	asks := []string{"-Verify", "3", "-CAfile", p.ca, "-verify_return_error"}
	old := []string{"-cipher", "ALL:@SECLEVEL=0"}
	tests := []struct {
		name       string
		cert, key  string
		server     []string
		args       []string
		slug, sure string
	}{
		{name: "healthy"},
		{name: "TLS 1.0 only", server: append([]string{"-tls1"}, old...), slug: "server-too-old", sure: "proven"},
		{name: "TLS 1.1 only", server: append([]string{"-tls1_1"}, old...), slug: "server-too-old", sure: "proven"},
		{name: "TLS 1.2 only", server: []string{"-tls1_2"}},
		{name: "TLS 1.3 only", server: []string{"-tls1_3"}},
		{name: "TLS 1.2 only, client 1.3", server: []string{"-tls1_2"}, args: []string{"--as", "tls1.3"}, slug: "server-too-old", sure: "proven"},
		{name: "TLS 1.3 only, client 1.2", server: []string{"-tls1_3"}, args: []string{"--as", "tls1.2"}, slug: "client-too-old", sure: "proven"},
		{name: "TLS 1.0 only, openssl3", server: append([]string{"-tls1"}, old...), args: []string{"--as", "openssl3"}, slug: "server-too-old", sure: "proven"},
		{name: "RSA key exchange only", server: []string{"-tls1_2", "-cipher", "kRSA"}, slug: "no-shared-cipher", sure: "proven"},
		{name: "Camellia only", server: []string{"-tls1_2", "-cipher", "ECDHE-RSA-CAMELLIA256-SHA384"}, slug: "no-shared-cipher", sure: "proven"},
		{name: "DHE only", server: []string{"-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"}, slug: "no-shared-cipher", sure: "proven"},
		{name: "DH 1024", server: []string{"-tls1_2", "-cipher", "DHE:@SECLEVEL=0", "-dhparam", dh}, args: []string{"--as", "openssl3"}, slug: "dh-group-too-small", sure: "proven"},
		{name: "SHA-1 signatures only", server: []string{"-tls1_2", "-cipher", "ALL:@SECLEVEL=0", "-sigalgs", "RSA+SHA1"}, slug: "no-shared-signature-algorithm", sure: "proven"},
		{name: "SHA-1 certificate", cert: sha1, key: sha1Key, server: old, slug: "certificate-digest-too-weak", sure: "proven"},
		{name: "RSA 1024", cert: small, key: smallKey, server: old, slug: "certificate-key-too-small", sure: "proven"},
		{name: "P-521 only, TLS 1.3", server: []string{"-tls1_3", "-groups", "P-521"}, slug: "no-shared-group", sure: "proven"},
		{name: "P-521 only, TLS 1.2", server: []string{"-tls1_2", "-groups", "P-521"}, slug: "no-shared-group", sure: "proven"},
		{name: "ECDSA", cert: ec, key: ecKey},
		{name: "name in the common name only", cert: cn, key: cnKey, slug: "certificate-without-san", sure: "proven"},
		{name: "client certificate required, TLS 1.2", server: append([]string{"-tls1_2"}, asks...), slug: "client-certificate-missing", sure: "proven"},
		{name: "client certificate required, TLS 1.3", server: append([]string{"-tls1_3"}, asks...), slug: "client-certificate-missing", sure: "proven"},
		{name: "client certificate given", server: asks, args: []string{"--cert", client, "--key", clientKey}},
		{name: "client certificate expired", server: asks, args: []string{"--cert", late, "--key", lateKey}, slug: "client-certificate-expired", sure: "proven"},
		{name: "client certificate of another CA", server: asks, args: []string{"--cert", alien, "--key", alienKey}, slug: "client-certificate-untrusted", sure: "proven"},
		{name: "server certificate as client certificate", server: asks, args: []string{"--cert", good, "--key", goodKey}, slug: "client-certificate-wrong-purpose", sure: "proven"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.cert == "" {
				test.cert, test.key = good, goodKey
			}
			port := freePort(t)
			serve(t, port, nil, true, append([]string{openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port),
				"-cert", test.cert, "-key", test.key}, test.server...)...)
			expect(t, diagnosed(t, at(p, "https", port, test.args...)...), test.slug, test.sure)
		})
	}
}

// opensslLeaf makes a certificate that Go refuses to sign: a small key or SHA-1.
func opensslLeaf(t *testing.T, p *pki, openssl, name string, args ...string) (cert, key string) {
	t.Helper()
	rootKey, err := x509.MarshalPKCS8PrivateKey(p.root.key)
	if err != nil {
		t.Fatal(err)
	}
	caKey := p.file("ca.key", pemBlock("PRIVATE KEY", rootKey))
	cert, key = filepath.Join(p.dir, name+".pem"), filepath.Join(p.dir, name+".key")
	run(t, nil, append([]string{openssl, "req", "-x509", "-nodes", "-CA", p.ca, "-CAkey", caKey, "-days", "60", "-subj", "/CN=" + host,
		"-addext", "subjectAltName=DNS:" + host, "-addext", "basicConstraints=CA:FALSE", "-keyout", key, "-out", cert}, args...)...)
	return cert, key
}

// TestRealGnuTLS meets gnutls-serv.
func TestRealGnuTLS(t *testing.T) {
	gnutls := needs(t, "gnutls-serv")[0]
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	tests := []struct {
		name, priority string
		server, args   []string
		slug, sure     string
	}{
		{name: "healthy", priority: "NORMAL"},
		{name: "TLS 1.1 only", priority: "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT", slug: "server-too-old", sure: "proven"},
		{name: "P-521 only", priority: "NORMAL:-GROUP-ALL:+GROUP-SECP521R1", slug: "no-shared-group", sure: "proven"},
		{name: "RSA key exchange only", priority: "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", slug: "no-shared-cipher", sure: "proven"},
		{name: "client certificate required", priority: "NORMAL", server: []string{"--require-client-cert", "--x509cafile", p.ca}, slug: "client-certificate-missing", sure: "proven"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			port := freePort(t)
			serve(t, port, nil, true, append([]string{gnutls, "--http", "--quiet", "--port", fmt.Sprint(port), "--priority", test.priority,
				"--x509certfile", cert, "--x509keyfile", key}, test.server...)...)
			expect(t, diagnosed(t, at(p, "https", port, test.args...)...), test.slug, test.sure)
		})
	}
}

const nginxConf = `daemon off; master_process off; pid %[1]s/nginx.pid; error_log %[1]s/error.log info;
events {}
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  ssl_certificate %[2]s; ssl_certificate_key %[3]s;
  server { listen 127.0.0.1:%[4]d ssl default_server; ssl_reject_handshake on; }
  server { listen 127.0.0.1:%[4]d ssl; server_name db.example.test; return 200 ok; }
  server { listen 127.0.0.1:%[5]d ssl default_server; server_name other.example.test; ssl_certificate %[6]s; ssl_certificate_key %[7]s; return 200 other; }
  server { listen 127.0.0.1:%[5]d ssl; server_name db.example.test; return 200 ok; }
  server { listen 127.0.0.1:%[8]d ssl; ssl_client_certificate %[9]s; ssl_verify_client on; return 200 ok; }
  server { listen 127.0.0.1:%[10]d; return 200 plain; }
  server { listen 127.0.0.1:%[11]d ssl proxy_protocol; return 200 ok; }
}
`

// TestRealNginx meets nginx: strict SNI, the default host's certificate, client certificates, a plain port.
func TestRealNginx(t *testing.T) {
	nginx := needs(t, "nginx")[0]
	p := newPKI(t)
	good, goodKey := p.leaf("good", leafPlan{names: []string{host}}, false)
	other, otherKey := p.leaf("other", leafPlan{names: []string{"other.example.test"}}, false)
	strict, vhosts, mutual, plain, proxied := freePort(t), freePort(t), freePort(t), freePort(t), freePort(t)
	conf := p.file("nginx.conf", fmt.Appendf(nil, nginxConf, p.dir, good, goodKey, strict, vhosts, other, otherKey, mutual, p.ca, plain, proxied))
	serve(t, plain, nil, false, nginx, "-c", conf, "-p", p.dir, "-e", filepath.Join(p.dir, "error.log"))
	tests := []struct {
		name       string
		port       int
		args       []string
		slug, sure string
	}{
		{"strict SNI, right name", strict, nil, "", ""},
		{"strict SNI, none", strict, []string{"--sni", "none"}, "sni-missing", "proven"},
		{"strict SNI, unknown name", strict, []string{"--sni", "nowhere.example.test"}, "sni-unknown", "proven"},
		{"default host's certificate", vhosts, []string{"--sni", "none"}, "sni-missing", "proven"},
		{"another host's certificate", vhosts, []string{"--sni", "other.example.test"}, "sni-selects-other-certificate", "proven"},
		{"client certificate required", mutual, nil, "client-certificate-missing", "proven"},
		{"plain HTTP", plain, nil, "server-speaks-plaintext", "proven"},
		{"PROXY header expected", proxied, nil, "proxy-header-mismatch", "proven"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			expect(t, diagnosed(t, at(p, "https", test.port, test.args...)...), test.slug, test.sure)
		})
	}
}

// TestRealMariaDB meets mariadbd.
func TestRealMariaDB(t *testing.T) {
	paths := needs(t, "mariadbd", "mariadb-install-db")
	mysql := account(t, "mysql")
	p := newPKI(t)
	data := folder(t, p, "template", mysql)
	run(t, nil, paths[1], "--no-defaults", "--user=mysql", "--datadir="+data, "--innodb-log-file-size=4M", "--skip-test-db", "--auth-root-authentication-method=normal")
	good, goodKey := p.leaf("good", leafPlan{names: []string{host}}, false)
	other, otherKey := p.leaf("other", leafPlan{names: []string{"db7.control.example.test"}}, false)
	late, lateKey := p.leaf("late", leafPlan{names: []string{host}, from: -90 * 24 * time.Hour, to: -3 * 24 * time.Hour}, false)
	self, selfKey := p.leaf("self", leafPlan{names: []string{host}, common: host, self: true}, false)
	tests := []struct {
		name, cert, key string
		server, args    []string
		slug, sure      string
	}{
		{name: "healthy", cert: good, key: goodKey},
		{name: "TLS off", server: []string{"--skip-ssl"}, slug: "server-tls-disabled", sure: "proven"},
		{name: "TLS required", cert: good, key: goodKey, server: []string{"--require-secure-transport=ON"}},
		{name: "another name", cert: other, key: otherKey, slug: "hostname-mismatch", sure: "proven"},
		{name: "expired", cert: late, key: lateKey, slug: "certificate-expired", sure: "proven"},
		{name: "self-signed", cert: self, key: selfKey, slug: "self-signed-certificate", sure: "proven"},
		{name: "TLS 1.2 only", cert: good, key: goodKey, server: []string{"--tls-version=TLSv1.2"}, args: []string{"--as", "tls1.3"}, slug: "server-too-old", sure: "proven"},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(p.dir, fmt.Sprint("my", i))
			run(t, nil, "cp", "-a", data, dir)
			if test.cert != "" {
				test.server = append(test.server, "--ssl-cert="+test.cert, "--ssl-key="+test.key, "--ssl-ca="+p.ca)
			}
			port := freePort(t)
			serve(t, port, nil, false, append([]string{paths[0], "--no-defaults", "--user=mysql", "--datadir=" + dir, fmt.Sprintf("--port=%d", port),
				"--bind-address=127.0.0.1", "--socket=" + dir + "/s", "--pid-file=" + dir + "/pid", "--innodb-buffer-pool-size=16M",
				"--innodb-log-file-size=4M", "--performance-schema=off"}, test.server...)...)
			expect(t, diagnosed(t, at(p, "mysql", port, test.args...)...), test.slug, test.sure)
			os.RemoveAll(dir)
		})
	}
}

// TestRealPostgreSQL meets postgres.
func TestRealPostgreSQL(t *testing.T) {
	postgres := newestPostgres(t)
	as := account(t, "postgres")
	p := newPKI(t)
	template := folder(t, p, "template", as)
	run(t, as, filepath.Join(postgres, "initdb"), "-D", template, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", p.file("pw", []byte("not used\n")), "-N")
	tests := []struct {
		name       string
		plan       leafPlan
		off, chain bool
		ca         bool // the server has a CA for client certificates
		hba        string
		slug, sure string
	}{
		{name: "healthy", plan: leafPlan{names: []string{host}}},
		{name: "ssl off", off: true, slug: "server-tls-disabled", sure: "proven"},
		{name: "hostssl only", plan: leafPlan{names: []string{host}}, hba: "hostssl all all all scram-sha-256\n"},
		{name: "expired", plan: leafPlan{names: []string{host}, from: -48 * time.Hour, to: -time.Hour}, slug: "certificate-expired", sure: "proven"},
		{name: "another name", plan: leafPlan{names: []string{"pg.example.test"}}, slug: "hostname-mismatch", sure: "proven"},
		{name: "intermediate sent", plan: leafPlan{names: []string{host}, issuer: p.middle}, chain: true},
		{name: "intermediate not sent", plan: leafPlan{names: []string{host}, issuer: p.middle}, slug: "missing-intermediate", sure: "possible"},
		{name: "client certificate required", plan: leafPlan{names: []string{host}}, hba: "hostssl all all all scram-sha-256 clientcert=verify-ca\n", ca: true, slug: "client-certificate-missing", sure: "proven"},
		{name: "another CA, its root sent", plan: leafPlan{names: []string{host}, issuer: p.other}, chain: true, slug: "ca-not-trusted", sure: "proven"},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(p.dir, fmt.Sprint("pg", i))
			run(t, nil, "cp", "-a", template, dir)
			port := freePort(t)
			argv := []string{filepath.Join(postgres, "postgres"), "-D", dir, "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-k", dir, "-c", "shared_buffers=1MB", "-c", "fsync=off"}
			if !test.off {
				cert, key := p.leaf(fmt.Sprint("pg", i), test.plan, test.chain)
				own(t, key, as)
				os.Chmod(key, 0o600)
				argv = append(argv, "-c", "ssl=on", "-c", "ssl_cert_file="+cert, "-c", "ssl_key_file="+key)
			}
			if test.ca {
				argv = append(argv, "-c", "ssl_ca_file="+p.ca)
			}
			if test.hba != "" {
				if err := os.WriteFile(filepath.Join(dir, "pg_hba.conf"), []byte(test.hba), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			serve(t, port, as, false, argv...)
			expect(t, diagnosed(t, at(p, "postgres", port)...), test.slug, test.sure)
			os.RemoveAll(dir)
		})
	}
}

// newestPostgres is the folder of the newest PostgreSQL's programs that Debian installed.
func newestPostgres(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		absent(t, "postgresql is not installed (make test as root installs it)")
	}
	return found[len(found)-1]
}

const javaServer = `import javax.net.ssl.*; import java.io.*; import java.security.*;
public class Peer { public static void main(String[] a) throws Exception {
  KeyStore ks = KeyStore.getInstance("PKCS12"); ks.load(new FileInputStream(a[0]), "changeit".toCharArray());
  KeyManagerFactory k = KeyManagerFactory.getInstance("SunX509"); k.init(ks, "changeit".toCharArray());
  TrustManagerFactory tm = TrustManagerFactory.getInstance("PKIX"); tm.init(ks);
  SSLContext c = SSLContext.getInstance("TLS"); c.init(k.getKeyManagers(), null, null);
  SSLServerSocket s = (SSLServerSocket) c.getServerSocketFactory().createServerSocket(Integer.parseInt(a[1]), 50, java.net.InetAddress.getByName("127.0.0.1"));
  if (!a[2].isEmpty()) s.setEnabledProtocols(a[2].split(","));
  if (!a[3].isEmpty()) s.setEnabledCipherSuites(a[3].split(","));
  s.setNeedClientAuth(a[4].equals("need"));
  while (true) { SSLSocket x = (SSLSocket) s.accept(); new Thread(() -> { try { x.startHandshake(); x.getInputStream().read(); } catch (IOException e) {} try { x.close(); } catch (IOException e) {} }).start(); } } }
`

// TestRealJava meets a Java SSLServerSocket.
func TestRealJava(t *testing.T) {
	paths := needs(t, "java", "javac", "openssl")
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	store := filepath.Join(p.dir, "store.p12")
	run(t, nil, paths[2], "pkcs12", "-export", "-in", cert, "-inkey", key, "-out", store, "-passout", "pass:changeit")
	run(t, nil, paths[1], "-d", p.dir, p.file("Peer.java", []byte(javaServer)))
	tests := []struct {
		name, versions, suites, auth string
		args                         []string
		slug, sure                   string
	}{
		{name: "healthy"},
		{name: "RSA key exchange only", versions: "TLSv1.2", suites: "TLS_RSA_WITH_AES_256_CBC_SHA", slug: "no-shared-cipher", sure: "proven"},
		{name: "client certificate required, TLS 1.3", versions: "TLSv1.3", auth: "need", slug: "client-certificate-missing", sure: "proven"},
		{name: "client certificate required, TLS 1.2", versions: "TLSv1.2", auth: "need", slug: "client-certificate-missing", sure: "proven"},
		{name: "TLS 1.3 only, client 1.2", versions: "TLSv1.3", args: []string{"--as", "tls1.2"}, slug: "client-too-old", sure: "proven"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			port := freePort(t)
			serve(t, port, nil, false, paths[0], "-Xshare:auto", "-cp", p.dir, "Peer", store, fmt.Sprint(port), test.versions, test.suites, test.auth)
			expect(t, diagnosed(t, at(p, "tls", port, test.args...)...), test.slug, test.sure)
		})
	}
}
