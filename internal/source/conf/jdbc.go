package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The properties of the JDBC drivers: mssql-jdbc's SQLServerDriver, Connector/J's PropertyKey, MariaDB's Configuration,
// pgjdbc's PGProperty, jTDS. There are hundreds; only misspelt ones about TLS are judged.
var (
	jdbcMSSQL    = newVocabulary("mssql-jdbc", jdbcMSSQLWords)
	jdbcMySQL    = newVocabulary("mysql-connector-j", mysqlAuthority+jdbcMySQLWords)
	jdbcMariaDB  = newVocabulary("mariadb-connector-j", mysqlAuthority+jdbcMariaDBWords)
	jdbcPostgres = vocabulary{dialect: "pgjdbc", exact: true, words: keywords(mysqlAuthority + jdbcPostgresWords)}
	jdbcJTDS     = newVocabulary("jtds", mysqlAuthority+jdbcJTDSWords)
)

const jdbcMSSQLWords = `
serverName|server
portNumber|port
instanceName
databaseName|database
user|userName
password !
encrypt = true false strict mandatory optional yes no
trustServerCertificate = true false
hostNameInCertificate
serverCertificate
trustStore
trustStorePassword !
trustStoreType
trustManagerClass
trustManagerConstructorArg !
sslProtocol = TLS TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
clientCertificate
clientKey
clientKeyPassword !
keyStoreAuthentication
keyStoreLocation
keyStoreSecret !
keyVaultProviderClientKey !
fips
socketFactoryClass
authentication
accessToken !
AADSecurePrincipalSecret !
columnEncryptionSetting
integratedSecurity
authenticationScheme
loginTimeout
applicationName
applicationIntent
multiSubnetFailover
serverNameAsACE
`

const jdbcMySQLWords = `
sslMode = DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY
useSSL = true false
requireSSL = true false
verifyServerCertificate = true false
trustCertificateKeyStoreUrl
trustCertificateKeyStoreType
trustCertificateKeyStorePassword !
fallbackToSystemTrustStore
clientCertificateKeyStoreUrl
clientCertificateKeyStoreType
clientCertificateKeyStorePassword !
fallbackToSystemKeyStore
tlsVersions|enabledTLSProtocols
tlsCiphersuites|enabledSSLCipherSuites
allowPublicKeyRetrieval
serverRSAPublicKeyFile
fipsCompliantJsse
keyManagerFactoryProvider
trustManagerFactoryProvider
keyStoreProvider
sslContextProvider
password1 !
password2 !
password3 !
serverTimezone
useUnicode
characterEncoding
connectTimeout
autoReconnect
`

const jdbcMariaDBWords = `
sslMode = disable disabled trust verify-ca verify_ca verify-full verify_identity verify_full
useSsl|useSSL = true false 0 1
trustServerCertificate = true false 0 1
disableSslHostnameVerification = true false 0 1
serverSslCert
fallbackToSystemTrustStore
trustStore|trustCertificateKeystoreUrl
trustStoreType|trustCertificateKeyStoretype
trustStorePassword|trustCertificateKeystorePassword !
keyStore|clientCertificateKeystoreUrl
keyStoreType|clientCertificateKeystoreType
keyStorePassword|clientCertificateKeystorePassword !
keyPassword !
enabledSslProtocolSuites|enabledTLSProtocols
enabledSslCipherSuites|enabledSSLCipherSuites
tlsSocketType
serverRsaPublicKeyFile
allowPublicKeyRetrieval
connectTimeout
`

const jdbcPostgresWords = `
sslmode = disable allow prefer require verify-ca verify-full
ssl
sslNegotiation = postgres direct
sslrootcert
sslcert
sslkey
sslpassword !
sslfactory
sslfactoryarg !
sslhostnameverifier
sslpasswordcallback
sslResponseTimeout
channelBinding = disable prefer require
gssEncMode
connectTimeout
loginTimeout
socketTimeout
ApplicationName
currentSchema
targetServerType
loadBalanceHosts
preferQueryMode
stringtype
`

const jdbcJTDSWords = `
ssl = off request require authenticate
instance
domain
tds
useNTLMv2
appName
loginTimeout
socketTimeout
`

// readJDBC reads "jdbc:…" addresses.
func readJDBC(text string) []fact.Setting {
	rest, ok := cutPrefixFold(text, "jdbc:")
	if !ok {
		return nil
	}
	kind, inner, _ := strings.Cut(rest, ":")
	switch strings.ToLower(kind) {
	case "sqlserver":
		return readSQLServerJDBC(rest)
	case "jtds":
		return readJTDS(inner)
	case "mysql":
		return jdbcSettings(&jdbcMySQL, rest)
	case "mariadb":
		return jdbcSettings(&jdbcMariaDB, rest)
	case "postgresql":
		return jdbcSettings(&jdbcPostgres, rest)
	}
	return nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// jdbcSettings reads "mysql:loadbalance://host:port,host/database?property=value".
func jdbcSettings(v *vocabulary, text string) []fact.Setting {
	l, ok := parseLink(text)
	if !ok {
		return nil
	}
	return v.settings(append(l.authority("host", "port", "user", "password", "database"), l.query...), inString)
}

// readSQLServerJDBC reads "sqlserver://server\instance:port;property=value".
func readSQLServerJDBC(text string) []fact.Setting {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil
	}
	server, properties, _ := strings.Cut(rest, ";")
	if strings.ContainsAny(server, " \t\r\n") {
		return nil
	}
	pairs, ok := splitPairs(properties)
	if !ok && strings.Trim(properties, "; ") != "" {
		return nil
	}
	host, port := splitHost(server)
	host, instance, _ := strings.Cut(host, `\`)
	var target []pair
	for _, p := range []pair{{"serverName", host}, {"instanceName", instance}, {"portNumber", port}} {
		if p.value != "" {
			target = append(target, p)
		}
	}
	return jdbcMSSQL.settings(append(target, pairs...), inString)
}

// readJTDS reads "sqlserver://server:port/database;property=value".
func readJTDS(text string) []fact.Setting {
	address, properties, _ := strings.Cut(text, ";")
	l, ok := parseLink(address)
	if !ok {
		return nil
	}
	pairs, ok := splitPairs(properties)
	if !ok && properties != "" {
		return nil
	}
	return jdbcJTDS.settings(append(l.authority("host", "port", "user", "password", "database"), pairs...), inString)
}
