package client

import "strings"

// modeMySQL is Oracle's: --ssl-ca without a mode means VERIFY_CA, and the verifying modes refuse to go on without a CA.
func modeMySQL(c *connection, u *Use) {
	mode := strings.ToUpper(c.value("ssl-mode", "SSLMODE", "ssl_mode"))
	ca := c.has("ssl-ca", "ssl-capath", "SSLCA", "SSLCAPATH", "ssl_ca", "ssl_capath")
	switch {
	case mode == "" && ca:
		mode = "VERIFY_CA"
	case mode == "":
		mode = "PREFERRED"
	case mode == "REQUIRED" && ca:
		mode = "REQUIRED with --ssl-ca"
	case strings.HasPrefix(mode, "VERIFY_") && !ca:
		mode += " without --ssl-ca"
	}
	u.Mode, u.SNI = mode, c.value("tls-sni-servername")
}

func modeConnectorC(c *connection, u *Use) {
	switch ca := c.has("SSLCA", "SSLCAPATH"); {
	case c.has("SSLVERIFY") && !c.yes("SSLVERIFY") && ca:
		u.Mode = "verify=0 ca"
	case c.has("SSLVERIFY") && !c.yes("SSLVERIFY") && c.yes("FORCETLS"):
		u.Mode = "verify=0 enforce=1"
	case c.has("SSLVERIFY") && !c.yes("SSLVERIFY"):
		u.Mode = "verify=0 enforce=0"
	case ca:
		u.Mode = "verify=1 ca"
	default:
		u.Mode = "default"
	}
}

// modeConnectorJ: sslMode, or the three switches that it replaced in 8.0.13, which yield to it.
func modeConnectorJ(c *connection, u *Use) {
	mode := strings.ToUpper(c.value("sslMode"))
	switch {
	case mode != "":
	case c.has("useSSL") && !c.yes("useSSL"):
		mode = "DISABLED"
	case c.yes("verifyServerCertificate"):
		mode = "VERIFY_CA"
	case c.yes("requireSSL"):
		mode = "REQUIRED"
	default:
		mode = "PREFERRED"
	}
	u.Mode = "sslMode=" + mode
}

// modeMariaDBJ: the switches of 2.x, and sslMode of 3.x in their words.
func modeMariaDBJ(c *connection, u *Use) {
	mode := strings.ReplaceAll(strings.ToLower(c.value("sslMode")), "_", "-")
	trusting := mode == "trust" || mode == "" && c.yes("trustServerCertificate")
	nameless := mode == "verify-ca" || mode == "" && c.yes("disableSslHostnameVerification")
	switch {
	case mode == "" && !c.yes("useSsl") || strings.HasPrefix(mode, "disable"):
		u.Mode = "useSsl unset"
	case trusting:
		u.Mode = "useSsl=true trustServerCertificate=true"
	case nameless:
		u.Mode = "useSsl=true serverSslCert disableSslHostnameVerification=true"
	case c.has("serverSslCert"):
		u.Mode = "useSsl=true serverSslCert"
	default:
		u.Mode = "useSsl=true"
	}
}

// modeGoMySQL: a word that is none of the driver's own names a configuration that the program registered.
func modeGoMySQL(c *connection, u *Use) {
	mode := strings.ToLower(c.value("tls"))
	switch mode {
	case "", "false", "0", "f":
		mode = "false"
	case "true", "1", "t":
		mode = "true"
	case "skip-verify", "preferred":
	default:
		mode = "custom"
	}
	u.Mode = "tls=" + mode
}

func modePyMySQL(c *connection, u *Use) {
	switch {
	case c.value("ssl") == "{}":
		u.Mode = "ssl={}"
	case c.value("ssl.check_hostname") == "False" && !c.has("ssl.ca"):
		u.Mode = "ssl={check_hostname:false,verify_mode:none}"
	case c.has("ssl.ca"):
		u.Mode = `ssl={"ca"}`
	case c.has("ssl_ca") && c.yes("ssl_verify_identity"):
		u.Mode = "ssl_ca ssl_verify_cert=True ssl_verify_identity=True"
	case c.has("ssl_ca") && c.yes("ssl_verify_cert"):
		u.Mode = "ssl_ca ssl_verify_cert=True"
	case c.has("ssl_ca"):
		u.Mode = `ssl={"ca"}`
	default:
		u.Mode = "no ssl argument"
	}
}
