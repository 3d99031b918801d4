package conf

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// tree is a set of files by name, for Options.
type tree map[string]string

func (t tree) options() Options {
	return Options{
		Open: func(name string) (io.ReadCloser, error) {
			text, ok := t[name]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return io.NopCloser(strings.NewReader(text)), nil
		},
		Glob: func(pattern string) (names []string, err error) {
			for name := range t {
				if ok, _ := path.Match(pattern, name); ok {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			return names, nil
		},
	}
}

func (t tree) read(tb testing.TB, name string) Result {
	tb.Helper()
	res, err := Read(context.Background(), name, strings.NewReader(t[name]), t.options())
	if err != nil {
		tb.Fatalf("Read(%s): %v", name, err)
	}
	return res
}

// written is a setting on one line: where it stands, the blocks around it, its words, and what it should have been.
func written(s fact.Setting) string {
	line := s.Ref.At + "  " + strings.Join(append(slices.Clone(s.Scope), s.Name), " > ")
	for _, a := range s.Args {
		line += " " + a
	}
	if s.Unknown {
		line += "  ? " + s.Near
	}
	return strings.TrimRight(line, " ")
}

func wantSettings(t *testing.T, res Result, want string) {
	t.Helper()
	var got []string
	for _, s := range res.Settings {
		got = append(got, written(s))
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(want), "\n"), got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func wantGaps(t *testing.T, res Result, want ...string) {
	t.Helper()
	var got []string
	for _, g := range res.Gaps {
		got = append(got, g.What+": "+g.Why)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// needProgram finds a real program; without it the test is skipped, or fails where the real ones are required.
func needProgram(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/", "/usr/local/sbin/"} {
		if found, err := exec.LookPath(dir + name); err == nil {
			return found
		}
	}
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

func TestUnknownForm(t *testing.T) {
	_, err := Read(context.Background(), "notes.txt", strings.NewReader("Dear all,\nthe proxy fails.\n"), Options{})
	if !errors.Is(err, errNoDialect) {
		t.Errorf("prose is read as configuration: %v", err)
	}
}

// TestHostileIncludes has a site include what is no file to read. Everything else is read, and nothing waits.
func TestHostileIncludes(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo.conf"), 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	sparse, err := os.Create(filepath.Join(dir, "sparse.conf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sparse.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	sparse.Close()
	text := "include nginx.conf;\ninclude /dev/zero;\ninclude fifo.conf;\ninclude " + dir + ";\ninclude sparse.conf;\ninclude missing.conf;\nssl_protocols TLSv1.2;\n"
	name := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := Read(context.Background(), name, strings.NewReader(text), Options{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated for files that are not read", n)
	}
	wantSettings(t, res, name+":7  ssl_protocols TLSv1.2")
	wantGaps(t, res,
		name+":1: "+name+": the file includes itself",
		name+":2: /dev/zero: it is no regular file",
		name+":3: "+dir+"/fifo.conf: it is no regular file",
		name+":4: "+dir+": it is a directory",
		name+":5: "+dir+"/sparse.conf: it has 1073741824 bytes, more than are read of one file",
		name+":6: "+dir+"/missing.conf: no such file or directory")
}

// endless never ends, as /dev/zero does behind an Open of somebody else's.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestEndlessFile(t *testing.T) {
	o := Options{MaxFile: 1 << 16, Open: func(string) (io.ReadCloser, error) { return io.NopCloser(endless{}), nil }}
	res, err := Read(context.Background(), "nginx.conf", strings.NewReader("include a;\ninclude b;\nssl_protocols TLSv1.2;"), o)
	if err != nil {
		t.Fatal(err)
	}
	wantGaps(t, res, "a: the rest of the file: it is larger than what is read", "b: the rest of the file: it is larger than what is read")
	wantSettings(t, res, "nginx.conf:3  ssl_protocols TLSv1.2")
}

// TestLoops: each file includes the next twice, the last the first. Without a bound the work doubles with each level.
func TestLoops(t *testing.T) {
	files := tree{"nginx.conf": "include a.conf;include a.conf;ssl_dhparam x;"}
	for c := 'a'; c < 'z'; c++ {
		next := string(c + 1)
		files[string(c)+".conf"] = "include " + next + ".conf;\ninclude " + next + ".conf;\nssl_protocols TLSv1.2;"
	}
	files["z.conf"] = "include a.conf;"
	o := files.options()
	o.MaxFiles = 500
	res, err := Read(context.Background(), "nginx.conf", strings.NewReader(files["nginx.conf"]), o)
	if err != nil || res.Files > 500 || len(res.Gaps) == 0 {
		t.Errorf("read %d files, %d gaps, %v; want at most 500, and gaps", res.Files, len(res.Gaps), err)
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, "nginx.conf", strings.NewReader("ssl_protocols TLSv1.2;"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
}

func TestDecode(t *testing.T) {
	for name, in := range map[string]string{
		"utf-8 with mark": "\xEF\xBB\xBFab",
		"utf-16 little":   "\xFF\xFEa\x00b\x00",
		"utf-16 big":      "\xFE\xFF\x00a\x00b",
		"cut in a letter": "\xFF\xFEa\x00b\x00c",
	} {
		if got := decode([]byte(in)); got != "ab" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestSecretsAreCut(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"password", []string{"hush"}, "***"},
		{"ssl_password_file", []string{"/etc/pw"}, "/etc/pw"},
		{"proxy_set_header", []string{"Authorization", "Basic aHVzaA=="}, "Authorization ***"},
		{"set", []string{"$api_token", "hush"}, "$api_token ***"},
		{"proxy_pass", []string{"https://u:hush@h/"}, "https://u:***@h/"},
		{"server", []string{"s1", "10.0.0.1:443", "ssl", "cookie", "s1", "verify", "none"}, "s1 10.0.0.1:443 ssl cookie *** verify none"},
		{"if", []string{"$http_authorization", "=", "hush"}, "$http_authorization = ***"},
	} {
		args := slices.Clone(c.args)
		cutSecrets(c.name, args)
		if got := strings.Join(args, " "); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.name, c.args, got, c.want)
		}
	}
}
