package conf

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMyCnf(t *testing.T) {
	files := tree{
		"/etc/mysql/my.cnf": `# comment
[client]
ssl_ca = "/etc/ssl/my ca.pem"  # why
ssl-mode=VERIFY_IDENTITY
password = hunter2#x
skip-ssl
loose_ssl-verify-server-cert
ssl-mod=require
ssl-mode=VERIFY-FULL
require_secure_transport=ON
innodb_buffer_pool_size=1G

[mysqld]
ssl_cert=/etc/mysql/server.pem
enable-ssl
tls_version=TLSv1.2,TLSv1.3
require_secure_transports=ON
ssl-mode=REQUIRED
innodb-encrypt-tables=ON
ssl-ciph=AES128-SHA
ssl_crt=/etc/mysql/server.pem

[client-mariadb]
ssl-mode=REQUIRED
!includedir /etc/mysql/conf.d/
!include /etc/mysql/gone.cnf
`,
		"/etc/mysql/conf.d/b.cnf":  "[mariadb-dump]\nssl=0\n",
		"/etc/mysql/conf.d/a.cnf":  "ssl=1\n[mysqld\nport=3307",
		"/etc/mysql/conf.d/a.cnf~": "[client]\nssl=0\n",
	}
	res := files.read(t, "/etc/mysql/my.cnf")
	wantSettings(t, res, `
/etc/mysql/my.cnf:3  client > ssl-ca /etc/ssl/my ca.pem
/etc/mysql/my.cnf:4  client > ssl-mode VERIFY_IDENTITY
/etc/mysql/my.cnf:5  client > password
/etc/mysql/my.cnf:6  client > ssl 0
/etc/mysql/my.cnf:7  client > ssl-verify-server-cert
/etc/mysql/my.cnf:8  client > ssl-mode REQUIRED
/etc/mysql/my.cnf:9  client > ssl-mode VERIFY-FULL  ? ssl-mode=VERIFY_IDENTITY
/etc/mysql/my.cnf:10  client > require-secure-transport ON  ? ssl-mode
/etc/mysql/my.cnf:14  mysqld > ssl-cert /etc/mysql/server.pem
/etc/mysql/my.cnf:15  mysqld > ssl 1
/etc/mysql/my.cnf:16  mysqld > tls-version TLSv1.2,TLSv1.3
/etc/mysql/my.cnf:17  mysqld > require-secure-transports ON  ? require-secure-transport
/etc/mysql/my.cnf:18  mysqld > ssl-mode REQUIRED  ? require-secure-transport
/etc/mysql/my.cnf:20  mysqld > ssl-cipher AES128-SHA
/etc/mysql/my.cnf:21  mysqld > ssl-crt /etc/mysql/server.pem  ? ssl-cert
/etc/mysql/my.cnf:24  client-mariadb > ssl-mode REQUIRED  ? ssl-verify-server-cert
/etc/mysql/conf.d/a.cnf:3  mysqld > port 3307
/etc/mysql/conf.d/b.cnf:2  mariadb-dump > ssl 0`)
	wantGaps(t, res, "/etc/mysql/conf.d/a.cnf:1: an option: it stands before the first group: the programs refuse the file",
		"/etc/mysql/conf.d/a.cnf:2: a group: its name lacks the closing bracket: the programs refuse the file",
		"/etc/mysql/my.cnf:26: /etc/mysql/gone.cnf: file does not exist")
}

// mycnfValues are values as they are written; what they mean is for my_print_defaults to say.
var mycnfValues = []string{`/etc/ca.pem`, `"/etc/a b.pem"`, `'x' y`, `a#b`, `"a#b" # c`, `a\sb`, `a\\b`, `C:\certs\new`, `"it\"s"`, `  padded  `, `'half`, `"\t"`, `a;b`, `"x"#`, `"`}

// TestMyCnfAgrees: values come out of our reading as out of the products'.
func TestMyCnfAgrees(t *testing.T) {
	program := needProgram(t, "my_print_defaults")
	var text strings.Builder
	text.WriteString("[client]\n")
	for _, v := range mycnfValues {
		text.WriteString("ssl-ca = " + v + "\n")
	}
	name := filepath.Join(t.TempDir(), "my.cnf")
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "--defaults-file="+name, "client").Output()
	if err != nil {
		t.Fatal(err)
	}
	res := tree{"my.cnf": text.String()}.read(t, "my.cnf")
	var got strings.Builder
	for _, s := range res.Settings {
		got.WriteString("--" + s.Name + "=" + s.Value() + "\n")
	}
	if got.String() != string(out) {
		t.Errorf("we read\n%s\nthe product\n%s", got.String(), out)
	}
}

// TestMariaDBAgrees: the server's own list of variables shows what our reading has in force, and the server refuses what
// we call unknown.
func TestMariaDBAgrees(t *testing.T) {
	program := needProgram(t, "mariadbd")
	variables := func(text string) (map[string]string, error) {
		name := filepath.Join(t.TempDir(), "my.cnf")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "--defaults-file="+name, "--help", "--verbose").Output()
		values := map[string]string{}
		for line := range strings.Lines(string(out)) {
			if f := strings.Fields(line); len(f) == 2 {
				values[f[0]] = f[1]
			}
		}
		return values, err
	}
	text := "[server]\nssl_ca=/a\nssl_cert=/first\n[mysqld]\nssl-ce='/second'\n[client]\nssl-key=/mine\n[mysqld]\nloose-ssl-mode=REQUIRED\nrequire_secure_transport=1\ntls_version=TLSv1.3\n"
	theirs, err := variables(text)
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{}
	for _, s := range (tree{"my.cnf": text}).read(t, "my.cnf").Settings {
		if serverGroup(s.Scope[0]) && !s.Unknown {
			ours[s.Name] = s.Value()
		}
	}
	ours["require-secure-transport"] = map[string]string{"1": "TRUE"}[ours["require-secure-transport"]]
	for _, name := range []string{"ssl-ca", "ssl-cert", "tls-version", "require-secure-transport"} {
		if ours[name] == "" || ours[name] != theirs[name] {
			t.Errorf("%s: we read %q, the server %q", name, ours[name], theirs[name])
		}
	}
	for _, option := range []string{"ssl-crt=/a", "ssl-mode=REQUIRED", "require_secure_transports=1"} {
		text := "[mysqld]\n" + option + "\n"
		if res := (tree{"my.cnf": text}).read(t, "my.cnf"); len(res.Settings) != 1 || !res.Settings[0].Unknown {
			t.Errorf("%s passes: %+v", option, res.Settings)
		}
		if _, err := variables(text); err == nil {
			t.Errorf("the server takes %s", option)
		}
	}
}

// TestMariaDBKnows: of the options that we know, MariaDB's programs know those that we do not call MySQL's own.
func TestMariaDBKnows(t *testing.T) {
	newer := []string{"ssl-fp", "ssl-fplist", "ssl-passphrase"} // since 11.4 and 12.0
	for name, words := range map[string]*vocabulary{"mariadbd": &mysqlServerOptions, "mariadb": &mysqlClientOptions} {
		out, err := exec.Command(needProgram(t, name), "--no-defaults", "--verbose", "--help").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words.all() {
			known := strings.Contains(string(out), "\n"+w.name+" ") || strings.Contains(string(out), "--"+w.name)
			if alone := mysqlAlone(w.name) || slices.Contains(newer, w.name); known == alone {
				t.Errorf("%s: %s is MySQL's own for us %v, and known to the program %v", name, w.name, alone, known)
			}
		}
	}
}
