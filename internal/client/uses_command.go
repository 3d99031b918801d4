package client

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// usesCommand makes a use of the settings of one command line.
func usesCommand(settings []fact.Setting) []Use {
	if len(settings) == 0 {
		return nil
	}
	switch settings[0].Dialect {
	case "mysql":
		return useRule{"mysql", "mysql", 3306, modeMySQLCommand}.uses(settings)
	case "mariadb":
		return useRule{"mariadb", "mysql", 3306, modeMariaDB}.uses(settings)
	case "psql":
		return useRule{"psql", "postgres", 5432, modeLibpq}.uses(settings)
	case "sqlcmd":
		return useRule{"sqlcmd", "mssql", 1433, modeSqlcmd("-N")}.uses(settings)
	case "bcp":
		return useRule{"bcp", "mssql", 1433, modeSqlcmd("-Y")}.uses(settings)
	case "tsql":
		return useRule{"freetds", "mssql", 1433, modeFreeTDS}.uses(settings)
	case "redis-cli":
		return useRule{"redis-cli", "tls", 6379, modeRedis}.uses(settings)
	}
	return usesTLSCommand(settings)
}

// modeMySQLCommand: a program called mysql is MariaDB's where it is given options that only that has.
func modeMySQLCommand(c *connection, u *Use) {
	if c.has("ssl-verify-server-cert", "disable-ssl-verify-server-cert", "skip-ssl", "ssl", "ssl-fp", "ssl-fplist") && !c.has("ssl-mode") {
		u.Client = "mariadb"
		modeMariaDB(c, u)
		return
	}
	modeMySQL(c, u)
}

func modeMariaDB(c *connection, u *Use) {
	u.SNI = "none"
	switch ca, verify := c.has("ssl-ca", "ssl-capath"), c.has("ssl-verify-server-cert"); {
	case c.has("skip-ssl"):
		u.Mode = "--skip-ssl"
	case ca && verify:
		u.Mode = "--ssl-ca --ssl-verify-server-cert"
	case verify:
		u.Mode = "--ssl-verify-server-cert"
	case ca:
		u.Mode = "--ssl-ca"
	case c.has("disable-ssl-verify-server-cert"):
		u.Mode = "--disable-ssl-verify-server-cert --ssl"
	case c.value("tls-version") == "TLSv1.3":
		u.Mode = "--ssl --tls-version=TLSv1.3"
	case c.has("ssl"):
		u.Mode = "--ssl"
	default:
		u.Mode = "default"
	}
}

// modeSqlcmd: the option alone means Mandatory; without it release 18 encrypts, as ODBC Driver 18 does.
func modeSqlcmd(option string) func(*connection, *Use) {
	return func(c *connection, u *Use) {
		value := c.value(option)
		if value == "" && c.has(option) {
			value = "true"
		}
		u.encrypt(c, value, "Mandatory")
	}
}

func modeRedis(c *connection, u *Use) {
	switch {
	case !c.has("--tls"):
		u.Mode = "plain"
	case c.has("--insecure"):
		u.Mode = "--tls --insecure"
	default:
		u.Mode = "--tls"
	}
	u.SNI = c.value("--sni")
	if u.SNI == "" {
		u.SNI = "none" // it sends a name only where one is given
	}
}

// usesTLSCommand makes the uses of programs that speak TLS from the start.
func usesTLSCommand(settings []fact.Setting) []Use {
	c := &connection{settings}
	u := Use{From: settings, CA: c.value(caNames...), Cert: c.value(certNames...), Key: c.value(keyNames...), Overlay: c.overlay()}
	switch settings[0].Dialect {
	case "curl":
		u.Client, u.Mode = "curl", curlMode(c)
		return c.addresses(u, "URL", "--url")
	case "wget":
		u.Client, u.Mode = "wget", "default"
		if c.has("--ca-certificate", "--ca-directory") {
			u.Mode = "--ca-certificate"
		}
		if c.has("--no-check-certificate") {
			u.Mode = "--no-check-certificate"
		}
		return c.addresses(u, "URL")
	case "openssl":
		return usesOpenSSL(c, u)
	case "gnutls-cli":
		return usesGnuTLS(c, u)
	}
	return nil
}

func curlMode(c *connection) string {
	switch {
	case c.has("--insecure"):
		return "-k"
	case c.has("--cacert", "--capath"):
		return "--cacert"
	}
	return "system trust"
}

// addresses is u for each https address among the options; one without a scheme is http to both programs.
func (c *connection) addresses(u Use, names ...string) []Use {
	var out []Use
	for _, s := range c.settings {
		scheme, rest, ok := strings.Cut(s.Value(), "://")
		protocol, usual := schemeProtocol(scheme)
		if !oneOf(s.Name, names...) || !ok || protocol == "" {
			continue
		}
		v := u
		rest, _, _ = strings.Cut(rest, "/")
		v.Target.Protocol = protocol
		v.Target.Host, v.Target.Port = hostPort(rest[strings.LastIndexByte(rest, '@')+1:], usual)
		v.Name = v.Target.Host
		v.Overlay.Connect = c.elsewhere(v.Target.Host, v.Target.Port)
		out = append(out, v)
	}
	return out
}

func schemeProtocol(scheme string) (string, uint16) {
	switch strings.ToLower(scheme) {
	case "https":
		return "https", 443
	case "ldaps":
		return "tls", 636
	case "imaps":
		return "tls", 993
	case "pop3s":
		return "tls", 995
	case "smtps":
		return "tls", 465
	case "ftps":
		return "tls", 990
	}
	return "", 0
}

func usesOpenSSL(c *connection, u Use) []Use {
	u.Client, u.Mode = "openssl", "SECLEVEL=2"
	u.Target.Protocol, u.Target.Port = "tls", 4433
	switch c.value("-starttls") {
	case "postgres":
		u.Target.Protocol, u.Target.Port = "postgres", 5432
	case "mysql":
		u.Target.Protocol, u.Target.Port = "mysql", 3306
	case "":
	default:
		return nil // other upgrades are not made here
	}
	u.Target.Host, u.Target.Port = hostPort(c.value("-connect"), u.Target.Port)
	if h := c.value("-host"); h != "" {
		u.Target.Host = h
	}
	if n, ok := portNumber(c.value("-port")); ok {
		u.Target.Port = n
	}
	if u.Target.Host == "" {
		u.Target.Host = "localhost"
	}
	u.Name = c.value("-verify_hostname", "-verify_ip")
	for _, level := range []string{"0", "1"} {
		if strings.Contains(c.value("-cipher"), "@SECLEVEL="+level) || c.value("-auth_level") == level {
			u.Mode = "SECLEVEL=" + level
		}
	}
	if c.has("-verify_return_error") {
		u.Mode = "-verify_return_error"
	}
	u.SNI = c.value("-servername")
	if c.has("-noservername") || u.SNI == "" && isAddress(u.Target.Host) {
		u.SNI = "none"
	}
	return []Use{u}
}

func usesGnuTLS(c *connection, u Use) []Use {
	u.Client, u.Mode = "gnutls", "system trust"
	switch {
	case c.has("--insecure", "--no-ca-verification"):
		u.Mode = "--insecure"
	case c.has("--x509cafile"):
		u.Mode = "--x509cafile"
	}
	u.Target = fact.Endpoint{Protocol: "tls", Host: c.value("hostname"), Port: 443}
	if n, ok := portNumber(c.value("--port")); ok {
		u.Target.Port = n
	}
	u.Name, u.SNI = c.value("--verify-hostname"), c.value("--sni-hostname")
	if c.has("--disable-sni") {
		u.SNI = "none"
	}
	if u.Target.Host == "" {
		return nil
	}
	return []Use{u}
}
