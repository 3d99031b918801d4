package cli

import "golang.org/x/net/idna"

// asciiName gives an international name the form in which it stands in DNS, SNI and certificates (RFC 5891). A name that
// has no such form, or is none, stays as it is: a look-up will say so.
func asciiName(name string) string {
	if a, err := idna.Lookup.ToASCII(name); err == nil {
		return a
	}
	return name
}
