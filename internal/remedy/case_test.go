package remedy

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

func TestFamily(t *testing.T) {
	for protocol, want := range map[string]string{"": "https", "tls": "https", "https": "https", "mssql": "mssql", "mssql-strict": "mssql",
		"postgres-direct": "postgres", "mysql": "mysql", "smtp": "smtp"} {
		if got := family(question(protocol, "", "")); got != want {
			t.Errorf("%q: %q, want %q", protocol, got, want)
		}
	}
	captured := &fact.Case{Handshakes: []fact.Handshake{{Protocol: "mysql"}}}
	if got := family(captured); got != "mysql" {
		t.Errorf("a capture without a question: %q", got)
	}
}

// TestClientOfTheProfile: options of one client must never be given for another.
func TestClientOfTheProfile(t *testing.T) {
	tests := []struct {
		protocol, as, platform string
		want                   int
	}{
		{"mysql", "mysql 8.4, VERIFY_IDENTITY", "mysql-client", 90}, {"mysql", "MariaDB 10.11", "mysql-client", 90}, {"mysql", "modern", "mysql-client", 40},
		{"mysql", "", "mysql-client", 40}, {"mysql", "mysql2 3.24", "mysql-client", 0}, {"mysql", "mysqljs 2.18", "mysql-client", 0},
		{"mysql", "go-sql-driver/mysql", "mysql-client", 0}, {"mysql", "pymysql 1.0", "mysql-client", 0}, {"postgres", "modern", "mysql-client", 0},
		{"postgres", "libpq, sslmode=verify-full", "libpq", 90}, {"postgres", "pgx", "libpq", 90}, {"postgres", "pgjdbc 42", "libpq", 0},
		{"postgres", "node-pg 8", "libpq", 0}, {"mssql", "tedious 19", "sqlclient", 0}, {"mssql", "freetds", "sqlclient", 0},
		{"mssql", "sqlclient 5", "sqlclient", 90}, {"mssql-strict", "modern", "sqlclient", 40}, {"https", "go", "openssl", 0}, {"https", "java", "openssl", 0},
		{"https", "openssl3", "openssl", 70}, {"https", "nginx", "nginx-upstream", 95}, {"https", "curl", "nginx-upstream", 0},
	}
	for _, tt := range tests {
		p, _ := ByID(tt.platform)
		if got := p.Owns(question(tt.protocol, tt.as, "db"), change.Client); got != tt.want {
			t.Errorf("%s owns %s as %q: %d, want %d", tt.platform, tt.protocol, tt.as, got, tt.want)
		}
	}
}

func TestMariaDBIsTold(t *testing.T) {
	for _, tt := range []struct {
		said fact.Said
		want bool
	}{{fact.Said{Product: "MariaDB", Version: "10.11.19"}, true}, {fact.Said{Version: "5.5.5-10.11.19-MariaDB"}, true}, {fact.Said{Product: "MySQL", Version: "8.4.0"}, false}, {fact.Said{}, false}} {
		c := &fact.Case{Handshakes: []fact.Handshake{{Said: nil}, {Said: &tt.said}}}
		if got := isMariaDB(c); got != tt.want {
			t.Errorf("%+v: %t", tt.said, got)
		}
	}
}

// TestMySQLAndMariaDBDiffer: what one of them does not know must not be written for it.
func TestMySQLAndMariaDBDiffer(t *testing.T) {
	mysql := question("mysql", "mysql 8.4", "db")
	mysql.Handshakes = []fact.Handshake{{Said: &fact.Said{Product: "MySQL", Version: "8.4.0"}}}
	mariadb := question("mysql", "mariadb 10.11", "db")
	mariadb.Handshakes = []fact.Handshake{{Said: &fact.Said{Product: "MariaDB", Version: "10.11.19"}}}
	tests := []struct {
		c        *fact.Case
		forbid   []string
		platform string
	}{
		{mysql, []string{"mariadb", "FLUSH SSL", "[mariadb]", "TLSv1.0", "--ssl-verify-server-cert", "--skip-ssl"}, "MySQL"},
		{mariadb, []string{"SET PERSIST", "ALTER INSTANCE", "--ssl-mode", "--tls-sni-servername", "--tls-ciphersuites", "mysqld ||"}, "MariaDB"},
	}
	for _, tt := range tests {
		for _, kind := range kinds(t) {
			for _, args := range sampleArgs(kind) {
				for _, p := range []Platform{mysqlServer(), mysqlClient()} {
					steps, _ := p.Steps(change.Change{Kind: kind, Side: p.Sides[0], Args: args}, tt.c)
					for _, s := range steps {
						if oneOfThese(s.Snippet+s.Apply+s.Undo, tt.forbid...) {
							t.Errorf("%s: %s has %q %q", tt.platform, s.ID, s.Snippet, s.Apply)
						}
					}
				}
			}
		}
	}
}

// TestTheWriterOfATextIsKnown: a product that wrote a text runs on the side from which it wrote, and on no other.
func TestTheWriterOfATextIsKnown(t *testing.T) {
	wrote := func(contexts ...fact.Context) *fact.Case {
		return &fact.Case{Events: []fact.Event{{Contexts: contexts}}}
	}
	tests := []struct {
		c        *fact.Case
		platform string
		side     change.Side
		sure     bool
	}{
		{wrote("nginx", fact.ByServer), "nginx-server", change.Server, true}, {wrote("nginx", fact.ByServer), "nginx-upstream", change.Client, false},
		{wrote("nginx", fact.ByClient, fact.ToUpstream), "nginx-upstream", change.Client, true}, {wrote("nginx", fact.ByClient, fact.ToUpstream), "nginx-server", change.Server, false},
		{wrote("haproxy", fact.ByServer), "haproxy", change.Server, true}, {wrote("haproxy", fact.ByServer), "haproxy", change.Client, false},
		{wrote("java", fact.ByClient), "java", change.Client, true}, {wrote("java", fact.ByClient), "java", change.Server, false},
		{wrote("python", fact.ByClient), "python", change.Client, true}, {wrote("python", fact.ByServer), "python", change.Client, false},
		{wrote("schannel"), "schannel", change.Client, true}, {wrote("schannel", fact.ByServer), "schannel", change.Server, true},
		{wrote("node"), "go", change.Client, false}, {question("https", "node 20", "h"), "node", change.Client, true}, {question("https", "go", "h"), "go", change.Client, true},
	}
	for _, tt := range tests {
		p, _ := ByID(tt.platform)
		if got := p.Owns(tt.c, tt.side) >= Sure; got != tt.sure {
			t.Errorf("%v: %s at the %s: sure %t, want %t", tt.c.Events, tt.platform, tt.side, got, tt.sure)
		}
	}
}
