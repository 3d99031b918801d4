package conf

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// environment are the variables by which clients are configured; other ones are nobody's business here. libpq's are in
// fe-connect.c (PQconninfoOptions), OpenSSL's in crypto/x509/x509_def.c and conf_mod.c, curl's in docs/cmdline-opts.
var environment = vocabulary{dialect: "environment", exact: true, words: keywords(environmentWords)}

const environmentWords = `
PGHOST
PGHOSTADDR
PGPORT
PGDATABASE
PGUSER
PGPASSWORD !
PGPASSFILE
PGSERVICE
PGSERVICEFILE
PGSSLMODE = disable allow prefer require verify-ca verify-full
PGREQUIRESSL
PGSSLNEGOTIATION = postgres direct
PGSSLROOTCERT
PGSSLCERT
PGSSLKEY
PGSSLCRL
PGSSLCRLDIR
PGSSLSNI
PGSSLCERTMODE = disable allow require
PGSSLMINPROTOCOLVERSION = TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
PGSSLMAXPROTOCOLVERSION = TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
PGCHANNELBINDING = disable prefer require
PGGSSENCMODE
PGREQUIREAUTH
MYSQL_HOST
MYSQL_TCP_PORT
MYSQL_UNIX_PORT
MYSQL_PWD !
MARIADB_TLS_DISABLE_PEER_VERIFICATION
SQLCMDSERVER
SQLCMDUSER
SQLCMDPASSWORD !
TDSVER
FREETDS
FREETDSCONF
TDSHOST
TDSPORT
ODBCINI
ODBCSYSINI
SSL_CERT_FILE
SSL_CERT_DIR
OPENSSL_CONF
OPENSSL_MODULES
SSLKEYLOGFILE
CURL_CA_BUNDLE
CURL_SSL_BACKEND
REQUESTS_CA_BUNDLE
NODE_EXTRA_CA_CERTS
NODE_TLS_REJECT_UNAUTHORIZED = 0 1
NODE_OPTIONS
GODEBUG
JAVA_TOOL_OPTIONS
GNUTLS_SYSTEM_PRIORITY_FILE
GNUTLS_FORCE_FIPS_MODE
OPENSSL_FORCE_FIPS_MODE
AWS_CA_BUNDLE
GIT_SSL_CAINFO
GIT_SSL_NO_VERIFY
PYTHONHTTPSVERIFY
REDISCLI_AUTH !
`

// environmentSettings keeps the assignments that are known, as settings of the program that they were made for.
func environmentSettings(dialect string, assigned []pair) []fact.Setting {
	var out []fact.Setting
	for _, p := range assigned {
		if _, ok := environment.find(p.key); !ok {
			continue
		}
		if s, ok := environment.setting(p.key, p.value, "environment"); ok {
			cutSecrets(s.Name, s.Args)
			s.Dialect = dialect
			out = append(out, s)
		}
	}
	return out
}
