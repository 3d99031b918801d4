package remedy

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// valuesOf gathers what a change's placeholders can stand for: its arguments, the question, and the words that
// products use for them.
func valuesOf(ch change.Change, c *fact.Case) values {
	v := values{args: map[string]string{}, safe: map[string]string{}}
	for k, s := range ch.Args {
		if s = strings.TrimSpace(s); s != "" {
			v.args[k] = s
		}
	}
	v.question(ch.Kind, c)
	v.number("port", 1, 65535)
	v.safe["httpsport"] = cmp.Or(v.safe["port"], "443")
	v.number("level", 0, 5)
	v.number("bits", 1, 1<<20)
	v.version(v.args["version"])
	v.suite()
	v.group(v.args["group"])
	v.scheme(v.args["scheme"])
	v.dh()
	v.suiteList()
	v.windowsPlace(ch.Side)
	v.urlScheme(v.args["scheme"], c)
	v.key(v.args["keytype"])
	v.server()
	v.certificate(ch.Kind, ch.Side, c)
	v.address(v.args["address"])
	v.safe["side"] = string(ch.Side)
	v.safe["initial"] = knownWord(v.args["initial"])
	delete(v.args, "initial")
	return v
}

// question fills in what was asked. A missing name is the host's only where the change is about the name used, and
// a missing port is the question's only where the change is not about another port.
func (v values) question(kind change.Kind, c *fact.Case) {
	q := c.Question
	v.product(c)
	v.safe["client"], v.safe["family"] = knownWord(client(c)), family(c)
	set(v.args, "host", q.Host)
	set(v.args, "instance", q.Instance)
	set(v.args, "cafile", v.args["file"])
	set(v.args, "cafile", "ca.pem")
	set(v.args, "certname", v.args["name"])
	set(v.args, "certname", q.Host)
	if q.Port != 0 && kind != change.UsePort && kind != change.NameInstance {
		set(v.args, "port", strconv.Itoa(int(q.Port)))
	}
	if kind == change.SendServerName && isIP(q.Host) {
		return // RFC 6066 §3: an address is never sent as server name
	}
	if slices.Contains([]change.Kind{change.SendServerName, change.ServeName, change.AddNameToCertificate, change.FixDNS}, kind) {
		set(v.args, "name", q.Host)
	}
}

// product says how MySQL, or MariaDB, is restarted and made to read its certificate files again.
func (v values) product(c *fact.Case) {
	if isMariaDB(c) {
		v.safe["mariadb"], v.safe["mysqlname"] = "yes", "MariaDB"
		v.safe["mysqlrestart"], v.safe["mysqlreload"] = "systemctl restart mariadb", `mariadb -e "FLUSH SSL"`
		return
	}
	v.safe["mysqlname"] = "MySQL"
	v.safe["mysqlrestart"] = "(systemctl restart mysqld || systemctl restart mysql)" // Red Hat's and Debian's unit
	v.safe["mysqlreload"] = `mysql -e "ALTER INSTANCE RELOAD TLS"`
}

// knownWord lets only plain words through, so that a profile's name can be a safe value.
func knownWord(s string) string {
	if only(s, "-._/") {
		return s
	}
	return ""
}

// set fills an argument that the cause left out.
func set(m map[string]string, name, value string) {
	if m[name] == "" && value != "" {
		m[name] = value
	}
}

// number makes an argument safe if it is a number in a range, and drops it otherwise.
func (v values) number(name string, least, most int) {
	s := v.args[name]
	delete(v.args, name)
	if n, err := strconv.Atoi(s); err == nil && n >= least && n <= most {
		v.safe[name] = strconv.Itoa(n)
	}
}

// server names a SQL Server instance ("sqlinstance") and its Windows service; an instance name has at most 16
// characters.
func (v values) server() {
	instance := v.args["instance"]
	switch {
	case instance == "" || strings.EqualFold(instance, "MSSQLSERVER"):
		v.safe["sqlinstance"], v.safe["service"] = "MSSQLSERVER", "MSSQLSERVER"
	case only(instance, "_$#") && len(instance) <= 16:
		v.safe["sqlinstance"], v.safe["service"] = instance, "MSSQL$"+instance
	}
}

// address tells the type of the DNS record that holds an address.
func (v values) address(s string) {
	if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
		v.safe["rrtype"] = "A"
	} else if err == nil {
		v.safe["rrtype"] = "AAAA"
	}
}
