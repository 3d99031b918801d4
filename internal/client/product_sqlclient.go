package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// sqlServerClients lists the clients of SQL Server.
func sqlServerClients() []Product {
	return []Product{sqlClient(), sqlClientLinux(), systemDataSQLClient(), ssms(), odbcWindows(), odbcLinux(), oledb(), mssqlJDBC(), goMSSQLDB(), tedious(), freeTDS()}
}

// A tdsDriver is what Microsoft's own drivers differ in.
type tdsDriver struct {
	profile Profile
	text    func(Failure) string
	// mandatory and strict are the releases that made TLS the default and brought TDS 8.0; "" never, "0" from the first on.
	mandatory, strict string
	// forced is the release from which on Encrypt=Optional verifies, without TrustServerCertificate, where the server forces encryption.
	forced string
	late   bool // chain and name are judged when the handshake is over
}

// modes lists the modes of a driver: Encrypt and TrustServerCertificate. Encrypt=Optional is no plain text: both sides encrypt the
// login where the server can, and where the server forces encryption everything (MS-TDS 2.2.6.5); the certificate goes unseen.
func (d tdsDriver) modes() []Mode {
	optional, mandatory := d.does(Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}), d.does(Behaviour{TLS: TLSRequire, Chain: true, Name: true})
	trusting := d.does(Behaviour{TLS: TLSRequire})
	checked := optional
	checked.Forced = &mandatory
	const login = "the login is encrypted with anybody, the data after it only where the server forces that; plain text where the server has no TLS"
	const full = "TLS or nothing, chain and name verified"
	var modes []Mode
	if d.mandatory != "0" {
		modes = append(modes, Mode{ID: "default", Says: "Encrypt=Optional: " + login, Does: optional})
	}
	if d.mandatory != "" {
		modes = append(modes, Mode{ID: "default", Says: "Encrypt=Mandatory: " + full, Versions: strings.TrimPrefix(d.mandatory, "0"), Does: mandatory})
	}
	modes = append(modes,
		Mode{ID: "Encrypt=Mandatory", Says: full, Does: mandatory},
		Mode{ID: "Encrypt=Mandatory TrustServerCertificate", Says: "TLS or nothing, with anybody", Does: trusting},
		Mode{ID: "Encrypt=Optional", Says: login, Does: optional},
		Mode{ID: "Encrypt=Optional TrustServerCertificate", Says: login, Does: optional})
	if d.forced != "" {
		modes = append(modes, Mode{ID: "Encrypt=Optional", Versions: d.forced, Does: checked,
			Says: login + "; chain and name are verified where the server forces encryption"})
	}
	if d.strict == "" {
		return modes
	}
	return append(modes, Mode{ID: "Encrypt=Strict", Says: "TDS 8.0: TLS before the first word, chain and name verified whatever TrustServerCertificate says",
		Versions: d.strict, Does: d.does(tdsStrict())})
}

// tdsStrict is TDS 8.0, which begins with TLS and its own ALPN name.
func tdsStrict() Behaviour {
	return Behaviour{TLS: TLSDirect, Chain: true, Name: true, Roots: RootsGiven, ALPN: []string{"tds/8.0"}}
}

// does completes a behaviour. These drivers know no CA file: what counts as given is what their machine's store, or Java's, has been given.
func (d tdsDriver) does(b Behaviour) Behaviour {
	b.Profile, b.Roots, b.Text = d.profile, RootsGiven, d.text
	b.ChainLate, b.NameLate = d.late, d.late
	return b
}

// currentSchannel is that of the Windows which a driver is taken to run on where nobody says.
func currentSchannel() Profile {
	p, _ := schannelProfile("2022")
	return p
}

// sqlClient is Microsoft.Data.SqlClient on Windows, over its native network library and Schannel: Encrypt is Mandatory by default
// since 4.0, Strict came with 5.0.
func sqlClient() Product {
	d := tdsDriver{profile: currentSchannel(), text: sqlClientWindows, mandatory: "4", strict: "5", forced: "2"}
	return Product{ID: "sqlclient", Says: "Microsoft.Data.SqlClient on Windows (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{"ado.net", "sqlclient-windows"}, Modes: d.modes()}
}

// sqlClientLinux is the same over managed code and .NET's SslStream on OpenSSL.
func sqlClientLinux() Product {
	d := tdsDriver{profile: dotnetLinuxProfile(), text: sqlClientManaged, mandatory: "4", strict: "5", forced: "2", late: true}
	return Product{ID: "sqlclient-linux", Says: "Microsoft.Data.SqlClient on Linux (not measured)", Protocols: tdsProtocols(), Modes: d.modes()}
}

// systemDataSQLClient is what the .NET Framework brought, and the package of the same name: plain by default to its end.
func systemDataSQLClient() Product {
	d := tdsDriver{profile: currentSchannel(), text: sqlClientWindows}
	return Product{ID: "system.data.sqlclient", Says: "System.Data.SqlClient (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{".net framework sqlclient", "system.data"}, Modes: d.modes()}
}

// ssms is SQL Server Management Studio: "Encryption" is Mandatory by default since 20, which brought Strict too.
func ssms() Product {
	d := tdsDriver{profile: currentSchannel(), text: sqlClientWindows, mandatory: "20", strict: "20"}
	return Product{ID: "ssms", Says: "SQL Server Management Studio (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{"management studio"}, Modes: d.modes()}
}

func tdsProtocols() []string { return []string{"mssql", "mssql-strict"} }

// The sentences of SqlClient (Microsoft.Data.SqlClient's Strings.resx: Snix_Connect, Snix_PreLogin, Snix_Login, SQL_EncryptionNotSupportedByServer,
// SQL_Timeout_PreLogin_ConsumeHandshake).
const (
	snixConnect = "A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not " +
		"accessible. Verify that the instance name is correct and that SQL Server is configured to allow remote connections."
	snixPreLogin  = "A connection was successfully established with the server, but then an error occurred during the pre-login handshake."
	snixLogin     = "A connection was successfully established with the server, but then an error occurred during the login process."
	sqlNoSupport  = "The instance of SQL Server you attempted to connect to does not support encryption."
	sqlTimeout    = "Connection Timeout Expired.  The timeout period elapsed while attempting to consume the pre-login handshake acknowledgement.  "
	sqlTimeoutWhy = "This could be because the pre-login handshake failed or the server was unable to respond back in time."
)

// sqlClientCommon are the failures that SqlClient words itself on every system.
func sqlClientCommon(f Failure) (string, bool) {
	if _, _, text, ok := f.serverError(); ok {
		return text, true
	}
	switch {
	case f.How == fact.EndDeclined:
		return sqlNoSupport, true
	case f.How == fact.EndTimeout && f.Step != StepTCP:
		return sqlTimeout + sqlTimeoutWhy, true
	}
	return "", false
}

// sqlClientWindows is the message of SqlException over Schannel: the phase, the network library's layer, the system's text.
func sqlClientWindows(f Failure) string {
	if text, ok := sqlClientCommon(f); ok {
		return text
	}
	switch {
	case f.Step == StepTCP:
		return snixConnect + sniProvider("TCP", 0, windowsSocket(f.How))
	case f.Step == StepPreamble || f.Step == StepPlain:
		return snixPreLogin + sniProvider("TCP", 0, windowsSocket(f.How))
	}
	return snixLogin + sniProvider("SSL", 0, schannelText(f))
}

func sniProvider(layer string, code int, text string) string {
	return fmt.Sprintf(" (provider: %s Provider, error: %d - %s)", layer, code, text)
}

// windowsSocket is what Windows says of a connection that ended (winerror.h: 10061, 10060, 10054).
func windowsSocket(how fact.How) string {
	switch how {
	case fact.EndRefused:
		return "No connection could be made because the target machine actively refused it."
	case fact.EndTimeout, fact.EndUnreachable:
		return "A connection attempt failed because the connected party did not properly respond after a period of time, or established " +
			"connection failed because connected host has failed to respond."
	}
	return "An existing connection was forcibly closed by the remote host."
}

// schannelText is the text of Schannel's status, or of the socket's where the server just hung up (winerror.h). The chain comes before the
// dates, both before the name (CertVerifyCertificateChainPolicy).
func schannelText(f Failure) string {
	switch {
	case f.How == fact.EndClosed || f.How == fact.EndReset:
		return windowsSocket(f.How)
	case f.How == fact.EndNotTLS:
		return "The token supplied to the function is invalid" // SEC_E_INVALID_TOKEN
	case f.Reason == "name":
		return "The target principal name is incorrect." // SEC_E_WRONG_PRINCIPAL
	case f.Reason == "chain":
		return schannelChain(f.Verdict)
	case f.Alert == wire.AlertProtocolVersion || f.Reason == wire.ReasonUnofferedVersion || f.Reason == "version-too-low":
		return "The client and server cannot communicate, because they do not possess a common algorithm." // SEC_E_ALGORITHM_MISMATCH
	}
	return "The message received was unexpected or badly formatted." // SEC_E_ILLEGAL_MESSAGE: any other alert
}

func schannelChain(v *fact.Verdict) string {
	switch {
	case fatal(v, fact.SelfSignedLeaf, fact.RootUnknown, fact.IssuerMissing, fact.NoAnchors, fact.AnchorRotated) != nil:
		return "The certificate chain was issued by an authority that is not trusted." // SEC_E_UNTRUSTED_ROOT
	case fatal(v, fact.LeafExpired, fact.LeafNotYetValid, fact.CAExpired, fact.CANotYetValid) != nil:
		return "The received certificate has expired." // SEC_E_CERT_EXPIRED
	case fatal(v, fact.Revoked) != nil:
		return "The certificate is revoked." // CRYPT_E_REVOKED
	}
	return "An unknown error occurred while processing the certificate." // SEC_E_CERT_UNKNOWN
}

// sqlClientManaged is the message of SqlException and the exceptions inside it (ManagedSni/SniTcpHandle.netcore.cs). The number of the
// exception is that of an untrusted root for every failure of TLS, and is therefore left out.
func sqlClientManaged(f Failure) string {
	if text, ok := sqlClientCommon(f); ok {
		return text
	}
	internal := sniProvider("TCP", 35, "An internal exception was caught")
	switch {
	case f.Step == StepTCP:
		return snixConnect + sniProvider("TCP", 40, "Could not open a connection to SQL Server")
	case f.Step == StepPreamble || f.Step == StepPlain:
		return snixPreLogin + sniProvider("TCP", 0, errnoText(f.How))
	case f.Reason == "name":
		return snixPreLogin + internal + dotnetInner + dotnetAuth +
			"Certificate name mismatch. The provided 'DataSource' or 'HostNameInCertificate' does not match the name in the certificate."
	case f.Reason == "chain":
		return snixPreLogin + internal + dotnetInner + dotnetAuth + "The remote certificate was rejected by the provided RemoteCertificateValidationCallback."
	}
	return snixPreLogin + sniProvider("SSL", 31, "Encryption(ssl/tls) handshake failed") + strings.TrimPrefix(dotnetLinux(f), strings.TrimSuffix(dotnetOuter, dotnetInner))
}

// dotnetInner is how .NET prints that an exception has another inside.
const dotnetInner = "\n ---> "
