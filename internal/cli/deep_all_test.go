package cli

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/report"
)

// TestDeepAllLab: each fault that --deep=all alone can find is found, proven, and what is in order is said as well.
func TestDeepAllLab(t *testing.T) {
	forms := "the first message is taken in each of 20 forms"
	for _, test := range []struct {
		fault, slug, outcome, title string
		clean                       []string
	}{
		{"https/healthy", "", "ok", "", []string{forms, "TLS_ECDHE suites are kept", "close_notify"}},
		{"https/hello-length-intolerance.fragments", "hello-length-intolerance", "ok", "(of 20000 bytes; in records of 3/64 bytes)", []string{"in 17 of 20 forms"}},
		{"https/hello-length-intolerance.extensions", "hello-length-intolerance", "at-risk", "(with GREASE values (RFC 8701))", []string{"in 19 of 20 forms"}},
		{"https/hello-length-intolerance", "hello-length-intolerance", "fails", "(of 300/511 bytes)", nil},
		{"https/large-hello-dropped", "large-hello-dropped", "fails", "bytes is not taken, a smaller one is", []string{"of 300/511/600 bytes; in three TCP segments"}},
		{"https/session-resumption-broken", "session-resumption-broken", "intermittent", ": session tickets of TLS 1.3, session tickets of TLS 1.2", []string{forms}},
		{"https/peer-implementation-bug.ecdhe-zero", "peer-implementation-bug", "intermittent", "it drops the leading zeros of the secret of TLS_ECDHE", []string{forms}},
		{"https/peer-implementation-bug.rsa-zero", "peer-implementation-bug", "intermittent", "an RSA-encrypted secret", []string{forms, "TLS_ECDHE suites are kept"}},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			r := diagnosed(t, "lab:"+test.fault, "--deep=all")
			if r.Outcome != test.outcome || len(r.Gaps) > 0 {
				t.Errorf("outcome %s, want %s; gaps %v", r.Outcome, test.outcome, r.Gaps)
			}
			expectOne(t, r, test.slug, "proven", test.title)
			for _, words := range test.clean {
				if !tested(r, words) {
					t.Errorf("%q is not among what was tested: %v", words, r.Clean)
				}
			}
		})
	}
}

// expectOne: one cause is found, so certain, with these words in its title; none where there is no fault.
func expectOne(t *testing.T, r report.Report, slug, sure, title string) {
	t.Helper()
	if slug == "" {
		if len(r.Findings) > 0 || len(r.Open) > 0 {
			t.Errorf("findings %v, open %v", r.Findings, r.Open)
		}
		return
	}
	if len(r.Findings) != 1 || r.Findings[0].Cause != slug || r.Findings[0].Sure != sure || !strings.Contains(r.Findings[0].Title, title) || len(r.Findings[0].Proof) < 2 {
		t.Errorf("want %s (%s) … %s, got %s", slug, sure, title, summary(r))
	}
}

// TestDeepAllShallow: MySQL's twenty connections are enough for what tells most, not for proof of it, and what was not
// tried is named.
func TestDeepAllShallow(t *testing.T) {
	for _, test := range []struct{ fault, slug, title, left string }{
		{"mysql/healthy", "", "", "record-size-limit"},
		{"mysql/hello-length-intolerance.fragments", "hello-length-intolerance", "(in records of 64 bytes)", "fragments-3"},
		{"mysql/session-resumption-broken", "session-resumption-broken", ": session tickets of TLS 1.3", "resumed sessions (psk, ticket, id)"},
		{"mysql/peer-implementation-bug.ecdhe-zero", "peer-implementation-bug", "it computes the secret of TLS_ECDHE suites wrongly", "first messages ("},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			r := shallow(t, test.fault)
			expectOne(t, r, test.slug, "likely", test.title)
			if r.Connections > mysqlConnections {
				t.Errorf("%d connections", r.Connections)
			}
			named := func(g report.Gap) bool {
				return strings.Contains(g.What, test.left) && strings.Contains(g.Why, "--max-connections")
			}
			if !slices.ContainsFunc(r.Gaps, named) {
				t.Errorf("%q is not named among the gaps: %v", test.left, r.Gaps)
			}
		})
	}
}

// shallow diagnoses a fault of the lab with no more connections than MySQL is given without being told.
func shallow(t *testing.T, fault string) report.Report {
	t.Helper()
	b, err := newBench()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	e, err := b.start(t.Context(), fault)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	flags := slices.Clone(e.Flags)
	if i := slices.Index(flags, "--max-connections"); i >= 0 {
		if _, err := strconv.Atoi(flags[i+1]); err != nil {
			t.Fatal(err)
		}
		flags = slices.Delete(flags, i, i+2)
	}
	flags = slices.DeleteFunc(flags, func(f string) bool { return strings.HasPrefix(f, "--deep") })
	return diagnosed(t, append(append([]string{e.Target}, flags...), "--deep=all")...)
}
