package conf

// mysqlClientOptions are options of both products' clients that say where to, as whom, and how safely.
var mysqlClientOptions = newVocabulary("my.cnf", `
ssl
ssl-mode = disabled preferred required verify_ca verify_identity
ssl-ca
ssl-capath
ssl-cert
ssl-key
ssl-cipher
ssl-crl
ssl-crlpath
ssl-verify-server-cert
ssl-fips-mode
ssl-fp
ssl-fplist
ssl-session-data
ssl-session-data-continue-on-failed-reuse
tls-version
tls-ciphersuites
tls-sni-servername
server-public-key-path
get-server-public-key
enable-cleartext-plugin
default-auth
host
port
protocol
socket
user
password|password1|password2|password3 !
`)

// mysqlServerOptions are those of the servers, their second ports and their replication.
var mysqlServerOptions = newVocabulary("my.cnf", `
ssl
ssl-ca
ssl-capath
ssl-cert
ssl-key
ssl-cipher
ssl-crl
ssl-crlpath
ssl-fips-mode
ssl-passphrase !
ssl-session-cache-mode
ssl-session-cache-timeout
tls-version
tls-ciphersuites
tls-certificates-enforced-validation
auto-generate-certs
require-secure-transport
admin-ssl
admin-ssl-ca
admin-ssl-capath
admin-ssl-cert
admin-ssl-key
admin-ssl-cipher
admin-ssl-crl
admin-ssl-crlpath
admin-tls-version
admin-tls-ciphersuites
mysqlx-ssl-ca
mysqlx-ssl-capath
mysqlx-ssl-cert
mysqlx-ssl-key
mysqlx-ssl-cipher
mysqlx-ssl-crl
mysqlx-ssl-crlpath
group-replication-ssl-mode
group-replication-recovery-use-ssl
group-replication-recovery-ssl-ca
group-replication-recovery-ssl-capath
group-replication-recovery-ssl-cert
group-replication-recovery-ssl-key
group-replication-recovery-ssl-cipher
group-replication-recovery-ssl-crl
group-replication-recovery-ssl-crlpath
group-replication-recovery-ssl-verify-server-cert
group-replication-recovery-tls-version
group-replication-recovery-tls-ciphersuites
version-ssl-library
default-authentication-plugin
authentication-policy
bind-address
port
socket
skip-networking
`)

// mysqlOnly are MySQL's words that MariaDB's programs refuse; with a dash behind it, all that begin so.
var mysqlOnly = []string{"ssl-mode", "ssl-fips-mode", "tls-ciphersuites", "tls-sni-servername", "server-public-key-path", "get-server-public-key",
	"ssl-session-", "admin-", "mysqlx-", "group-replication-", "tls-certificates-enforced-validation", "auto-generate-certs", "default-authentication-plugin",
	"authentication-policy", "password1", "password2", "password3"}

// mysqlOnlyMeans are what MariaDB calls them.
var mysqlOnlyMeans = map[string]string{"ssl-mode": "ssl-verify-server-cert", "tls-ciphersuites": "ssl-cipher"}

// mysqlMeans are words that one side does not know, and what it calls the thing itself.
var mysqlMeans = map[*vocabulary]map[string]string{
	&mysqlServerOptions: {"ssl-mode": "require-secure-transport", "ssl-verify-server-cert": "require-secure-transport", "require-ssl": "require-secure-transport"},
	&mysqlClientOptions: {"require-secure-transport": "ssl-mode", "require-ssl": "ssl-mode", "use-ssl": "ssl-mode", "sslmode": "ssl-mode", "ssl-verify": "ssl-verify-server-cert"},
}
