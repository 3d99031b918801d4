package client

import (
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// usesStunnel makes one use of each address that a service in client mode connects to. Options before the first service are
// defaults for all.
func usesStunnel(settings []fact.Setting) []Use {
	m := byScope(settings)
	var uses []Use
	for _, s := range settings {
		if s.Name != "connect" || s.Unknown || len(s.Scope) == 0 {
			continue
		}
		if client, _ := m.inherited(s.Scope, "client"); strings.EqualFold(client.Value(), "yes") {
			uses = append(uses, stunnelUse(m, s, client))
		}
	}
	return uses
}

func stunnelUse(m scopes, s, client fact.Setting) Use {
	u := Use{Client: "stunnel", Scope: s.Scope, From: []fact.Setting{s, client}, Target: fact.Endpoint{Protocol: "tls"}}
	get := func(name string) string {
		v, ok := m.inherited(s.Scope, name)
		if ok {
			u.From = append(u.From, v)
		}
		return v.Value()
	}
	u.Target.Host, u.Target.Port = hostPort(s.Value(), 0)
	if u.Target.Port == 0 { // a port alone is one of this machine
		if port := decimalPort(s.Value()); port != 0 {
			u.Target.Host, u.Target.Port = "localhost", port
		}
	}
	u.Target.Protocol = stunnelProtocol(get("protocol"))
	u.SNI = stunnelSNI(m, s, u.Target.Host)
	u.CA, u.Cert, u.Key = get("CAfile"), get("cert"), get("key")
	if u.CA == "" {
		u.CA = get("CApath")
	}
	u.Mode = stunnelMode(&u, get)
	return u
}

// stunnelProtocol is the exchange before TLS that "protocol" asks for.
func stunnelProtocol(name string) string {
	switch name {
	case "pgsql":
		return "postgres"
	case "smtp", "imap", "pop3", "nntp", "ldap":
		return name
	}
	return "tls"
}

// stunnelSNI is what is sent: that of sni, none where it is empty, by default the host of connect.
func stunnelSNI(m scopes, s fact.Setting, host string) string {
	name := host
	if sni, ok := m.inherited(s.Scope, "sni"); ok {
		name = sni.Value()
	}
	if _, err := netip.ParseAddr(name); err == nil || name == "" {
		return "none"
	}
	return name
}

// stunnelMode is what is verified. Without checkHost or checkIP every name passes, and Name stays empty.
func stunnelMode(u *Use, get func(string) string) string {
	mode := "no verification"
	switch {
	case strings.EqualFold(get("verifyPeer"), "yes"):
		mode = "verifyPeer yes"
	case strings.EqualFold(get("verifyChain"), "yes"):
		mode = "verifyChain yes"
	case get("verify") != "":
		mode = "verify " + get("verify")
	}
	for _, name := range []string{"checkHost", "checkIP"} {
		if v := get(name); v != "" && u.Name == "" {
			u.Name, mode = v, mode+" + "+name
		}
	}
	for _, name := range []string{"sslVersion", "sslVersionMin", "sslVersionMax", "ciphers", "securityLevel"} {
		if v := get(name); v != "" {
			mode += " + " + name + " " + v
		}
	}
	return mode
}
