package remedy

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestMariaDBReadsIt lets the server print its variables with our lines in my.cnf.
func TestMariaDBReadsIt(t *testing.T) {
	mariadbd := program(t, "mariadbd", "/usr/sbin/mariadbd")
	dir := t.TempDir()
	checked := 0
	for _, s := range of(t, "mysql-server") {
		if s.File != "my.cnf" {
			continue
		}
		conf := write(t, filepath.Join(dir, "my.cnf"), s.Snippet+"\n")
		out, err := run(t, nil, mariadbd, "--defaults-file="+conf, "--datadir="+dir, "--help", "--verbose")
		if err != nil {
			t.Errorf("%s: %v\n%s\n%s", s.ID, err, s.Snippet, tail(out))
			continue
		}
		for line := range strings.SplitSeq(s.Snippet, "\n") {
			if name, value, ok := strings.Cut(line, "="); ok && !variable(out, strings.TrimSpace(name), strings.TrimSpace(value)) {
				t.Errorf("%s: mariadbd does not take %q", s.ID, line)
			}
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("only %d snippets were read", checked)
	}
	bad := write(t, filepath.Join(dir, "my.cnf"), "[mysqld]\nssl_nonesuch = 1\n")
	if _, err := run(t, nil, mariadbd, "--defaults-file="+bad, "--datadir="+dir, "--help", "--verbose"); err == nil {
		t.Error("mariadbd accepts a variable that does not exist: this test proves nothing")
	}
}

// variable reports whether the list of variables has this value; "tls-version" is how the list writes tls_version.
func variable(list, name, value string) bool {
	for line := range strings.SplitSeq(list, "\n") {
		f := strings.Fields(line)
		if len(f) == 2 && f[0] == strings.ReplaceAll(name, "_", "-") {
			return f[1] == value
		}
	}
	return false
}

func tail(s string) string {
	if len(s) > 400 {
		return s[len(s)-400:]
	}
	return s
}

// TestMariaDBClientReadsIt lets the client read the options that it has and come as far as a closed port; the
// others are Oracle's.
func TestMariaDBClientReadsIt(t *testing.T) {
	mariadb := program(t, "mariadb")
	port := closedPort(t)
	connect := func(options string) string {
		out, _ := run(t, nil, "/bin/sh", "-c", mariadb+" --no-defaults "+options+" --host=127.0.0.1 --protocol=TCP --port="+port+" -e 'select 1'")
		return out
	}
	checked := 0
	for _, s := range of(t, "mysql-client") {
		if oneOfThese(s.Snippet, "--ssl-mode", "--tls-ciphersuites", "--tls-sni-servername") {
			continue
		}
		if out := connect(s.Snippet); !strings.Contains(out, "Can't connect") {
			t.Errorf("%s: %s: %s", s.ID, s.Snippet, out)
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("only %d commands were read", checked)
	}
	if out := connect("--ssl-nonesuch"); strings.Contains(out, "Can't connect") {
		t.Error("mariadb accepts an option that does not exist: this test proves nothing")
	}
}
