package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// inString is where the settings of a connection string are.
const inString = "connection string"

// maxString is how long a connection string can be; longer texts are none.
const maxString = 16 << 10

// A notation is one way in which connections are written in a string. Its read answers no settings for a text that is not
// wholly and surely of this kind.
type notation struct {
	ID   string
	read func(text string) []fact.Setting
}

// notations lists the ways, the more telling first.
func notations() []notation {
	return []notation{
		{"jdbc", readJDBC},
		{"go-mssqldb", readGoMSSQL},
		{"go-sql-driver", readGoMySQL},
		{"libpq", readLibpqURI},
		{"mysql-uri", readMySQLURI},
		{"sqlalchemy", readSQLAlchemy},
		{"options", readOptions},
		{"odbc", readODBC},
		{"ado.net", readADO},
		{"libpq", readConninfo},
	}
}

// String reads a connection string of any driver known. It answers false unless the text is surely one and nothing
// else: the scheme of a driver with parameters, or at least two options of one driver, each with its value.
// Result.Dialect names the driver whose options they are. Credentials are not kept.
func String(text string) (Result, bool) {
	text = unwrap(strings.TrimSpace(text))
	if text == "" || len(text) > maxString || strings.IndexByte(text, 0) >= 0 {
		return Result{}, false
	}
	for _, n := range notations() {
		if s := n.read(text); len(s) > 0 {
			return Result{Dialect: s[0].Dialect, Settings: s, Gaps: elsewhere(s)}, true
		}
	}
	return Result{}, false
}

// elsewhere are the gaps that settings leave which refer to a file or a data source: neither String nor Command opens anything.
func elsewhere(settings []fact.Setting) []fact.Gap {
	var out []fact.Gap
	for _, s := range settings {
		place := ""
		switch s.Name {
		case "service", "PGSERVICE":
			place = "pg_service.conf"
		case "DSN", "FileDSN":
			place = "odbc.ini"
		case "defaults-file", "defaults-extra-file", "login-path":
			place = "the option file"
		case "--config":
			place = "curl's configuration file"
		}
		if place != "" && s.Value() != "" {
			out = append(out, fact.Gap{What: "what " + place + " says for " + s.Name + " " + s.Value(), Why: "it is not read with a " + s.Dialect + " string or command; name the file as evidence too"})
		}
	}
	return out
}

// unwrap takes off the quotation marks in which a string was pasted out of a program.
func unwrap(s string) string {
	s = strings.TrimSuffix(s, ",")
	for _, q := range []string{`"`, `'`, "`"} {
		if len(s) > 2 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) && strings.Count(s, q) == 2 {
			return strings.TrimSpace(s[1 : len(s)-1])
		}
	}
	return s
}

// A pair is one option of a string, quotation undone.
type pair struct{ key, value string }

// splitPairs cuts "key=value;key=value" where values may be in quotation marks (doubled inside) or braces (closing ones
// doubled inside). It reports false for a text that is not wholly of this form.
func splitPairs(text string) ([]pair, bool) {
	var out []pair
	for text != "" {
		text = strings.TrimLeft(text, "; \t\r\n")
		if text == "" {
			break
		}
		key, rest, ok := strings.Cut(text, "=")
		key = strings.TrimSpace(key)
		if !ok || !plausibleKey(key) || len(out) > 200 {
			return nil, false
		}
		value, rest, ok := cutValue(strings.TrimLeft(rest, " \t"))
		if !ok {
			return nil, false
		}
		out = append(out, pair{key, value})
		text = rest
	}
	return out, len(out) > 0
}

// cutValue takes one value and what follows the semicolon after it.
func cutValue(s string) (value, rest string, ok bool) {
	if s == "" || !strings.ContainsRune(`"'{`, rune(s[0])) {
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimSpace(value), rest, !strings.ContainsAny(value, "\r\n")
	}
	end := s[0]
	if end == '{' {
		end = '}'
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != end {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == end {
			b.WriteByte(end)
			i++
			continue
		}
		after := strings.TrimLeft(s[i+1:], " \t\r\n")
		if after != "" && after[0] != ';' {
			return "", "", false
		}
		return b.String(), strings.TrimPrefix(after, ";"), true
	}
	return "", "", false
}

// plausibleKey reports whether s can be an option's name: a few words of letters, digits and marks.
func plausibleKey(s string) bool {
	if s == "" || len(s) > 48 || strings.Count(s, " ") > 4 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == ' ' || c == '_' || c == '-' || c == '.')) {
			return false
		}
	}
	return true
}

// known counts the pairs whose key is an option of v, each option once.
func (v *vocabulary) known(pairs []pair) int {
	seen := map[string]bool{}
	for _, p := range pairs {
		if w, ok := v.find(p.key); ok {
			seen[w.name] = true
		}
	}
	return len(seen)
}

// sure reports whether the pairs are surely v's: two or more known, and no more unknown ones than that.
func (v *vocabulary) sure(pairs []pair) bool {
	n := v.known(pairs)
	return n >= 2 && n*2 >= len(pairs)
}

// settings makes the settings of pairs.
func (v *vocabulary) settings(pairs []pair, at string) []fact.Setting {
	var out []fact.Setting
	for _, p := range pairs {
		if s, ok := v.setting(p.key, p.value, at); ok {
			out = append(out, s)
		}
	}
	return out
}
