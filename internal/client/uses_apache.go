package client

import (
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// usesApache makes one use of each https, wss or h2 address that mod_proxy passes requests to.
func usesApache(settings []fact.Setting) []Use {
	m := byScope(settings)
	var uses []Use
	for _, s := range settings {
		if s.Unknown {
			continue
		}
		switch s.Name {
		case "ProxyPass", "ProxyPassMatch", "BalancerMember", "RewriteRule":
			for _, a := range s.Args[:min(len(s.Args), 2)] {
				if host, ok := apacheHost(a); ok {
					uses = append(uses, apacheUse(m, s, host))
				}
			}
		}
	}
	return uses
}

// apacheHost is the host and port of an address that is spoken to over TLS.
func apacheHost(url string) (string, bool) {
	for _, scheme := range []string{"https://", "wss://", "h2://"} {
		if len(url) >= len(scheme) && strings.EqualFold(url[:len(scheme)], scheme) {
			rest := url[len(scheme):]
			if end := strings.IndexAny(rest, "/?"); end >= 0 {
				rest = rest[:end]
			}
			return rest, true
		}
	}
	return "", false
}

func apacheUse(m scopes, s fact.Setting, target string) Use {
	u := Use{Client: "apache", Scope: s.Scope, From: []fact.Setting{s}, Target: fact.Endpoint{Protocol: "https"}}
	get := func(name string) string {
		v, ok := m.inherited(s.Scope, name)
		if ok {
			u.From = append(u.From, v)
		}
		return v.Value()
	}
	u.Target.Host, u.Target.Port = hostPort(target, 443)
	u.Name = u.Target.Host
	if strings.ContainsAny(u.Name, "$%") {
		u.Target.Host, u.Name = unknownHost, unknownHost
	}
	if strings.EqualFold(get("ProxyPreserveHost"), "on") { // then the name of the request is sent and compared (mod_proxy's ssl_hostname)
		if u.Name, _ = hostPort(get("ServerName"), 0); u.Name == "" {
			u.Name = unknownHost
		}
	}
	u.SNI = u.Name
	if _, err := netip.ParseAddr(u.Name); err == nil {
		u.SNI = "none"
	}
	u.CA, u.Cert = get("SSLProxyCACertificateFile"), get("SSLProxyMachineCertificateFile")
	u.Key = u.Cert // one file holds both
	u.Mode = apacheMode(get)
	return u
}

// apacheMode is what decides the verification, in mod_ssl's words. The name is compared by default even where the chain is not
// verified.
func apacheMode(get func(string) string) string {
	if !strings.EqualFold(get("SSLProxyEngine"), "on") {
		return "SSLProxyEngine off"
	}
	verify := strings.ToLower(get("SSLProxyVerify"))
	if verify == "" {
		verify = "none"
	}
	mode := "SSLProxyVerify " + verify
	for _, name := range []string{"SSLProxyCheckPeerName", "SSLProxyCheckPeerCN", "SSLProxyCheckPeerExpire"} {
		if strings.EqualFold(get(name), "off") {
			mode += " + " + name + " off"
		}
	}
	for _, name := range []string{"SSLProxyProtocol", "SSLProxyCipherSuite"} {
		if v := get(name); v != "" {
			mode += " + " + name + " " + v
		}
	}
	return mode
}
