package cause

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// Says puts a symptom into words, from the seat of the program that wrote the text.
func Says(s fact.Symptom) string {
	if code, received, ok := s.Alert(); ok {
		if received {
			return fmt.Sprintf("the other side sent alert %d (%s)", code, names.Alert(code))
		}
		return fmt.Sprintf("this side sent alert %d (%s)", code, names.Alert(code))
	}
	if w, ok := said[s]; ok {
		return w
	}
	return string(s)
}

var said = map[fact.Symptom]string{
	fact.NameNotFound: "the name does not resolve", fact.ResolverFailed: "no name server answered", fact.ConnectionRefused: "the connection was refused",
	fact.ConnectTimeout: "the TCP connection could not be made in time", fact.NoRoute: "there is no way to the address",
	fact.InstanceNotFound: "the named instance was not found", fact.CannotConnect: "the connection could not be made", fact.TunnelRefused: "the proxy refused the tunnel",
	fact.WrongEndpoint: "the other side is not the one meant", fact.AcceptThenClosed: "closed before a byte was exchanged", fact.SlowAccept: "accepting connections takes too long",

	fact.EOFInHandshake: "the other side closed the connection in the handshake", fact.ResetInHandshake: "the other side reset the connection in the handshake",
	fact.BrokeInHandshake: "the connection broke in the handshake", fact.SilentInHandshake: "the other side fell silent in the handshake",
	fact.ForciblyClosed: "the other side reset the connection (Windows error 10054)", fact.Reset: "the other side reset the connection",
	fact.Closed: "the other side closed the connection", fact.EOFEstablished: "a connection in use was closed by the other side",
	fact.NoCloseNotify: "the connection ended without close_notify", fact.TimedOut: "something took too long",

	fact.NotTLS: "what came is not TLS", fact.HTTPRequestHere: "an HTTP request came to the TLS port", fact.HTTPFromServer: "the server answered in plain HTTP",
	fact.TLSToPlainPort: "a ClientHello came to a port that speaks clear text", fact.HTTPSProxyURL: "TLS was spoken to a proxy that speaks HTTP",
	fact.StartTLSNeeded: "the protocol must be upgraded to TLS first", fact.StrictTLSNeeded: "TLS is wanted from the first byte",
	fact.NotThisProtocol: "the other side speaks another protocol", fact.ServerWithoutTLS: "the server offers no TLS", fact.TLSDemanded: "the server insists on TLS",
	fact.AccessDenied: "the login was refused", fact.TLSInitFailed: "TLS could not be set up", fact.ProxyHeaderBroken: "the PROXY header is wrong, missing or unexpected",
	fact.PacketTooLarge: "a packet is too large to be encrypted",

	fact.VersionRefused: "the other side's TLS version is refused", fact.NoVersionLeft: "the own settings leave no TLS version or suite",
	fact.RuntimeTooOld: "this runtime does not know the TLS version", fact.InappropriateFallback: "a fallback was refused",
	fact.NoSharedCipher: "no cipher suite in common", fact.CipherRefused: "the suite chosen is not acceptable", fact.NoSharedGroup: "no key-exchange group in common",
	fact.BadKeyShare: "the key share is not usable", fact.NoSharedSignature: "no signature algorithm in common", fact.LegacySignature: "a signature algorithm of old is refused",
	fact.UnrecognizedName: "the server name is not known", fact.NoNameSent: "no server name was sent", fact.OtherHostSameConn: "the request is for another host than the connection",
	fact.NoSharedALPN: "no application protocol in common", fact.EMSMissing: "extended master secret is missing", fact.UnsafeRenegotiation: "the peer lacks secure renegotiation",
	fact.BadExtension: "an extension is malformed or was not asked for", fact.DecodeError: "a message cannot be decoded", fact.UnexpectedMessage: "a message came out of order",
	fact.InternalError: "an internal error of the TLS library", fact.DHTooSmall: "the Diffie-Hellman group is too small", fact.BadSignature: "a handshake signature does not verify",
	fact.BadRecordMAC: "a record cannot be decrypted", fact.BadFinished: "the Finished message does not check", fact.ResumptionFailed: "resuming the session failed",
	fact.HandshakeFailed: "the handshake failed, no reason is told", fact.FIPSRefused: "FIPS mode or a crypto policy forbids it",
	fact.SecurityLevelRefused: "OpenSSL's security level forbids it", fact.CredentialFailed: "Windows could not set up TLS credentials",
	fact.NoCipherLeft: "no cipher suite is left to offer", fact.WaitsForEntropy: "random numbers are not ready",

	fact.VerifyFailed: "the certificate was refused, no reason is told", fact.IssuerUnknown: "the certificate's issuer is not known here",
	fact.LeafUnverified: "the chain stops at the first certificate", fact.CertSelfSigned: "the certificate is signed by itself", fact.SelfSignedRoot: "the chain ends at a root that is not trusted here",
	fact.CertExpired: "a certificate has expired", fact.CertNotYetValid: "a certificate is not valid yet", fact.CertDate: "a certificate is out of date",
	fact.CertName: "the certificate carries another name", fact.IPMismatch: "the certificate does not carry the IP address", fact.CommonNameOnly: "the certificate has only a common name",
	fact.CertRevoked: "a certificate is revoked", fact.RevocationUnknown: "revocation could not be checked", fact.ChainTooLong: "the chain is longer than allowed",
	fact.CertWrongPurpose: "the certificate is not for this use", fact.InvalidCA: "an issuer in the chain is no CA", fact.DigestTooWeak: "a certificate's digest is too weak",
	fact.KeyTooSmall: "a certificate's key is too small", fact.NoTrustAnchors: "there are no trusted roots at all", fact.CAFileMissing: "the file with trusted roots cannot be read",
	fact.CertMalformed: "the certificate is malformed", fact.PinMismatch: "another certificate is expected", fact.RejectedByCallback: "the program's own check rejected the certificate",
	fact.CertUnacceptable: "a rule of the certificate profile is broken", fact.CertTypeUnusable: "the certificate's key type does not fit the suites",
	fact.ClientCertDemanded: "the server wants a client certificate", fact.NoPeerCert: "the other side sent no certificate", fact.CertNotAvailable: "there was no certificate to check",

	fact.KeyMismatch: "key and certificate do not belong together", fact.KeyUnreadable: "the private key cannot be read or used", fact.FileMissing: "a certificate or key file is missing",
	fact.FileBad: "a certificate or key file cannot be read as one", fact.ThumbprintNotFound: "the certificate is not in the store", fact.NoServerCredential: "no certificate is configured",
	fact.OptionUnknown: "an option is not known", fact.OptionInvalid: "an option's value is none", fact.OptionsClash: "these options exclude each other",
	fact.VerificationOff: "nothing is verified", fact.PlaintextAllowed: "TLS may be left out", fact.DefaultChanged: "a default changed", fact.SchannelProtocolOff: "the registry switches a TLS version off",

	fact.LoginFailed: "the login failed", fact.SPNProblem: "Kerberos could not find the service", fact.TooManyClients: "too many connections", fact.HostBlocked: "the server blocks this host",
	fact.AddressInUse: "the port is taken", fact.WorkerStarvation: "SQL Server's workers are starved", fact.SharedAfterFork: "two processes use one connection", fact.KnownScanner: "the client is a scanner known by name", fact.OtherFault: "the fault is not TLS's",
}
