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
	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// classed is how arguments are taken: the machines, and the rest by what it is.
func classed(t *testing.T, args ...string) string {
	t.Helper()
	w := &world{stdin: strings.NewReader(""), stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}
	machines, rest := w.descriptions(context.Background(), args)
	e, err := sorted(rest, false)
	if err != nil {
		return err.Error()
	}
	var out []string
	for name, n := range map[string]int{"machines": len(machines), "texts": len(e.texts), "targets": len(e.targets), "strings": len(e.strings), "configs": len(e.configs), "files": len(e.files)} {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, name))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// TestMachineOrNot: a version of Windows is never connected to, and an address, a name, an error text or a connection string that
// speaks of Windows is never taken for a machine.
func TestMachineOrNot(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{"1 machines", []string{"Windows Server 2016 14393.3300"}},
		{"1 machines", []string{"10.0.14393.3300"}},
		{"1 machines", []string{"14393.3542"}},
		{"1 machines", []string{"6.3.9600"}},
		{"1 machines", []string{"Microsoft Windows [Version 10.0.14393.3300]"}},
		{"2 machines", []string{"Windows Server 2012 R2", "Windows Server 2016 14393.3300"}},
		{"2 machines", []string{"client=Windows 8.1", "SERVER=10.0.17763.1"}},
		{"1 targets", []string{"10.0.143.93"}},
		{"1 targets", []string{"10.0.14.33:1433"}},
		{"1 targets", []string{"windows2016.example.test"}},
		{"1 targets", []string{"mssql://db"}},
		{"1 strings", []string{"server=db;Encrypt=True"}},
		{"1 strings", []string{"Server=db;Encrypt=True;Application Name=Windows Server 2016"}},
		{"1 texts", []string{"Windows Server 2016: SSL Provider, error: 0 - An existing connection was forcibly closed by the remote host"}},
		{"1 texts", []string{"Windows Server 2016 cannot connect to Windows Server 2019"}},
		{"1 texts", []string{"on Windows Server 2012 R2 we get error 10054"}},
		{"1 machines, 1 texts", []string{"SSL Provider, error: 0 - An existing connection was forcibly closed by the remote host", "Windows Server 2016 14393.3300"}},
		{"1 machines, 1 targets", []string{"mssql://db.example.test", "10.0.14393.3300"}},
	} {
		if got := classed(t, c.args...); got != c.want {
			t.Errorf("%q: %s, want %s", c.args, got, c.want)
		}
	}
}

// TestCollectedTexts: none of the collected error texts, as a whole or line by line, is taken for a description of a machine.
func TestCollectedTexts(t *testing.T) {
	names, err := filepath.Glob("../accuracy/testdata/*.jsonl")
	if err != nil || len(names) < 4 {
		t.Fatalf("%v %v", names, err)
	}
	seen := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			var entry struct{ Text string }
			if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Text == "" {
				continue
			}
			for _, text := range append(strings.Split(entry.Text, "\n"), entry.Text) {
				seen++
				if res, ok := conf.Windows("text 1", text); ok {
					t.Errorf("%q: %+v", text, res.Settings)
				}
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d texts", seen)
	}
}

// TestSuitesAlone: an export without a version, or an order of suites alone, is configuration as before.
func TestSuitesAlone(t *testing.T) {
	dir := t.TempDir()
	suites, export := filepath.Join(dir, "suites.txt"), filepath.Join(dir, "schannel.reg")
	for name, text := range map[string]string{
		suites: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\r\nTLS_DHE_RSA_WITH_AES_256_GCM_SHA384\r\n",
		export: "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server]\r\n\"Enabled\"=dword:00000000\r\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := classed(t, name); got != "1 configs" {
			t.Errorf("%s: %s", name, got)
		}
		if got := classed(t, name, "Windows Server 2016"); got != "2 machines" {
			t.Errorf("%s with a version: %s", name, got)
		}
	}
}

// describedReport is the report of a call that makes no connection.
func describedReport(t *testing.T, stdin string, args ...string) (report.Report, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := Main(append([]string{"diagnose", "--format", "json"}, args...), strings.NewReader(stdin), &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Connections != 0 {
		t.Fatalf("%q: exit %d: %v\n%s%s", args, code, err, out.String(), errs.String())
	}
	return r, code
}

// TestDescribedMachines: versions and pairs from the command line to the report. What a pair meets on, and after the fix, is that of KB4557473
// and of Microsoft's lists of suites.
func TestDescribedMachines(t *testing.T) {
	const dhe, cbc = "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"
	dir := t.TempDir()
	info, suites, others := filepath.Join(dir, "systeminfo.txt"), filepath.Join(dir, "suites.txt"), filepath.Join(dir, "others.txt")
	const systeminfo = "ホスト名:               DBSV01\r\nOS 名:                  Microsoft Windows Server 2016 Standard\r\nOS バージョン:          10.0.14393 N/A ビルド 14393\r\n" +
		"ホットフィックス:       1 ホットフィックスがインストールされています。\r\n                        [01]: KB4537764\r\n"
	for name, text := range map[string]string{info: systeminfo, suites: cbc + "\r\nTLS_RSA_WITH_AES_256_GCM_SHA384\r\n",
		others: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\r\n" + dhe + "\r\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args     []string
		stdin    string
		outcome  string
		code     int
		repaired string
		meets    string // suite, after; of both directions
		finding  string // level and sureness of the first
	}{
		{args: []string{"Windows Server 2016 14393.3541"}, outcome: "at-risk", code: 1, repaired: "no", finding: "will-break likely"},
		{args: []string{"Windows Server 2016 14393.3542"}, outcome: "ok", repaired: "yes"},
		{args: []string{"Windows Server 2016"}, outcome: "at-risk", code: 1, repaired: "?", finding: "will-break possible"},
		{args: []string{"Windows 11"}, outcome: "ok", repaired: "yes"},
		{args: []string{info}, outcome: "at-risk", code: 1, repaired: "no", finding: "will-break likely"},
		{args: []string{"-"}, stdin: systeminfo, outcome: "at-risk", code: 1, repaired: "no", finding: "will-break likely"},
		{args: []string{"Windows Server 2012 R2", "Windows Server 2019"}, outcome: "intermittent", code: 1, repaired: "no yes",
			meets: dhe + " " + cbc + ", " + cbc + " " + cbc, finding: "breaks likely"},
		{args: []string{"server=Windows Server 2019", "client=Windows Server 2012 R2"}, outcome: "intermittent", code: 1, repaired: "yes no",
			meets: dhe + " " + cbc + ", " + cbc + " " + cbc, finding: "breaks likely"},
		// of two without a role the first is the client
		{args: []string{"Windows Server 2019", "Windows Server 2012 R2"}, outcome: "at-risk", code: 1, repaired: "yes no",
			meets: cbc + " " + cbc + ", " + dhe + " " + cbc, finding: "will-break likely"},
		{args: []string{"Windows Server 2019 14393.3300"}, outcome: "at-risk", code: 1, repaired: "?", finding: "will-break possible"},
		{args: []string{"client=Windows Server 2019", "server=Windows Server 2012 R2"}, outcome: "at-risk", code: 1, repaired: "yes no",
			meets: cbc + " " + cbc + ", " + dhe + " " + cbc, finding: "will-break likely"},
		{args: []string{"Windows Server 2012 R2", info}, outcome: "ok", repaired: "no no",
			meets: dhe + " " + cbc + ", " + cbc + " " + cbc, finding: "weak likely"},
		// what the cmdlet prints on the server takes the place of the default order
		{args: []string{"client=Windows Server 2012 R2", "server=Windows Server 2019", "server=" + suites}, outcome: "ok", repaired: "no yes",
			meets: cbc + " " + cbc + ", " + cbc + " " + cbc, finding: "weak likely"},
		{args: []string{"client=Windows Server 2012 R2", "server=" + others}, outcome: "at-risk", code: 1, repaired: "no ?",
			meets: dhe + " , " + dhe + " ", finding: "will-break possible"},
		{args: []string{"client=" + suites, "server=" + suites}, outcome: "ok", repaired: "? ?", meets: cbc + " " + cbc + ", " + cbc + " " + cbc},
		{args: []string{"Windows Server 2012 R2", "Windows Server 2019", suites}, outcome: "ok", repaired: "no yes",
			meets: cbc + " " + cbc + ", " + cbc + " " + cbc, finding: "weak likely"},
	} {
		r, code := describedReport(t, c.stdin, c.args...)
		repaired, meets, finding := []string{}, []string{}, ""
		for _, m := range r.Machines {
			repaired = append(repaired, yesNo(m.Repaired))
		}
		for i, m := range r.Meetings {
			if m.Reverse != (i > 0) {
				t.Errorf("%q: meeting %d: reverse %v", c.args, i, m.Reverse)
			}
			meets = append(meets, m.Suite+" "+m.After)
		}
		if len(r.Findings) > 0 {
			finding = r.Findings[0].Level + " " + r.Findings[0].Sure
		}
		if r.Outcome != c.outcome || code != c.code || strings.Join(repaired, " ") != c.repaired || strings.Join(meets, ", ") != c.meets || finding != c.finding {
			t.Errorf("%q: %s (%d), repaired %v, meets %q, finding %q;\nwant %+v", c.args, r.Outcome, code, repaired, meets, finding, c)
		}
		for _, f := range r.Findings {
			if f.Cause != "dhe-leading-zero" || f.Sure == "proven" {
				t.Errorf("%q: %s %s", c.args, f.Sure, f.Cause)
			}
		}
	}
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return "?"
	case *b:
		return "yes"
	}
	return "no"
}

// TestMachineArguments: what cannot be meant is refused.
func TestMachineArguments(t *testing.T) {
	var out, errs bytes.Buffer
	code := Main([]string{"diagnose", "client=Windows 8.1", "client=Windows 7"}, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	if code != 2 || !strings.Contains(errs.String(), "two versions are given for the client") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}

// TestMachinesWithEvidence: builds make what a text or a capture shows likely or stand against it, as far as they decide.
func TestMachinesWithEvidence(t *testing.T) {
	const text = "SSL Provider, error: 0 - An existing connection was forcibly closed by the remote host"
	const trace = "../source/capture/testdata/netmon-dhe.txt"
	for name, c := range map[string]struct {
		args    []string
		first   string // the first cause and how sure
		against int    // what machines say against dhe-leading-zero
	}{
		"text":                 {[]string{text}, "dhe-leading-zero possible", 0},
		"text, two rules":      {[]string{text, "Windows Server 2012 R2", "Windows Server 2019"}, "dhe-leading-zero likely", 0},
		"text, one":            {[]string{text, "Windows Server 2016 14393.3300"}, "dhe-leading-zero possible", 0},
		"text, both right":     {[]string{text, "Windows Server 2022", "Windows Server 2019"}, "server-too-old possible", 3},
		"text, without DHE":    {[]string{text, "client=Windows Server 2019", "server=Windows Server 2012 R2"}, "server-too-old possible", 3},
		"text, one is right":   {[]string{text, "Windows Server 2016 14393.3542"}, "server-too-old possible", 1},
		"capture":              {[]string{trace}, "dhe-leading-zero likely", 0},
		"capture, two rules":   {[]string{trace, "Windows Server 2012 R2", "Windows Server 2019"}, "dhe-leading-zero likely", 0},
		"capture, both right":  {[]string{trace, "Windows Server 2022", "Windows Server 2019"}, "dhe-leading-zero possible", 3},
		"capture, alike wrong": {[]string{trace, "Windows Server 2012 R2", "Windows Server 2016 14393.3541"}, "dhe-leading-zero possible", 3},
	} {
		r := firstReport(t, c.args...)
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.Cause == "dhe-leading-zero" })
		against := 0
		for _, p := range r.Findings[max(i, 0)].Against {
			if strings.HasPrefix(p.At, "machine ") {
				against++
			}
		}
		if first := r.Findings[0].Cause + " " + r.Findings[0].Sure; first != c.first || i < 0 || against != c.against {
			t.Errorf("%s: first %s, want %s; %+v", name, first, c.first, r.Findings[max(i, 0)].Against)
		}
	}
}

// firstReport is the report of the first evidence of a call.
func firstReport(t *testing.T, args ...string) report.Report {
	t.Helper()
	var out, errs bytes.Buffer
	Main(append([]string{"diagnose", "--format", "json"}, args...), strings.NewReader(""), &out, &errs, func(string) string { return "" })
	both := struct{ Reports []report.Report }{make([]report.Report, 1)}
	into := any(&both)
	if len(args) == 1 {
		into = &both.Reports[0]
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil || len(both.Reports[0].Findings) == 0 {
		t.Fatalf("%q: %v\n%s", args, err, errs.String())
	}
	return both.Reports[0]
}
