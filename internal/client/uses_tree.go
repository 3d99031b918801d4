package client

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// MaxUses is how many connections are told of one configuration; a hostile one could name a million.
const MaxUses = 50_000

// A scopes finds settings by the block that they stand in and their name.
type scopes map[string][]fact.Setting

func scopeKey(scope []string, name string) string {
	return strings.Join(scope, "\x00") + "\x01" + name
}

func byScope(settings []fact.Setting) scopes {
	m := scopes{}
	for _, s := range settings {
		if !s.Unknown {
			k := scopeKey(s.Scope, s.Name)
			m[k] = append(m[k], s)
		}
	}
	return m
}

// all are the settings of that name in exactly this block.
func (m scopes) all(scope []string, name string) []fact.Setting { return m[scopeKey(scope, name)] }

// here is the last setting of that name in exactly this block.
func (m scopes) here(scope []string, name string) (fact.Setting, bool) {
	in := m.all(scope, name)
	if len(in) == 0 {
		return fact.Setting{}, false
	}
	return in[len(in)-1], true
}

// inherited is the setting of that name in the block or the nearest around it.
func (m scopes) inherited(scope []string, name string) (fact.Setting, bool) {
	in := m.allInherited(scope, name)
	if len(in) == 0 {
		return fact.Setting{}, false
	}
	return in[len(in)-1], true
}

// allInherited are all settings of that name in the nearest block that has any.
func (m scopes) allInherited(scope []string, name string) []fact.Setting {
	for n := len(scope); n >= 0; n-- {
		if in := m.all(scope[:n], name); len(in) > 0 {
			return in
		}
	}
	return nil
}

// hostPort divides "host:port", "[::1]:443" or "host", with what the port is when none is named. A port that is no number
// (a variable) is 0.
func hostPort(s string, usual uint16) (host string, port uint16) {
	host, digits := s, ""
	if rest, ok := strings.CutPrefix(s, "["); ok {
		before, after, _ := strings.Cut(rest, "]")
		host, digits = before, strings.TrimPrefix(after, ":")
	} else if before, after, ok := strings.Cut(s, ":"); ok && strings.Count(s, ":") == 1 {
		host, digits = before, after
	}
	if digits == "" {
		return host, usual
	}
	return host, decimalPort(digits)
}

// decimalPort reads a port number; 0 for anything else.
func decimalPort(s string) uint16 {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 65535 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	if n > 65535 {
		return 0
	}
	return uint16(n)
}
