package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// needs skips a test where a real peer is not installed; where all are promised to be there, it fails.
func needs(t *testing.T, programs ...string) []string {
	t.Helper()
	var paths []string
	for _, p := range programs {
		path, err := exec.LookPath(p)
		if err != nil {
			path, err = exec.LookPath("/usr/sbin/" + p)
		}
		if err != nil {
			absent(t, p+" is not installed (make test as root installs it)")
		}
		paths = append(paths, path)
	}
	return paths
}

// absent leaves a real part out and says so, or fails where nothing may be left out.
func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatal(why)
	}
	t.Skip("left out: " + why)
}

// freePort finds a TCP port of loopback that nobody uses.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// serve starts a server, waits until its port takes connections, and stops it by its process ID at the end.
func serve(t *testing.T, port int, as *user.User, stdin bool, argv ...string) {
	t.Helper()
	note(served, t.Name(), filepath.Base(argv[0])+" "+strings.Join(argv[1:], " "))
	cmd := exec.Command(argv[0], argv[1:]...)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if as != nil {
		uid, _ := strconv.Atoi(as.Uid)
		gid, _ := strconv.Atoi(as.Gid)
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		cmd.Env = append(os.Environ(), "HOME=/tmp")
	}
	if stdin {
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
	for limit := time.Now().Add(60 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-done:
			done <- err
			t.Fatalf("%s ended: %v\n%s", argv[0], err, log.String())
		default:
		}
		if c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("%s never listened\n%s", argv[0], log.String())
}

// wanted and served are what each test expects and the command of its server, for the recordings.
var (
	wanted, served = map[string]string{}, map[string]string{}
	notes          sync.Mutex
)

func note(to map[string]string, test, text string) {
	notes.Lock()
	defer notes.Unlock()
	to[test] = text
}

func orOK(slug string) string {
	if slug == "" {
		return "ok"
	}
	return slug
}

// run runs a command to its end.
func run(t *testing.T, as *user.User, argv ...string) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	if as != nil {
		uid, _ := strconv.Atoi(as.Uid)
		gid, _ := strconv.Atoi(as.Gid)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
}

// account is the system user that a database server must run as; only root may become it.
func account(t *testing.T, name string) *user.User {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		absent(t, "there is no user "+name)
	}
	if os.Getuid() != 0 {
		absent(t, "only root can start a server as "+name)
	}
	return u
}

// folder makes a directory owned by a system user.
func folder(t *testing.T, p *pki, name string, as *user.User) string {
	t.Helper()
	dir := filepath.Join(p.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	own(t, dir, as)
	return dir
}

func own(t *testing.T, path string, as *user.User) {
	t.Helper()
	if as == nil {
		return
	}
	uid, _ := strconv.Atoi(as.Uid)
	gid, _ := strconv.Atoi(as.Gid)
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
}

// diagnosed runs the program as a user would and reads its JSON.
func diagnosed(t *testing.T, args ...string) report.Report {
	t.Helper()
	var out, errs bytes.Buffer
	w := &world{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	code := w.run(append([]string{"diagnose", "--format", "json"}, args...))
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("exit %d, no report: %v\n%s%s", code, err, out.String(), errs.String())
	}
	if want := map[bool]int{true: exitOK, false: exitFound}[r.Outcome == "ok"]; code != want {
		t.Errorf("outcome %s with exit code %d", r.Outcome, code)
	}
	if os.Getenv("TLSWHY_RECORD") != "" {
		record(t, args, w.results[0])
	}
	return r
}

// expect checks what a real server must be diagnosed as: the cause first, how sure, and the connections it took.
func expect(t *testing.T, r report.Report, slug, sure string) {
	t.Helper()
	note(wanted, t.Name(), strings.TrimSpace(orOK(slug)+" "+sure))
	if r.Connections > connections {
		t.Errorf("%d connections", r.Connections)
	}
	if slug == "" {
		if r.Outcome != "ok" {
			t.Errorf("outcome %s, want ok: %s", r.Outcome, summary(r))
		}
		return
	}
	if len(r.Findings) == 0 || r.Findings[0].Cause != slug || r.Findings[0].Sure != sure {
		t.Errorf("want %s (%s), got outcome %s: %s", slug, sure, r.Outcome, summary(r))
	}
}

func summary(r report.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s (%s, %s) ", f.Cause, f.Sure, f.Level)
	}
	for _, h := range r.Handshakes {
		fmt.Fprintf(&b, "\n  %s [%s] %s %s by %s after %s %v", h.First, h.Changed, h.Version, h.ClosedHow, h.ClosedBy, h.After, h.Alerts)
	}
	return b.String()
}
