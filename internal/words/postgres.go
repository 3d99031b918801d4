package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// postgresRows are the phrases of PostgreSQL, its clients, and what is compatible with them.
var postgresRows = slices.Concat(postgresReplyRows, postgresServerRows, postgresKeyRows, libpqRows, libpqOptionRows, postgresDriverRows, postgresPoolerRows, postgresLocalRows)

var (
	inPostgres       = []fact.Context{"postgres", fact.Database}
	inPostgresServer = []fact.Context{"postgres", fact.Database, fact.ByServer}
	inPostgresUse    = []fact.Context{"postgres", fact.Database, fact.ByServer, fact.InUse}
	inPostgresStart  = []fact.Context{"postgres", fact.Database, fact.ByServer, fact.AtStart}
	inPostgresClient = []fact.Context{"postgres", fact.Database, fact.ByClient}
)

// postgresReplyRows are the server's refusals (src/backend/libpq/auth.c, src/backend/postmaster): its log and its clients
// show them alike. What pg_hba.conf refuses, postgresRefusals reads.
var postgresReplyRows = []row{
	{say: "pg_hba.conf", in: inPostgres},
	{say: "could not accept SSL connection: inappropriate fallback", is: fact.InappropriateFallback, in: inPostgresServer},
	{say: "hostssl requires SSL to be turned on", is: fact.ServerWithoutTLS, in: append([]fact.Context{fact.AtStart}, inPostgresServer...)},
	{say: "*postgresql.key*", in: []fact.Context{"postgres", "libpq", fact.Database, fact.ByClient}}, // ~/.postgresql/postgresql.key is libpq's own
	{say: "connection requires a valid client certificate", is: fact.ClientCertDemanded, in: inPostgresServer},
	{say: "authentication failed for user", is: fact.LoginFailed, in: inPostgres},
	{say: "FATAL: role … does not exist", is: fact.LoginFailed, in: inPostgres},
	{say: "FATAL: database … does not exist", is: fact.LoginFailed, in: inPostgres},
	{say: "certificate validation (clientcert=verify-full) failed for user", is: fact.LoginFailed, in: inPostgresServer},
	{say: "client certificates can only be checked if a root certificate store is available", is: fact.CAFileMissing, in: inPostgresServer},
	{say: "sorry, too many clients already", is: fact.TooManyClients, in: inPostgres},
	{say: "remaining connection slots are reserved", is: fact.TooManyClients, in: inPostgres},
	{say: "too many connections for", is: fact.TooManyClients, in: inPostgres},
	{say: "unsupported frontend protocol", is: fact.NotThisProtocol, in: inPostgres},
	{say: "unsupported frontend protocol 1234.5679*", is: fact.ServerWithoutTLS, in: inPostgres},
	{say: "terminating connection due to", is: fact.EOFEstablished, in: inPostgresUse},
	{say: "terminating connection because of", is: fact.EOFEstablished, in: inPostgresUse},
	{say: "client supports SCRAM channel binding but thinks the server does not", is: fact.OptionsClash, in: inPostgresServer},
	{say: "unrecognized configuration parameter 'ssl*", is: fact.OptionUnknown, in: inPostgres},
}

// postgresServerRows are the server's log (src/backend/libpq/be-secure*.c, hba.c, pqcomm.c).
var postgresServerRows = []row{
	{say: "could not accept SSL connection", in: inPostgresServer},
	{say: "could not accept SSL connection: EOF detected", is: fact.EOFInHandshake, in: inPostgresServer},
	{say: "could not accept SSL connection: Connection reset by peer", is: fact.ResetInHandshake, in: inPostgresServer},
	{say: "could not accept SSL connection: Success", is: fact.BrokeInHandshake, in: inPostgresServer},
	{say: "could not accept SSL connection: no SSL error reported", is: fact.HandshakeFailed, in: inPostgresServer},
	{say: "could not accept SSL connection: http request", is: fact.HTTPRequestHere, in: inPostgresServer},
	{say: "the client does not support any SSL protocol version between", in: inPostgresServer},
	{say: "Client certificate verification failed at depth", in: inPostgresServer},
	{say: "could not initialize SSL connection: SSL context not set up", is: fact.TLSInitFailed, in: inPostgresServer},
	{say: "could not load server certificate file", in: inPostgresStart},
	{say: "could not load server certificate file … No such file or directory", is: fact.FileMissing, in: inPostgresStart},
	{say: "could not load server certificate file … Permission denied", is: fact.KeyUnreadable, in: inPostgresStart},
	{say: "check of private key failed", is: fact.KeyMismatch, in: inPostgresStart},
	{say: "could not load root certificate file", is: fact.CAFileMissing, in: inPostgresStart},
	{say: "could not load SSL certificate revocation list", is: fact.RevocationUnknown, in: inPostgresStart},
	{say: "could not set the cipher list", is: fact.NoCipherLeft, in: inPostgresStart},
	{say: "could not set the TLSv1.3 cipher suites", is: fact.NoCipherLeft, in: inPostgresStart},
	{say: "ECDH: unrecognized curve name", is: fact.OptionInvalid, in: inPostgresStart},
	{say: "could not set group names specified in ssl_groups", is: fact.OptionInvalid, in: inPostgresStart},
	{say: "could not load DH parameters file", is: fact.FileBad, in: inPostgresStart},
	{say: "could not set SSL protocol version range", is: fact.NoVersionLeft, in: inPostgresStart},
	{say: "could not set minimum SSL protocol version", is: fact.NoVersionLeft, in: inPostgres},
	{say: "could not set maximum SSL protocol version", is: fact.NoVersionLeft, in: inPostgres},
	{say: "ssl_min_protocol_version … not supported by this build", is: fact.RuntimeTooOld, in: inPostgresStart},
	{say: "invalid value for parameter 'ssl*", is: fact.OptionInvalid, in: inPostgresStart},
	{say: "parameter 'ssl* … requires a Boolean value", is: fact.OptionInvalid, in: inPostgresStart},
	{say: "SSL is not supported by this build", is: fact.TLSInitFailed, in: inPostgresStart},
	{say: "hostssl record cannot match because SSL is", is: fact.TLSInitFailed, in: inPostgresStart},
	{say: "received unencrypted data after SSL request", is: fact.UnexpectedMessage, in: inPostgresServer},
	{say: "received direct SSL connection request without ALPN protocol negotiation extension", is: fact.NoSharedALPN, in: inPostgresServer},
	{say: "received SSL connection request with unexpected ALPN protocol", is: fact.NoSharedALPN, in: inPostgresServer},
	{say: "invalid length of startup packet", is: fact.NotThisProtocol, in: inPostgresServer},
	{say: "no PostgreSQL user name specified in startup packet", is: fact.NotThisProtocol, in: inPostgresServer},
	{say: "incomplete startup packet", is: fact.AcceptThenClosed, in: inPostgresServer},
	{say: "could not receive data from client", in: inPostgresServer},
	{say: "could not send data to client", in: inPostgresServer},
	{say: "unexpected EOF on client connection", is: fact.EOFEstablished, in: inPostgresUse},
	{say: "connection to client lost", is: fact.EOFEstablished, in: inPostgresUse},
	{say: "SSL renegotiation failure", is: fact.HandshakeFailed, in: inPostgresUse},
	{say: "SSL failed to renegotiate connection before limit expired", is: fact.HandshakeFailed, in: inPostgresUse},
	{say: "canceling authentication due to timeout", is: fact.TimedOut, in: inPostgresServer},
}

// postgresKeyRows are about key files, of the server and of libpq in the same words.
var postgresKeyRows = []row{
	{say: "could not access private key file … No such file or directory", is: fact.FileMissing, in: inPostgresStart},
	{say: "could not access private key file … Permission denied", is: fact.KeyUnreadable, in: inPostgresStart},
	{say: "FATAL: private key file", in: inPostgresStart},
	{say: "FATAL: could not load private key file", in: inPostgresStart},
	{say: "private key file … has group or world access", is: fact.KeyUnreadable, in: inPostgres},
	{say: "private key file … must be owned by", is: fact.KeyUnreadable, in: inPostgres},
	{say: "private key file … is not a regular file", is: fact.FileBad, in: inPostgres},
	{say: "private key file … cannot be reloaded because it requires a passphrase", is: fact.KeyUnreadable, in: inPostgresServer},
	{say: "could not load private key file", in: inPostgres},
	{say: "could not load private key file … No such file or directory", is: fact.FileMissing, in: inPostgres},
	{say: "could not load private key file … Permission denied", is: fact.KeyUnreadable, in: inPostgres},
	{say: "could not load private key file … processing error", is: fact.KeyUnreadable, in: inPostgres},
	{say: "certificate present, but not private key file", is: fact.FileMissing, in: inLibpq},
	{say: "certificate does not match private key file", is: fact.KeyMismatch, in: inLibpq},
}
