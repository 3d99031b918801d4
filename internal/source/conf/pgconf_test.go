package conf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPostgres(t *testing.T) {
	files := tree{
		"/pg/postgresql.conf": `# comment
ssl = on # yes
SSL_Cert_File 'it''s.pem'
ssl_min_protocol_version = 'TLSv1.2'
ssl_min_protocol_version = TLS1.2
ssl_passphrase_command = 'echo hunter2'
ssl_ca = 'root.crt'
shared_buffers = 128MB
ssl.ext = 1
primary_conninfo = 'host=a password=hunter2 sslmode=require'
include_if_exists 'gone.conf'
include_dir 'conf.d'
hba_file = 'hba/pg_hba.conf'
=
`,
		"/pg/conf.d/a.conf":       "ssl_key_file='k\\145y'\n",
		"/pg/conf.d/.hidden.conf": "ssl=off\n",
		"/pg/hba/pg_hba.conf": `local all all peer
hostssl all all 0.0.0.0/0 cert clientcert=verify-full map="my map"
hostssl db,"all" all 10.0.0.0 255.0.0.0 ldap ldapserver=l \
  ldapbindpasswd="hun ter2"
hostss all all all md5
host all all all scram-sha-256 clientcert=verify_full
include_if_exists more.conf
`,
	}
	res := files.read(t, "/pg/postgresql.conf")
	wantSettings(t, res, `
/pg/postgresql.conf:2  ssl on
/pg/postgresql.conf:3  ssl_cert_file it's.pem
/pg/postgresql.conf:4  ssl_min_protocol_version TLSv1.2
/pg/postgresql.conf:5  ssl_min_protocol_version TLS1.2  ? ssl_min_protocol_version=TLSv1.2
/pg/postgresql.conf:6  ssl_passphrase_command
/pg/postgresql.conf:7  ssl_ca root.crt  ? ssl_ca_file
/pg/postgresql.conf:10  primary_conninfo host=a password=*** sslmode=require
/pg/conf.d/a.conf:1  ssl_key_file key
/pg/postgresql.conf:13  hba_file hba/pg_hba.conf
/pg/hba/pg_hba.conf:1  local all all peer
/pg/hba/pg_hba.conf:2  hostssl all all 0.0.0.0/0 cert clientcert=verify-full map=my map
/pg/hba/pg_hba.conf:3  hostssl db,all all 10.0.0.0 255.0.0.0 ldap ldapserver=l ldapbindpasswd=***
/pg/hba/pg_hba.conf:5  hostss all all all md5  ? hostssl
/pg/hba/pg_hba.conf:6  host all all all scram-sha-256 clientcert=verify_full  ? clientcert=verify-full`)
	wantGaps(t, res, "/pg/postgresql.conf:14: a line: it is no parameter: the server refuses the file")
	for _, s := range res.Settings {
		if want := map[bool]string{true: "pg_hba.conf", false: "postgresql.conf"}[strings.Contains(s.Ref.At, "hba.conf:")]; s.Dialect != want {
			t.Errorf("%s: dialect %q, want %q", s.Ref.At, s.Dialect, want)
		}
	}
}

// pgValues are values as they are written; what they mean is for the server to say.
var pgValues = []string{`'a.pem'`, `= 'a b.pem' # c`, `=plain`, `= 'it''s'`, `= 'a\\b'`, `= 'tab\there'`, `= '\101bc'`, `='x#y'`, `   'spaced'`, `= ''`}

// TestPostgresAgrees: "postgres -C" prints what our reading has in force.
func TestPostgresAgrees(t *testing.T) {
	program := needProgram(t, "postgres")
	dir := t.TempDir()
	for _, v := range pgValues {
		text := "ssl_ca_file 'earlier'\nssl_ca_file " + v + "\n"
		if err := os.WriteFile(filepath.Join(dir, "postgresql.conf"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "-C", "ssl_ca_file", "-D", dir).Output()
		if err != nil {
			t.Errorf("postgres refuses %s: %v", v, err)
			continue
		}
		res := tree{"postgresql.conf": text}.read(t, "postgresql.conf")
		if got, want := res.Settings[len(res.Settings)-1].Value(), strings.TrimSuffix(string(out), "\n"); got != want {
			t.Errorf("%s: we read %q, the server %q", v, got, want)
		}
	}
}

// TestPostgresKnows: every parameter of the server about TLS is one that we know.
func TestPostgresKnows(t *testing.T) {
	out, err := exec.Command(needProgram(t, "postgres"), "--describe-config").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(out)) {
		name, _, _ := strings.Cut(line, "\t")
		if !strings.HasPrefix(name, "ssl") {
			continue
		}
		found++
		if _, ok := pgParameters.find(name); !ok {
			t.Errorf("%s is called unknown", name)
		}
	}
	if found < 10 {
		t.Errorf("the server describes %d parameters about TLS", found)
	}
}
