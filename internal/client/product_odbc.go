package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// odbcWindows is Microsoft's ODBC Driver for SQL Server on Windows: Encrypt is yes by default since 18, which brought strict.
func odbcWindows() Product {
	d := tdsDriver{profile: currentSchannel(), mandatory: "18", strict: "18", text: odbcText(schannelProvider)}
	return Product{ID: "odbc", Says: "ODBC Driver 13, 17 and 18 for SQL Server on Windows (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{"msodbcsql", "sqlcmd", "bcp", "odbc-windows"}, Modes: d.modes()}
}

// odbcLinux is the same on Linux, over OpenSSL with the system's configuration.
func odbcLinux() Product {
	d := tdsDriver{profile: openssl3(), mandatory: "18", strict: "18", text: odbcText(opensslProvider)}
	return Product{ID: "odbc-linux", Says: "ODBC Driver 17 and 18 for SQL Server on Linux (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{"pyodbc", "msphpsql", "mssql-tools18"}, Modes: d.modes()}
}

// oledb is Microsoft's OLE DB Driver: Encrypt is Mandatory by default since 19, Strict came with 19.2.
func oledb() Product {
	text := func(f Failure) string {
		return "[Microsoft OLE DB Driver 19 for SQL Server]: " + odbcSays(f, schannelProvider)
	}
	d := tdsDriver{profile: currentSchannel(), mandatory: "19", strict: "19.2", text: text}
	return Product{ID: "oledb", Says: "OLE DB Driver 18 and 19 for SQL Server (not measured)", Protocols: tdsProtocols(),
		Aliases: []string{"msoledbsql"}, Modes: d.modes()}
}

// odbcText prefixes each of the driver's two messages as ODBC prescribes. The release in brackets is the newest.
func odbcText(provider func(Failure) string) func(Failure) string {
	const tag = "[Microsoft][ODBC Driver 18 for SQL Server]"
	return func(f Failure) string {
		if _, _, text, ok := f.serverError(); ok {
			return tag + "[SQL Server]" + text
		}
		text := tag + odbcSays(f, provider)
		if f.How == fact.EndTimeout {
			return text
		}
		return text + "\n" + tag + "Client unable to establish connection. For solutions related to encryption errors, see " +
			"https://go.microsoft.com/fwlink/?linkid=2226722"
	}
}

// odbcSays is what of a failure comes before the driver's general complaint.
func odbcSays(f Failure, provider func(Failure) string) string {
	switch {
	case f.How == fact.EndDeclined:
		return "Encryption not supported on SQL Server."
	case f.How == fact.EndTimeout:
		return "Login timeout expired"
	}
	return provider(f)
}

func schannelProvider(f Failure) string {
	if f.Step == StepTCP || f.Step == StepPreamble || f.Step == StepPlain {
		return "TCP Provider: " + windowsSocket(f.How)
	}
	return "SSL Provider: " + schannelText(f)
}

// opensslProvider quotes OpenSSL's queue; the end of a connection is Windows' number for it on every system: 0x2746 is 10054,
// 0x274D 10061, 0x274C 10060.
func opensslProvider(f Failure) string {
	if f.How == fact.EndLocal && (f.Reason == "chain" || f.Reason == "name") {
		e, _ := opensslFailure(f)
		return "SSL Provider: [" + e.short() + ":" + x509Text(x509First(f)) + "]"
	}
	if e, ok := opensslFailure(f); ok && f.How != fact.EndClosed && f.withinTLS() {
		return "SSL Provider: [" + e.short() + "]"
	}
	code := map[fact.How]int{fact.EndRefused: 0x274d, fact.EndTimeout: 0x274c, fact.EndUnreachable: 0x2751}[f.How]
	if code == 0 {
		code = 0x2746
	}
	return fmt.Sprintf("TCP Provider: Error code 0x%X", code)
}
