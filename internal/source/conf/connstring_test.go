package conf

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// brief writes settings as "name=value", an unknown one with "?" and what it was meant for, a credential without value.
func brief(settings []fact.Setting) string {
	var out []string
	for _, s := range settings {
		text := s.Name
		if len(s.Args) > 0 {
			text += "=" + s.Value()
		}
		if s.Unknown {
			text += "?" + s.Near
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

// connectionStrings: what each driver's documentation says of such a string.
var connectionStrings = []struct{ text, dialect, want string }{
	{`Server=tcp:db.example.test,1433;Database=shop;User Id=sa;Password="a;b""c";Encrypt=True;TrustServerCertificate=true`, "ado.net",
		`Data Source=tcp:db.example.test,1433 | Initial Catalog=shop | User ID=sa | Password | Encrypt=True | TrustServerCertificate=true`},
	{`"Data Source=.\SQLEXPRESS;Integrated Security=SSPI;Encrypt=Strict;HostNameInCertificate=db"`, "ado.net",
		`Data Source=.\SQLEXPRESS | Integrated Security=SSPI | Encrypt=Strict | HostNameInCertificate=db`},
	{`Addr=db;uid=u;pwd='x';encrypt=maybe;TrustServerCertficate=yes`, "ado.net",
		`Data Source=db | User ID=u | Password | Encrypt=maybe? | TrustServerCertficate=yes?TrustServerCertificate`},
	{`Server=db;Port=3306;Uid=u;Pwd=p;Encrypt=true`, "mysqlconnector", `Server=db | Port=3306 | User ID=u | Password | Encrypt=true?SSL Mode`},
	{`Server=db;Database=d;Uid=u;Pwd=p;SslMode=Required`, "mysqlconnector", `Server=db | Database=d | User ID=u | Password | SSL Mode=Required`},
	{`Host=db;Username=u;Password=p;SSL Mode=VerifyFull;Root Certificate=/ca.pem`, "npgsql",
		`Host=db | Username=u | Password | SSL Mode=VerifyFull | Root Certificate=/ca.pem`},
	{`Server=db;Port=5432;User Id=u;Password=p;SSL Mode=verify_full`, "npgsql",
		`Host=db | Port=5432 | Username=u | Password | SSL Mode=verify_full?SSL Mode=VerifyFull`},
	{`Driver={ODBC Driver 18 for SQL Server};Server=db;UID=sa;PWD={se}}c;ret};Encrypt=yes`, "odbc",
		`Driver=ODBC Driver 18 for SQL Server | Server=db | UID=sa | PWD | Encrypt=yes`},
	{`DRIVER={MySQL ODBC 8.0 Unicode Driver};SERVER=db;SSLMODE=VERIFY_IDENTITY;SSLCA=/ca.pem`, "odbc-mysql",
		`Driver=MySQL ODBC 8.0 Unicode Driver | Server=db | SSLMODE=VERIFY_IDENTITY | SSLCA=/ca.pem`},
	{`Provider=MSOLEDBSQL19;Data Source=db;Use Encryption for Data=Mandatory`, "oledb", `Provider=MSOLEDBSQL19 | Data Source=db | Encrypt=Mandatory`},
	{`jdbc:sqlserver://db\inst:1433;databaseName=x;encrypt=true;trustServerCertficate=true;password={a;b}`, "mssql-jdbc",
		`serverName=db | instanceName=inst | portNumber=1433 | databaseName=x | encrypt=true | trustServerCertficate=true?trustServerCertificate | password`},
	{`jdbc:mysql://u:pw@h1:3306,h2/db?sslMode=VERIFY_IDENTITY&autoReconnect=true`, "mysql-connector-j",
		`host=h1,h2 | port=3306, | user=u | password | database=db | sslMode=VERIFY_IDENTITY | autoReconnect=true`},
	{`jdbc:mariadb://db/x?useSSL=true&serverSslCert=/ca.pem`, "mariadb-connector-j", `host=db | database=x | useSsl=true | serverSslCert=/ca.pem`},
	{`jdbc:postgresql://db:5433/x?sslmode=verify-full&sslNegotiation=direct`, "pgjdbc",
		`host=db | port=5433 | database=x | sslmode=verify-full | sslNegotiation=direct`},
	{`jdbc:jtds:sqlserver://db:1433/x;ssl=require`, "jtds", `host=db | port=1433 | database=x | ssl=require`},
	{`postgres://u:p%40w@[::1]:5433/db?sslmode=verify_full&sslrootcert=/ca`, "libpq",
		`host=::1 | port=5433 | user=u | password | dbname=db | sslmode=verify_full?sslmode=verify-full | sslrootcert=/ca`},
	{`postgresql://db/x?sslmode=no-verify`, "node-pg", `host=db | dbname=x | sslmode=no-verify`},
	{`host = db  sslmode='verify-full' password='a b\'c' sslrotcert=/x`, "libpq",
		`host=db | sslmode=verify-full | password | sslrotcert?sslrootcert`},
	{`postgresql+psycopg2://u:p@h/d?sslmode=require`, "libpq", `host=h | user=u | password | dbname=d | sslmode=require`},
	{`mysql+pymysql://u:p@h/db?ssl_ca=/x&ssl_verify_identity=true`, "pymysql", `host=h | user=u | password | database=db | ssl_ca=/x | ssl_verify_identity=true`},
	{`mssql+pyodbc://u:p@h:1444/db?driver=ODBC+Driver+18+for+SQL+Server&Encrypt=yes`, "odbc",
		`Server=h | Port=1444 | UID=u | PWD | Database=db | Driver=ODBC Driver 18 for SQL Server | Encrypt=yes`},
	{`mysqlx://u:p@h/db?ssl-mode=REQUIRED`, "mysql-uri", `host=h | user=u | password | database=db | ssl-mode=REQUIRED`},
	{`mysql://u:p@h/db?sslaccept=strict`, "prisma", `host=h | user=u | password | database=db | sslaccept=strict`},
	{`u:p@ss/w@tcp(db:3307)/x?tls=skip-verify&parseTime=true`, "go-sql-driver",
		`protocol=tcp | host=db | port=3307 | user=u | password | database=x | tls=skip-verify | parseTime=true`},
	{`sqlserver://sa:pw@db:1433/inst?encrypt=strict`, "go-mssqldb", `server=db | port=1433 | user id=sa | password | instance=inst | encrypt=strict`},
	{`server=db;user id=sa;password=x;encrypt=disable`, "go-mssqldb", `server=db | user id=sa | password | encrypt=disable`},
	{"mysql.createConnection({\n  host: 'db', port: 3306, user: 'u', password: 'p',\n  ssl: { ca: fs.readFileSync('/ca.pem'), rejectUnauthorized: true },\n});", "mysql2",
		`host=db | port=3306 | user=u | password | ssl.ca=/ca.pem | ssl.rejectUnauthorized=true`},
	{`new Pool({ host: "db", user: "u", password: process.env.PW, ssl: { rejectUnauthorized: false } })`, "node-pg",
		`host=db | user=u | password | ssl.rejectUnauthorized=false`},
	{`postgres({host:'db',ssl:'require'})`, "postgres.js", `host=db | ssl=require`},
	{`{"server":"db","user":"sa","password":"p","options":{"encrypt":true,"trustServerCertficate":true}}`, "tedious",
		`server=db | user=sa | password | options.encrypt=true | options.trustServerCertficate=true?options.trustServerCertificate`},
	{`pymysql.connect(host='db', user="u", passwd='p', ssl={'ca': '/ca.pem', 'check_hostname': False})`, "pymysql",
		`host=db | user=u | password | ssl.ca=/ca.pem | ssl.check_hostname=False`},
	{`psycopg2.connect(host="db", sslmode="verify-full", password="p")`, "libpq", `host=db | sslmode=verify-full | password`},
	{`conn = psycopg2.connect("host=db sslmode=verify-full password=p")`, "libpq", `host=db | sslmode=verify-full | password`},
	{`const sql = postgres('postgres://u:p@db:5433/x', { ssl: 'require' })`, "postgres.js", `host=db | port=5433 | user=u | password | database=x | ssl=require`},
	{`mysql2.createPool({host:'db', ssl:{}})`, "mysql2", `host=db | ssl={}`},
	{`odbc:server=db;port=1444;encrypt=true;password={a;b}`, "go-mssqldb", `server=db | port=1444 | encrypt=true | password`},
}

func TestString(t *testing.T) {
	for _, test := range connectionStrings {
		got, ok := String(test.text)
		if !ok || got.Dialect != test.dialect {
			t.Errorf("%s: read as %q (%v), want %q", test.text, got.Dialect, ok, test.dialect)
			continue
		}
		if s := brief(got.Settings); s != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, s, test.want)
		}
	}
}

// TestStringIsSure: targets, prose and pieces of other things are no connection strings.
func TestStringIsSure(t *testing.T) {
	for _, text := range []string{
		"", "mysql://shop.example.test", "postgres://u:p@db/x", "db.example.test:1433", "https://db/?ssl-mode=REQUIRED", "sslmode=require", "Encrypt=True",
		"the server = db; and encrypt = true", "a=1;b=2", "host=db and nothing else", "proxy_ssl_verify on;", "ssl = on\nssl_cert_file = 'x'\n",
		"connect with Server=db;Encrypt=True please", "SSL_ERROR_SYSCALL, errno=104; code=5", "error=1;server", "f(x)/y", "user@/db", "jdbc:h2:mem:x",
		"level=error server=db msg=\"tls: handshake failure\"", "tls(1)/2",
		`{"host":"db","user":"u"}`, `{"level":"error","host":"db","port":5432,"msg":"tls: bad certificate"}`, "connect(host, port)", "Error: self-signed certificate { code: 'X' }",
	} {
		if r, ok := String(text); ok {
			t.Errorf("%q taken for a string of %s: %s", text, r.Dialect, brief(r.Settings))
		}
	}
}

// TestStringsThatReferElsewhere leave a gap: nothing is opened.
func TestStringsThatReferElsewhere(t *testing.T) {
	for text, want := range map[string]int{"service=shop sslmode=require": 1, "DSN=shop;UID=u;Encrypt=yes": 1, "host=db sslmode=require": 0} {
		r, ok := String(text)
		if !ok || len(r.Gaps) != want {
			t.Errorf("%s: read %v, gaps %v", text, ok, r.Gaps)
		}
	}
	if r, _ := Command([]string{"mysql --defaults-file=/etc/shop.cnf -h db"}); len(r.Gaps) != 1 || !strings.Contains(r.Gaps[0].What, "/etc/shop.cnf") {
		t.Errorf("an option file: gaps %v", r.Gaps)
	}
}

// TestErrorTextsAreNoStrings tries every text of the word readers' samples.
func TestErrorTextsAreNoStrings(t *testing.T) {
	files, err := filepath.Glob("../../words/testdata/*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	tried := 0
	for _, f := range files {
		h, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		s := bufio.NewScanner(h)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			text, _, _ := strings.Cut(s.Text(), "\t")
			tried++
			if r, ok := String(text); ok {
				t.Errorf("%s: %q taken for a string of %s", filepath.Base(f), text, r.Dialect)
			}
		}
		h.Close()
	}
	if tried < 500 {
		t.Errorf("only %d texts tried", tried)
	}
}

// TestStringKeepsNoSecret plants one where each form takes credentials.
func TestStringKeepsNoSecret(t *testing.T) {
	for _, text := range []string{
		`Server=db;Encrypt=True;Password=hunter2`, `Server=db;Encrypt=True;Pasword=hunter2`, `Server=db;Encrypt=True;Pwd="hunter2;hunter2"`,
		`Driver={ODBC Driver 18 for SQL Server};Server=db;PWD={hunter2}`, `Host=db;Username=u;Password=hunter2;SSL Password=hunter2`,
		`jdbc:sqlserver://db;encrypt=true;trustStorePassword=hunter2;accessToken=hunter2`, `jdbc:mysql://u:hunter2@h/db?password=hunter2&trustCertificateKeyStorePassword=hunter2`,
		`postgres://u:hunter2@h/db?sslmode=require&sslpassword=hunter2&sslpasword=hunter2`, `host=db sslmode=require password=hunter2 oauth_client_secret='hunter2'`,
		`mysql://u:hunter2@h/db?ssl-mode=REQUIRED&apitoken=hunter2`, `u:hun/ter2@hunter2@tcp(db:3306)/x?tls=true`, `sqlserver://sa:hunter2@db?encrypt=true&password=hunter2`,
		`server=db;user id=sa;password=hunter2;encrypt=disable;tlspin=hunter2`, `mysql+pymysql://u:hunter2@h/db?ssl_ca=x&ssl_key_password=hunter2`,
		`mysql.createConnection({host:'db',password:'hunter2',ssl:{key:'hunter2',passphrase:"hunter2",passphrese:'hunter2'}})`, `new Pool({connectionString:'postgres://u:hunter2@h/d', ssl:true})`,
		`postgres://u:hun?ter2@h/hunter2@h/db?sslmode=require`,
	} {
		r, ok := String(text)
		if !ok {
			t.Logf("not read: %s", text)
		}
		if b, err := json.Marshal(r); err != nil || strings.Contains(string(b), "hunter2") {
			t.Errorf("%s: kept in %s (%v)", text, b, err)
		}
	}
}

func FuzzString(f *testing.F) {
	for _, test := range connectionStrings {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := String(text)
		if ok != (len(r.Settings) > 0) {
			t.Errorf("%v with %d settings", ok, len(r.Settings))
		}
		n := 0
		for _, s := range r.Settings {
			n += len(s.Name) + len(s.Value())
		}
		if n > 20*len(text)+1000 {
			t.Errorf("%d bytes of settings from %d", n, len(text))
		}
	})
}
