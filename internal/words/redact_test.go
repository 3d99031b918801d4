package words

import (
	"strings"
	"testing"
)

// planted is the secret in all texts of this file.
const planted = "S3cr3tV4lue"

// redactions are the forms in which products print or take credentials (their documentation); the secret must go, and
// what remains must still tell who talks to whom.
var redactions = []struct{ text, want string }{
	{"postgres://app:S3cr3tV4lue@db.example.com:5432/shop", "postgres://app:***@db.example.com:5432/shop"},
	{"https://app:S3cr3tV4lue%40x@10.0.0.1/", "https://app:***@10.0.0.1/"},
	{"amqps://app:S3cr3tV4lue@p@q:5671 refused", "amqps://app:***@q:5671 refused"},
	{"redis://:S3cr3tV4lue@cache:6380/0", "redis://:***@cache:6380/0"},
	{"https://S3cr3tV4lueS3cr3tV4lue@github.com/a/b", "https://***@github.com/a/b"},
	{"jdbc:oracle:thin:scott/S3cr3tV4lue@//db:1521/x", "jdbc:oracle:thin:scott/***@//db:1521/x"},
	{"jdbc:sqlserver://db:1433;user=sa;password=S3cr3tV4lue;encrypt=true", "jdbc:sqlserver://db:1433;user=sa;password=***;encrypt=true"},
	{"jdbc:mysql://db/shop?user=a&password=S3cr3tV4lue&useSSL=true", "jdbc:mysql://db/shop?user=a&password=***&useSSL=true"},
	{"jdbc:sqlserver://db;password={S3cr3t}}V4lue S3cr3tV4lue};encrypt=true", "jdbc:sqlserver://db;password=***;encrypt=true"},
	{"Server=db;User Id=sa;Password=S3cr3tV4lue;Encrypt=True", "Server=db;User Id=sa;Password=***;Encrypt=True"},
	{`Server=db;Password="S3cr3t;V4lue";Encrypt=True`, "Server=db;Password=***;Encrypt=True"},
	{"Driver={ODBC Driver 18 for SQL Server};UID=sa;PWD={S3cr3t;V4lue};Encrypt=yes", "Driver={ODBC Driver 18 for SQL Server};UID=sa;PWD=***;Encrypt=yes"},
	{"host=db user=app password=S3cr3tV4lue sslmode=require", "host=db user=app password=*** sslmode=require"},
	{`host=db password='S3cr3t V4lue\'x' sslmode=require`, "host=db password=*** sslmode=require"},
	{"mysql -h db -u root -pS3cr3tV4lue --ssl-mode=REQUIRED", "mysql -h db -u root -p*** --ssl-mode=REQUIRED"},
	{"mysql --password=S3cr3tV4lue -h db", "mysql --password=*** -h db"},
	{"sqlcmd -S db -U sa -P S3cr3tV4lue -N", "sqlcmd -S db -U sa -P*** -N"},
	{"PGPASSWORD=S3cr3tV4lue psql -h db", "PGPASSWORD=*** psql -h db"},
	{"MYSQL_PWD=S3cr3tV4lue mysql", "MYSQL_PWD=*** mysql"},
	{"curl -u app:S3cr3tV4lue https://a/", "curl -u app:*** https://a/"},
	{"GET /login?user=a&code=S3cr3tV4lue HTTP/1.1", "GET /login HTTP/1.1"},
	{`request: "GET /a?X-Amz-Signature=S3cr3tV4lue HTTP/2.0", upstream: "https://10.0.0.1:443/a?X-Amz-Signature=S3cr3tV4lue"`,
		`request: "GET /a HTTP/2.0", upstream: "https://10.0.0.1:443/a?X-Amz-Signature=***"`},
	{"Authorization: Bearer S3cr3tV4lue", "Authorization: Bearer ***"},
	{"> authorization: Basic UzNjcjN0VjRsdWU6UzNjcjN0VjRsdWU=", "> authorization: Basic ***"},
	{`{"headers":{"Authorization":"Bearer S3cr3tV4lue","Host":"a"}}`, `{"headers":{"Authorization":"Bearer ***","Host":"a"}}`},
	{`Authorization: Digest username="a", response="S3cr3tV4lue", qop=auth`, "Authorization: ***"},
	{`curl -H "Authorization: Bearer S3cr3tV4lue" https://a/`, `curl -H "Authorization: Bearer ***" https://a/`},
	{`curl -H 'Cookie: a="S3cr3tV4lue"' https://a/`, `curl -H 'Cookie: ***' https://a/`},
	{"Cookie: session=S3cr3tV4lue; lang=en", "Cookie: ***"},
	{"Set-Cookie: sid=S3cr3tV4lue; Secure", "Set-Cookie: ***"},
	{`{"user":"a","password":"S3cr3tV4lue","tls":true}`, `{"user":"a","password":***,"tls":true}`},
	{`{\"password\":\"S3cr3tV4lue\",\"tls\":true}`, `{\"password\":***,\"tls\":true}`},
	{"client_secret: S3cr3tV4lue", "client_secret: ***"},
	{"api_key=S3cr3tV4lue, host=a", "api_key=***, host=a"},
	{"AWS_SECRET_ACCESS_KEY=S3cr3tV4lue", "AWS_SECRET_ACCESS_KEY=***"},
	{"ssl.keystore.password = S3cr3tV4lue", "ssl.keystore.password = ***"},
	{"-Djavax.net.ssl.trustStorePassword=S3cr3tV4lue -Dx=y", "-Djavax.net.ssl.trustStorePassword=*** -Dx=y"},
	{"eyJhbGciOiJIUzI1NiJ9.S3cr3tV4lueS3cr3tV4lue.S3cr3tV4lue is expired", "*** is expired"},
	{"using AKIAS3CR3TV4LUEABCD", "using ***"},
	{"-----BEGIN PRIVATE KEY-----\nS3cr3tV4lue\nS3cr3tV4lue\n-----END PRIVATE KEY-----\nafter", "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----\nafter"},
	{"-----BEGIN RSA PRIVATE KEY-----\nS3cr3tV4lue", "-----BEGIN RSA PRIVATE KEY-----***"},
	{"CREATE USER 'a'@'%' IDENTIFIED BY 'S3cr3tV4lue' REQUIRE SSL", "CREATE USER 'a'@'%' IDENTIFIED BY *** REQUIRE SSL"},
	{"ALTER ROLE a PASSWORD 'S3cr3tV4lue'", "ALTER ROLE a PASSWORD ***"},
	{"requirepass S3cr3tV4lue", "requirepass ***"},
	{"    Master-Key: S3cr3tV4lue\n    PSK identity: None", "    Master-Key: ***\n    PSK identity: None"},
	{"CLIENT_RANDOM 00112233445566778899aabbccddeeff 5ec2e75ec2e7", "CLIENT_RANDOM 00112233445566778899aabbccddeeff ***"},
	{"ldapsearch -H ldaps://a -D cn=x -w S3cr3tV4lue -b dc=y", "ldapsearch -H ldaps://a -D cn=x -w*** -b dc=y"},
	{"AccountEndpoint=https://a/;AccountKey=S3cr3tV4lue==;", "AccountEndpoint=https://a/;AccountKey=***;"},
}

func TestRedact(t *testing.T) {
	for _, c := range redactions {
		if got := Redact(c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestRedactTwice: what was cut once is not cut further.
func TestRedactTwice(t *testing.T) {
	for _, c := range redactions {
		once := Redact(c.text)
		if again := Redact(once); again != once {
			t.Errorf("%s\nonce  %s\ntwice %s", c.text, once, again)
		}
	}
}

// TestRedactLeaves: messages that speak of passwords and keys without telling one.
func TestRedactLeaves(t *testing.T) {
	for _, s := range []string{
		"SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking to upstream",
		"password authentication failed for user \"app\"", "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
		"error:0B080074:x509 certificate routines:X509_check_private_key:key values mismatch", "PEM routines:PEM_do_header:bad password read",
		"could not load private key file \"server.key\": no start line", "cannot load certificate key \"/etc/nginx/key.pem\": PEM_read_bio_PrivateKey() failed",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "curl: (60) SSL certificate problem: unable to get local issuer certificate",
		"TLS handshake error from 10.0.0.1:4711: EOF", "Server=db;Encrypt=True;TrustServerCertificate=True", "host=db sslmode=verify-full sslrootcert=/etc/ca.pem sslkey=/etc/client.key",
		"mysql -h db -P 3306 --ssl-ca=ca.pem", "https://example.com:8443/a@b", "ssl_key: /etc/dovecot/private.pem", "signature_algorithms: rsa_pss_rsae_sha256", "Peer signature type: RSA-PSS",
		"psql \"host=db sslmode=require\" -w", "tls: unsupported key share group=x25519", "key_share: entry",
	} {
		if got := Redact(s); got != s {
			t.Errorf("%s\n got %s", s, got)
		}
	}
}

// FuzzRedact plants a secret in every form, between any two texts: it never comes through.
func FuzzRedact(f *testing.F) {
	for _, s := range []string{"", "\n", " ; ", "'", "\"", "\\", "x", "://", "=", "Authorization: "} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		Redact(before + after)
		if strings.Contains(before+after, planted) {
			return
		}
		for _, c := range redactions {
			if got := Redact("x " + c.text + "\n" + after); strings.Contains(got, planted) {
				t.Errorf("%q before %q: %q", c.text, after, got)
			}
			if got := Redact(before + "\n" + c.text); strings.Contains(got, planted) && !openQuote(before) {
				t.Errorf("%q after %q: %q", c.text, before, got)
			}
		}
	})
}

// openQuote: a text may end within a quoted value, which then ends in the middle of the planted form.
func openQuote(s string) bool { return strings.ContainsAny(s, "\"'{\\") }

func BenchmarkRedactOrdinary(b *testing.B) {
	s := "peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking"
	for b.Loop() {
		Redact(s)
	}
}
