package words

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// secretNames, signs and quotes are how a password is told in texts of programs; every combination must be cut.
var (
	secretNames = []string{"password", "Password", "PASSWORD", "passwd", "passphrase", "pwd", "PWD", "secret", "client_secret", "token", "access_token", "api_key", "apiKey",
		"DB_PASS", "smtp.pass", "dbPass", "PGPASSWORD", "MYSQL_PWD", "sslpassword", "trustStorePassword", "ssl.key.password", "パスワード", "暗証番号", "パスフレーズ", "Passwort", "Kennwort",
		"mot de passe", "contraseña", "senha", "пароль", "密码", "密碼", "비밀번호", "ｐａｓｓｗｏｒｄ"}
	signs  = []string{"=", ":", ": ", " = ", " : ", "=>", " => ", ":=", "：", "＝", "%3D", "%3a", "  =  ", "\t=\t"}
	quotes = [][2]string{{"", ""}, {`"`, `"`}, {"'", "'"}, {`\"`, `\"`}, {"&quot;", "&quot;"}, {"「", "」"}, {"N'", "'"}, {"b\"", "\""}, {"`", "`"}, {"[\"", "\"]"}}
	around = [][2]string{{"", ""}, {"", " x509: certificate signed by unknown authority"}, {"Server=db;User Id=sa;", ";Encrypt=True"}, {"host=db ", " sslmode=require"}, {"{user: a, ", ", tls: true}"},
		{"?user=a&", "&useSSL=true"}, {"2026/11/22 10:00:00 [error] 7#7: *1 ", " while SSL handshaking to upstream"}, {"証明書の有効期限が切れています ", "、終了"}, {"\n", "\n"}}
)

// TestRedactEveryForm takes passwords of other characters than letters, too, those apart that divide parameters or quote.
func TestRedactEveryForm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range secretNames {
		for _, sign := range signs {
			for _, quote := range quotes {
				for _, a := range around {
					secret := password(r)
					text := a[0] + name + sign + quote[0] + secret + quote[1] + a[1]
					if got := Redact(text); leaks(got, secret) || !strings.HasPrefix(got, a[0][:len(a[0])/2]) {
						t.Fatalf("%q\n got %q", text, got)
					}
				}
			}
		}
	}
}

// TestRedactEveryLogin: what stands between a user and the last "@" of a login goes, whatever it is.
func TestRedactEveryLogin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, form := range []string{"postgres://app:%s@db/shop", "app:%s@tcp(db:3306)/shop", "app:%s@tcp6([::1]:3306)/", "app:%s@unix(/run/m.sock)/x", "root:%s@/shop", `amqp:\/\/app:%s@q:5671`, "redis://:%s@c", "app:%s@db:5432"} {
		for _, a := range around {
			for range 20 {
				secret := password(r) + []string{"", "@", "/", ":", "@x:", ";", ")"}[r.IntN(7)] + password(r)
				text := a[0] + fmt.Sprintf(form, secret) + a[1]
				if got := Redact(text); leaks(got, secret) {
					t.Fatalf("%q\n got %q", text, got)
				}
			}
		}
	}
}

// TestRedactLongValue: a value goes as a whole, however long it is.
func TestRedactLongValue(t *testing.T) {
	secret := strings.Repeat("QZXKVW", 2000)
	for _, form := range []string{"password=%s x", `password="%s" x`, "password is %s1 x", "パスワード：%s x", "<password>%s</password> x"} {
		if got := Redact(fmt.Sprintf(form, secret)); leaks(got, secret) || !strings.HasSuffix(got, " x") {
			t.Errorf("%s: %.200s", form, got)
		}
	}
}

// password makes one that cannot occur in a text by chance.
func password(r *rand.Rand) string {
	const letters, all = "QXZJKVW", "QXZJKVWqxzjkvw0123456789!#$^*+-_.~"
	b := []byte{letters[r.IntN(len(letters))]}
	for range 7 + r.IntN(9) {
		b = append(b, all[r.IntN(len(all))])
	}
	return string(append(b, letters[r.IntN(len(letters))]))
}

// leaks: a run of six bytes of the secret has survived.
func leaks(text, secret string) bool {
	for i := 0; i+6 <= len(secret); i++ {
		if strings.Contains(text, secret[i:i+6]) {
			return true
		}
	}
	return false
}
