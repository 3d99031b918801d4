package remedy

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/tlswhy/tlswhy/internal/change"
)

// goReads holds for the connection strings that go-mssqldb can read: its own, and those of SqlClient, whose ADO.NET
// words it takes.
func goReads(s sampled) bool { return !oneOfThese(s.ID, "odbc", "jdbc") }

// TestMSSQLReadsIt lets go-mssqldb read the words and looks at what they mean to it.
func TestMSSQLReadsIt(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ca.pem", "server.pem", "our ca.pem"} {
		pair(t, dir, name, "x")
	}
	checked := 0
	for _, s := range of(t, "sqlclient") {
		if !goReads(s) {
			continue
		}
		words := strings.NewReplacer("/etc/ssl/our ca.pem", dir+"/our ca.pem", "=ca.pem", "="+dir+"/ca.pem", "=server.pem", "="+dir+"/server.pem").Replace(s.Snippet)
		if !strings.Contains(strings.ToLower(words), "server=") {
			words = "Server=127.0.0.1;" + words
		}
		cfg, err := msdsn.Parse(words)
		if err != nil {
			t.Errorf("%s: %q: %v", s.ID, words, err)
			continue
		}
		meaning(t, s, cfg)
		checked++
	}
	if checked < 15 {
		t.Errorf("only %d connection strings were read", checked)
	}
	if _, err := msdsn.Parse("Server=127.0.0.1;Encrypt=nonesuch"); err == nil {
		t.Error("go-mssqldb accepts any word: this test proves nothing")
	}
}

func meaning(t *testing.T, s sampled, cfg msdsn.Config) {
	t.Helper()
	fail := func(want string) { t.Errorf("%s: %q is read as %+v, want %s", s.ID, s.Snippet, cfg.Encryption, want) }
	verifies := cfg.TLSConfig != nil && !cfg.TLSConfig.InsecureSkipVerify
	switch s.change.Kind {
	case change.UseTLS:
		if cfg.Encryption != msdsn.EncryptionRequired || !verifies {
			fail("encryption with verification")
		}
	case change.UseStrict:
		if cfg.Encryption != msdsn.EncryptionStrict || !verifies {
			fail("strict")
		}
	case change.TrustAnything:
		if cfg.Encryption != msdsn.EncryptionRequired || verifies {
			fail("encryption without verification")
		}
	case change.TurnTLSOff:
		if cfg.Encryption == msdsn.EncryptionRequired || cfg.Encryption == msdsn.EncryptionStrict {
			fail("no encryption")
		}
	case change.UsePort:
		if cfg.Port != 8443 {
			t.Errorf("%s: %q is read as port %d", s.ID, s.Snippet, cfg.Port)
		}
	case change.UseName:
		if !strings.Contains(s.ID, "verify") && cfg.Host != "db7.example.net" {
			t.Errorf("%s: %q is read as host %q", s.ID, s.Snippet, cfg.Host)
		}
		if strings.Contains(s.ID, "verify") && cfg.TLSConfig.ServerName != "db7.example.net" {
			t.Errorf("%s: %q is read as %q in the certificate", s.ID, s.Snippet, cfg.TLSConfig.ServerName)
		}
	}
}

// TestRegistryPaths holds the keys of Schannel and SQL Server against their documented forms.
func TestRegistryPaths(t *testing.T) {
	protocol := regexp.MustCompile(`^reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1\.[0-3]\\(Server|Client)" /v (Enabled /t REG_DWORD /d 1|DisabledByDefault /t REG_DWORD /d 0) /f$`)
	for _, s := range of(t, "schannel") {
		if !slices.Contains([]change.Kind{change.OfferVersion, change.AllowOldVersion}, s.change.Kind) {
			continue
		}
		for line := range strings.SplitSeq(s.Snippet, "\n") {
			m := protocol.FindStringSubmatch(line)
			if m == nil || !strings.EqualFold(m[1], string(s.change.Side)) {
				t.Errorf("%s: %q", s.ID, line)
			}
		}
	}
}

// TestPowerShellBalances counts quotes and brackets of lines for PowerShell, which is not at hand to read them.
func TestPowerShellBalances(t *testing.T) {
	for _, s := range append(of(t, "sqlserver"), of(t, "schannel")...) {
		for _, lines := range []string{s.Snippet, strings.Split(s.Undo, "\nthen restart")[0]} {
			for _, q := range []string{"'", `"`} {
				if strings.Count(lines, q)%2 != 0 {
					t.Errorf("%s: odd number of %s in %s", s.ID, q, lines)
				}
			}
			for _, b := range []string{"()", "{}"} {
				if strings.Count(lines, b[:1]) != strings.Count(lines, b[1:]) {
					t.Errorf("%s: %s do not match in %s", s.ID, b, lines)
				}
			}
		}
	}
}

// TestSQLServerCertificate reads the steps in which order matters.
func TestSQLServerCertificate(t *testing.T) {
	c := question("mssql", "modern", "db.example.com")
	steps, _ := sqlServer().Steps(change.New(change.RenewCertificate, change.Server), c)
	if len(steps) != 2 {
		t.Fatalf("%d steps, want Windows and Linux", len(steps))
	}
	at := -1
	for _, part := range []string{`-contains 'db.example.com'`, "UniqueKeyContainerName", `/grant "$($account):R"`, `Instance Names\SQL').'MSSQLSERVER'`, `\MSSQLServer\SuperSocketNetLib"`,
		"former thumbprint", "-Name Certificate -Value $cert.Thumbprint.ToLower()", "Restart-Service 'MSSQLSERVER' -Force"} {
		next := strings.Index(steps[0].Snippet, part)
		if next <= at {
			t.Fatalf("%q is missing or out of order in\n%s", part, steps[0].Snippet)
		}
		at = next
	}
	if !containsAll(steps[1].Snippet, "network.tlscert", "network.tlskey", "chmod 400") {
		t.Errorf("Linux: %s", steps[1].Snippet)
	}
}
