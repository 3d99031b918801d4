package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// clientGroups are the groups of an option file that MySQL's and MariaDB's client programs read ("Using Option Files").
var clientGroups = []string{"client", "mysql", "mysqldump", "mysqladmin", "mysqlbinlog", "mysqlcheck", "mysqlimport", "mysqlshow", "mysqlslap", "mysqlsh",
	"mariadb-dump", "mariadb-admin"}

// serverFiles are the dialects of servers alone: whatever certificate they name is the server's own.
var serverFiles = []string{"postgresql.conf", "pg_hba.conf", "mssql.conf"}

// seatOf tells whether a setting is about its program as a TLS server or as a TLS client. A proxy is both: the option's name, or
// the block around it, tells which.
func seatOf(c *fact.Case, s *fact.Setting) change.Side {
	name := strings.ToLower(s.Name)
	scope := ""
	if len(s.Scope) > 0 {
		scope = s.Scope[len(s.Scope)-1]
	}
	client := true // strings and commands are clients'
	switch {
	case slices.Contains(serverFiles, s.Dialect):
		client = false
	case s.Dialect == "nginx": // ngx_http_proxy_module, ngx_http_grpc_module, ngx_http_uwsgi_module, ngx_stream_proxy_module
		client = strings.HasPrefix(name, "proxy_") || strings.HasPrefix(name, "grpc_") || strings.HasPrefix(name, "uwsgi_")
	case s.Dialect == "apache": // mod_ssl
		client = strings.HasPrefix(name, "sslproxy")
	case s.Dialect == "haproxy": // a server line is a connection that HAProxy makes, a bind line one that it takes
		client = strings.HasPrefix(scope, "server ") || strings.HasPrefix(scope, "default-server")
	case s.Dialect == "stunnel": // a service takes connections over TLS unless it says "client = yes"
		client = slices.ContainsFunc(c.Settings, func(o fact.Setting) bool {
			return o.Dialect == s.Dialect && strings.EqualFold(o.Name, "client") && strings.EqualFold(o.Value(), "yes") && (len(o.Scope) == 0 || slices.Equal(o.Scope, s.Scope))
		})
	case s.Dialect == "envoy": // what a cluster holds is about its upstream
		client = slices.ContainsFunc(s.Scope, func(b string) bool { return strings.HasPrefix(b, "cluster") })
	case s.Dialect == "my.cnf":
		client = slices.Contains(clientGroups, scope) || strings.HasPrefix(scope, "client") || strings.HasSuffix(scope, "-client")
	}
	if client {
		return change.Client
	}
	return change.Server
}

// ofSide picks the files of one side only.
func ofSide(c *fact.Case, side change.Side, pick func(*fact.File) (string, bool)) func(*fact.File) (string, bool) {
	return func(f *fact.File) (string, bool) {
		if seatOf(c, &f.Setting) != side {
			return "", false
		}
		return pick(f)
	}
}

// atSideOf puts the changes that a file asks for at the side whose file it is; what its owner has to do stays the owner's.
func atSideOf(c *fact.Case, f *fact.File, advice []change.Change) []change.Change {
	out := slices.Clone(advice)
	for i := range out {
		if out[i].Side == change.Server {
			out[i].Side = seatOf(c, &f.Setting)
		}
	}
	return out
}

// ForProduct gives the changes of what configuration shows the product whose setting shows it.
func ForProduct(c *fact.Case, m Match) Match {
	for _, p := range m.Proof {
		i := slices.IndexFunc(c.Settings, func(s fact.Setting) bool { return s.Ref == p.Ref })
		j := slices.IndexFunc(c.Files, func(f fact.File) bool { return f.Setting.Ref == p.Ref })
		var dialect string
		switch {
		case i >= 0:
			dialect = c.Settings[i].Dialect
		case j >= 0:
			dialect = c.Files[j].Setting.Dialect
		default:
			continue
		}
		for _, side := range []change.Side{change.Server, change.Client} {
			m.Changes = change.Aimed(m.Changes, side, dialect)
		}
		return m
	}
	return m
}
