package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/report"
)

// saidByHand is what the real client of a fault's command says, as its authors put it.
var saidByHand = map[string]string{
	"certificate-pin-mismatch":         "curl: (90)",
	"client-not-using-tls":             "no encryption|ERROR 1045|ERROR 3159",
	"connection-reused-for-other-host": "421 Misdirected Request",
	"fallback-refused":                 "inappropriate fallback",
	"idle-connection-dropped":          "errno=104|ECONNRESET|Connection reset",
	"missing-close-notify":             "unexpected eof while reading",
	"proxy-is-plain-http":              "wrong version number",
	"proxy-refused-connect":            "CONNECT tunnel failed, response 403|HTTP code 403 from proxy",
	"server-overloaded":                "timed out",
}

// someServed holds, of clients that say nothing when they are ended from outside, that some were served and some were not.
var someServed = map[string]int{"tls/server-overloaded": 5}

// TestByHand runs the commands that the lab gives for faults that no diagnosis of the target meets: the real client says
// what it is known for, and the diagnosis of that text names the cause.
func TestByHand(t *testing.T) {
	for _, f := range lab.Faults() {
		if !f.ByHand {
			continue
		}
		for _, p := range eachProto(f) {
			t.Run(p.proto.ID+"/"+f.Name(), func(t *testing.T) {
				t.Parallel()
				b, err := newBench()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(b.close)
				e, err := b.serve(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(e.Close)
				said := byHand(t, e.Hand)
				if of := someServed[p.proto.ID+"/"+f.Name()]; of > 0 {
					if n := strings.Count(said, "BEGIN CERTIFICATE"); n < 1 || n >= of {
						t.Errorf("%d of %d clients got a certificate:\n%s", n, of, said)
					}
					return
				}
				if !slices.ContainsFunc(strings.Split(saidByHand[f.Name()], "|"), func(w string) bool { return strings.Contains(said, w) }) {
					t.Errorf("%s\nsays\n%s\nwant %q", e.Hand, said, saidByHand[f.Name()])
				}
				named(t, f.Slug, said)
			})
		}
	}
}

// byHand runs a command that must end by itself; its program may be missing.
func byHand(t *testing.T, command string) string {
	t.Helper()
	for _, name := range []string{"curl", "openssl", "psql", "mariadb"} {
		if _, err := exec.LookPath(name); strings.Contains(command, name+" ") && err != nil {
			absent(t, name+" is not installed")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, _ := cmd.CombinedOutput() // how it ends is part of what it prints
	if ctx.Err() != nil {
		t.Errorf("%s\ndid not end:\n%s", command, out)
	}
	return string(out)
}

// named holds that the diagnosis of a text has the cause among its findings.
func named(t *testing.T, slug, text string) {
	t.Helper()
	var out, errs bytes.Buffer
	Main([]string{"diagnose", "--format", "json", "--text", text}, nil, &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("no report: %v\n%s%s", err, out.String(), errs.String())
	}
	if !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Cause == slug }) {
		t.Errorf("%s is not among the findings, outcome %s: %s\n%s", slug, r.Outcome, summary(r), text)
	}
}
