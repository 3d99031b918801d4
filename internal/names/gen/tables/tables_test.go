package tables

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// small is the least set of files Source accepts.
func small() map[string]string {
	return map[string]string{
		"versions.csv":   "id,name,aliases\n0x0303,TLS1.2,1.2 TLSv1.2\n",
		"groups.csv":     "id,name,aliases\n0x0017,P-256,secp256r1\n",
		"schemes.csv":    "id,name,aliases\n0x0401,rsa_pkcs1_sha256,\n",
		"alerts.csv":     "id,name\n40,handshake_failure\n",
		"extensions.csv": "id,name\n0,server_name\n",
		"suites.csv": "id,name,openssl,kex,auth,cipher,mac,prf,key_len,mac_len,iv_len,export,completable\n" +
			"0x002f,TLS_RSA_WITH_AES_128_CBC_SHA,AES128-SHA,RSA,RSA,AES_128_CBC,SHA,SHA256,16,20,16,false,true\n",
		"oids.csv": "oid,name\n2.5.4.3,CN\n",
	}
}

func source(t *testing.T, files map[string]string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Source(dir)
	return string(b), err
}

func TestSourceHoldsNamesAndKeys(t *testing.T) {
	got, err := source(t, small())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{0x0303, "TLS1.2"}`, `{"tlsv1.2", 0x0303}`, `{"secp256r1", 0x0017}`, `{"aes128-sha", 0x002f}`,
		"TLS_RSA_WITH_AES_128_CBC_SHA uint16 = 0x002f", `{"2.5.4.3", "CN"}`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestSourceNamesTheFileThatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"order", "alerts.csv", "id,name\n40,a\n20,b\n", "not above"},
		{"number", "groups.csv", "id,name,aliases\nx,a,\n", "invalid syntax"},
		{"too large", "groups.csv", "id,name,aliases\n70000,a,\n", "out of range"},
		{"name twice", "schemes.csv", "id,name,aliases\n1,a,b\n2,B,\n", `"b" names both`},
		{"oid twice", "oids.csv", "oid,name\n2.5.4.3,CN\n2.5.4.3,SN\n", "stands twice"},
		{"columns", "extensions.csv", "id,name\n1\n", "wrong number of fields"},
		{"empty", "suites.csv", "id\n", "no rows"},
	} {
		files := small()
		files[c.file] = c.text
		_, err := source(t, files)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
			t.Errorf("%s: error %v, want one with %q and %q", c.name, err, c.file, c.want)
		}
	}
}

func TestSourceWithoutAFile(t *testing.T) {
	files := small()
	delete(files, "oids.csv")
	if _, err := source(t, files); err == nil {
		t.Error("no error without oids.csv")
	}
}
