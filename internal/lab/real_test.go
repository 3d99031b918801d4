package lab

import (
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/microsoft/go-mssqldb"
)

// TestRealClients: what the databases' own command line clients say about endpoints.
func TestRealClients(t *testing.T) {
	e := newTestEnv(t)
	for _, c := range []struct{ proto, slug, want string }{
		{"postgres", Healthy, `password authentication failed for user "app"`},
		{"postgres", "server-tls-disabled", "server does not support SSL, but SSL was required"},
		{"postgres", "not-a-tls-problem", "error response during SSL exchange|sorry, too many clients already"},
		{"postgres", "not-this-protocol", "received invalid response to SSL negotiation|server closed the connection|EOF"},
		{"postgres", "server-speaks-plaintext", "received invalid response to SSL negotiation: H"},
		{"postgres", "implicit-tls-required", "server closed the connection|EOF detected|expectedly"},
		{"postgres", "proxy-header-mismatch", "server closed the connection|EOF detected|expectedly"},
		{"postgres", "certificate-expired", "certificate has expired|certificate verify failed"},
		{"postgres", "hostname-mismatch", `certificate for "intranet.shop.test" does not match host name "db.shop.test"`},
		{"postgres", "closed-after-hello", "SSL error|SSL SYSCALL error: EOF"},
		{"postgres", "extended-master-secret-required", "password authentication failed"}, // served by the engine
		{"mysql", "extended-master-secret-required", "ERROR 1045"},
		{"mysql", Healthy, "ERROR 1045"},
		{"mysql", "server-tls-disabled", "ERROR 1045"}, // without verification it goes on in clear
		{"mysql", "not-a-tls-problem", "1040 - Too many connections|ERROR 1040"},
		{"mysql", "server-speaks-plaintext", "ERROR"},
		{"mysql", "closed-after-hello", "TLS/SSL error|SSL connection error"},
	} {
		t.Run(c.slug+" "+c.proto, func(t *testing.T) {
			end, p := start(t, e, c.proto, c.slug)
			v := newVisitor(t, e, end, p)
			said := map[string]func(*testing.T, *visitor) string{"postgres": psql, "mysql": mariadb}[c.proto](t, v)
			if !containsOne(said, c.want) {
				t.Errorf("it does not say %q but\n%s", c.want, said)
			}
		})
	}
}

// psql connects with everything verified, the address given beside the name as with --connect.
func psql(t *testing.T, v *visitor) string {
	host, port, _ := net.SplitHostPort(v.end.Addr)
	conn := fmt.Sprintf("host=%s hostaddr=%s port=%s user=app password=none dbname=shop sslmode=verify-full sslrootcert=%s connect_timeout=5",
		v.end.Host, host, port, v.flag("--ca"))
	return run(t, "", program(t, "psql"), "--no-psqlrc", "-c", "select 1", conn)
}

func mariadb(t *testing.T, v *visitor) string {
	host, port, _ := net.SplitHostPort(v.end.Addr)
	return run(t, "", program(t, "mariadb"), "--no-defaults", "--protocol=tcp", "-h", host, "-P", port, "-u", "app", "-pnone",
		"--ssl", "--ssl-ca="+v.flag("--ca"), "--skip-ssl-verify-server-cert", "-e", "select 1")
}

// TestFreeTDS: tsql reaches the login with each of its encryption settings.
func TestFreeTDS(t *testing.T) {
	tsql := program(t, "tsql")
	e := newTestEnv(t)
	end, _ := start(t, e, "mssql", Healthy)
	host, port, _ := net.SplitHostPort(end.Addr)
	for _, encryption := range []string{"off", "request", "require"} {
		conf := filepath.Join(t.TempDir(), "freetds.conf")
		text := fmt.Sprintf("[lab]\nhost = %s\nport = %s\ntds version = 7.4\nencryption = %s\n", host, port, encryption)
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("FREETDSCONF", conf)
		if said := run(t, "quit\n", tsql, "-S", "lab", "-U", "app", "-P", "none"); !containsOne(said, "Login failed for user") {
			t.Errorf("encryption = %s: tsql says\n%s", encryption, said)
		}
	}
}

// TestGoMSSQL: Microsoft's Go driver reaches the login in every mode, certificate verified where it does that.
func TestGoMSSQL(t *testing.T) {
	e := newTestEnv(t)
	for encrypt, proto := range map[string]string{"disable": "mssql", "false": "mssql", "true": "mssql", "strict": "mssql-strict"} {
		end, p := start(t, e, proto, Healthy)
		said := loginBy(t, newVisitor(t, e, end, p), encrypt)
		if !strings.Contains(said, "Login failed for user") {
			t.Errorf("encrypt=%s: %s", encrypt, said)
		}
	}
	for _, encrypt := range []string{"false", "true"} { // through the engine, and through a hello read ahead
		for _, slug := range []string{"extended-master-secret-required", "sni-missing"} {
			end, p := start(t, e, "mssql", slug)
			if said := loginBy(t, newVisitor(t, e, end, p), encrypt); !strings.Contains(said, "Login failed for user") {
				t.Errorf("%s, encrypt=%s: %s", slug, encrypt, said)
			}
		}
	}
	for slug, want := range map[string]string{
		"certificate-expired": "certificate has expired", "hostname-mismatch": "intranet.shop.test",
		"server-tls-disabled": "encrypt", "closed-after-hello": "EOF", "ca-not-trusted": "unknown authority",
		"server-key-exchange-signature": "invalid signature",
	} {
		end, p := start(t, e, "mssql", slug)
		if said := loginBy(t, newVisitor(t, e, end, p), "true"); !strings.Contains(said, want) {
			t.Errorf("%s: %s, want %q", slug, said, want)
		}
	}
}

// loginBy is how the driver's attempt to log in ends.
func loginBy(t *testing.T, v *visitor, encrypt string) string {
	t.Helper()
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword("app", "none"), Host: v.end.Addr, RawQuery: url.Values{
		"encrypt": {encrypt}, "certificate": {v.flag("--ca")}, "hostnameincertificate": {v.end.Host}, "dial timeout": {"5"},
	}.Encode()}
	db, err := sql.Open("sqlserver", u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); err != nil {
		return err.Error()
	}
	return "logged in"
}
