package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

var inIIS = []fact.Context{"windows", "schannel", "iis", fact.Web, fact.ByServer}

// iisRows are what IIS answers with its substatus numbers, and HTTP.sys and netsh say about the certificate of an
// endpoint.
var iisRows = slices.Concat(
	alike(fact.TLSDemanded, inIIS, "HTTP Error 403.4"),
	alike(fact.NoPeerCert, inIIS, "HTTP Error 403.7"),
	alike(fact.RevocationUnknown, inIIS, "HTTP Error 403.13", "client certificate has been revoked, or the revocation status could not be determined"),
	alike(fact.IssuerUnknown, inIIS, "HTTP Error 403.16", "client certificate is either not trusted or is invalid"),
	alike(fact.CertDate, inIIS, "HTTP Error 403.17", "client certificate has expired or is not yet valid"),
	alike(fact.TLSInitFailed, inIIS, "error occurred while using SSL configuration for endpoint"),
	alike(fact.KeyUnreadable, inIIS, "specified logon session does not exist"),
	alike("", inIIS, "SSL Certificate add failed"),
	alike(fact.NoSharedALPN, inIIS, "HTTP_1_1_REQUIRED"),
)

var inWinHTTP = []fact.Context{"windows", "schannel", "winhttp", fact.ByClient}

// winhttpRows are WinHTTP and WinINet: the names of winhttp.h, the flags of its callback, and what their sentences say.
var winhttpRows = slices.Concat(
	alike(fact.HandshakeFailed, inWinHTTP, "error occurred in the secure channel support"),
	alike(fact.VerifyFailed, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT", "certificate authority is invalid or incorrect"),
	alike(fact.IssuerUnknown, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA"),
	alike(fact.CertName, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID", "host name in the certificate is invalid or does not match"),
	alike(fact.CertDate, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID", "date in the certificate is invalid or has expired"),
	alike(fact.CertRevoked, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED"),
	alike(fact.RevocationUnknown, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED"),
	alike(fact.HandshakeFailed, inWinHTTP, "WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR"),
	alike(fact.ClientCertDemanded, inWinHTTP, "certificate is required to complete client authentication"),
	alike(fact.BrokeInHandshake, inWinHTTP, "connection with the server was terminated abnormally"),
	alike(fact.CannotConnect, inWinHTTP, "A connection with the server could not be established"),
	alike(fact.NameNotFound, inWinHTTP, "server name or address could not be resolved"),
)

// certTrustRows are flags of CertGetCertificateChain (wincrypt.h), as curl and others name them.
var certTrustRows = slices.Concat(
	alike(fact.SelfSignedRoot, inSchannel, "CERT_TRUST_IS_UNTRUSTED_ROOT"),
	alike(fact.LeafUnverified, inSchannel, "CERT_TRUST_IS_PARTIAL_CHAIN"),
	alike(fact.CertDate, inSchannel, "CERT_TRUST_IS_NOT_TIME_VALID"),
	alike(fact.RevocationUnknown, inSchannel, "CERT_TRUST_REVOCATION_STATUS_UNKNOWN", "CERT_TRUST_IS_OFFLINE_REVOCATION"),
	alike(fact.CertRevoked, inSchannel, "CERT_TRUST_IS_REVOKED"),
	alike(fact.CertWrongPurpose, inSchannel, "CERT_TRUST_IS_NOT_VALID_FOR_USAGE"),
	alike(fact.VerifyFailed, inSchannel, "CERT_TRUST_IS_NOT_SIGNATURE_VALID"),
)

// remoteRows are remote desktop and directory services.
var remoteRows = slices.Concat(
	alike(fact.DecodeError, []fact.Context{"windows", "rdp", fact.ByServer}, "Server security layer detected an error in the protocol stream"),
	alike(fact.TLSInitFailed, []fact.Context{"windows", "rdp", fact.ByServer}, "Session Host server has failed to create a new self signed certificate",
		"Server has failed to replace the expired self signed certificate"),
	alike(fact.IssuerUnknown, []fact.Context{"windows", "rdp", fact.ByClient}, "identity of the remote computer cannot be verified",
		"The certificate is not from a trusted certifying authority"),
	alike(fact.HandshakeFailed, []fact.Context{"windows", "schannel", "exchange", fact.Mail}, "TLS negotiation failed with error"),
	alike(fact.NoServerCredential, []fact.Context{"windows", "ldap", "schannel", fact.ByServer},
		"LDAP over Secure Sockets Layer (SSL) will be unavailable at this time"),
	alike(fact.CannotConnect, []fact.Context{"windows", "ldap", fact.ByClient}, "The LDAP server is unavailable"),
	alike(fact.StartTLSNeeded, []fact.Context{"windows", "ldap", fact.ByServer}, "The server requires binds to turn on integrity checking"),
)
