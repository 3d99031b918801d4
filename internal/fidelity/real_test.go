package main

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// A program is one that is installed, with the mode that the product of package client calls so.
type program struct {
	product, mode, protocol string
	command                 func(e endpoint) []string
	connected               string // what it prints on a connection that stands; "": its exit status tells
}

// An endpoint is a fault of the project's own lab, as a program is told of it.
type endpoint struct{ host, ip, port, ca string }

var programs = []program{
	{"curl", "--cacert", "https", func(e endpoint) []string {
		return []string{"curl", "-sS", "-m", "5", "-o", "/dev/null", "--noproxy", "*", "--cacert", e.ca, "--resolve", e.host + ":" + e.port + ":" + e.ip, "https://" + e.host + ":" + e.port + "/"}
	}, ""},
	{"curl", "-k", "https", func(e endpoint) []string {
		return []string{"curl", "-sS", "-m", "5", "-o", "/dev/null", "--noproxy", "*", "-k", "--resolve", e.host + ":" + e.port + ":" + e.ip, "https://" + e.host + ":" + e.port + "/"}
	}, ""},
	{"gnutls", "--x509cafile", "tls", func(e endpoint) []string {
		return []string{"gnutls-cli", "--x509cafile", e.ca, "--sni-hostname", e.host, "--verify-hostname", e.host, "-p", e.port, e.ip}
	}, "Handshake was completed"},
	{"openssl", "-verify_return_error", "tls", func(e endpoint) []string {
		return []string{"openssl", "s_client", "-connect", e.ip + ":" + e.port, "-servername", e.host, "-CAfile", e.ca, "-verify_return_error", "-verify_hostname", e.host}
	}, "Verification: OK"},
	{"psql", "sslmode=verify-full sslrootcert", "postgres", func(e endpoint) []string { return psqlCommand(e, "verify-full") }, "password authentication failed"},
	{"psql", "sslmode=verify-ca sslrootcert", "postgres", func(e endpoint) []string { return psqlCommand(e, "verify-ca") }, "password authentication failed"},
}

func psqlCommand(e endpoint, mode string) []string {
	return []string{"psql", "host=" + e.host + " hostaddr=" + e.ip + " port=" + e.port + " user=u dbname=d connect_timeout=5 sslmode=" + mode + " sslrootcert=" + e.ca, "-w", "-X", "-c", "select 1"}
}

// faults are those that the sample meets.
var faults = []string{lab.Healthy, "certificate-expired", "self-signed-certificate", "hostname-mismatch", "ca-not-trusted", "certificate-wrong-purpose",
	"server-tls-disabled", "tcp-refused"}

// TestRealPrograms measures again: what an installed program does at a fault of the project's lab is what was predicted for it.
func TestRealPrograms(t *testing.T) {
	env, err := lab.NewEnv(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer env.Close()
	for _, slug := range faults {
		for _, protocol := range []string{"https", "tls", "postgres"} {
			f, p, err := lab.Find(protocol, slug)
			if err != nil {
				continue // a fault that this protocol does not know
			}
			e, err := f.Start(t.Context(), env, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, prog := range programs {
				if prog.protocol == protocol {
					t.Run(slug+"/"+prog.product+" "+prog.mode, func(t *testing.T) { compare(t, prog, p, e) })
				}
			}
			e.Close()
		}
	}
}

// compare runs a program at an endpoint and predicts the same.
func compare(t *testing.T, prog program, p preamble.Protocol, e *lab.Endpoint) {
	at := endpointOf(t, e)
	words := prog.command(at)
	if _, err := exec.LookPath(words[0]); err != nil {
		missing(t, words[0])
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "HOME=/nonexistent", "LC_ALL=C")
	cmd.Stdin = strings.NewReader("GET / HTTP/1.0\r\n\r\n")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	really := err == nil
	if prog.connected != "" {
		really = strings.Contains(out.String(), prog.connected)
	}
	got := predictAt(t, prog, p, at)
	connects := got.Outcome == client.Verified || got.Outcome == client.Unverified || got.Failure != nil && got.Failure.Step == client.StepDone
	if connects != really || got.Outcome == client.NotKnown {
		t.Errorf("predicted %s %q, really %v: %s", got.Outcome, got.Text, really, out.String())
	}
}

func endpointOf(t *testing.T, e *lab.Endpoint) endpoint {
	t.Helper()
	u, err := url.Parse(e.Target)
	if err != nil {
		t.Fatal(err)
	}
	at := endpoint{host: u.Hostname(), port: u.Port(), ip: "127.0.0.1"}
	for i, flag := range e.Flags {
		switch flag {
		case "--ca":
			at.ca = e.Flags[i+1]
		case "--connect":
			at.ip = e.Flags[i+1]
			if h, port, err := net.SplitHostPort(at.ip); err == nil {
				at.ip, at.port = h, port
			}
		}
	}
	return at
}

// predictAt predicts a program at an endpoint.
func predictAt(t *testing.T, prog program, p preamble.Protocol, at endpoint) client.Prediction {
	t.Helper()
	b, err := behaviour(prog.product, prog.mode, "")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(at.ca)
	if err != nil {
		t.Fatal(err)
	}
	given, err := trust.RootsFromPEM(pem)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddrPort(at.ip + ":" + at.port)
	roots := func(client.RootsUse) trust.Roots { return given }
	prober := live.New(fact.Question{Host: at.host, Port: addr.Port(), Protocol: p.ID}, live.Settings{Profile: b.Profile, Protocol: p,
		Roots: func() trust.Roots { return given }, Connect: addr.String(), Timeout: 2 * time.Second, Max: perServer, Now: time.Now})
	server := prober.Gather(t.Context(), new(fact.Case), client.Shapes([]client.Behaviour{b}), "")
	return client.Predict(b, server, client.Place{Host: at.host, Port: addr.Port(), Roots: roots, Now: time.Now()})
}

// missing skips for want of a program, or fails where all are said to be there.
func missing(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}
