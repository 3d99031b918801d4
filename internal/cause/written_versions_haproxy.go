package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// haproxySets: the versions of each server and bind line that speaks TLS. What a line does not say comes from the default-server
// of its section or of a defaults section, then from global (doc/configuration.txt, ssl-min-ver).
func haproxySets(c *fact.Case) []versionSet {
	var sets []versionSet
	var last []string
	for i := range c.Settings {
		s := &c.Settings[i]
		if s.Dialect != "haproxy" || len(s.Scope) < 2 || slices.Equal(s.Scope, last) {
			continue
		}
		last = s.Scope
		label := s.Scope[len(s.Scope)-1]
		server := strings.HasPrefix(label, "server ")
		if !server && !strings.HasPrefix(label, "bind ") {
			continue
		}
		h := haproxyLine{c: c, around: [][]string{s.Scope}}
		if server {
			h.around = append(h.around, []string{s.Scope[0], "default-server"}, []string{"defaults", "default-server"}, []string{"global", "ssl-default-server-options"})
		} else {
			h.around = append(h.around, []string{"global", "ssl-default-bind-options"})
		}
		if h.find("ssl") == nil && h.find("check-ssl") == nil {
			continue // the options of a line without TLS are not looked at
		}
		if set := h.set(server); set.at != nil {
			sets = append(sets, set)
		}
	}
	return sets
}

type haproxyLine struct {
	c      *fact.Case
	around [][]string // the places of its options, the nearest first
}

// find is the option that holds for the line.
func (h haproxyLine) find(name string) *fact.Setting {
	for _, scope := range h.around {
		for i := len(h.c.Settings) - 1; i >= 0; i-- {
			s := &h.c.Settings[i]
			if s.Name == name && !s.Unknown && slices.Equal(s.Scope, scope) {
				return s
			}
		}
	}
	return nil
}

var haproxyNo = map[string]versions{"sslv3": ssl3, "tlsv10": tls10, "tlsv11": tls11, "tlsv12": tls12, "tlsv13": tls13}

// set: force-… leaves one version. no-… is passed over beside a range. On a bind line the lower end is TLS 1.2 unless it is set or
// the upper end is below, as haproxy -c says in a warning.
func (h haproxyLine) set(server bool) versionSet {
	low, high := h.find("ssl-min-ver"), h.find("ssl-max-ver")
	set := versionSet{left: allTLS}
	if !server {
		set.left = soundTLS
	}
	take := func(s *fact.Setting) {
		if set.at == nil || s.Ref != set.at.Ref && slices.Equal(s.Scope, h.around[0]) {
			set.at = s
		}
		set.says = strings.TrimPrefix(set.says+", "+line(s), ", ")
	}
	if low != nil || high != nil {
		var from, to versions
		if low != nil {
			from = versionWord(low.Value())
			take(low)
		}
		if high != nil {
			to = versionWord(high.Value())
			take(high)
			set.high = high
		}
		if low == nil && to < tls12 {
			from = to
		}
		set.left = from.from() & to.upTo()
		return set
	}
	for _, word := range []string{"sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13"} {
		if s := h.find("force-" + word); s != nil {
			take(s)
			set.left = haproxyNo[word]
			return set
		}
		if s := h.find("no-" + word); s != nil {
			take(s)
			set.left &^= haproxyNo[word]
		}
	}
	return set
}
