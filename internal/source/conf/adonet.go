package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The options of the three .NET drivers, with the spellings that each takes: SqlClient's DbConnectionStringKeywords
// and DbConnectionStringSynonyms, MySqlConnector's MySqlConnectionStringOption, Npgsql's NpgsqlConnectionStringBuilder.
var (
	sqlClient = strictVocabulary("ado.net", sqlClientWords)

	mysqlConnector = strictVocabulary("mysqlconnector", mysqlConnectorWords)

	npgsql = strictVocabulary("npgsql", npgsqlWords)
)

const sqlClientWords = `
Data Source|Server|Address|Addr|Network Address
Initial Catalog|Database
User ID|UID|User
Password|PWD !
Encrypt = true false yes no mandatory optional strict
TrustServerCertificate|Trust Server Certificate = true false yes no
HostNameInCertificate|Host Name In Certificate
ServerCertificate|Server Certificate
Integrated Security|Trusted_Connection
Authentication
Application Name|App
ApplicationIntent|Application Intent
AttachDbFilename|Extended Properties|Initial File Name
Attestation Protocol
Asynchronous Processing|Async
Column Encryption Setting
Command Timeout
Connect Retry Count|ConnectRetryCount
Connect Retry Interval|ConnectRetryInterval
Connect Timeout|Connection Timeout|Timeout
Connection Reset
Context Connection
Current Language|Language
Enclave Attestation Url
Enlist
Failover Partner
Failover Partner SPN|FailoverPartnerSPN
IP Address Preference|IPAddressPreference
Load Balance Timeout|Connection Lifetime
Max Pool Size
Min Pool Size
MultipleActiveResultSets|Multiple Active Result Sets
MultiSubnetFailover|Multi Subnet Failover
Network Library|Net|Network
Packet Size
Persist Security Info|PersistSecurityInfo
Pool Blocking Period|PoolBlockingPeriod
Pooling
Replication
Server SPN|ServerSPN
Transaction Binding
TransparentNetworkIPResolution|Transparent Network IP Resolution
Type System Version
User Instance
Workstation ID|WSID
`

const mysqlConnectorWords = `
Server|Host|Data Source|DataSource|Address|Addr|Network Address
Port
User ID|UserID|Username|Uid|User name|User
Password|pwd !
Database|Initial Catalog
SSL Mode|SslMode|Ssl-Mode = None Disabled Preferred Required VerifyCA VerifyFull
CA Certificate File|CACertificateFile|SslCa|Ssl-Ca
SSL Cert|SslCert|Ssl-Cert
SSL Key|SslKey|Ssl-Key
Certificate File|CertificateFile
Certificate Password|CertificatePassword !
Certificate Store Location|CertificateStoreLocation
Certificate Thumbprint|CertificateThumbprint|Certificate Thumb Print
TLS Version|TlsVersion|Tls-Version
TLS Cipher Suites|TlsCipherSuites
Allow Load Local Infile|AllowLoadLocalInfile
Allow Public Key Retrieval|AllowPublicKeyRetrieval
Allow User Variables|AllowUserVariables
Allow Zero DateTime|AllowZeroDateTime
Application Name|ApplicationName
Auto Enlist|AutoEnlist
Character Set|CharSet|CharacterSet
Compress|Use Compression|UseCompression
Connection Idle Timeout|ConnectionIdleTimeout
Connection Life Time|Connection Lifetime|ConnectionLifeTime
Connection Protocol|ConnectionProtocol|Protocol
Connection Reset|ConnectionReset
Connection Timeout|ConnectionTimeout|Connect Timeout
Convert Zero DateTime|ConvertZeroDateTime
Default Command Timeout|Command Timeout|DefaultCommandTimeout
GUID Format|GuidFormat
Ignore Command Transaction|IgnoreCommandTransaction
Keep Alive|Keepalive
Load Balance|LoadBalance
Maximum Pool Size|Max Pool Size|MaximumPoolSize|MaxPoolSize
Minimum Pool Size|Min Pool Size|MinimumPoolSize|MinPoolSize
No Backslash Escapes|NoBackslashEscapes
Old Guids|OldGuids
Persist Security Info|PersistSecurityInfo
Pipe|PipeName|Pipe Name
Pooling
Server RSA Public Key File|ServerRSAPublicKeyFile
Server SPN|ServerSPN
Treat Tiny As Boolean|TreatTinyAsBoolean
Use Affected Rows|UseAffectedRows
`

const npgsqlWords = `
Host|Server
Port
Database|DB
Username|User Name|UserId|User Id|UID
Password|PSW|PWD !
SSL Mode|SslMode = Disable Allow Prefer Require VerifyCA VerifyFull verify-ca verify-full
SSL Negotiation|SslNegotiation = Postgres Direct
SSL Certificate|SslCertificate
SSL Key|SslKey
SSL Password|SslPassword !
Root Certificate|RootCertificate
Check Certificate Revocation|CheckCertificateRevocation
Trust Server Certificate|TrustServerCertificate
Channel Binding|ChannelBinding = Disable Prefer Require
GSS Encryption Mode|GssEncryptionMode
Require Auth|RequireAuth
Application Name|ApplicationName
Cancellation Timeout
Client Encoding
Command Timeout|CommandTimeout
Connection Idle Lifetime
Connection Lifetime|Load Balance Timeout
Encoding
Enlist
Host Recheck Seconds
Include Error Detail|Include Error Details
Include Realm
Internal Command Timeout
Keepalive
Kerberos Service Name|Krbsrvname
Load Balance Hosts
Log Parameters
Max Auto Prepare
Maximum Pool Size|Max Pool Size|MaxPoolSize
Minimum Pool Size|Min Pool Size
Multiplexing
No Reset On Close
Options
Passfile
Persist Security Info
Pooling
Read Buffer Size
Search Path|SearchPath
Target Session Attributes
Tcp Keepalive
Timeout
Timezone
Write Buffer Size
`

// readADO reads the strings of .NET drivers: the driver is the one that knows most of the options and their values.
func readADO(text string) []fact.Setting {
	pairs, ok := splitPairs(text)
	if !ok {
		return nil
	}
	if v := dotNetDriver(pairs); v != nil {
		return v.settings(pairs, inString)
	}
	return nil
}

// dotNetDriver tells the driver, nil when the pairs are surely none's.
func dotNetDriver(pairs []pair) *vocabulary {
	var best *vocabulary
	most := 0
	for _, v := range []*vocabulary{&sqlClient, &mysqlConnector, &npgsql} {
		if n := v.likeness(pairs); v.sure(pairs) && n > most {
			best, most = v, n
		}
	}
	return best
}

// likeness is how much the pairs look like v's: what it knows, the values that it takes, and its server's usual port.
func (v *vocabulary) likeness(pairs []pair) int {
	n := 4 * v.known(pairs)
	for _, p := range pairs {
		w, ok := v.find(p.key)
		switch {
		case ok && w.values != nil && v.takes(w, p.value):
			n += 2
		case ok && w.values != nil:
			n--
		case ok && w.name == "Port" && p.value == usualPort(v.dialect):
			n += 4
		case strings.EqualFold(p.key, "host") && v.dialect == "npgsql": // Server is everybody's, Host Npgsql's own word
			n++
		}
	}
	return n
}

func usualPort(dialect string) string {
	switch dialect {
	case "mysqlconnector":
		return "3306"
	case "npgsql":
		return "5432"
	}
	return ""
}
