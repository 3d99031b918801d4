package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// curl is curl with OpenSSL: the chain is verified during the handshake, the name by curl itself when it stands
// (lib/vtls/openssl.c, Curl_ossl_verifyhost).
func curl() Product {
	p := openssl3()
	p.Trust.PartialWildcard, p.Trust.CNForIP = false, true
	does := func(chain bool, roots RootsUse) Behaviour {
		return Behaviour{Profile: p, TLS: TLSRequire, Chain: chain, Name: chain, NameLate: true, Roots: roots, Text: curlText}
	}
	return Product{
		ID: "curl", Says: "curl with OpenSSL 3.0 (7.88.1)", Protocols: []string{"tls", "https"},
		Modes: []Mode{
			{ID: "system trust", Says: "no option: the system's store", Does: does(true, RootsSystem)},
			{ID: "--cacert", Says: "a CA file", Does: does(true, RootsGiven)},
			{ID: "-k", Says: "--insecure: nothing is verified", Does: does(false, RootsSystem)},
		},
		Aliases: []string{"libcurl"},
	}
}

// curlText is the line that curl ends with; its number is the exit status.
func curlText(f Failure) string {
	switch f.How {
	case fact.EndRefused:
		return fmt.Sprintf("curl: (7) Failed to connect to %s port %d after 0 ms: Couldn't connect to server", f.Host, f.Port)
	case fact.EndTimeout:
		return "curl: (28) Connection timed out after 4000 milliseconds"
	case fact.EndReset:
		return "curl: (35) Recv failure: Connection reset by peer"
	case fact.EndClosed:
		return fmt.Sprintf("curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to %s:%d", f.Host, f.Port)
	}
	switch f.Reason {
	case "chain":
		return "curl: (60) SSL certificate problem: " + x509Text(x509First(f))
	case "name":
		return "curl: (60) SSL: " + curlName(f)
	}
	e, ok := opensslFailure(f)
	switch {
	case !ok:
		return ""
	case f.Step == StepDone:
		return "curl: (56) OpenSSL SSL_read: OpenSSL/3.0.22: " + e.short() + ", errno 0"
	case e.alert == 116:
		return "curl: (98) OpenSSL/3.0.22: " + e.short() // CURLE_SSL_CLIENTCERT
	}
	return "curl: (35) OpenSSL/3.0.22: " + e.short()
}

// curlName is how curl words a name that does not fit.
func curlName(f Failure) string {
	kind := "host name"
	if isAddress(f.Host) {
		kind = "ipv4 address"
	}
	if p := nameProblem(f.Verdict); p != nil && p.Detail == "common name" && len(p.Names) == 1 {
		return fmt.Sprintf("certificate subject name '%s' does not match target %s '%s'", p.Names[0], kind, verifiedName(f))
	}
	return fmt.Sprintf("no alternative certificate subject name matches target %s '%s'", kind, verifiedName(f))
}

// nameProblem is the one that says the name does not fit, or nil.
func nameProblem(v *fact.Verdict) *fact.Problem {
	return fatal(v, fact.NameMismatch, fact.NameIsIP, fact.NameOnlyInCN)
}

// verifiedName is the name that was looked for in the certificate.
func verifiedName(f Failure) string {
	if f.Verdict != nil && f.Verdict.Name != "" {
		return f.Verdict.Name
	}
	return f.Host
}
