package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The parameters of mysql:// addresses: MySQL Shell's and X DevAPI's, those of Node's drivers, and Prisma's.
var (
	mysqlURI   = newVocabulary("mysql-uri", mysqlAuthority+mysqlURIWords)
	mysql2URI  = newVocabulary("mysql2", mysqlAuthority+mysql2Words)
	prismaURI  = newVocabulary("prisma", mysqlAuthority+prismaWords)
	mysqlAlike = []*vocabulary{&mysqlURI, &mysql2URI, &prismaURI}
)

const mysqlAuthority = `
host
port
user
password !
database
`

const mysqlURIWords = `
ssl-mode|sslMode = DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY
ssl-ca
ssl-capath
ssl-cert
ssl-key
ssl-crl
ssl-crlpath
ssl-cipher
tls-version
tls-versions
tls-ciphersuites
auth-method
get-server-public-key
server-public-key-path
connect-timeout
compression
compression-algorithms
connection-attributes
`

const mysql2Words = `
ssl
connectionLimit
charset
timezone
connectTimeout
multipleStatements
dateStrings
`

const prismaWords = `
sslaccept = strict accept_invalid_certs
sslcert
sslidentity
sslpassword !
connection_limit
connect_timeout
pool_timeout
socket_timeout
`

// readMySQLURI reads mysql://, mysqlx:// and mariadb:// addresses with parameters; without any they are targets like others.
func readMySQLURI(text string) []fact.Setting {
	l, ok := parseLink(text)
	if !ok || l.scheme != "mysql" && l.scheme != "mysqlx" && l.scheme != "mariadb" {
		return nil
	}
	for _, v := range mysqlAlike {
		if v.known(l.query) > 0 {
			return v.settings(append(l.authority("host", "port", "user", "password", "database"), l.query...), inString)
		}
	}
	return nil
}

// authority is what stands before the parameters, as options of these names.
func (l *link) authority(host, port, user, password, database string) []pair {
	pairs := l.hostPairs(host, port)
	if l.user != "" {
		pairs = append(pairs, pair{user, l.user})
	}
	if l.secret {
		pairs = append(pairs, pair{password, ""})
	}
	if l.path != "" && database != "" {
		pairs = append(pairs, pair{database, l.path})
	}
	return pairs
}

// The arguments that SQLAlchemy hands to the drivers of Python.
var (
	pyMySQL = newVocabulary("pymysql", mysqlAuthority+pyMySQLWords)
	mysqlDB = newVocabulary("mysqlclient", mysqlAuthority+mysqlDBWords)
	mysqlPy = newVocabulary("mysql-connector-python", mysqlAuthority+mysqlPyWords)
)

const pyMySQLWords = `
ssl
ssl_ca
ssl_cert
ssl_key
ssl_key_password !
ssl_disabled
ssl_verify_cert
ssl_verify_identity
ssl_check_hostname
charset
connect_timeout
`

const mysqlDBWords = `
ssl
ssl_mode = DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY
ssl_ca
ssl_capath
ssl_cert
ssl_key
ssl_cipher
charset
connect_timeout
`

const mysqlPyWords = `
ssl_ca
ssl_cert
ssl_key
ssl_disabled
ssl_verify_cert
ssl_verify_identity
ssl_cipher
tls_versions
tls_ciphersuites
charset
connection_timeout
`

// readSQLAlchemy reads "postgresql+psycopg2://…" and its like.
func readSQLAlchemy(text string) []fact.Setting {
	l, ok := parseLink(text)
	kind, driver, plus := strings.Cut(l.scheme, "+")
	if !ok || !plus {
		return nil
	}
	switch {
	case kind == "postgresql" || kind == "postgres":
		return postgresURI("postgresql"+text[len(l.scheme):], 0)
	case kind == "mssql" && driver == "pyodbc":
		pairs := append(l.authority("Server", "Port", "UID", "PWD", "Database"), l.query...)
		return odbcMSSQL.settings(pairs, inString)
	case kind != "mysql" && kind != "mariadb":
		return nil
	}
	v := &pyMySQL
	switch driver {
	case "mysqldb", "mysqlclient":
		v = &mysqlDB
	case "mysqlconnector":
		v = &mysqlPy
	}
	return v.settings(append(l.authority("host", "port", "user", "password", "database"), l.query...), inString)
}
