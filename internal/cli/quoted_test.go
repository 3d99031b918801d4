package cli

import (
	"bytes"
	"strings"
	"testing"
)

// complain runs the program and gives back all that it wrote.
func complain(args ...string) (string, int) {
	var out, errs bytes.Buffer
	code := Main(args, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	return out.String() + errs.String(), code
}

// TestGoMySQLStringIsRead: the driver's own forms (its README, "DSN (Data Source Name)"): a slash in them makes no file of them.
func TestGoMySQLStringIsRead(t *testing.T) {
	for _, dsn := range []string{
		"app:Sec#ret1@tcp(127.0.0.1:1)/db?tls=true",
		"app:Sec#ret1@tcp([::1]:1)/db.log?tls=skip-verify&autocommit=true",
		"app:S/c?r:t@Sec#ret1@tcp(127.0.0.1:1)/",
		"app:Sec#ret1@/db",
		"app:Sec#ret1@tcp/db?tls=false",
		"app:Sec#ret1@unix(/tmp/mysql.sock)/db?loc=Local",
	} {
		text, _ := complain("diagnose", "--timeout", "1s", dsn)
		if strings.Contains(text, "no such file") || !strings.Contains(text, "go-sql-driver") {
			t.Errorf("%s: not read as a connection string:\n%s", dsn, text)
		}
		if strings.Contains(text, "ret1") {
			t.Errorf("%s: the password is shown:\n%s", dsn, text)
		}
	}
}

// TestFilesStayFiles: what stands beside the above and is a file, or a host.
func TestFilesStayFiles(t *testing.T) {
	for _, name := range []string{"/no/such/dir/capture.pcap", "backup@/db.conf", "logs/app(1)/today.log", "a/b"} {
		text, code := complain("diagnose", name)
		if !strings.Contains(text, "no such file") || code != exitUnreadable {
			t.Errorf("%s: exit %d\n%s", name, code, text)
		}
	}
}

// TestQuotedArgumentsHoldNoSecret: what is wrong with an argument is told without what may be a password in it.
func TestQuotedArgumentsHoldNoSecret(t *testing.T) {
	for _, args := range [][]string{
		{"diagnose", "app:Sec#ret1@tcp(127.0.0.1:1/db"},
		{"diagnose", "mysql:/app:Sec#ret1@db/x"},
		{"diagnose", "--password=Sec#ret1"},
		{"diagnose", "--password Sec#ret1 x509: certificate has expired"},
		{"diagnose", "-pSec#ret1"},
		{"diagnose", "--=Sec#ret1"},
		{"matrix", "---Sec#ret1"},
		{"diagnose", "--repeat", "Sec#ret1", "https://x.test"},
		{"diagnose", "--timeout=Sec#ret1", "https://x.test"},
		{"diagnose", "--as", "app:Sec#ret1@tcp(db)/x", "https://x.test"},
		{"diagnose", "--", "/opt/run:Sec#ret1@db"},
		{"diagnose", "--", "/opt/run -pSec#ret1 db"},
		{"app:Sec#ret1@tcp(127.0.0.1:1)/db"},
		{"mysql://app:Sec#ret1@db/"},
		{"explain", "--token Sec#ret1"},
		{"matrix", "-pSec#ret1", "https://x.test"},
		{"lab", "--password Sec#ret1"},
		{"-pSec#ret1"},
		{"--password Sec#ret1"},
	} {
		text, code := complain(args...)
		if strings.Contains(text, "ret1") || code == exitOK {
			t.Errorf("%q: exit %d, wrote %s", args, code, text)
		}
		if strings.Count(text, "\n") != 1 {
			t.Errorf("%q: more than one line:\n%s", args, text)
		}
	}
}

// TestUsageNamesTheFlag: the name of a flag is told as long as it is one.
func TestUsageNamesTheFlag(t *testing.T) {
	for _, c := range []struct{ arg, want string }{
		{"--no-such-flag", "unknown flag: --no-such-flag"},
		{"-z", "unknown flag: -z"},
		{"--sni", "--sni needs a value"},
		{"--repeat=many", "--repeat"},
	} {
		if text, _ := complain("diagnose", c.arg); !strings.Contains(text, c.want) {
			t.Errorf("%s: %s", c.arg, text)
		}
	}
}
