package client

import "strings"

// modeSQLClient composes the mode of Encrypt and TrustServerCertificate. Without either it is the default, which changed with a
// release (SqlClient 4.0, mssql-jdbc 10.2, OLE DB 19); without Encrypt alone it is taken for the newer one, Mandatory.
func modeSQLClient(c *connection, u *Use) {
	u.encrypt(c, c.value("Encrypt", "encrypt"), "Mandatory")
	if u.Mode == "Encrypt=Mandatory" && !c.has("Encrypt", "encrypt") {
		u.Mode = "default"
	}
}

// encrypt sets the mode by the three values that all spellings come down to.
func (u *Use) encrypt(c *connection, value, usual string) {
	mode := usual
	switch strings.ToLower(value) {
	case "true", "yes", "mandatory", "1", "t", "m":
		mode = "Mandatory"
	case "false", "no", "optional", "0", "f", "o":
		mode = "Optional"
	case "strict", "s":
		mode = "Strict"
		u.Target.Protocol = "mssql-strict"
	case "disable":
		mode = "Disable"
	}
	u.Mode = "Encrypt=" + mode
	trust := c.yes("TrustServerCertificate", "trustServerCertificate", "Trust Server Certificate") || c.has("-C", "-u") && u.Client != "freetds"
	if trust && mode != "Strict" { // which verifies in spite of it
		u.Mode += " TrustServerCertificate"
	}
	if n := c.value("HostNameInCertificate", "hostNameInCertificate", "Host Name In Certificate", "-F"); n != "" {
		u.Name = n
	}
}

// modeODBC: whether TLS is the default depends on the driver's release, which its name tells.
func modeODBC(c *connection, u *Use) {
	usual := "Mandatory"
	name := strings.ToLower(c.value("Driver"))
	for _, v := range []string{"18", "17", "13", "11"} {
		if strings.Contains(name, "driver "+v) || strings.Contains(name, "msodbcsql"+v) || strings.Contains(name, "msodbcsql-"+v) {
			u.Version = v
		}
	}
	old := strings.Contains(name, "native client") || name == "sql server" || u.Version == "17" || u.Version == "13" || u.Version == "11"
	if old {
		usual = "Optional"
	}
	u.encrypt(c, c.value("Encrypt"), usual)
}

// modeGoMSSQL: without encrypt the certificate is trusted unseen, and only the login is encrypted (msdsn.parseTLS).
func modeGoMSSQL(c *connection, u *Use) {
	u.encrypt(c, c.value("encrypt"), "Optional")
	if !c.has("encrypt") && !c.has("TrustServerCertificate") {
		u.Mode += " TrustServerCertificate"
	}
	if instance := c.value("instance"); instance != "" {
		u.Instance = instance
		if !c.has("port") {
			u.Target.Port = 0
		}
	}
}

func modeFreeTDS(c *connection, u *Use) {
	u.Mode = "encryption=" + strings.ToLower(c.value("Encryption"))
	if !c.has("Encryption") {
		u.Mode = "encryption=request"
	}
	if u.CA != "" {
		u.Mode += " ca file"
	}
}
