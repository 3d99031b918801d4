package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mssqlJDBC is Microsoft's JDBC driver: encrypt is true by default since 10.2, strict came with 11.2. It compares the name itself
// (SQLServerCertificateUtils); with encrypt=false the certificate goes unseen even where the server forces encryption.
func mssqlJDBC() Product {
	d := tdsDriver{profile: java17(), text: mssqlJDBCText, mandatory: "10.2", strict: "11.2"}
	modes := d.modes()
	for i := range modes {
		modes[i].Does.Refuse = javaWarning
	}
	return Product{ID: "mssql-jdbc", Says: "Microsoft JDBC Driver for SQL Server, Java 17 (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{"jdbc-mssql", "jdbc sqlserver"}, Modes: modes}
}

const (
	jdbcSSL  = "The driver could not establish a secure connection to SQL Server by using Secure Sockets Layer (SSL) encryption."
	jdbcHelp = "Verify the connection properties. Make sure that an instance of SQL Server is running on the host and accepting TCP/IP connections " +
		"at the port. Make sure that TCP connections to the port are not blocked by a firewall."
)

// mssqlJDBCText is the message of SQLServerException (SQLServerResource.java: R_sslFailed, R_sslRequiredNoServerSupport, R_noServerResponse,
// R_certNameFailed, R_tcpipConnectionFailed).
func mssqlJDBCText(f Failure) string {
	if _, _, text, ok := f.serverError(); ok {
		return text
	}
	inner := driverJava(f)[0].message
	switch {
	case f.Step == StepTCP:
		return fmt.Sprintf(`The TCP/IP connection to the host %s, port %d has failed. Error: "%s. %s".`, f.Host, f.Port, strings.TrimSuffix(inner, "."), jdbcHelp)
	case f.How == fact.EndDeclined:
		return jdbcSSL + " The application requested encryption but the server is not configured to support SSL."
	case f.How == fact.EndClosed:
		inner = "SQL Server did not return a response. The connection has been closed."
	case f.Reason == "name":
		inner = fmt.Sprintf(`Failed to validate the server name "%s"in a certificate during Secure Sockets Layer (SSL) initialization. Name in certificate "%s"`,
			f.Verdict.Name, strings.Join(f.certified(), ", "))
	}
	return fmt.Sprintf(`%s Error: "%s".`, jdbcSSL, inner)
}
