package client

// nodeSSL is the mode of an ssl option as Node's drivers are given it.
func nodeSSL(c *connection) string {
	switch {
	case !c.has("ssl", "ssl.ca", "ssl.rejectUnauthorized", "ssl.cert", "ssl.servername", "ssl.minVersion"), c.value("ssl") == "false":
		return "ssl undefined"
	case c.value("ssl.rejectUnauthorized") == "false", c.value("ssl.rejectUnauthorized") == "0":
		return "ssl:{rejectUnauthorized:false}"
	case c.has("ssl.ca"):
		return "ssl:{ca}"
	}
	return "ssl:true"
}

// modeMySQL2: the name is verified where verifyIdentity asks for it.
func modeMySQL2(c *connection, u *Use) {
	u.Mode = nodeSSL(c)
	switch {
	case u.Mode == "ssl:{ca}" && c.yes("ssl.verifyIdentity"):
		u.Mode = "ssl:{ca,verifyIdentity:true}"
	case u.Mode == "ssl:true":
		u.Mode = "ssl:{}"
	}
}

// modeNodePG: an address has libpq's words, options have Node's.
func modeNodePG(c *connection, u *Use) {
	if c.has("sslmode") {
		modeLibpq(c, u)
		return
	}
	u.Mode = nodeSSL(c)
}

// modePostgresJS takes libpq's words in its ssl option; all but true, an object and verify-full verify nothing (connection.js).
func modePostgresJS(c *connection, u *Use) {
	u.Mode = nodeSSL(c)
	switch word := c.value("ssl"); {
	case oneOf(word, "require", "prefer"):
		u.Mode = "ssl:'" + word + "'"
	case word == "allow" || u.Mode == "ssl:{rejectUnauthorized:false}":
		u.Mode = "ssl:'require'" // which it handles alike
	case u.Mode == "ssl:true":
		u.Mode = "ssl:'verify-full'"
	}
}

// modeTedious: encrypt false asks for no TLS at all, which a server that insists on it refuses.
func modeTedious(c *connection, u *Use) {
	switch value := c.value("options.encrypt"); {
	case value == "false":
		u.Mode = "encrypt:false"
	case value == "strict":
		u.Mode, u.Target.Protocol = "encrypt:strict", "mssql-strict"
	case c.yes("options.trustServerCertificate"):
		u.Mode = "encrypt:true trustServerCertificate:true"
	default:
		u.Mode = "encrypt:true"
	}
	if n := c.value("options.serverName"); n != "" {
		u.Name = n
	}
	if i := c.value("options.instanceName"); i != "" && !c.has("port") {
		u.Instance, u.Target.Port = i, 0
	}
}
