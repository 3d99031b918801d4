package conf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// includeForms are how each kind of file takes in another, and a setting behind it.
var includeForms = map[string]struct{ include, after, want string }{
	"openssl.cnf":     {".include ", "openssl_conf = x\n", "chain > default > openssl_conf x"},
	"my.cnf":          {"!include ", "[client]\nssl-ca=/a\n", "client > ssl-ca /a"},
	"postgresql.conf": {"include ", "ssl = on\n", "ssl on"},
	"pg_hba.conf":     {"include ", "local all all peer\n", "local all all peer"},
	"java.security":   {"include ", "ocsp.enable=true\n", "ocsp.enable true"},
}

// TestIncludeForms: what is no file to read is passed over at once, and reading goes on.
func TestIncludeForms(t *testing.T) {
	for base, form := range includeForms {
		t.Run(base, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, base)
			lines := []string{base, "/dev/zero", dir, "gone"}
			if base == "postgresql.conf" {
				for i := range lines {
					lines[i] = "'" + lines[i] + "'"
				}
			}
			text := form.include + strings.Join(lines, "\n"+form.include) + "\n" + form.after
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			res, err := Read(t.Context(), name, strings.NewReader(text), Options{})
			if err != nil || res.Dialect != base {
				t.Fatalf("%v, dialect %q", err, res.Dialect)
			}
			wantGaps(t, res, name+":1: "+name+": the file includes itself", name+":2: /dev/zero: it is no regular file",
				name+":3: "+dir+": it is a directory", name+":4: "+dir+"/gone: no such file or directory")
			if len(res.Settings) != 1 || !strings.HasSuffix(written(res.Settings[0]), "  "+form.want) {
				t.Errorf("settings: %+v", res.Settings)
			}
		})
	}
}

// TestManyLines: files of nothing but lines that must be judged give no more than is kept.
func TestManyLines(t *testing.T) {
	for base, line := range map[string]string{
		"my.cnf": "ssl-ca = \"/etc/ssl/ca.pem\" # c\n", "freetds.conf": "x = y\n", "openssl.cnf": "MinProtocol = $HOME\n",
		"java.security": "jdk.tls.x=1\n", "postgresql.conf": "ssl_x = 1\n", "pg_hba.conf": "host a b c d e\n", "odbc.ini": "sslx = 1\n",
		"mssql.conf": "tlsx = 1\n", "x.reg": "\"Enabld\"=dword:1\n", "a.pmod": "x = y\n", "suites.txt": "TLS_AES_256_GCM_SHA384 {771}\n",
	} {
		head := map[string]string{"my.cnf": "[client]\n", "mssql.conf": "[network]\n", "x.reg": `[HKEY_LOCAL_MACHINE\SYSTEM\x\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2]` + "\n"}[base]
		text := head + strings.Repeat(line, 1<<18/len(line))
		res := tree{base: text}.read(t, base)
		if res.Dialect == "" || len(res.Settings) == 0 || len(res.Gaps) > maxGaps {
			t.Errorf("%s: %q, %d settings, %d gaps", base, res.Dialect, len(res.Settings), len(res.Gaps))
		}
	}
}
