package remedy

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

var pgVersion = regexp.MustCompile(`(\d+)\.\d+`)

// since18 are the settings that PostgreSQL has from version 18 on.
var since18 = []string{"ssl_groups", "ssl_tls13_ciphers"}

// TestPostgreSQLReadsIt lets the server print each setting with our lines in postgresql.conf.
func TestPostgreSQLReadsIt(t *testing.T) {
	postgres := program(t, "postgres", "/usr/lib/postgresql/18/bin/postgres", "/usr/lib/postgresql/17/bin/postgres", "/usr/lib/postgresql/15/bin/postgres")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "postgresql.auto.conf"), "")
	version, _ := run(t, nil, postgres, "--version")
	read := func(conf, name string) (string, error) {
		write(t, filepath.Join(dir, "postgresql.conf"), conf+"\n")
		return run(t, nil, postgres, "-C", name, "-D", dir)
	}
	checked := 0
	for _, s := range of(t, "postgres-server") {
		if !strings.HasPrefix(s.File, "postgresql.conf") || oneOfThese(s.Snippet, since18...) && pgVersion.FindString(version) < "18" {
			continue
		}
		for line := range strings.SplitSeq(s.Snippet, "\n") {
			name, value, _ := strings.Cut(line, " = ")
			want := strings.Trim(value, "'")
			if out, err := read(s.Snippet, name); err != nil || out != want {
				t.Errorf("%s: %s is %q (%v), want %q", s.ID, name, out, err, want)
			}
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("only %d snippets were read", checked)
	}
	if _, err := read("ssl_min_protocol_version = 'TLSv9'", "ssl_min_protocol_version"); err == nil {
		t.Error("postgres accepts TLSv9: this test proves nothing")
	}
}

// TestLibpqReadsIt connects to a closed port with our words: libpq must get as far as the connection.
func TestLibpqReadsIt(t *testing.T) {
	psql := program(t, "psql")
	out, _ := run(t, nil, psql, "--version")
	old := pgVersion.FindString(out) < "17"
	port := closedPort(t)
	checked := 0
	for _, s := range of(t, "libpq") {
		if old && strings.Contains(s.Snippet, "sslnegotiation") {
			continue
		}
		out, err := run(t, nil, psql, s.Snippet+" hostaddr=127.0.0.1 port="+port+" user=x dbname=x", "-c", "select 1")
		if err == nil || !strings.Contains(out, "Connection refused") {
			t.Errorf("%s: %q: %s", s.ID, s.Snippet, out)
		}
		checked++
	}
	if checked < 12 {
		t.Errorf("only %d connection strings were read", checked)
	}
	if out, _ := run(t, nil, psql, "sslnonesuch=1 hostaddr=127.0.0.1 port="+port, "-c", "select 1"); strings.Contains(out, "Connection refused") {
		t.Error("libpq accepts a word that does not exist: this test proves nothing")
	}
}

// TestPgxReadsIt: what is written for pgx must not end in RuntimeParams, which pgx sends to the server.
func TestPgxReadsIt(t *testing.T) {
	dir := t.TempDir()
	pair(t, dir, "ca.pem", "x", "client.crt", "client.key")
	c := sampleCases()[0]
	c.Question.Protocol, c.Question.As, c.Question.Host = "postgres", "pgx v5", "127.0.0.1"
	checked := 0
	for _, s := range of(t, "libpq") {
		for _, a := range For(c, s.change, 0) {
			if a.Platform != "libpq" {
				continue
			}
			words := strings.NewReplacer("ca.pem", dir+"/ca.pem", "client.crt", dir+"/client.crt", "client.key", dir+"/client.key").Replace(a.Snippet)
			if strings.Contains(words, "our ") {
				continue
			}
			cfg, err := pgconn.ParseConfig("user=x host=127.0.0.1 " + words)
			if err != nil || len(cfg.RuntimeParams) != 0 {
				t.Errorf("%s: %q: %v, sent to the server: %v", a.ID, words, err, cfg.RuntimeParams)
			}
			checked++
		}
	}
	if checked < 5 {
		t.Errorf("only %d connection strings were read", checked)
	}
}
