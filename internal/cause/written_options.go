package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// The three ways in which an option has no effect: its name, its value, its place.
const (
	unknownName = "unknown-name"
	badValue    = "bad-value"
	unreadPlace = "unread-place"
)

// writtenOptions: names and values that the product does not know, and settings in a place that nothing reads.
func writtenOptions(c *fact.Case) []Match {
	var list []Match
	for i := range c.Settings {
		s := &c.Settings[i]
		wrong := wrongOption(s)
		if wrong == "" || wrong == unreadPlace && strings.HasPrefix(s.Name, "@") || underUnknownKey(c.Settings[:i], s) {
			continue // the second is part of a setting that is told, the third stands in a key that is told
		}
		level := Breaks
		if wrong == unreadPlace || passesOver(s.Dialect) {
			level = Weak
		}
		args := optionArgs(s)
		if same := alsoUnread(list, s, wrong); same != nil {
			same.Proof = append(same.Proof, Proof{Ref: s.Ref, Says: optionSays(s, wrong, args)})
			same.Args["what"] = "the section " + s.Scope[len(s.Scope)-1]
			continue
		}
		m := written(s.Ref, optionSays(s, wrong, args), Likely, level, []change.Change{corrected(c, s, wrong, args)})
		m.Args, m.Variant = args, wrong
		m.Args["missing"] = s.Near
		list = append(list, m)
	}
	return list
}

// alsoUnread is the match of a setting that one and the same missing line keeps from being read, or nil.
func alsoUnread(list []Match, s *fact.Setting, wrong string) *Match {
	i := slices.IndexFunc(list, func(m Match) bool { return m.Variant == unreadPlace && m.Args["missing"] == s.Near })
	if wrong != unreadPlace || s.Near == "" || len(s.Scope) == 0 || i < 0 {
		return nil
	}
	return &list[i]
}

// wrongOption is what keeps a setting from having an effect, "" when nothing does.
func wrongOption(s *fact.Setting) string {
	switch {
	case slices.Contains(s.Scope, "unread") || slices.Contains(s.Scope, "overridden"):
		return unreadPlace
	case !s.Unknown:
		return ""
	case s.BadValue || strings.HasPrefix(strings.ToLower(s.Near), strings.ToLower(s.Name)+"="):
		return badValue
	}
	return unknownName
}

// passesOver: the dialect's readers go on without a name that they do not know.
func passesOver(dialect string) bool {
	return slices.ContainsFunc(ignoring, func(p string) bool { return strings.HasPrefix(dialect, p) })
}

// underUnknownKey: the setting stands in a registry key of a name that Windows does not look for, and that is told before.
func underUnknownKey(before []fact.Setting, s *fact.Setting) bool {
	return s.Dialect == "reg" && s.Unknown && !isRegKey(s) && slices.ContainsFunc(before, func(k fact.Setting) bool {
		return k.Unknown && isRegKey(&k) && slices.Equal(k.Scope, s.Scope)
	})
}

// isRegKey: the setting stands for a registry key itself, not for a value in it.
func isRegKey(s *fact.Setting) bool { return s.Dialect == "reg" && strings.HasPrefix(s.Name, "(key") }

// optionArgs are what the sentences on a setting name.
func optionArgs(s *fact.Setting) map[string]string {
	p := productOf(s.Dialect)
	args := map[string]string{"option": s.Name, "what": "the option " + s.Name, "value": strings.Join(s.Args, " "), "product": p.name, "check": p.check, "effect": p.name + " refuses it, and does not start or connect"}
	if passesOver(s.Dialect) {
		args["effect"] = p.name + " passes over it without a word and goes on with its default"
	}
	if isRegKey(s) {
		args["option"] = `key "` + s.Value() + `"`
		args["what"], args["value"] = "the registry "+args["option"], ""
	} else if s.Dialect == "pg_hba.conf" { // a rule's first word is its name
		args["option"] = s.Name + " " + args["value"]
		args["what"] = "a word of the rule " + args["option"]
	}
	return args
}

// optionSays is the proof in words.
func optionSays(s *fact.Setting, wrong string, args map[string]string) string {
	says := ""
	switch {
	case wrong == unreadPlace && slices.Contains(s.Scope, "overridden"):
		return line(s) + ": a later line of the same section takes its place"
	case wrong == unreadPlace && s.Near != "":
		return line(s) + " stands where nothing reads it: no line leads there, " + s.Near + " is missing"
	case wrong == unreadPlace:
		return line(s) + " stands where nothing reads it"
	case wrong == badValue && args["value"] != "":
		says = args["product"] + " knows no value " + args["value"] + " of " + s.Name
	case wrong == badValue:
		says = args["product"] + " does not know this value of " + s.Name
	default:
		says = args["product"] + " knows no " + args["option"]
	}
	if s.Near != "" {
		says += "; did you mean " + s.Near + "?"
	}
	return says
}

// corrected is the change for a setting without effect.
func corrected(c *fact.Case, s *fact.Setting, wrong string, args map[string]string) change.Change {
	ch := change.New(change.CorrectOption, seatOf(c, s), "option", args["option"], "wrong", wrong, "near", s.Near)
	switch initial, ok := strings.CutPrefix(s.Near, "openssl_conf = "); {
	case wrong == unreadPlace && ok:
		ch.Args["initial"] = initial
	case wrong == unreadPlace && slices.Contains(s.Scope, "overridden"):
		ch.Args["wrong"] = "overridden"
	case wrong == badValue && !strings.HasPrefix(s.Dialect, "pg_hba"):
		ch.Args["option"] = strings.TrimSpace(s.Name + " " + args["value"])
	}
	if s.Dialect == "java.security" && wrong == unreadPlace { // the JSSE reference guide lists it as a system property
		ch.Args["place"] = "the command line, as -D" + s.Name + "=" + args["value"]
	}
	return ch
}

// A configured product is whose reader a dialect is for, and how to see what it makes of its settings.
type configuredProduct struct{ name, check string }

const (
	checkMSSQL    = "SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID, on a connection with these settings"
	checkMySQL    = "SHOW SESSION STATUS LIKE 'Ssl_cipher', on a connection with these settings; an empty value is no TLS"
	checkPostgres = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid(), on a connection with these settings"
)

// configuredProducts by dialect.
var configuredProducts = map[string]configuredProduct{
	"nginx":           {"nginx", "nginx -t reads the configuration and names the line"},
	"haproxy":         {"HAProxy", "haproxy -c -f /etc/haproxy/haproxy.cfg reads the configuration and names the line"},
	"apache":          {"Apache", "apachectl configtest reads the configuration and names the line"},
	"stunnel":         {"stunnel", "stunnel in the foreground (foreground = yes, debug = info) names the line at start"},
	"envoy":           {"Envoy", "envoy --mode validate -c FILE reads the configuration and names the field"},
	"openssl.cnf":     {"OpenSSL", "OPENSSL_CONF=FILE openssl ciphers -s -v lists the cipher suites and their versions that are left with this file"},
	"my.cnf":          {"MySQL", "my_print_defaults client mysqld prints what the groups hold; mysqld --validate-config (MariaDB: mariadbd --help --verbose) and the client name what they refuse"},
	"mysql":           {"the mysql client", checkMySQL},
	"mariadb":         {"the mariadb client", checkMySQL},
	"postgresql.conf": {"PostgreSQL", "SELECT sourcefile, sourceline, name, setting, applied, error FROM pg_file_settings WHERE error IS NOT NULL OR NOT applied"},
	"pg_hba.conf":     {"PostgreSQL", "SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL"},
	"libpq":           {"libpq", checkPostgres},
	"psql":            {"psql", checkPostgres},
	"pgjdbc":          {"pgjdbc", checkPostgres},
	"npgsql":          {"Npgsql", checkPostgres},
	"node-pg":         {"node-postgres", checkPostgres},
	"postgres.js":     {"Postgres.js", checkPostgres},
	"mssql.conf":      {"SQL Server", "journalctl -u mssql-server and /var/opt/mssql/log/errorlog at start; /opt/mssql/bin/mssql-conf list prints the names"},
	"ado.net":         {"SqlClient", checkMSSQL},
	"odbc":            {"the ODBC driver", checkMSSQL},
	"odbc.ini":        {"the ODBC driver", "odbcinst -q -s -n DSN prints what is read"},
	"oledb":           {"the OLE DB driver", checkMSSQL},
	"freetds.conf":    {"FreeTDS", "TDSDUMP=stdout tsql -S SERVER -U USER prints the settings as they are read"},
	"reg":             {"Windows", `reg query "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" /s shows what is there; Microsoft's "TLS registry settings" lists what is read`},
	"java.security":   {"Java", "-Djavax.net.debug=ssl:handshake:verbose shows the versions and cipher suites that are offered"},
	"crypto-policies": {"the crypto policy", "update-crypto-policies --show prints the policy; update-crypto-policies --set NAME names what it refuses"},
	"curl":            {"curl", "curl -v prints what it connects with"},
	"environment":     {"the program", "the program's own verbose output on a connection with these variables"},
}

// productOf is the product of a dialect; one that is not listed is called by the dialect's own name.
func productOf(dialect string) configuredProduct {
	if p, ok := configuredProducts[dialect]; ok {
		return p
	}
	p := configuredProduct{dialect, "the list of parameters in the manual of " + dialect + ", letter by letter"}
	for _, family := range []struct{ word, check string }{{"mysql", checkMySQL}, {"mariadb", checkMySQL}, {"postgres", checkPostgres},
		{"mssql", checkMSSQL}, {"tedious", checkMSSQL}, {"jtds", checkMSSQL}, {"freetds", checkMSSQL}} {
		if strings.Contains(dialect, family.word) {
			p.check = family.check
			break
		}
	}
	return p
}
