package client

import (
	"slices"
	"strings"
)

// Products lists every client known, databases first, each in its own file.
func Products() []Product { return slices.Concat(databases(), sqlServerClients(), generals()) }

// Find reads a client as a person names it: a product's ID or alias, "@" and a release where the behaviour depends on it
// ("sqlclient@6/debian12"), and a mode in the product's own word after it, in any order of case. Without a mode it is the product's
// default. False: no such client.
func Find(text string) (Product, Mode, bool) {
	words := strings.Fields(respelled(text))
	if len(words) == 0 {
		return Product{}, Mode{}, false
	}
	for n := len(words); n > 0; n-- { // the longest name wins: "openssl s_client"
		name, version, _ := strings.Cut(strings.Join(words[:n], " "), "@")
		p, ok := product(name)
		if !ok || strings.Contains(version, " ") {
			continue
		}
		m, ok := p.Mode(strings.Join(words[n:], " "), version)
		if _, system, _ := strings.Cut(version, "/"); ok {
			m.Does, ok = OnSystem(m.Does, system)
		}
		return p, m, ok
	}
	return Product{}, Mode{}, false
}

func product(name string) (Product, bool) {
	name = strings.ToLower(name)
	for _, p := range Products() {
		if p.ID == name || slices.Contains(p.Aliases, name) {
			return p, true
		}
	}
	return Product{}, false
}

// Mode finds a mode by its word, whatever its case and with or without the option's name before it; "" is the default. Of a
// mode that changed with a release the last one up to version is taken, without version the newest.
func (p Product) Mode(word, version string) (Mode, bool) {
	version, _, _ = strings.Cut(version, "/")
	var found Mode
	ok := false
	for _, m := range p.Modes {
		if word == "" && ok && m.ID != found.ID || !m.called(word) || !since(version, m.Versions) {
			continue
		}
		if !ok || m.ID == found.ID && m.Versions != "" && since(m.Versions, found.Versions) {
			found, ok = m, true
		}
	}
	return found, ok
}

// called reports whether a word means the mode.
func (m Mode) called(word string) bool {
	if word == "" || strings.EqualFold(m.ID, word) {
		return true
	}
	_, value, ok := strings.Cut(m.ID, "=")
	return ok && strings.EqualFold(value, word)
}

// since reports whether version is not older than from; either may be empty, which is no limit.
func since(version, from string) bool {
	if version == "" || from == "" {
		return true
	}
	a, b := strings.Split(version, "."), strings.Split(from, ".")
	for i := range max(len(a), len(b)) {
		x, y := part(a, i), part(b, i)
		if len(x) != len(y) {
			return len(x) > len(y) // numbers without leading zeros: the longer is the larger
		}
		if x != y {
			return x > y
		}
	}
	return true
}

func part(s []string, i int) string {
	if i >= len(s) {
		return "0"
	}
	return s[i]
}
