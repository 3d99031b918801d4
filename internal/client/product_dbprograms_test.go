package client

import (
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// program says where a program is, if it is of the version measured.
func program(t *testing.T, name, version string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	why := name + " is not installed"
	if err == nil {
		out, _ := exec.CommandContext(t.Context(), path, "--version").Output()
		if strings.Contains(string(out), version) {
			return path
		}
		why = name + " is another version than " + strings.TrimSpace(version) + ": " + strings.TrimSpace(string(out))
	}
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// say runs a program and gives what it prints.
func say(t *testing.T, path string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C")
	out, _ := cmd.CombinedOutput()
	return strings.TrimSpace(string(out))
}

// compareProgram holds a program's words against the prediction for each fault of driverFaults.
func compareProgram(t *testing.T, product, protocol, mode string, run func(netip.AddrPort) string) {
	t.Helper()
	b := databaseMode(t, product, mode)
	for _, f := range driverFaults {
		at := listenDatabase(t, protocol, f.offer, func(c net.Conn) { f.serve(c) })
		met := f.met()
		if f.offer {
			met.Said = &fact.Said{TLS: fact.Yes}
		}
		place := Place{Host: at.Addr().String(), Port: at.Port(), Now: time.Now(), Roots: func(RootsUse) trust.Roots { return trust.NewRoots() }}
		got := Predict(b, serverOf(b, met, login(fact.EndCompleted)), place)
		if real := run(at); masked(got.Text) != masked(real) || real == "" {
			t.Errorf("%s %s, %s:\n got %s\nreal %s", product, mode, f.name, got.Text, real)
		}
	}
}

func TestPsqlSaysTheSame(t *testing.T) {
	psql := program(t, "psql", " 15.")
	compareProgram(t, "psql@15", "postgres", "sslmode=require", func(at netip.AddrPort) string {
		return say(t, psql, "host=127.0.0.1 port="+Failure{Port: at.Port()}.port()+" user=postgres dbname=postgres sslmode=require gssencmode=disable", "-w", "-X", "-Atc", "select 1")
	})
}

func TestMariaDBSaysTheSame(t *testing.T) {
	mariadb := program(t, "mariadb", "10.11.")
	compareProgram(t, "mariadb@10.11", "mysql", "--ssl-verify-server-cert", func(at netip.AddrPort) string {
		return say(t, mariadb, "--no-defaults", "-h127.0.0.1", "-P"+Failure{Port: at.Port()}.port(), "-uu", "-ppw", "--protocol=TCP", "--ssl-verify-server-cert", "-e", "select 1")
	})
}
