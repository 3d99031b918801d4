// Package machine reads what this host itself brings: its trusted roots.
package machine

import (
	"os"

	"github.com/tlswhy/tlswhy/internal/trust"
)

// bundles are where distributions keep their trusted roots, as Go's crypto/x509 (root_linux.go) looks for them.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Alpine
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7 and later
	"/etc/ssl/cert.pem",                                 // Alpine, macOS, BSD
}

// Roots reads the system's trusted roots: the bundle that SSL_CERT_FILE names, else the first that exists. A host
// without any gives an empty set, which is a fact about it and no error.
func Roots() trust.Roots {
	if f := os.Getenv("SSL_CERT_FILE"); f != "" {
		return first([]string{f})
	}
	return first(bundles)
}

// first reads the first file that is there. What cannot be read as roots counts as a bundle without any: no client
// looks for another one then (crypto/x509, root_unix.go; OpenSSL knows one file alone).
func first(files []string) trust.Roots {
	for _, f := range files {
		if pem, err := os.ReadFile(f); err == nil {
			roots, _ := trust.RootsFromPEM(pem)
			return roots
		}
	}
	return trust.Roots{}
}
