package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mariadbJ is MariaDB Connector/J 2.7, as Debian packages it.
func mariadbJ() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.SNI, b.NameLate, b.Text = java17(), SNINever, true, mariadbJText
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "mariadb-connector-j", Says: "MariaDB Connector/J 2.7.6, Java 17", Protocols: []string{"mysql"}, Aliases: []string{"mariadb connector/j", "mariadb-java-client"},
		Modes: []Mode{
			mode("useSsl unset", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("useSsl=true", "TLS or nothing, chain and name verified with Java's cacerts",
				Behaviour{TLS: TLSRequire, Roots: RootsBundled, Chain: true, Name: true}),
			mode("useSsl=true serverSslCert", "TLS or nothing; chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
			mode("useSsl=true trustServerCertificate=true", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("useSsl=true serverSslCert disableSslHostnameVerification=true", "TLS or nothing; the chain is verified, the name is not",
				Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}),
		},
	}
}

// mariadbJText is the exception and its causes: each wrapped in one of the host's address.
func mariadbJText(f Failure) string {
	state := "[SQLState=08000 errno=-1]"
	outer := fmt.Sprintf("Could not connect to address=(host=%s)(port=%d)(type=master) : ", f.Host, f.Port)
	wrap := func(class, message, state string, rest []thrown) string {
		return class + ": " + outer + message + " " + state + " / Caused by: " + class + ": " + message + " " + state + causes(rest)
	}
	const broken = "java.sql.SQLNonTransientConnectionException"
	if code, sql, text, ok := f.serverError(); ok {
		message := "(conn=1) " + text
		if code == 1045 {
			message += "\nCurrent charset is UTF-8. If password has been set using other charset, consider using option 'passwordCharacterEncoding'"
		}
		return wrap("java.sql.SQLInvalidAuthorizationSpecException", message, fmt.Sprintf("[SQLState=%s errno=%d]", sql, code), nil)
	}
	switch {
	case f.Step == StepTCP && f.How != fact.EndTimeout:
		list := driverJava(f)
		return wrap(broken, fmt.Sprintf("Socket fail to connect to host:%s, port:%d. %s", f.Host, f.Port, list[0].message), state, list)
	case f.How == fact.EndDeclined:
		return wrap(broken, "(conn=1) Trying to connect with ssl, but ssl not enabled in the server", state, nil)
	case f.Reason == "name":
		return wrap(broken, mariadbJName(f), "[SQLState=08006 errno=-1]", nil)
	}
	list := mariadbJStream(f)
	return wrap(broken, fmt.Sprintf("Could not connect to %s:%d : %s", f.Host, f.Port, list[0].message), state, list)
}

// mariadbJStream: outside TLS an early end is told in the driver's own words, and what is no packet is waited for.
func mariadbJStream(f Failure) []thrown {
	switch {
	case f.withinTLS():
	case f.How == fact.EndNotTLS:
		f.How = fact.EndTimeout
	case f.How == fact.EndClosed:
		return []thrown{{"java.io.EOFException", "unexpected end of stream, read 0 bytes from 4 (socket was closed by server)"}}
	}
	return driverJava(f)
}

func mariadbJName(f Failure) string {
	var sans []string
	cn := ""
	if leaf := f.leaf(); leaf != nil {
		cn = leaf.CommonName
		for _, n := range leaf.DNSNames {
			sans = append(sans, `{DNS:"`+n+`"}`)
		}
		for _, n := range leaf.IPs {
			sans = append(sans, `{IP:"`+n+`"}`)
		}
	}
	kind := "DNS"
	if isAddress(f.Verdict.Name) {
		kind = "IP"
	}
	return fmt.Sprintf("(conn=1) SSL hostname verification failed : %s host \"%s\" doesn't correspond to certificate CN \"%s\" and SAN[%s]\n"+
		"This verification can be disabled using the option \"disableSslHostnameVerification\" but won't prevent man-in-the-middle attacks anymore",
		kind, f.Verdict.Name, cn, strings.Join(sans, ","))
}

// mysqlJ is MySQL Connector/J 8.0.13 and newer (sslMode, protocol/ExportControlled.java). Its texts stand in
// LocalizedErrorMessages.properties and have not been measured.
func mysqlJ() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.SNI, b.NameLate, b.Text = java17(), SNINever, true, mysqlJText
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "connector-j", Says: "MySQL Connector/J 8.0.13 and newer, Java 17 (not measured)", Protocols: []string{"mysql"}, Aliases: []string{"mysql connector/j", "mysql-connector-j", "mysql-connector-java"},
		Modes: []Mode{
			mode("sslMode=PREFERRED", "TLS where the server has it, unverified; plain text where it has not", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}),
			mode("sslMode=DISABLED", "plain text", Behaviour{TLS: TLSNever}),
			mode("sslMode=REQUIRED", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("sslMode=VERIFY_CA", "TLS or nothing; the chain is verified with trustCertificateKeyStoreUrl, the name is not",
				Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}),
			mode("sslMode=VERIFY_IDENTITY", "TLS or nothing; chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
		},
	}
}

func mysqlJText(f Failure) string {
	const failure = "com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure"
	if _, _, text, ok := f.serverError(); ok {
		return "java.sql.SQLException: " + text
	}
	switch {
	case f.How == fact.EndDeclined:
		return "java.sql.SQLNonTransientConnectionException: SSL Connection required, but not provided by server."
	case f.Reason == "name":
		return failure + causes([]thrown{{"java.security.cert.CertificateException", "Server identity verification failed. None of the DNS or IP Subject Alternative Name entries matched the server hostname/IP '" + f.Verdict.Name + "'."}})
	}
	return failure + causes(driverJava(f))
}
