package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// windowsRows are the phrases of this family: the sentences of Winsock, SSPI and the certificate store in English
// (winerror.h) and, in windows_local.go, in the other languages of Windows; Schannel's events, IIS and HTTP.sys, WinHTTP, remote
// desktop, and LDAP over TLS of a domain controller.
var windowsRows = slices.Concat(
	winsockRows,
	sspiRows,
	schannelRows,
	schannelServerRows,
	iisRows,
	winhttpRows,
	certTrustRows,
	remoteRows,
	winsockLocal,
	sspiLocal,
	schannelLocal,
)

var (
	onWindows  = []fact.Context{"windows"}
	inSchannel = []fact.Context{"windows", "schannel"}
)

var winsockRows = slices.Concat(
	alike(fact.ForciblyClosed, onWindows, "existing connection was forcibly closed by the remote host", "connection was forcibly closed by a peer",
		"WSAECONNRESET"),
	alike(fact.Closed, onWindows, "established connection was aborted by the software in your host machine", "WSAECONNABORTED"),
	alike(fact.ConnectTimeout, onWindows, "connection attempt failed because the connected party did not properly respond after a period of time",
		"WSAETIMEDOUT"),
	alike(fact.ConnectionRefused, onWindows, "because the target machine actively refused it", "remote computer refused the network connection",
		"WSAECONNREFUSED"),
	alike(fact.NameNotFound, onWindows, "No such host is known", "requested name is valid, but no data of the requested type was found"),
	alike(fact.ResolverFailed, onWindows, "This is usually a temporary error during hostname resolution"),
	alike(fact.NoRoute, onWindows, "socket operation was attempted to an unreachable network", "socket operation was attempted to an unreachable host"),
	alike(fact.AddressInUse, onWindows, "Only one usage of each socket address"),
	alike(fact.Closed, onWindows, "specified network name is no longer available", "No process is on the other end of the pipe"),
	alike(fact.TimedOut, onWindows, "semaphore timeout period has expired", "The wait operation timed out"),
	alike(fact.CannotConnect, onWindows, "The network path was not found"),
)

// sspiRows are what SSPI, Schannel and the certificate store say by way of Win32Exception, ODBC, WinHTTP and others.
var sspiRows = slices.Concat(
	alike(fact.IssuerUnknown, onWindows, "certificate chain was issued by an authority that is not trusted"),
	alike(fact.CertName, onWindows, "target principal name is incorrect"),
	alike(fact.SPNProblem, nil, "generate SSPI context"),
	alike(fact.SPNProblem, onWindows, "target principal name is incorrect. Cannot generate SSPI context", "Cannot generate SSPI context",
		"SQL Server Network Interfaces: The target principal name is incorrect"),
	alike(fact.CertExpired, onWindows, "The received certificate has expired"),
	alike(fact.VerifyFailed, onWindows, "unknown error occurred while processing the certificate"),
	alike(fact.NoVersionLeft, onWindows, "client and server cannot communicate, because they do not possess a common algorithm"),
	alike(fact.NotTLS, onWindows, "token supplied to the function is invalid"),
	alike(fact.HandshakeFailed, onWindows, "message received was unexpected or badly formatted"),
	alike(fact.KeyUnreadable, onWindows, "No credentials are available in the security package", "credentials supplied to the package were not recognized",
		"Keyset does not exist"),
	alike(fact.InternalError, onWindows, "Local Security Authority cannot be contacted", "buffers supplied to a function was too small"),
	alike(fact.BadRecordMAC, onWindows, "message or signature supplied for verification has been altered", "specified data could not be decrypted"),
	alike(fact.UnexpectedMessage, onWindows, "message supplied for verification is out of sequence"),
	alike(fact.DecodeError, onWindows, "supplied message is incomplete. The signature was not verified"),
	alike(fact.VersionRefused, onWindows, "function requested is not supported"),
	alike(fact.OtherFault, onWindows, "CredSSP encryption oracle remediation"),
	alike(fact.ClientCertDemanded, onWindows, "credentials supplied were not complete, and could not be verified"),
	alike(fact.NoSharedALPN, onWindows, "no common application protocol between the client and the server"),
	alike(fact.SelfSignedRoot, onWindows, "terminated in a root certificate which is not trusted by the trust provider"),
	alike(fact.IssuerUnknown, onWindows, "certificate chain could not be built to a trusted root authority"),
	alike(fact.CertDate, onWindows, "required certificate is not within its validity period"),
	alike(fact.CertName, onWindows, "certificate's CN name does not match the passed value"),
	alike(fact.CertRevoked, onWindows, "certificate was explicitly revoked by its issuer"),
	alike(fact.RevocationUnknown, onWindows, "revocation function was unable to check revocation", "revocation process could not continue",
		"certificate is not in the revocation server's database", "unable to check revocation for the certificate",
		"unable to check revocation because the revocation server was offline"),
	alike(fact.CertWrongPurpose, onWindows, "certificate is not valid for the requested usage"),
	alike(fact.VerifyFailed, onWindows, "signature of the certificate cannot be verified"),
	alike(fact.InvalidCA, onWindows, "basic constraint extension of a certificate has not been observed"),
	alike(fact.KeyUnreadable, onWindows, "Cannot find the certificate and private key for decryption"),
)

// schannelRows are Schannel's events about the peer's certificate and about clients, in the older wording (SSL) and in the newer (TLS).
var schannelRows = slices.Concat(
	alike(fact.CredentialFailed, inSchannel, "fatal error occurred while creating … credential. The internal error state is"),
	alike(fact.KeyUnreadable, inSchannel, "fatal error occurred when attempting to access the … credential private key",
		"credential's certificate does not have a private key information property"),
	alike(fact.NoCipherLeft, append(slices.Clone(inSchannel), fact.ByClient), "No supported cipher suites were found when initiating"),
	alike(fact.ClientCertDemanded, append(slices.Clone(inSchannel), fact.ByClient), "client authentication, but no suitable client certificate could be found"),
	alike(fact.VerifyFailed, append(slices.Clone(inSchannel), fact.ByClient), "certificate received from the remote server has not validated correctly"),
	alike(fact.CertDate, append(slices.Clone(inSchannel), fact.ByClient), "certificate received from the remote server has either expired or is not yet valid"),
	alike(fact.IssuerUnknown, append(slices.Clone(inSchannel), fact.ByClient),
		"certificate received from the remote server was issued by an untrusted certificate authority"),
	alike(fact.CertRevoked, append(slices.Clone(inSchannel), fact.ByClient), "certificate received from the remote server has been revoked"),
	alike(fact.CertName, append(slices.Clone(inSchannel), fact.ByClient), "certificate received from the remote server does not contain the expected name"),
	alike(fact.InternalError, inSchannel, "fatal error occurred while opening the system … cryptographic module"),
	alike("", inSchannel, "SChannel error state is", "Source: Schannel", "Microsoft-Windows-Schannel", "schannel:"),
)

// schannelServerRows are Schannel's events of a server.
var schannelServerRows = slices.Concat(
	alike(fact.NoSharedCipher, append(slices.Clone(inSchannel), fact.ByServer), "none of the cipher suites supported by the client application are supported by the server"),
	alike(fact.VerifyFailed, append(slices.Clone(inSchannel), fact.ByServer), "certificate received from the remote client application has not validated correctly"),
	alike(fact.OtherFault, append(slices.Clone(inSchannel), fact.ByServer),
		"certificate received from the remote client application was not successfully mapped to a client system account",
		"certificate received from the remote client application is not suitable for direct mapping"),
	alike(fact.NoServerCredential, append(slices.Clone(inSchannel), fact.ByServer), "No suitable default server credential exists on this system"),
	alike("", append(slices.Clone(inSchannel), fact.ByServer), "TLS server credential", "SSL server credential"),
	alike("", append(slices.Clone(inSchannel), fact.ByClient), "TLS client credential", "SSL client credential"),
	alike("", append(slices.Clone(inSchannel), fact.ByServer), "Currently, this server trusts so many certificate authorities"),
)
