package remedy

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

func question(protocol, as, host string) *fact.Case {
	return &fact.Case{Question: fact.Question{Protocol: protocol, As: as, Host: host, Target: protocol + "://" + host}}
}

// nginxPage is what nginx answers on a TLS port to plain HTTP.
func nginxPage() *fact.Case {
	c := question("https", "modern", "www.example.com")
	c.Handshakes = []fact.Handshake{{NotTLS: []byte("HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n")}}
	return c
}

func aimed(kind change.Kind, side change.Side, product string, args ...string) change.Change {
	return change.Aimed([]change.Change{change.New(kind, side, args...)}, side, product)[0]
}

func TestForPicksThePlatforms(t *testing.T) {
	iis := question("https", "modern", "www.example.com")
	iis.Handshakes = []fact.Handshake{{NotTLS: []byte("HTTP/1.1 400 Bad Request\r\nServer: Microsoft-HTTPAPI/2.0\r\n")}}
	tests := []struct {
		name string
		c    *fact.Case
		ch   change.Change
		want []string // platforms in order, repeats folded
	}{
		{"SQL Server's certificate", question("mssql", "modern", "db"), change.New(change.RenewCertificate, change.Server), []string{"sqlserver", "certificates"}},
		{"SQL Server's version", question("mssql-strict", "sqlclient 5", "db"), change.New(change.OfferVersion, change.Server, "version", "TLS1.2"), []string{"schannel", "sqlserver"}},
		{"a server nobody named", question("https", "modern", "www"), change.New(change.OfferVersion, change.Server, "version", "TLS1.2"), []string{"general", "nginx-server", "openssl"}},
		{"a server that said nginx", nginxPage(), change.New(change.OfferVersion, change.Server, "version", "TLS1.2"), []string{"nginx-server", "openssl"}},
		{"a server that said Windows", iis, change.New(change.OfferVersion, change.Server, "version", "TLS1.2"), []string{"schannel"}},
		{"mysql's name", question("mysql", "mysql 8.4, VERIFY_IDENTITY", "shop.example.com"), change.New(change.UseName, change.Client, "name", "db7.example.net"), []string{"mysql-client"}},
		{"a driver without words of its own", question("mysql", "go-sql-driver/mysql tls=true", "shop"), change.New(change.UseName, change.Client, "name", "db7.example.net"), []string{"general"}},
		{"any MySQL client", question("mysql", "modern", "shop"), change.New(change.UseName, change.Client, "name", "db7.example.net"), []string{"general", "mysql-client"}},
		{"libpq has no setting for it", question("postgres", "libpq", "db"), change.NotAdvised(change.LowerSecurityLevel, change.Client, "level", "1"), []string{"general", "openssl"}},
		{"nginx as client", question("https", "nginx 1.22", "api"), change.NotAdvised(change.AllowLegacyRenegotiation, change.Client), []string{"nginx-upstream", "openssl"}},
		{"curl trusts the system, too", question("https", "curl", "api"), change.New(change.TrustCA, change.Client, "issuer", "CN=X"), []string{"curl", "certificates"}},
		{"psql does not", question("postgres", "psql", "db"), change.New(change.TrustCA, change.Client, "issuer", "CN=X"), []string{"libpq"}},
		{"SqlClient trusts the system", question("mssql", "sqlclient", "db"), change.New(change.TrustCA, change.Client, "issuer", "CN=X"), []string{"sqlclient", "schannel", "certificates"}},
		{"the owner", question("https", "modern", "db"), change.New(change.AddNameToCertificate, change.Owner, "name", "a.example.com"), []string{"certificates"}},
		{"nobody's setting", question("https", "modern", "db"), change.New(change.FixMiddlebox, change.Network, "what", "proxy"), []string{"general"}},
		{"a line of my.cnf", question("", "", ""), aimed(change.MatchKey, change.Server, "my.cnf"), []string{"mysql-server", "certificates"}},
		{"a line of postgresql.conf", question("", "", ""), aimed(change.MatchKey, change.Server, "postgresql.conf"), []string{"postgres-server", "certificates"}},
		{"a proxy's client certificate", question("", "", ""), aimed(change.MatchKey, change.Client, "nginx"), []string{"nginx-upstream", "certificates"}},
		{"a line nobody writes", question("", "", ""), aimed(change.OfferVersion, change.Server, "stunnel", "version", "TLS1.2"), []string{"general"}},
		{"a server's log, whatever the protocol looks like", nginxPage(), aimed(change.OfferVersion, change.Server, "mysql", "version", "TLS1.2"), []string{"mysql-server"}},
	}
	for _, tt := range tests {
		var got []string
		for _, a := range For(tt.c, tt.ch, 0) {
			got = append(got, a.Platform)
		}
		if got = slices.Compact(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestForWritesWhatPeopleExpect holds lines as the products' documents have them.
func TestForWritesWhatPeopleExpect(t *testing.T) {
	named := question("mssql", "modern", "db.example.com")
	named.Question.Instance = "PROD"
	tests := []struct {
		c             *fact.Case
		ch            change.Change
		snippet, undo string // undo "": not looked at
	}{
		{question("mysql", "mysql 8.4, VERIFY_IDENTITY", "shop.example.com"), change.New(change.UseName, change.Client, "name", "db7.control.example.net"),
			"--host=db7.control.example.net", ""},
		{question("mysql", "mysql 8.4", "shop.example.com"), change.NotAdvised(change.SkipNameCheck, change.Client), "--ssl-mode=VERIFY_CA --ssl-ca=ca.pem", ""},
		{question("https", "nginx", "10.1.2.3"), change.New(change.SendServerName, change.Client, "name", "api.example.com"),
			"proxy_ssl_server_name on;\nproxy_ssl_name api.example.com;", ""},
		{question("mssql", "modern", "10.0.0.9"), change.New(change.DropDHE, change.Server, "suite", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
			"Disable-TlsCipherSuite -Name TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "Enable-TlsCipherSuite -Name TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
		{question("postgres", "libpq", "203.0.113.9"), change.New(change.UseName, change.Client, "name", "db.example.com"),
			"host=db.example.com hostaddr=203.0.113.9", ""},
		{question("mssql", "sqlclient", "10.0.0.9"), change.New(change.NameInstance, change.Client, "instance", "PROD", "port", "49172"),
			"Server=tcp:10.0.0.9,49172", ""},
		{question("mssql", "sqlclient", "2001:db8::9"), change.New(change.UsePort, change.Client, "port", "1434"), "Server=tcp:2001:db8::9,1434", ""},
		{question("mssql", "jdbc", "2001:db8::9"), change.New(change.UsePort, change.Client, "port", "1434"), "jdbc:sqlserver://[2001:db8::9]:1434;", ""},
	}
	for _, tt := range tests {
		got := For(tt.c, tt.ch, 0)
		i := slices.IndexFunc(got, func(a Advice) bool { return a.Snippet == tt.snippet })
		if i < 0 {
			t.Errorf("%s: %q is not in %+v", tt.ch.Kind, tt.snippet, got)
		} else if tt.undo != "" && got[i].Undo != tt.undo {
			t.Errorf("%s: undo %q, want %q", tt.ch.Kind, got[i].Undo, tt.undo)
		}
	}
	if got := For(named, change.New(change.RenewCertificate, change.Server), 1)[0].Snippet; !containsAll(got, `'PROD'`, `'MSSQL$PROD'`, "ToLower()") {
		t.Errorf("a named instance's certificate: %s", got)
	}
}

// TestClientCertificatesAreNotServers: what is asked for and done for a client's certificate names its own files.
func TestClientCertificatesAreNotServers(t *testing.T) {
	for _, kind := range []change.Kind{change.PresentCertificate, change.RenewCertificate, change.ReissueForPurpose, change.ReplaceCertificate} {
		for _, a := range For(question("https", "modern", "www.example.com"), change.New(kind, change.Client, "subject", "client1", "usage", "clientAuth"), 0) {
			if text := a.What + a.Snippet + a.Apply + a.Undo; strings.Contains(text, "server.csr") || strings.Contains(text, "server.key") || strings.Contains(text, "reload the server") {
				t.Errorf("%s: %s / %s / %s / %s", kind, a.What, a.Snippet, a.Apply, a.Undo)
			}
		}
	}
}

func TestForLimit(t *testing.T) {
	c, ch := question("mssql", "modern", "db"), change.New(change.RenewCertificate, change.Server)
	all := For(c, ch, 0)
	if len(all) < 3 {
		t.Fatalf("%d steps, want Windows, Linux and the request", len(all))
	}
	if got := For(c, ch, 2); len(got) != 2 || got[0].ID != all[0].ID {
		t.Errorf("limit 2 gives %d steps", len(got))
	}
	if got := For(c, ch, 100); len(got) != len(all) {
		t.Errorf("limit 100 gives %d steps, want %d", len(got), len(all))
	}
}

// TestWeakeningIsNeverAdvised holds even where a cause advises it by mistake.
func TestWeakeningIsNeverAdvised(t *testing.T) {
	for _, kind := range weakening {
		for _, c := range sampleCases() {
			for _, side := range []change.Side{change.Server, change.Client} {
				for _, a := range For(c, change.New(kind, side, "version", "TLS1.0", "level", "0", "bits", "1024"), 0) {
					if a.Advised || a.Risk == "" {
						t.Errorf("%s is advised or has no risk", a.ID)
					}
				}
			}
		}
	}
}

func TestByID(t *testing.T) {
	if p, ok := ByID("libpq"); !ok || p.Title == "" {
		t.Error("libpq is not found")
	}
	if _, ok := ByID("nonesuch"); ok {
		t.Error("nonesuch is found")
	}
}

// TestPortOfTheQuestion: a change to another port must not name the one that failed.
func TestPortOfTheQuestion(t *testing.T) {
	c := question("mysql", "mysql", "db")
	c.Question.Port = 3306
	for _, a := range For(c, change.New(change.UsePort, change.Client), 0) {
		if a.Snippet != "" {
			t.Errorf("no port was given, and the advice is %q", a.Snippet)
		}
	}
}

// TestOldVersionsAreNotOffered: OfferVersion with a broken version writes no lines, AllowOldVersion does.
func TestOldVersionsAreNotOffered(t *testing.T) {
	for _, version := range []string{"SSLv3", "TLS1.0", "TLS1.1", "TLS9", ""} {
		for _, c := range sampleCases() {
			for _, a := range For(c, change.New(change.OfferVersion, change.Server, "version", version), 0) {
				if a.Snippet != "" {
					t.Errorf("%q is offered: %s", version, a.Snippet)
				}
			}
		}
	}
}

// TestSHA1IsNotOffered: a SHA-1 scheme is left to AllowSHA1, which carries a risk.
func TestSHA1IsNotOffered(t *testing.T) {
	for _, a := range For(nginxPage(), change.New(change.OfferSignature, change.Server, "scheme", "rsa_pkcs1_sha1"), 0) {
		if a.Snippet != "" {
			t.Errorf("SHA-1 is offered: %s", a.Snippet)
		}
	}
}
