package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// dotnetRows are the phrases of this family: System.Net.Security (Strings.resx of dotnet/runtime and its predecessors),
// HttpClient, ServicePointManager of .NET Framework, Kestrel, Npgsql and MySqlConnector.
var dotnetRows = slices.Concat(
	dotnetNames,
	dotnetVerify,
	dotnetChain,
	dotnetHandshake,
	netfxRows,
	kestrelRows,
	dotnetDrivers,
	dotnetLocal,
)

var (
	inDotnet  = []fact.Context{"dotnet"}
	inNetFx   = []fact.Context{"dotnet", "netfx", "schannel", "windows", fact.ByClient}
	inKestrel = []fact.Context{"dotnet", "kestrel", fact.Web, fact.ByServer}
)

// dotnetNames tell that .NET spoke, and on which system: Interop.OpenSsl is there on Linux only.
var dotnetNames = slices.Concat(
	alike("", inDotnet, "System.Security.Authentication.AuthenticationException", "System.Net.Http.HttpRequestException", "System.IO.IOException",
		"System.Net.Sockets.SocketException", "System.ComponentModel.Win32Exception", "System.Net.Security.SslStream", "System.Net.WebException",
		"Unhandled exception. System."),
	alike("", []fact.Context{"dotnet", "openssl"}, "Interop+OpenSsl+SslException", "Interop+Crypto+OpenSslCryptographicException", "Interop.OpenSsl"),
	alike("", []fact.Context{"dotnet", "netfx", "schannel"}, "System.Net.Security.SslState", "System.Net.TlsStream", "System.Net.HttpWebRequest"),
	alike("", []fact.Context{"dotnet", "schannel"}, "SslStreamPal.Windows", "SSPIWrapper"),
	alike("", []fact.Context{"dotnet", fact.ByClient}, "SslStream.AuthenticateAsClient", "System.Net.Http.ConnectHelper", "ForceAuthenticationAsync"),
	alike("", []fact.Context{"dotnet", fact.ByServer}, "SslStream.AuthenticateAsServer", "HttpsConnectionMiddleware"),
)

// dotnetVerify: since .NET Core 3 the sentence names SslPolicyErrors, since .NET 5 the chain's flags.
var dotnetVerify = slices.Concat(
	alike(fact.VerifyFailed, inDotnet, "remote certificate is invalid according to the validation procedure",
		"remote certificate is invalid according to the validation procedure: RemoteCertificateChainErrors"),
	alike(fact.CertName, inDotnet, "remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch",
		"remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch, RemoteCertificateChainErrors",
		"remote certificate is invalid according to the validation procedure: RemoteCertificateChainErrors, RemoteCertificateNameMismatch",
		"remote certificate is invalid because of errors in the certificate's name", "RemoteCertificateNameMismatch"),
	alike(fact.NoPeerCert, inDotnet, "remote certificate is invalid according to the validation procedure: RemoteCertificateNotAvailable",
		"RemoteCertificateNotAvailable", "remote server did not provide a certificate"),
	alike(fact.RejectedByCallback, inDotnet, "rejected by the provided RemoteCertificateValidationCallback",
		"certificate was rejected by RemoteCertificateValidationCallback"),
	alike("", inDotnet, "remote certificate is invalid because of errors in the certificate chain"),
	alike(fact.VerifyFailed, inDotnet, "RemoteCertificateChainErrors"),
)

// dotnetChain are X509ChainStatusFlags by name, and the sentences of X509ChainStatus.StatusInformation on Windows.
var dotnetChain = slices.Concat(
	alike(fact.LeafUnverified, inDotnet, "PartialChain"),
	alike(fact.SelfSignedRoot, inDotnet, "UntrustedRoot"),
	alike(fact.CertDate, inDotnet, "NotTimeValid"),
	alike(fact.RevocationUnknown, inDotnet, "RevocationStatusUnknown", "OfflineRevocation"),
	alike(fact.CertRevoked, inDotnet, "errors in the certificate chain: Revoked"),
	alike(fact.VerifyFailed, inDotnet, "NotSignatureValid", "ExplicitDistrust"),
	alike(fact.DigestTooWeak, inDotnet, "HasWeakSignature"),
	alike(fact.CertWrongPurpose, inDotnet, "NotValidForUsage"),
	alike(fact.InvalidCA, inDotnet, "InvalidBasicConstraints"),
	alike(fact.CertUnacceptable, inDotnet, "HasNotSupportedNameConstraint", "HasNotPermittedNameConstraint", "HasExcludedNameConstraint",
		"InvalidNameConstraints", "HasNotSupportedCriticalExtension", "InvalidPolicyConstraints", "NoIssuanceChainPolicy"),
)

// dotnetHandshake are the sentences of SslStream, HttpClient and sockets about the handshake.
var dotnetHandshake = slices.Concat(
	alike(fact.EOFInHandshake, inDotnet, "Authentication failed because the remote party has closed the transport stream",
		"Authentication failed because the remote party closed the connection", "Received an unexpected EOF or 0 bytes from the transport stream",
		"Remote party has probably closed the connection"),
	alike(fact.NotTLS, inDotnet, "Cannot determine the frame size or a corrupted frame was received", "handshake failed due to an unexpected packet format",
		"Received an invalid authentication frame"),
	alike(fact.NoSharedALPN, inDotnet, "Application negotiation failed"),
	alike(fact.UnsafeRenegotiation, inDotnet, "requested renegotiation when AllowRenegotiation was set to false"),
	alike(fact.OptionsClash, inDotnet, "is not valid for this platform because it skips intermediate versions",
		"encryption policy is not supported by this installation of OpenSSL"),
	alike(fact.KeyUnreadable, inDotnet, "must use a certificate with the associated private key", "m_safeCertContext is an invalid handle", "Using SSL certificate private key failed"),
	alike(fact.KeyMismatch, inDotnet, "SSL certificate private key check failed"),
	alike(fact.RuntimeTooOld, inDotnet, "requested security protocol is not supported"),
	alike(fact.BadRecordMAC, inDotnet, "decryption operation failed, see inner exception", "Decrypt failed with OpenSSL error"),
	alike(fact.HandshakeFailed, inDotnet, "Authentication failed on the remote side"),
	alike("", append(slices.Clone(inDotnet), fact.ByClient), "SSL connection could not be established"),
	alike("", inDotnet, "SSL Handshake failed with OpenSSL error", "Authentication failed because the remote party sent a TLS alert"),
	alike(fact.TimedOut, append(slices.Clone(inDotnet), fact.ByClient), "HttpClient.Timeout of"),
	alike(fact.EOFEstablished, append(slices.Clone(inDotnet), fact.ByClient, fact.InUse), "response ended prematurely"),
	alike(fact.TunnelRefused, append(slices.Clone(inDotnet), fact.ByClient), "proxy tunnel request to proxy … failed with status code"),
	alike(fact.Reset, inDotnet, "Unable to write data to the transport connection: Connection reset by peer",
		"Unable to read data from the transport connection: Connection reset by peer"),
	alike(fact.ForciblyClosed, inDotnet, "Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host",
		"Unable to write data to the transport connection: An existing connection was forcibly closed by the remote host"),
)

// netfxRows are WebException of .NET Framework and what PowerShell 5 shows of it.
var netfxRows = slices.Concat(
	alike(fact.HandshakeFailed, inNetFx, "Could not create SSL/TLS secure channel", "Could not establish secure channel for SSL/TLS"),
	alike(fact.HandshakeFailed, inNetFx, "server certificate is not configured properly with HTTP.SYS in the HTTPS case"),
	alike(fact.ClientCertDemanded, inNetFx, "HTTP request was forbidden with client authentication scheme"),
	alike(fact.IssuerUnknown, inNetFx, "certificate that was used has a trust chain that cannot be verified"),
	alike(fact.VerifyFailed, inNetFx, "Could not establish trust relationship for the SSL/TLS secure channel"),
	alike(fact.VerifyFailed, inNetFx, "Could not establish trust relationship for the SSL/TLS secure channel with authority"),
	alike(fact.BrokeInHandshake, inNetFx, "underlying connection was closed: An unexpected error occurred on a send",
		"underlying connection was closed: An unexpected error occurred on a receive"),
	alike(fact.Closed, inNetFx, "underlying connection was closed: The connection was closed unexpectedly",
		"connection that was expected to be kept alive was closed by the server"),
	alike(fact.CannotConnect, inNetFx, "Unable to connect to the remote server"),
	alike(fact.NameNotFound, inNetFx, "remote name could not be resolved"),
	alike(fact.RuntimeTooOld, inNetFx, "Unable to find type … SecurityProtocolType", "Cannot convert … SecurityProtocolType"),
	alike("", inNetFx, "Invoke-WebRequest :", "Invoke-RestMethod :"),
)

// kestrelRows are Kestrel, the server of ASP.NET Core.
var kestrelRows = slices.Concat(
	alike("", inKestrel, "Microsoft.AspNetCore.Server.Kestrel"),
	alike("", inKestrel, "Failed to authenticate HTTPS connection"),
	alike(fact.SilentInHandshake, inKestrel, "Authentication of the HTTPS connection timed out"),
	alike(fact.NoServerCredential, inKestrel, "Unable to configure HTTPS endpoint. No server certificate was specified", "No server certificate was specified"),
	alike(fact.CertWrongPurpose, inKestrel, "cannot be used as an SSL server certificate. It has an Extended Key Usage extension"),
	alike(fact.KeyUnreadable, inKestrel, "server certificate … must have an accessible private key", "specified network password is not correct"),
	alike(fact.FileMissing, inKestrel, "Unable to find the certificate file", "specified certificate file does not exist"),
	alike(fact.ThumbprintNotFound, inKestrel, "requested certificate … could not be found in … store"),
	alike(fact.HTTPRequestHere, inKestrel, "HTTP request was sent to an HTTPS endpoint"),
	alike(fact.NotThisProtocol, inKestrel, "HTTP/2 connection error (PROTOCOL_ERROR): Invalid HTTP/2 connection preface"),
	alike(fact.VerificationOff, inKestrel, "The ASP.NET Core developer certificate is not trusted"),
	alike(fact.TLSToPlainPort, inKestrel, "Detected a TLS handshake to an endpoint that does not have TLS enabled"),
	alike(fact.AddressInUse, inKestrel, "Failed to bind to address"),
)

// dotnetDrivers are names of the databases' drivers of .NET; what they say of TLS stands with their databases' families.
var dotnetDrivers = slices.Concat(
	alike("", []fact.Context{"npgsql", "dotnet", fact.Database, fact.ByClient}, "Npgsql.NpgsqlException", "Npgsql.PostgresException"),
	alike("", []fact.Context{"mysqlconnector", "dotnet", fact.Database, fact.ByClient}, "MySqlConnector.MySqlException"),
	alike("", []fact.Context{"connector-net", "dotnet", fact.Database, fact.ByClient}, "MySql.Data.MySqlClient.MySqlException"),
)
