package words

import "github.com/tlswhy/tlswhy/internal/fact"

// postgresDriverRows are the messages of drivers, most of which speak PostgreSQL's protocol themselves.
var postgresDriverRows = []row{
	{say: "server does not support SSL", is: fact.ServerWithoutTLS, in: inDatabase},
	{say: "server does not support TLS", is: fact.ServerWithoutTLS, in: inDatabase},
	// pgx and lib/pq.
	{say: "server refused TLS connection", is: fact.ServerWithoutTLS, in: inPgx},
	{say: "failed to connect to `user=*", in: inPgx},
	{say: "failed to connect to `host=*", in: inPgx},
	{say: "failed to write startup message", in: inPgx},
	{say: "failed to write startup message: write failed: EOF", is: fact.EOFInHandshake, in: inPgx},
	{say: "tls error: EOF", is: fact.EOFInHandshake, in: inPgx},
	{say: "failed to receive message: unexpected EOF", is: fact.AcceptThenClosed, in: inPgx},
	{say: "failed to receive message: invalid body length", is: fact.NotThisProtocol, in: inPgx},
	{say: "failed to receive message: unknown message type", is: fact.NotThisProtocol, in: inPgx},
	{say: "sslmode is invalid", is: fact.OptionInvalid, in: inPgx},
	{say: `both "sslcert" and "sslkey" are required`, is: fact.OptionsClash, in: inPgx},
	{say: "unable to read CA file", is: fact.CAFileMissing, in: inPgx},
	{say: "unable to add CA to cert pool", is: fact.CAFileMissing, in: inPgx},
	{say: "failed to decode sslkey", is: fact.FileBad, in: inPgx},
	{say: "pq: SSL is not enabled on the server", is: fact.ServerWithoutTLS, in: inLibPq},
	{say: "pq: no pg_hba.conf entry", in: inLibPq},
	{say: "pq: pg_hba.conf rejects", in: inLibPq},
	{say: "pq: unsupported sslmode", is: fact.OptionInvalid, in: inLibPq},
	{say: "pq: unknown response for startup", is: fact.NotThisProtocol, in: inLibPq},
	{say: "private key has world access. Permissions should be", is: fact.KeyUnreadable, in: inLibPq},
	{say: "private key file has group or world access. Permissions should be", is: fact.KeyUnreadable, in: inLibPq},
	{say: "couldn't parse pem in sslrootcert", is: fact.CAFileMissing, in: inLibPq},
	// pgjdbc.
	{say: "org.postgresql*", in: inPgjdbc},
	{say: "PSQLException", in: inPgjdbc},
	{say: "could not be verified by hostnameverifier", is: fact.CertName, in: inPgjdbc},
	{say: "could not be verified by hostname verifier", is: fact.CertName, in: inPgjdbc},
	{say: "Server name validation failed", is: fact.CertName, in: inPgjdbc},
	{say: "Could not open SSL root certificate file", is: fact.CAFileMissing, in: inPgjdbc},
	{say: "Could not read SSL root certificate file", is: fact.CAFileMissing, in: inPgjdbc},
	{say: "Loading the SSL root certificate … into a TrustManager failed", is: fact.CAFileMissing, in: inPgjdbc},
	{say: "Could not read SSL key file", is: fact.KeyUnreadable, in: inPgjdbc},
	{say: "Loading the SSL certificate … into a KeyManager failed", is: fact.FileBad, in: inPgjdbc},
	{say: "An error occurred while setting up the SSL connection", is: fact.HandshakeFailed, in: inPgjdbc},
	{say: "An error occured while setting up the SSL connection", is: fact.HandshakeFailed, in: inPgjdbc},
	{say: "The SSLSocketFactory class provided … could not be instantiated", is: fact.OptionInvalid, in: inPgjdbc},
	{say: "Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections", is: fact.ConnectionRefused, in: inPgjdbc},
	{say: "PSQLException: Connection attempt timed out", is: fact.ConnectTimeout, in: inPgjdbc},
	{say: "Protocol error. Session setup failed", is: fact.NotThisProtocol, in: inPgjdbc},
	{say: "The connection attempt failed … java.io.EOFException", is: fact.AcceptThenClosed, in: inPgjdbc},
	{say: "An I/O error occurred while sending to the backend", is: fact.EOFEstablished, in: inPgjdbcUse},
	{say: "PSQLException: This connection has been closed", is: fact.EOFEstablished, in: inPgjdbcUse},
	{say: "HikariPool … Connection is not available, request timed out", is: fact.TimedOut, in: inJavaDatabase},
	// pg and postgres of npm.
	{say: "The server does not support SSL connections", is: fact.ServerWithoutTLS, in: inPgNode},
	{say: "There was an error establishing an SSL connection", is: fact.NotThisProtocol, in: inPgNode},
	{say: "Error: Connection terminated unexpectedly", is: fact.Closed, in: inPgNode},
	{say: "SECURITY WARNING: The SSL modes 'prefer', 'require', and 'verify-ca' are treated as aliases for 'verify-full'", is: fact.DefaultChanged, in: inPgNode},
	{say: "error: received invalid response:", is: fact.NotThisProtocol, in: inPgNode},
	{say: "Received unexpected … message from backend", is: fact.NotThisProtocol, in: inPgNode},
	{say: "error: timeout expired", is: fact.TimedOut},
	{say: "timeout exceeded when trying to connect", is: fact.TimedOut, in: inPgNode},
	{say: "Postgres.js : Unknown Message", is: fact.NotThisProtocol, in: inPgNode},
	{say: "write CONNECTION_CLOSED", is: fact.Closed, in: inPgNode},
	{say: "write CONNECT_TIMEOUT", is: fact.TimedOut, in: inPgNode},
	// Npgsql.
	{say: "Npgsql*", in: inNpgsql},
	{say: "No SSL enabled connection from this host is configured", is: fact.ServerWithoutTLS, in: inNpgsql},
	{say: "Exception while performing SSL handshake", is: fact.HandshakeFailed, in: inNpgsql},
	{say: "Received unknown response … for SSLRequest", is: fact.NotThisProtocol, in: inNpgsql},
	{say: "To validate server certificates, please use VerifyFull or VerifyCA instead of Require", is: fact.DefaultChanged, in: inNpgsql},
	{say: "Additional unencrypted data received after SSL negotiation", is: fact.UnexpectedMessage, in: inNpgsql},
	{say: "Exception while reading from stream", is: fact.Closed, in: inNpgsql},
	{say: "Exception while writing to stream", is: fact.Closed, in: inNpgsql},
	// Python: psycopg, asyncpg, pg8000.
	{say: "psycopg*", in: inPsycopg},
	{say: "asyncpg*", in: inAsyncpg},
	{say: "rejected SSL upgrade", is: fact.ServerWithoutTLS, in: inAsyncpg},
	{say: "unexpected connection_lost() call", is: fact.EOFInHandshake, in: inAsyncpg},
	{say: "connection was closed in the middle of operation", is: fact.EOFEstablished, in: inAsyncpgUse},
	{say: "`sslmode` parameter must be one of", is: fact.OptionInvalid, in: inAsyncpg},
	{say: "unexpected keyword argument 'ssl*", is: fact.OptionUnknown, in: inPythonCall},
	{say: "Server refuses SSL", is: fact.ServerWithoutTLS, in: inPg8000},
	// PHP, Ruby, Rust, Elixir.
	{say: "Unable to connect to PostgreSQL server", in: inPgPHP},
	{say: "SQLSTATE[08006] [7]", in: inPgPHP},
	{say: "PG::ConnectionBad", in: inPgRuby},
	{say: "PG::UnableToSend", in: inPgRuby},
	{say: "error performing TLS handshake", is: fact.HandshakeFailed, in: inPgRust},
	{say: "no TLS implementation configured", is: fact.OptionsClash, in: inPgRust},
	{say: "(Postgrex.Error)", in: inPgElixir},
	{say: "(DBConnection.ConnectionError)", in: inElixirDatabase},
}

var (
	inPgx            = []fact.Context{"pgx", "postgres", "go", fact.Database, fact.ByClient}
	inLibPq          = []fact.Context{"postgres", "go", fact.Database, fact.ByClient}
	inPgjdbc         = []fact.Context{"postgres", "java", "jdbc", fact.Database, fact.ByClient}
	inPgjdbcUse      = []fact.Context{"postgres", "java", "jdbc", fact.Database, fact.ByClient, fact.InUse}
	inJavaDatabase   = []fact.Context{"java", fact.Database, fact.ByClient}
	inPgNode         = []fact.Context{"postgres", "node", fact.Database, fact.ByClient}
	inNpgsql         = []fact.Context{"npgsql", "postgres", "dotnet", fact.Database, fact.ByClient}
	inPythonCall     = []fact.Context{"python"}
	inPsycopg        = []fact.Context{"libpq", "postgres", "python", fact.Database, fact.ByClient}
	inAsyncpg        = []fact.Context{"postgres", "python", fact.Database, fact.ByClient}
	inAsyncpgUse     = []fact.Context{"postgres", "python", fact.Database, fact.ByClient, fact.InUse}
	inPg8000         = []fact.Context{"postgres", "python", fact.Database, fact.ByClient}
	inPgPHP          = []fact.Context{"libpq", "postgres", "php", fact.Database, fact.ByClient}
	inPgRuby         = []fact.Context{"libpq", "postgres", "ruby", fact.Database, fact.ByClient}
	inPgRust         = []fact.Context{"postgres", "rust", fact.Database, fact.ByClient}
	inPgElixir       = []fact.Context{"postgres", "erlang", fact.Database, fact.ByClient}
	inElixirDatabase = []fact.Context{"erlang", fact.Database, fact.ByClient}
)

// postgresPoolerRows are the messages of poolers and of hosted databases in front of PostgreSQL.
var postgresPoolerRows = []row{
	// PgBouncer: src/client.c, src/server.c, lib/usual/tls.
	{say: "closing because:", in: inPgBouncer},
	{say: "TLS handshake error: handshake failed", in: inPgBouncer},
	{say: "TLS handshake error: handshake failed: Unexpected EOF", is: fact.EOFInHandshake, in: inPgBouncer},
	{say: "TLS handshake error: handshake failed: Success", is: fact.BrokeInHandshake, in: inPgBouncer},
	{say: "OCSP_basic_verify:certificate verify error", is: fact.RevocationUnknown},
	{say: "TLS connect error: failed to load", is: fact.FileBad, in: inPgBouncer},
	{say: "closing because: SSL required", is: fact.TLSDemanded, in: inPgBouncerServer},
	{say: "pooler error: SSL required", is: fact.TLSDemanded, in: inPgBouncerServer},
	{say: "closing because: server refused SSL", is: fact.ServerWithoutTLS, in: inPgBouncerUpstream},
	{say: "closing because: bad sslreq answer", is: fact.NotThisProtocol, in: inPgBouncerUpstream},
	{say: "closing because: connect failed", is: fact.CannotConnect, in: inPgBouncerUpstream},
	{say: "closing because: server conn crashed", is: fact.Closed, in: inPgBouncerUpstream},
	{say: "closing because: client unexpected eof", is: fact.Closed, in: inPgBouncerServer},
	{say: "closing because: client_login_timeout", is: fact.TimedOut, in: inPgBouncerServer},
	{say: "closing because: connect timeout", is: fact.ConnectTimeout, in: inPgBouncerUpstream},
	{say: "closing because: server_login_timeout", is: fact.TimedOut, in: inPgBouncerUpstream},
	{say: "not present in server certificate", is: fact.CertName, in: inPgBouncerUpstream},
	{say: "client_tls_key_file and client_tls_cert_file must be set", is: fact.NoServerCredential, in: inPgBouncerServer},
	// Pgpool, Odyssey.
	{say: "pool_ssl:", in: inPgPool},
	// Hosted.
	{say: "connection is insecure (try using `sslmode=require`)", is: fact.TLSDemanded, in: inPostgres},
	{say: "Endpoint ID is not specified", is: fact.NoNameSent, in: inPostgres},
	{say: "node is running secure mode, SSL connection required", is: fact.TLSDemanded, in: inPostgres},
}

var (
	inPgBouncer         = []fact.Context{"pgbouncer", "postgres", fact.Database}
	inPgBouncerServer   = []fact.Context{"pgbouncer", "postgres", fact.Database, fact.ByServer}
	inPgBouncerUpstream = []fact.Context{"pgbouncer", "postgres", fact.Database, fact.ByClient, fact.ToUpstream}
	inPgPool            = []fact.Context{"pgpool", "postgres", fact.Database}
)
