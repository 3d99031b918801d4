package client

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Configured is the behaviour of a use as its settings make it: what the product does in the mode, and within that what
// single directives narrow. False: the product or the mode is not known.
func (u Use) Configured() (Behaviour, bool) {
	switch u.Client {
	case "nginx":
		return nginxConfigured(u), true
	case "haproxy", "apache", "stunnel", "envoy":
		return proxyConfigured(u), true
	}
	name := u.Client
	if u.Version != "" {
		name += "@" + u.Version
	}
	if _, m, ok := Find(strings.TrimSpace(name + " " + u.Mode)); ok {
		return u.Overlay.apply(m.Does), true
	}
	_, m, ok := Find(name)
	return u.Overlay.apply(m.Does), ok
}

// nginxConfigured is nginx towards an upstream, as its proxy_ssl_ directives say. A release is told by none of them: a current
// one is assumed, which has TLS 1.2 and 1.3 by default (since 1.23.4).
func nginxConfigured(u Use) Behaviour {
	b := nginxBehaviour(false)
	b.SNI = SNIName // what is sent is Use.SNI's to say
	if strings.HasPrefix(u.Mode, "proxy_pass http://") {
		b.TLS = TLSNever
	}
	for i := range u.From {
		s := &u.From[i]
		_, name, ok := strings.Cut(s.Name, "_ssl_")
		if !ok {
			continue
		}
		b = nginxDirective(b, name, s)
	}
	if b.Chain && u.CA == "" {
		b.Roots = RootsNone
	}
	return b
}

func nginxDirective(b Behaviour, name string, s *fact.Setting) Behaviour {
	switch name {
	case "verify":
		b.Chain = s.Value() == "on"
		b.Name = b.Chain
	case "verify_depth":
		if n, err := strconv.Atoi(s.Value()); err == nil {
			b = nginxDepth(b, orNone(n))
		}
	case "protocols":
		b.Profile = offering(b.Profile, func(h *wire.Hello) { h.Versions = versionsOf(s.Args, h.Versions) })
		b.Profile.Limits.MinVersion = wire.TLS10
	case "ciphers":
		b = nginxCiphers(b, s.Value())
	case "conf_command":
		b = nginxCommand(b, s)
	}
	return b
}

// orNone is a depth as trust.Policy has it: no intermediate at all is negative there.
func orNone(depth int) int {
	if depth == 0 {
		return -1
	}
	return depth
}

// offering is a profile whose hello is narrowed.
func offering(p Profile, narrow func(*wire.Hello)) Profile {
	hello := p.Hello
	p.Hello = func(t Target) wire.Hello {
		h := hello(t)
		narrow(&h)
		if !slices.Contains(h.Versions, wire.TLS13) {
			h.Shares = nil
		}
		return h
	}
	return p
}

// nginxVersions are the words of proxy_ssl_protocols.
var nginxVersions = map[string]uint16{"TLSv1": wire.TLS10, "TLSv1.1": wire.TLS11, "TLSv1.2": wire.TLS12, "TLSv1.3": wire.TLS13}

func versionsOf(words []string, else_ []uint16) []uint16 {
	var list []uint16
	for _, w := range words {
		if v, ok := nginxVersions[w]; ok {
			list = append(list, v)
		}
	}
	if list == nil {
		return else_
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

// nginxCiphers applies an OpenSSL cipher string: the security level, and which suites of TLS 1.2 and older are left.
func nginxCiphers(b Behaviour, list string) Behaviour {
	if _, level, ok := strings.Cut(list, "@SECLEVEL="); ok && level != "" {
		if n, err := strconv.Atoi(level[:1]); err == nil {
			b = nginxLevel(b, n)
		}
	}
	b.Profile = offering(b.Profile, func(h *wire.Hello) { h.Suites = cipherString(list, h.Suites) })
	return b
}

// nginxCommand applies proxy_ssl_conf_command (SSL_CONF_cmd(3)).
func nginxCommand(b Behaviour, s *fact.Setting) Behaviour {
	if len(s.Args) < 2 {
		return b
	}
	switch strings.ToLower(s.Args[0]) {
	case "groups", "curves":
		b.Profile = offering(b.Profile, func(h *wire.Hello) { h.Groups, h.Shares = groupsOf(s.Args[1], h) })
	case "options":
		if strings.Contains(s.Args[1], "UnsafeLegacyServerConnect") {
			b = nginxLegacy(b)
		}
	}
	return b
}

// opensslGroups are the names of groups where OpenSSL's differ from TLS's.
var opensslGroups = map[string]uint16{"prime256v1": names.P256, "secp384r1": names.P384, "secp521r1": names.P521, "p-256": names.P256, "p-384": names.P384,
	"p-521": names.P521, "x25519": names.X25519, "x448": names.X448, "x25519mlkem768": names.X25519MLKEM768}

func groupsOf(list string, h *wire.Hello) (groups, shares []uint16) {
	for _, word := range strings.Split(list, ":") {
		if g, ok := opensslGroups[strings.ToLower(word)]; ok {
			groups = append(groups, g)
		}
	}
	if groups == nil {
		return h.Groups, h.Shares
	}
	return groups, groups[:1]
}
