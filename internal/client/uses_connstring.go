package client

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A connection is the settings of one connection string or command line, by name.
type connection struct {
	settings []fact.Setting
}

// A useRule is how the settings of one dialect become uses.
type useRule struct {
	client   string
	protocol string
	port     uint16
	mode     func(c *connection, u *Use) // sets Use.Mode, and what of Use only this driver has
}

// drivers are the drivers whose connection strings are read, by dialect.
func drivers(dialect string) (useRule, bool) {
	switch dialect {
	case "ado.net":
		return useRule{"sqlclient", "mssql", 1433, modeSQLClient}, true
	case "oledb":
		return useRule{"oledb", "mssql", 1433, modeSQLClient}, true
	case "odbc":
		return useRule{"odbc", "mssql", 1433, modeODBC}, true
	case "odbc-freetds":
		return useRule{"freetds", "mssql", 1433, modeFreeTDS}, true
	case "mssql-jdbc":
		return useRule{"mssql-jdbc", "mssql", 1433, modeSQLClient}, true
	case "jtds":
		return useRule{"jtds", "mssql", 1433, modeValue("ssl", "off")}, true
	case "go-mssqldb":
		return useRule{"go-mssqldb", "mssql", 1433, modeGoMSSQL}, true
	case "libpq", "odbc-postgres":
		return useRule{"psql", "postgres", 5432, modeLibpq}, true
	case "tedious":
		return useRule{"tedious", "mssql", 1433, modeTedious}, true
	case "postgres.js":
		return useRule{"postgres.js", "postgres", 5432, modePostgresJS}, true
	case "pgjdbc":
		return useRule{"pgjdbc", "postgres", 5432, modeLibpq}, true
	case "node-pg":
		return useRule{"node-pg", "postgres", 5432, modeNodePG}, true
	case "npgsql":
		return useRule{"npgsql", "postgres", 5432, modeNpgsql}, true
	}
	return mysqlDrivers(dialect)
}

func mysqlDrivers(dialect string) (useRule, bool) {
	d := useRule{protocol: "mysql", port: 3306}
	switch dialect {
	case "mysqlconnector":
		d.client, d.mode = "mysqlconnector", modeValue("SSL Mode", "Preferred")
	case "odbc-mysql", "mysql-uri", "mysqlclient":
		d.client, d.mode = "mysql", modeMySQL
	case "odbc-mariadb":
		d.client, d.mode = "connector-c", modeConnectorC
	case "mysql-connector-j":
		d.client, d.mode = "connector-j", modeConnectorJ
	case "mariadb-connector-j":
		d.client, d.mode = "mariadb-connector-j", modeMariaDBJ
	case "mysql2":
		d.client, d.mode = "mysql2", modeMySQL2
	case "prisma":
		d.client, d.mode = "prisma", modeValue("sslaccept", "accept_invalid_certs")
	case "go-sql-driver":
		d.client, d.mode = "go-sql-driver", modeGoMySQL
	case "pymysql", "mysql-connector-python":
		d.client, d.mode = "pymysql", modePyMySQL
	default:
		return d, false
	}
	return d, true
}

// connectionUses is what makes uses of the settings of a connection string or a command line, nil for other dialects.
func connectionUses(dialect string) func([]fact.Setting) []Use {
	if _, ok := drivers(dialect); ok {
		return usesConnection
	}
	switch dialect {
	case "mysql", "mariadb", "psql", "sqlcmd", "bcp", "tsql", "redis-cli", "curl", "wget", "openssl", "gnutls-cli":
		return usesCommand
	}
	return nil
}

// usesConnection makes a use of the settings of one connection string, or one for each of its hosts.
func usesConnection(settings []fact.Setting) []Use {
	if len(settings) == 0 {
		return nil
	}
	d, ok := drivers(settings[0].Dialect)
	if !ok {
		return nil
	}
	return d.uses(settings)
}

func (d useRule) uses(settings []fact.Setting) []Use {
	c := &connection{settings}
	u := Use{Client: d.client, Target: fact.Endpoint{Protocol: d.protocol, Port: d.port}, From: settings, Scope: settings[0].Scope}
	u.CA, u.Cert, u.Key = c.value(caNames...), c.value(certNames...), c.value(keyNames...)
	u.Overlay = c.overlay()
	d.mode(c, &u)
	u.known()
	hosts := strings.Split(c.value(hostNames...), ",")
	if d.protocol == "mssql" {
		hosts = []string{c.value(hostNames...)}
	}
	ports := strings.Split(c.value(portNames...), ",")
	var out []Use
	for i, h := range hosts {
		v := u
		if !v.aim(strings.TrimSpace(h)) {
			continue
		}
		if n, ok := portNumber(ports[min(i, len(ports)-1)]); ok {
			v.Target.Port, v.Instance = n, "" // a port makes the instance's name idle
		}
		out = append(out, v)
	}
	return out
}

// known leaves of a mode composed of several options as much as the product has a mode for, the last options dropped first.
func (u *Use) known() {
	p, ok := product(u.Client)
	for ok {
		if _, known := p.Mode(u.Mode, u.Version); known {
			return
		}
		i := strings.LastIndexByte(u.Mode, ' ')
		if i < 0 {
			return
		}
		u.Mode = u.Mode[:i]
	}
}

// The options by which drivers name the host, its port, and the files.
var (
	hostNames = []string{"host", "Host", "Server", "server", "Data Source", "serverName", "-S", "-H", "-h", "PGHOST", "MYSQL_HOST", "SQLCMDSERVER"}
	portNames = []string{"port", "Port", "portNumber", "-p", "PGPORT", "MYSQL_TCP_PORT"}
	caNames   = []string{"ssl-ca", "sslrootcert", "Root Certificate", "CA Certificate File", "SSLCA", "serverSslCert", "trustCertificateKeyStoreUrl", "trustStore",
		"ssl_ca", "ServerCertificate", "serverCertificate", "certificate", "--cacert", "-CAfile", "--x509cafile", "--ca-certificate", "-J", "CAFile", "ssl.ca",
		"PGSSLROOTCERT", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}
	certNames = []string{"ssl-cert", "sslcert", "SSL Certificate", "SSL Cert", "Certificate File", "SSLCERT", "clientCertificate", "ssl_cert", "ssl.cert", "--cert", "-cert",
		"--x509certfile", "--certificate", "PGSSLCERT"}
	keyNames = []string{"ssl-key", "sslkey", "SSL Key", "SSLKEY", "clientKey", "ssl_key", "--key", "-key", "--x509keyfile", "--private-key", "PGSSLKEY"}
)

// find is the last setting of one of these names, in the order of the names.
func (c *connection) find(names ...string) (fact.Setting, bool) {
	for _, n := range names {
		for i := len(c.settings) - 1; i >= 0; i-- {
			if s := c.settings[i]; s.Name == n && (!s.Unknown || s.Near != "" && strings.HasPrefix(s.Near, n+"=")) {
				return s, true
			}
		}
	}
	return fact.Setting{}, false
}

// value is the last value of the first of these names that is given, "" without.
func (c *connection) value(names ...string) string {
	s, _ := c.find(names...)
	return s.Value()
}

// has reports whether one of the options is given.
func (c *connection) has(names ...string) bool {
	_, ok := c.find(names...)
	return ok
}

// yes reports whether a switch is on.
func (c *connection) yes(names ...string) bool {
	switch strings.ToLower(c.value(names...)) {
	case "true", "yes", "1", "t", "on":
		return true
	}
	return false
}

// aim reads a host as SQL Server's clients and the others write it: "tcp:host,port\instance", a name, an address. It reports
// false for what is reached without a network: pipes, shared memory, sockets.
func (u *Use) aim(host string) bool {
	if u.Target.Protocol == "mssql" || u.Target.Protocol == "mssql-strict" {
		return u.aimServer(host)
	}
	if host == "" && u.Target.Protocol == "mysql" || host == "" && u.Client != "psql" && strings.HasPrefix(u.Target.Protocol, "postgres") {
		host = "localhost"
	}
	if host == "" && u.Client == "redis-cli" {
		host = "127.0.0.1"
	}
	if u.Name == "" {
		u.Name = host
	}
	u.Target.Host = host
	return host != "" && !strings.HasPrefix(host, "/") && !strings.HasPrefix(host, "@")
}

// aimServer reads SQL Server's way to write a server (SqlClient's DataSource.ParseServerName).
func (u *Use) aimServer(server string) bool {
	server, ok := overTCP(server)
	if !ok {
		return false
	}
	server, port, _ := strings.Cut(server, ",")
	host, instance, _ := strings.Cut(server, `\`)
	if instance == "" {
		port, instance, _ = strings.Cut(port, `\`)
	}
	if instance = strings.TrimSpace(instance); instance != "" {
		u.Instance = instance
	}
	host = strings.Trim(strings.TrimSpace(host), "[]")
	switch strings.ToLower(host) {
	case "", ".", "(local)":
		host = "localhost"
	}
	u.Target.Host = host
	if n, ok := portNumber(port); ok {
		u.Target.Port, u.Instance = n, ""
	} else if u.Instance != "" {
		u.Target.Port = 0 // SQL Browser knows it
	}
	if u.Name == "" {
		u.Name = host
	}
	return true
}

// overTCP takes the transport off a server's name; false for pipes and shared memory.
func overTCP(server string) (string, bool) {
	kind, rest, ok := strings.Cut(server, ":")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "tcp", "admin":
		if ok {
			return rest, true
		}
	case "np", "lpc", "sm":
		return "", false
	}
	return server, !strings.HasPrefix(server, `\\`) && !strings.HasPrefix(strings.ToLower(server), "(localdb)")
}

func portNumber(s string) (uint16, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 16)
	return uint16(n), err == nil && n > 0
}

// modeValue is a mode that one option names.
func modeValue(name, usual string) func(*connection, *Use) {
	return func(c *connection, u *Use) {
		u.Mode = c.value(name)
		if u.Mode == "" {
			u.Mode = usual
		}
	}
}

// oneOf reports whether s is in list.
func oneOf(s string, list ...string) bool { return slices.Contains(list, s) }
