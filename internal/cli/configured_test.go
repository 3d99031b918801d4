package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/report"
)

// labEndpoint starts a lab endpoint and gives its host, its port and the flags with which it is met.
func labEndpoint(t *testing.T, fault string) (hostName string, port uint16, flags []string) {
	t.Helper()
	b, err := newBench()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	e, err := b.start(context.Background(), fault)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	target, err := parseTarget(e.Target)
	if err != nil {
		t.Fatal(err)
	}
	return target.host, target.port, e.Flags
}

func configuredReport(t *testing.T, args ...string) (report.Report, string) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(append([]string{"diagnose", "--format", "json"}, args...), strings.NewReader(""), &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Schema != report.Schema {
		t.Fatalf("exit %d, no report: %v\n%s%s", code, err, out.String(), errs.String())
	}
	return r, out.String() + errs.String()
}

// TestTypedConnections: a connection string and a command are made as their client would, and the same server gives another
// answer in another mode. The modes' meanings are those of the drivers' manuals and of the measured table.
func TestTypedConnections(t *testing.T) {
	host, port, flags := labEndpoint(t, "mysql/hostname-mismatch")
	pgHost, pgPort, pgFlags := labEndpoint(t, "postgres/hostname-mismatch")
	ca := flags[slices.Index(flags, "--ca")+1]
	pgCA := pgFlags[slices.Index(pgFlags, "--ca")+1]
	for _, c := range []struct {
		name    string
		flags   []string
		args    []string
		cause   string // "" for a connection that works
		written string // what its configuration shows besides
	}{
		{"mysql verifies the name", flags, []string{"--", "mysql", "-h", host, "-P", fmt.Sprint(port), "--ssl-mode=VERIFY_IDENTITY", "--ssl-ca=" + ca}, "hostname-mismatch", ""},
		{"mysql verifies the chain", flags, []string{"--", "mysql", "-h", host, "-P", fmt.Sprint(port), "--ssl-mode=VERIFY_CA", "--ssl-ca=" + ca}, "", "mode-means-other-checks"},
		{"mysql verifies nothing", flags, []string{"--", "mysql", "-h", host, "-P", fmt.Sprint(port), "--ssl-mode=REQUIRED"}, "", "verification-off"},
		{"psql verifies the name", pgFlags, []string{"--", "psql", fmt.Sprintf("host=%s port=%d sslmode=verify-full sslrootcert=%s password=hunter2", pgHost, pgPort, pgCA)}, "hostname-mismatch", ""},
		{"a URI that requires TLS", pgFlags, []string{fmt.Sprintf("postgresql://u:hunter2@%s:%d/x?sslmode=require&connect_timeout=5", pgHost, pgPort)}, "", "verification-off"},
		{"JDBC", pgFlags, []string{fmt.Sprintf("jdbc:postgresql://%s:%d/x?user=u&password=hunter2&sslmode=verify-full&sslrootcert=%s", pgHost, pgPort, pgCA)}, "hostname-mismatch", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, all := configuredReport(t, append(slices.Clone(c.flags), c.args...)...)
			first := ""
			if len(r.Findings) > 0 && r.Findings[0].Level == "breaks" {
				first = r.Findings[0].Cause
			}
			if first != c.cause || (c.cause == "") == (r.Outcome == "fails") {
				t.Errorf("outcome %s, first %q, want %q: %s", r.Outcome, first, c.cause, summary(r))
			}
			if c.written != "" && !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Cause == c.written && f.Level != "breaks" }) {
				t.Errorf("%s is not told: %s", c.written, summary(r))
			}
			if strings.Contains(all, "hunter2") {
				t.Error("a password is in the output")
			}
		})
	}
}

// TestConfigurationAlone: a file is read, nothing is connected to, and what is wrong in it is told with its line.
func TestConfigurationAlone(t *testing.T) {
	p := newPKI(t)
	good, key := p.leaf("good", leafPlan{names: []string{host}}, true)
	_, other := p.leaf("other", leafPlan{names: []string{host}}, true)
	text := fmt.Sprintf("events {}\nhttp {\n  server {\n    listen 443 ssl;\n    ssl_certificate %s;\n    ssl_certificate_key %s;\n    location / {\n      proxy_pass https://db.example.test;\n      proxy_ssl_verfy on;\n    }\n  }\n}\n", good, other)
	_ = key
	conf := filepath.Join(p.dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ := configuredReport(t, conf)
	if r.Connections != 0 || r.Outcome != "fails" {
		t.Errorf("outcome %s, %d connections", r.Outcome, r.Connections)
	}
	for cause, line := range map[string]string{"key-does-not-match-certificate": ":5", "option-without-effect": ":9", "sni-missing": ":8", "verification-off": ":8"} {
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Cause == cause })
		if i < 0 {
			t.Errorf("%s is not found: %s", cause, summary(r))
		} else if at := r.Findings[i].Proof[0].At; !strings.HasSuffix(at, line) {
			t.Errorf("%s at %s, want line %s", cause, at, line)
		}
	}
}

// TestProducts: another machine's client, by product, release and mode.
func TestProducts(t *testing.T) {
	host, port, flags := labEndpoint(t, "mysql/certificate-expired")
	target := fmt.Sprintf("mysql://%s:%d", host, port)
	r, _ := configuredReport(t, append(slices.Clone(flags), target, "--as", "mysql", "--mode", "VERIFY_CA")...)
	if len(r.Findings) == 0 || r.Findings[0].Cause != "certificate-expired" {
		t.Errorf("mysql VERIFY_CA: %s", summary(r))
	}
	if r, _ := configuredReport(t, append(slices.Clone(flags), target, "--as", "mysql", "--mode", "REQUIRED")...); r.Outcome != "ok" {
		t.Errorf("mysql REQUIRED takes any certificate: %s", summary(r))
	}
}

// TestFleet: two servers of one call are compared.
func TestFleet(t *testing.T) {
	host, port, flags := labEndpoint(t, "https/certificate-expired")
	_, second, _ := labEndpoint(t, "https/healthy")
	var out, errs bytes.Buffer
	args := append([]string{"diagnose", "--format", "json"}, flags...)
	Main(append(args, fmt.Sprintf("https://%s:%d", host, port), fmt.Sprintf("https://%s:%d", host, second)), nil, &out, &errs, func(string) string { return "" })
	var all report.Reports
	if err := json.Unmarshal(out.Bytes(), &all); err != nil || len(all.Reports) != 2 {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	for _, what := range []string{"certificate", "valid until"} {
		if !slices.ContainsFunc(all.Differences, func(d report.Difference) bool { return d.What == what && len(d.Values) == 2 }) {
			t.Errorf("%s is not among the differences: %+v", what, all.Differences)
		}
	}
}
