package conf

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// last is the value of the last setting of a name.
func last(settings []fact.Setting, name string) string {
	value := ""
	for _, s := range settings {
		if s.Name == name {
			value = s.Value()
		}
	}
	return value
}

// TestGoMSSQLAgrees: host, port, instance and encryption as the driver's own parser reads them.
func TestGoMSSQLAgrees(t *testing.T) {
	encryption := map[string]msdsn.Encryption{"": msdsn.EncryptionOff, "true": msdsn.EncryptionRequired, "yes": msdsn.EncryptionRequired,
		"mandatory": msdsn.EncryptionRequired, "optional": msdsn.EncryptionOff, "false": msdsn.EncryptionOff, "strict": msdsn.EncryptionStrict, "disable": msdsn.EncryptionDisabled}
	for _, text := range []string{
		"sqlserver://sa:pw@db:1433?encrypt=strict", "sqlserver://sa:p%40w@db/inst?encrypt=true&TrustServerCertificate=true", "sqlserver://db:1444?database=x&encrypt=disable",
		"sqlserver://[::1]:1433?encrypt=optional&hostNameInCertificate=h", "odbc:server=db;port=1444;encrypt=yes;password={a;b}", "odbc:server=db\\inst;encrypt=mandatory",
		"server=db;port=1433;user id=sa;password=x;encrypt=disable", "server=db\\inst;user id=sa;encrypt=false;dial timeout=3",
	} {
		want, err := msdsn.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, ok := String(text)
		if !ok {
			t.Errorf("%s: not read", text)
			continue
		}
		s := got.Settings
		host, instance, _ := strings.Cut(last(s, "server"), `\`)
		instance += last(s, "instance")
		port, _ := strconv.ParseUint(last(s, "port"), 10, 64)
		if host != want.Host || instance != want.Instance || port != want.Port || encryption[strings.ToLower(last(s, "encrypt"))] != want.Encryption {
			t.Errorf("%s: read %s; the driver: %s %s %d %v", text, brief(s), want.Host, want.Instance, want.Port, want.Encryption)
		}
		if name := last(s, "hostNameInCertificate"); name != "" && want.TLSConfig.ServerName != name {
			t.Errorf("%s: the driver verifies %q", text, want.TLSConfig.ServerName)
		}
	}
}

// goMySQLSeeds are data source names in the forms of the driver's documentation.
var goMySQLSeeds = []string{
	"u:p@tcp(db:3306)/x?tls=skip-verify", "tcp(db)/x", "u:p@/@ss@tcp([de:ad:be:ef::ca:fe]:80)/db?tls=true", "u@tcp(127.0.0.1:3307)/?tls=preferred&timeout=3s",
	"u:p%20@tcp(a.b)/d%2Fb?charset=utf8mb4", "u:(p)@tcp(db:1)/x?tls=false",
	"u:p@/x?tls=true", "u:p@tcp/x?tls=skip-verify",
}

func TestGoMySQLAgrees(t *testing.T) {
	for _, text := range goMySQLSeeds {
		if !sameGoMySQL(t, text) {
			t.Errorf("%s: not read", text)
		}
	}
}

func FuzzGoMySQL(f *testing.F) {
	for _, s := range goMySQLSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { sameGoMySQL(t, text) })
}

// sameGoMySQL compares what both sides read; it reports false where ours takes the text for none.
func sameGoMySQL(t *testing.T, text string) bool {
	s := readGoMySQL(text)
	want, err := mysql.ParseDSN(text)
	if err != nil || len(s) == 0 || last(s, "protocol") != "tcp" || want.Net != "tcp" {
		return len(s) > 0
	}
	host, port := last(s, "host"), last(s, "port")
	theirHost, theirPort, err := net.SplitHostPort(want.Addr)
	if err != nil || host == "" || theirPort == "" {
		return true
	}
	if port == "" {
		port = "3306"
	}
	if host != theirHost || port != theirPort || last(s, "user") != want.User || last(s, "database") != want.DBName || last(s, "tls") != want.TLSConfig {
		t.Errorf("%q: read %s; the driver: %s %s %s %s", text, brief(s), want.Addr, want.User, want.DBName, want.TLSConfig)
	}
	return true
}

var libpqSeeds = []string{
	"host=db port=5433 user=u sslmode=require", "postgres://u:p@db:5433/x?sslmode=disable", `host='d b' user = 'o\'x' sslmode=prefer`,
	"postgresql://u@[::1]:5432/x?sslmode=require&connect_timeout=3", "postgres://u:p@h1,h2:5433/x?sslmode=allow", "host=a,b port=1,2 user=u sslmode=disable",
	"postgres://u:p%2Fw@db/x?sslmode=verify-full&sslsni=0", "user=u host=1.2.3.4 sslmode=verify-ca",
}

// TestPgxAgrees: hosts, ports, user and whether TLS is used, as pgx reads them.
func TestPgxAgrees(t *testing.T) {
	cleanPG(t)
	for _, text := range libpqSeeds {
		s, ok := String(text)
		want, err := pgconn.ParseConfig(text)
		if !ok || err != nil {
			t.Errorf("%s: read %v; pgx: %v", text, ok, err)
			continue
		}
		samePG(t, text, s.Settings, want)
	}
}

// cleanPG keeps this machine's environment and files out of pgx's answers.
func cleanPG(t *testing.T) {
	for _, v := range environment.all() {
		if strings.HasPrefix(v.name, "PG") {
			t.Setenv(v.name, "") // so that it is set again afterwards
			if err := os.Unsetenv(v.name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("HOME", t.TempDir())
}

func samePG(t *testing.T, text string, s []fact.Setting, want *pgconn.Config) {
	hosts := strings.Split(last(s, "host"), ",")
	ports := strings.Split(last(s, "port"), ",")
	port := ports[0]
	if port == "" {
		port = "5432"
	}
	mode := last(s, "sslmode")
	first := mode == "disable" || mode == "allow" // pgx tries plain text first
	if hosts[0] != want.Host || port != strconv.Itoa(int(want.Port)) || last(s, "user") != want.User || first != (want.TLSConfig == nil) {
		t.Errorf("%s: read %s; pgx: %s %d %s, TLS %v", text, brief(s), want.Host, want.Port, want.User, want.TLSConfig != nil)
	}
	for i, f := range want.Fallbacks {
		found := false
		for _, h := range hosts {
			found = found || h == f.Host
		}
		if !found {
			t.Errorf("%s: pgx falls back to %s (%d), which is none of %q", text, f.Host, i, hosts)
		}
	}
}

// TestLibpqRefusesWhatIsUnknown: psql itself refuses each option or value marked unknown, and no other.
func TestLibpqRefusesWhatIsUnknown(t *testing.T) {
	psql := needProgram(t, "psql")
	for _, text := range []string{
		"sslmode=require", "sslmode=REQUIRE", "sslmode=verify_full", "sslmod=require", "ssl_min_protocol_version=tlsv1.2", "ssl_min_protocol_version=TLSv1.4",
		"sslsni=0", "channel_binding=required", "gssencmode=disable", "ssl-mode=require", "sslrootcert=/nonexistent", "SSLMODE=require",
	} {
		conninfo := "host=127.0.0.1 port=1 " + text
		out, _ := exec.Command(psql, "-w", conninfo).CombinedOutput()
		refused := strings.Contains(string(out), "invalid")
		r, ok := String(conninfo)
		if !ok {
			t.Errorf("%s: not read", conninfo)
			continue
		}
		if s := r.Settings[len(r.Settings)-1]; s.Unknown != refused {
			t.Errorf("%s: unknown %v; psql: %s", text, s.Unknown, out)
		}
	}
}
