package words

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// cutOut stands where a credential was.
const cutOut = "***"

// Redact cuts credentials out of a text: passwords in URLs, connection strings and command lines, tokens, cookies,
// private keys, and the query of a request line. What stood there is "***". A text that holds none comes back as it
// is, after one fast search. It is made to cut too much rather than too little: a value goes up to a quotation
// mark where one opens it, else up to what divides parameters.
func Redact(s string) string {
	present := gatesOf(s)
	if present == 0 {
		return s
	}
	for i := range credentials {
		if c := &credentials[i]; c.near&present != 0 && c.also&present == c.also {
			s = c.cut(s)
		}
	}
	return s
}

// A gate is a set of things one of which stands in every text that holds a certain form of credential. Looking for them
// costs one pass, and the expressions behind a gate that is shut cost nothing.
type gate uint32

const (
	nameGate   gate = 1 << iota // a name of a password, a secret or a token
	signGate                    // what stands between a name and its value
	markGate                    // what opens an element
	pairGate                    // what opens the value beside a name
	semiGate                    // ";"
	authGate                    // the header that carries credentials
	cookieGate                  // the header that carries cookies
	schemeGate                  // a scheme of authentication
	saslGate                    // SMTP's AUTH
	atGate                      // "@", in which a login ends
	queryGate                   // "?" or "&" before a parameter
	pemGate                     // a private key
	logGate                     // a line of a key log
	toolGate                    // a program that takes a password as a switch
	flagGate                    // a switch
	dashGate                    // a long switch
	userGate                    // a switch for a login
	certGate                    // a switch for a certificate and its password
	formGate                    // the beginning of a token that is one by its form
	sqlGate                     // SQL's IDENTIFIED BY
	dialogGate                  // USER and PASS, login and password
)

// gateWords are in lower case and stand anywhere in a text, in any case. Those of nameGate begin where a name of secretWord or shortName does.
var gateWords = slices.Concat(
	gated(nameGate, "pass", "pwd", "pswd", "pw", "secret", "token", "psk", "credential", "jsessionid", "phpsessid", "sessionid", "securestring", "requirepass", "masterauth", "bindpw", "rootpw", "sharedaccesssignature", "shared_access_signature",
		"sslpass", "keypass", "storepass", "rediscli_auth", "kennwort", "mot de passe", "mots de passe", "contrase", "senha", "palavra", "wachtwoord", "hasło", "heslo",
		"parola", "şifre", "lösenord", "adgangskode", "salasana", "jelszó", "пароль", "密码", "密碼", "口令", "비밀번호", "암호", "パスワード", "ﾊﾟｽﾜｰﾄﾞ", "パスフレーズ", "パスコード", "暗証", "合言葉", "ｐａｓｓ"),
	gated(nameGate, keyNames("api", "access", "account", "shared", "subscription", "encryption", "signing", "master")...), gated(nameGate, "resumption psk"),
	gated(signGate, "=", ":", "：", "＝", "->", "→", "%3", "%253", "\\u003", "&#"), gated(markGate, "<", "&lt", "\\u003c", "%3c"), gated(pairGate, "value", ">", "form-data"), gated(semiGate, ";"),
	gated(authGate, "authorization"), gated(cookieGate, "cookie"), gated(schemeGate, "bearer", "basic", "negotiate", "ntlm"), gated(saslGate, "auth "),
	gated(atGate, "@", "%40"), gated(queryGate, "?", "&"), gated(pemGate, "private"), gated(logGate, "_random", "_secret"), gated(sqlGate, "identified"),
	gated(toolGate, "mysql", "mariadb", "7z", "sqlcmd", "bcp", "isql", "osql", "tsql", "ldap", "redis-cli", "sshpass", "mongo", "certutil", "pk12util", "plink"),
	gated(flagGate, " -", " /"), gated(dashGate, "--"), gated(userGate, " -u", "--user", "--proxy-user"), gated(certGate, " -e", "--cert", "--proxy-cert"), gated(dialogGate, "login ", "pass "),
	gated(formGate, "eyj", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "sk-", "sk_live_", "sk_test_", "aiza",
		"ya29.", "npm_", "pypi-", "hf_", "hvs.", "dckr_pat_", "hooks.slack"),
)

// A gateWord opens a gate.
type gateWord struct {
	word string
	gate gate
}

// begins: the word stands at the beginning of a text, in any case. Most texts are told by their second byte.
func (w *gateWord) begins(s string) bool {
	if len(s) < len(w.word) || len(w.word) > 1 && w.word[1] < 0x80 && s[1] < 0x80 && s[1]|0x20 != w.word[1]|0x20 {
		return false
	}
	return strings.EqualFold(s[:len(w.word)], w.word)
}

func gated(g gate, list ...string) []gateWord {
	out := make([]gateWord, len(list))
	for i, w := range list {
		out[i] = gateWord{w, g}
	}
	return out
}

// keyNames are the names of keys that are secrets; "key" alone stands in most texts about TLS.
func keyNames(whose ...string) []string {
	var list []string
	for _, w := range whose {
		list = append(list, w+"key", w+"_key", w+"-key", w+" key")
	}
	return list
}

// gatesByFirst lists the gate words by their first byte, for capital letters, too.
var gatesByFirst = sync.OnceValue(func() *[256][]uint8 {
	var by [256][]uint8
	for i, w := range gateWords {
		b := w.word[0]
		by[b] = append(by[b], uint8(i))
		if b >= 'a' && b <= 'z' {
			by[b-'a'+'A'] = append(by[b-'a'+'A'], uint8(i))
		}
	}
	return &by
})

// gatesOf is the gates that a text opens.
func gatesOf(s string) gate {
	by := gatesByFirst()
	var open gate
	for i := 0; i < len(s); i++ {
		for _, n := range by[s[i]] {
			w := &gateWords[n]
			if open&w.gate == 0 && w.begins(s[i:]) {
				open |= w.gate
			}
		}
	}
	return open
}

// A credential is one form in which credentials stand in texts.
type credential struct {
	near gate // one of these must be open
	also gate // all of these must be open
	find func() *regexp.Regexp
	from func(s string, i int) bool // the expression is tried where one of these begins, and is anchored there; nil: anywhere
	with string
	keep func(value string) bool         // what follows the first group is no secret; nil: everything is
	goes func(s string, at, end int) int // how far a value from at to end goes on; nil: no further
}

// cut takes all credentials of one form out.
func (c *credential) cut(s string) string {
	if c.keep == nil && c.goes == nil && c.from == nil {
		return c.find().ReplaceAllString(s, c.with)
	}
	var out []byte
	done := 0
	for _, m := range c.places(s) {
		if m[0] < done || c.keep != nil && c.keep(s[m[3]:m[1]]) {
			continue
		}
		out = append(out, s[done:m[0]]...)
		out = c.find().ExpandString(out, c.with, s, m)
		done = m[1]
		if c.goes != nil {
			done = c.goes(s, m[3], m[1])
		}
	}
	return string(append(out, s[done:]...))
}

// longest is how far an expression looks first that is tried at a name: most of what it is tried at is none.
const longest = 4 << 10

// places is where the expression matches.
func (c *credential) places(s string) [][]int {
	if c.from == nil {
		return c.find().FindAllStringSubmatchIndex(s, -1)
	}
	var list [][]int
	for i := 0; i < len(s); i++ {
		if !c.from(s, i) {
			continue
		}
		window := s[i:min(len(s), i+longest)]
		m := c.find().FindStringSubmatchIndex(window)
		if m != nil && m[1] == longest {
			m = c.find().FindStringSubmatchIndex(s[i:]) // a value may be longer
		}
		if m != nil {
			list = append(list, moved(m, i))
			i += m[1] - m[0] - 1
		}
	}
	return list
}

func moved(m []int, by int) []int {
	for i := range m {
		if m[i] >= 0 {
			m[i] += by
		}
	}
	return m
}

// aName: one of the names of nameGate begins here.
func aName(s string, i int) bool {
	for _, n := range gatesByFirst()[s[i]] {
		w := &gateWords[n]
		if w.gate == nameGate && w.begins(s[i:]) {
			return true
		}
	}
	return false
}

// shortName: a name begins here that is also a part of other words: "DB_PASS" and "dbPass" are meant, "compass" is not.
func shortName(s string, i int) bool {
	if !aName(s, i) {
		return false
	}
	return i == 0 || !letter(s[i-1]) || s[i-1] >= 'a' && s[i] >= 'A' && s[i] <= 'Z'
}

func letter(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// tail: a bare value that holds what divides parameters goes on behind it, unless there is the name of another parameter.
func tail(s string, at, end int) int {
	if strings.IndexByte("\"'{[", s[at]) >= 0 {
		return end // the value was quoted
	}
	for end < len(s) && strings.IndexByte(",;&)]}'\"\\", s[end]) >= 0 {
		next := end + 1
		for next < len(s) && strings.IndexByte(" \t\r\n,;&)]}'\"\\=:<>", s[next]) < 0 {
			next++
		}
		if next == end+1 || next < len(s) && (s[next] == '=' || s[next] == ':') {
			return end
		}
		end = next
	}
	return end
}

// noSecret: "using password: YES" tells none.
func noSecret(value string) bool {
	switch strings.ToLower(value) {
	case "yes", "no", "true", "false", "null", "nil", "none", cutOut:
		return true
	}
	return false
}

// judgedWords follow "the password is" in sentences that tell none.
const judgedWords = ` not no in a an the only too so as at by for from of on or and that to what where already also always never now still being about
 incorrect invalid wrong required expired missing empty needed supplied used correct null nil none blank unknown default stored encrypted hashed weak valid bad
 set unset undefined provided configured disabled enabled malformed revoked available accepted rejected refused allowed changed different short long optional mandatory
 protected visible hidden masked redacted sent read written taken passed given checked verified ignored supported unsupported expected present absent denied yes true false
 nicht falsch ung\u00fcltig leer abgelaufen erforderlich incorrect incorrecte incorrecto incorrecta invalide inv\u00e1lida requis obligatoire obligatoria `

// judged: "the password is wrong" tells none.
func judged(value string) bool {
	value = strings.ToLower(strings.TrimRight(value, ".,;:!?)"))
	return value == cutOut || strings.Contains(judgedWords, " "+value+" ")
}

// hasScheme: only the scheme of the authorization is left.
func hasScheme(value string) bool {
	scheme, rest, _ := strings.Cut(strings.TrimLeft(value, " \t\"'"), " ")
	return startsCut(value) || len(scheme) < 12 && strings.HasPrefix(strings.TrimLeft(rest, " \t"), cutOut)
}

// startsCut: the value is cut out already.
func startsCut(value string) bool {
	return strings.HasPrefix(strings.TrimLeft(value, " \t\"'"), cutOut)
}

// loginCut: the login is cut out already, or Oracle's driver is named instead of a user.
func loginCut(value string) bool {
	return strings.Contains(value, cutOut+"@") || strings.HasPrefix(value, ":oracle:")
}

// noLogin: what looks like a user, a password and a host is an address of another kind, a digest, or was cut already.
func noLogin(login string) bool {
	user, rest, _ := strings.Cut(login, ":")
	switch strings.ToLower(user) {
	case "mailto", "email", "sip", "sips", "xmpp", "acct", "jdbc", "http", "https", "tcp", "tls", "ssl", "unix":
		return true
	}
	return strings.Contains(rest, "://") || strings.Contains(rest, cutOut+"@") || strings.HasSuffix(login, "@sha256") || strings.Contains(login, "@sha256:") || isPort(":"+rest)
}

// plainWord: a word of a sentence, "password authentication", and none that somebody made up.
func plainWord(value string) bool {
	value = strings.TrimRight(value, ".,:!?)")
	odd := strings.ContainsAny(value, "0123456789!#$%^&*@~+{}") || strings.ContainsFunc(value[min(1, len(value)):], func(r rune) bool { return r >= 'A' && r <= 'Z' })
	return !odd || judged(value) || strings.Contains(value, cutOut) || strings.HasPrefix(value, "-")
}

// isPort: in "https://host:8443/a@b" nobody logs in.
func isPort(value string) bool {
	digits := strings.TrimLeft(strings.TrimPrefix(value, ":"), "0123456789")
	return len(value) > 1 && len(digits) < len(value)-1 && (strings.HasPrefix(digits, "/") || strings.HasPrefix(digits, "?"))
}
