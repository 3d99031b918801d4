package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// pyMySQL is PyMySQL 1.0.2 (pymysql/connections.py): where the server does not advertise TLS it logs in in plain text in every
// mode, and ssl={} counts as none.
func pyMySQL() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.Text = python(), pyMySQLText
		return Mode{ID: id, Says: says, Does: b}
	}
	tls := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}
	chain := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline, Roots: RootsGiven, Chain: true}
	full := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline, Roots: RootsGiven, Chain: true, Name: true}
	const strip = "; plain text where the server has no TLS"
	return Product{
		ID: "pymysql", Says: "PyMySQL 1.0.2, Python 3.11 with OpenSSL 3.0", Protocols: []string{"mysql"}, Aliases: []string{"python-pymysql"},
		Modes: []Mode{
			mode("no ssl argument", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("ssl={}", "plain text: an empty dictionary counts as none", Behaviour{TLS: TLSNever}),
			mode(`ssl={"ca"}`, "chain and name verified"+strip, full),
			mode("ssl_ca ssl_verify_cert=True ssl_verify_identity=True", "chain and name verified"+strip, full),
			mode("ssl_ca ssl_verify_cert=True", "the chain is verified, the name is not"+strip, chain),
			mode("ssl={check_hostname:false,verify_mode:none}", "TLS with anybody"+strip, tls),
		},
	}
}

// pyMySQLText is the exception; TLS and socket errors are wrapped, and shown as its context.
func pyMySQLText(f Failure) string {
	if code, _, text, ok := f.serverError(); ok {
		return fmt.Sprintf("pymysql.err.OperationalError: (%d, %s)", code, pythonQuote(text))
	}
	b := f.first()
	switch {
	case f.Step == StepTCP || f.withinTLS():
		return pyMySQLWrapped(f)
	case f.How == fact.EndTimeout || f.How == fact.EndNotTLS && (len(b) < 4 || b[3] == 0): // it waits for as long as it takes
		return ""
	case f.How == fact.EndNotTLS:
		return fmt.Sprintf("pymysql.err.InternalError: Packet sequence number wrong - got %d expected 0", b[3])
	}
	return "pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query')"
}

// pyMySQLWrapped is error 2003 around an exception of socket or ssl.
func pyMySQLWrapped(f Failure) string {
	class, number, text := pyException(f)
	if class == "" {
		return ""
	}
	inner := text
	if strings.HasSuffix(class, "Error") && strings.HasPrefix(class, "Connection") {
		inner = fmt.Sprintf("[Errno %d] %s", number, text)
	}
	outer := pythonQuote(fmt.Sprintf("Can't connect to MySQL server on '%s' (%s)", f.Host, inner))
	return fmt.Sprintf("pymysql.err.OperationalError: (2003, %s) / context: %s(%d, %s)", outer, class, number, pythonQuote(text))
}

// pyException is the exception's class, number and words; without a class the client waits.
func pyException(f Failure) (class string, number int, text string) {
	switch {
	case f.How == fact.EndRefused:
		return "ConnectionRefusedError", 111, errnoText(f.How)
	case f.How == fact.EndReset:
		return "ConnectionResetError", 104, errnoText(f.How)
	case f.How == fact.EndClosed:
		return "SSLZeroReturnError", 6, "TLS/SSL connection has been closed (EOF) (_ssl.c:992)"
	case f.Reason == "chain" || f.Reason == "name":
		return "SSLCertVerificationError", 1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " + pythonVerify(f) + " (_ssl.c:992)"
	}
	e, ok := opensslFailure(f)
	if !ok {
		return "", 0, ""
	}
	return "SSLError", 1, pythonMnemonic(e) + " " + e.text() + " (_ssl.c:992)"
}

// pythonQuote is repr of a string without control characters.
func pythonQuote(s string) string {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `\'`) + "'"
}
