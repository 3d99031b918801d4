package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/live"
)

// residual causes cannot be proven, and some others only by a certificate that nobody has; all the rest must be.
var atMostLikely = map[string]string{
	"closed-after-hello": "likely", "silent-after-hello": "likely", "closed-on-accept": "likely", "keys-disagree": "likely",
	"peer-implementation-bug": "likely", "missing-intermediate": "possible",
	"server-key-exchange-signature": "likely", // another key of the same size would look the same on the wire
}

// TestMain lets tests wait side by side: most of their time goes by while a peer is silent, whatever the processors.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		f.Value.Set("12")
	}
	os.Exit(m.Run())
}

// TestLab is the round trip: the diagnosis of each fault, over each protocol, names its cause first, within twelve
// connections and those of --deep where it takes that; the saved case, diagnosed again, gives the same report.
func TestLab(t *testing.T) {
	for _, f := range lab.Faults() {
		if f.ByHand {
			continue // see TestByHand
		}
		for _, proto := range f.Protos {
			t.Run(f.Name()+"/"+proto, func(t *testing.T) {
				t.Parallel()
				r, name := labRun(t, f.Name(), proto)
				if f.Slug == lab.Healthy {
					expect(t, r, "", "")
					if r.Connections != 1 {
						t.Errorf("%d connections to a healthy target", r.Connections)
					}
					return
				}
				if r.Connections > connections+deepCost(f) {
					t.Errorf("%d connections", r.Connections)
				}
				if len(r.Findings) == 0 || r.Findings[0].Cause != f.Slug {
					t.Fatalf("outcome %s: %s", r.Outcome, summary(r))
				}
				sureEnough(t, f.Slug, r.Findings[0])
				again(t, name, r)
			})
		}
	}
}

// deepCost is how many connections a fault may cost that is found only by experiments asked for.
func deepCost(f lab.Fault) int {
	switch {
	case slices.Contains(f.Needs, "--deep=all"):
		return live.DeepCost(live.DeepAll)
	case slices.Contains(f.Needs, "--deep"):
		return live.DeepCost(live.DeepLeadingZero)
	}
	return 0
}

func sureEnough(t *testing.T, slug string, f report.Finding) {
	t.Helper()
	want, weaker := atMostLikely[slug]
	if !weaker {
		want = "proven"
	}
	if f.Sure != want && f.Sure != "proven" {
		t.Errorf("%s, want %s", f.Sure, want)
	}
	if len(f.Proof) == 0 || !slices.ContainsFunc(f.Changes, func(c report.Change) bool { return c.Advised }) {
		t.Errorf("%d proofs, %d changes", len(f.Proof), len(f.Changes))
	}
}

// labRun diagnoses a lab endpoint as a user would and keeps the run.
func labRun(t *testing.T, slug, proto string) (report.Report, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "run.json")
	var out, errs bytes.Buffer
	Main([]string{"diagnose", "lab:" + proto + "/" + slug, "--format", "json", "--save", name}, nil, &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		if strings.Contains(errs.String(), "the lab could not start") {
			absent(t, errs.String())
		}
		t.Fatalf("no report: %v\n%s%s", err, out.String(), errs.String())
	}
	// what the user is told to type must not tell the fault; the target in the report is part of that
	for _, line := range []string{errs.String(), r.Question.Target} {
		if strings.Contains(line, slug) {
			t.Errorf("the command tells the fault: %s", line)
		}
	}
	return r, name
}

// again reads the saved case back and diagnoses it without any connection.
func again(t *testing.T, name string, want report.Report) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var s saved
	if err := json.Unmarshal(data, &s); err != nil || len(s.Runs) != 1 {
		t.Fatalf("saved run: %d, %v", len(s.Runs), err)
	}
	c := s.Runs[0].Case
	got := report.Build(c, diagnose.Run(c, cause.All()), want.Connections)
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if !bytes.Equal(a, b) {
		t.Errorf("diagnosed again from the saved case:\n%s\nlive:\n%s", a, b)
	}
}
