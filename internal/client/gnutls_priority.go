package client

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// readPriority reads a GnuTLS priority string (GnuTLS manual, "Priority strings"): its versions, groups, key exchanges and ciphers.
// What says more is not imitated.
func readPriority(o *Overlay, value string) bool {
	p := priority{overlay: o, versions: []uint16{wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10}}
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ':' || r == ' ' || r == ',' })
	if len(words) == 0 || !p.base(words[0]) {
		return false
	}
	for _, w := range words[1:] {
		if !p.word(strings.ToUpper(w)) {
			return false
		}
	}
	rising := slices.Clone(p.versions)
	slices.Sort(rising)
	if len(lowestBlock(rising)) < len(rising) {
		return false // with a hole the hello's first version is the one below it, and servers refuse that, TLS 1.3 or not
	}
	o.Versions, o.Groups = p.versions, p.groups
	if o.Versions == nil {
		o.Versions = []uint16{}
	}
	gone := p.gone
	o.Drop = func(id uint16) bool {
		s, _ := names.SuiteByID(id)
		return slices.ContainsFunc(gone, func(word string) bool { return gnutlsMeans(word, s) })
	}
	return true
}

// A priority is a priority string as far as it has been read.
type priority struct {
	overlay  *Overlay
	versions []uint16
	groups   []uint16
	gone     []string // key exchanges and ciphers taken away
}

// base is the keyword that a priority string begins with.
func (p *priority) base(word string) bool {
	switch strings.ToUpper(word) {
	case "NORMAL", "PERFORMANCE", "SECURE", "SECURE128": // the same suites, in another order
		return true
	case "PFS":
		p.gone = append(p.gone, "RSA")
		return true
	}
	return false
}

func (p *priority) word(w string) bool {
	if w == "" {
		return true
	}
	sign, name := w[0], strings.TrimLeft(w, "+-!")
	if sign != '+' && sign != '-' && sign != '!' {
		return w == "%COMPAT"
	}
	add := sign == '+'
	if kind, rest, ok := strings.Cut(name, "-"); ok {
		switch kind {
		case "VERS":
			return p.change(&p.versions, add, rest, gnutlsVersions)
		case "GROUP", "CURVE":
			if p.groups == nil {
				p.groups = gnutls37().Hello(Target{}).Groups
			}
			return p.change(&p.groups, add, rest, gnutlsGroups)
		}
	}
	if add {
		p.gone = slices.DeleteFunc(p.gone, func(g string) bool { return g == name })
		return gnutlsWord(name)
	}
	p.gone = append(p.gone, name)
	return gnutlsWord(name)
}

// change adds to a list or takes from it what a word names.
func (p *priority) change(list *[]uint16, add bool, word string, named func(string) ([]uint16, bool)) bool {
	ids, ok := named(word)
	left := slices.DeleteFunc(slices.Clone(*list), func(v uint16) bool { return slices.Contains(ids, v) })
	if add {
		left = append(left, ids...)
	}
	*list = append([]uint16{}, left...)
	return ok
}

func gnutlsVersions(word string) ([]uint16, bool) {
	switch word {
	case "ALL", "TLS-ALL":
		return []uint16{wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10}, true
	case "SSL3.0", "DTLS1.0", "DTLS1.2", "DTLS-ALL":
		return nil, true
	}
	v, ok := names.ParseVersion(word)
	return []uint16{v}, ok
}

func gnutlsGroups(word string) ([]uint16, bool) {
	if word == "ALL" {
		return gnutls37().Hello(Target{}).Groups, true
	}
	g, ok := names.GroupByName(word)
	return []uint16{g}, ok
}

// gnutlsWord reports whether a key exchange, cipher or MAC is one of those that are told apart.
func gnutlsWord(word string) bool {
	return slices.ContainsFunc(gnutlsSuites, func(id uint16) bool {
		s, _ := names.SuiteByID(id)
		return gnutlsMeans(word, s)
	})
}

// gnutlsMeans reports whether a suite uses the key exchange, cipher or MAC of that name.
func gnutlsMeans(word string, s names.Suite) bool {
	switch word {
	case "RSA":
		return s.Kex == "RSA"
	case "DHE-RSA", "ECDHE-RSA", "ECDHE-ECDSA":
		return s.Kex+"-"+s.Auth == word
	case "AEAD", "SHA1":
		return s.MAC == strings.TrimSuffix(word, "1")
	case "KX-ALL":
		return false
	}
	return strings.ReplaceAll(s.Cipher, "_", "-") == word
}
