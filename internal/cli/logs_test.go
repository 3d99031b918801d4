package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/logs"
)

// refusedLine is a failure towards an upstream, as nginx 1.22 with OpenSSL 3 writes it.
func refusedLine(at, upstream string) string {
	return `2024/10/21 ` + at + ` [error] 165#165: *18130 SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream, client: 203.0.113.9, server: shop.example.com, request: "GET /a?token=hunter2 HTTP/1.1", upstream: "https://` + upstream + `:8443/a?token=hunter2", host: "shop.example.com"` + "\n"
}

// quietLine is about something else.
const quietLine = `2024/10/21 08:43:11 [error] 165#165: *18131 open() "/srv/www/x" failed (2: No such file or directory), client: 203.0.113.9, server: shop.example.com, request: "GET /x HTTP/1.1", host: "shop.example.com"` + "\n"

// counted is how often each upstream failed.
func counted(r report.Report) map[string]int {
	n := map[string]int{}
	for _, e := range r.Events {
		n[strings.TrimSuffix(strings.TrimPrefix(e.Upstream, "https://"), ":8443")] += e.Count
	}
	return n
}

func writeFile(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// followed names the file that this test binary follows as if it were the program.
const followed = "TLSWHY_TEST_FOLLOW"

func TestFollowProgram(t *testing.T) {
	name := os.Getenv(followed)
	if name == "" {
		t.Skip("only run by TestFollow")
	}
	os.Exit(Main([]string{"diagnose", "--follow", name, "--format", "json"}, nil, os.Stdout, os.Stderr, func(string) string { return "" }))
}

// A follower is the program at work on a log that grows.
type follower struct {
	t       *testing.T
	cmd     *exec.Cmd
	reports chan report.Report
	seen    map[string]int // failures told, by upstream
}

func startFollower(t *testing.T, name string) *follower {
	t.Helper()
	f := &follower{t: t, cmd: exec.Command(os.Args[0], "-test.run=^TestFollowProgram$"), reports: make(chan report.Report, 100), seen: map[string]int{}}
	f.cmd.Env = append(os.Environ(), followed+"="+name)
	out, err := f.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.cmd.Process.Kill() })
	go func() {
		defer close(f.reports)
		for d := json.NewDecoder(out); ; {
			var r report.Report
			if d.Decode(&r) != nil {
				return
			}
			f.reports <- r
		}
	}()
	return f
}

// until waits for the first failure of an upstream to be told.
func (f *follower) until(upstream string) {
	f.t.Helper()
	for f.seen[upstream] == 0 {
		select {
		case r, ok := <-f.reports:
			if !ok {
				f.t.Fatalf("ended before %s was told", upstream)
			}
			f.take(r)
		case <-time.After(20 * time.Second):
			f.t.Fatalf("%s was not told", upstream)
		}
	}
}

func (f *follower) take(r report.Report) {
	for up, n := range counted(r) {
		f.seen[up] += n
	}
	if strings.Contains(fmt.Sprintf("%+v", r), "hunter2") {
		f.t.Error("a token of a query came through")
	}
}

// interrupt is Ctrl-C; the exit code is returned.
func (f *follower) interrupt() int {
	f.t.Helper()
	if err := f.cmd.Process.Signal(os.Interrupt); err != nil {
		f.t.Fatal(err)
	}
	for r := range f.reports {
		f.take(r)
	}
	var exit *exec.ExitError
	if err := f.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		f.t.Fatal(err)
	}
	return f.cmd.ProcessState.ExitCode()
}

// TestFollow: the program follows a log through both kinds of rotation, tells each failure once, and ends when asked.
func TestFollow(t *testing.T) {
	dir := t.TempDir()
	name := writeFile(t, dir, "error.log", []byte(strings.Repeat(quietLine, 10)))
	open := func() *os.File {
		w, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close() })
		return w
	}
	w := open()
	f := startFollower(t, name)
	io.WriteString(w, refusedLine("08:00:01", "grown"))
	f.until("grown")
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, refusedLine("08:00:02", "renamed"))
	w = open() // as a daemon does that is told to reopen its log
	io.WriteString(w, quietLine+refusedLine("08:00:03", "reopened"))
	f.until("renamed")
	f.until("reopened")
	data, _ := os.ReadFile(name)
	writeFile(t, dir, "error.log.2", data)
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, refusedLine("08:00:04", "truncated"))
	f.until("truncated")
	if code := f.interrupt(); code != exitFound {
		t.Errorf("exit %d, want %d", code, exitFound)
	}
	if want := map[string]int{"grown": 1, "renamed": 1, "reopened": 1, "truncated": 1}; !maps.Equal(f.seen, want) {
		t.Errorf("told %v, want %v", f.seen, want)
	}
}

func gzipped(t *testing.T, text string) []byte {
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	io.WriteString(g, text)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t *testing.T, text string) []byte {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bzipped packs with bzip2, for Go only unpacks.
func bzipped(t *testing.T, text string) []byte {
	cmd := exec.Command(needs(t, "bzip2")[0], "-c")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRotatedSet: a glob names a rotated set, packed in three ways; it is read in the order of time.
func TestRotatedSet(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "error.log", []byte(refusedLine("12:00:00", "d")))
	writeFile(t, dir, "error.log.1", bzipped(t, quietLine+refusedLine("11:00:00", "c")))
	writeFile(t, dir, "error.log.2.gz", gzipped(t, refusedLine("10:00:00", "b")))
	writeFile(t, dir, "error.log.10.zst", zstded(t, quietLine+quietLine+refusedLine("09:00:00", "a")))
	writeFile(t, dir, "access.log", []byte("no part of it\n"))
	r, code := heardReport(t, filepath.Join(dir, "error.log*"))
	var got []string
	for _, e := range r.Events {
		got = append(got, e.At+" "+e.Upstream)
	}
	want := []string{"error.log.10.zst:3 https://a:8443", "error.log.2.gz:1 https://b:8443", "error.log.1:2 https://c:8443", "error.log:1 https://d:8443"}
	if code != exitFound || !slices.Equal(got, want) || len(r.Gaps) > 0 {
		t.Errorf("exit %d, gaps %v\n got %v\nwant %v", code, r.Gaps, got, want)
	}
}

// TestJournalOnStandardInput: journalctl -o json | tlswhy diagnose -
func TestJournalOnStandardInput(t *testing.T) {
	message, _ := json.Marshal(strings.TrimSpace(refusedLine("08:00:00", "10.1.2.3")))
	line := `{"__CURSOR":"s=7;i=4","__REALTIME_TIMESTAMP":"1729497600000000","PRIORITY":"3","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"nginx","MESSAGE":` + string(message) + "}\n"
	other := `{"__CURSOR":"s=7;i=5","__REALTIME_TIMESTAMP":"1729497600000001","PRIORITY":"6","_HOSTNAME":"web1","SYSLOG_IDENTIFIER":"systemd","MESSAGE":"Started nginx.service - TLS is on."}` + "\n"
	var out, errs bytes.Buffer
	code := Main([]string{"diagnose", "-", "--format", "json"}, strings.NewReader(strings.Repeat(other+line, 20)), &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || code != exitFound {
		t.Fatalf("exit %d, %v: %s%s", code, err, out.String(), errs.String())
	}
	if len(r.Events) != 1 || r.Events[0].Count != 20 || r.Events[0].Upstream != "https://10.1.2.3:8443" || r.Events[0].At != "standard input:2" || r.Events[0].Dialect != "nginx" {
		t.Errorf("%+v", r.Events)
	}
}

// TestSinceFlag: a time of day, a time and a length of time.
func TestSinceFlag(t *testing.T) {
	at := time.Now().Add(-time.Hour)
	recent := strings.Replace(refusedLine(at.Format("15:04:05"), "new"), "2024/10/21", at.Format("2006/01/02"), 1)
	name := writeFile(t, t.TempDir(), "error.log", []byte(refusedLine("08:00:00", "old")+refusedLine("09:00:00", "later")+recent))
	for since, want := range map[string]map[string]int{"2024-10-21 08:30": {"later": 1, "new": 1}, "90m": {"new": 1}, "2024-10-20": {"old": 1, "later": 1, "new": 1}} {
		r, _ := heardReport(t, name, "--since", since)
		if got := counted(r); !maps.Equal(got, want) {
			t.Errorf("--since %s: %v, want %v", since, got, want)
		}
	}
	var errs bytes.Buffer
	if code := Main([]string{"diagnose", name, "--since", "yesterday"}, nil, io.Discard, &errs, func(string) string { return "" }); code != exitUsage || !strings.Contains(errs.String(), "2h") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}

// TestLogFormatFlag: a dialect that does not exist is wrong usage, and the message lists those that do.
func TestLogFormatFlag(t *testing.T) {
	name := writeFile(t, t.TempDir(), "error.log", []byte(refusedLine("08:00:00", "a")))
	if r, code := heardReport(t, name, "--log-format", "nginx"); code != exitFound || len(r.Events) != 1 {
		t.Errorf("exit %d: %+v", code, r.Events)
	}
	for _, args := range [][]string{{name}, {"--follow", name}, {"-"}} {
		var errs bytes.Buffer
		code := Main(append([]string{"diagnose", "--log-format", "nginy"}, args...), strings.NewReader(quietLine), io.Discard, &errs, func(string) string { return "" })
		if code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
		for _, id := range logs.Formats() {
			if !strings.Contains(errs.String(), id) {
				t.Errorf("%v: %q does not list %s", args, errs.String(), id)
			}
		}
	}
}

// TestUTF16Log: as SQL Server writes its ERRORLOG.
func TestUTF16Log(t *testing.T) {
	text := strings.Repeat("2018-10-16 09:06:42.54 spid19s     Starting up database 'tempdb'.\r\n", 3) +
		"2018-10-16 09:07:01.10 Logon       Error: 17835, Severity: 20, State: 1.\r\n" +
		"2018-10-16 09:07:01.10 Logon       Encryption is required to connect to this server but the client library does not support encryption; the connection has been closed. Please upgrade your client library. [CLIENT: 10.0.0.7]\r\n"
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	r, code := heardReport(t, writeFile(t, t.TempDir(), "ERRORLOG", wide))
	if code != exitFound || len(r.Events) != 1 || r.Events[0].Dialect != "errorlog" || r.Events[0].At != "ERRORLOG:4" || len(r.Findings) == 0 {
		t.Errorf("exit %d: %+v", code, r.Events)
	}
}

func TestBinaryFile(t *testing.T) {
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	var errs bytes.Buffer
	name := writeFile(t, t.TempDir(), "core.log", data)
	if code := Main([]string{"diagnose", name}, nil, io.Discard, &errs, func(string) string { return "" }); code != exitUnreadable || !strings.Contains(errs.String(), "core.log") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}

// TestTenMegabyteLine: it is read in part, that is told with its number, and no other line is lost.
func TestTenMegabyteLine(t *testing.T) {
	long := strings.Replace(refusedLine("08:00:01", "long"), "/a?", "/"+strings.Repeat("x", 10<<20)+"?", 1)
	name := writeFile(t, t.TempDir(), "error.log", []byte(refusedLine("08:00:00", "before")+quietLine+long+refusedLine("08:00:02", "after")))
	r, code := heardReport(t, name)
	if got := counted(r); code != exitFound || got["before"] != 1 || got["after"] != 1 || len(r.Events) != 3 || r.Events[1].At != "error.log:3" || r.Events[2].At != "error.log:4" {
		t.Errorf("exit %d: %v", code, got)
	}
	if len(r.Gaps) != 1 || r.Gaps[0].What != "error.log:3" {
		t.Errorf("gaps %+v", r.Gaps)
	}
}

// TestTimeJumps: the clock of the log goes back; the report says so and tells the least and the greatest time.
func TestTimeJumps(t *testing.T) {
	name := writeFile(t, t.TempDir(), "error.log", []byte(refusedLine("10:00:00", "a")+refusedLine("08:00:00", "a")+refusedLine("12:00:00", "a")))
	r, _ := heardReport(t, name)
	if len(r.Gaps) != 1 || r.Gaps[0].What != "error.log:2" || len(r.Events) != 1 || r.Events[0].Count != 3 ||
		!strings.Contains(r.Events[0].First, "T08:00:00") || !strings.Contains(r.Events[0].Last, "T12:00:00") {
		t.Errorf("gaps %+v, events %+v", r.Gaps, r.Events)
	}
}
