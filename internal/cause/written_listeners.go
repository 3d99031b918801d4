package cause

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A listener is an address at which a configuration itself takes connections.
type listener struct {
	host, port string
	tls        bool
	at         *fact.Setting
}

// listeners are those of nginx's listen, HAProxy's bind and Apache's virtual hosts with SSLEngine on. Of several lines with one
// address one with TLS decides: the socket is the same.
func listeners(c *fact.Case) []listener {
	var list []listener
	for i := range c.Settings {
		s := &c.Settings[i]
		if s.Unknown || len(s.Args) == 0 {
			continue
		}
		switch {
		case s.Dialect == "nginx" && s.Name == "listen":
			l := listener{at: s, tls: slices.Contains(s.Args[1:], "ssl") || isOn(c, s.Scope, "ssl")}
			if l.host, l.port = addressOf(s.Args[0], "80"); l.port != "" && !slices.Contains(s.Args[1:], "quic") {
				list = append(list, l)
			}
		case s.Dialect == "haproxy" && s.Name == "bind":
			_, tls := inScope(c, append(slices.Clone(s.Scope), "bind "+s.Args[0]), "ssl")
			for a := range strings.SplitSeq(s.Args[0], ",") {
				if host, port := addressOf(a[strings.IndexByte(a, '@')+1:], ""); port != "" {
					list = append(list, listener{host, port, tls, s})
				}
			}
		case s.Dialect == "apache" && s.Name == "SSLEngine" && strings.EqualFold(s.Value(), "on") && len(s.Scope) > 0:
			host := strings.Fields(s.Scope[len(s.Scope)-1])
			for _, a := range host[1:] {
				if h, p := addressOf(a, ""); host[0] == "VirtualHost" && p != "" {
					list = append(list, listener{h, p, true, s})
				}
			}
		}
	}
	return list
}

// inScope is the setting of a name in the blocks themselves.
func inScope(c *fact.Case, scope []string, name string) (*fact.Setting, bool) {
	for i := range c.Settings {
		if s := &c.Settings[i]; s.Name == name && slices.Equal(s.Scope, scope) {
			return s, true
		}
	}
	return nil, false
}

func isOn(c *fact.Case, scope []string, name string) bool {
	s, ok := inScope(c, scope, name)
	return ok && strings.EqualFold(s.Value(), "on")
}

// addressOf divides "address:port", "port" and "address"; "" for a socket of the file system.
func addressOf(a, usual string) (host, port string) {
	i := strings.LastIndexByte(a, ':')
	switch {
	case strings.HasPrefix(a, "/") || strings.HasPrefix(a, "unix:"):
		return "", ""
	case strings.Trim(a, "0123456789") == "":
		return "", a
	case i < 0 || strings.HasSuffix(a, "]"):
		return strings.Trim(a, "[]"), usual
	}
	return strings.Trim(a[:i], "[]"), a[i+1:]
}

// ownListener is what the same configuration listens with at an address; nil where it does not, as far as it tells.
func ownListener(c *fact.Case, host, port string) *listener {
	var found *listener
	list := listeners(c)
	for i := range list {
		l := &list[i]
		any := l.host == "" || l.host == "*" || l.host == "0.0.0.0" || l.host == "::" || l.host == "_default_"
		if l.port == port && (strings.EqualFold(l.host, host) || isLoopback(host) && (any || isLoopback(l.host))) && (found == nil || l.tls) {
			found = l
		}
	}
	return found
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}

// writtenTLSToPlainPort: https towards a listener of the same configuration that has no TLS, else towards a port that has none as
// a rule.
func writtenTLSToPlainPort(c *fact.Case) []Match {
	own := func(u *fact.Use) *listener {
		if u.TLS != fact.Yes || u.Target.Port == 0 {
			return nil
		}
		return ownListener(c, u.Target.Host, itoa(int(u.Target.Port)))
	}
	guessed := uses(c, func(u *fact.Use) bool {
		return u.TLS == fact.Yes && u.Target.Protocol == "https" && slices.Contains(plainPorts, u.Target.Port) && own(u) == nil
	}, "https towards a port that speaks clear text as a rule", Possible, Breaks, []change.Change{change.New(change.UsePort, change.Client, "port", "443", "scheme", "https")})
	var at []*fact.Setting
	known := uses(c, func(u *fact.Use) bool {
		l := own(u)
		if l == nil || l.tls {
			return false
		}
		at = append(at, l.at)
		return true
	}, "TLS towards a port where this configuration itself listens without", Proven, Breaks, []change.Change{change.New(change.UseScheme, change.Client, "scheme", "http")})
	for i := range known {
		known[i].Proof = append(known[i].Proof, Proof{Ref: at[i].Ref, Says: line(at[i])})
	}
	return append(known, guessed...)
}

// writtenPlainToTLSPort: http towards a listener of the same configuration that has TLS, else towards a port that has it as a rule.
func writtenPlainToTLSPort(c *fact.Case) []Match {
	var list []Match
	for i := range c.Settings {
		s := &c.Settings[i]
		at := slices.IndexFunc(s.Args, func(a string) bool { return strings.HasPrefix(a, "http://") })
		if s.Unknown || at < 0 || !strings.HasSuffix(s.Name, "_pass") && !strings.EqualFold(s.Name, "ProxyPass") {
			continue
		}
		says, sure := ": http towards a port that speaks TLS as a rule", Possible
		args, advice := hostAndPort(s.Args[at]), []change.Change{change.New(change.UseScheme, change.Client, "scheme", "https")}
		own, wrong := false, slices.ContainsFunc(tlsPorts, func(p string) bool { return len(args) == 4 && ":"+args[3] == p })
		var proof []Proof
		for _, a := range upstreamServers(c, s.Scope, args) {
			if l := ownListener(c, a[0], a[1]); l != nil {
				own, wrong = true, own && wrong || l.tls
				if l.tls {
					proof = append(proof, Proof{Ref: l.at.Ref, Says: line(l.at)})
					says, sure = ": http towards a port where this configuration itself listens with TLS", Proven
				}
			}
		}
		if wrong {
			m := written(s.Ref, line(s)+says, sure, Breaks, advice, args...)
			m.Proof = append(m.Proof, proof...)
			list = append(list, m)
		}
	}
	return list
}

// upstreamServers are the addresses that a URL of nginx comes to: its own, or those of the upstream block of that name.
func upstreamServers(c *fact.Case, scope, args []string) [][2]string {
	var list [][2]string
	for i := range c.Settings {
		s := &c.Settings[i]
		if s.Name == "server" && s.Dialect == "nginx" && len(s.Scope) > 0 && len(s.Args) > 0 && strings.EqualFold(s.Scope[len(s.Scope)-1], "upstream "+args[1]) {
			if h, p := addressOf(s.Args[0], "80"); p != "" {
				list = append(list, [2]string{h, p})
			}
		}
	}
	switch {
	case list != nil:
		return list
	case len(args) == 4:
		return [][2]string{{args[1], args[3]}}
	}
	return [][2]string{{args[1], "80"}}
}

// writtenTLSOff: certificates are configured, and beside them TLS is switched off.
func writtenTLSOff(c *fact.Case) []Match {
	var list []Match
	for i := range c.Settings {
		s := &c.Settings[i]
		if s.Unknown || !switchesOff(c, i) {
			continue
		}
		list = append(list, written(s.Ref, line(s)+": TLS is off, and a certificate is configured beside it", Likely, Breaks,
			[]change.Change{change.New(change.EnableTLS, change.Server)}))
	}
	return list
}

// switchesOff: the setting is the one that turns a server's TLS off although a certificate stands in the same place.
func switchesOff(c *fact.Case, i int) bool {
	s := &c.Settings[i]
	off := slices.Contains([]string{"off", "no", "false", "0"}, strings.ToLower(s.Value()))
	certificate := func(name string) bool { _, ok := inScope(c, s.Scope, name); return ok }
	later := func(o fact.Setting) bool { return o.Name == s.Name && slices.Equal(o.Scope, s.Scope) }
	switch {
	case s.Dialect == "postgresql.conf" && s.Name == "ssl": // of several lines the last counts
		return off && certificate("ssl_cert_file") && !slices.ContainsFunc(c.Settings[i+1:], later)
	case s.Dialect == "apache" && s.Name == "SSLEngine":
		return off && certificate("SSLCertificateFile")
	case s.Dialect == "my.cnf" && (s.Name == "ssl" && off || s.Name == "skip-ssl" && !off):
		return seatOf(c, s) == change.Server && certificate("ssl-cert")
	case s.Dialect == "nginx" && s.Name == "listen": // without "ssl", at a port that is TLS's
		_, port := addressOf(s.Value(), "80")
		return slices.Contains(tlsPorts, ":"+port) && certificate("ssl_certificate") && !slices.Contains(s.Args, "ssl") && !slices.Contains(s.Args, "quic") && !isOn(c, s.Scope, "ssl")
	}
	return false
}
