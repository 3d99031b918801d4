package client

import (
	"net/netip"
	"slices"
)

// Shapes lists one behaviour for each shape of hello among behaviours: the commonest first, and last those of which another
// stands before that differs in nothing but the name; those without TLS are left out.
func Shapes(all []Behaviour) []Behaviour {
	count := map[string]int{}
	var list []Behaviour
	for _, b := range all {
		if b.TLS == TLSNever {
			continue
		}
		if count[b.Shape()]++; count[b.Shape()] == 1 {
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, func(a, b Behaviour) int { return count[b.Shape()] - count[a.Shape()] })
	var first, siblings []Behaviour
	named := map[string]bool{}
	for i, b := range list {
		if key := b.otherwiseNamed().Shape(); i > 1 && named[key] {
			siblings = append(siblings, b)
			continue
		}
		named[b.Shape()] = true
		first = append(first, b)
	}
	return append(first, siblings...)
}

// otherwiseNamed is b with the name sent that it does not send, or the reverse.
func (b Behaviour) otherwiseNamed() Behaviour {
	if b.SNI == SNINever {
		b.SNI = SNIName
	} else {
		b.SNI = SNINever
	}
	return b
}

// ServerName is what b sends as server name when it connects to host.
func (b Behaviour) ServerName(host string) string {
	if _, err := netip.ParseAddr(host); err == nil || b.SNI == SNINever {
		return ""
	}
	return host
}
