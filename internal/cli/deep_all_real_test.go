package cli

import (
	"crypto/x509"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// deepAllFails is what the installed servers do not take, each for a reason that can be read in its source or its log.
// Those that are not listed take every form.
func deepAllFails() map[string][]string {
	return map[string][]string{
		// It takes a ClientHello of one record only (Mbed-TLS/mbedtls issues #1840, #9269), and agrees to a maximal fragment
		// length that its handshake messages do not keep to ("with TLS, this currently only affects ApplicationData", says
		// mbedtls/ssl.h of mbedtls_ssl_conf_max_frag_len).
		"mbedtls": {"fragments-3", "fragments-64", "length-20000", "max-fragment-length"},
		// wolfSSL 5.5.4: the same three failed with another program that sent them, handshake_failure the last one.
		"wolfssl": {"fragments-3", "length-20000", "version-0401"},
		// "malformed_handshake_data", says its log: from unpacking less than a handshake header, and from decoding a
		// ClientHello of a higher version (OTP 25, tls_gen_connection.erl, tls_dtls_connection.erl).
		"erlang": {"fragments-3", "version-0304", "version-0399", "version-0401"},
	}
}

// formsThatFail lists the forms whose every hello failed, by the handshakes of a report, and counts all.
func formsThatFail(r report.Report) (fail []string, tried int) {
	count, broke := map[string]int{}, map[string]int{}
	for _, h := range r.Handshakes {
		form, ok := strings.CutPrefix(h.Changed, "forced hello form=")
		if !ok || strings.HasPrefix(form, "control") {
			continue
		}
		form, _, _ = strings.Cut(form, " ")
		count[form] += h.Count
		if h.Completed == nil || !*h.Completed {
			broke[form] += h.Count
		}
	}
	for form, n := range broke {
		if n == count[form] {
			fail = append(fail, form)
		}
	}
	slices.Sort(fail)
	return fail, len(count)
}

// deepAllRow is what a report says of a server, for the table in bench/deep-all.txt.
func deepAllRow(name string, r report.Report, took time.Duration) string {
	fail, tried := formsThatFail(r)
	var zeros []string
	resumes, closes := "", "without"
	for _, c := range r.Clean {
		says, ok := strings.CutPrefix(c.Checked, "resumption works: ")
		switch {
		case ok:
			for _, way := range [][2]string{{"tickets of TLS 1.3", "1.3"}, {"tickets of TLS 1.2", "ticket"}, {"IDs of TLS 1.2", "ID"}} {
				if strings.Contains(says, way[0]) {
					resumes += " " + way[1]
				}
			}
		case strings.Contains(c.Checked, "TLS_ECDHE suites are kept"):
			zeros = append(zeros, "ECDHE")
		case strings.Contains(c.Checked, "an RSA-encrypted secret"):
			zeros = append(zeros, "RSA")
		case strings.Contains(c.Checked, "(close_notify) with its own"):
			closes = "close_notify"
		}
	}
	return fmt.Sprintf("%-18s %2d/%d  %-55s %-10s %-15s %-13s %2d %6d ms", name, tried-len(fail), tried, strings.Join(fail, " "),
		strings.Join(zeros, " "), strings.TrimSpace(resumes), closes, r.Connections, took.Milliseconds())
}

// TestDeepAllRealServers: what each server is known not to take is found, and nothing else.
func TestDeepAllRealServers(t *testing.T) {
	for _, s := range deepServers() {
		if strings.Contains(s.name, ",") {
			continue // the same server with other settings
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			needs(t, s.programs...)
			p := newPKI(t)
			d := deepPlaceOf(t, p)
			argv := s.command(t, d)
			if s.library != "" {
				driver(t, p.dir, filepath.Base(argv[0]), s.library)
			}
			argv[0] = programPath(t, argv[0])
			serve(t, d.port, nil, s.stdin, argv...)
			r := deepenedAll(t, s.name, at(p, "https", d.port)...)
			if resumes := tested(r, "resumption works"); resumes == (s.name == "mbedtls") { // it has no cache unless one is given
				t.Errorf("resumption works: %t", resumes)
			}
			if !tested(r, "TLS_ECDHE suites are kept") {
				t.Error("nothing is said about ECDHE secrets")
			}
		})
	}
}

// deepenedAll runs the diagnosis with --deep=all, and notes what it came to for the table in bench/deep-all.txt.
func deepenedAll(t *testing.T, name string, args ...string) report.Report {
	t.Helper()
	begun := time.Now()
	r := diagnosed(t, append(args, "--deep=all")...)
	t.Logf("row-all\t%s", deepAllRow(name, r, time.Since(begun)))
	expectForms(t, r, deepAllFails()[name])
	return r
}

// expectForms: these forms fail, proven, and nothing else is found or left open.
func expectForms(t *testing.T, r report.Report, want []string) {
	t.Helper()
	fail, tried := formsThatFail(r)
	if !slices.Equal(fail, want) || tried != 20 || len(r.Open) > 0 || len(r.Gaps) > 0 || r.Outcome != "ok" {
		t.Errorf("%d forms, failing %q, want %q; outcome %s, open %v, gaps %v", tried, fail, want, r.Outcome, r.Open, r.Gaps)
	}
	found := false
	for _, f := range r.Findings {
		switch {
		case f.Cause == "hello-length-intolerance" && f.Sure == "proven" && f.Level == "weak" && len(want) > 0:
			found = true
		case f.Cause == "missing-close-notify" && f.Level == "note":
		case f.Cause == "peer-implementation-bug" && f.Level == "weak" && slices.Contains(want, "max-fragment-length"):
		default:
			t.Errorf("%s (%s, %s): %s", f.Cause, f.Sure, f.Level, f.Title)
		}
	}
	if found != (len(want) > 0) {
		t.Errorf("hello-length-intolerance: %t", found)
	}
}

// tested: the report lists the words among what was found in order.
func tested(r report.Report, words string) bool {
	return slices.ContainsFunc(r.Clean, func(c report.Clean) bool { return strings.Contains(c.Checked, words) })
}

// TestDeepAllRealClientCertificate: a server that demands a certificate meets signatures with short integers, and tells
// nothing beyond the forms without one.
func TestDeepAllRealClientCertificate(t *testing.T) {
	needs(t, "openssl")
	p := newPKI(t)
	own, ownKey := p.leaf("app", leafPlan{common: "app", usage: x509.ExtKeyUsageClientAuth, ec: true}, false)
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		t.Run(version, func(t *testing.T) {
			d := deepPlaceOf(t, p)
			argv := opensslServes("-Verify", "3", "-CAfile", p.ca, "-verify_return_error", version)(t, d)
			argv[0] = programPath(t, argv[0])
			serve(t, d.port, nil, true, argv...)
			r := diagnosed(t, at(p, "https", d.port, "--deep=all", "--cert", own, "--key", ownKey)...)
			if !tested(r, "ECDSA signatures with short integers are taken") || !tested(r, "resumption works") || r.Outcome != "ok" || len(r.Open) > 0 {
				t.Errorf("outcome %s, open %v, tested %v", r.Outcome, r.Open, r.Clean)
			}
			r = diagnosed(t, at(p, "https", d.port, "--deep=all")...)
			asks := func(o report.Open) bool {
				return strings.Contains(o.Ask, "resumed sessions") && strings.Contains(o.How, "--cert")
			}
			if tested(r, "resumption") || tested(r, "ECDSA") || !slices.ContainsFunc(r.Open, asks) {
				t.Errorf("without a certificate: open %v, tested %v", r.Open, r.Clean)
			}
		})
	}
}
