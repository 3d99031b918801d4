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
	files := bundles
	if f := os.Getenv("SSL_CERT_FILE"); f != "" {
		files = []string{f}
	}
	for _, f := range files {
		pem, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		if roots, err := trust.RootsFromPEM(pem); err == nil {
			return roots
		}
	}
	return trust.Roots{}
}
