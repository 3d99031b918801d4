package words

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A meaning is what a reason of OpenSSL's or BoringSSL's error tables complains of. The texts are those of
// names.OpenSSLReason, folded; the numbers differ between the libraries, the texts do not.
type meaning struct {
	reason string
	is     fact.Symptom
	bare   bool // telling enough without a code: the reason is a phrase by itself
}

// meanings are the reasons of the SSL library and of those that read keys, certificates and files. Not bare are those
// that ordinary prose, or another library about something else, also says.
var meanings = []meaning{
	{"unsupported protocol", fact.VersionRefused, true},
	{"version too low", fact.VersionRefused, true},
	{"version too high", fact.VersionRefused, true},
	{"wrong ssl version", fact.VersionRefused, true},
	{"unsupported ssl version", fact.VersionRefused, true},
	{"unknown ssl version", fact.VersionRefused, true},
	{"bad protocol version number", fact.VersionRefused, true},
	{"no protocols available", fact.NoVersionLeft, true},
	{"no supported versions enabled", fact.NoVersionLeft, true},
	{"inappropriate fallback", fact.InappropriateFallback, false},
	{"tls13 downgrade", fact.InappropriateFallback, true},
	{"downgrade detected", fact.InappropriateFallback, false},

	{"wrong version number", fact.NotTLS, true},
	{"unknown protocol", fact.NotTLS, true},
	{"packet length too long", fact.NotTLS, true},
	{"http request", fact.HTTPRequestHere, false},
	{"https proxy request", fact.HTTPSProxyURL, true},

	{"no shared cipher", fact.NoSharedCipher, true},
	{"missing tmp dh key", fact.NoSharedCipher, true},
	{"no cipher match", fact.NoCipherLeft, true},
	{"no ciphers available", fact.NoCipherLeft, true},
	{"library has no ciphers", fact.NoCipherLeft, true},
	{"ssl library has no ciphers", fact.NoCipherLeft, true},
	{"no ciphers specified", fact.CipherRefused, true},
	{"no ciphers passed", fact.CipherRefused, true},
	{"wrong cipher returned", fact.CipherRefused, true},
	{"unknown cipher returned", fact.CipherRefused, true},
	{"bad cipher", fact.CipherRefused, false},
	{"cipher or hash unavailable", fact.CipherRefused, true},
	{"required cipher missing", fact.CipherRefused, true},
	{"insufficient security", fact.SecurityLevelRefused, false},

	{"bad key share", fact.BadKeyShare, true},
	{"missing key share", fact.BadKeyShare, true},
	{"duplicate key share", fact.BadKeyShare, true},
	{"no change following hrr", fact.BadKeyShare, true},
	{"empty hello retry request", fact.BadKeyShare, true},
	{"bad ecpoint", fact.BadKeyShare, true},
	{"point is not on curve", fact.BadKeyShare, true},
	{"no suitable key share", fact.NoSharedGroup, true},
	{"no suitable groups", fact.NoSharedGroup, false},
	{"no shared groups", fact.NoSharedGroup, true},
	{"no shared group", fact.NoSharedGroup, true},
	{"no groups specified", fact.NoSharedGroup, true},
	{"wrong curve", fact.NoSharedGroup, true},
	{"unsupported elliptic curve", fact.NoSharedGroup, true},
	{"unable to find ecdh parameters", fact.NoSharedGroup, true},
	{"missing tmp ecdh key", fact.NoSharedGroup, true},
	{"dh key too small", fact.DHTooSmall, true},
	{"bad dh p length", fact.DHTooSmall, true},
	{"modulus too small", fact.DHTooSmall, true},

	{"no suitable signature algorithm", fact.NoSharedSignature, true},
	{"no shared signature algorithms", fact.NoSharedSignature, true},
	{"no common signature algorithms", fact.NoSharedSignature, true},
	{"missing sigalgs extension", fact.NoSharedSignature, true},
	{"signature algorithms error", fact.NoSharedSignature, true},
	{"no suitable digest algorithm", fact.NoSharedSignature, true},
	{"no required digest", fact.NoSharedSignature, true},
	{"invalid signature algorithm", fact.NoSharedSignature, false},
	{"legacy sigalg disallowed or unsupported", fact.LegacySignature, true},
	{"wrong signature type", fact.LegacySignature, true},
	{"bad signature", fact.BadSignature, false},
	{"wrong signature length", fact.BadSignature, false},
	{"wrong signature size", fact.BadSignature, false},
	{"bad rsa signature", fact.BadSignature, true}, // this and the next three: OpenSSL 1.0.2
	{"bad ecdsa signature", fact.BadSignature, true},
	{"bad dsa signature", fact.BadSignature, true},
	{"bad rsa decrypt", fact.BadRecordMAC, true},
	{"block type is not 01", fact.BadSignature, true},
	{"padding check failed", fact.BadSignature, false},

	{"no application protocol", fact.NoSharedALPN, false},
	{"invalid alpn protocol", fact.NoSharedALPN, true},
	{"unsafe legacy renegotiation disabled", fact.UnsafeRenegotiation, true},
	{"renegotiation mismatch", fact.UnsafeRenegotiation, true},
	{"renegotiation encoding err", fact.UnsafeRenegotiation, true},
	{"inconsistent extms", fact.EMSMissing, true},
	{"ems state inconsistent", fact.EMSMissing, true},
	{"renegotiation ems mismatch", fact.EMSMissing, true},
	{"resumed ems session without ems extension", fact.EMSMissing, true},
	{"resumed non ems session with ems extension", fact.EMSMissing, true},
	{"attempt to reuse session in different context", fact.ResumptionFailed, true},
	{"session id context uninitialized", fact.ResumptionFailed, true},
	{"ssl session version mismatch", fact.ResumptionFailed, true},
	{"old session cipher not returned", fact.ResumptionFailed, true},
	{"old session version not returned", fact.ResumptionFailed, true},
	{"old session prf hash mismatch", fact.ResumptionFailed, true},
	{"ciphersuite digest has changed", fact.ResumptionFailed, true},
	{"binder does not verify", fact.ResumptionFailed, true},
	{"psk identity not found", fact.ResumptionFailed, true},
	{"bad psk identity", fact.ResumptionFailed, true},
	{"bad psk", fact.ResumptionFailed, false},
	{"invalid session id", fact.ResumptionFailed, false},

	{"bad extension", fact.BadExtension, false},
	{"unsolicited extension", fact.BadExtension, true},
	{"unexpected extension", fact.BadExtension, false},
	{"duplicate extension", fact.BadExtension, false},
	{"missing extension", fact.BadExtension, false},
	{"error parsing extension", fact.BadExtension, true},
	{"parse tlsext", fact.BadExtension, true},
	{"clienthello tlsext", fact.BadExtension, true},
	{"serverhello tlsext", fact.BadExtension, true},
	{"tls invalid ecpointformat list", fact.BadExtension, true},
	{"ssl3 ext invalid servername", fact.BadExtension, true},
	{"missing supported groups extension", fact.BadExtension, true},
	{"missing psk kex modes extension", fact.BadExtension, true},

	{"bad length", fact.DecodeError, false},
	{"length mismatch", fact.DecodeError, false},
	{"length too short", fact.DecodeError, false},
	{"length too long", fact.DecodeError, false},
	{"bad packet", fact.DecodeError, false},
	{"bad packet length", fact.DecodeError, true},
	{"decode error", fact.DecodeError, false},
	{"clienthello parse failed", fact.DecodeError, true},
	{"extra data in message", fact.DecodeError, true},
	{"record length mismatch", fact.DecodeError, true},
	{"excessive message size", fact.DecodeError, true},
	{"data length too long", fact.DecodeError, true},
	{"encrypted length too long", fact.DecodeError, true},
	{"bad handshake length", fact.DecodeError, true},
	{"bad record type", fact.DecodeError, true},
	{"bad legacy version", fact.DecodeError, true},
	{"record too small", fact.DecodeError, true},
	{"fragmented client hello", fact.DecodeError, true},
	{"error in received cipher list", fact.DecodeError, true},
	{"cert length mismatch", fact.DecodeError, true},

	{"unexpected message", fact.UnexpectedMessage, false},
	{"unexpected record", fact.UnexpectedMessage, true},
	{"app data in handshake", fact.UnexpectedMessage, true},
	{"ccs received early", fact.UnexpectedMessage, true},
	{"unexpected ccs message", fact.UnexpectedMessage, true},
	{"invalid ccs message", fact.UnexpectedMessage, true},
	{"bad change cipher spec", fact.UnexpectedMessage, true},
	{"got a fin before a ccs", fact.UnexpectedMessage, true},
	{"data between ccs and finished", fact.UnexpectedMessage, true},
	{"mixed handshake and non handshake data", fact.UnexpectedMessage, true},
	{"not on record boundary", fact.UnexpectedMessage, true},
	{"excess handshake data", fact.UnexpectedMessage, true},
	{"bad hello request", fact.UnexpectedMessage, true},
	{"too many warn alerts", fact.UnexpectedMessage, true},
	{"internal error", fact.InternalError, false},
	{"library bug", fact.InternalError, false},

	{"decryption failed or bad record mac", fact.BadRecordMAC, true},
	{"decryption failed", fact.BadRecordMAC, false},
	{"block cipher pad is wrong", fact.BadRecordMAC, true},
	{"digest check failed", fact.BadFinished, true},
	{"bad digest length", fact.BadFinished, true},
	{"ssl handshake failure", fact.HandshakeFailed, false},
	{"handshake failure on client hello", fact.PeerAlert(40), true},
	{"shutdown while in init", fact.HandshakeFailed, true},
	{"protocol is shutdown", fact.Closed, true},
	{"application data after close notify", fact.Closed, true},
	{"read timeout expired", fact.TimedOut, true},

	{"certificate verify failed", fact.VerifyFailed, true},
	{"ee key too small", fact.KeyTooSmall, true},
	{"ca key too small", fact.KeyTooSmall, true},
	{"digest too big for rsa key", fact.KeyTooSmall, true},
	{"key size too small", fact.KeyTooSmall, false},
	{"ca md too weak", fact.DigestTooWeak, true},
	{"unknown message digest algorithm", fact.DigestTooWeak, true},
	{"no certificates returned", fact.NoPeerCert, true},
	{"peer did not return a certificate", fact.NoPeerCert, true},
	{"tls peer did not respond with certificate list", fact.NoPeerCert, true},
	{"wrong certificate type", fact.CertTypeUnusable, true},
	{"unknown certificate type", fact.CertTypeUnusable, true},
	{"missing rsa certificate", fact.CertTypeUnusable, true},
	{"missing rsa signing cert", fact.CertTypeUnusable, true},
	{"missing rsa encrypting cert", fact.CertTypeUnusable, true},
	{"missing ecdsa signing cert", fact.CertTypeUnusable, true},
	{"missing signing cert", fact.CertTypeUnusable, true},
	{"key usage bit incorrect", fact.CertWrongPurpose, true},
	{"signature for non signing certificate", fact.CertWrongPurpose, true},
	{"ecc cert not for signing", fact.CertWrongPurpose, true},
	{"no valid scts", fact.CertUnacceptable, true},
	{"sct verification failed", fact.CertUnacceptable, true},
	{"invalid status response", fact.RevocationUnknown, true},
	{"ocsp callback failure", fact.RevocationUnknown, true},
	{"ocsp cb error", fact.RevocationUnknown, true},
	{"cannot parse leaf cert", fact.CertMalformed, true},
	{"bad ecc cert", fact.CertMalformed, true},
	{"unable to find public key parameters", fact.CertMalformed, true},
	{"unable to get certs public key", fact.CertMalformed, true},
	{"illegal padding", fact.CertMalformed, false},

	{"key values mismatch", fact.KeyMismatch, true},
	{"key type mismatch", fact.KeyMismatch, true},
	{"private key mismatch", fact.KeyMismatch, true},
	{"certificate and private key mismatch", fact.KeyMismatch, true},
	{"no certificate assigned", fact.NoServerCredential, true},
	{"no certificate set", fact.NoServerCredential, true},
	{"cert cb error", fact.NoServerCredential, true},
	{"no private key assigned", fact.KeyUnreadable, true},
	{"private key operation failed", fact.KeyUnreadable, true},
	{"failed loading private key", fact.KeyUnreadable, true},
	{"could not load the shared library", fact.TLSInitFailed, false},
	{"bad decrypt", fact.KeyUnreadable, true},
	{"bad password read", fact.KeyUnreadable, true},
	{"problems getting password", fact.KeyUnreadable, true},
	{"unable to get passphrase", fact.KeyUnreadable, true},
	{"mac verify failure", fact.KeyUnreadable, true},
	{"pkcs12 cipherfinal error", fact.KeyUnreadable, true},
	{"error verifying pkcs12 mac", fact.KeyUnreadable, true},
	{"wrong final block length", fact.KeyUnreadable, false},
	{"no such file", fact.FileMissing, false},
	{"no start line", fact.FileBad, true},
	{"bad base64 decode", fact.FileBad, true},
	{"base64 decode error", fact.FileBad, true},
	{"bad end line", fact.FileBad, true},
	{"no certificate or crl found", fact.FileBad, true},
	{"no certificate found", fact.FileBad, false},
	{"no crl found", fact.FileBad, true},
	{"bad ssl filetype", fact.FileBad, true},
	{"wrong tag", fact.FileBad, false},
	{"not enough data", fact.FileBad, false},
	{"header too long", fact.FileBad, false},
	{"bad object header", fact.FileBad, true},
	{"unsupported private key algorithm", fact.FileBad, true},
	{"private key decode error", fact.FileBad, true},
	{"loading cert dir", fact.CAFileMissing, false},
	{"loading defaults", fact.CAFileMissing, false},

	{"disabled for fips", fact.FIPSRefused, true},
	{"at least tls 1.0 needed in fips mode", fact.FIPSRefused, true},
	{"fips mode not supported", fact.FIPSRefused, true},
	{"error setting fips mode", fact.FIPSRefused, true},
	{"fips module in error state", fact.FIPSRefused, true},
	{"digest not allowed", fact.FIPSRefused, true},
	{"invalid digest", fact.FIPSRefused, false},
	{"prng not seeded", fact.WaitsForEntropy, true},
	{"error retrieving entropy", fact.WaitsForEntropy, true},
	{"entropy source strength too weak", fact.WaitsForEntropy, true},
	{"unable to fetch drbg", fact.WaitsForEntropy, true},

	{"bad value", fact.OptionInvalid, false},
	{"unknown cmd name", fact.OptionInvalid, true},
	{"ssl command section not found", fact.OptionInvalid, true},
	{"ssl section not found", fact.OptionInvalid, true},
	{"invalid configuration name", fact.OptionInvalid, true},

	{"connect error", fact.CannotConnect, false},
	{"connect timeout", fact.ConnectTimeout, false},
	{"ambiguous host or service", fact.NameNotFound, true},
	{"lookup returned nothing", fact.NameNotFound, true},
	{"unable to bind socket", fact.AddressInUse, false},
}

// alertRows are the reasons by which OpenSSL and BoringSSL tell a received alert. They stand here so that the rows of
// other phrases, which are parts of them, stay silent.
func alertRows() []row {
	var rows []row
	known := map[string]bool{}
	for code := uint(1); code < 256; code++ {
		_, text := names.OpenSSLReason(libSSL, 1000+code)
		boring := names.BoringSSLReason(1000 + code)
		renamed := strings.Replace(text, "sslv3 alert", "ssl/tls alert", 1) // OpenSSL 3.2
		for _, say := range []string{text, renamed, boring} {
			if say != "" && !known[say] {
				known[say] = true
				rows = append(rows, row{say: say, is: fact.PeerAlert(uint8(code))})
			}
		}
	}
	return rows
}

// reasonRows are the reasons that are phrases by themselves.
func reasonRows() []row {
	rows := make([]row, 0, len(meanings))
	for _, m := range meanings {
		if m.bare {
			rows = append(rows, row{say: m.reason, is: m.is})
		}
	}
	return rows
}

// meaningOf is the symptom of a reason's whole text, "" for one that says nothing of TLS.
func meaningOf(reason string) fact.Symptom {
	reason = fold(reason)
	for i := range meanings {
		if meanings[i].reason == reason {
			return meanings[i].is
		}
	}
	return ""
}

// meaningAt is the symptom of the longest reason that a folded text begins with.
func meaningAt(text string) fact.Symptom {
	if i := longestMeaning(text); i >= 0 {
		return meanings[i].is
	}
	return ""
}

// longestMeaning is the place of that reason, -1 for none.
func longestMeaning(text string) int {
	best := -1
	for i := range meanings {
		reason := meanings[i].reason
		if strings.HasPrefix(text, reason) && edge(text, len(reason)) && (best < 0 || len(reason) > len(meanings[best].reason)) {
			best = i
		}
	}
	return best
}
