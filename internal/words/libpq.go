package words

import "github.com/tlswhy/tlswhy/internal/fact"

var (
	inLibpq    = []fact.Context{"libpq", "postgres", fact.Database, fact.ByClient}
	inLibpqUse = []fact.Context{"libpq", "postgres", fact.Database, fact.ByClient, fact.InUse}
)

// libpqRows are the messages of libpq while it connects (src/interfaces/libpq/fe-connect.c, fe-secure-openssl.c, fe-auth.c).
// How a connection ended, postgresEnds reads; which name the certificate lacks, postgresNames.
var libpqRows = []row{
	{say: "connection to server at … failed:", in: inLibpq},
	{say: "connection to server on socket … failed:", in: inLibpq},
	{say: "could not connect to server: SSL error", in: inLibpq},
	{say: "Is the server running on that host and accepting TCP/IP connections", in: inLibpq},
	{say: "Is the server running on host … and accepting", in: inLibpq},
	{say: "Is the server running locally and accepting connections", is: fact.CannotConnect, in: inLibpq},
	{say: "could not translate host name", in: inLibpq},
	{say: "could not translate host name … Name or service not known", is: fact.NameNotFound, in: inLibpq},
	{say: "could not translate host name … nodename nor servname provided", is: fact.NameNotFound, in: inLibpq},
	{say: "could not translate host name … No address associated with hostname", is: fact.NameNotFound, in: inLibpq},
	{say: "could not translate host name … Unknown host", is: fact.NameNotFound, in: inLibpq},
	{say: "could not translate host name … Temporary failure in name resolution", is: fact.ResolverFailed, in: inLibpq},
	{say: "failed: timeout expired", is: fact.TimedOut, in: inLibpq},
	{say: "server does not support SSL, but SSL was required", is: fact.ServerWithoutTLS, in: inLibpq},
	{say: "server sent an error response during SSL exchange", is: fact.HandshakeFailed, in: inLibpq},
	{say: "received invalid response to SSL negotiation", is: fact.NotThisProtocol, in: inLibpq},
	{say: "received unencrypted data after SSL response", is: fact.UnexpectedMessage, in: inPostgresClient},
	{say: "expected authentication request from server, but received", is: fact.NotThisProtocol, in: inLibpq},
	{say: "direct SSL connection was established without ALPN protocol negotiation extension", is: fact.NoSharedALPN, in: inLibpq},
	{say: "SSL connection was established with unexpected ALPN protocol", is: fact.NoSharedALPN, in: inLibpq},
	{say: "the server does not support any SSL protocol version between", in: inLibpq},
	{say: "could not read root certificate file", is: fact.CAFileMissing, in: inLibpq},
	{say: "could not load system root certificate paths", is: fact.CAFileMissing, in: inLibpq},
	{say: "root certificate file … does not exist", is: fact.CAFileMissing, in: inPostgresClient},
	{say: "could not get home directory to locate root certificate file", is: fact.CAFileMissing, in: inLibpq},
	{say: "could not get server's host name from server certificate", is: fact.CertName, in: inLibpq},
	{say: "SSL certificate's name contains embedded null", is: fact.CertMalformed, in: inLibpq},
	{say: "host name must be specified for a verified SSL connection", is: fact.OptionsClash, in: inLibpq},
	{say: "could not open certificate file … No such file or directory", is: fact.FileMissing, in: inLibpq},
	{say: "could not open certificate file … Permission denied", is: fact.KeyUnreadable, in: inLibpq},
	{say: "could not read certificate file", in: inLibpq},
	{say: "could not find digest for NID", is: fact.CertTypeUnusable, in: inPostgres},
	{say: "could not determine server certificate signature algorithm", is: fact.CertTypeUnusable, in: inPostgres},
	{say: "SSL connection has been closed unexpectedly", is: fact.EOFEstablished, in: inLibpqUse},
	{say: "consuming input failed", in: inLibpqUse},
	{say: "could not receive data from server", in: inLibpq},
	{say: "could not send data to server", in: inLibpqUse},
	{say: "psql: error:", in: inLibpq},
	{say: "pg_dump: error:", in: inLibpq},
}

// libpqOptionRows are about connection strings: names, values and what cannot be had together.
var libpqOptionRows = []row{
	{say: "invalid sslmode value", is: fact.OptionInvalid, in: inPostgresClient},
	{say: "invalid sslnegotiation value", is: fact.OptionInvalid, in: inLibpq},
	{say: "invalid sslcertmode value", is: fact.OptionInvalid, in: inLibpq},
	{say: "invalid channel_binding value", is: fact.OptionInvalid, in: inLibpq},
	{say: "invalid ssl_min_protocol_version value", is: fact.OptionInvalid, in: inLibpq},
	{say: "invalid ssl_max_protocol_version value", is: fact.OptionInvalid, in: inLibpq},
	{say: "invalid SSL protocol version range", is: fact.NoVersionLeft, in: inLibpq},
	{say: "invalid connection option", is: fact.OptionUnknown, in: inLibpq},
	{say: "invalid URI query parameter", is: fact.OptionUnknown, in: inLibpq},
	{say: "weak sslmode … may not be used with", is: fact.OptionsClash, in: inLibpq},
	{say: "sslmode value … invalid when SSL support is not compiled in", is: fact.OptionsClash, in: inLibpq},
	{say: "GSSAPI encryption required but was impossible", is: fact.OptionsClash, in: inLibpq},
	{say: "channel binding required, but SSL not in use", is: fact.OptionsClash, in: inLibpq},
	{say: "channel binding required, but server authenticated client without channel binding", is: fact.OptionsClash, in: inLibpq},
	{say: "channel binding required but not supported by server's authentication request", is: fact.OptionsClash, in: inLibpq},
	{say: "channel binding is required, but server did not offer", is: fact.OptionsClash, in: inLibpq},
	{say: "server offered SCRAM-SHA-256-PLUS authentication over a non-SSL connection", is: fact.UnexpectedMessage, in: inLibpq},
}
