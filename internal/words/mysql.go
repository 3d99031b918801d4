package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mysqlRows are the phrases of MySQL, MariaDB, and what is compatible with them.
var mysqlRows = slices.Concat(mysqlClientRows, mysqlOptionRows, yasslRows, mysqlReplyRows, mysqlServerRows, mysqlDriverRows, mysqlProxyRows)

var (
	inMySQL       = []fact.Context{"mysql", fact.Database}
	inMySQLClient = []fact.Context{"mysql", fact.Database, fact.ByClient}
	inMySQLUse    = []fact.Context{"mysql", fact.Database, fact.ByClient, fact.InUse}
	inMySQLStart  = []fact.Context{"mysql", fact.Database, fact.ByServer, fact.AtStart}
	inMySQLServer = []fact.Context{"mysql", fact.Database, fact.ByServer}
)

// mysqlClientRows are the messages of the C libraries (libmysql/errmsg.cc, libmariadb/errmsg.c) and of the programs
// on top of them: mysql, mysqldump, replicas.
var mysqlClientRows = []row{
	{say: "SSL connection error:", in: inMySQLClient},
	{say: "TLS/SSL error:", in: inMySQLClient},
	{say: "SSL is required, but the server does not support it", is: fact.ServerWithoutTLS, in: inMySQLClient},
	{say: "SSL is required but the server doesn't support it", is: fact.ServerWithoutTLS, in: inMySQLClient},
	{say: "CA certificate is required if ssl-mode is VERIFY_CA or VERIFY_IDENTITY", is: fact.NoTrustAnchors, in: inMySQLClient},
	{say: "Validation of SSL server certificate failed", is: fact.CertName, in: inMySQLClient},
	{say: "SSL certificate validation failure", is: fact.CertName, in: inMySQLClient},
	{say: "TLS/SSL error: Hostname verification failed", is: fact.CertName, in: inMySQLClient},
	{say: "Certificate verification failure: The certificate is NOT trusted", is: fact.IssuerUnknown, in: inMySQLClient},
	{say: "Fingerprint verification of server certificate failed", is: fact.PinMismatch, in: inMySQLClient},
	{say: "invalid finger print of server certificate", is: fact.PinMismatch, in: inMySQLClient},
	{say: "Received error packet before completion of TLS handshake", in: inMySQLClient},
	{say: "Enforcing SSL encryption is not supported", is: fact.OptionsClash, in: inMySQLClient},
	{say: "TLS/SSL error: No such file or directory", is: fact.FileMissing, in: inMySQLClient},
	{say: "SSL connection error … ASN1", is: fact.FileBad, in: inMySQLClient},
	{say: "TLS/SSL error: processing error", is: fact.KeyUnreadable, in: inMySQLClient},
	{say: "SSL connection error: Unable to get certificate", is: fact.FileBad, in: inMySQLClient},
	{say: "SSL connection error: Unable to get private key", is: fact.KeyUnreadable, in: inMySQLClient},
	{say: "SSL connection error: SSL_CTX_set_default_verify_paths failed", is: fact.FileBad, in: inMySQLClient},
	{say: "SSL connection error: error:00000000:lib(0)*", is: fact.BrokeInHandshake, in: inMySQLClient},
	{say: "SSL connection error: error:00000001:lib(0)*", is: fact.HandshakeFailed, in: inMySQLClient},
	{say: "Lost connection to MySQL server", in: inMySQLClient},
	{say: "Lost connection to server at", in: inMySQLClient},
	{say: "Lost connection to MySQL server during query", is: fact.EOFEstablished, in: inMySQLUse},
	{say: "Lost connection to server during query", is: fact.EOFEstablished, in: inMySQLUse},
	{say: "server has gone away", is: fact.EOFEstablished, in: inMySQLUse},
	{say: "Error in server handshake", is: fact.HandshakeFailed, in: inMySQLClient},
	{say: "Protocol mismatch; server version", is: fact.NotThisProtocol, in: inMySQLClient},
	{say: "Can't connect to MySQL server on", in: inMySQLClient},
	{say: "Can't connect to local MySQL server through socket", is: fact.CannotConnect, in: inMySQLClient},
	{say: "Can't connect to local server through socket", is: fact.CannotConnect, in: inMySQLClient},
	{say: "Unknown MySQL server host", is: fact.NameNotFound, in: inMySQLClient},
	{say: "Unknown server host '", is: fact.NameNotFound, in: inMySQLClient},
	{say: "Commands out of sync", is: fact.OtherFault, in: inMySQLUse},
	{say: "Either use a secure connection", is: fact.TLSDemanded, in: inMySQLClient},                                          // MySqlConnector ServerSession.cs
	{say: "Retrieval of the RSA public key is not enabled for insecure connections", is: fact.TLSDemanded, in: inMySQLClient}, // MySql.Data Resources.resx
	{say: "Authentication requires secure connection", is: fact.TLSDemanded, in: inMySQLClient},
	{say: "Authentication plugin … cannot be loaded", is: fact.LoginFailed, in: inMySQLClient},
	{say: "Authentication plugin … reported error", in: inMySQLClient},
	{say: "no verification of server certificate will be done", is: fact.VerificationOff, in: inMySQLClient},
	{say: "Got error: … when trying to connect", in: inMySQLClient},
	{say: "Failed to connect to MySQL server", in: inMySQLClient},
	{say: "error connecting to master", in: inMySQLClient},
	{say: "error connecting to source", in: inMySQLClient},
	{say: "error reconnecting to", in: inMySQLClient},
	{say: "ssl-verify-server-cert is disabled, because of an insecure passwordless login", is: fact.VerificationOff, in: inMySQLClient},
	{say: "Sending passwords in plain text without SSL/TLS is extremely insecure", is: fact.PlaintextAllowed, in: inMySQLClient},
}

// mysqlOptionRows are what the option parser of the programs and the server says (mysys/my_getopt.cc).
var mysqlOptionRows = []row{
	{say: "unknown variable 'ssl*", is: fact.OptionUnknown, in: inMySQL},
	{say: "unknown variable 'tls*", is: fact.OptionUnknown, in: inMySQL},
	{say: "unknown variable 'require_secure_transport*", is: fact.OptionUnknown, in: inMySQL},
	{say: "unknown option '--ssl*", is: fact.OptionUnknown, in: inMySQL},
	{say: "unknown option '--tls*", is: fact.OptionUnknown, in: inMySQL},
	{say: "unknown option '--skip-ssl", is: fact.OptionUnknown, in: inMySQL},
	{say: "ambiguous option '--ssl*", is: fact.OptionUnknown, in: inMySQL},
	{say: "Unknown option to ssl-mode", is: fact.OptionInvalid, in: inMySQLClient},
	{say: "option 'ssl* … boolean value … wasn't recognized", is: fact.OptionInvalid, in: inMySQL},
	{say: "Error while setting value … to 'tls_version'", is: fact.OptionInvalid, in: inMySQL},
	{say: "Error while setting value … to 'ssl-mode'", is: fact.OptionInvalid, in: inMySQLClient},
}

// yasslRows are the messages of yaSSL, which MySQL was built with until 8.0 and MariaDB until 10.4: it knows TLS 1.0 and
// 1.1 (extra/yassl/src/yassl_error.cpp).
var yasslRows = []row{
	{say: "SSL connection error: unknown error number", is: fact.HandshakeFailed, in: inYaSSL},
	{say: "SSL connection error: protocol version mismatch", is: fact.VersionRefused, in: inYaSSL},
	{say: "protocl version mismatch", is: fact.VersionRefused, in: inYaSSL},
	{say: "unable to match a supported cipher suite", is: fact.NoSharedCipher, in: inYaSSL},
	{say: "ASN: bad other signature confirmation", is: fact.VerifyFailed, in: inYaSSL},
	{say: "ASN: bad self signature confirmation", is: fact.VerifyFailed, in: inYaSSL},
	{say: "ASN: before date in the future", is: fact.CertNotYetValid, in: inYaSSL},
	{say: "ASN: after date in the past", is: fact.CertExpired, in: inYaSSL},
	{say: "handshake message received in wrong order", is: fact.UnexpectedMessage, in: inYaSSL},
	{say: "unable to verify peer checksum", is: fact.BadRecordMAC, in: inYaSSL},
	{say: "sanity check on cipher text size error", is: fact.BadRecordMAC, in: inYaSSL},
	{say: "socket layer receive error", is: fact.BrokeInHandshake, in: inYaSSL},
	{say: "socket layer send error", is: fact.BrokeInHandshake, in: inYaSSL},
	{say: "bad PEM format processing", is: fact.FileBad, in: inYaSSL},
	{say: "unable to proccess private key, bad format", is: fact.KeyUnreadable, in: inYaSSL},
	{say: "unable to proccess cerificate", is: fact.CertMalformed, in: inYaSSL},
}

var inYaSSL = []fact.Context{"mysql", "yassl", fact.Database, fact.ByClient}
