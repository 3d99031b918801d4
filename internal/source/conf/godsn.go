package conf

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The parameters of Go's drivers: go-mssqldb's msdsn, go-sql-driver/mysql's dsn.go. pgx and lib/pq take libpq's.
var (
	goMSSQL = newVocabulary("go-mssqldb", goMSSQLWords)
	goMySQL = vocabulary{dialect: "go-sql-driver", exact: true, words: keywords(mysqlAuthority + goMySQLWords)}
)

const goMSSQLWords = `
server|data source|address|network address|addr
port
protocol
instance
database|initial catalog
user id|user|uid
password|pwd !
encrypt = true false yes no 1 0 t f mandatory optional strict disable
TrustServerCertificate|trust server certificate = true false yes no 1 0 t f
hostNameInCertificate|host name in certificate
serverCertificate|server certificate
certificate
TLSMin|tls min = 1.0 1.1 1.2 1.3
connection timeout|connect timeout|timeout
dial timeout
app name|application name|app
ApplicationIntent|application intent
columnencryption|column encryption setting
change password !
disableretry
epa enabled
failoverpartner|failover partner
failoverport
failoverpartnerspn|failover partner spn
fedauth
guid conversion
keepAlive
krb5-keytabfile
log
multisubnetfailover|multi subnet failover
notraceid
packet size
pipe
ServerSPN|server spn
timezone
Workstation ID|wsid
`

const goMySQLWords = `
protocol
tls
allowFallbackToPlaintext = true false 1 0
allowAllFiles
allowCleartextPasswords
allowNativePasswords
allowOldPasswords
charset
checkConnLiveness
clientFoundRows
collation
columnsWithAlias
compress
connectionAttributes
interpolateParams
loc
maxAllowedPacket
multiStatements
parseTime
readTimeout
rejectReadOnly
serverPubKey
timeTruncate
timeout
writeTimeout
`

// readGoMSSQL reads go-mssqldb's three forms: sqlserver://…?…, odbc:…, and pairs where one of its own options tells it from
// the others.
func readGoMSSQL(text string) []fact.Setting {
	if rest, ok := strings.CutPrefix(text, "odbc:"); ok {
		pairs, ok := splitPairs(rest)
		if !ok || !goMSSQL.sure(pairs) {
			return nil
		}
		return goMSSQL.settings(pairs, inString)
	}
	if strings.HasPrefix(text, "sqlserver://") {
		return goMSSQLURL(text)
	}
	pairs, ok := splitPairs(text)
	if !ok || !goMSSQL.sure(pairs) || !goMSSQLOwn(pairs) {
		return nil
	}
	return goMSSQL.settings(pairs, inString)
}

// goMSSQLURL reads "sqlserver://user:password@host:port/instance?key=value".
func goMSSQLURL(text string) []fact.Setting {
	l, ok := parseLink(text)
	if !ok || goMSSQL.known(l.query) == 0 {
		return nil
	}
	return goMSSQL.settings(append(l.authority("server", "port", "user id", "password", "instance"), l.query...), inString)
}

// goMSSQLOwn: an option or a value is there that no other driver for SQL Server has.
func goMSSQLOwn(pairs []pair) bool {
	for _, p := range pairs {
		switch strings.ToLower(p.key) {
		case "tlsmin", "dial timeout", "disableretry", "guid conversion", "notraceid", "epa enabled", "fedauth", "app name":
			return true
		case "encrypt":
			if strings.EqualFold(p.value, "disable") {
				return true
			}
		}
	}
	return false
}

// readGoMySQL reads "user:password@tcp(host:port)/database?key=value", which is told by its parentheses. As the driver
// does it looks for the last slash, for the last "@" before that, and takes everything before as credentials.
func readGoMySQL(text string) []fact.Setting {
	if strings.ContainsAny(text, "\t\r\n\"") {
		return nil
	}
	slash := strings.LastIndexByte(text, '/')
	if slash < 1 || text[slash-1] != ')' { // a parameter may hold one, though the driver wants it escaped
		slash = strings.LastIndex(text, ")/") + 1
	}
	if slash < 1 {
		if slash = shortGoMySQL(text); slash < 1 {
			return nil
		}
	}
	left := text[:slash]
	database, query, _ := strings.Cut(text[slash+1:], "?")
	at := strings.LastIndexByte(left, '@')
	protocol, address, ok := strings.Cut(strings.TrimSuffix(left[at+1:], ")"), "(")
	if !ok && oneWord(protocol, "", "tcp") {
		protocol, address, ok = "tcp", "127.0.0.1:3306", true // the driver's defaults
	}
	if !ok || !plausibleKey(protocol) || at < 0 && protocol != "tcp" && protocol != "unix" || strings.ContainsAny(protocol+address+database, " ") {
		return nil
	}
	pairs := []pair{{"protocol", protocol}}
	if protocol == "tcp" {
		host, port := splitHost(address)
		pairs = append(pairs, pair{"host", host})
		if port != "" {
			pairs = append(pairs, pair{"port", port})
		}
	} else {
		pairs = append(pairs, pair{"host", address})
	}
	if at >= 0 {
		user, _, secret := strings.Cut(left[:at], ":")
		pairs = append(pairs, pair{"user", user})
		if secret {
			pairs = append(pairs, pair{"password", ""})
		}
	}
	pairs = append(pairs, pair{"database", unescape(database)})
	return goMySQL.settings(append(pairs, splitQuery(query)...), inString)
}

// shortGoMySQL is where the slash stands in "user:password@/database" and "user:password@tcp/database", 0 where the text is no such:
// without parentheses it is told by its user and password.
func shortGoMySQL(text string) int {
	slash := strings.LastIndexByte(text[:len(text)-len(afterFirst(text, '?'))], '/')
	if slash < 1 || strings.Contains(text, "://") {
		return 0
	}
	at := strings.LastIndexByte(text[:slash], '@')
	if at < 0 || !oneWord(text[at+1:slash], "", "tcp") {
		return 0
	}
	if user, _, secret := strings.Cut(text[:at], ":"); !secret || !plausibleKey(user) {
		return 0
	}
	return slash
}

// afterFirst is what follows the first mark, "" without one.
func afterFirst(text string, mark byte) string {
	_, rest, _ := strings.Cut(text, string(mark))
	return rest
}

func oneWord(s string, list ...string) bool { return slices.Contains(list, s) }
