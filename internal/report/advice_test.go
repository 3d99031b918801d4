package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// logged is a complaint in a product's own log.
func logged(dialect string, symptom fact.Symptom, contexts ...fact.Context) *fact.Case {
	return &fact.Case{Events: []fact.Event{{Ref: fact.Ref{Kind: "log", At: "x.log:1"}, Dialect: dialect, Text: "…", Symptoms: []fact.Symptom{symptom},
		Contexts: contexts, Seen: fact.Seen{Count: 1}}}}
}

// TestAdviceIsForTheLogsProduct: OpenSSL's words in MySQL's log are Apache's words, too, and MySQL is what has to change. What the
// client has to do is not the server's product's.
func TestAdviceIsForTheLogsProduct(t *testing.T) {
	for _, row := range []struct {
		c     *fact.Case
		slug  string
		first string
	}{
		{logged("mysql", fact.KeyMismatch, "apache", fact.AtStart, fact.ByServer, fact.Database, "mysql"), "key-does-not-match-certificate", "mysql-server"},
		{logged("", fact.KeyMismatch, "apache", fact.AtStart, fact.ByServer, fact.Web), "key-does-not-match-certificate", "apache"},
		{logged("postgres", fact.KeyMismatch, fact.AtStart, fact.ByServer, fact.Database, "postgres"), "key-does-not-match-certificate", "postgres-server"},
	} {
		r := heardReport(row.c)
		i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Cause == row.slug })
		if i < 0 || r.Findings[i].Changes[0].Platform != row.first {
			t.Errorf("%s in %q's log: %+v", row.slug, row.c.Events[0].Dialect, r.Findings)
			continue
		}
		for _, c := range r.Findings[i].Changes {
			if c.Side == "server" && c.Platform != row.first && c.Platform != "certificates" && c.Platform != "general" {
				t.Errorf("%s in %q's log: advice for %s", row.slug, row.c.Events[0].Dialect, c.Platform)
			}
		}
	}
}

// TestCheckOfItsProtocol: how to see it by hand is said with the program of the database whose log it is.
func TestCheckOfItsProtocol(t *testing.T) {
	for dialect, row := range map[string]struct{ is, not string }{"errorlog": {"sqlcmd", "psql"}, "postgres": {"psql", "mysql"}, "mysql": {"mysql", "psql"}} {
		context := fact.Context(dialect)
		if dialect == "errorlog" {
			context = fact.MSSQL
		}
		r := heardReport(logged(dialect, fact.TLSDemanded, fact.ByServer, fact.Database, context))
		i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Cause == "client-not-using-tls" })
		if i < 0 || !strings.Contains(r.Findings[i].Check, row.is) || strings.Contains(r.Findings[i].Check, row.not) {
			t.Errorf("%s: %+v", dialect, r.Findings)
		}
	}
}

// TestEqualFindingsAreOne: one default, shared by three upstreams, is told once with three lines; equal lines are not advised twice.
func TestEqualFindingsAreOne(t *testing.T) {
	c := &fact.Case{}
	for _, host := range []string{"a.test", "b.test", "c.test"} {
		s := fact.Setting{Ref: fact.Ref{Kind: "conf", At: "nginx.conf:" + host}, Dialect: "nginx", Name: "proxy_pass", Args: []string{"https://" + host}}
		c.Settings = append(c.Settings, s)
		c.Uses = append(c.Uses, fact.Use{Client: "nginx", Mode: "defaults", Target: fact.Endpoint{Protocol: "https", Host: host, Port: 443}, SNI: fact.Yes, TLS: fact.Yes,
			Plain: fact.No, Chain: fact.No, NameChecked: fact.No, From: []fact.Setting{s}})
	}
	unknown := fact.Setting{Ref: fact.Ref{Kind: "conf", At: "nginx.conf:9"}, Dialect: "nginx", Name: "proxy_ssl_verfy", Unknown: true, Near: "proxy_ssl_verify"}
	other := fact.Setting{Ref: fact.Ref{Kind: "conf", At: "nginx.conf:10"}, Dialect: "nginx", Name: "proxy_ssl_nam", Unknown: true, Near: "proxy_ssl_name"}
	c.Settings = append(c.Settings, unknown, other)
	r := BuildConfigured(c, diagnose.Configured(c, cause.All()))
	count := map[string]int{}
	for _, f := range r.Findings {
		count[f.Cause]++
		if f.Cause == "verification-off" && (len(f.Proof) != 3 || f.Count != 3 || len(f.Changes) != 1 || f.About.Upstream != "" || f.About.Client != "nginx") {
			t.Errorf("three lines, one change: %+v", f)
		}
	}
	if count["verification-off"] != 1 || count["option-without-effect"] != 2 {
		t.Errorf("equal ones are one, different ones are not: %v", count)
	}
	conforms(t, r)
}

// TestOptionsWithoutEffectSayWhich: a wrong name, a wrong value and a place that nothing reads have sentences, checks and changes
// of their own.
func TestOptionsWithoutEffectSayWhich(t *testing.T) {
	option := func(dialect, name string, change func(*fact.Setting)) *fact.Case {
		s := fact.Setting{Ref: fact.Ref{Kind: "conf", At: "x:1"}, Dialect: dialect, Name: name}
		change(&s)
		return &fact.Case{Settings: []fact.Setting{s}}
	}
	for _, row := range []struct {
		c                    *fact.Case
		title, check, change string
	}{
		{option("my.cnf", "ssl-mode", func(s *fact.Setting) {
			s.Args, s.Unknown, s.BadValue, s.Near = []string{"VERIFIY_IDENTITY"}, true, true, "ssl-mode=VERIFY_IDENTITY"
		}),
			"the value of ssl-mode is none that MySQL knows", "my_print_defaults", "write ssl-mode=VERIFY_IDENTITY in place of ssl-mode VERIFIY_IDENTITY"},
		{option("ado.net", "Encrypt", func(s *fact.Setting) { s.Args, s.Unknown, s.BadValue = []string{"Tru"}, true, true }),
			"the value of Encrypt is none that SqlClient knows", "sys.dm_exec_connections", "give Encrypt Tru one of the values that it takes"},
		{option("libpq", "sslmod", func(s *fact.Setting) { s.Unknown, s.Near = true, "sslmode" }),
			"the option sslmod is unknown to libpq", "pg_stat_ssl", "write sslmode in place of sslmod"},
		{option("openssl.cnf", "MinProtocol", func(s *fact.Setting) {
			s.Args, s.Scope, s.Near = []string{"TLSv1.0"}, []string{"unread", "tls"}, "openssl_conf = init"
		}),
			"the option MinProtocol stands where OpenSSL does not read it", "openssl ciphers -s -v", "let OpenSSL find these sections"},
		{option("reg", "(key)", func(s *fact.Setting) { s.Args, s.Unknown, s.Near = []string{"TLS1.3"}, true, "TLS 1.3" }),
			`the registry key "TLS1.3" is unknown to Windows`, "reg query", "write TLS 1.3 in place of"},
	} {
		r := BuildConfigured(row.c, diagnose.Configured(row.c, cause.All()))
		if len(r.Findings) != 1 {
			t.Fatalf("%s: %+v", row.title, r.Findings)
		}
		f := r.Findings[0]
		if f.Title != row.title || !strings.Contains(f.Check, row.check) || len(f.Changes) == 0 || !strings.Contains(f.Changes[0].What, row.change) {
			t.Errorf("%q, check %q, change %+v; want %q", f.Title, f.Check, f.Changes, row.title)
		}
		for _, foreign := range []string{"pg_stat_ssl", "dm_exec", "Ssl_cipher"} {
			if foreign != row.check && !strings.HasSuffix(row.check, "dm_exec_connections") && strings.Contains(f.Check, foreign) {
				t.Errorf("%s: checked with another product's %s", row.title, foreign)
			}
		}
		if f.TitleID == "option-without-effect.title" {
			t.Errorf("%s: the message has no ID of its own", row.title)
		}
	}
}

// TestTriedIsSaid: text and JSON say which change was tried, and what came of it.
func TestTriedIsSaid(t *testing.T) {
	ok, further := change.New(change.OfferVersion, change.Client, "version", "TLS1.2"), change.New(change.UseName, change.Client, "name", "a.test")
	ok.Tried = "experiment 5"
	further.Tried, further.Still = "experiment 6", "the handshake gets further, and then the certificate has other faults: root-unknown"
	list := changes(&fact.Case{}, []change.Change{ok, further, change.New(change.AskOwner, change.Server)})
	if list[0].Tried != "experiment 5" || list[0].Still != "" || !slices.ContainsFunc(list, func(c Change) bool { return c.Tried == "experiment 6" && c.Still != "" }) {
		t.Errorf("%+v", list)
	}
	w := &textWriter{}
	w.changes(list)
	text := strings.Join(strings.Fields(w.b.String()), " ")
	if !strings.Contains(text, "tried: the handshake made like this succeeds experiment 5") || !strings.Contains(text, "tried: the handshake gets further") {
		t.Error(text)
	}
	if n := bytes.Count([]byte(text), []byte("tried:")); n < 2 || strings.Contains(text[strings.Index(text, "ask whoever"):], "tried:") {
		t.Errorf("%d times in %s", n, text)
	}
}
