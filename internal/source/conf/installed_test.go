package conf

import (
	"os"
	"testing"
)

// installed are files as distributions ship them, and options that they have in force.
var installed = []struct {
	name, dialect string
	options       []string
}{
	{"/etc/ssl/openssl.cnf", "openssl.cnf", []string{"openssl_conf"}},
	{"/etc/mysql/my.cnf", "my.cnf", nil},
	{"/usr/share/postgresql/15/postgresql.conf.sample", "postgresql.conf", nil},
	{"/etc/postgresql/15/main/pg_hba.conf", "pg_hba.conf", []string{"local", "host"}},
	{"/etc/freetds/freetds.conf", "freetds.conf", []string{"tds version", "host", "port"}},
	{"/etc/java-17-openjdk/security/java.security", "java.security", []string{"jdk.tls.disabledAlgorithms", "jdk.certpath.disabledAlgorithms", "keystore.type"}},
	{"/usr/lib/jvm/temurin-25-jdk-amd64/conf/security/java.security", "java.security", []string{"jdk.tls.disabledAlgorithms", "jdk.tls.keyLimits"}},
}

// TestInstalled: in the files that distributions ship nothing is unknown, and nothing is left unread.
func TestInstalled(t *testing.T) {
	for _, c := range installed {
		f, err := os.Open(c.name)
		if err != nil {
			t.Logf("not here: %v", err)
			continue
		}
		res, err := Read(t.Context(), c.name, f, Options{})
		f.Close()
		if err != nil || res.Dialect != c.dialect {
			t.Errorf("%s: %v, dialect %q", c.name, err, res.Dialect)
		}
		found := map[string]bool{}
		for _, s := range res.Settings {
			found[s.Name] = true
			if s.Unknown {
				t.Errorf("%s: %s is called unknown", s.Ref.At, s.Name)
			}
		}
		for _, name := range c.options {
			if !found[name] {
				t.Errorf("%s: %s is not found", c.name, name)
			}
		}
		wantGaps(t, res)
	}
}
