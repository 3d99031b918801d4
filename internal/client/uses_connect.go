package client

import (
	"net/netip"
	"strconv"
	"strings"
)

// elsewhere is where curl connects for a host and port: first --connect-to, of which the first that fits counts, then --resolve for
// what that gives, of which the last counts (curl(1)). "" where neither says anything.
func (c *connection) elsewhere(host string, port uint16) string {
	moved := false
	for _, s := range c.settings {
		if s.Name != "--connect-to" {
			continue
		}
		fields := hostFields(s.Value())
		if len(fields) != 4 || fields[0] != "" && !strings.EqualFold(fields[0], host) || fields[1] != "" && fields[1] != strconv.Itoa(int(port)) {
			continue
		}
		if fields[2] != "" {
			host, moved = fields[2], true
		}
		if n, ok := portNumber(fields[3]); ok {
			port, moved = n, true
		}
		break
	}
	if address := c.resolved(host, port); address != "" {
		host, moved = address, true
	}
	if !moved {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(port))
}

// resolved is the first address that --resolve gives a host at a port; a name counts before "*".
func (c *connection) resolved(host string, port uint16) string {
	named, any := "", ""
	for _, s := range c.settings {
		if s.Name != "--resolve" {
			continue
		}
		gone := strings.HasPrefix(s.Value(), "-")
		fields := hostFields(strings.TrimLeft(s.Value(), "+-"))
		if len(fields) < 2 || fields[1] != strconv.Itoa(int(port)) {
			continue
		}
		address := ""
		if len(fields) > 2 && !gone {
			address, _, _ = strings.Cut(strings.Join(fields[2:], ":"), ",")
			address = strings.Trim(address, "[]")
		}
		if _, err := netip.ParseAddr(address); err != nil && !gone {
			continue
		}
		switch {
		case strings.EqualFold(fields[0], host):
			named = address
		case fields[0] == "*":
			any = address
		}
	}
	if named != "" {
		return named
	}
	return any
}

// hostFields cuts at colons, those between brackets apart; the brackets go.
func hostFields(s string) []string {
	var out []string
	start, depth := 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || s[i] == ':' && depth == 0:
			out = append(out, strings.Trim(s[start:i], "[]"))
			start = i + 1
		case s[i] == '[':
			depth++
		case s[i] == ']':
			depth--
		}
	}
	return out
}
