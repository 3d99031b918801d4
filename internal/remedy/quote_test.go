package remedy

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

func containsAll(s string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

// nasty are values that a peer could put into a certificate to have them pasted into a shell or a configuration.
var nasty = []string{
	"EVIL'; rm -rf / #", `EVIL"; proxy_ssl_verify off; "`, "EVIL$(id)", "EVIL`id`", "EVIL\nssl_verify_client off;", "EVIL;Encrypt=no",
	"EVIL sslmode=disable", "-EVIL", "EVIL|id", "EVIL&id", "EVIL\x00", "EVIL\x1b[2J", "EVIL\u202e", "EVIL\u200bx", "EVIL\u2028x", "EVIL\xff", "EVIL{ }",
	"EVIL\\", "EVIL%s", "EVIL, x", "EVIL/../x", "EVIL‘’", "EVIL=x", "EVIL.." + "x", "EVIL." + strings.Repeat("a", 64), strings.Repeat("EVIL.", 60), "EVIL<script>", "EVIL é",
}

// TestNastyNamesStayOut writes every change with nasty arguments: no line for a machine may hold them, and no
// sentence may hold a control character.
func TestNastyNamesStayOut(t *testing.T) {
	for _, value := range nasty {
		for _, kind := range kinds(t) {
			args := sampleArgs(kind)[0]
			for name := range args {
				if name != "version" {
					args[name] = value
				}
			}
			for _, c := range nastyCases(value) {
				for _, side := range sides {
					checkClean(t, value, For(c, change.Change{Kind: kind, Side: side, Args: args}, 0))
				}
			}
		}
	}
}

// nastyCases are the samples with a nasty name in the question, its instance and the certificate.
func nastyCases(value string) []*fact.Case {
	var cases []*fact.Case
	for i, c := range sampleCases() {
		if i%6 != 1 { // a few of them are enough
			continue
		}
		cases = append(cases, c)
		c.Question.Host, c.Question.Instance = value, value
		for i := range c.Handshakes {
			leaf := c.Handshakes[i].Chain.Leaf()
			if leaf == nil {
				continue
			}
			leaf.DNSNames, leaf.IPs, leaf.AIA = []string{value}, []string{value}, []string{value}
		}
	}
	return cases
}

func checkClean(t *testing.T, value string, advice []Advice) {
	t.Helper()
	for _, a := range advice {
		for _, code := range []string{a.File, a.Snippet, a.Apply, a.Undo} {
			if strings.Contains(code, "EVIL") {
				t.Errorf("%s with %q: %q", a.ID, value, code)
			}
		}
		for _, text := range append([]string{a.What, a.Risk}, mapValues(a.Args)...) {
			if !printable(text) {
				t.Errorf("%s with %q: a sentence holds it raw: %q", a.ID, value, text)
			}
		}
	}
}

func mapValues(m map[string]string) []string {
	var list []string
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// files are values that have to be quoted and survive.
var files = []string{"ca.pem", "/etc/ssl/our ca.pem", "it's.pem", `a"b.pem`, `C:\certs\ca.pem`, "$(id).pem", "a;b=c.pem", "über.pem", "a%b.pem", "{x}.pem", "*.pem", "#.pem", "a=b"}

func TestQuoteShellIsUndoneByTheShell(t *testing.T) {
	for _, f := range files {
		q, ok := quote("sh", f)
		if !ok {
			t.Errorf("%q is refused", f)
			continue
		}
		out, err := exec.Command("/bin/sh", "-c", "printf %s "+q).Output()
		if err != nil || string(out) != f {
			t.Errorf("%s: the shell read %q, %v", q, out, err)
		}
	}
	if q, ok := quote("sh", "--ssl-mode=DISABLED"); ok {
		t.Errorf("an option passed as %s", q)
	}
}

// TestQuoteLibpq lets pgx's reader of the same syntax undo it.
func TestQuoteLibpq(t *testing.T) {
	for _, f := range files {
		q, _ := quote("libpq", f)
		cfg, err := pgconn.ParseConfig("host=127.0.0.1 application_name=" + q + " sslmode=disable")
		if err != nil || cfg.RuntimeParams["application_name"] != f {
			t.Errorf("%s: read as %q, %v", q, cfg.RuntimeParams["application_name"], err)
		}
	}
}

// TestQuoteConn lets go-mssqldb's reader of ADO.NET's syntax undo it.
func TestQuoteConn(t *testing.T) {
	for _, f := range files {
		q, _ := quote("conn", f)
		cfg, err := msdsn.Parse("server=127.0.0.1;app name=" + q + ";database=master")
		if err != nil || cfg.AppName != f || cfg.Database != "master" {
			t.Errorf("%s: read as %q, %v", q, cfg.AppName, err)
		}
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		language, name, want string // want "": refused
	}{
		{"dns", "db.example.com", "db.example.com"}, {"dns", "db_1.example.com.", "db_1.example.com."}, {"dns", "192.0.2.1", "192.0.2.1"},
		{"dns", "2001:db8::1", "2001:db8::1"}, {"dns", "fe80::1%eth0", ""}, {"dns", "*.example.com", ""}, {"dns", "-x.example.com", ""},
		{"dns", "a..b", ""}, {"dns", "bücher.example", ""}, {"dns", "a b", ""}, {"fqdn", "192.0.2.1", ""}, {"fqdn", "db", "db"},
		{"wild", "*.example.com", "*.example.com"}, {"wild", "~^(.*)$", ""}, {"authority", "2001:db8::1", "[2001:db8::1]"},
		{"authority", "db.example.com", "db.example.com"}, {"authority", "a@b", ""}, {"ip", "192.0.2.1", "192.0.2.1"}, {"ip", "db", ""},
		{"nginx", "/etc/our ca.pem", `"/etc/our ca.pem"`}, {"nginx", "/etc/$host", ""}, {"nonesuch", "x", ""},
	}
	for _, tt := range tests {
		got, ok := quote(tt.language, tt.name)
		if ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s of %q: %q, %t; want %q", tt.language, tt.name, got, ok, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	if got := plain("a\x1b[2Jb\u202ec\n"); got != "a\ufffd[2Jb\ufffdc\ufffd" {
		t.Errorf("%q", got)
	}
	if got := plain(strings.Repeat("ü", 500)); len([]rune(got)) != 201 {
		t.Errorf("%d characters stay", len([]rune(got)))
	}
}
