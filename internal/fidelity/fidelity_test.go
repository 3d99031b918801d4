package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
)

// TestOutcomeOfRealRows: how each program of the laboratory shows that it connected.
func TestOutcomeOfRealRows(t *testing.T) {
	for _, test := range []struct {
		ok   bool
		text string
		want string
	}{
		{true, "Ssl_version\tTLSv1.3", overTLS},
		{true, "Ssl_version", inPlain},
		{true, "OK cipher=(none)", inPlain},
		{true, "OK cipher=TLS_AES_256_GCM_SHA384", overTLS},
		{true, "OK tls=", inPlain},
		{true, "OK tls=false", inPlain},
		{true, "OK tls=true", overTLS},
		{true, "OK tls=TLSv1.2", overTLS},
		{true, "OK ssl= false", inPlain},
		{true, "OK ssl=true TLSv1.3", overTLS},
		{true, "OK plaintext (not encrypted)", inPlain},
		{true, "", overTLS}, // nginx logs nothing
		{false, "OK ssl=false", refused},
	} {
		if got := (row{OK: test.ok, Text: test.text}).outcome(); got != test.want {
			t.Errorf("%v %q: %s, want %s", test.ok, test.text, got, test.want)
		}
	}
}

func TestMask(t *testing.T) {
	for _, test := range []struct {
		predicted, real string
		want            bool
	}{
		{"connection to server at \"10.0.0.1\", port 5432 failed", "connection to server at \"10.0.0.1\", port 5510 failed", true},
		{"at db.example.test:1", "at 127.0.0.1:8500", true},
		{"certificate has expired", "curl: (60) SSL certificate problem: certificate has expired", false},
		{"SSL error: x", "first line\nSSL error: x\nlast line", true},
		{"SSL", "SSL error", false},
		{"", "anything", false},
		{"", "", true},
		{"[error] no while SSL handshaking to upstream, client: a, server: b", "[error] no while SSL handshaking to upstream, client: c", true},
		{"80FC62495F7F0000:error:0A000410:SSL", "40FC62495F7F0000:error:0A000410:SSL", true},
		{"Access denied for user 'root'@'localhost' (using password: NO)", "Access denied for user 'u'@'127.0.0.1' (using password: YES)", true},
	} {
		if got := same(test.predicted, test.real); got != test.want {
			t.Errorf("%q and %q: %v", test.predicted, test.real, got)
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestReadServers(t *testing.T) {
	got, err := readServers(write(t, "servers.tsv", "good\ttls\t8500\nmy_good\tmysql\t3310\n"))
	if err != nil || got[site{"my_good", "mysql"}] != 3310 || len(got) != 2 {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"good\ttls\n", "good\ttls\t70000\n"} {
		if _, err := readServers(write(t, "servers.tsv", bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestReadModesRefuses(t *testing.T) {
	for _, bad := range []string{"a\tb\tc\n", "a\tb\tno such product\tx\n", "a\tb\tcurl\tx\tflavour=sweet\n"} {
		if _, err := readModes(write(t, "modes_x.tsv", bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// TestModesAreComplete: every row's mode has a meaning, where the collection is at hand.
func TestModesAreComplete(t *testing.T) {
	m, err := readModes("../client/testdata/modes_*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readRows("../../../shared/corpus/matrix.jsonl")
	if err != nil {
		t.Skipf("the measured rows are not here: %v", err)
	}
	missing := map[string]bool{}
	for _, r := range rows {
		noTLSClient := r.Client == "nginx server-side log" || strings.HasPrefix(r.Mode, "proxy_pass http://") || r.Mode == "variable + resolver failure"
		if _, ok := m.find(r); !ok && !noTLSClient {
			missing[r.Client+": "+r.Mode] = true
		}
	}
	for k := range missing {
		t.Errorf("no meaning: %s", k)
	}
}

func TestFindPrefersTheVersion(t *testing.T) {
	m := modes{[2]string{"nginx", "on"}: {{meaning: meaning{name: "any"}}, {version: "1.22", meaning: meaning{name: "old"}}}}
	for version, want := range map[string]string{"1.22.1 OpenSSL": "old", "1.31.5": "any"} {
		if got, ok := m.find(row{Client: "nginx", Version: version, Mode: "on"}); !ok || got.name != want {
			t.Errorf("%s: %+v", version, got)
		}
	}
	if _, ok := m.find(row{Client: "nginx", Mode: "off"}); ok {
		t.Error("a mode that nobody wrote down")
	}
}

// TestSheet: rows without a server are told and not counted, modes without a meaning count as wrong.
func TestSheet(t *testing.T) {
	tries := []*try{
		{row: row{Client: "a", Mode: "m", Fault: "good", OK: true, Text: "OK tls=true"}, served: true, known: true, got: client.Prediction{Outcome: client.Verified}},
		{row: row{Client: "a", Mode: "m", Fault: "bad", Text: "refused 1"}, served: true, known: true, got: client.Prediction{Outcome: client.Fails, Text: "refused 2"}},
		{row: row{Client: "a", Mode: "m", Fault: "bad", Text: "refused"}, served: true, known: true, got: client.Prediction{Outcome: client.Plaintext}},
		{row: row{Client: "a", Mode: "other", Fault: "bad", Text: "refused"}, served: true},
		{row: row{Client: "a", Mode: "m", Fault: "gone"}, known: true},
	}
	var b strings.Builder
	tally(tries).print(&b)
	if !strings.HasSuffix(b.String(), "text 1/3 33.33 %\noutcome 2/4 50.00 %\n") {
		t.Errorf("ends in %q", b.String())
	}
	for _, want := range []string{"not served", "gone", "a: other"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}
