package conf

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// commandLines: what each program's manual says of such a command.
var commandLines = []struct{ text, dialect, want string }{
	{`mysql -h db.example.test -uroot -phunter2 --ssl_mode=VERIFY_IDENTITY --ssl-ca=ca.pem shop`, "mysql",
		`host=db.example.test | user=root | password | ssl-mode=VERIFY_IDENTITY | ssl-ca=ca.pem`},
	{`mysql -p hunter2 --ssl-mode VERIFY -h db`, "mysql", `password | ssl-mode=VERIFY?ssl-mode=VERIFY_CA | host=db`},
	{`/usr/bin/mariadb --host=db --ssl-verify-server --ssl-mode=REQUIRED -e "select 'hunter2'"`, "mariadb",
		`host=db | ssl-verify-server-cert | ssl-mode=REQUIRED?ssl-verify-server-cert | execute`},
	{`mysqldump -h db --single-transaction --skip-ssl --databases a b`, "mysql", `host=db | single-transaction | skip-ssl | databases`},
	{`PGSSLMODE=require PGPASSWORD=hunter2 psql "host=db sslmode=verify-full password=hunter2" -c 'select 1'`, "psql",
		`PGSSLMODE=require | PGPASSWORD | host=db | sslmode=verify-full | password | command`},
	{`psql -tA -d "host=db sslmode=require password=hunter2" -c x`, "psql", `tuples-only | no-align | host=db | sslmode=require | password | command`},
	{`pg_dump -c -v -h db -t orders "host=db2 sslmode=require" -Fc`, "psql", `client | verbose | host=db | table | dbname=orders | host=db2 | sslmode=require | format=c`},
	{`sudo -u postgres psql -h db -p5433 -U me shop`, "psql", `host=db | port=5433 | user=me | dbname=shop`},
	{`bash -c "psql 'postgres://u:hunter2@h/d?sslmode=require'"`, "psql", `host=h | user=u | password | dbname=d | sslmode=require`},
	{`docker exec -it -e MYSQL_PWD=hunter2 mysql mysql -h db --ssl-mode=REQUIRED`, "mysql", `MYSQL_PWD | host=db | ssl-mode=REQUIRED`},
	{`kubectl exec -n shop mysql-0 -c mysql -- mysql --host=db`, "mysql", `host=db`},
	{`sqlcmd -S tcp:db,1433 -U sa -Phunter2 -N -C -Q "select 'hunter2'"`, "sqlcmd", `-S=tcp:db,1433 | -U=sa | -P | -N | -C | -Q`},
	{`sqlcmd -S db -Nstrict -F name.example.test`, "sqlcmd", `-S=db | -N=strict | -F=name.example.test`},
	{`sqlcmd --server db --encrypt-connection mandatory`, "sqlcmd", `-S=db | -N=mandatory`},
	{`bcp shop.dbo.t out t.dat -S db -U sa -P hunter2 -Ym -u`, "bcp", `-S=db | -U=sa | -P | -Y=m | -u`},
	{`tsql -H db -p 1433 -U sa -P hunter2`, "tsql", `-H=db | -p=1433 | -U=sa | -P`},
	{`curl -vk -u u:hunter2 -H 'Authorization: Bearer hunter2' https://u:hunter2@db.example.test:8443/a?token=hunter2 --cacert ca.pem`, "curl",
		`--verbose | --insecure | --user | --header | URL=https://db.example.test:8443 | --cacert=ca.pem`},
	{`curl --cacrt ca.pem https://db`, "curl", `--cacrt=ca.pem?--cacert | URL=https://db`},
	{`wget --no-check-certificate --password=hunter2 https://x.example.test/y`, "wget", `--no-check-certificate | --password | URL=https://x.example.test`},
	{`openssl s_client -connect db:3306 -servername x -CAfile ca.pem -starttls mysql -verify_return_error </dev/null`, "openssl",
		`-connect=db:3306 | -servername=x | -CAfile=ca.pem | -starttls=mysql | -verify_return_error`},
	{`redis-cli -h r --tls --insecure -a hunter2 ping`, "redis-cli", `-h=r | --tls | --insecure | -a`},
	{`gnutls-cli -p 443 db --x509cafile ca.pem`, "gnutls-cli", `--port=443 | hostname=db | --x509cafile=ca.pem`},
}

func TestCommand(t *testing.T) {
	for _, test := range commandLines {
		got, ok := Command(splitShell(test.text))
		if !ok || got.Dialect != test.dialect {
			t.Errorf("%s: read as %q (%v), want %q", test.text, got.Dialect, ok, test.dialect)
			continue
		}
		if s := brief(got.Settings); s != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, s, test.want)
		}
		if b, err := json.Marshal(got); err != nil || strings.Contains(string(b), "hunter2") {
			t.Errorf("%s: a secret is kept in %s (%v)", test.text, b, err)
		}
	}
}

// TestCommandSaysWhere: the place of a setting is the number of its argument, the program being number 0.
func TestCommandSaysWhere(t *testing.T) {
	got, _ := Command([]string{"sudo", "mysql", "-h", "db", "--ssl-mode=REQUIRED"})
	if len(got.Settings) != 2 || got.Settings[0].Ref.At != "argument 1" || got.Settings[1].Ref.At != "argument 3" {
		t.Errorf("%+v", got.Settings)
	}
}

func TestOtherCommandsAreNotRead(t *testing.T) {
	for _, text := range []string{"", "ls -l", "echo mysql -h db", "openssl x509 -in a", "nginx -t", "vim psql", "-- --", "sudo", "docker ps"} {
		if r, ok := Command(splitShell(text)); ok {
			t.Errorf("%q read as %s: %s", text, r.Dialect, brief(r.Settings))
		}
	}
}

// TestMariaDBTakesTheSame: the client itself prints the values that it has taken from the same arguments.
func TestMariaDBTakesTheSame(t *testing.T) {
	program := needProgram(t, "mariadb")
	args := []string{"--no-defaults", "--host=db.example.test", "-P3307", "--ssl_ca=/ca.pem", "--ssl-verify-server-cert", "--ssl-key", "/key.pem", "--tls-version=TLSv1.3", "-pnothing"}
	out, err := exec.Command(program, append(args, "--help")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	got, ok := Command(append([]string{"mariadb"}, args...))
	if !ok {
		t.Fatal("not read")
	}
	for _, name := range []string{"host", "port", "ssl-ca", "ssl-key", "tls-version"} {
		if want := printed(string(out), name); last(got.Settings, name) != want {
			t.Errorf("%s: read %q, the client has %q", name, last(got.Settings, name), want)
		}
	}
	if printed(string(out), "ssl-verify-server-cert") != "TRUE" || !strings.Contains(brief(got.Settings), "ssl-verify-server-cert") {
		t.Errorf("verification is not switched on in %s", brief(got.Settings))
	}
}

// printed is a variable's value in the table that MariaDB's programs end their help with.
func printed(help, name string) string {
	for line := range strings.Lines(help) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == name {
			return f[1]
		}
	}
	return ""
}

// TestShellWords: as sh splits them.
func TestShellWords(t *testing.T) {
	sh := needProgram(t, "sh")
	for _, text := range []string{`a 'b c' "d \"e\" \x" f\ g ''`, `x='y z' w"q"'r'`, "a\tb", `a | b`, `a>b`, `"a'b" 'c"d'`} {
		out, err := exec.Command(sh, "-c", `printf '%s\0' `+strings.NewReplacer("|", "#", ">", " #").Replace(text)).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimSuffix(string(out), "\x00")
		if got := strings.Join(splitShell(text), "\x00"); got != want && !strings.ContainsAny(text, "|>") {
			t.Errorf("%s: %q, sh says %q", text, got, want)
		}
	}
	if got := splitShell("a b|c d"); strings.Join(got, ",") != "a,b" {
		t.Errorf("a pipe goes on: %q", got)
	}
}

func TestEnvironment(t *testing.T) {
	r, _ := Command([]string{"PGPASSWORD=hunter2", "PGSSLMODE=verify_full", "SSL_CERT_FILE=/ca.pem", "HOME=/root",
		"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStorePassword=hunter2", "psql"})
	if s := brief(r.Settings); !strings.HasPrefix(s, "PGPASSWORD | PGSSLMODE=verify_full?PGSSLMODE=verify-full | SSL_CERT_FILE=/ca.pem") || strings.Contains(s, "hunter2") {
		t.Error(s)
	}
}

func FuzzCommand(f *testing.F) {
	for _, test := range commandLines {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := Command(splitShell(text))
		if !ok && len(r.Settings) > 0 {
			t.Error("settings of no command")
		}
	})
}
