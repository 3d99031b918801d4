package client

import (
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// unknownHost stands for a host that a variable decides at run time.
const unknownHost = "?"

// nginxPass are the directives that name an upstream, with the scheme by which it is spoken to over TLS, what the names of its
// TLS directives begin with, and the port when none is named.
var nginxPass = []struct{ name, scheme, prefix, protocol string }{
	{"proxy_pass", "https://", "proxy_ssl_", "https"},
	{"grpc_pass", "grpcs://", "grpc_ssl_", "https"},
	{"uwsgi_pass", "suwsgi://", "uwsgi_ssl_", "tls"},
}

// usesNginx makes one use of each pair of a directive that passes to a TLS upstream and a server of that upstream. A proxy_pass
// to http:// at a port that is TLS by custom is a use too, in the mode "proxy_pass http://": what is configured speaks no TLS.
func usesNginx(settings []fact.Setting) []Use {
	n := nginxReading{scopes: byScope(settings), upstreams: map[string][]fact.Setting{}}
	for _, s := range settings {
		if name, ok := upstreamOf(s.Scope); ok && s.Name == "server" && !s.Unknown {
			n.upstreams[name] = append(n.upstreams[name], s)
		}
	}
	var uses []Use
	for _, s := range settings {
		for _, p := range nginxPass {
			if s.Name == p.name && len(s.Args) > 0 && len(uses) < MaxUses {
				uses = append(uses, n.pass(s, p.scheme, p.prefix, p.protocol)...)
			}
		}
	}
	return uses
}

type nginxReading struct {
	scopes
	upstreams map[string][]fact.Setting // the servers of each upstream block; key as upstreamKey
}

// upstreamOf is the key of the upstream block that a scope ends in. Blocks of http and stream are apart.
func upstreamOf(scope []string) (string, bool) {
	if len(scope) == 0 {
		return "", false
	}
	name, ok := strings.CutPrefix(scope[len(scope)-1], "upstream ")
	return upstreamKey(scope, name), ok
}

func upstreamKey(scope []string, name string) string {
	if inStream(scope) {
		return "stream " + strings.ToLower(name)
	}
	return "http " + strings.ToLower(name)
}

func inStream(scope []string) bool { return len(scope) > 0 && strings.HasPrefix(scope[0], "stream") }

// pass gives the uses of one directive.
func (n *nginxReading) pass(s fact.Setting, scheme, prefix, protocol string) []Use {
	target, from := n.expand(s.Scope, s.Args[0])
	usual, base := uint16(443), ""
	switch {
	case inStream(s.Scope):
		on, ok := n.inherited(s.Scope, "proxy_ssl")
		if !ok || on.Value() != "on" {
			return nil
		}
		protocol, usual, from = "tls", 0, append(from, on)
	case strings.HasPrefix(target, scheme):
		target = target[len(scheme):]
	case strings.HasPrefix(target, "http://"):
		target, usual, base = target[len("http://"):], 80, "proxy_pass http://"
	default:
		return nil
	}
	target, _, _ = strings.Cut(target, "/")
	u := Use{Client: "nginx", Scope: s.Scope, From: append([]fact.Setting{s}, from...), Target: fact.Endpoint{Protocol: protocol}}
	n.settle(&u, prefix, target, base)
	return n.servers(u, target, usual, base != "")
}

// settle fills in what the TLS directives that hold there decide.
func (n *nginxReading) settle(u *Use, prefix, target, base string) {
	d := nginxDirectives{n: n, use: u, prefix: prefix}
	u.Name, _ = hostPort(target, 0)
	if name := d.value("name"); name != "" {
		u.Name, _ = hostPort(n.requestName(u.Scope, name), 0)
	}
	if strings.Contains(u.Name, "$") {
		u.Name = unknownHost
	}
	u.SNI = "none"
	if _, err := netip.ParseAddr(u.Name); d.value("server_name") == "on" && err != nil {
		u.SNI = u.Name
	}
	u.CA, u.Cert, u.Key = d.value("trusted_certificate"), d.value("certificate"), d.value("certificate_key")
	u.Mode = base
	if base == "" {
		u.Mode = d.mode()
	}
}

// maxServers is how many servers of one upstream block are told.
const maxServers = 1000

// servers is u for each server of the upstream block called target, or for target itself.
func (n *nginxReading) servers(u Use, target string, usual uint16, plain bool) []Use {
	servers, ok := n.upstreams[upstreamKey(u.Scope, target)]
	if !ok {
		servers = []fact.Setting{{Args: []string{target}}}
	} else {
		usual = 80 // whatever the scheme: the port of a server in an upstream block (ngx_http_upstream_server)
	}
	var uses []Use
	for _, s := range servers[:min(len(servers), maxServers)] {
		if s.Value() == "" || hasWord(s.Args[1:], "down") {
			continue
		}
		v := u
		v.Target.Host, v.Target.Port = hostPort(s.Value(), usual)
		if strings.HasPrefix(s.Value(), "unix:") {
			v.Target.Host, v.Target.Port = s.Value(), 0
		}
		if strings.Contains(v.Target.Host, "$") {
			v.Target.Host = unknownHost
		}
		if plain && v.Target.Port != 443 && v.Target.Port != 8443 {
			continue
		}
		if ok {
			v.From = append(u.From[:len(u.From):len(u.From)], s)
		}
		uses = append(uses, v)
	}
	return uses
}

func hasWord(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// expand puts in what "set" decides for the variables of a text; a variable that it does not decide stays.
func (n *nginxReading) expand(scope []string, text string) (string, []fact.Setting) {
	var from []fact.Setting
	for range 5 { // a set may name another's variable
		at := strings.IndexByte(text, '$')
		if at < 0 {
			break
		}
		name, end := variable(text[at:])
		value, ok := n.set(scope, name)
		if !ok {
			break
		}
		from = append(from, value)
		text = text[:at] + value.Args[1] + text[at+end:]
	}
	return text, from
}

// variable is the name at the beginning of a text, as "$name" or "${name}", with the length of all of it.
func variable(text string) (name string, end int) {
	if rest, ok := strings.CutPrefix(text, "${"); ok {
		name, _, _ = strings.Cut(rest, "}")
		return name, min(len(name)+3, len(text))
	}
	end = 1
	for end < len(text) && (text[end] == '_' || text[end] >= '0' && text[end] <= '9' || text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z') {
		end++
	}
	return text[1:end], end
}

// maxSets is how many "set" of one block are looked through.
const maxSets = 500

// set is the one value that a variable gets in the block or around it. Two values are none: a condition decides.
func (n *nginxReading) set(scope []string, name string) (fact.Setting, bool) {
	var found []fact.Setting
	for i := len(scope); i >= 0 && len(found) == 0; i-- {
		all := n.all(scope[:i], "set")
		for _, s := range all[:min(len(all), maxSets)] {
			if len(s.Args) == 2 && s.Args[0] == "$"+name {
				found = append(found, s)
			}
		}
	}
	if len(found) != 1 {
		return fact.Setting{}, false
	}
	return found[0], true
}

// requestName is what a name with variables is when the server block has one name only: $host and its like are the name that the
// request asked for.
func (n *nginxReading) requestName(scope []string, name string) string {
	name, _ = n.expand(scope, name)
	switch name {
	case "$host", "$http_host", "$server_name", "$ssl_server_name":
	default:
		return name
	}
	s, ok := n.inherited(scope, "server_name")
	if !ok || len(s.Args) != 1 || strings.ContainsAny(s.Value(), "*~") || s.Value() == "_" {
		return name
	}
	return s.Value()
}
