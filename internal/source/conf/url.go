package conf

import "strings"

// A link is an address with a scheme, read more tolerantly than net/url does: several hosts, each with its port, and
// anything in the credentials, which are dropped.
type link struct {
	scheme string // lower-case
	user   string
	secret bool     // a password stood beside the user
	hosts  []string // without brackets
	ports  []string // one for each host, "" without
	path   string   // decoded, without the first slash
	query  []pair   // decoded
}

// parseLink reads "scheme://user:password@host:port,host:port/path?key=value&…#…". It reports false for what has no
// scheme, or blanks where none can be.
func parseLink(text string) (link, bool) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !plausibleScheme(scheme) || strings.ContainsAny(text, " \t\r\n\"<>") {
		return link{}, false
	}
	l := link{scheme: strings.ToLower(scheme)}
	rest, _, _ = strings.Cut(rest, "#")
	authority, query, _ := strings.Cut(rest, "?")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, _, secret := strings.Cut(authority[:i], ":")
		l.user, l.secret = unescape(user), secret
		authority = authority[i+1:]
	}
	hosts, path, _ := strings.Cut(authority, "/")
	l.path = unescape(path)
	l.addHosts(hosts)
	l.query = splitQuery(query)
	return l, true
}

func plausibleScheme(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || !(s[i] >= '0' && s[i] <= '9' || strings.IndexByte("+-.:_", s[i]) >= 0)) {
			return false
		}
	}
	return true
}

// addHosts reads "a:1,[::1]:2,c".
func (l *link) addHosts(text string) {
	for _, h := range strings.Split(text, ",") {
		host, port := splitHost(h)
		l.hosts, l.ports = append(l.hosts, unescape(host)), append(l.ports, port)
	}
}

// splitHost cuts "host:port" and "[address]:port"; an IPv6 address without brackets is a host.
func splitHost(s string) (host, port string) {
	if inner, rest, ok := strings.Cut(strings.TrimPrefix(s, "["), "]"); ok && strings.HasPrefix(s, "[") {
		return inner, strings.TrimPrefix(rest, ":")
	}
	if strings.Count(s, ":") != 1 {
		return s, ""
	}
	host, port, _ = strings.Cut(s, ":")
	return host, port
}

// splitQuery cuts "key=value&key=value"; a key without value is given "".
func splitQuery(s string) []pair {
	var out []pair
	for _, p := range strings.Split(s, "&") {
		if p == "" || len(out) >= 200 {
			continue
		}
		key, value, _ := strings.Cut(p, "=")
		out = append(out, pair{unescape(key), unescape(strings.ReplaceAll(value, "+", " "))})
	}
	return out
}

// unescape undoes percent encoding, and leaves alone what is none.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0 {
			out = append(out, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// hostPairs are the options that the authority stands for, several joined as libpq joins them.
func (l *link) hostPairs(host, port string) []pair {
	var out []pair
	if h := strings.Join(l.hosts, ","); h != "" {
		out = append(out, pair{host, h})
	}
	if p := strings.Join(l.ports, ","); strings.Trim(p, ",") != "" {
		out = append(out, pair{port, p})
	}
	return out
}
