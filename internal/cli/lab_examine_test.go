package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// An examining is a tlswhy lab examine that runs until its first client is complete.
type examining struct {
	host, port, ca string
	examples       []string
	out            bytes.Buffer // to be read after it ended
	ended          chan int
}

// startExamining runs the command and reads from what it says how to connect.
func startExamining(t *testing.T, args ...string) *examining {
	t.Helper()
	x := &examining{ended: make(chan int, 1)}
	said, stderr := io.Pipe()
	go func() {
		code := Main(append([]string{"lab", "examine", "--clients", "1", "--for", "100s"}, args...), nil, &x.out, stderr, func(string) string { return "" })
		stderr.Close()
		x.ended <- code
	}()
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "connect again") {
		line := strings.TrimSpace(lines.Text())
		if _, rest, ok := strings.Cut(line, " on "); ok && x.port == "" {
			address, _, _ := strings.Cut(rest, ",")
			x.host, x.port, _ = net.SplitHostPort(address)
		}
		if rest, ok := strings.CutPrefix(line, "let the client trust"); ok {
			x.ca = strings.TrimSpace(rest)
		}
		if rest, ok := strings.CutPrefix(line, "for example"); ok {
			x.examples = append(x.examples, strings.TrimSpace(rest))
		}
	}
	go io.Copy(io.Discard, said)
	if x.port == "" || x.ca == "" || len(x.examples) == 0 {
		t.Fatalf("it does not say how to connect: %+v", x)
	}
	return x
}

// meet runs a client again and again until the picture is complete.
func (x *examining) meet(t *testing.T, most int, command ...string) {
	t.Helper()
	var said []byte
	for range most {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "PGPASSWORD=none")
		said, _ = cmd.CombinedOutput() // most connections fail on purpose
		cancel()
		select {
		case code := <-x.ended:
			if code != exitOK {
				t.Errorf("exit code %d", code)
			}
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("the picture is not complete after %d times; the client said\n%s", most, said)
}

// javas are the installed virtual machines: the one in the path, and those beside it.
func javas(t *testing.T) []string {
	t.Helper()
	all, _ := filepath.Glob("/usr/lib/jvm/*/bin/java")
	if first, err := exec.LookPath("java"); err == nil {
		all = append(all, first)
	}
	var list []string
	for _, path := range all {
		if real, err := filepath.EvalSymlinks(path); err == nil && !slices.Contains(list, real) {
			list = append(list, real)
		}
	}
	if len(list) == 0 {
		absent(t, "java is not installed")
	}
	return list
}

// javaVersion is what a virtual machine says of itself, and the number before the first dot.
func javaVersion(t *testing.T, java string) (said, major string) {
	t.Helper()
	out, err := exec.Command(java, "-version").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	said, _, _ = strings.Cut(string(out), "\n")
	_, rest, _ := strings.Cut(said, `"`)
	major, _, _ = strings.Cut(rest, ".")
	return said, major
}

// TestLabExamineProvesJDK8328046: Java's own defect is found in every installed virtual machine, with its default settings. It
// strips the leading zeros of a finite field secret of TLS 1.3, against RFC 8446 §7.4.1. The first connection that is asked
// proves it: Java is sent to ffdhe2048 by a HelloRetryRequest, and the alert that it answers with opens under the keys
// of the stripped secret and no others. OpenJDK has the fix on its main line since September 2025, so in 26; where it is
// brought back to an older line, this test tells.
func TestLabExamineProvesJDK8328046(t *testing.T) {
	fixed := map[string]bool{"26": true, "27": true}
	for _, java := range javas(t) {
		version, major := javaVersion(t, java)
		t.Run(major, func(t *testing.T) {
			t.Parallel()
			x := startExamining(t, "--proto", "https", "--format", "json")
			hosts := filepath.Join(t.TempDir(), "hosts")
			if err := os.WriteFile(hosts, []byte(x.host+" db.shop.test\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			x.meet(t, 3, java, "-Djdk.net.hosts.file="+hosts, filepath.Join("..", "..", "testdata", "drivers", "HttpsClient.java"),
				"https://db.shop.test:"+x.port+"/", x.ca, "17")
			var e report.Examined
			if err := json.NewDecoder(&x.out).Decode(&e); err != nil { // it is written once more if it showed more since
				t.Fatal(err)
			}
			if e.DHE.Is != "strips" || e.DHE.Right == nil || !*e.DHE.Right {
				t.Errorf("TLS 1.2: %+v", e.DHE)
			}
			if fixed[major] {
				if e.FFDHE.Is != "keeps" {
					t.Errorf("%s: TLS 1.3: %+v", version, e.FFDHE)
				}
				return
			}
			provesStripping(t, version, e)
		})
	}
}

// provesStripping holds that one connection proved it, that the others agree, and that the page tells so.
func provesStripping(t *testing.T, version string, e report.Examined) {
	t.Helper()
	if e.FFDHE.Is != "strips" || e.FFDHE.Right == nil || *e.FFDHE.Right || e.FFDHE.Group != "ffdhe2048" {
		t.Fatalf("JDK-8328046 was not found in %s: %+v", version, e.FFDHE)
	}
	var asked []report.Handshake
	for _, h := range e.Handshakes {
		if strings.Contains(h.Changed, "client-ffdhe") {
			asked = append(asked, h)
		}
	}
	wants := []struct{ variant, how string }{
		{"zero=secret rule=stripped with=ffdhe2048", "alert"}, {"zero=none with=ffdhe2048", "completed"},
		{"zero=secret rule=stripped form=stripped with=ffdhe2048", "completed"},
	}
	if len(asked) != len(wants) {
		t.Fatalf("%d connections were asked about ffdhe: %+v", len(asked), asked)
	}
	for i, want := range wants {
		if h := asked[i]; !strings.HasSuffix(h.Changed, want.variant) || h.ClosedHow != want.how {
			t.Errorf("%s ends with %s", h.Changed, h.ClosedHow)
		}
	}
	if a := asked[0].Alerts; len(a) != 1 || a[0].Code != 20 || a[0].From != "client" {
		t.Errorf("the proof is %+v, want alert 20 bad_record_mac", a)
	}
	var page bytes.Buffer
	if err := report.ExaminedText(&page, e, report.Style{}); err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.Fields(page.String()), " ")
	for _, want := range []string{
		"likely Java (JSSE)", "TLS 1.3 STRIPS the leading zeros of an ffdhe secret, which RFC 8446 §7.4.1 keeps", "proven",
		"its alert 20 bad_record_mac opens only under the keys of the secret without its leading zeros", "JDK-8328046", "jdk.tls.namedGroups",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q:\n%s", want, page.String())
		}
	}
	t.Logf("%s:\n%s", version, page.String())
}

// TestLabExamineAsItSays: a person types the command that it gives, again and again, and reads the page: over each protocol the
// first connection told the rule.
func TestLabExamineAsItSays(t *testing.T) {
	for proto, c := range map[string]struct {
		program string
		says    []string
	}{
		"https":    {"curl", []string{"likely curl (OpenSSL)", "pads its own", "TLS 1.3 keeps the leading zeros", "accepts name-in-cn-only", "versions TLS1.2 to TLS1.3"}},
		"mssql":    {"tsql", []string{"likely GnuTLS", "sends its own short", "TLS 1.3 not exposed: TLS inside TDS 7 ends at TLS 1.2", "it verifies nothing", "✗ the client accepts any certificate", "versions TLS1.0 to"}},
		"mysql":    {"mysql", []string{"likely OpenSSL 3", "pads its own", "TLS 1.3 keeps the leading zeros", "refuses unknown-ca, self-signed, expired", "after the handshake: other-name"}},
		"postgres": {"psql", []string{"pads its own", "TLS 1.3 keeps the leading zeros", "refuses unknown-ca, self-signed, expired", "after the handshake: other-name"}},
	} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(c.program); err != nil {
				absent(t, c.program+" is not installed")
			}
			x := startExamining(t, "--proto", proto)
			i := slices.IndexFunc(x.examples, func(line string) bool { return strings.HasPrefix(line, c.program+" ") })
			if i < 0 {
				t.Fatalf("no command of %s among %q", c.program, x.examples)
			}
			x.meet(t, 25, "sh", "-c", x.examples[i])
			said := strings.Join(strings.Fields(x.out.String()), " ")
			for _, want := range append(c.says, "client 127.0.0.1 over "+proto, "complete", "strips the leading zeros of a TLS_DHE secret", "(over2049; connection 1)") {
				if !strings.Contains(said, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
			if t.Failed() {
				t.Log(x.out.String())
			}
		})
	}
}

// TestLabExaminePagesOnce: a client's page is printed once, however often it comes after nothing was left to ask; what it shows
// later is marked as being in place of the first.
func TestLabExaminePagesOnce(t *testing.T) {
	a := report.Examined{Number: 1, Complete: true, Connections: 9, DHE: report.ZeroRule{Is: "inconclusive"}}
	b := a
	b.Connections, b.Handshakes = 12, []report.Handshake{{}}
	if !sameAnswers(a, b) {
		t.Error("connections that were asked nothing make another page")
	}
	b.DHE.Is = "keeps"
	if sameAnswers(a, b) {
		t.Error("what it showed later is not printed")
	}
	for _, replaces := range []bool{false, true} {
		var out bytes.Buffer
		if err := report.ExaminedText(&out, report.Examined{Complete: true, Replaces: replaces}, report.Style{}); err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(out.String(), "in place of the page above"); said != replaces {
			t.Errorf("replaces %v: %s", replaces, out.String())
		}
	}
}

// TestLabExamineOnly: curl, which verifies, finishes each of its handshakes; without the flag it is shown wrong certificates.
func TestLabExamineOnly(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		absent(t, "curl is not installed")
	}
	for only, failing := range map[string]bool{"leading-zero": false, "": true} {
		args := []string{"--proto", "https"}
		if only != "" {
			args = append(args, "--only", only)
		}
		x := startExamining(t, args...)
		failed, ended := false, false
		for n := 0; n < 25 && !ended; n++ {
			// 52: nothing comes after the handshake, as the examination answers no requests
			out, err := exec.CommandContext(t.Context(), "sh", "-c", x.examples[0]+" -s").CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 52) {
				failed = true
				t.Logf("connection %d: %v %s", n+1, err, out)
			}
			select {
			case <-x.ended:
				ended = true
			case <-time.After(50 * time.Millisecond):
			}
		}
		said := strings.Join(strings.Fields(x.out.String()), " ")
		if failed != failing || !ended || strings.Contains(said, "not asked: --only leading-zero") != (only != "") {
			t.Errorf("--only %q: failed %v, ended %v: %s", only, failed, ended, said)
		}
	}
	var errs bytes.Buffer
	if code := Main([]string{"lab", "examine", "--only", "certificates"}, nil, io.Discard, &errs, func(string) string { return "" }); code != exitUsage {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
