package cli

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

// A target is where to connect and what to speak, as typed, credentials cut.
type target struct {
	protocol string // preamble ID; empty: ask the port
	host     string
	port     uint16 // 0: the protocol's default, or the instance's
	instance string // SQL Server named instance
}

// String writes the target without anything secret.
func (t target) String() string {
	if t.protocol == "" {
		return net.JoinHostPort(t.host, strconv.Itoa(int(t.port)))
	}
	host := t.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	s := t.protocol + "://" + host
	if t.instance != "" {
		s += `\` + t.instance
	}
	if t.port != 0 {
		s += ":" + strconv.Itoa(int(t.port))
	}
	return s
}

// parseTarget reads scheme://[user[:password]@]host[\instance][:port][/…], host:port or a dotted name. User, password,
// path and parameters are cut here and never kept: a connection URL may carry secrets in each of them.
func parseTarget(s string) (target, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return bareTarget(s)
	}
	p := preamble.ByScheme(strings.ToLower(scheme))
	if p == nil {
		return target{}, usagef("unknown scheme %q; use one of %s", scheme, strings.Join(schemes(), ", "))
	}
	authority, path := cutAuthority(rest)
	t := target{protocol: p.ID}
	if p.ID == "mssql" && len(path) > 1 && !strings.ContainsAny(path[1:], "/?;") {
		t.instance = path[1:] // sqlserver://host/instance, as go-mssqldb writes it
	}
	if err := t.setHost(authority); err != nil {
		return target{}, err
	}
	return t.completed(), nil
}

// completed has the protocol's own port where none is told.
func (t target) completed() target {
	if p := preamble.ByID(t.protocol); p != nil && t.port == 0 && t.instance == "" && len(p.Ports) > 0 {
		t.port = p.Ports[0]
	}
	return t
}

// cutAuthority takes host and port out of what follows "://". A password may hold any character, so the user part
// ends at the last "@" before the parameters.
func cutAuthority(rest string) (authority, path string) {
	before, after, _ := strings.Cut(rest, "?")
	if i := strings.LastIndexByte(after, '@'); i >= 0 && !strings.Contains(before, "@") && !endsInPort(before) {
		before = after[i+1:] // the "?" was part of a password
	}
	if i := strings.LastIndexByte(before, '@'); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.IndexAny(before, "/#;"); i >= 0 {
		return before[:i], before[i:]
	}
	return before, ""
}

// endsInPort reports whether host[:port][/path] is what s looks like, rather than user:password.
func endsInPort(s string) bool {
	s, _, _ = strings.Cut(s, "/")
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasSuffix(s, "]") {
		return true
	}
	_, err := strconv.ParseUint(s[i+1:], 10, 16)
	return err == nil
}

// bareTarget is host:port, whose protocol the port is asked for, or a dotted name, which means https.
func bareTarget(s string) (target, error) {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	var t target
	if err := t.setHost(s); err != nil {
		return target{}, err
	}
	if t.port == 0 {
		if !strings.Contains(t.host, ".") {
			return target{}, usagef("no target: give scheme://host, host:port, a dotted name or lab:proto/slug")
		}
		t.protocol, t.port = "https", 443
	}
	return t, nil
}

// setHost reads host[\instance][:port] with brackets around an IPv6 address.
func (t *target) setHost(s string) error {
	host, port := s, ""
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
	} else if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		host = a.String()
	} else if h, p, ok := strings.Cut(s, ","); ok {
		host, port = h, p // SQL Server's host,port
	}
	if h, i, ok := strings.Cut(host, `\`); ok {
		host, t.instance = h, i
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return usagef("the port is no number from 1 to 65535; give scheme://host:port")
		}
		t.port = uint16(n)
	}
	host = strings.TrimSuffix(host, ".")
	if t.host = asciiName(host); !isHost(host) || t.host == "" {
		return usagef("that names no host; give scheme://host, host:port or lab:proto/slug")
	}
	return nil
}

// isHost takes addresses and what can be a DNS name, international ones included. What is refused may be half a
// password, so messages never repeat it.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r)
	})
}

func schemes() []string {
	var list []string
	for _, p := range preamble.All() {
		for _, s := range p.Schemes {
			list = append(list, s+"://")
		}
	}
	return append(list, "lab:")
}

// A usageError is a wrong call: one line that says what to do, exit 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }
