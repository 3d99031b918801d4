package conf

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// versionsKnown are what a product takes for TLS versions, newest first, so that a version that is not there yet is taken for the
// newest; where no such list stands, any word passes. Measured with nginx -t, haproxy -c, apache2 -t and mariadbd; nginx's and
// Apache's without regard to case (ngx_conf_set_bitmask_slot, ssl_cmd_protocol_parse).
func versionsKnown(s *fact.Setting) (words []string, exact bool) {
	switch {
	case s.Dialect == "nginx" && strings.HasSuffix(s.Name, "ssl_protocols"):
		return strings.Fields("TLSv1.3 TLSv1.2 TLSv1.1 TLSv1 SSLv3 SSLv2"), false
	case s.Dialect == "apache" && (s.Name == "SSLProtocol" || s.Name == "SSLProxyProtocol"):
		return strings.Fields("TLSv1.3 TLSv1.2 TLSv1.1 TLSv1 SSLv3 SSLv2 all"), false
	case s.Dialect == "haproxy" && (s.Name == "ssl-min-ver" || s.Name == "ssl-max-ver"):
		return strings.Fields("TLSv1.3 TLSv1.2 TLSv1.1 TLSv1.0 SSLv3"), true
	case s.Dialect == "stunnel" && strings.HasPrefix(s.Name, "sslVersion"):
		return strings.Fields("TLSv1.3 TLSv1.2 TLSv1.1 TLSv1 SSLv3 SSLv2 all"), false
	case s.Dialect == "my.cnf" && s.Name == "tls-version" && len(s.Scope) > 0 && serverGroup(s.Scope[0]):
		return strings.Fields("TLSv1.3 TLSv1.2 TLSv1.1 TLSv1.0 TLSv1"), false // MariaDB's clients pass over others
	case s.Dialect == "envoy" && (strings.HasSuffix(s.Name, "tls_minimum_protocol_version") || strings.HasSuffix(s.Name, "tls_maximum_protocol_version")):
		return strings.Fields("TLSv1_3 TLSv1_2 TLSv1_1 TLSv1_0 TLS_AUTO"), true
	}
	return nil, false
}

// judgeVersions marks a setting with a word for a TLS version that its product does not know.
func judgeVersions(s *fact.Setting) {
	known, exact := versionsKnown(s)
	if known == nil || s.Unknown {
		return
	}
	text := strings.Join(s.Args, " ")
	meant, wrong := text, false
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		word := w
		if s.Dialect == "apache" {
			word = strings.TrimLeft(w, "+-")
		}
		same := func(k string) bool { return k == word || !exact && strings.EqualFold(k, word) }
		if strings.ContainsAny(word, "$%{") || slices.ContainsFunc(known, same) {
			continue
		}
		wrong = true
		near := nearest(word, known)
		if short := strings.TrimSuffix(word, ".0"); slices.Contains(known, short) {
			near = short // TLS 1.0 is TLSv1 to OpenSSL's users
		}
		if near == "" {
			meant = ""
			break
		}
		meant = strings.Replace(meant, word, near, 1)
	}
	if !wrong {
		return
	}
	s.Unknown, s.BadValue = true, true
	if meant != "" {
		between := " "
		if s.Dialect == "my.cnf" || s.Dialect == "stunnel" {
			between = "="
		}
		s.Near = s.Name + between + meant
	}
}
