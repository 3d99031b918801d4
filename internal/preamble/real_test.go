package preamble

import (
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	mssqldb "github.com/microsoft/go-mssqldb"
)

// need finds a program, or skips the test; with TLSWHY_REQUIRE_REAL=1 it fails instead.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, "the program "+program+" is not installed")
	}
	return path
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// endpoint serves a protocol on loopback: preamble, handshake of crypto/tls, a login denied.
func endpoint(t *testing.T, p Protocol, o Options, most uint16) (host, port string) {
	t.Helper()
	return endpointWith(t, p, o, serverTLS(t, p, most))
}

func endpointWith(t *testing.T, p Protocol, o Options, conf *tls.Config) (host, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	ctx := patience(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				(&played{}).serve(ctx, p, c, o, conf)
			}()
		}
	}()
	host, port, _ = net.SplitHostPort(l.Addr().String())
	return host, port
}

func TestGoMSSQLIsDenied(t *testing.T) {
	rows := []struct {
		encrypt, server string
		p               Protocol
	}{
		{"disable", "off", mssql()},
		{"disable", "none", mssql()},
		{"false", "off", mssql()}, // TLS for the login packet alone
		{"false", "on", mssql()},
		{"false", "none", mssql()},
		{"true", "off", mssql()},
		{"true", "on", mssql()},
		{"strict", "strict", mssqlStrict()}, // verifies whatever TrustServerCertificate says
	}
	for _, r := range rows {
		t.Run(r.encrypt+" to "+r.server, func(t *testing.T) {
			conf := serverTLS(t, r.p, tls.VersionTLS12)
			host, port := endpointWith(t, r.p, Options{Encryption: r.server}, conf)
			trust := "&TrustServerCertificate=true"
			if r.encrypt == "strict" {
				trust = "&certificate=" + pemFile(t, conf)
			}
			err := pingMSSQL(t, host, port, r.encrypt+trust)
			var denied mssqldb.Error
			if !errors.As(err, &denied) || denied.Number != 18456 {
				t.Errorf("got %v, want error 18456", err)
			}
		})
	}
}

func TestGoMSSQLIsDeclined(t *testing.T) {
	host, port := endpoint(t, mssql(), Options{NoTLS: true}, tls.VersionTLS12)
	err := pingMSSQL(t, host, port, "true&TrustServerCertificate=true")
	if err == nil || !strings.Contains(err.Error(), "server does not support encryption") {
		t.Errorf("got %v", err)
	}
}

// pemFile writes a server's certificate for clients to trust.
func pemFile(t *testing.T, conf *tls.Config) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "server.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conf.Certificates[0].Certificate[0]})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func pingMSSQL(t *testing.T, host, port, encrypt string) error {
	t.Helper()
	db, err := sql.Open("sqlserver", fmt.Sprintf("sqlserver://u:p@%s:%s?encrypt=%s&dial+timeout=5", host, port, encrypt))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return db.PingContext(patience(t))
}

// runClient runs a client and returns all it printed.
func runClient(t *testing.T, env []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Env = append(os.Environ(), env...)
	c.WaitDelay = time.Second
	out, _ := c.CombinedOutput()
	return string(out)
}

func TestFreeTDSIsDenied(t *testing.T) {
	tsql := need(t, "tsql")
	for _, r := range []struct{ client, server string }{{"off", "off"}, {"request", "off"}, {"request", "on"}, {"require", "off"}, {"require", "on"}, {"off", "none"}} {
		t.Run(r.client+" to "+r.server, func(t *testing.T) {
			host, port := endpoint(t, mssql(), Options{Encryption: r.server}, tls.VersionTLS12)
			conf := filepath.Join(t.TempDir(), "freetds.conf")
			text := fmt.Sprintf("[lab]\n\thost = %s\n\tport = %s\n\ttds version = 7.4\n\tencryption = %s\n\tcheck certificate hostname = no\n", host, port, r.client)
			if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out := runClient(t, []string{"FREETDSCONF=" + conf}, tsql, "-S", "lab", "-U", "u", "-P", "p")
			if !strings.Contains(out, "18456") || !strings.Contains(out, "Login failed for user.") {
				t.Errorf("tsql printed:\n%s", out)
			}
		})
	}
}

func TestMariaDBClientIsDenied(t *testing.T) {
	client := need(t, "mariadb")
	for _, server := range []string{"", "MySQL 8.4.6", "MariaDB 10.11.19"} {
		for _, tlsArgs := range [][]string{nil, {"--ssl"}, {"--skip-ssl"}} {
			host, port := endpoint(t, *ByID("mysql"), Options{Server: server}, tls.VersionTLS13)
			args := append([]string{"--no-defaults", "-h", host, "-P", port, "-u", "u", "-pp"}, tlsArgs...)
			if out := runClient(t, nil, client, args...); !strings.Contains(out, "1045 (28000)") || !strings.Contains(out, "Access denied") {
				t.Errorf("%q %v: mariadb printed:\n%s", server, tlsArgs, out)
			}
		}
	}
}

func TestMariaDBClientShowsTheErrorInsteadOfTheGreeting(t *testing.T) {
	client := need(t, "mariadb")
	host, port := endpoint(t, *ByID("mysql"), Options{Error: &Error{Code: 1040, Text: "Too many connections"}}, tls.VersionTLS13)
	if out := runClient(t, nil, client, "--no-defaults", "-h", host, "-P", port, "-u", "u", "-pp"); !strings.Contains(out, "1040") || !strings.Contains(out, "Too many connections") {
		t.Errorf("mariadb printed:\n%s", out)
	}
}

func TestGoMySQLIsDenied(t *testing.T) {
	for _, server := range []string{"", "MySQL 8.4.6"} {
		for _, mode := range []string{"false", "skip-verify", "preferred"} {
			host, port := endpoint(t, *ByID("mysql"), Options{Server: server}, tls.VersionTLS13)
			db, err := sql.Open("mysql", fmt.Sprintf("u:p@tcp(%s:%s)/?tls=%s", host, port, mode))
			if err != nil {
				t.Fatal(err)
			}
			err = db.PingContext(patience(t))
			db.Close()
			var denied *mysqldriver.MySQLError
			if !errors.As(err, &denied) || denied.Number != 1045 || string(denied.SQLState[:]) != "28000" {
				t.Errorf("%q tls=%s: %v", server, mode, err)
			}
		}
	}
}

func TestPgxIsDenied(t *testing.T) {
	rows := []struct {
		p    Protocol
		args string
	}{
		{postgres(), "sslmode=require"},
		{postgres(), "sslmode=disable"},
		{postgres(), "sslmode=prefer"},
		{postgresDirect(), "sslmode=require&sslnegotiation=direct"},
	}
	for _, r := range rows {
		host, port := endpoint(t, r.p, Options{}, tls.VersionTLS13)
		_, err := pgconn.Connect(patience(t), fmt.Sprintf("postgres://u:p@%s:%s/d?%s", host, port, r.args))
		var denied *pgconn.PgError
		if !errors.As(err, &denied) || denied.Code != "28P01" || denied.Severity != "FATAL" {
			t.Errorf("%s %s: %v", r.p.ID, r.args, err)
		}
	}
}

func TestPsqlIsDenied(t *testing.T) {
	psql := need(t, "psql")
	rows := []struct {
		mode string
		o    Options
		want string
	}{
		{"require", Options{}, "password authentication failed for user \"u\""},
		{"prefer", Options{}, "password authentication failed"},
		{"disable", Options{}, "password authentication failed"},
		{"disable", Options{NeedTLS: true}, "no pg_hba.conf entry for host \"127.0.0.1\", user \"u\", database \"d\", no encryption"},
		{"prefer", Options{NoTLS: true}, "password authentication failed"},
		{"require", Options{NoTLS: true}, "server does not support SSL, but SSL was required"},
		// libpq shows no words that came unencrypted since CVE-2024-10977.
		{"require", Options{Error: &Error{State: "53300", Text: "sorry, too many clients already"}}, "server sent an error response during SSL exchange"},
		{"require", Options{Error: &Error{Text: "could not fork new process for connection"}}, "server sent an error response during SSL exchange"},
	}
	for _, r := range rows {
		t.Run(r.mode+": "+r.want, func(t *testing.T) {
			host, port := endpoint(t, postgres(), r.o, tls.VersionTLS13)
			out := runClient(t, []string{"PGPASSWORD=p", "PGCONNECT_TIMEOUT=5"}, psql,
				fmt.Sprintf("host=%s port=%s user=u dbname=d sslmode=%s", host, port, r.mode))
			if !strings.Contains(out, r.want) {
				t.Errorf("psql printed:\n%s", out)
			}
		})
	}
}
