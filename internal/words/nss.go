package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nssRows are the phrases of this family.
var nssRows = slices.Concat(nssTextRows, browserRows, browserLanguageRows)

// The circumstances that this family's phrases tell.
var (
	inAppleClient            = []fact.Context{"apple", fact.ByClient}
	inAppleClientLocalized   = []fact.Context{"apple", fact.ByClient, fact.Localized}
	inAppleMailClient        = []fact.Context{"apple", fact.Mail, fact.ByClient}
	inBrowserClient          = []fact.Context{fact.Browser, fact.ByClient}
	inBrowserClientApple     = []fact.Context{fact.Browser, fact.ByClient, "apple"}
	inBrowserClientLocalized = []fact.Context{fact.Browser, fact.ByClient, fact.Localized}
	inClientLocalized        = []fact.Context{fact.ByClient, fact.Localized}
	inCurlAppleClient        = []fact.Context{"curl", "apple", fact.ByClient}
	inLocalized              = []fact.Context{fact.Localized}
	inMailClient             = []fact.Context{fact.Mail, fact.ByClient}
	inMailClientLocalized    = []fact.Context{fact.Mail, fact.ByClient, fact.Localized}
	inNss                    = []fact.Context{"nss"}
	inNssBrowserClient       = []fact.Context{"nss", fact.Browser, fact.ByClient}
	inNssClient              = []fact.Context{"nss", fact.ByClient}
)

// nssTextRows are the messages of NSS, printed by curl, Red Hat's old tools, 389 Directory Server and Firefox.
var nssTextRows = []row{
	{say: "Peer's Certificate has expired", is: fact.CertExpired, in: inNss},
	{say: "Peer's Certificate has been revoked", is: fact.CertRevoked, in: inNss},
	{say: "Peer's Certificate issuer is not recognized", is: fact.IssuerUnknown, in: inNss},
	{say: "Peer's certificate has an invalid signature", is: fact.VerifyFailed, in: inNss},
	{say: "Peer's certificate issuer has been marked as not trusted by the user", is: fact.IssuerUnknown, in: inNss},
	{say: "Peer's certificate has been marked as not trusted by the user", is: fact.CertSelfSigned, in: inNss},
	{say: "Peer's public key is invalid", is: fact.CertMalformed, in: inNss},
	{say: "The certificate issuer's certificate has expired", is: fact.CertExpired, in: inNss},
	{say: "The CRL for the certificate's issuer has expired", is: fact.RevocationUnknown, in: inNss},
	{say: "Issuer certificate is invalid", is: fact.InvalidCA, in: inNss},
	{say: "Certificate path length constraint is invalid", is: fact.ChainTooLong, in: inNss},
	{say: "Certificate contains unknown critical extension", is: fact.CertUnacceptable, in: inNss},
	{say: "Certificate key usage inadequate for attempted operation", is: fact.CertWrongPurpose, in: inNss},
	{say: "Certificate type not approved for application", is: fact.CertWrongPurpose, in: inNss},
	{say: "The OCSP response is not yet valid", is: fact.RevocationUnknown, in: inNss},
	{say: "The OCSP response contains out-of-date information", is: fact.RevocationUnknown, in: inNss},
	{say: "The OCSP server has no status for the certificate", is: fact.RevocationUnknown, in: inNss},
	{say: "signature algorithm that is disabled", is: fact.DigestTooWeak, in: inNss},
	{say: "Cannot communicate securely with peer: no common encryption algorithm", is: fact.CipherRefused, in: inNss},
	{say: "no common encryption algorithm", is: fact.CipherRefused, in: inNss},
	{say: "Unable to find the certificate or key necessary for authentication", is: fact.NoServerCredential, in: inNss},
	{say: "peers's certificate was rejected", is: fact.VerifyFailed, in: inNss},
	{say: "Peer using unsupported version of security protocol", is: fact.VersionRefused, in: inNss},
	{say: "requested domain name does not match the server's certificate", is: fact.CertName, in: inNssClient},
	{say: "SSL received a record with an incorrect Message Authentication Code", is: fact.BadRecordMAC, in: inNss},
	{say: "SSL received a record that exceeded the maximum permissible length", is: fact.NotTLS, in: inNss},
	{say: "SSL received a record with an unknown content type", is: fact.NotTLS, in: inNss},
	{say: "SSL received an unexpected", is: fact.UnexpectedMessage, in: inNss},
	{say: "SSL received a malformed", is: fact.DecodeError, in: inNss},
	{say: "SSL received a weak ephemeral Diffie-Hellman key", is: fact.DHTooSmall, in: inNssClient},
	{say: "SSL peer cannot verify your certificate", is: fact.PeerAlert(42), in: inNss},
	{say: "SSL peer rejected your certificate as revoked", is: fact.PeerAlert(44), in: inNss},
	{say: "SSL peer rejected your certificate as expired", is: fact.PeerAlert(45), in: inNss},
	{say: "SSL peer had some unspecified issue with the certificate it received", is: fact.PeerAlert(46), in: inNss},
	{say: "SSL peer reports incorrect Message Authentication Code", is: fact.PeerAlert(20), in: inNss},
	{say: "SSL peer was not expecting a handshake message it received", is: fact.PeerAlert(10), in: inNss},
	{say: "SSL peer was unable to negotiate an acceptable set of security parameters", is: fact.PeerAlert(40), in: inNss},
	{say: "SSL peer rejected a handshake message for unacceptable content", is: fact.PeerAlert(47), in: inNss},
	{say: "Peer does not recognize and trust the CA that issued your certificate", is: fact.PeerAlert(48), in: inNss},
	{say: "Peer received a valid certificate, but access was denied", is: fact.PeerAlert(49), in: inNss},
	{say: "Peer could not decode an SSL handshake message", is: fact.PeerAlert(50), in: inNss},
	{say: "Peer reports failure of signature verification or key exchange", is: fact.PeerAlert(51), in: inNss},
	{say: "Peer reports incompatible or unsupported protocol version", is: fact.PeerAlert(70), in: inNss},
	{say: "Server requires ciphers more secure than those supported by client", is: fact.PeerAlert(71), in: inNss},
	{say: "Peer reports it experienced an internal error", is: fact.PeerAlert(80), in: inNss},
	{say: "SSL peer has no certificate for the requested DNS name", is: fact.PeerAlert(112), in: inNss},
	{say: "SSL received a certificate_required alert", is: fact.PeerAlert(116), in: inNss},
	{say: "Peer attempted old style (potentially vulnerable) handshake", is: fact.UnsafeRenegotiation, in: inNss},
	{say: "The server rejected the handshake because the client downgraded", is: fact.PeerAlert(86), in: inNssClient},
	{say: "The server supports no protocols that the client advertises in the ALPN extension", is: fact.NoSharedALPN, in: inNss},
	{say: "The server certificate included a public key that was too weak", is: fact.KeyTooSmall, in: inNss},
	{say: "The server uses key pinning (HPKP) but no trusted certificate chain could be constructed", is: fact.PinMismatch, in: inNssBrowserClient},
	{say: "SSL peer selected a cipher suite disallowed for the selected protocol version", is: fact.CipherRefused, in: inNss},
}
