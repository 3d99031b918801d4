package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// atServer are the circumstances of SQL Server's own log.
func atServer(more ...fact.Context) []fact.Context {
	return append([]fact.Context{fact.MSSQL, "errorlog", fact.Database, fact.ByServer}, more...)
}

// errorlogRows are SQL Server's ERRORLOG about the certificate it loads when it starts: errors 26010 … 26018, 17182, 17826, 17120 and
// what 2022 added for TDS 8.0 (sys.messages).
var errorlogRows = slices.Concat(
	alike(fact.ThumbprintNotFound, atServer(fact.AtStart), "TDSSNIClient initialization failed with error 0x80092004",
		"Unable to load user-specified certificate", "Unable to find the user-specified certificate", "TDSSNIClient initialization failed with error 0xd, status code 0x38"),
	alike(fact.TLSInitFailed, atServer(fact.AtStart), "Unable to initialize SSL support", "it is not possible to create a self-signed certificate",
		"Unable to initialize SSL encryption because a valid certificate could not be found",
		"initialization failed … status code 0x38", "initialization failed … status code 0x80", "FRunCM thread",
		"Could not start the network library because of an internal error in the network library"),
	alike(fact.KeyUnreadable, atServer(fact.AtStart), "TDSSNIClient initialization failed with error 0x8009030d", "TDSSNIClient initialization failed with error 0x8009030e",
		"does not have access to the private key"),
	alike(fact.NoServerCredential, atServer(fact.AtStart), "server could not load the certificate it needs to initiate an SSL connection"),
	alike(fact.AddressInUse, atServer(fact.AtStart), "TDSSNIClient initialization failed with error 0x2740", "Server TCP provider failed to listen on",
		"TDSSNIClient initialization failed with error 0x271d"),
	alike(fact.NoServerCredential, atServer(), "A valid TLS certificate is not configured to accept strict"),
	alike(fact.StrictTLSNeeded, atServer(), "Strict encryption (TDS 8.0 and above) is required to connect to this server"),
	alike(fact.ThumbprintNotFound, atServer(fact.AtStart), "TDSSNIClient ‥ 0xd ‥ 0x*", "TDSSNIClient ‥ 0x80092004"),
	alike("", atServer(fact.AtStart), "was successfully loaded for encryption", "A self-generated certificate was successfully loaded for encryption", "TDSSNIClient initialization"),
)

// errorlogNetwork are SQL Server's ERRORLOG about connections: errors 17828, 17832, 17835, 17836, 17806, 26040, 17189.
var errorlogNetwork = slices.Concat(
	alike(fact.NotThisProtocol, atServer(), "Length specified in network packet payload did not match number of bytes read", "The prelogin packet used to open the connection is structurally invalid",
		"The login packet used to open the connection is structurally invalid"),
	alike(fact.TLSDemanded, atServer(), "Encryption is required to connect to this server but the client library does not support encryption"),
	alike(fact.SPNProblem, atServer(), "SSPI handshake failed with error code"),
	alike(fact.LoginFailed, atServer(), "Error: 18456, Severity: 14"),
	alike(fact.WorkerStarvation, atServer(), "unable to spawn a new thread to handle an incoming connection", "to create a thread to process a new login or connection",
		"appears to be non-yielding", "have not been picked up by a worker thread"),
	alike(fact.TooManyClients, atServer(), "maximum number of … user connections has already been reached"),
	alike(fact.Closed, atServer(), "network error occurred while establishing a connection; the connection has been closed"),
	alike(fact.NotThisProtocol, atServer(), "Error: 17836, Severity", "Error: 17828, Severity"),
	alike(fact.TLSDemanded, atServer(), "Error: 17835, Severity"),
	alike("", atServer(), "Error: 17182, Severity", "Error: 26014, Severity", "Error: 26015, Severity"),
)
