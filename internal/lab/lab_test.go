package lab

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

func TestFaultsAreSortedAndServable(t *testing.T) {
	all := Faults()
	if !slices.IsSortedFunc(all, func(a, b Fault) int { return strings.Compare(a.Name(), b.Name()) }) {
		t.Error("not sorted by name")
	}
	for i, f := range all {
		if i > 0 && all[i-1].Name() == f.Name() {
			t.Errorf("%s is there twice", f.Name())
		}
		if f.Says == "" || len(f.Protos) == 0 || f.Start == nil {
			t.Errorf("%s is incomplete", f.Slug)
		}
		for _, id := range f.Protos {
			if preamble.ByID(id) == nil {
				t.Errorf("%s: no protocol %q", f.Slug, id)
			}
		}
	}
}

func TestFindNamesWhatExists(t *testing.T) {
	if _, p, err := Find("", "certificate-expired"); err != nil || p.ID != "https" {
		t.Errorf("usual protocol: %q, %v", p.ID, err)
	}
	if _, p, err := Find("sqlserver", "healthy"); err != nil || p.ID != "mssql" {
		t.Errorf("by URL scheme: %q, %v", p.ID, err)
	}
	for _, c := range []struct{ proto, slug, want string }{
		{"https", "no-such-fault", "certificate-expired"},
		{"https", "instance-not-found", "mssql"},
		{"gopher", "healthy", "postgres"},
	} {
		if _, _, err := Find(c.proto, c.slug); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Find(%q, %q): %v, want it to name %s", c.proto, c.slug, err, c.want)
		}
	}
}

// known are the flags that a user could type by hand; true when a value follows.
var known = map[string]bool{"--ca": true, "--dns": true, "--connect": true, "--sni": true, "--as": true, "--cert": true, "--key": true,
	"--timeout": true, "--max-connections": true, "--deep": false, "--deep=all": false, "-4": false, "-6": false}

// TestEveryEndpoint starts each fault over each of its protocols, reads what it hands over and closes it again.
func TestEveryEndpoint(t *testing.T) {
	e := newTestEnv(t)
	before := runtime.NumGoroutine()
	for _, f := range Faults() {
		for _, proto := range f.Protos {
			p := preamble.ByID(proto)
			end, err := f.Start(t.Context(), e, *p)
			if err != nil {
				t.Errorf("%s over %s: %v", f.Name(), proto, err)
				continue
			}
			checkEndpoint(t, f.Slug, end)
			if f.ByHand != (end.Hand != "") || strings.ContainsAny(end.Hand, "{}") || f.Kind != "" && strings.Contains(end.Hand, f.Kind) {
				t.Errorf("%s over %s: by hand %q", f.Name(), proto, end.Hand)
			}
			for _, flag := range f.Needs {
				if !slices.Contains(end.Flags, flag) {
					t.Errorf("%s needs %s, which is not handed over: %q", f.Name(), flag, end.Flags)
				}
			}
			end.Close()
			end.Close() // once more does no harm
		}
	}
	checkGoroutines(t, before)
}

func checkEndpoint(t *testing.T, slug string, end *Endpoint) {
	t.Helper()
	said := strings.Join(slices.Concat([]string{end.Target}, end.Flags, end.Files), " ")
	if strings.Contains(said, slug) {
		t.Errorf("%s is named in what is handed over: %s", slug, said)
	}
	scheme, rest, _ := strings.Cut(end.Target, "://")
	if preamble.ByScheme(scheme) == nil || !strings.HasPrefix(rest, end.Host) {
		t.Errorf("%s: target %q", slug, end.Target)
	}
	seen := map[string]bool{}
	for i := 0; i < len(end.Flags); i++ {
		name := end.Flags[i]
		valued, ok := known[name]
		if !ok || seen[name] {
			t.Errorf("%s: flag %q unknown or twice in %s", slug, name, said)
		}
		seen[name] = true
		if valued {
			i++
		}
	}
	if !seen["--ca"] {
		t.Errorf("%s: no --ca in %s", slug, said)
	}
}

func TestFilesStayInTheFolder(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "https", "client-key-does-not-match")
	v := newVisitor(t, e, end, p)
	for _, name := range []string{"--ca", "--cert", "--key"} {
		path := v.flag(name)
		if filepath.Dir(path) != e.Dir {
			t.Errorf("%s %s is outside %s", name, path, e.Dir)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

func TestNoFolder(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := NewEnv(missing); err == nil {
		t.Error("a folder that is not there is no error")
	}
	e := newTestEnv(t)
	e.Dir = missing
	before := runtime.NumGoroutine()
	for _, slug := range []string{"client-certificate-expired", "ca-store-missing"} {
		f, p, err := Find("", slug)
		if err != nil {
			t.Fatal(err)
		}
		if end, err := f.Start(t.Context(), e, p); err == nil {
			t.Errorf("%s: %v started without its files", slug, end)
		}
	}
	checkGoroutines(t, before)
}

// TestTwoRunsShareNothing: another environment has another CA, and names its files the same.
func TestTwoRunsShareNothing(t *testing.T) {
	one, two := newTestEnv(t), newTestEnv(t)
	end, p := start(t, one, "https", Healthy)
	v := newVisitor(t, two, end, p)
	v.config.RootCAs.AddCert(two.CA.Root.Cert)
	checkError(t, "its own", v.enter(t), "")
	v.config.RootCAs = x509.NewCertPool()
	v.config.RootCAs.AddCert(two.CA.Root.Cert)
	checkError(t, "the other", v.enter(t), "unknown authority|verification failure")
}
