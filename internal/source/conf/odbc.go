package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The options of ODBC and OLE DB drivers. The word Driver (or Provider) decides whose defaults hold; the drivers take options
// that they do not know without a word, so only those about TLS are judged.
var (
	odbcMSSQL    = newVocabulary("odbc", odbcCommon+odbcMSSQLWords)
	odbcMySQL    = newVocabulary("odbc-mysql", odbcCommon+odbcMySQLWords)
	odbcMariaDB  = newVocabulary("odbc-mariadb", odbcCommon+odbcMariaDBWords)
	odbcPostgres = newVocabulary("odbc-postgres", odbcCommon+odbcPostgresWords)
	odbcFreeTDS  = newVocabulary("odbc-freetds", odbcCommon+odbcFreeTDSWords)
	oleDB        = newVocabulary("oledb", oleDBWords)
)

const odbcCommon = `
Driver
DSN
FileDSN
Database|DB
UID|User|Username
PWD|Password !
Port
Description
`

const odbcMSSQLWords = `
Server|Address|Addr
Encrypt = yes no true false mandatory optional strict
TrustServerCertificate = yes no true false
HostNameInCertificate|HostnameInCertificate
ServerCertificate
Authentication
Trusted_Connection
ApplicationIntent
APP
AutoTranslate
ColumnEncryption
ConnectRetryCount
ConnectRetryInterval
Connection Timeout|Timeout|LoginTimeout
Failover_Partner
IpAddressPreference
KeepAlive
Language
MARS_Connection
MultiSubnetFailover
Network
PacketSize
Regional
ServerSPN
TransparentNetworkIPResolution
WSID
`

const odbcMySQLWords = `
Server|Host
SSLMODE|SSL-MODE = DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY
SSLCA|SSL-CA
SSLCAPATH
SSLCERT|SSL-CERT
SSLKEY|SSL-KEY
SSLCIPHER
SSLVERIFY
SSL_ENFORCE
DISABLE_SSL_DEFAULT
NO_TLS_1_0
NO_TLS_1_1
NO_TLS_1_2
NO_TLS_1_3
TLS-VERSIONS
SSLCRL
CHARSET
OPTION
SOCKET
INITSTMT
ENABLE_CLEARTEXT_PLUGIN
`

const odbcMariaDBWords = `
Server|Servername|Host
TCPIP
SSLCA
SSLCAPATH
SSLCERT
SSLKEY
SSLCIPHER
SSLVERIFY
FORCETLS
TLSVERSION
TLSPEERFP
TLSPEERFPLIST
TLSKEYPWD !
CHARSET
OPTION|OPTIONS
SOCKET
INITSTMT
CONN_TIMEOUT
`

const odbcPostgresWords = `
Server|Servername
SSLmode = disable allow prefer require verify-ca verify-full
pqopt
ReadOnly
Protocol
ConnSettings
BoolsAsChar
ByteaAsLongVarBinary
MaxVarcharSize
UseDeclareFetch
`

const odbcFreeTDSWords = `
Server
Servername
TDS_Version|TDS Version
Encryption = off request require strict
ClientCharset
ApplicationIntent
APP
CAFile|ca file
Check_Certificate_Hostname|check certificate hostname
Language
WSID
`

const oleDBWords = `
Provider
Data Source|Server|Address
Initial Catalog|Database
User ID|UID
Password|PWD !
Encrypt|Use Encryption for Data = true false yes no mandatory optional strict
Trust Server Certificate|TrustServerCertificate = true false yes no
Host Name In Certificate|HostNameInCertificate
Server Certificate|ServerCertificate
Integrated Security|Trusted_Connection
Authentication
Persist Security Info
Application Intent|ApplicationIntent
Application Name|APP
Connect Timeout|Timeout
DataTypeCompatibility
MARS Connection|MultipleActiveResultSets|MARS_Connection
MultiSubnetFailover
Network Address
Network Library
Packet Size
`

// readODBC reads strings that name an ODBC driver, a data source or an OLE DB provider.
func readODBC(text string) []fact.Setting {
	pairs, ok := splitPairs(text)
	if !ok {
		return nil
	}
	driver := ""
	for _, p := range pairs {
		if k := strings.ToLower(p.key); k == "driver" || k == "dsn" || k == "provider" {
			driver = k + "=" + strings.ToLower(p.value)
			break
		}
	}
	if driver == "" {
		return nil
	}
	if v := odbcDriver(driver); v.sure(pairs) {
		return v.settings(pairs, inString)
	}
	return nil
}

// odbcDriver is the vocabulary of "driver=odbc driver 18 for sql server".
func odbcDriver(driver string) *vocabulary {
	switch {
	case strings.HasPrefix(driver, "provider="):
		return &oleDB
	case strings.Contains(driver, "freetds") || strings.Contains(driver, "tdsodbc"):
		return &odbcFreeTDS
	case strings.Contains(driver, "mariadb") || strings.Contains(driver, "libmaodbc"):
		return &odbcMariaDB
	case strings.Contains(driver, "mysql") || strings.Contains(driver, "libmyodbc"):
		return &odbcMySQL
	case strings.Contains(driver, "postgres") || strings.Contains(driver, "psqlodbc"):
		return &odbcPostgres
	}
	return &odbcMSSQL
}
