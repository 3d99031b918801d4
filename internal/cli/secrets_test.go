package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// secretTexts are credentials, %s, as they stand in complaints that people paste and in logs.
var secretTexts = []string{
	"u:%s@tcp(db:3306)/x: x509: certificate signed by unknown authority", "パスワード=%s 証明書の有効期限が切れています", "パスワード： %s 証明書の有効期限が切れています",
	"DB_PASS=%s x509: certificate signed by unknown authority", "db_pass: '%s' x509: certificate signed by unknown authority", "<password>%s</password> x509: certificate signed by unknown authority",
	"pwd%%3D%s x509: certificate signed by unknown authority", `PASSWORD "%s" x509: certificate signed by unknown authority`, "password is %s x509: certificate signed by unknown authority",
	"-----BEGIN PRIVATE KEY----- %s -----END PRIVATE KEY----- x509: certificate signed by unknown authority", "Passwort: %s x509: certificate signed by unknown authority",
	"Server=localhost;User Id=sa;Password=abc;%s;Encrypt=True", "Server=localhost;User Id=sa;Password=abc;x=%s;Encrypt=True x509: certificate signed by unknown authority",
	"postgres://u:%s@db.example.com:5432/x: x509: certificate signed by unknown authority", "mysql -h db -p%s: ERROR 2026 (HY000): SSL connection error", "密码：%s x509: certificate signed by unknown authority",
	"Authorization: Bearer %s", "--password=%s x509: certificate signed by unknown authority",
	`SSL_do_handshake() failed while SSL handshaking to upstream, request: "GET /?token=%s HTTP/1.1", upstream: "https://u:%s@10.0.0.1:443/?sig=%s", host: "u:%s@a"`,
}

// TestNoSecretComesThrough: what stands in a text or a log is in no output and in no file that is written.
func TestNoSecretComesThrough(t *testing.T) {
	const secret = "QZxw7KvJ3"
	dir := t.TempDir()
	for i, form := range secretTexts {
		text := strings.ReplaceAll(strings.ReplaceAll(form, "%s", secret), "%%", "%")
		log := filepath.Join(dir, fmt.Sprintf("%d.log", i))
		if err := os.WriteFile(log, []byte("2026/11/22 03:00:00 [error] 7#7: *1 "+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"--text", text}, {text}, {log}, {"--text", "2026/11/22 03:00:00 [error] 7#7: *1 " + text}} {
			for _, format := range []string{"text", "json"} {
				saved := filepath.Join(dir, "saved.json")
				var out bytes.Buffer
				Main(append([]string{"diagnose", "--format", format, "--save", saved, "--timeout", "1ms"}, args...), strings.NewReader(""), &out, &out, func(string) string { return "" })
				kept, _ := os.ReadFile(saved)
				if all := out.String() + string(kept); strings.Contains(all, secret) {
					at := strings.Index(all, secret)
					t.Errorf("%q as %s: … %s …", args, format, all[max(0, at-80):min(len(all), at+40)])
				}
				os.Remove(saved)
			}
		}
	}
}
