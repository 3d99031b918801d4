package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mycnf reads option files of MySQL and MariaDB ("Using Option Files" of both manuals; mysys/my_default.c). The scope
// is the group; names are given with dashes. A relative include is taken from the file's own folder: the programs take it
// from wherever they were started.
var mycnf = dialect{ID: "my.cnf", sniff: sniffMyCnf, read: readMyCnf}

func sniffMyCnf(name string, head []byte) int {
	base := baseName(name)
	switch base {
	case "my.cnf", ".my.cnf", "my.ini", "mariadb.cnf", "mysqld.cnf", "mysql.cnf", "mysqldump.cnf":
		return 90
	}
	if strings.HasSuffix(base, ".cnf") && containsAny(strings.ToLower(name), "mysql", "mariadb") {
		return 85
	}
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		group, _, closed := strings.Cut(strings.TrimPrefix(line, "["), "]")
		if strings.HasPrefix(line, "[") && closed && (serverGroup(group) || clientGroup(group)) {
			return 75
		}
	}
	return 0
}

// serverGroup and clientGroup: programs of that side read the group. [client-server] is MariaDB's, for both.
func serverGroup(name string) bool {
	return name == "server" || name == "embedded" || name == "galera" || name == "client-server" || strings.HasPrefix(name, "mysqld") && !strings.HasPrefix(name, "mysqldump") ||
		strings.HasPrefix(name, "mariadbd") || strings.TrimRight(name, "-0123456789.") == "mariadb"
}

func clientGroup(name string) bool {
	return strings.HasPrefix(name, "client") || strings.HasPrefix(name, "mysql") && !serverGroup(name) || strings.HasPrefix(name, "mariadb-") && !serverGroup(name)
}

func readMyCnf(r *reader, f file) {
	group := ""
	for n, line := range numbered(f.text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case strings.HasPrefix(line, "!includedir"):
			path := strings.TrimSpace(strings.TrimPrefix(line, "!includedir"))
			r.includeAll(f, n, folder(f.name, path)+"/*.cnf", func(f file) { readMyCnf(r, f) })
		case strings.HasPrefix(line, "!include"):
			name := strings.TrimSpace(strings.TrimPrefix(line, "!include"))
			r.include(f, n, beside(f.name, name), func(f file) { readMyCnf(r, f) })
		case line[0] == '[':
			name, _, closed := strings.Cut(line[1:], "]")
			if !closed {
				r.gap(f, n, "a group", "its name lacks the closing bracket: the programs refuse the file")
			}
			group = strings.TrimSpace(name)
		case group == "":
			r.gap(f, n, "an option", "it stands before the first group: the programs refuse the file")
		default:
			name, value, has := strings.Cut(uncommentMyCnf(line), "=")
			if s, ok := mycnfOption(f.name, group, strings.TrimSpace(name), valueOfMyCnf(value), has); ok {
				r.set(f, n, s)
			}
		}
	}
}

// uncommentMyCnf cuts a comment off: "#" outside quotation marks, wherever it stands (remove_end_comment).
func uncommentMyCnf(line string) string {
	quote, escaped := byte(0), false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case (c == '"' || c == '\'') && !escaped && quote == 0:
			quote = c
		case c == quote && !escaped:
			quote = 0
		case c == '#' && quote == 0:
			return line[:i]
		}
		escaped = quote != 0 && c == '\\' && !escaped
	}
	return line
}

// valueOfMyCnf undoes quotation and escapes; a backslash before any other letter stays.
func valueOfMyCnf(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n > 1 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		text = text[1 : n-1]
	}
	if !strings.Contains(text, `\`) {
		return text
	}
	return mycnfEscapes.Replace(text)
}

var mycnfEscapes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\b`, "\b", `\s`, " ", `\"`, `"`, `\'`, `'`, `\\`, `\`)

// mycnfOption is the setting that an option of a group makes; false for those that have nothing to do with connections.
func mycnfOption(file, group, name, value string, hasValue bool) (fact.Setting, bool) {
	s := fact.Setting{Scope: []string{group}}
	if hasValue {
		s.Args = []string{value}
	}
	key := strings.TrimPrefix(strings.ReplaceAll(name, "_", "-"), "loose-")
	word, v := mysqlWord(group, key)
	if word == nil {
		if w, switched := mysqlSwitch(group, key); w != nil {
			word, s.Args = w, []string{switched}
		}
	}
	switch {
	case word == nil:
		return unknownMySQL(s, v, key)
	case word.secret:
		s.Args = nil
	case hasValue && len(word.values) > 0:
		mysqlValue(&s, word, value)
	}
	s.Name = word.name
	if mariadbAlone(file, group) && mysqlAlone(s.Name) {
		s.Unknown, s.Near = true, mysqlOnlyMeans[s.Name]
	}
	return s, true
}

// mariadbAlone reports whether no program of MySQL reads the group: by its name, or by the folder of the file.
func mariadbAlone(file, group string) bool {
	return strings.Contains(group, "mariadb") || strings.Contains(strings.ToLower(file), "mariadb")
}

// mysqlAlone reports whether MariaDB's programs refuse the option.
func mysqlAlone(name string) bool {
	for _, w := range mysqlOnly {
		if name == w || strings.HasSuffix(w, "-") && strings.HasPrefix(name, w) {
			return true
		}
	}
	return false
}

// mysqlValue judges the value of an option that takes a few words only, and completes an abbreviated one.
func mysqlValue(s *fact.Setting, word *keyword, value string) {
	if whole := word.completed(value); whole != "" {
		s.Args = []string{strings.ToUpper(whole)}
		return
	}
	s.Unknown, s.BadValue = true, true
	near := nearest(value, word.values)
	if fold(value) == "verifyfull" { // what PostgreSQL calls it
		near = "verify_identity"
	}
	if near != "" {
		s.Near = word.name + "=" + strings.ToUpper(near)
	}
}

// mysqlWord is the option that key is or abbreviates, of the side that reads the group, with that side's words.
func mysqlWord(group, key string) (*keyword, *vocabulary) {
	sides := []*vocabulary{&mysqlClientOptions}
	switch {
	case serverGroup(group) && clientGroup(group):
		sides = append(sides, &mysqlServerOptions)
	case serverGroup(group):
		sides[0] = &mysqlServerOptions
	}
	for _, v := range sides {
		if w := v.abbreviated(key); w != nil {
			return w, v
		}
	}
	return nil, sides[0]
}

// abbreviated is the word that key spells, or the only one about TLS that begins so: both products' programs take
// unambiguous beginnings (my_getopt.c, findopt).
func (v *vocabulary) abbreviated(key string) *keyword {
	var found *keyword
	words := v.all()
	for i := range words {
		w := &words[i]
		if w.name == key || containsFolded(w.also, key) {
			return w
		}
		if len(key) > 4 && speaksTLS(key) && strings.HasPrefix(w.name, key) {
			if found != nil {
				return nil
			}
			found = w
		}
	}
	return found
}

// mysqlSwitch is the option behind skip-, disable- and enable-, and the value that the prefix gives it.
func mysqlSwitch(group, key string) (*keyword, string) {
	for _, p := range [...]struct{ prefix, value string }{{"skip-", "0"}, {"disable-", "0"}, {"enable-", "1"}} {
		if rest, ok := strings.CutPrefix(key, p.prefix); ok {
			w, _ := mysqlWord(group, rest)
			return w, p.value
		}
	}
	return nil, ""
}

// speaksTLS reports whether an option's name is one of TLS for certain: tables and logs can be encrypted too.
func speaksTLS(name string) bool { return containsAny(strings.ToLower(name), "ssl", "tls") }

// unknownMySQL keeps an option that its program refuses where it sounds like TLS or is a letter off one that is.
func unknownMySQL(s fact.Setting, v *vocabulary, key string) (fact.Setting, bool) {
	s.Name, s.Unknown = key, true
	if foreign := mysqlMeans[v][key]; foreign != "" {
		s.Near = foreign
		return s, true
	}
	near := v.meant(key)
	close := near != "" && len(key) > 8 && edits(key, near) <= 2
	s.Near = near
	if !speaksTLS(key) && !close {
		return s, false
	}
	if soundsSecret(key) && !containsFolded([]string{"ssl-key"}, near) {
		s.Args = nil
	}
	return s, true
}
