package words

import "github.com/tlswhy/tlswhy/internal/fact"

// mysqlDriverRows are the messages of drivers that speak MySQL's protocol themselves.
var mysqlDriverRows = []row{
	// go-sql-driver: errors.go, packets.go, dsn.go.
	{say: "TLS requested but server does not support TLS", is: fact.ServerWithoutTLS, in: inMySQLGo},
	{say: "invalid value / unknown config name", is: fact.OptionInvalid, in: inMySQLGo},
	{say: "driver: bad connection", is: fact.Closed, in: inGoDatabase},
	{say: "unexpected sequence nr", is: fact.NotThisProtocol, in: inMySQLGo},
	{say: "[mysql] … packets.go", in: inMySQLGo},
	{say: "[mysql] … packets.go … unexpected EOF", is: fact.Closed, in: inMySQLGo},
	{say: "[mysql] … packets.go … i/o timeout", is: fact.TimedOut, in: inMySQLGo},
	{say: "this user requires clear text authentication", is: fact.LoginFailed, in: inMySQLGo},
	// mysql, mysql2 and mariadb of npm: lib/protocol, lib/commands/client_handshake.js.
	{say: "HANDSHAKE_NO_SSL_SUPPORT", is: fact.ServerWithoutTLS, in: inMySQLNode},
	{say: "Server does not support secure connection", is: fact.ServerWithoutTLS, in: inMySQLNode},
	{say: "Server does not support secure connnection", is: fact.ServerWithoutTLS, in: inMySQLNode},
	{say: "HANDSHAKE_SSL_ERROR", in: inMySQLNode},
	{say: "HANDSHAKE_UNKNOWN_ERROR", is: fact.HandshakeFailed, in: inMySQLNode},
	{say: "PROTOCOL_CONNECTION_LOST", is: fact.EOFEstablished, in: inMySQLNode},
	{say: "Connection lost: The server closed the connection", is: fact.EOFEstablished, in: inMySQLNode},
	{say: "Packets out of order. Got", is: fact.NotThisProtocol, in: inMySQLNode},
	{say: "Unknown SSL profile", is: fact.OptionInvalid, in: inMySQLNode},
	{say: "SSL profile must be an object", is: fact.OptionInvalid, in: inMySQLNode},
	{say: "ER_SERVER_SSL_DISABLED", is: fact.ServerWithoutTLS, in: inMySQLNode},
	{say: "Trying to connect with ssl, but ssl not enabled in the server", is: fact.ServerWithoutTLS, in: inMySQLClient},
	{say: "socket has unexpectedly been closed", is: fact.Closed, in: inMySQLNode},
	{say: "Connection timeout: failed to create socket after", is: fact.TimedOut, in: inMySQLNode},
	{say: "ER_UNEXPECTED_PACKET", is: fact.NotThisProtocol, in: inMySQLNode},
	// Connector/J: LocalizedErrorMessages.properties, ExportControlled.java.
	{say: "Communications link failure", in: inMySQLJava},
	{say: "com.mysql.*", in: inMySQLJava},
	{say: "com.github.shyiko.mysql.binlog", in: inMySQLJava},
	{say: "org.mariadb.jdbc", in: inMySQLJava},
	{say: "Could not connect to address=(host=*", in: inMySQLJava},
	{say: "SSL Connection required, but not provided by server", is: fact.ServerWithoutTLS, in: inMySQLJava},
	{say: "SSL Connection required, but not supported by server", is: fact.ServerWithoutTLS, in: inMySQLJava},
	{say: "A secure connection is required but the server is not configured with SSL", is: fact.ServerWithoutTLS, in: inMySQLJava},
	{say: "Server certificate identity check failed", is: fact.CertName, in: inMySQLJava},
	{say: "Server identity verification failed", is: fact.CertName, in: inMySQLJava},
	{say: "Establishing SSL connection without server's identity verification is not recommended", is: fact.VerificationOff, in: inMySQLJava},
	{say: "Public Key Retrieval is not allowed", is: fact.TLSDemanded, in: inMySQLJava},
	{say: "RSA public key is not available client side", is: fact.TLSDemanded, in: inMySQLJava},
	{say: "list of TLS versions only contains non valid TLS protocols", is: fact.OptionInvalid, in: inMySQLJava},
	{say: "acceptable values are: 'DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA' or 'VERIFY_IDENTITY'", is: fact.OptionInvalid, in: inMySQLJava},
	{say: "longer than the server configured value of 'wait_timeout'", is: fact.EOFEstablished, in: inMySQLJavaUse},
	{say: "No operations allowed after connection closed", is: fact.EOFEstablished, in: inMySQLJavaUse},
	{say: "SSL hostname verification failed", is: fact.CertName, in: inMySQLJava},
	{say: "unexpected end of stream, read 0 bytes from 4", is: fact.Closed, in: inMySQLJava},
	// PyMySQL, mysqlclient, MySQL Connector/Python.
	{say: "pymysql*", in: inMySQLPython},
	{say: "MySQLdb.*", in: inMySQLPython},
	{say: "mysql.connector.*", in: inMySQLPython},
	{say: "Packet sequence number wrong", is: fact.NotThisProtocol, in: inMySQLPython},
	{say: "No supported TLS protocol version found in the 'tls-versions' list", is: fact.NoVersionLeft, in: inMySQLPython},
	{say: "not recognized as a valid TLS protocol version", is: fact.OptionInvalid, in: inMySQLPython},
	{say: "Python installation has no SSL support", is: fact.RuntimeTooOld, in: inMySQLPython},
	{say: "password requires SSL", is: fact.TLSDemanded, in: inMySQLClient},
	// PHP: ext/mysqlnd.
	{say: "Cannot connect to MySQL by using SSL", is: fact.HandshakeFailed, in: inMySQLPHP},
	{say: "Cannot connect to MySQL using SSL", is: fact.HandshakeFailed, in: inMySQLPHP},
	{say: "mysqli_real_connect()", in: inMySQLPHP},
	{say: "mysqli::real_connect()", in: inMySQLPHP},
	{say: "mysqli_connect()", in: inMySQLPHP},
	{say: "mysqli::__construct()", in: inMySQLPHP},
	{say: "PDO::__construct()", in: inPHPDatabase},
	{say: "The server requested authentication method unknown to the client", is: fact.LoginFailed, in: inMySQLPHP},
	{say: "Error establishing a database connection", is: fact.CannotConnect, in: inDatabase},
	// .NET: MySqlConnector and MySql.Data.
	{say: "SSL Authentication Error", is: fact.HandshakeFailed, in: inMySQLDotnet},
	{say: "MySqlException", in: inMySQLDotnet},
	{say: "MySqlConnector.*", in: inMySQLDotnet},
	{say: "Unable to connect to any of the specified MySQL hosts", is: fact.CannotConnect, in: inMySQLDotnet},
	{say: "Reading from the stream has failed", is: fact.Closed, in: inMySQLDotnet},
	{say: "The host … does not support SSL connections", is: fact.ServerWithoutTLS, in: inMySQLDotnet},
	{say: "option 'ssl* … not supported", is: fact.OptionUnknown, in: inDatabase},
	// Rust: mysql_async, sqlx, Prisma.
	{say: "Client asked for SSL but server does not have this capability", is: fact.ServerWithoutTLS, in: inMySQLRust},
	{say: "for `ssl_mode`", is: fact.OptionInvalid, in: inMySQLRust},
	{say: "error occurred while attempting to establish a TLS connection", in: inRustDatabase},
	{say: "but SQLx was built without TLS support enabled", is: fact.OptionsClash, in: inRustDatabase},
	{say: "Error opening a TLS connection", is: fact.HandshakeFailed, in: inRustDatabase},
	{say: "Can't reach database server at", is: fact.CannotConnect, in: inRustDatabase},
	{say: "P1017", is: fact.EOFEstablished, in: inRustDatabase},
	{say: "Authentication failed against database server", is: fact.LoginFailed, in: inRustDatabase},
	{say: "was denied access on the database", is: fact.AccessDenied, in: inRustDatabase},
	// Perl, Ruby, ODBC.
	{say: "io.r2dbc.*", in: inJavaDatabase},
	{say: "PDOException", in: inPHPDatabase},
	{say: "django.db.utils.*", in: inPythonDatabase},
	{say: "sqlalchemy.exc.*", in: inPythonDatabase},
	{say: "SequelizeConnectionError", in: inNodeDatabase},
	{say: "ActiveRecord::*", in: inRubyDatabase},
	{say: "DBI connect(*", in: inDatabaseClient},
	{say: "Mysql2::Error*", in: inMySQLRuby},
	{say: "[MySQL][ODBC", in: inMySQLODBC},
}

// mysqlProxyRows are the messages of what stands between client and server.
var mysqlProxyRows = []row{
	{say: "using password: … SSL is required", is: fact.TLSDemanded, in: inProxySQL},
	{say: "ProxySQL Error", in: inProxySQL},
	{say: "Max connect timeout reached while reaching hostgroup", is: fact.ConnectTimeout, in: inProxySQLUpstream},
	{say: "Access without SSL denied", is: fact.TLSDemanded, in: inMaxScale},
	{say: ") failed SSL negotiation", is: fact.HandshakeFailed, in: inMaxScale},
	{say: "server does not allow insecure connections, client must use SSL/TLS", is: fact.TLSDemanded, in: inMySQL},
	{say: "This RDS Proxy requires TLS connections", is: fact.TLSDemanded, in: inDatabase},
}

var (
	inMySQLGo      = []fact.Context{"mysql", "go", fact.Database, fact.ByClient}
	inMySQLNode    = []fact.Context{"mysql", "node", fact.Database, fact.ByClient}
	inMySQLJava    = []fact.Context{"mysql", "java", "jdbc", fact.Database, fact.ByClient}
	inMySQLJavaUse = []fact.Context{"mysql", "java", "jdbc", fact.Database, fact.ByClient, fact.InUse}
	inMySQLPython  = []fact.Context{"mysql", "python", fact.Database, fact.ByClient}
	inMySQLPHP     = []fact.Context{"mysql", "php", fact.Database, fact.ByClient}
	inMySQLDotnet  = []fact.Context{"mysql", "dotnet", fact.Database, fact.ByClient}
	inMySQLRust    = []fact.Context{"mysql", "rust", fact.Database, fact.ByClient}
	inMySQLRuby    = []fact.Context{"mysql", "ruby", fact.Database, fact.ByClient}
	inMySQLODBC    = []fact.Context{"mysql", "odbc", fact.Database, fact.ByClient}

	inGoDatabase     = []fact.Context{"go", fact.Database, fact.ByClient}
	inPythonDatabase = []fact.Context{"python", fact.Database, fact.ByClient}
	inNodeDatabase   = []fact.Context{"node", fact.Database, fact.ByClient}
	inRubyDatabase   = []fact.Context{"ruby", fact.Database, fact.ByClient}
	inPHPDatabase    = []fact.Context{"php", fact.Database, fact.ByClient}
	inRustDatabase   = []fact.Context{"rust", fact.Database, fact.ByClient}
	inDatabaseClient = []fact.Context{fact.Database, fact.ByClient}

	inProxySQL         = []fact.Context{"mysql", "proxysql", fact.Database}
	inProxySQLUpstream = []fact.Context{"mysql", "proxysql", fact.Database, fact.ByClient, fact.ToUpstream}
	inMaxScale         = []fact.Context{"mysql", "maxscale", fact.Database}
)
