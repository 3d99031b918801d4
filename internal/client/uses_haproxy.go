package client

import (
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// usesHAProxy makes one use of each server line with "ssl". What a line does not say comes from the default-server lines before
// it in its section, then from those of its defaults section, then from global.
func usesHAProxy(settings []fact.Setting) []Use {
	h := haproxyReading{scopes: byScope(settings), defaults: map[string][]string{}, named: map[string][]string{}}
	var uses []Use
	for i, s := range settings {
		h.enter(s)
		if s.Unknown || s.Name != "server" && s.Name != "server-template" || len(s.Args) < 2 {
			continue
		}
		if u, ok := h.server(s, ownOptions(settings[i+1:], s)); ok {
			uses = append(uses, u)
		}
	}
	return uses
}

type haproxyReading struct {
	scopes
	current  []string            // the defaults section passed last
	defaults map[string][]string // the defaults section of each other section
	named    map[string][]string // defaults sections by name
}

// enter notes which section a setting is in: a section without "from" takes the defaults before it.
func (h *haproxyReading) enter(s fact.Setting) {
	if len(s.Scope) == 0 {
		return
	}
	section := s.Scope[0]
	if name, ok := strings.CutPrefix(section, "defaults"); ok {
		h.current = s.Scope[:1]
		h.named[strings.TrimSpace(name)] = s.Scope[:1]
		return
	}
	if _, ok := h.defaults[section]; !ok {
		h.defaults[section] = h.current
	}
	if s.Name == "from" {
		h.defaults[section] = h.named[s.Value()]
	}
}

// ownOptions are the settings of the line of server s, which stand behind it.
func ownOptions(rest []fact.Setting, s fact.Setting) []fact.Setting {
	for i, o := range rest {
		if o.Ref != s.Ref {
			return rest[:i]
		}
	}
	return rest
}

// option is what holds for a server: its own options first.
func (h *haproxyReading) option(own []fact.Setting, section []string, name string) (fact.Setting, bool) {
	for i := len(own) - 1; i >= 0; i-- {
		if own[i].Name == name && !own[i].Unknown {
			return own[i], true
		}
	}
	around := [][]string{{section[0], "default-server"}}
	if d := h.defaults[section[0]]; d != nil {
		around = append(around, []string{d[0], "default-server"})
	}
	around = append(around, []string{"global", "ssl-default-server-options"})
	for _, scope := range around {
		if s, ok := h.here(scope, name); ok {
			return s, true
		}
	}
	return fact.Setting{}, false
}

func (h *haproxyReading) server(s fact.Setting, own []fact.Setting) (Use, bool) {
	if len(s.Scope) == 0 {
		s.Scope = []string{""}
	}
	u := Use{Client: "haproxy", From: []fact.Setting{s}, Scope: append(s.Scope[:1:1], "server "+s.Value()), SNI: "none"}
	get := func(name string) string {
		o, ok := h.option(own, s.Scope, name)
		if !ok {
			return ""
		}
		u.From = append(u.From, o)
		return o.Value()
	}
	if _, off := h.option(own, s.Scope, "no-ssl"); off {
		return Use{}, false
	}
	ssl, on := h.option(own, s.Scope, "ssl")
	if !on {
		return Use{}, false
	}
	u.From = append(u.From, ssl)
	u.Target = haproxyTarget(s.Args[len(s.Args)-1], h.protocol(s.Scope))
	u.CA, u.Cert = get("ca-file"), get("crt")
	u.Key = u.Cert // one file holds both
	u.SNI = haproxySNI(get("sni"))
	u.Mode = h.mode(&u, get)
	return u, true
}

// mode settles what is verified. The name is that of verifyhost, else the one sent (doc/configuration.txt, "verifyhost");
// without either any name passes. The default is to verify (ssl-server-verify).
func (h *haproxyReading) mode(u *Use, get func(string) string) string {
	verify, host := get("verify"), get("verifyhost")
	if g, ok := h.here([]string{"global"}, "ssl-server-verify"); ok && verify == "" {
		verify = g.Value()
		u.From = append(u.From, g)
	}
	if verify == "" {
		verify = "required"
	}
	mode := "verify " + verify
	switch {
	case host != "":
		u.Name, mode = host, mode+" + verifyhost"
	case u.SNI != "none":
		u.Name = u.SNI
	}
	if u.SNI != "none" {
		mode += " + sni"
	}
	for _, o := range []string{"ssl-min-ver", "ssl-max-ver", "ciphers", "ciphersuites"} {
		if v := get(o); v != "" {
			mode += " + " + o + " " + v
		}
	}
	return mode
}

// protocol is https in mode http, else TLS from the first byte.
func (h *haproxyReading) protocol(section []string) string {
	m, ok := h.here(section[:1], "mode")
	if d := h.defaults[section[0]]; !ok && d != nil {
		m, _ = h.here(d, "mode")
	}
	if m.Value() == "http" {
		return "https"
	}
	return "tls"
}

func haproxyTarget(address, protocol string) fact.Endpoint {
	if family, rest, ok := strings.Cut(address, "@"); ok && !strings.HasPrefix(family, "unix") {
		address = rest
	}
	if strings.HasPrefix(address, "/") || strings.HasPrefix(address, "unix@") {
		return fact.Endpoint{Protocol: protocol, Host: "unix:" + strings.TrimPrefix(address, "unix@")}
	}
	host, port := hostPort(address, 0)
	return fact.Endpoint{Protocol: protocol, Host: host, Port: port}
}

// haproxySNI is the name that a sample expression gives: str(name) always the same one, others depend on the request.
func haproxySNI(expression string) string {
	if expression == "" {
		return "none"
	}
	name, ok := strings.CutPrefix(expression, "str(")
	if !ok {
		return unknownHost
	}
	name = strings.Trim(strings.TrimSuffix(name, ")"), `"'`)
	if _, err := netip.ParseAddr(name); err == nil {
		return "none"
	}
	return name
}
