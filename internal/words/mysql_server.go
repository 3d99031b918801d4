package words

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mysqlReplyRows are the server's refusals (share/messages_to_clients.txt, sql/share/errmsg-utf8.txt): they stand in its
// clients' output and in its own log alike, so that most tell no seat.
var mysqlReplyRows = []row{
	{say: "Access denied for user", is: fact.AccessDenied, in: inMySQL},
	{say: "Zugriffsberechtigung (verwendetes Passwort", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "Accès refusé pour l'utilisateur", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "Acceso denegado para usuario", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "Acesso negado para o usuário", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "Accesso non consentito per l'utente", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "Доступ закрыт для пользователя", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "用户无权访问 (使用密码", is: fact.AccessDenied, in: inMySQLLocal},
	{say: "Connections using insecure transport are prohibited", is: fact.TLSDemanded, in: inMySQL},
	{say: "Secure transport required. To log in", is: fact.TLSDemanded, in: inMySQL},
	{say: "Capability prepare failed for 'tls'", is: fact.ServerWithoutTLS, in: inMySQL},
	{say: ": SSL/TLS required", is: fact.TLSDemanded},
	{say: ": SSL required", is: fact.TLSDemanded},
	{say: "SSL connection is required", is: fact.TLSDemanded},
	{say: "Please specify SSL options and retry", in: inDatabase},
	{say: "Client does not support authentication protocol requested by server", is: fact.LoginFailed, in: inMySQL},
	{say: "is not allowed to connect to this MySQL server", is: fact.LoginFailed, in: inMySQL},
	{say: "is not allowed to connect to this MariaDB server", is: fact.LoginFailed, in: inMySQL},
	{say: "is blocked because of many connection errors", is: fact.HostBlocked, in: inMySQL},
	{say: "Too many connections", is: fact.TooManyClients},
	{say: "Got packets out of order", is: fact.NotThisProtocol, in: inMySQL},
	{say: "Malformed communication packet", is: fact.NotThisProtocol, in: inMySQL},
	{say: "Proxy header is not accepted from", is: fact.ProxyHeaderBroken, in: inMySQL},
	{say: "ER_HANDSHAKE_ERROR", is: fact.HandshakeFailed, in: inMySQLClient},
	{say: "ER_ACCESS_DENIED_ERROR", is: fact.AccessDenied, in: inMySQLClient},
	{say: "ER_SECURE_TRANSPORT_REQUIRED", is: fact.TLSDemanded, in: inMySQLClient},
	{say: "ER_HOST_IS_BLOCKED", is: fact.HostBlocked, in: inMySQLClient},
	{say: "ER_CON_COUNT_ERROR", is: fact.TooManyClients, in: inMySQLClient},
	{say: "ER_NOT_SUPPORTED_AUTH_MODE", is: fact.LoginFailed, in: inMySQLClient},
	{say: "ER_HOST_NOT_PRIVILEGED", is: fact.LoginFailed, in: inMySQLClient},
}

// mysqlServerRows are the server's log: vio/viosslfactories, sql/ssl_acceptor_context, sql/mysqld.
var mysqlServerRows = []row{
	{say: "Failed to setup SSL", is: fact.TLSInitFailed, in: inMySQLStart},
	{say: "Failed to refresh SSL, error", is: fact.TLSInitFailed, in: inMySQLServer},
	{say: "Failed to set up SSL because of the following SSL library error", is: fact.TLSInitFailed, in: inMySQLStart},
	{say: "Failed to initialize TLS for channel", is: fact.TLSInitFailed, in: inMySQLStart},
	{say: "Failed at SSL configuration", is: fact.TLSInitFailed, in: inMySQLStart},
	{say: "SSL error: Unable to get certificate", is: fact.FileBad, in: inMySQLStart},
	{say: "Unable to get certificate from '", is: fact.FileMissing, in: inMySQL},
	{say: "SSL error: Unable to get private key", is: fact.KeyUnreadable, in: inMySQLStart},
	{say: "Unable to get private key from '", is: fact.FileMissing, in: inMySQL},
	{say: "Private key does not match the certificate public key", is: fact.KeyMismatch, in: inMySQL},
	{say: "SSL error: SSL_CTX_set_default_verify_paths failed", is: fact.FileBad, in: inMySQLStart},
	{say: "SSL library error: SSL_CTX_set_default_verify_paths failed", is: fact.FileBad, in: inMySQLStart},
	{say: "Failed to set ciphers to use", is: fact.NoCipherLeft, in: inMySQL},
	{say: "SSL context is not usable without certificate and private key", is: fact.NoServerCredential, in: inMySQLStart},
	{say: "SSL_CTX_set_tmp_dh failed", is: fact.DHTooSmall, in: inMySQL},
	{say: "TLS version is invalid", is: fact.OptionInvalid, in: inMySQL},
	{say: "SSL error: Unknown TLS version", is: fact.OptionInvalid, in: inMySQL},
	{say: "FIPS mode failed", is: fact.FIPSRefused, in: inMySQL},
	{say: "Failed to set TLS key exchange groups", is: fact.OptionInvalid, in: inMySQL},
	{say: "Failed to set X509 verification parameter", is: fact.OptionInvalid, in: inMySQL},
	{say: "Failed to set up TLS. Check logs", is: fact.TLSInitFailed, in: inMySQLStart},
	{say: "] Internal TLS error", is: fact.TLSInitFailed, in: inMySQLStart},
	{say: "CA certificate/certficates is invalid", is: fact.VerifyFailed, in: inMySQLStart},
	{say: "Server certificate … verification has failed. Check logs", is: fact.VerifyFailed, in: inMySQLStart},
	{say: "Server SSL certificate doesn't verify", is: fact.VerifyFailed, in: inMySQLStart},
	{say: "[Warning] CA certificate … is self signed", in: inMySQLStart},
	{say: "[Server] CA certificate … is self signed", in: inMySQLStart},
	{say: "A deprecated TLS version", in: inMySQLStart},
	{say: "TLSv1.0 and TLSv1.1 are insecure and should not be used for tls_version", in: inMySQLStart},
	{say: "configured to support TLS. Encrypted connections are now supported", in: inMySQLStart},
	{say: "SSL parameters in CHANGE MASTER are ignored", is: fact.TLSInitFailed, in: inMySQLClient},
	{say: "] Bad handshake", is: fact.HandshakeFailed, in: inMySQLServer},
	{say: "Aborted connection … to db", in: inMySQLServer},
	{say: "Got an error reading communication packets", is: fact.Closed, in: inMySQLServer},
	{say: "Got an error writing communication packets", is: fact.Closed, in: inMySQLServer},
	{say: "Got timeout reading communication packets", is: fact.TimedOut, in: inMySQLServer},
	{say: "Got timeout writing communication packets", is: fact.TimedOut, in: inMySQLServer},
	{say: "This connection closed normally without authentication", is: fact.AcceptThenClosed, in: inMySQLServer},
	{say: "Plugin group_replication reported", in: inMySQLServer},
	{say: "handshake with remote endpoint ssl://*", in: inGalera},
}

// clientLookup is what MySQL's and MariaDB's servers say when the address of a client has no name (sql/hostname.cc), with gai_strerror(3)'s word for it: the connection goes on, and accounts are then matched by the address (manual, "DNS Lookups and the Host Cache").
var clientLookup = Pattern(`(?i)\bIP address '[^'\n]{1,255}' could not be resolved: (?:` +
	`Name or service not known|Temporary failure in name resolution|No address associated with hostname|Non-recoverable failure in name resolution|` +
	`nodename nor servname provided, or not known|hostname nor servname provided, or not known)?`)

// withoutLookups leaves that sentence out: it complains of no connection, and the address in it is a client's.
func withoutLookups(clean string) string {
	if !strings.Contains(clean, "could not be resolved: ") {
		return clean
	}
	return clientLookup().ReplaceAllString(clean, "")
}

var (
	inDatabase   = []fact.Context{fact.Database}
	inMySQLLocal = []fact.Context{"mysql", fact.Database, fact.Localized}
	inGalera     = []fact.Context{"mysql", "galera", fact.Database}
)
