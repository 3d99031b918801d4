package cli

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	tests := []struct{ in, want string }{
		{"mysql://db.example.com", "mysql://db.example.com:3306"},
		{"mariadb://db.example.com:3307", "mysql://db.example.com:3307"},
		{"postgres://db.example.com", "postgres://db.example.com:5432"},
		{"postgresql://db.example.com/shop?sslmode=require", "postgres://db.example.com:5432"},
		{"sqlserver://db.example.com", "mssql://db.example.com:1433"},
		{"https://www.example.com/path?x=1#y", "https://www.example.com:443"},
		{"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
		{`mssql://db.example.com\SALES`, `mssql://db.example.com\SALES`},
		{"sqlserver://db.example.com/SALES", `mssql://db.example.com\SALES`},
		{"db.example.com:1433", "db.example.com:1433"},
		{"[2001:db8::1]:443", "[2001:db8::1]:443"},
		{"www.example.com", "https://www.example.com:443"},
		{"www.example.com.", "https://www.example.com:443"},
		{"MYSQL://db.example.com", "mysql://db.example.com:3306"},
	}
	for _, test := range tests {
		got, err := parseTarget(test.in)
		if err != nil || got.String() != test.want {
			t.Errorf("%s: %s (%v), want %s", test.in, got, err, test.want)
		}
	}
}

// TestCredentialsAreCut feeds connection URLs with secrets in every place where drivers take them.
func TestCredentialsAreCut(t *testing.T) {
	for _, in := range []string{
		"mysql://root:s3cret@db.example.com/shop",
		"postgres://app:s3cret@db.example.com:5432/shop?sslmode=require&password=s3cret",
		"postgres://app:s3cret%2F%40@db.example.com/shop",
		"postgres://app:s3cret/with@slash@db.example.com/shop",
		"postgres://app:s3cret?@db.example.com",
		"sqlserver://sa:s3cret@db.example.com?database=shop&password=s3cret",
		"https://user:s3cret@db.example.com/?token=s3cret",
		"app:s3cret@db.example.com:5432",
	} {
		got, err := parseTarget(in)
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error tells the secret: %v", in, err)
		}
		if strings.Contains(got.String(), "s3cret") || strings.Contains(got.host, "s3cret") || strings.Contains(got.instance, "s3cret") {
			t.Errorf("%s: kept %q", in, got)
		}
		if err == nil && got.host != "db.example.com" {
			t.Errorf("%s: host %q", in, got.host)
		}
	}
}

func TestWrongTargets(t *testing.T) {
	for _, in := range []string{"gopher://x", "mysql://", "db.example.com:0", "db.example.com:99999", "db.example.com:abc", "nonsense", "mysql://a b", "mysql://.", "https://x:\x1b[31m"} {
		_, err := parseTarget(in)
		if _, ok := err.(usageError); !ok {
			t.Errorf("%q: %v, want a usage error", in, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: more than one line", in)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	f.Add("postgres://app:s3cret@db.example.com:5432/shop?x=y")
	f.Add(`mssql://h\i:1`)
	f.Add("[::1]:443")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTarget(s)
		if err == nil && (got.host == "" || strings.ContainsAny(got.host, "\n\x00 ")) {
			t.Errorf("%q gives host %q", s, got.host)
		}
	})
}
