package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// eager are the clients that read every file they are given, whatever is verified in their mode (measured: mariadb 10.11,
// openssl s_client 3.0, redis-cli 7.0, gnutls-cli 3.7, haproxy -c 2.6; MySQL's vio/viosslfactories.cc).
var eager = []string{"mysql", "mariadb", "odbc-mysql", "odbc-mariadb", "mysqlclient", "openssl", "redis-cli", "gnutls-cli", "haproxy"}

// readsFile tells whether the program reads the file that an option names, and, where it goes on without a file that is not
// there, what it does then.
func readsFile(c *fact.Case, at int, o fileOption) (reads bool, without string) {
	s := &c.Settings[at]
	if used, off := usesWith(c, s); len(used) > 0 || off {
		return !off && readsInUse(c, s, o, used), goesOnWithout(c, s, o, used)
	}
	return readsInService(c, s, o), ""
}

// usesWith are the connections that a setting takes part in. off: it takes part in some, and none of them speaks TLS.
func usesWith(c *fact.Case, s *fact.Setting) (list []*fact.Use, off bool) {
	some := false
	for i := range c.Uses {
		u := &c.Uses[i]
		if !slices.ContainsFunc(u.From, func(f fact.Setting) bool { return f.Ref == s.Ref && f.Name == s.Name }) {
			continue
		}
		some = true
		if u.TLS != fact.No {
			list = append(list, u)
		}
	}
	return list, some && list == nil
}

func verifying(used []*fact.Use) bool {
	return slices.ContainsFunc(used, func(u *fact.Use) bool { return u.Chain == fact.Yes })
}

// readsInUse: the list of CAs is read where something is verified by it.
func readsInUse(c *fact.Case, s *fact.Setting, o fileOption, used []*fact.Use) bool {
	switch {
	case o.holds == "roots":
		return verifying(used) || slices.Contains(eager, s.Dialect) || usesLibpq(s) || s.Dialect == "wget"
	case o.holds == "key" && usesLibpq(s): // it looks for the key of a certificate that it has read (initialize_SSL)
		return slices.ContainsFunc(c.Settings, func(x fact.Setting) bool {
			path, ok := filePath(c, &x, fileOption{})
			if !ok || x.Name != "sslcert" && x.Name != "PGSSLCERT" {
				return false
			}
			_, err := os.Stat(path)
			return err == nil
		})
	}
	return true
}

func usesLibpq(s *fact.Setting) bool {
	return slices.Contains([]string{"psql", "libpq", "odbc-postgres"}, s.Dialect)
}

// goesOnWithout: libpq takes a root certificate that is not there for none unless it has to verify, and goes on without a client
// certificate that is not there (fe-secure-openssl.c, initialize_SSL); wget prints an error and goes on (src/gnutls.c).
func goesOnWithout(c *fact.Case, s *fact.Setting, o fileOption, used []*fact.Use) string {
	path, ok := filePath(c, s, o)
	if _, err := os.Stat(path); !ok || !os.IsNotExist(err) {
		return ""
	}
	switch {
	case usesLibpq(s) && o.holds == "roots" && !slices.ContainsFunc(used, func(u *fact.Use) bool { return strings.HasPrefix(u.Mode, "sslmode=verify") }):
		for _, u := range used { // sslmode=require verifies only where the file is there
			u.Chain, u.NameChecked, u.Mode = fact.No, fact.No, strings.TrimSuffix(u.Mode, " sslrootcert")
		}
		return "libpq goes on and verifies nothing"
	case usesLibpq(s) && o.holds == "":
		return "libpq goes on without a client certificate"
	case s.Dialect == "wget" && o.holds == "roots":
		return "wget goes on with the list of the system"
	case s.Dialect == "wget":
		return "wget goes on without a client certificate"
	}
	return ""
}

// readsInService: what a file says about its program as a server, or about a client that is not among the uses.
func readsInService(c *fact.Case, s *fact.Setting, o fileOption) bool {
	switch s.Dialect {
	case "postgresql.conf": // with "ssl = off", which is the default, no file is opened (be_tls_init)
		return lastYes(c, "ssl")
	case "nginx":
		_, upstream, _ := strings.Cut(s.Name, "_ssl_")
		if upstream == "trusted_certificate" {
			return false // read with proxy_ssl_verify on, and then it is part of a use
		}
		// read where clients are asked for certificates (ngx_http_ssl_merge_srv_conf)
		return s.Name != "ssl_client_certificate" || slices.ContainsFunc(c.Settings, func(v fact.Setting) bool {
			n := min(len(v.Scope), len(s.Scope))
			return v.Name == "ssl_verify_client" && v.Value() != "off" && slices.Equal(v.Scope[:n], s.Scope[:n])
		})
	case "stunnel":
		return o.holds != "roots" || slices.ContainsFunc(c.Settings, func(v fact.Setting) bool {
			return strings.HasPrefix(v.Name, "verify") && v.Value() != "no" && v.Value() != "0"
		})
	}
	return true
}

// lastYes reports whether the last setting of a name is on, as PostgreSQL reads a switch.
func lastYes(c *fact.Case, name string) bool {
	on := false
	for i := range c.Settings {
		if c.Settings[i].Name == name {
			v := strings.ToLower(c.Settings[i].Value())
			on = v == "on" || v == "1" || v != "" && (strings.HasPrefix("true", v) || strings.HasPrefix("yes", v))
		}
	}
	return on
}

// stoppedBy is the file without which the client of a use makes no connection, "" when it has what it needs. A file without which
// it goes on is left out of the use.
func stoppedBy(c *fact.Case, u *client.Use) string {
	for i := range c.Files {
		f := &c.Files[i]
		mine := slices.ContainsFunc(u.From, func(s fact.Setting) bool { return s.Ref == f.Setting.Ref && s.Name == f.Setting.Name })
		switch {
		case f.Error == "" || !mine:
		case f.Without == "":
			return f.Path
		case f.Holds == "roots":
			u.CA, u.Mode = "", strings.TrimSuffix(u.Mode, " sslrootcert")
			u.Behaviour, _ = u.Configured()
		default:
			u.Cert, u.Key = "", ""
		}
	}
	if _, err := os.Stat(u.CA); err != nil && !u.Behaviour.Chain {
		u.CA = "" // it is not read (curl -k)
	}
	return ""
}
