package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// pythonSSL is Python's ssl module as Debian builds it. Since 3.11.4 a connection closed within the handshake is another error.
func pythonSSL() Product {
	modes := pythonModes("", "TLS/SSL connection has been closed (EOF)")
	return Product{
		ID: "python", Says: "Python 3.11 ssl with OpenSSL 3.0", Protocols: []string{"tls", "https"},
		Modes:   append(modes, pythonModes("3.11.4", "")...),
		Aliases: []string{"python3", "python ssl", "python3 ssl"},
	}
}

// pythonModes are the modes from a release on; closed is how it words a connection that ends within the handshake.
func pythonModes(since, closed string) []Mode {
	does := func(verify bool, roots RootsUse) Behaviour {
		return Behaviour{Profile: python(), TLS: TLSRequire, Chain: verify, Name: verify, Roots: roots,
			Text: func(f Failure) string { return pythonText(f, closed) }}
	}
	return []Mode{
		{ID: "create_default_context()", Says: "the system's store", Versions: since, Does: does(true, RootsSystem)},
		{ID: "create_default_context(cafile)", Says: "a CA file", Versions: since, Does: does(true, RootsGiven)},
		{ID: "CERT_NONE", Says: "nothing is verified", Versions: since, Does: does(false, RootsSystem)},
	}
}

// pythonText is the exception with its class (Modules/_ssl.c, PySSL_SetError).
func pythonText(f Failure, closed string) string {
	switch f.How {
	case fact.EndRefused:
		return "builtins.ConnectionRefusedError: [Errno 111] Connection refused"
	case fact.EndReset:
		return "builtins.ConnectionResetError: [Errno 104] Connection reset by peer"
	case fact.EndTimeout:
		return "builtins.TimeoutError: _ssl.c:975: The handshake operation timed out"
	case fact.EndClosed:
		if closed != "" {
			return "ssl.SSLZeroReturnError: " + closed + " (_ssl.c:992)"
		}
		return "ssl.SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)"
	}
	if f.Reason == "chain" || f.Reason == "name" {
		return "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " + pythonVerify(f) + " (_ssl.c:992)"
	}
	e, ok := opensslFailure(f)
	if !ok {
		return ""
	}
	line := 992
	if f.Step == StepDone {
		line = 2546 // the read after the handshake
	}
	return fmt.Sprintf("ssl.SSLError: %s %s (_ssl.c:%d)", pythonMnemonic(e), e.text(), line)
}

// pythonVerify is the sentence for a refused certificate, Python's own where the name is wrong.
func pythonVerify(f Failure) string {
	switch code := x509First(f); code {
	case x509Host:
		return fmt.Sprintf("Hostname mismatch, certificate is not valid for '%s'.", verifiedName(f))
	case x509Address:
		return fmt.Sprintf("IP address mismatch, certificate is not valid for '%s'.", verifiedName(f))
	default:
		return x509Text(code)
	}
}

// pythonMnemonic is the reason's name in brackets; Python 3.11's table (Modules/_ssl_data_300.h) lacks a few.
func pythonMnemonic(e opensslError) string {
	if e.reason == sslLegacySigalg || e.alert == 120 {
		return "[SSL]"
	}
	return "[SSL: " + mnemonic(e) + "]"
}

// mnemonic is the reason as the C constants name it, without SSL_R_.
func mnemonic(e opensslError) string {
	return strings.ToUpper(strings.NewReplacer(" ", "_", "/", "_").Replace(e.text()))
}
