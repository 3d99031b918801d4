package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The options of Node's and Python's drivers, nested ones with dots.
var (
	tedious    = newVocabulary("tedious", tediousWords)
	mysql2     = newVocabulary("mysql2", mysqlAuthority+nodeSSLWords+mysql2OptionWords)
	nodePGOpts = newVocabulary("node-pg", mysqlAuthority+nodeSSLWords+nodePGOptionWords)
	postgresJS = newVocabulary("postgres.js", mysqlAuthority+nodeSSLWords+nodePGOptionWords)
	pyMySQLOpt = newVocabulary("pymysql", mysqlAuthority+pyMySQLWords+pyMySQLOptionWords)
	psycopg    = vocabulary{dialect: "libpq", exact: true, words: keywords(libpqWords + "database\nuser\n")}
)

const tediousWords = `
server|host
port|options.port
user|userName|authentication.options.userName
password|authentication.options.password !
authentication.type
authentication.options.token !
database|options.database
domain
options.encrypt|encrypt = true false strict
options.trustServerCertificate|trustServerCertificate = true false
options.serverName|serverName
options.instanceName|instanceName
options.cryptoCredentialsDetails.minVersion
options.cryptoCredentialsDetails.maxVersion
options.cryptoCredentialsDetails.ciphers
options.cryptoCredentialsDetails.ca
options.enableArithAbort
options.connectTimeout
pool.max
pool.min
pool.idleTimeoutMillis
requestTimeout
connectionTimeout
`

const nodeSSLWords = `
ssl
ssl.ca
ssl.cert
ssl.key !
ssl.pfx !
ssl.passphrase !
ssl.rejectUnauthorized = true false 0 1
ssl.servername
ssl.minVersion
ssl.maxVersion
ssl.ciphers
ssl.checkServerIdentity
ssl.secureProtocol
`

const mysql2OptionWords = `
uri !
ssl.verifyIdentity = true false
connectionLimit
waitForConnections
queueLimit
charset
timezone
connectTimeout
`

const nodePGOptionWords = `
connectionString !
max
idleTimeoutMillis
connectionTimeoutMillis
statement_timeout
application_name
`

const pyMySQLOptionWords = `
password|passwd !
db
ssl.ca
ssl.cert
ssl.key !
ssl.check_hostname
ssl.verify_mode
ssl.cipher
cursorclass
autocommit
`

// maxNesting is how deep options are nested in what is read.
const maxNesting = 8

// readOptions reads options pasted out of a program: a JavaScript object, JSON, a Python dictionary, or the call of a driver with
// one of these or with keyword arguments. Nothing is evaluated: of an expression its first string counts.
func readOptions(text string) []fact.Setting {
	text = strings.TrimRight(text, "; \r\n\t")
	if text == "" || !strings.ContainsRune(")}", rune(text[len(text)-1])) {
		return nil
	}
	open := strings.IndexAny(text, "({")
	if open < 0 || open > 200 {
		return nil
	}
	o := optionScanner{text: text, at: open}
	if !o.group("", 0) || o.at != len(text) {
		return nil
	}
	v := optionDriver(text[:open], o.pairs)
	if v == nil || v.known(o.pairs) < 2 {
		return nil
	}
	return v.settings(o.pairs, inString)
}

// optionDriver tells the driver by the call's name, else by options that are only its.
func optionDriver(call string, pairs []pair) *vocabulary {
	call = strings.TrimRight(call, "( \t\r\n")
	call = strings.ToLower(call[strings.LastIndexAny(call, " =\t")+1:])
	class := call[strings.LastIndexByte(call, '.')+1:]
	switch {
	case strings.Contains(call, "psycopg"):
		return &psycopg
	case strings.Contains(call, "pymysql"):
		return &pyMySQLOpt
	case strings.Contains(call, "mssql") || strings.Contains(call, "tedious"):
		return &tedious
	case strings.Contains(call, "mysql"):
		return &mysql2
	case class == "postgres":
		return &postgresJS
	case class == "pool" || class == "client":
		return &nodePGOpts
	case call == "" || class == "dict" || class == "connect":
		return optionOwner(pairs)
	}
	return nil
}

// optionOwner tells the driver by options about TLS that only it has, or by its server's usual port beside such options.
func optionOwner(pairs []pair) *vocabulary {
	has := map[string]bool{}
	for _, p := range pairs {
		key, _, _ := strings.Cut(p.key, ".")
		has[p.key], has[key+"."], has[p.key+"="+p.value] = true, true, true
	}
	tls := has["ssl"] || has["ssl."]
	switch {
	case has["sslmode"] && has["host"]:
		return &psycopg
	case has["ssl_ca"] || has["ssl_verify_identity"]:
		return &pyMySQLOpt
	case has["options.encrypt"] || has["options.trustServerCertificate"]:
		return &tedious
	case has["ssl.verifyIdentity"] || tls && has["port=3306"]:
		return &mysql2
	case tls && has["port=5432"]:
		return &nodePGOpts
	}
	return nil
}

// An optionScanner flattens nested options.
type optionScanner struct {
	text  string
	at    int
	pairs []pair
}

// group reads what stands between brackets: keys with values, or values alone.
func (o *optionScanner) group(prefix string, depth int) bool {
	if depth > maxNesting || len(o.pairs) > 200 {
		return false
	}
	closing := byte(')')
	if o.text[o.at] == '{' {
		closing = '}'
	}
	for o.at++; ; {
		o.blanks()
		switch {
		case o.at >= len(o.text):
			return false
		case o.text[o.at] == closing:
			o.at++
			return true
		case o.text[o.at] == ',':
			o.at++
		case o.text[o.at] == '{': // the object that a call is given
			if !o.group(prefix, depth+1) {
				return false
			}
		default:
			if !o.entry(prefix, depth) {
				return false
			}
		}
	}
}

// entry reads "key: value", "key = value" or a value alone.
func (o *optionScanner) entry(prefix string, depth int) bool {
	start := o.at
	key, ok := o.word()
	o.blanks()
	if !ok || o.at >= len(o.text) {
		return false
	}
	if c := o.text[o.at]; c != ':' && c != '=' {
		if o.text[start] == '\'' || o.text[start] == '"' {
			o.argument(key)
		}
		return c == ',' || c == '}' || c == ')' // a shorthand or a positional argument
	}
	o.at++
	o.blanks()
	if o.at < len(o.text) && o.text[o.at] == '{' {
		before := len(o.pairs)
		if !o.group(prefix+key+".", depth+1) {
			return false
		}
		if len(o.pairs) == before {
			o.pairs = append(o.pairs, pair{prefix + key, "{}"})
		}
		return true
	}
	value, ok := o.expression()
	o.pairs = append(o.pairs, pair{prefix + key, value})
	return ok
}

// argument reads a connection string that a call is given.
func (o *optionScanner) argument(text string) {
	if l, ok := parseLink(text); ok {
		o.pairs = append(append(o.pairs, l.authority("host", "port", "user", "password", "database")...), l.query...)
	} else if pairs, ok := splitConninfo(text); ok {
		o.pairs = append(o.pairs, pairs...)
	}
}

// word is a name or a string.
func (o *optionScanner) word() (string, bool) {
	if o.at < len(o.text) && strings.IndexByte("'\"`", o.text[o.at]) >= 0 {
		return o.literal()
	}
	start := o.at
	for o.at < len(o.text) && wordByte(o.text[o.at]) {
		o.at++
	}
	return o.text[start:o.at], o.at > start
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c == '.' || c == '-' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// literal is a string's content, backslashes undone.
func (o *optionScanner) literal() (string, bool) {
	mark := o.text[o.at]
	var b strings.Builder
	for o.at++; o.at < len(o.text); o.at++ {
		switch c := o.text[o.at]; {
		case c == mark:
			o.at++
			return b.String(), true
		case c == '\\' && o.at+1 < len(o.text):
			o.at++
			b.WriteByte(o.text[o.at])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// expression takes a value up to the comma or bracket that ends it: its first string, or the words as they are.
func (o *optionScanner) expression() (string, bool) {
	start, depth, found := o.at, 0, ""
	for o.at < len(o.text) {
		switch c := o.text[o.at]; {
		case strings.IndexByte("'\"`", c) >= 0:
			s, ok := o.literal()
			if !ok {
				return "", false
			}
			if found == "" {
				found = s
			}
			continue
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0 && depth == 0, c == ',' && depth == 0:
			if found == "" {
				found = strings.TrimSpace(o.text[start:o.at])
			}
			return found, true
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
		o.at++
	}
	return "", false
}

func (o *optionScanner) blanks() {
	for o.at < len(o.text) && strings.IndexByte(" \t\r\n", o.text[o.at]) >= 0 {
		o.at++
	}
}
