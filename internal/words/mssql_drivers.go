package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mssqlGo are the errors of microsoft/go-mssqldb (tds.go, net.go, msdsn/conn_str.go); what follows "TLS Handshake failed:" is
// Go's word.
var mssqlGo = slices.Concat(
	alike("", mssqlClient("go-mssqldb", "go"), "mssql:"),
	alike("", []fact.Context{"go-mssqldb"}, "TLS Handshake failed:"), // others write it in other letter case
	alike("", mssqlClient("go-mssqldb", "go", fact.InPrelogin), "cannot send handshake packet"),
	alike(fact.EOFInHandshake, mssqlClient("go-mssqldb", "go", fact.InPrelogin), "cannot read handshake packet: EOF", "cannot read handshake packet: unexpected EOF"),
	alike(fact.ServerWithoutTLS, mssqlClient(fact.InPrelogin), "server does not support encryption"),
	alike(fact.ServerWithoutTLS, mssqlClient("go-mssqldb", "go", fact.InPrelogin), "encrypt negotiation failed"),
	alike(fact.NotThisProtocol, mssqlClient("go-mssqldb", "go", fact.InPrelogin), "invalid respones, expected packet type 4, PRELOGIN RESPONSE",
		"invalid response, expected packet type 4, PRELOGIN RESPONSE", "invalid empty PRELOGIN response", "invalid buffer, invalid prelogin option",
		"unexpected packet … expecting prelogin", "invalid packet size, it is longer than buffer size", "invalid packet size, it is shorter than header size"),
	alike(fact.CAFileMissing, mssqlClient("go-mssqldb", "go"), "failed to setup TLS: cannot read certificate", "cannot read server certificate"),
	alike(fact.FileBad, mssqlClient("go-mssqldb", "go"), "failed to decode PEM certificate"),
	alike(fact.PinMismatch, mssqlClient("go-mssqldb", "go"), "server certificate doesn't match the provided certificate"),
	alike(fact.NoPeerCert, mssqlClient("go-mssqldb", "go"), "no peer certificates provided"),
	alike(fact.CertName, mssqlClient("go-mssqldb", "go"), "invalid certificate name … expected"),
	alike(fact.OptionsClash, mssqlClient("go-mssqldb", "go"), "cannot specify both 'certificate' and 'serverCertificate' parameters",
		"cannot specify both 'serverCertificate' and 'hostnameincertificate' parameters"),
	alike(fact.OptionInvalid, mssqlClient("go-mssqldb", "go"), "invalid encrypt '", "invalid trust server certificate '"),
	alike(fact.CannotConnect, mssqlClient("go-mssqldb", "go"), "unable to open tcp connection with host"),
	alike(fact.InstanceNotFound, mssqlClient("go-mssqldb", "go"), "no instance matching … returned from host"),
)

var inFreeTDS = []fact.Context{"freetds", fact.MSSQL, fact.Database, fact.ByClient}

// freetdsRows are DB-Library's messages (dblib.c of FreeTDS) as tsql, pymssql, PHP's dblib and Sybase's tools show them. 20002 is all that
// FreeTDS says of a handshake that failed, and of a login that was refused.
var freetdsRows = slices.Concat(
	alike("", inFreeTDS, "FreeTDS", "DB-Lib error message", "dblib_connect", "pymssql", "_mssql.MSSQL*", "There was a problem connecting to the server"),
	alike(fact.HandshakeFailed, inFreeTDS, "Adaptive Server connection failed", "TDS server connection failed"),
	alike(fact.CannotConnect, inFreeTDS, "Adaptive Server is unavailable or does not exist", "Unable to connect: TDS server is unavailable or does not exist"),
	alike(fact.ConnectTimeout, inFreeTDS, "Adaptive Server connection timed out", "TDS server connection timed out"),
	alike(fact.Closed, inFreeTDS, "Unexpected EOF from the server"),
	alike(fact.Closed, inFreeTDS, "Write to the server failed", "Read from the server failed", "DBPROCESS is dead or not enabled"),
	alike(fact.NotThisProtocol, inFreeTDS, "Bad token from the server: Datastream processing out of sync"),
	alike(fact.TLSDemanded, inFreeTDS, "Server requires encryption"),
	alike(fact.NameNotFound, inFreeTDS, "Unknown host machine name", "Server name not found in configuration files"),
)

var inTedious = []fact.Context{"tedious", "node", fact.MSSQL, fact.Database, fact.ByClient}

// tediousRows are tedious and node-mssql (connection.js); what follows "Failed to connect to host:port - " is Node's word.
var tediousRows = slices.Concat(
	alike("", inTedious, "ConnectionError: Failed to connect to", "code: 'ESOCKET'", "tedious/lib", "ESOCKET",
		"Failed to connect to … :1433 -"),
	alike(fact.TLSDemanded, inTedious, "Server requires encryption, set 'encrypt' config option to true"),
	alike(fact.ConnectTimeout, inTedious, "ETIMEOUT"),
	alike(fact.LoginFailed, inTedious, "code: 'ELOGIN'"),
	alike(fact.InstanceNotFound, inTedious, "Failed to get response from SQL Server Browser", "EINSTLOOKUP"),
	alike(fact.DefaultChanged, inTedious, "The default value for `config.options.encrypt` will change"),
	alike(fact.DefaultChanged, inTedious, "Setting the TLS ServerName to an IP address is not permitted by RFC 6066"),
	alike(fact.Closed, inTedious, "Connection lost - socket hang up"),
	alike(fact.Reset, inTedious, "Connection lost - read ECONNRESET"),
	alike(fact.EOFInHandshake, inTedious, "Failed to connect to … - socket hang up"),
	alike(fact.CannotConnect, inTedious, "Could not connect (sequence)", "Could not connect (parallel)"),
)

// mssqlOthers are tiberius, jTDS, and Rust's and Java's further drivers.
var mssqlOthers = slices.Concat(
	alike("", mssqlClient("tiberius", "rust"), "tiberius::"),
	alike("", mssqlClient("jtds", "java"), "net.sourceforge.jtds"),
	alike(fact.HandshakeFailed, mssqlClient("jtds", "java"), "I/O Error: DB server closed connection"),
	alike(fact.Reset, mssqlClient("jtds", "java"), "Network error IOException: Connection reset"),
	alike(fact.ConnectionRefused, mssqlClient("jtds", "java"), "Network error IOException: Connection refused"),
)
