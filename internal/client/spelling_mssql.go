package client

import "strings"

// A spelling is how people name a client of SQL Server whose release may stand behind it: "ODBC Driver 18 for SQL Server", "ssms 19",
// "SqlClient 6 on Debian 12".
type spelling struct {
	phrase, id string
	elsewhere  string // the product that the same is on other systems than Windows
}

// spellings lists them, longer ones before what they begin with.
var spellings = []spelling{
	{"microsoft.data.sqlclient", "sqlclient", "sqlclient-linux"}, {"system.data.sqlclient", "system.data.sqlclient", "sqlclient-linux"},
	{"sqlclient-linux", "sqlclient-linux", "sqlclient-linux"}, {"sqlclient", "sqlclient", "sqlclient-linux"}, {"mds", "sqlclient", "sqlclient-linux"},
	{"sql server management studio", "ssms", "ssms"}, {"ssms", "ssms", "ssms"},
	{"microsoft odbc driver", "odbc", "odbc-linux"}, {"odbc driver", "odbc", "odbc-linux"}, {"odbc-linux", "odbc-linux", "odbc-linux"},
	{"msodbcsql", "odbc", "odbc-linux"}, {"odbc", "odbc", "odbc-linux"},
	{"microsoft ole db driver", "oledb", "oledb"}, {"ole db driver", "oledb", "oledb"}, {"msoledbsql", "oledb", "oledb"}, {"oledb", "oledb", "oledb"},
	{"microsoft jdbc driver", "mssql-jdbc", "mssql-jdbc"}, {"mssql-jdbc", "mssql-jdbc", "mssql-jdbc"},
	{"go-mssqldb", "go-mssqldb", "go-mssqldb"}, {"freetds", "freetds", "freetds"}, {"tsql", "freetds", "freetds"}, {"tedious", "tedious", "tedious"},
}

// respelled brings what people write into the form "id@release/system mode"; what is no client of SQL Server stays as it is.
func respelled(text string) string {
	for _, s := range spellings {
		if rest, ok := s.cut(text); ok {
			return s.respell(rest)
		}
	}
	return text
}

// cut removes the phrase where it ends as a name ends.
func (s spelling) cut(text string) (string, bool) {
	if len(text) < len(s.phrase) || !strings.EqualFold(text[:len(s.phrase)], s.phrase) {
		return "", false
	}
	rest := text[len(s.phrase):]
	return rest, rest == "" || rest[0] == ' ' || rest[0] == '@' || digit(rest)
}

func digit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func (s spelling) respell(rest string) string {
	var release, system string
	words := strings.Fields(rest)
	if len(words) > 0 {
		first := words[0]
		if _, after, ok := strings.Cut(first, "@"); ok {
			first = after
		}
		if strings.HasPrefix(rest, "@") || digit(words[0]) {
			release, system, _ = strings.Cut(first, "/")
			words = words[1:]
		}
	}
	words = skipped(words, "for", "sql", "server")
	if where, n := place(words); n > 0 {
		system, words = where, words[n:]
	}
	id := s.id
	if system != "" && !strings.HasPrefix(system, "windows") {
		id = s.elsewhere
	}
	return strings.Join(append([]string{named(id, release, system)}, options(words)...), " ")
}

func named(id, release, system string) string {
	if release != "" || system != "" {
		id += "@" + release
	}
	if system != "" {
		id += "/" + strings.ToLower(system)
	}
	return id
}

// skipped leaves out words of a product's full name.
func skipped(words []string, name ...string) []string {
	for i, n := range name {
		if i >= len(words) || !strings.EqualFold(words[i], n) {
			return words
		}
	}
	return words[len(name):]
}

// place reads "on Debian 12", "on Windows Server 2019", "on Linux": the system in one word, and how many words it took.
func place(words []string) (string, int) {
	if len(words) < 2 || !strings.EqualFold(words[0], "on") {
		return "", 0
	}
	system, n := strings.ToLower(words[1]), 2
	for n < len(words) && (digit(words[n]) || strings.EqualFold(words[n], "server")) {
		if digit(words[n]) {
			return system + strings.ToLower(words[n]), n + 1
		}
		n++
	}
	return system, n
}

// options brings Encrypt and TrustServerCertificate into the words of the modes; other words stay as they are.
func options(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		name, value, _ := strings.Cut(strings.TrimSuffix(w, ";"), "=")
		on, known := switches[strings.ToLower(value)]
		switch {
		case strings.EqualFold(name, "encrypt") && known:
			w = "Encrypt=" + on
		case strings.EqualFold(name, "TrustServerCertificate") && on == "Mandatory":
			w = "TrustServerCertificate"
		case strings.EqualFold(name, "TrustServerCertificate") && on == "Optional":
			continue
		}
		out = append(out, w)
	}
	if len(out) == 2 && out[0] == "Encrypt=Strict" && out[1] == "TrustServerCertificate" {
		return out[:1] // it verifies in spite of that
	}
	return out
}

// switches are the values of Encrypt in all drivers' spellings.
var switches = map[string]string{"true": "Mandatory", "yes": "Mandatory", "mandatory": "Mandatory", "false": "Optional", "no": "Optional", "optional": "Optional",
	"strict": "Strict", "disable": "Disable"}
