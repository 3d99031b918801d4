package trust

import (
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// NameOptions are the habits in which clients differ when they match a name; the zero value is RFC 9525.
type NameOptions struct {
	CNFallback      bool // without a SAN of the kind, the common name counts (RFC 6125 §6.4.4)
	CNForIP         bool // … for addresses too (curl, libpq)
	PartialWildcard bool // "d*.example.test" counts (OpenSSL's X509_check_host)
	IgnoreIPSAN     bool // an address is compared as if it were a host name (nginx)
}

// MatchName reports whether a certificate is valid for a host name or an IP literal, and by which entry: "dns:…",
// "ip:…" or "cn:…". A trailing dot of the name and letter case do not matter; internationalised names are compared
// as given, so they should come in A-label form.
func MatchName(cert *fact.Certificate, name string, o NameOptions) (ok bool, how string) {
	if cert == nil {
		return false, ""
	}
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil && !o.IgnoreIPSAN {
		return matchIP(cert, a, o)
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, d := range cert.DNSNames {
		if matchDNS(d, name, o.PartialWildcard) {
			return true, "dns:" + d
		}
	}
	if o.CNFallback && len(cert.DNSNames) == 0 && matchDNS(cert.CommonName, name, o.PartialWildcard) {
		return true, "cn:" + cert.CommonName
	}
	return false, ""
}

func matchIP(cert *fact.Certificate, a netip.Addr, o NameOptions) (bool, string) {
	a = a.Unmap().WithZone("")
	for _, s := range cert.IPs {
		if b, err := netip.ParseAddr(s); err == nil && b.Unmap() == a {
			return true, "ip:" + s
		}
	}
	if b, err := netip.ParseAddr(cert.CommonName); o.CNForIP && len(cert.IPs) == 0 && err == nil && b.Unmap() == a {
		return true, "cn:" + cert.CommonName
	}
	return false, ""
}

// matchDNS compares a pattern of a certificate with a name in lower case, without its trailing dot.
func matchDNS(pattern, name string, partial bool) bool {
	pattern = strings.ToLower(strings.TrimSuffix(pattern, "."))
	if pattern == "" || name == "" {
		return false
	}
	if !strings.Contains(pattern, "*") {
		return pattern == name
	}
	label, rest, _ := strings.Cut(pattern, ".")
	host, domain, _ := strings.Cut(name, ".")
	// At least two labels must follow the star, else "*.test" would stand for a whole top level domain. A star
	// elsewhere than in the left-most label means nothing (RFC 6125 §6.4.3).
	if rest != domain || !strings.Contains(rest, ".") || strings.Contains(rest, "*") || isAddress(name) {
		return false
	}
	return matchLabel(label, host, partial)
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

func matchLabel(pattern, host string, partial bool) bool {
	if pattern == "*" {
		return host != ""
	}
	before, after, _ := strings.Cut(pattern, "*")
	if !partial || strings.Contains(after, "*") || strings.HasPrefix(host, "xn--") || strings.HasPrefix(pattern, "xn--") {
		return false
	}
	return len(host) >= len(before)+len(after) && strings.HasPrefix(host, before) && strings.HasSuffix(host, after)
}
