package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// programs lists tools of an administrator that use one of the libraries in their own way.
func programs() []Product { return []Product{wget(), redisCLI()} }

// wget is Wget as Debian builds it, with GnuTLS (1.21.3, src/gnutls.c): chain and name are looked at once the handshake stands.
func wget() Product {
	p := gnutls37()
	does := func(verify bool, roots RootsUse) Behaviour {
		return Behaviour{Profile: p, TLS: TLSRequire, Chain: verify, Name: verify, ChainLate: true, NameLate: true, Roots: roots, Text: wgetText}
	}
	return Product{
		ID: "wget", Says: "GNU Wget 1.21 with GnuTLS", Protocols: []string{"https"},
		Modes: []Mode{
			{ID: "default", Says: "the system's store", Does: does(true, RootsSystem)},
			{ID: "--ca-certificate", Says: "a CA file beside the system's store", Does: does(true, RootsGiven)},
			{ID: "--no-check-certificate", Says: "complains and goes on", Does: does(false, RootsSystem)},
		},
	}
}

func wgetText(f Failure) string {
	switch f.Reason {
	case "chain":
		return wgetChain(f)
	case "name":
		return "The certificate's owner does not match hostname ‘" + f.Host + "’"
	}
	const unable = "\nUnable to establish SSL connection."
	switch f.How {
	case fact.EndRefused:
		return "failed: Connection refused."
	case fact.EndAlert:
		return fmt.Sprintf("GnuTLS: A TLS fatal alert has been received.\nGnuTLS: received alert [%d]: %s", f.Alert, gnutlsAlerts[f.Alert]) + unable
	case fact.EndReset:
		return "GnuTLS: Error in the pull function." + unable
	case fact.EndTimeout:
		return unable[1:]
	case fact.EndClosed:
		return "GnuTLS: The TLS connection was non-properly terminated." + unable
	case fact.EndNotTLS:
		return "GnuTLS: An unexpected TLS packet was received." + unable
	}
	if says := gnutlsLocal[f.Reason]; says != "" {
		return "GnuTLS: " + says + unable
	}
	return ""
}

// wgetChain are its lines about a chain, in the order of ssl_check_certificate (src/gnutls.c).
func wgetChain(f Failure) string {
	lines := []string{"ERROR: The certificate of ‘" + f.Host + "’ is not trusted."}
	status := gnutlsVerdict(f.Verdict)
	for _, w := range [][2]string{{"issuer is unknown", "doesn't have a known issuer."}, {"insecure algorithm", "was signed using an insecure algorithm."},
		{"not yet valid", "is not yet activated."}, {"expired", "has expired."}} {
		if strings.Contains(status, w[0]) {
			lines = append(lines, "ERROR: The certificate of ‘"+f.Host+"’ "+w[1])
		}
	}
	return strings.Join(lines, "\n")
}

// redisCLI is redis-cli 7.0 (hiredis/ssl.c): OpenSSL verifies the chain; nothing looks at the name.
func redisCLI() Product {
	does := func(verify bool) Behaviour {
		return Behaviour{Profile: openssl3(), TLS: TLSRequire, SNI: SNINever, Chain: verify, Roots: RootsGiven, Text: redisText}
	}
	return Product{
		ID: "redis-cli", Says: "redis-cli 7.0", Protocols: []string{"tls"},
		Modes: []Mode{ // it waits for a silent server without end
			{ID: "--tls", Says: "the chain is verified, the name never", Does: does(true)},
			{ID: "--tls --insecure", Says: "nothing is verified", Does: does(false)},
			{ID: "plain", Says: "no TLS", Does: Behaviour{Profile: openssl3(), TLS: TLSNever, Text: redisText}},
		},
		Aliases: []string{"valkey-cli", "hiredis"},
	}
}

func redisText(f Failure) string {
	text := "Could not connect to Redis at " + fmt.Sprintf("%s:%d", f.Host, f.Port) + ": "
	switch f.How {
	case fact.EndRefused:
		return text + "Connection refused"
	case fact.EndReset:
		return text + "SSL_connect failed: Connection reset by peer"
	}
	if f.Reason == "chain" {
		return text + "SSL_connect failed: certificate verify failed"
	}
	if e, ok := opensslFailure(f); ok {
		return text + "SSL_connect failed: " + e.text()
	}
	return ""
}

// Cautious stands in for a client whose own behaviour is not known: it needs TLS and verifies chain and name.
func Cautious() Behaviour {
	modern, _ := ByID("modern")
	return Behaviour{Profile: modern, TLS: TLSRequire, Chain: true, Name: true, Roots: RootsGiven}
}
