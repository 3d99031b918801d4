package words

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestRefusals: what stands in a line of pg_hba.conf's refusal decides whether TLS is what is missing.
func TestRefusals(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		`no pg_hba.conf entry for host "h", user "u", database "d", no encryption`:              {fact.TLSDemanded},
		`no pg_hba.conf entry for host "h", user "u", database "d", SSL off`:                    {fact.TLSDemanded},
		`no pg_hba.conf entry for host "h", user "u", database "d", SSL on`:                     {fact.LoginFailed},
		`no pg_hba.conf entry for host "h", user "u", database "d", SSL encryption`:             {fact.LoginFailed},
		`no pg_hba.conf entry for host "h", user "u", database "d", GSS encryption`:             {fact.LoginFailed},
		`no pg_hba.conf entry for host "h", user "u", database "d"`:                             {fact.AccessDenied},
		`pg_hba.conf rejects replication connection for host "h", user "u", no encryption`:      {fact.TLSDemanded},
		`no pg_hba.conf entry … SSL encryption` + "\n" + `no pg_hba.conf entry … no encryption`: {fact.LoginFailed, fact.TLSDemanded},
		`Connection matched pg_hba.conf line 5: "host all all all trust"`:                       nil,
		`LOG: pg_hba.conf was not reloaded`:                                                     nil,
		"没有用于主机 \"h\", 用户 \"u\", 数据库 \"d\", SSL 关闭 的 pg_hba.conf 记录":                            {fact.TLSDemanded},
	} {
		if r := Read(text); !slices.Equal(r.Symptoms, want) {
			t.Errorf("%q says %v, want %v", text, r.Symptoms, want)
		}
	}
}

// TestEndsOfConnections: the same sentence of libpq, while a connection is made and in use.
func TestEndsOfConnections(t *testing.T) {
	const eof = "SSL SYSCALL error: EOF detected"
	for text, early := range map[string]bool{
		`connection to server at "db" (10.0.0.5), port 5432 failed: ` + eof: true,
		"could not connect to server: " + eof:                               true,
		"psql: " + eof:                                                      true,
		"psql: error: " + eof:                                               true,
		`connection to database "d" failed: ` + eof:                         true,
		eof:                                     false,
		"psycopg2.OperationalError: " + eof:     false,
		"pg_query(): Query failed: " + eof:      false,
		"consuming input failed: " + eof:        false,
		"error in report 5432 of today: " + eof: false,
	} {
		r := Read(text)
		if slices.Contains(r.Symptoms, fact.EOFInHandshake) != early || slices.Contains(r.Symptoms, fact.EOFEstablished) == early || r.in(fact.InUse) == early {
			t.Errorf("%q says %v in %v", text, r.Symptoms, r.Contexts)
		}
	}
}

// TestServerName: an address in verify-full is another fault than a name.
func TestServerName(t *testing.T) {
	const text = `server certificate for "a.example.test" (and 1 other name) does not match host name "`
	for host, want := range map[string]fact.Symptom{"db": fact.CertName, "10.0.0.5": fact.IPMismatch, "::1": fact.IPMismatch, "": fact.CertName} {
		if r := Read(text + host + `"`); !slices.Equal(r.Symptoms, []fact.Symptom{want}) {
			t.Errorf("host %q: says %v, want %s", host, r.Symptoms, want)
		}
	}
	if r := Read(text); !slices.Equal(r.Symptoms, []fact.Symptom{fact.CertName}) {
		t.Errorf("cut short: says %v", r.Symptoms)
	}
}

// client runs a real program and returns what it prints.
func client(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed: its texts are not read", name)
	}
	c := exec.Command(path, args...)
	c.Env = append(os.Environ(), "LC_ALL=C", "HOME=/nonexistent", "PGCONNECT_TIMEOUT=3")
	out, _ := c.CombinedOutput()
	return string(out)
}

// answer is a server on loopback that greets with the first reply, gives each other one to what the client says, and
// closes.
func answer(t *testing.T, replies ...string) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			for i, reply := range replies {
				if i > 0 {
					c.Read(make([]byte, 4096))
				}
				c.Write([]byte(reply))
			}
			c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// TestRealPsql reads what the installed libpq prints.
func TestRealPsql(t *testing.T) {
	for _, c := range []struct {
		replies []string
		options string
		want    fact.Symptom
	}{
		{[]string{"", "N"}, "sslmode=require", fact.ServerWithoutTLS},
		{[]string{"", "H"}, "sslmode=require", fact.NotThisProtocol},
		{[]string{"", "S", ""}, "sslmode=require", fact.EOFInHandshake},
		{[]string{"", "S", "\x15\x03\x01\x00\x02\x02\x28"}, "sslmode=require", fact.PeerAlert(40)},
		{[]string{"", "S", "HTTP/1.1 400 Bad Request\r\n\r\n"}, "sslmode=require", fact.NotTLS},
		{[]string{"", ""}, "sslmode=require", fact.AcceptThenClosed},
		{[]string{"", "S", ""}, "sslmode=verify-full", fact.CAFileMissing},
		{nil, "sslmode=verify", fact.OptionInvalid},
		{nil, "useSSL=1", fact.OptionUnknown},
	} {
		text := client(t, "psql", "-w", "-c", "select 1", "host=127.0.0.1 user=u dbname=d gssencmode=disable port="+answer(t, c.replies...)+" "+c.options)
		if r := Read(text); !slices.Contains(r.Symptoms, c.want) || !r.in(fact.ByClient) || !r.in("postgres") {
			t.Errorf("%s, answered %q: %q says %v in %v, want %s", c.options, c.replies, text, r.Symptoms, r.Contexts, c.want)
		}
	}
}

// mysqlGreeting is the first packet of a server without CLIENT_SSL (MySQL protocol, HandshakeV10).
const mysqlGreeting = "\x4a\x00\x00\x00\x0a5.7.44\x00\x01\x00\x00\x00abcdefgh\x00\xff\xf7\x21\x02\x00\xff\x81\x15" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00ijklmnopqrst\x00mysql_native_password\x00"

// TestRealMariaDB reads what the installed MariaDB client prints.
func TestRealMariaDB(t *testing.T) {
	refused := func(code, text string) string {
		body := "\xff" + code + text
		return string([]byte{byte(len(body)), 0, 0, 0}) + body
	}
	for _, c := range []struct {
		greeting string
		args     []string
		want     fact.Symptom
	}{
		{mysqlGreeting, []string{"--ssl-verify-server-cert"}, fact.ServerWithoutTLS},
		{refused("\x69\x04", "Host '127.0.0.1' is blocked because of many connection errors"), nil, fact.HostBlocked},
		{refused("\x10\x04", "Too many connections"), nil, fact.TooManyClients},
		{refused("\x57\x0c", "Connections using insecure transport are prohibited while --require_secure_transport=ON."), nil, fact.TLSDemanded},
		{mysqlGreeting, []string{"--ssl-mode=REQUIRED"}, fact.OptionUnknown},
		{"", []string{"--sslverify"}, fact.OptionUnknown},
	} {
		args := append([]string{"--no-defaults", "-h127.0.0.1", "-uu", "-px", "--connect-timeout=3", "-P" + answer(t, c.greeting, "")}, c.args...)
		text := client(t, "mariadb", append(args, "-e", "select 1")...)
		if r := Read(text); !slices.Contains(r.Symptoms, c.want) || !r.in("mysql") {
			t.Errorf("%v, greeted %q: %q says %v in %v, want %s", c.args, c.greeting, text, r.Symptoms, r.Contexts, c.want)
		}
	}
	if text := client(t, "mariadb", "--no-defaults", "-h127.0.0.1", "-P1", "-e", ""); !strings.Contains(text, "2002") {
		t.Errorf("a closed port: %q", text)
	}
}
