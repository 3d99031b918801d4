package cause

import (
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

func setting(dialect, name string, args ...string) fact.Setting {
	return fact.Setting{Ref: fact.Ref{Kind: "conf", At: "x.conf:7"}, Dialect: dialect, Name: name, Args: args}
}

func use(change func(*fact.Use)) *fact.Case {
	u := fact.Use{Client: "nginx", Mode: "m", Target: fact.Endpoint{Protocol: "https", Host: "db.example.test", Port: 443}, SNI: fact.Yes, TLS: fact.Yes,
		Plain: fact.No, Chain: fact.Yes, NameChecked: fact.Yes, Roots: "given", From: []fact.Setting{setting("nginx", "proxy_pass", "https://db.example.test")}}
	change(&u)
	return &fact.Case{Uses: []fact.Use{u}}
}

func certFile(change func(*fact.File)) *fact.Case {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f := fact.File{Setting: setting("nginx", "ssl_certificate", "/x.pem"), Path: "/x.pem", KeyFits: fact.Yes, Verdict: &fact.Verdict{At: now},
		Chain: &fact.Chain{Certificates: []fact.Certificate{{Subject: "CN=a", Issuer: "CN=b", NotBefore: now.AddDate(0, 0, -30), NotAfter: now.AddDate(0, 0, 300)}}}}
	change(&f)
	return &fact.Case{Files: []fact.File{f}}
}

// ownFile is a certificate whose key is another's, named by an option in its blocks.
func ownFile(dialect, name string, scope ...string) *fact.Case {
	key := setting(dialect, "key", "/x.key")
	c := certFile(func(f *fact.File) { f.Setting, f.KeyFits, f.Key = setting(dialect, name, "/x.pem"), fact.No, &key })
	c.Files[0].Setting.Scope = scope
	return c
}

// TestForProduct: what a setting asks for belongs into its own product's configuration, whichever side that is.
func TestForProduct(t *testing.T) {
	for _, c := range []struct {
		c    *fact.Case
		slug string
		side change.Side
	}{
		{ownFile("my.cnf", "ssl-cert", "mysqld"), "key-does-not-match-certificate", change.Server},
		{ownFile("nginx", "proxy_ssl_certificate", "location /"), "client-key-does-not-match", change.Client},
		{ownFile("postgresql.conf", "ssl_cert_file"), "key-does-not-match-certificate", change.Server},
	} {
		m := ForProduct(c.c, bySlug(t, c.slug).Written(c.c)[0])
		dialect := c.c.Files[0].Setting.Dialect
		if ch := m.Changes[0]; ch.Product != dialect || ch.Side != c.side {
			t.Errorf("%s: the change is for %q at the %s, want %q at the %s", c.slug, ch.Product, ch.Side, dialect, c.side)
		}
	}
}

// TestWritten: what configuration alone shows, each with a near miss.
func TestWritten(t *testing.T) {
	unknown := setting("nginx", "proxy_ssl_verfy", "on")
	unknown.Unknown, unknown.Near = true, "proxy_ssl_verify"
	unread := setting("openssl.cnf", "MinProtocol", "TLSv1.0")
	unread.Scope = []string{"unread"}
	key := setting("nginx", "ssl_certificate_key", "/x.key")
	for _, c := range []struct {
		name, slug string
		fires      *fact.Case
		near       *fact.Case
	}{
		{"misspelt", "option-without-effect", &fact.Case{Settings: []fact.Setting{unknown}}, &fact.Case{Settings: []fact.Setting{setting("nginx", "proxy_ssl_verify", "on")}}},
		{"nothing reads it", "option-without-effect", &fact.Case{Settings: []fact.Setting{unread}}, &fact.Case{Settings: []fact.Setting{setting("openssl.cnf", "MinProtocol", "TLSv1.0")}}},
		{"anybody", "verification-off", use(func(u *fact.Use) { u.Chain = fact.No }), use(func(*fact.Use) {})},
		{"not told", "verification-off", use(func(u *fact.Use) { u.Chain = fact.No }), use(func(u *fact.Use) { u.Chain = fact.Unknown })},
		{"plaintext", "plaintext-allowed", use(func(u *fact.Use) { u.Plain = fact.Yes }), use(func(*fact.Use) {})},
		{"no name check", "mode-means-other-checks", use(func(u *fact.Use) { u.NameChecked = fact.No }), use(func(*fact.Use) {})},
		{"no roots", "ca-store-missing", use(func(u *fact.Use) { u.Roots = "none" }), use(func(u *fact.Use) { u.Roots, u.Chain = "none", fact.No })},
		{"no SNI", "sni-missing", use(func(u *fact.Use) { u.SNI = fact.No }), use(func(u *fact.Use) { u.SNI, u.Target.Host = fact.No, "10.0.0.1" })},
		{"https to 80", "server-speaks-plaintext", use(func(u *fact.Use) { u.Target.Port = 80 }), use(func(*fact.Use) {})},
		{"http to 443", "client-speaks-plaintext", &fact.Case{Settings: []fact.Setting{setting("nginx", "proxy_pass", "http://a.test:443/x")}},
			&fact.Case{Settings: []fact.Setting{setting("nginx", "proxy_pass", "https://a.test:443/x"), setting("nginx", "proxy_pass", "http://a.test:4430/")}}},
		{"withdrawn versions", "server-too-old", &fact.Case{Settings: []fact.Setting{setting("nginx", "ssl_protocols", "TLSv1", "TLSv1.1")}},
			&fact.Case{Settings: []fact.Setting{setting("nginx", "ssl_protocols", "TLSv1", "TLSv1.2")}}},
		{"no file", "certificate-file-missing", certFile(func(f *fact.File) { f.Error, f.Detail = "missing", "no such file" }), certFile(func(*fact.File) {})},
		{"no right", "key-unreadable", certFile(func(f *fact.File) { f.Error, f.Detail = "unreadable", "permission denied" }), certFile(func(*fact.File) {})},
		{"no certificate in it", "certificate-file-bad", certFile(func(f *fact.File) { f.Error, f.Detail = "bad", "no PEM block" }), certFile(func(*fact.File) {})},
		{"another key", "key-does-not-match-certificate", certFile(func(f *fact.File) { f.KeyFits, f.Key = fact.No, &key }), certFile(func(f *fact.File) { f.KeyFits, f.Key = fact.Unknown, &key })},
		{"a client's own key", "client-key-does-not-match", ownFile("nginx", "proxy_ssl_certificate", "location /"), ownFile("nginx", "ssl_certificate", "server a.test")},
		{"a client's group", "client-key-does-not-match", ownFile("my.cnf", "ssl-cert", "client"), ownFile("my.cnf", "ssl-cert", "mysqld")},
		{"a server's group", "key-does-not-match-certificate", ownFile("my.cnf", "ssl-cert", "mariadb"), ownFile("my.cnf", "ssl-cert", "mysqldump")},
		{"a proxy's client certificate", "client-key-does-not-match", ownFile("haproxy", "crt", "server web1"), ownFile("haproxy", "crt", "bind :443")},
		{"PostgreSQL's own", "key-does-not-match-certificate", ownFile("postgresql.conf", "ssl_cert_file"), ownFile("psql", "sslcert")},
		{"ends soon", "certificate-expires-soon", certFile(func(f *fact.File) { f.Chain.Certificates[0].NotAfter = f.Verdict.At.AddDate(0, 0, 3) }), certFile(func(*fact.File) {})},
		{"expired", "certificate-expired", certFile(func(f *fact.File) {
			f.Verdict.Problems = []fact.Problem{{Kind: fact.LeafExpired, Fatal: true, Time: f.Verdict.At.AddDate(0, 0, -1)}}
		}), certFile(func(*fact.File) {})},
		{"alone", "missing-intermediate", certFile(func(f *fact.File) {
			f.Verdict.Problems = []fact.Problem{{Kind: fact.IssuerMissing, Names: []string{"http://ca.test/b.crt"}}}
		}), certFile(func(f *fact.File) { f.Verdict.Problems = []fact.Problem{{Kind: fact.IssuerMissing}} })},
	} {
		card := bySlug(t, c.slug)
		if card.Written == nil {
			t.Fatalf("%s reads no configuration", c.slug)
		}
		list := card.Written(c.fires)
		if len(list) != 1 || list[0].Proof[0].Ref.At != "x.conf:7" || len(list[0].Changes) == 0 {
			t.Errorf("%s: %s does not fire: %+v", c.name, c.slug, list)
		}
		if list := card.Written(c.near); len(list) > 0 {
			t.Errorf("%s: %s fires on a near miss: %+v", c.name, c.slug, list)
		}
	}
}
