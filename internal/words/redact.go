package words

import (
	"regexp"
	"strings"
)

// cutOut stands where a credential was.
const cutOut = "***"

// Redact cuts credentials out of a text: passwords in URLs, connection strings and command lines, tokens, cookies,
// private keys, and the query of a request line. What stood there is "***". A text that holds none comes back as it
// is, after a few fast searches. It is made to cut too much rather than too little: a value goes up to a quotation
// mark where one opens it, else up to what divides parameters.
func Redact(s string) string {
	if !suspicious(s) {
		return s
	}
	for _, c := range credentials {
		if c.near == "" || containsFold(s, c.near) {
			s = c.cut(s)
		}
	}
	return s
}

// suspicious: something in the text may belong to a credential.
func suspicious(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '=', '@', '?', '"', '\'':
			return true
		case ':', ' ', '-', '_':
			if sensitiveAt(s, i) {
				return true
			}
		case 'e', 'A', 'g', 'x', 'B', 'b':
			if tokenAt(s[i:]) {
				return true
			}
		}
	}
	return false
}

// sensitiveAt: before the divider stands the end of a word that names a credential, or after it a switch.
func sensitiveAt(s string, i int) bool {
	end := i
	for end > 0 && (s[end-1] == ' ' || s[end-1] == '"' || s[end-1] == '\'') {
		end--
	}
	for _, w := range secretEnds {
		if end >= len(w) && s[end-1]|0x20 == w[len(w)-1] && strings.EqualFold(s[end-len(w):end], w) {
			return true
		}
	}
	return strings.HasPrefix(s[i:], " -p") || strings.HasPrefix(s[i:], "-----BEGIN") || strings.HasPrefix(s[i:], " -u") ||
		strings.HasPrefix(s[i:], " -a") || strings.HasPrefix(s[i:], " -w") || strings.HasPrefix(s[i:], " -P")
}

// secretEnds are how words end that name a credential; the last bytes are letters or digits, in which case is one bit.
var secretEnds = []string{"word", "pwd", "secret", "token", "key", "cookie", "uthorization", "auth", "passwd", "bearer", "basic", "passphrase", "pass", "masterauth", "psk", "random", "secret_0"}

// tokenAt: the text begins like a token that is one by its form.
func tokenAt(s string) bool {
	for _, p := range tokenForms {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

var tokenForms = []string{"eyJ", "AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-"}

// containsFold: like strings.Contains, for a lower-case ASCII needle and a text in any case.
func containsFold(s, needle string) bool {
	for i := 0; i+len(needle) <= len(s); i++ {
		if s[i]|0x20 == needle[0]|0x20 && strings.EqualFold(s[i:i+len(needle)], needle) {
			return true
		}
	}
	return false
}

// A credential is one form in which credentials stand in texts.
type credential struct {
	near string // what must stand in the text, lower case; "" for always
	find func() *regexp.Regexp
	with string
	keep func(value string) bool // what follows the first group is no secret; nil: everything is
}

// cut takes all credentials of one form out.
func (c *credential) cut(s string) string {
	if c.keep == nil {
		return c.find().ReplaceAllString(s, c.with)
	}
	var out []byte
	done := 0
	for _, m := range c.find().FindAllStringSubmatchIndex(s, -1) {
		if c.keep(s[m[3]:m[1]]) {
			continue
		}
		out = append(out, s[done:m[0]]...)
		out = c.find().ExpandString(out, c.with, s, m)
		done = m[1]
	}
	return string(append(out, s[done:]...))
}

// noSecret: "using password: YES" tells none.
func noSecret(value string) bool {
	switch strings.ToLower(value) {
	case "yes", "no", "true", "false", "null", "nil", "none", cutOut:
		return true
	}
	return false
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

// isPort: in "https://host:8443/a@b" nobody logs in.
func isPort(value string) bool {
	digits := strings.TrimLeft(strings.TrimPrefix(value, ":"), "0123456789")
	return len(value) > 1 && len(digits) < len(value)-1 && (strings.HasPrefix(digits, "/") || strings.HasPrefix(digits, "?"))
}

const (
	// names of parameters whose value is a secret, with what may stand before and after in a longer name: db_password, clientSecretKey
	secretName = `[A-Za-z0-9_.\-]*(?:password|passwd|passphrase|passwort|pwd|pswd|secret|api[_\- ]?key|access[_\- ]?key|account[_\- ]?key|shared[_\- ]?key|master[_\- ]key|resumption psk|token)(?:[_\-]?[A-Za-z0-9]{0,12})?`
	// a value: quoted in one of four ways (a doubled quotation mark or one after a backslash does not end it), or bare
	quotedValue = `"(?:[^"\\]|\\.|"")*(?:"|$)|'(?:[^'\\]|\\.|'')*(?:'|$)|\\"(?:[^"\\]|\\[^"])*(?:\\"|$)|\{(?:[^}]|\}\})*(?:\}|$)`
	bareValue   = `[^\s;,&"'<>\\)\]}]+`
)

// credentials are tried in this order: what holds others first.
var credentials = []credential{
	{"private key", Pattern(`(?s)(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----).*?(-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)`), "${1}" + cutOut + "${2}", nil},
	{"_", Pattern(`\b((?:CLIENT_RANDOM|[A-Z_]+_SECRET(?:_[0-9])?) [0-9a-fA-F]{16,}) [0-9a-fA-F]+`), "${1} " + cutOut, nil}, // NSS key log
	{"authorization", Pattern(`(?i)(authorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|negotiate|ntlm|token|apikey)[ \t]+)[^\s"'\\,]+`), "${1}" + cutOut, nil},
	{"authorization", Pattern(`(?i)(authorization\\?["'][ \t]*[:=][ \t]*(?:\\"|["'])(?:(?:basic|bearer|negotiate|ntlm|token|apikey)[ \t]+)?)[^"'\\\r\n]*`), "${1}" + cutOut, nil},
	{"authorization", Pattern(`(?i)(authorization[ \t]*[:=])[^\r\n]*`), "${1} " + cutOut, hasScheme},
	{"cookie", Pattern(`(?i)(cookie2?\\?["'][ \t]*[:=][ \t]*(?:\\"|["']))[^"'\\\r\n]*`), "${1}" + cutOut, nil},
	{"cookie", Pattern(`(?i)("(?:set-)?cookie2?:)[^"\r\n]*`), "${1} " + cutOut, nil},
	{"cookie", Pattern(`(?i)('(?:set-)?cookie2?:)[^'\r\n]*`), "${1} " + cutOut, nil},
	{"cookie", Pattern(`(?i)(cookie2?[ \t]*[:=])[^\r\n]*`), "${1} " + cutOut, startsCut},
	{"bearer", Pattern(`(?i)(\bbearer\s+)[A-Za-z0-9._~+/=\-]{6,}`), "${1}" + cutOut, nil},
	{"basic", Pattern(`(?i)(\bbasic\s+)[A-Za-z0-9+/=]{8,}`), "${1}" + cutOut, nil},
	{"?", Pattern(`((?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND) [^\s"?]*)\?[^\s"]*`), "${1}", nil},
	{"://", Pattern(`([A-Za-z][A-Za-z0-9+.\-]*://[^\s"'<>/?#:@]*):[^\s"'<>]*@([^\s"'<>@]*)`), "${1}:" + cutOut + "@${2}", isPort},
	{"://", Pattern(`([A-Za-z][A-Za-z0-9+.\-]*://)[A-Za-z0-9_\-]{20,}@`), "${1}" + cutOut + "@", nil},
	{"/", Pattern(`(jdbc:oracle:[a-z]+:[^\s"'/@]*)/(?:"[^"]*"|[^\s"'@]+)@`), "${1}/" + cutOut + "@", nil},
	{"", Pattern(`([?&](?i:token|key|sig|sign|signature|password|passwd|pwd|pass|code|secret|auth|jwt|session|sid|state|ticket|otp|pin|api_?key|[a-z_\-]*token|[a-z_\-]*secret|[a-z_\-]*key|[a-z_\-]*password|x-amz-[a-z\-]+|x-goog-[a-z\-]+|AWSAccessKeyId|SAMLResponse|SAMLRequest)=)[^&\s"'<>#]*`), "${1}" + cutOut, nil},
	{"", Pattern(`(?i)(\b` + secretName + `\\?["']?[ \t]?(?:=>|:=|=|:)[ \t]?)(?:` + quotedValue + `|` + bareValue + `)`), "${1}" + cutOut, noSecret},
	{"pass", Pattern(`(?i)(\b(?:pass|requirepass|masterauth|auth[-_]?pass|sslpass|keypass|storepass)\\?["']?[ \t]?[=:][ \t]?)(?:` + quotedValue + `|` + bareValue + `)`), "${1}" + cutOut, noSecret},
	{"identified", Pattern(`(?i)(identified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?)(?:` + quotedValue + `)`), "${1}" + cutOut, nil},
	{"password", Pattern(`(?i)(\bpassword\s+)('(?:[^']|'')*(?:'|$))`), "${1}" + cutOut, nil},
	{"requirepass", Pattern(`(?i)(\b(?:requirepass|masterauth)\s+)(?:` + quotedValue + `|[^\s"']+)`), "${1}" + cutOut, nil},
	{"-p", Pattern(`((?:^|[\s"'/])(?:mysql[a-z_]*|mariadb[a-z\-]*|sshpass|7z)(?:\.exe)?\s(?:[^\r\n]*?\s)?-p)(?:` + quotedValue + `|[^\s"'\-][^\s"']*)`), "${1}" + cutOut, nil},
	{" -", Pattern(`((?:^|[\s"'/])(?:(?:sqlcmd|bcp|isql|osql|tsql)(?:\.exe)?\s(?:[^\r\n]*?\s)?-P|(?:ldap[a-z]+)\s(?:[^\r\n]*?\s)?-w|redis-cli\s(?:[^\r\n]*?\s)?-a))\s?(?:` + quotedValue + `|[^\s"'\-][^\s"']*)`), "${1}" + cutOut, nil},
	{"--", Pattern(`(?i)(--(?:[a-z\-]*password|[a-z\-]*passwd|[a-z\-]*token|[a-z\-]*secret|[a-z\-]*api-?key|[a-z\-]*access-?key|pass|auth|storepass|keypass)[= ])(?:` + quotedValue + `|[^\s"'\-][^\s"']*)`), "${1}" + cutOut, nil},
	{"-u", Pattern(`(\s(?:-u|--user|--proxy-user|-U)[ =]?["']?[^\s:"']+):[^\s"']+`), "${1}:" + cutOut, nil},
	{"eyj", Pattern(`\beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*){0,4}`), cutOut, nil},
	{"", Pattern(`\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_\-]{16,}|\bxox[abp]-[A-Za-z0-9\-]{10,}`), cutOut, nil},
}
