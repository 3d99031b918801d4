package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/report"
)

func explained(t *testing.T, args ...string) report.Explanation {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(append([]string{"explain", "--format", "json"}, args...), nil, &out, &errs, func(string) string { return "" }); code != exitOK {
		t.Fatalf("%v: exit %d: %s", args, code, errs.String())
	}
	var x report.Explanation
	if err := json.Unmarshal(out.Bytes(), &x); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out.String())
	}
	return x
}

// TestExplain takes codes as people meet them. What they mean is OpenSSL's, Microsoft's and the RFC's word.
func TestExplain(t *testing.T) {
	for _, c := range []struct{ code, means, cause string }{
		{"0A000458", "unrecognized name", "sni-missing"},
		{"1416F086", "certificate verify failed", "ca-not-trusted"},
		{"-2146893019", "SEC_E_UNTRUSTED_ROOT", "ca-not-trusted"},
		{"0x80090331", "SEC_E_ALGORITHM_MISMATCH", "version-disabled-by-policy"},
		{"36888", "fatal alert", ""},
		{"alert 40", "handshake_failure", "no-shared-cipher"},
		{"X509_V_ERR 20", "unable to get local issuer certificate", "ca-not-trusted"},
		{"ERR_TLS_CERT_ALTNAME_INVALID", "", "hostname-mismatch"},
		{"hostname-is-alias", "", "hostname-is-alias"},
		{"tw5102", "", "hostname-is-alias"},
		{"thumbprint", "", "certificate-not-found-by-thumbprint"},
		{"18456", "login failed", ""},                       // sys.messages
		{"17836", "not TDS", ""},                            // sys.messages; the reason is left to the evidence
		{"Msg 18456", "login failed", ""},                   // as SSMS prints it
		{"26018", "made one for itself", ""},                // sys.messages
		{"curl 35", "SSL connect error", "server-too-old"},  // libcurl-errors(3)
		{"curl (60)", "peer certificate", "ca-not-trusted"}, // libcurl-errors(3)
		{"curl exit 35", "SSL connect error", ""},
		{"x509 62", "HOSTNAME_MISMATCH", "hostname-mismatch"}, // openssl/x509_vfy.h
		{"verify return code: 20", "unable to get local issuer certificate", "ca-not-trusted"},
		{"mysql 2026", "TLS could not be set up", ""}, // errmsg.h
		{"ERROR 3159", "TLS only", ""},                // mysqld_ername.h
		{"winsock 10054", "reset", ""},                // winsock2.h
		{"oracle 29024", "certificate validation failed", "ca-not-trusted"},
	} {
		x := explained(t, strings.Fields(c.code)...)
		if c.means != "" && !slices.ContainsFunc(x.Codes, func(k report.Code) bool { return strings.Contains(k.Means, c.means) }) {
			t.Errorf("%s means %+v, want %q", c.code, x.Codes, c.means)
		}
		if c.cause != "" && !slices.ContainsFunc(x.Causes[:min(len(x.Causes), 3)], func(p report.Page) bool { return p.Cause == c.cause }) {
			t.Errorf("%s: %s is not among its causes", c.code, c.cause)
		}
	}
	if x := explained(t); len(x.Causes) != len(cause.All()) {
		t.Errorf("the catalogue has %d pages of %d", len(x.Causes), len(cause.All()))
	}
}

// TestExplainNobodysNumber: a number of somebody else's says nothing.
func TestExplainNobodysNumber(t *testing.T) {
	for _, asked := range []string{"curl 18456", "x509 36887", "sql server 12345", "99999", "nginx 35"} {
		if x := explained(t, strings.Fields(asked)...); len(x.Codes) > 0 {
			t.Errorf("%s means %+v", asked, x.Codes)
		}
	}
}

// TestExplainNothing: an unknown word is no failure, and says so.
func TestExplainNothing(t *testing.T) {
	var errs bytes.Buffer
	if code := Main([]string{"explain", "xyzzy"}, nil, io.Discard, &errs, func(string) string { return "" }); code != exitOK || !strings.Contains(errs.String(), "xyzzy") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	for _, args := range [][]string{{"explain", "--format", "yaml"}, {"explain", "--lang", "tlh"}, {"explain", "--nope"}} {
		if code := Main(args, nil, io.Discard, io.Discard, func(string) string { return "" }); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}
