package client

import "strings"

// proxyConfigured is HAProxy, Apache, stunnel or Envoy towards a TLS server, as their settings say: built on OpenSSL (Envoy on
// BoringSSL) with the versions of today, verifying what the mode names. The mode is in the product's own words.
func proxyConfigured(u Use) Behaviour {
	b := Behaviour{Profile: openssl3Min12(), TLS: TLSRequire, SNI: SNIName, Roots: RootsGiven}
	b.Chain = strings.Contains(u.Mode, "verify required") || strings.Contains(u.Mode, "SSLProxyVerify require") ||
		strings.Contains(u.Mode, "verifyChain") || strings.Contains(u.Mode, "verifyPeer") || strings.Contains(u.Mode, "trusted_ca")
	b.Name = b.Chain && u.Name != ""
	if b.Chain && u.CA == "" {
		b.Roots = RootsNone
	}
	return b
}
