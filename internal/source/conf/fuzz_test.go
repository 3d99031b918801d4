package conf

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

// fuzzSeeds has a file of each kind, and forms on which readers stumble.
var fuzzSeeds = []string{
	"http {\n server { listen 443 ssl; ssl_certificate \"a b\"; }\n}\n",
	opensslChain + "[sys]\nCipherString = \"A\\\"$x${y::z}\" \\\n# c\n.include x\n.pragma = dollarid:on\n",
	"[client]\nssl-ca=\"a\\sb\" # c\n!includedir x\nloose_ssl\n[mysqld\nskip-ssl",
	"ssl = on\nssl_ca_file 'a''b\\101' # c\ninclude_if_exists 'x'\n",
	"hostssl all \"a b\" 0.0.0.0/0 cert clientcert=verify-full\nlocal a b peer\\\n",
	"[network]\ntlscert = /a\n",
	freetdsSample,
	"[ODBC Data Sources]\na=b\n[a]\nDriver=FreeTDS\nEncryption={x",
	"jdk.tls.disabledAlgorithms=a,\\\n  \\u0041 b\n",
	regSample,
	wideText(regSample),
	"KeyType : 0\nName : TLS_AES_256_GCM_SHA384\nProtocols : {772\n",
	"DEFAULT:SHA1\ncipher@TLS = -A\\\n",
	systeminfoEnglish,
	"\xff\xfe\x00", "[", "\\", "=", "\"", "'", "[]\n=\n", ".include", "\"\"=", "\"a\\",
}

// FuzzDialects gives every reader any text: it ends, invents no lines, and gives no more than it was given.
func FuzzDialects(f *testing.F) {
	for i, seed := range fuzzSeeds {
		f.Add(uint8(i), seed)
	}
	f.Fuzz(func(t *testing.T, index uint8, text string) {
		if len(text) > 1<<16 {
			return
		}
		d := dialects[int(index)%len(dialects)]
		d.sniff("x.conf", []byte(text))
		r := newReader(context.Background(), "x.conf", tree{"x": text}.options())
		r.res.Dialect = d.ID
		in := file{name: "x.conf", text: decode([]byte(text))}
		d.read(r, in)
		bytes := 0
		for _, s := range r.res.Settings {
			if s.Ref.Kind != "conf" || s.Ref.At == "" || s.Dialect == "" {
				t.Fatalf("%s: a setting without its place: %+v", d.ID, s)
			}
			if s.Near != "" && !s.Unknown {
				t.Fatalf("%s: a known setting with a better name: %+v", d.ID, s)
			}
			for _, a := range s.Args {
				bytes += len(a)
			}
		}
		if limit := 64*len(in.text) + maxOpenSSLValue*maxDepth*2; bytes > limit {
			t.Fatalf("%s: %d bytes of values out of %d", d.ID, bytes, len(in.text))
		}
	})
}

// sniffSamples are files under names that say nothing.
var sniffSamples = map[string]string{
	"openssl.cnf":        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.2\n",
	"my.cnf":             "[client]\nssl-ca=/a\n[mysqld]\nssl-cert=/b\n",
	"postgresql.conf":    "ssl = on\nssl_cert_file = 'a'\nssl_key_file = 'b'\n",
	"pg_hba.conf":        "local all all peer\nhostssl all all 0.0.0.0/0 scram-sha-256\n",
	"mssql.conf":         "[network]\ntlscert = /a\n",
	"freetds.conf":       "[global]\ntds version = auto\n",
	"odbc.ini":           "[dsn]\nDriver = ODBC Driver 18 for SQL Server\nServer = a\nEncrypt = yes\n",
	"java.security":      "jdk.tls.disabledAlgorithms=SSLv3, \\\n  RC4\n",
	"reg":                regSample,
	"Get-TlsCipherSuite": "TLS_AES_256_GCM_SHA384\nTLS_AES_128_GCM_SHA256\nTLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n",
	"crypto-policies":    "DEFAULT:NO-SHA1\n",
	"Windows":            systeminfoEnglish,
}

// TestSniff: each kind of file is known by its content alone, and no two readers are equally sure of it.
func TestSniff(t *testing.T) {
	for id, text := range sniffSamples {
		for _, name := range []string{"evidence", "C:\\temp\\config.txt"} {
			if got := Sniff(name, []byte(text)); got != id {
				t.Errorf("%s under the name %s is taken for %q", id, name, got)
			}
		}
		best, twice := 0, ""
		for _, d := range dialects {
			switch n := d.sniff("evidence", []byte(text)); {
			case n > best:
				best, twice = n, ""
			case n == best && n > 0:
				twice = d.ID
			}
		}
		if twice != "" {
			t.Errorf("%s: %s is as sure", id, twice)
		}
	}
	for name, want := range map[string]string{
		"/etc/ssl/openssl.cnf": "openssl.cnf", "C:\\ProgramData\\MySQL\\my.ini": "my.cnf", "/etc/mysql/mariadb.conf.d/50-server.cnf": "my.cnf",
		"postgresql.auto.conf": "postgresql.conf", "pg_hba.conf": "pg_hba.conf", "/var/opt/mssql/mssql.conf": "mssql.conf", ".odbc.ini": "odbc.ini",
		"odbcinst.ini": "odbc.ini", "export.reg": "reg", "/etc/crypto-policies/config": "crypto-policies",
	} {
		if got := Sniff(name, []byte("# nothing yet\n")); got != want {
			t.Errorf("%s is taken for %q, want %q", name, got, want)
		}
	}
}

// TestSniffProse: logs, articles and errors are no configuration.
func TestSniffProse(t *testing.T) {
	for _, text := range []string{
		"2024-01-01 12:00:00 [error] 1#1: SSL_do_handshake() failed (SSL: error:0A000086)\n",
		"To fix it set MinProtocol to TLSv1.2 in openssl.cnf, under [system_default_sect].\n",
		"ERROR 2026 (HY000): SSL connection error: tls_process_server_certificate\n",
		"[root@db ~]# mysql -h db\nhost all\n", "host = db.example.test\n", "",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
	} {
		if got := Sniff("evidence.txt", []byte(text)); got != "" {
			t.Errorf("taken for %s: %s", got, text)
		}
	}
}

// TestNoSecretIsKept plants one in each form, in the options that hold one and in those that look harmless.
func TestNoSecretIsKept(t *testing.T) {
	const secret = "hunter2hunter2"
	for id, text := range map[string]string{
		"my.cnf":          "[client]\npassword=hunter2hunter2\npassword1='hunter2hunter2'\nssl-passphrase=hunter2hunter2\nloose-ssl-key-password=hunter2hunter2\n[mysqld]\nssl_passphrase=hunter2hunter2\n",
		"postgresql.conf": "ssl_passphrase_command = 'echo hunter2hunter2'\nssl_passphrase = 'hunter2hunter2'\nprimary_conninfo = 'host=a password=hunter2hunter2'\n",
		"pg_hba.conf":     "host all all all ldap ldapserver=a ldapbindpasswd=hunter2hunter2\nhost all all all radius radiussecrets=\"hunter2hunter2\"\n",
		"odbc.ini":        "[a]\nDriver=FreeTDS\nPWD=hunter2hunter2\n[b]\nPassword=hunter2hunter2\n[c]\nDriver=ODBC Driver 18 for SQL Server\nPwd = {hunter2hunter2}\n",
		"freetds.conf":    "[a]\ntds version=auto\npassword = hunter2hunter2\n",
		"mssql.conf":      "[network]\ntlscert=/a\nldappassword=hunter2hunter2\n",
		"java.security":   "jdk.tls.legacyAlgorithms=\njavax.net.ssl.keyStorePassword=hunter2hunter2\nssl.keyPassword=hunter2hunter2\n",
		"openssl.cnf":     opensslChain + "[sys]\ninput_password = hunter2hunter2\n[req]\noutput_password = hunter2hunter2\n",
	} {
		res, err := Read(context.Background(), id, strings.NewReader(text), Options{})
		if err != nil || res.Dialect != id {
			t.Errorf("%s: %v, dialect %q", id, err, res.Dialect)
		}
		for _, s := range res.Settings {
			if all := s.Name + strings.Join(s.Args, " ") + strings.Join(s.Scope, " ") + s.Near; strings.Contains(all, secret) || !utf8.ValidString(all) {
				t.Errorf("%s keeps it: %+v", id, s)
			}
		}
	}
}
