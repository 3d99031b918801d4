package conf

import (
	"slices"
	"strings"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/words"
)

// A vocabulary is the options that one driver or program knows, by which its strings are told from others' and
// misspelt or foreign options are noticed.
type vocabulary struct {
	dialect string
	words   func() []keyword // read when first asked for
	exact   bool             // upper and lower case are told apart
	strict  bool             // the product refuses what it does not know; else only options that sound like TLS are judged
	values  bool             // upper and lower case are told apart in values
}

// A keyword is one option.
type keyword struct {
	name   string   // as documented
	also   []string // other spellings that the product takes
	values []string // the only values it takes; nil: any
	secret bool     // its value is a credential
	flag   bool     // takes no value on a command line
	// optional: the value may be left out on a command line, and then stands in the same word
	optional bool
}

// newVocabulary reads a table of one option a line: "Name|spelling|spelling = value value". Behind the spellings stand "!"
// for a credential, "-" for an option of a command line without a value, "?" for one whose value may be left out.
func newVocabulary(dialect, table string) vocabulary {
	return vocabulary{dialect: dialect, words: keywords(table)}
}

// keywords reads a table when it is first asked for: most runs need none of them.
func keywords(table string) func() []keyword {
	return sync.OnceValue(func() []keyword { return readKeywords(table) })
}

// all is every word; none in a vocabulary that holds nothing.
func (v *vocabulary) all() []keyword {
	if v.words == nil {
		return nil
	}
	return v.words()
}

func readKeywords(table string) []keyword {
	var out []keyword
	for line := range strings.Lines(table) {
		spellings, values, _ := strings.Cut(strings.TrimSpace(line), " = ")
		if spellings == "" {
			continue
		}
		var w keyword
		if values != "" {
			w.values = strings.Fields(values)
		}
		spellings, w.optional = strings.CutSuffix(spellings, " ?")
		spellings, w.secret = strings.CutSuffix(spellings, " !")
		spellings, w.flag = strings.CutSuffix(spellings, " -")
		all := strings.Split(spellings, "|")
		w.name, w.also = all[0], all[1:]
		out = append(out, w)
	}
	return out
}

// strictVocabulary is one whose product refuses every other option.
func strictVocabulary(dialect, table string) vocabulary {
	v := newVocabulary(dialect, table)
	v.strict = true
	return v
}

// find is the option that key spells.
func (v *vocabulary) find(key string) (*keyword, bool) {
	words := v.all()
	for i := range words {
		w := &words[i]
		if v.same(w.name, key) {
			return w, true
		}
		for _, a := range w.also {
			if v.same(a, key) {
				return w, true
			}
		}
	}
	return nil, false
}

func (v *vocabulary) same(a, b string) bool {
	return a == b || !v.exact && strings.EqualFold(a, b)
}

// setting makes a setting of one pair. It reports false for a pair that is nobody's business here: an unknown option
// that has nothing to do with TLS, in a vocabulary that does not claim to be complete.
func (v *vocabulary) setting(key, value, at string) (fact.Setting, bool) {
	s := fact.Setting{Ref: fact.Ref{Kind: "conf", At: at}, Dialect: v.dialect, Name: key}
	w, ok := v.find(key)
	if !ok {
		return v.unknown(s, value)
	}
	s.Name = w.name
	if w.secret {
		return s, true // that there is one may matter; what it is never does
	}
	if strings.Contains(value, "=") || strings.Contains(value, "://") { // an option that holds options of others
		value = words.Redact(value)
	}
	s.Args = []string{value}
	if !v.takes(w, value) {
		s.Unknown, s.BadValue = true, true
		if near := nearest(value, w.values); near != "" {
			s.Near = w.name + "=" + near
		}
	}
	return s, true
}

// unknown keeps an option that the product does not know. Its value is kept only where it can be no credential: that
// of an option about TLS in one short word.
func (v *vocabulary) unknown(s fact.Setting, value string) (fact.Setting, bool) {
	s.Unknown, s.Near = true, v.near(s.Name)
	about := aboutTLS(s.Name) || aboutTLS(s.Near)
	if !v.strict && !about {
		return s, false
	}
	w, ok := v.find(s.Near)
	if about && !soundsSecret(s.Name) && !(ok && w.secret) && shortWord(value) {
		s.Args = []string{value}
	}
	return s, true
}

// takes reports whether value is one of the option's words, whatever its case.
func (w *keyword) takes(value string) bool {
	return w.values == nil || value == "" || slices.ContainsFunc(w.values, func(x string) bool { return strings.EqualFold(x, value) })
}

// takes reports whether value is one of the option's words, in the case that v's product asks for.
func (v *vocabulary) takes(w *keyword, value string) bool {
	if !v.values || strings.HasSuffix(w.name, "protocol_version") { // which libpq compares without regard to case
		return w.takes(value)
	}
	return w.values == nil || value == "" || slices.Contains(w.values, value)
}

// near is the documented name of the option that key was meant for, "" when there is none: the closest by spelling,
// else the one that other products call so.
func (v *vocabulary) near(key string) string {
	var all []string
	for _, w := range v.all() {
		all = append(append(all, w.name), w.also...)
	}
	if n := nearest(key, all); n != "" {
		w, _ := v.find(n)
		return w.name
	}
	for _, foreign := range sameMeaning {
		if !containsFolded(foreign, key) {
			continue
		}
		for _, f := range foreign {
			if w, ok := v.find(f); ok {
				return w.name
			}
		}
	}
	return ""
}

// sameMeaning are what different products call the same thing; the first word that a product knows is proposed.
var sameMeaning = [][]string{
	{"ssl-verify-server-cert", "ssl-mode"}, // alone makes TLS mandatory in MariaDB's client
	{"ssl-mode", "sslmode", "SSL Mode", "sslMode", "Encrypt", "tls", "ssl", "useSSL", "useSsl", "encryption"},
	{"TrustServerCertificate", "Trust Server Certificate", "sslmode", "SSL Mode", "sslMode", "ssl-mode", "tls", "ssl-verify-server-cert"},
	{"ssl-ca", "sslrootcert", "Root Certificate", "CA Certificate File", "sslrootcert", "trustCertificateKeyStoreUrl", "serverSslCert", "ServerCertificate", "ca", "certificate"},
	{"HostNameInCertificate", "hostnameincertificate", "sslsni", "tls-sni-servername"},
}

func containsFolded(list []string, s string) bool {
	for _, x := range list {
		if fold(x) == fold(s) {
			return true
		}
	}
	return false
}

// fold takes away what people vary: case, spaces, dashes and underscores.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '_' || r == '.':
			return -1
		case r >= 'A' && r <= 'Z':
			return r | 0x20
		}
		return r
	}, s)
}

// nearest is the closest spelling among all, "" when none is within a third of the word's length.
func nearest(word string, all []string) string {
	best, found := len(word)/3+1, ""
	if len(word) > 64 {
		return ""
	}
	for _, a := range all {
		if d := edits(fold(word), fold(a)); d < best {
			best, found = d, a
		}
	}
	return found
}

// edits is how many letters must be added, dropped, changed or swapped with their neighbour to make b of a.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// aboutTLS reports whether an option's name sounds like TLS.
func aboutTLS(name string) bool {
	return containsAny(fold(name), "ssl", "tls", "encrypt", "cert", "verif", "cipher", "trust", "sni")
}

// soundsSecret reports whether an option's name sounds like a credential.
func soundsSecret(name string) bool {
	return containsAny(fold(name), "pass", "pwd", "secret", "token", "auth", "key", "pin", "credential", "psk")
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// shortWord reports whether a value is one word as modes and switches are.
func shortWord(s string) bool {
	if len(s) > 24 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}
