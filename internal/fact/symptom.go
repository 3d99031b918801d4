package fact

import (
	"strconv"
	"strings"
)

// A Symptom is what a text of some library, driver or server says, in one vocabulary for all of them: the same
// complaint has the same symptom, whoever prints it. It is named from the seat of the program that wrote the text:
// "here" is that program, "the peer" is whom it talks to.
type Symptom string

// PeerAlert is the symptom of a TLS alert that the writer received (RFC 8446 §6).
func PeerAlert(code uint8) Symptom { return Symptom("peer-alert-" + strconv.Itoa(int(code))) }

// OwnAlert is the symptom of a TLS alert that the writer sent.
func OwnAlert(code uint8) Symptom { return Symptom("own-alert-" + strconv.Itoa(int(code))) }

// Alert is the code of a symptom that is an alert.
func (s Symptom) Alert() (code uint8, received, ok bool) {
	digits, received := strings.CutPrefix(string(s), "peer-alert-")
	if !received {
		if digits, ok = strings.CutPrefix(string(s), "own-alert-"); !ok {
			return 0, false, false
		}
	}
	n, err := strconv.ParseUint(digits, 10, 8)
	return uint8(n), received, err == nil
}

// Reaching the peer.
const (
	NameNotFound      Symptom = "name-not-found"     // the name does not resolve
	ResolverFailed    Symptom = "resolver-failed"    // no resolver answered, "temporary failure in name resolution"
	ConnectionRefused Symptom = "connection-refused" // RST to SYN, ECONNREFUSED, WSAECONNREFUSED 10061
	ConnectTimeout    Symptom = "connect-timeout"    // the TCP connection could not be made in time
	NoRoute           Symptom = "no-route"           // unreachable host or network
	InstanceNotFound  Symptom = "instance-not-found" // SQL Server: error locating server/instance
	CannotConnect     Symptom = "cannot-connect"     // the connection could not be made, no more is said
	TunnelRefused     Symptom = "tunnel-refused"     // a proxy answers CONNECT with anything but 200
	WrongEndpoint     Symptom = "wrong-endpoint"     // the peer says that it is another than the one meant
	AcceptThenClosed  Symptom = "accept-then-closed" // closed before a byte was exchanged
	SlowAccept        Symptom = "slow-accept"        // timeouts or resets that follow load
)

// How a connection ended, where no alert and no reason is told.
const (
	EOFInHandshake    Symptom = "eof-in-handshake"    // the peer closed (FIN) before the handshake was over
	ResetInHandshake  Symptom = "reset-in-handshake"  // the peer reset (RST, ECONNRESET) before the handshake was over
	BrokeInHandshake  Symptom = "broke-in-handshake"  // closed or reset in the handshake, the text does not tell which: SSL_ERROR_SYSCALL
	SilentInHandshake Symptom = "silent-in-handshake" // timeout in the handshake
	ForciblyClosed    Symptom = "forcibly-closed"     // Windows error 10054, whenever it happened
	Reset             Symptom = "reset"               // connection reset, when is not told
	Closed            Symptom = "closed"              // closed by the peer, when is not told
	EOFEstablished    Symptom = "eof-established"     // the peer closed a connection in use: "SSL SYSCALL error: EOF detected", "server closed the connection unexpectedly"
	NoCloseNotify     Symptom = "no-close-notify"     // TCP ended without close_notify: "unexpected eof while reading", GnuTLS -110
	TimedOut          Symptom = "timed-out"           // a timeout, of what is not told
)

// What was said before TLS.
const (
	NotTLS            Symptom = "not-tls"             // something that is no TLS record came: "wrong version number", "first record does not look like a TLS handshake"
	HTTPRequestHere   Symptom = "http-request-here"   // an HTTP request came to a TLS port
	HTTPFromServer    Symptom = "http-from-server"    // the peer answered TLS with HTTP, and the text says so
	TLSToPlainPort    Symptom = "tls-to-plain-port"   // a plaintext port received a ClientHello: "Invalid method in request \x16\x03", Kafka's size 369295616
	HTTPSProxyURL     Symptom = "https-proxy-url"     // an https:// proxy that speaks HTTP: "https proxy request", "Unable to connect to proxy … WRONG_VERSION_NUMBER"
	StartTLSNeeded    Symptom = "starttls-needed"     // "must issue a STARTTLS command first"; a greeting of a protocol that must be upgraded
	StrictTLSNeeded   Symptom = "strict-tls-needed"   // the server wants TLS from the first byte (TDS 8.0 strict, SMTPS)
	NotThisProtocol   Symptom = "not-this-protocol"   // another application protocol than the writer's
	ServerWithoutTLS  Symptom = "server-without-tls"  // the server does not offer TLS and the client insists
	TLSDemanded       Symptom = "tls-demanded"        // the server insists on TLS: 3159, "no encryption", "requires encryption"
	AccessDenied      Symptom = "access-denied"       // login refused: MySQL 1045, which is also what REQUIRE SSL accounts get
	TLSInitFailed     Symptom = "tls-init-failed"     // the server could not set TLS up, and runs without or refuses
	ProxyHeaderBroken Symptom = "proxy-header-broken" // PROXY protocol expected and missing, or the reverse
	PacketTooLarge    Symptom = "packet-too-large"    // "packet size too large for SSL Encrypt/Decrypt operations"
)

// Agreeing on parameters.
const (
	VersionRefused        Symptom = "version-refused"            // the peer's version is refused here: "unsupported protocol", "version too low"
	NoVersionLeft         Symptom = "no-version-left"            // own settings leave no version or suite: "no protocols available", "No appropriate protocol"
	RuntimeTooOld         Symptom = "runtime-too-old"            // the text says that this runtime cannot do the version
	InappropriateFallback Symptom = "inappropriate-fallback"     // TLS_FALLBACK_SCSV
	NoSharedCipher        Symptom = "no-shared-cipher"           // found here, as server
	CipherRefused         Symptom = "cipher-refused"             // the peer chose a suite that was not offered, or offered none acceptable
	NoSharedGroup         Symptom = "no-shared-group"            // no group in common, said so
	BadKeyShare           Symptom = "bad-key-share"              // "bad key share"
	NoSharedSignature     Symptom = "no-shared-signature"        // no signature algorithm in common
	LegacySignature       Symptom = "legacy-signature"           // "legacy sigalg disallowed or unsupported", "wrong signature type"
	UnrecognizedName      Symptom = "unrecognized-name"          // the server name is unknown, said in other words than alert 112
	NoNameSent            Symptom = "no-name-sent"               // no SNI was sent, said so
	OtherHostSameConn     Symptom = "other-host-same-connection" // SNI and Host differ on one connection (421)
	NoSharedALPN          Symptom = "no-shared-alpn"             // no application protocol in common
	EMSMissing            Symptom = "ems-missing"                // extended master secret demanded
	UnsafeRenegotiation   Symptom = "unsafe-renegotiation"       // "unsafe legacy renegotiation disabled"
	BadExtension          Symptom = "bad-extension"              // an extension is malformed or was not asked for
	DecodeError           Symptom = "decode-error"               // a message cannot be decoded: bad length, malformed
	UnexpectedMessage     Symptom = "unexpected-message"         // a message out of order
	InternalError         Symptom = "internal-error"             // "internal error" of the writer's own library
	DHTooSmall            Symptom = "dh-too-small"               // "dh key too small"
	BadSignature          Symptom = "bad-signature"              // a handshake signature does not verify
	BadRecordMAC          Symptom = "bad-record-mac"             // "decryption failed or bad record mac"
	BadFinished           Symptom = "bad-finished"               // "digest check failed", decrypt error of Finished
	ResumptionFailed      Symptom = "resumption-failed"          // a session, ticket or PSK broke the handshake
	HandshakeFailed       Symptom = "handshake-failed"           // it failed, and the text says no more
	FIPSRefused           Symptom = "fips-refused"               // disabled for FIPS, forbidden by a crypto policy
	SecurityLevelRefused  Symptom = "security-level-refused"     // the text names the security level
	CredentialFailed      Symptom = "credential-failed"          // Schannel 36871: "creating a TLS client credential … 10013"
	NoCipherLeft          Symptom = "no-cipher-left"             // no suite configured: "no cipher match", "no ciphers available"
	WaitsForEntropy       Symptom = "waits-for-entropy"          // random numbers are not ready
)

// Judging the peer's certificate. With the context ByServer it is the client's certificate.
const (
	VerifyFailed       Symptom = "verify-failed"        // refused, and the text does not say why
	IssuerUnknown      Symptom = "issuer-unknown"       // "unable to get local issuer certificate" (20), unknown authority, PKIX path building
	LeafUnverified     Symptom = "leaf-unverified"      // "unable to verify the first certificate" (21), PartialChain: the chain stops at the leaf
	CertSelfSigned     Symptom = "self-signed-leaf"     // (18) DEPTH_ZERO_SELF_SIGNED_CERT
	SelfSignedRoot     Symptom = "self-signed-root"     // (19) self-signed certificate in certificate chain, UntrustedRoot
	CertExpired        Symptom = "cert-expired"         // (10)
	CertNotYetValid    Symptom = "cert-not-yet-valid"   // (9)
	CertDate           Symptom = "cert-date"            // out of date, the text does not say which way
	CertName           Symptom = "name-mismatch"        // (62)
	IPMismatch         Symptom = "ip-mismatch"          // (64), "doesn't contain any IP SANs", the host is an address
	CommonNameOnly     Symptom = "common-name-only"     // "relies on legacy Common Name field"
	CertRevoked        Symptom = "cert-revoked"         // (23)
	RevocationUnknown  Symptom = "revocation-unknown"   // (3, 12 …) CRL or OCSP missing, old, offline
	ChainTooLong       Symptom = "chain-too-long"       // (22, 25)
	CertWrongPurpose   Symptom = "wrong-purpose"        // (26) key usage, extended key usage
	InvalidCA          Symptom = "invalid-ca"           // (24, 79) an issuer is no CA
	DigestTooWeak      Symptom = "digest-too-weak"      // (68) SHA-1 or MD5 refused
	KeyTooSmall        Symptom = "key-too-small"        // (66, 67) "ee key too small"
	NoTrustAnchors     Symptom = "no-trust-anchors"     // no CA at all: "trustAnchors parameter must be non-empty"
	CAFileMissing      Symptom = "ca-file-missing"      // the CA file of a verifier cannot be read
	CertMalformed      Symptom = "cert-malformed"       // negative serial, ASN.1 of the peer's certificate
	PinMismatch        Symptom = "pin-mismatch"         // another exact certificate or key is expected
	RejectedByCallback Symptom = "rejected-by-callback" // .NET: rejected by the RemoteCertificateValidationCallback
	CertUnacceptable   Symptom = "cert-unacceptable"    // another rule of the profile: unhandled critical extension, name constraint
	CertTypeUnusable   Symptom = "cert-type-unusable"   // the key's type does not fit the suites
	ClientCertDemanded Symptom = "client-cert-demanded" // the server wants a client certificate, said in words by either side
	NoPeerCert         Symptom = "no-peer-certificate"  // the peer sent no certificate where one is demanded
	CertNotAvailable   Symptom = "cert-not-available"   // SqlClient: certificate not available while validating
)

// Setting a side up.
const (
	KeyMismatch         Symptom = "key-mismatch"          // "key values mismatch"
	KeyUnreadable       Symptom = "key-unreadable"        // permissions, passphrase, missing private key
	FileMissing         Symptom = "file-missing"          // a certificate or key file is not there
	FileBad             Symptom = "file-bad"              // "no start line", wrong format, empty
	ThumbprintNotFound  Symptom = "thumbprint-not-found"  // not in the certificate store
	NoServerCredential  Symptom = "no-server-credential"  // no certificate is configured: Schannel 36886, strict without certificate
	OptionUnknown       Symptom = "option-unknown"        // misspelt or foreign parameter
	OptionInvalid       Symptom = "option-invalid"        // a parameter's value is none
	OptionsClash        Symptom = "options-clash"         // this mode cannot be had with these other settings
	VerificationOff     Symptom = "verification-off"      // a warning that nothing is verified
	PlaintextAllowed    Symptom = "plaintext-allowed"     // a warning that TLS may be left out
	DefaultChanged      Symptom = "default-changed"       // the text says that a default changes
	SchannelProtocolOff Symptom = "schannel-protocol-off" // the text names the registry's protocol switch
)

// Not TLS's fault.
const (
	LoginFailed      Symptom = "login-failed"         // password, user, database
	SPNProblem       Symptom = "spn-problem"          // "Cannot generate SSPI context"
	TooManyClients   Symptom = "too-many-connections" // 1040, "too many clients"
	HostBlocked      Symptom = "host-blocked"         // MySQL 1129
	AddressInUse     Symptom = "address-in-use"       // a port is taken
	WorkerStarvation Symptom = "worker-starvation"    // SQL Server: non-yielding, IOCP
	SharedAfterFork  Symptom = "shared-after-fork"    // the text or its surroundings name a fork
	KnownScanner     Symptom = "known-scanner"        // the client is a scanner known by name
	OtherFault       Symptom = "other-fault"          // looks like TLS and is something else
)

// A Context is a circumstance of a text that shifts which cause is likely; several hold at once.
type Context string

// The seat of the program that wrote the text, and when.
const (
	ByClient    Context = "by-client"    // the writer is the TLS client here; nginx towards an upstream is one
	ByServer    Context = "by-server"    // the writer is the TLS server here
	ToUpstream  Context = "to-upstream"  // a proxy speaks of its upstream
	AtStart     Context = "at-start"     // while a server or service starts or loads its configuration
	InPrelogin  Context = "in-prelogin"  // SqlClient: during the pre-login handshake
	InLogin     Context = "in-login"     // SqlClient: during the login process
	InUse       Context = "in-use"       // after the handshake, on a connection in use
	HealthCheck Context = "health-check" // a health check's own report
)

// The kind of writer. A product's own name is a context, too: "nginx", "postgres", "odbc18" ….
const (
	Web       Context = "web"       // a web server or reverse proxy, or a program that serves HTTP
	Database  Context = "database"  // a database server or its driver
	Mail      Context = "mail"      // mail servers
	MSSQL     Context = "mssql"     // SQL Server, its drivers
	Browser   Context = "browser"   // a browser
	Localized Context = "localized" // the text is not in English
)

// The peer's address, where the text names one.
const (
	PeerPublic   Context = "peer-public"   // a public address
	PeerPrivate  Context = "peer-private"  // RFC 1918, RFC 4193, RFC 6598
	PeerLoopback Context = "peer-loopback" // this machine
)
