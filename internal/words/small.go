package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// smallRows are the phrases of this family.
var smallRows = slices.Concat(rustRows, cLibraryRows, languageRows, rustAlertRows())

// The circumstances that this family's phrases tell.
var (
	inBearsslClient = []fact.Context{"bearssl", fact.ByClient}
	inBotan         = []fact.Context{"botan"}
	inDartClient    = []fact.Context{"dart", fact.ByClient}
	inGrpc          = []fact.Context{"grpc"}
	inGrpcClient    = []fact.Context{"grpc", fact.ByClient}
	inHaskell       = []fact.Context{"haskell"}
	inHaskellClient = []fact.Context{"haskell", fact.ByClient}
	inMbedtls       = []fact.Context{"mbedtls"}
	inMbedtlsClient = []fact.Context{"mbedtls", fact.ByClient}
	inMbedtlsServer = []fact.Context{"mbedtls", fact.ByServer}
	inPython        = []fact.Context{"python"}
	inRust          = []fact.Context{"rust"}
	inRustAtStart   = []fact.Context{"rust", fact.AtStart}
	inRustClient    = []fact.Context{"rust", fact.ByClient}
	inRustClientWeb = []fact.Context{"rust", fact.ByClient, fact.Web}
	inRustServer    = []fact.Context{"rust", fact.ByServer}
	inRustWeb       = []fact.Context{"rust", fact.Web}
	inS2n           = []fact.Context{"s2n"}
	inWolfssl       = []fact.Context{"wolfssl"}
	inWolfsslServer = []fact.Context{"wolfssl", fact.ByServer}
)

// rustRows are the messages of rustls, webpki and what is built on them, Debug and Display forms.
var rustRows = []row{
	{say: "invalid peer certificate", in: inRust},
	{say: "InvalidCertificate", in: inRust},
	{say: "UnknownIssuer", is: fact.IssuerUnknown, in: inRust},
	{say: "NotValidForName*", is: fact.CertName, in: inRust},
	{say: "CertNotValidForName", is: fact.CertName, in: inRust},
	{say: "certificate not valid for name", is: fact.CertName, in: inRust},
	{say: "certificate: Expired", is: fact.CertExpired, in: inRust},
	{say: "InvalidCertificate(Expired*", is: fact.CertExpired, in: inRust},
	{say: "CertExpired", is: fact.CertExpired, in: inRust},
	{say: "certificate expired: verification time", is: fact.CertExpired, in: inRust},
	{say: "NotValidYet*", is: fact.CertNotYetValid, in: inRust},
	{say: "CertNotValidYet", is: fact.CertNotYetValid, in: inRust},
	{say: "certificate not valid yet: verification time", is: fact.CertNotYetValid, in: inRust},
	{say: "certificate: Revoked", is: fact.CertRevoked, in: inRust},
	{say: "UnknownRevocationStatus", is: fact.RevocationUnknown, in: inRust},
	{say: "ExpiredRevocationList*", is: fact.RevocationUnknown, in: inRust},
	{say: "CaUsedAsEndEntity", is: fact.CertWrongPurpose, in: inRust},
	{say: "EndEntityUsedAsCa", is: fact.InvalidCA, in: inRust},
	{say: "InvalidPurpose*", is: fact.CertWrongPurpose, in: inRust},
	{say: "RequiredEkuNotFound*", is: fact.CertWrongPurpose, in: inRust},
	{say: "certificate does not allow extended key usage", is: fact.CertWrongPurpose, in: inRust},
	{say: "UnhandledCriticalExtension", is: fact.CertUnacceptable, in: inRust},
	{say: "UnsupportedCriticalExtension", is: fact.CertUnacceptable, in: inRust},
	{say: "NameConstraintViolation", is: fact.CertUnacceptable, in: inRust},
	{say: "certificate: BadEncoding", is: fact.CertMalformed, in: inRust},
	{say: "InvalidCertificate(BadEncoding", is: fact.CertMalformed, in: inRust},
	{say: "UnsupportedCertVersion", is: fact.CertMalformed, in: inRust},
	{say: "certificate: BadSignature", is: fact.VerifyFailed, in: inRust},
	{say: "InvalidCertificate(BadSignature", is: fact.VerifyFailed, in: inRust},
	{say: "InvalidSignatureForPublicKey", is: fact.VerifyFailed, in: inRust},
	{say: "ApplicationVerificationFailure", is: fact.VerifyFailed, in: inRust},
	{say: "UnsupportedSignatureAlgorithm*", is: fact.DigestTooWeak, in: inRust},
	{say: "peer sent no certificates", is: fact.NoPeerCert, in: inRust},
	{say: "NoCertificatesPresented", is: fact.NoPeerCert, in: inRust},
	{say: "received corrupt message", is: fact.NotTLS, in: inRust},
	{say: "received corrupt message of type InvalidContentType", is: fact.NotTLS, in: inRust},
	{say: "received corrupt message of type Handshake", is: fact.DecodeError, in: inRust},
	{say: "received corrupt message of type Alert", is: fact.DecodeError, in: inRust},
	{say: "CorruptMessage", is: fact.NotTLS, in: inRust},
	{say: "InvalidContentType", is: fact.NotTLS, in: inRust},
	{say: "received unexpected message: got", is: fact.UnexpectedMessage, in: inRust},
	{say: "received unexpected handshake message: got", is: fact.UnexpectedMessage, in: inRust},
	{say: "InappropriateMessage", is: fact.UnexpectedMessage, in: inRust},
	{say: "InappropriateHandshakeMessage", is: fact.UnexpectedMessage, in: inRust},
	{say: "peer is incompatible", in: inRust},
	{say: "no ciphersuites in common", is: fact.NoSharedCipher, in: inRust},
	{say: "NoCipherSuitesInCommon", is: fact.NoSharedCipher, in: inRust},
	{say: "no kx group overlap*", is: fact.NoSharedGroup, in: inRust},
	{say: "NoKxGroupsInCommon", is: fact.NoSharedGroup, in: inRust},
	{say: "NoSignatureSchemesInCommon", is: fact.NoSharedSignature, in: inRust},
	{say: "NoCertificateRequestSignatureSchemesInCommon", is: fact.NoSharedSignature, in: inRust},
	{say: "ServerDoesNotSupportTls12Or13", is: fact.VersionRefused, in: inRustClient},
	{say: "ServerTlsVersionIsDisabledByOurConfig", is: fact.VersionRefused, in: inRustClient},
	{say: "Tls12NotOffered*", is: fact.VersionRefused, in: inRustServer},
	{say: "SupportedVersionsExtensionRequired", is: fact.VersionRefused, in: inRustServer},
	{say: "ExtendedMasterSecretExtensionRequired", is: fact.EMSMissing, in: inRust},
	{say: "peer misbehaved", is: fact.BadExtension, in: inRust},
	{say: "InvalidKeyShare", is: fact.BadKeyShare, in: inRust},
	{say: "WrongGroupForKeyShare", is: fact.BadKeyShare, in: inRust},
	{say: "SelectedUnofferedKxGroup", is: fact.BadKeyShare, in: inRust},
	{say: "SelectedUnofferedCipherSuite", is: fact.CipherRefused, in: inRust},
	{say: "IncorrectBinder", is: fact.ResumptionFailed, in: inRust},
	{say: "cannot decrypt peer's message", is: fact.BadRecordMAC, in: inRust},
	{say: "peer sent excess record size", is: fact.NotTLS, in: inRust},
	{say: "peer doesn't support any known protocol", is: fact.NoSharedALPN, in: inRust},
	{say: "peer closed connection without sending TLS close_notify", is: fact.NoCloseNotify, in: inRust},
	{say: "Illegal SNI hostname received", is: fact.BadExtension, in: inRustServer},
	{say: "no server certificate chain resolved", is: fact.UnrecognizedName, in: inRustServer},
	{say: "KeyMismatch", is: fact.KeyMismatch, in: inRustAtStart},
	{say: "failed to parse private key as RSA, ECDSA, or EdDSA", is: fact.KeyUnreadable, in: inRustAtStart},
	{say: "no native root CA certificates found", is: fact.NoTrustAnchors, in: inRustClient},
	{say: "invalid dnsname", is: fact.OptionInvalid, in: inRustClient},
	// hyper and reqwest.
	{say: "error trying to connect", in: inRustClientWeb},
	{say: "invalid HTTP version parsed", is: fact.NotThisProtocol, in: inRustWeb},
}
