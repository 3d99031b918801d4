package words

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A curlExit is an exit code of curl (include/curl/curl.h) that has to do with reaching a peer by TLS.
type curlExit struct {
	number uint
	name   string // the constant, CURLE_SSL_CONNECT_ERROR cut of its CURLE_
	text   string // of curl_easy_strerror
	is     fact.Symptom
	bare   bool // the symptom holds only where curl's own sentence does not follow
}

var curlExits = []curlExit{
	{5, "couldnt_resolve_proxy", "couldn't resolve proxy name", fact.NameNotFound, false},
	{6, "couldnt_resolve_host", "couldn't resolve host name", fact.NameNotFound, true},
	{7, "couldnt_connect", "couldn't connect to server", fact.CannotConnect, true},
	{28, "operation_timedout", "timeout was reached", fact.TimedOut, true},
	{35, "ssl_connect_error", "SSL connect error", fact.HandshakeFailed, true},
	{51, "peer_failed_verification", "the peer's certificate or fingerprint was not OK", fact.VerifyFailed, true},
	{52, "got_nothing", "server returned nothing", fact.Closed, true},
	{53, "ssl_engine_notfound", "SSL crypto engine not found", fact.TLSInitFailed, false},
	{54, "ssl_engine_setfailed", "cannot set SSL crypto engine as default", fact.TLSInitFailed, false},
	{55, "send_error", "failed sending data to the peer", fact.Closed, true},
	{56, "recv_error", "failure when receiving data from the peer", fact.Closed, true},
	{58, "ssl_certproblem", "problem with the local SSL certificate", fact.KeyUnreadable, true},
	{59, "ssl_cipher", "couldn't use specified SSL cipher", fact.NoCipherLeft, false},
	{60, "ssl_cacert", "SSL peer certificate or SSH remote key was not OK", fact.VerifyFailed, true},
	{64, "use_ssl_failed", "requested SSL level failed", fact.ServerWithoutTLS, false},
	{66, "ssl_engine_initfailed", "failed to initialise SSL crypto engine", fact.TLSInitFailed, false},
	{77, "ssl_cacert_badfile", "problem with the SSL CA certificate (path, access rights)", fact.CAFileMissing, false},
	{80, "ssl_shutdown_failed", "failed to shut down the SSL connection", fact.NoCloseNotify, false},
	{82, "ssl_crl_badfile", "failed to load CRL file", fact.RevocationUnknown, false},
	{83, "ssl_issuer_error", "issuer check against peer certificate failed", fact.IssuerUnknown, false},
	{90, "ssl_pinnedpubkeynotmatch", "SSL public key does not match pinned public key", fact.PinMismatch, false},
	{91, "ssl_invalidcertstatus", "SSL server certificate status verification failed", fact.RevocationUnknown, false},
	{96, "quic_connect_error", "QUIC connection error", fact.HandshakeFailed, false},
	{97, "proxy", "proxy handshake error", fact.TunnelRefused, false},
	{98, "ssl_clientcert", "SSL client certificate required", fact.PeerAlert(116), false},
}

// curlMarks stand before an exit code, folded: curl itself, dnf and yum, Guzzle and other PHP, R, CMake.
var curlMarks = []string{"curl: (", "curl error (", "curl error: (", "curl error ", "curl error: ", "curl error code ", "curl#", "curlcode ", "curlcode: ", "curl exit code ", "curl code ", "failed; curl ", "libcurl error ", "curl errno ", "curl (", "curl returned "}

// exitCodes finds exit codes of curl and errors of the operating system.
func exitCodes(clean string, r *Reading) {
	folded := fold(clean)
	if strings.Contains(folded, "curl") {
		curlNumbers(folded, r)
		curlConstants(strings.ToLower(clean), r)
	}
	errnoCodes(folded, r)
	sslSyscall(folded, r)
	addressAsked(folded, r)
}

func curlNumbers(folded string, r *Reading) {
	for _, mark := range curlMarks {
		for at := 0; ; {
			i := strings.Index(folded[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			if n, ok := uintAt(folded[at:]); ok {
				curlCode(n, folded[at:], r)
			}
		}
	}
}

// askedMarks stand before the name that the certificate does not have, in sentences of curl, wget, Python, Ruby.
var askedMarks = []string{"target host name '", "target hostname '", "requested host name '", "match hostname '", "certificate is not valid for '", "error: hostname '"}

// addressAsked: the name that does not match is an address, though the sentence calls it a name.
func addressAsked(folded string, r *Reading) {
	for _, mark := range askedMarks {
		_, name, found := strings.Cut(folded, mark)
		name, _, closed := strings.Cut(name, "'")
		if _, err := netip.ParseAddr(strings.Trim(name, "[]")); found && closed && err == nil {
			r.Say(fact.IPMismatch)
		}
	}
}

// curlConstants finds CURLE_SSL_CONNECT_ERROR and its like.
func curlConstants(lower string, r *Reading) {
	for at := 0; ; {
		i := strings.Index(lower[at:], "curle_")
		if i < 0 {
			return
		}
		at += i + len("curle_")
		end := at
		for end < len(lower) && (isAlnum(lower[end]) || lower[end] == '_') {
			end++
		}
		for _, e := range curlExits {
			if e.name == lower[at:end] {
				curlCode(e.number, "", r)
			}
		}
	}
}

// curlCode says one exit code; rest begins with its digits.
func curlCode(n uint, rest string, r *Reading) {
	for _, e := range curlExits {
		if e.number != n {
			continue
		}
		r.Code("curl ("+strconv.Itoa(int(n))+")", "curl exit code: "+e.text)
		r.Contexts = append(r.Contexts, "curl", fact.ByClient)
		if n == 56 || n == 52 {
			r.Contexts = append(r.Contexts, fact.InUse)
		}
		if !e.bare || saysNothing(rest) {
			r.Say(e.is)
		}
	}
}

// saysNothing: no sentence follows the code.
func saysNothing(rest string) bool {
	rest = strings.TrimLeft(rest, "0123456789")
	return len(letters(rest[:min(len(rest), 24)])) < 6
}

// sslSyscall reads OpenSSL's SSL_ERROR_SYSCALL: the connection broke, by FIN or RST, and errno tells which if
// it is not zero.
func sslSyscall(folded string, r *Reading) {
	if !containsWord(folded, "ssl error syscall") && !containsWord(folded, "ssl connect syscall") && !containsWord(folded, "unknown ssl protocol error in connection to") {
		return
	}
	numbers := errnos(folded)
	if slices.Contains(numbers, wsaReset) {
		return
	}
	for i := range osErrors {
		if osErrors[i].ofConnection() && osErrors[i].among(numbers) || osErrors[i].is == fact.Reset && strings.Contains(folded, "connection reset") {
			return // errnoCodes tells more
		}
	}
	if inHandshake(folded) || strings.Contains(folded, "unknown ssl protocol error") {
		r.Say(fact.BrokeInHandshake)
		return
	}
	r.Say(fact.Closed)
}

// curlRows are the sentences of curl and libcurl (lib/vtls/*.c, lib/strerror.c).
var curlRows = []row{
	{say: "ssl certificate problem, verify that the ca cert is ok", is: fact.VerifyFailed, in: curlClient},
	{say: "ssl certificate problem", in: curlClient},
	{say: "ssl certificate problem: invalid certificate chain", is: fact.IssuerUnknown},
	{say: "ssl certificate problem: untrusted root certificate", is: fact.SelfSignedRoot},
	{say: "certificate chain had an expired certificate", is: fact.CertExpired, in: curlClient},
	{say: "ssl certificate peer hostname mismatch", is: fact.CertName, in: curlClient},
	{say: "no alternative certificate subject name matches target host name", is: fact.CertName, in: curlClient},
	{say: "no alternative certificate subject name matches target hostname", is: fact.CertName, in: curlClient},
	{say: "no alternative certificate subject name matches target ipv4 address", is: fact.IPMismatch, in: curlClient},
	{say: "no alternative certificate subject name matches target ipv6 address", is: fact.IPMismatch, in: curlClient},
	{say: "certificate subject name … does not match target host name", is: fact.CertName, in: curlClient},
	{say: "unable to obtain common name from peer certificate", is: fact.CertName, in: curlClient},
	{say: "CAfile: none", is: fact.NoTrustAnchors, in: curlClient}, // lib/vtls/gtls.c, as git shows it
	{say: "ssl: couldn't get peer certificate", is: fact.NoPeerCert, in: curlClient},
	{say: "peer certificate cannot be authenticated with given ca certificates", is: fact.VerifyFailed, in: curlClient},
	{say: "peer certificate cannot be authenticated with known ca certificates", is: fact.VerifyFailed, in: curlClient},
	{say: "ssl peer certificate or ssh remote key was not ok", is: fact.VerifyFailed, in: curlClient},
	{say: "ssl peer certificate or ssh md5 fingerprint was not ok", is: fact.VerifyFailed, in: curlClient},
	{say: "server certificate verification failed. cafile", is: fact.VerifyFailed, in: curlClient},
	{say: "server certificate expiration date has passed", is: fact.CertExpired, in: curlClient},
	{say: "server certificate not activated yet", is: fact.CertNotYetValid, in: curlClient},
	{say: "public key does not match pinned public key", is: fact.PinMismatch, in: curlClient},
	{say: "failed to verify pinned public key", is: fact.PinMismatch, in: curlClient},
	{say: "issuer check against peer certificate failed", is: fact.IssuerUnknown, in: curlClient},
	{say: "certificate issuer check failed", is: fact.IssuerUnknown, in: curlClient},
	{say: "server certificate status verification failed", is: fact.RevocationUnknown, in: curlClient},
	{say: "no ocsp response received", is: fact.RevocationUnknown, in: curlClient},
	{say: "invalid ocsp response", is: fact.RevocationUnknown},
	{say: "ocsp response has expired", is: fact.RevocationUnknown},
	{say: "ocsp response verification failed", is: fact.RevocationUnknown},
	{say: "could not find certificate id in ocsp response", is: fact.RevocationUnknown},
	{say: "ssl certificate revocation reason", is: fact.CertRevoked, in: curlClient},
	{say: "error loading crl file", is: fact.RevocationUnknown, in: curlClient},
	{say: "failed to load crl file", is: fact.RevocationUnknown, in: curlClient},
	{say: "problem with the ssl ca cert", is: fact.CAFileMissing, in: curlClient},
	{say: "error setting certificate file", is: fact.CAFileMissing, in: curlClient},
	{say: "error setting certificate path", is: fact.CAFileMissing, in: curlClient},
	{say: "error adding trust anchors from file", is: fact.CAFileMissing, in: curlClient},
	{say: "problem with the local ssl certificate", is: fact.KeyUnreadable, in: curlClient},
	{say: "unable to load client cert", is: fact.FileBad},
	{say: "unable to load client key", is: fact.KeyUnreadable},
	{say: "unable to set private key file", is: fact.KeyUnreadable},
	{say: "could not load pem client certificate", is: fact.FileBad, in: curlClient},
	{say: "could not load asn1 client certificate", is: fact.FileBad, in: curlClient},
	{say: "could not load pkcs12 client certificate", is: fact.FileBad, in: curlClient},
	{say: "couldn't use specified ssl cipher", is: fact.NoCipherLeft, in: curlClient},
	{say: "failed setting cipher list", is: fact.NoCipherLeft, in: curlClient},
	{say: "failed setting tls 1.3 cipher suite", is: fact.NoCipherLeft, in: curlClient},
	{say: "requested ssl level failed", is: fact.ServerWithoutTLS, in: curlClient},
	{say: "starttls not supported", is: fact.ServerWithoutTLS},
	{say: "starttls not available", is: fact.ServerWithoutTLS},
	{say: "ssl connect error", is: fact.HandshakeFailed, in: curlClient},
	{say: "ssl connection timeout", is: fact.SilentInHandshake, in: curlClient},
	{say: "timed out before ssl handshake", is: fact.SilentInHandshake, in: curlClient},
	{say: "tls connect error", in: curlClient},
	{say: "tls connect error: error:00000000", is: fact.BrokeInHandshake, in: curlClient},
	{say: "ssl_error_zero_return in connection to", is: fact.EOFInHandshake, in: curlClient},
	{say: "connection timed out after … milliseconds", is: fact.TimedOut},
	{say: "operation timed out after … milliseconds with", is: fact.TimedOut, in: []fact.Context{"curl", fact.InUse}},
	{say: "failed to connect to … port … : timed out", is: fact.ConnectTimeout, in: curlClient},
	{say: "resolving timed out after", is: fact.ResolverFailed, in: curlClient},
	{say: "could not resolve host", is: fact.NameNotFound},
	{say: "couldn't resolve host", is: fact.NameNotFound},
	{say: "could not resolve proxy", is: fact.NameNotFound, in: curlClient},
	{say: "couldn't connect to server", is: fact.CannotConnect},
	{say: "could not connect to server", is: fact.CannotConnect},
	{say: "connect tunnel failed", is: fact.TunnelRefused, in: curlClient},
	{say: "received http code … from proxy after connect", is: fact.TunnelRefused, in: curlClient},
	{say: "proxy connect aborted", is: fact.TunnelRefused, in: curlClient},
	{say: "empty reply from server", is: fact.Closed},
	{say: "received http/0.9 when not allowed", is: fact.NotThisProtocol, in: curlClient},
	{say: "schannel: failed to receive handshake", is: fact.BrokeInHandshake, in: curlSchannel},
	{say: "schannel: next initializesecuritycontext failed", in: curlSchannel},
	{say: "schannel: sni or certificate check failed", is: fact.VerifyFailed, in: curlSchannel},
	{say: "failed to match connection hostname", is: fact.CertName, in: curlSchannel},
	{say: "schannel: server closed the connection", is: fact.EOFEstablished, in: curlSchannel},
	{say: "schannel: server closed abruptly", is: fact.NoCloseNotify, in: curlSchannel},
}

var (
	curlClient   = []fact.Context{"curl", fact.ByClient}
	curlSchannel = []fact.Context{"curl", "schannel", fact.ByClient}
)
