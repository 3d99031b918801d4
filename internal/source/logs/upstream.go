package logs

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// origin is an upstream without the path that was asked for: "https://10.1.2.3:8443". Paths differ from request to
// request and say nothing about the connection.
func origin(upstream string) string {
	scheme, rest, ok := strings.Cut(upstream, "://")
	if !ok {
		return upstream
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 && !strings.HasPrefix(rest, "unix:") {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return scheme + "://" + rest
}

// protocols are the preamble IDs of the schemes that proxies write; others are taken over as they are.
var protocols = map[string]string{"grpcs": "https", "h2": "https", "wss": "https", "http": "https"}

// upstreamPeer is whom an upstream names.
func upstreamPeer(upstream string) (fact.Endpoint, bool) {
	scheme, rest, ok := strings.Cut(origin(upstream), "://")
	if !ok {
		scheme, rest = "", upstream
	}
	if strings.HasPrefix(rest, "unix:") {
		return fact.Endpoint{}, false
	}
	host, port := hostPort(rest)
	if host == "" || strings.ContainsAny(host, " /\"") {
		return fact.Endpoint{}, false
	}
	if p, ok := protocols[scheme]; ok {
		scheme = p
	}
	return fact.Endpoint{Protocol: scheme, Host: host, Port: port}, true
}

// hostPort divides "host", "host:port", "[address]:port"; port is 0 when there is none.
func hostPort(s string) (host string, port uint16) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasSuffix(s, "]") || strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "[") {
		return strings.Trim(s, "[]"), 0
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil {
		return "", 0
	}
	return strings.Trim(s[:i], "[]"), uint16(n)
}

// upstreamAddr is the address that an upstream names; invalid for a name.
func upstreamAddr(upstream string) netip.Addr {
	p, ok := upstreamPeer(upstream)
	if !ok {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddr(p.Host)
	return a
}

// withoutPort is the name that was asked for, without the port that a Host header may have (RFC 9110 §7.2).
func withoutPort(host string) string {
	name, port, ok := strings.Cut(host, ":")
	if ok && name != "" && len(port) <= 5 && allDigits(port) {
		return name
	}
	return host
}
