package client

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// pgJDBC is pgjdbc 42.5 (org/postgresql/core/v3/ConnectionFactoryImpl.java): prefer goes on in plain text where the server has no
// TLS or its pg_hba.conf refuses the login on it, not after a broken handshake; require verifies nothing.
func pgJDBC() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.NameLate, b.Text = java17(), true, pgJDBCText
		if b.Roots == RootsNone {
			b.Refuse, b.Text = withoutCA, pgJDBCWithoutFile
		}
		return Mode{ID: id, Says: says, Does: b}
	}
	noFile := Behaviour{TLS: TLSRequire, Roots: RootsNone, Chain: true, Name: true}
	return Product{
		ID: "pgjdbc", Says: "pgjdbc 42.5, Java 17", Protocols: []string{"postgres"}, Aliases: []string{"postgresql jdbc", "jdbc:postgresql"},
		Modes: []Mode{
			mode("sslmode=prefer", "TLS with anybody; plain text where the server has none or refuses the login on it",
				Behaviour{TLS: TLSPrefer, PlainOn: OnDecline | OnReject | OnError}),
			mode("sslmode=disable", "plain text", Behaviour{TLS: TLSNever}),
			mode("sslmode=allow", "plain text; TLS with anybody when the server refuses that", Behaviour{TLS: TLSAllow, PlainOn: OnError}),
			mode("sslmode=require", "TLS or nothing, with anybody, root.crt or not", Behaviour{TLS: TLSRequire}),
			mode("sslmode=verify-ca", "needs ~/.postgresql/root.crt", noFile),
			mode("sslmode=verify-ca sslrootcert", "TLS or nothing; the chain is verified, the name is not", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}),
			mode("sslmode=verify-full", "needs ~/.postgresql/root.crt", noFile),
			mode("sslmode=verify-full sslrootcert", "TLS or nothing; chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
		},
	}
}

// psqlException is what pgjdbc throws, with SQLSTATE and causes as programs print them.
func psqlException(message, state string, rest []thrown) string {
	return "org.postgresql.util.PSQLException: " + message + " [SQLState=" + state + " errno=0]" + causes(rest)
}

// pgJDBCWithoutFile: whatever begins with an S is agreement, and the file is looked for then.
func pgJDBCWithoutFile(f Failure) string {
	if answersS(f) {
		f.Reason = reasonNoCA
	}
	return pgJDBCText(f)
}

func pgJDBCText(f Failure) string {
	f = f.plainly()
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble && state != "" {
		if f.First != nil { // the first refusal is the one reported
			if s, t, also := f.First.postgresError(); also {
				state, text = s, t
			}
		}
		return psqlException("FATAL: "+text, state, nil)
	}
	switch {
	case f.Step == StepTCP && f.How == fact.EndRefused:
		return psqlException("Connection to "+f.Host+":"+f.port()+" refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
			"08001", driverJava(f))
	case f.Step == StepPlain && len(f.first()) > 0:
		return psqlException("Protocol error.  Session setup failed.", "08P01", nil)
	case f.How == fact.EndTimeout && !f.withinTLS():
		return psqlException("Connection attempt timed out.", "08001", nil)
	case f.Reason == reasonNoCA:
		const file = "~/.postgresql/root.crt"
		return psqlException("Could not open SSL root certificate file "+file+".", "08006",
			[]thrown{{"java.io.FileNotFoundException", file + " (No such file or directory)"}})
	case f.Reason == "name":
		return pgJDBCName(f)
	case f.withinTLS() || answersS(f):
		return pgJDBCHandshake(f)
	case f.Step == StepPreamble && (f.How == fact.EndDeclined || f.How == fact.EndError):
		return psqlException("The server does not support SSL.", "08004", nil)
	case f.Step == StepPreamble && f.How == fact.EndNotTLS:
		return psqlException("An error occurred while setting up the SSL connection.", "08P01", nil)
	}
	list := []thrown{{"java.io.EOFException", ""}}
	if f.How != fact.EndClosed {
		list = []thrown{{"java.net.SocketException", "Connection reset"}}
	}
	return psqlException("The connection attempt failed.", "08001", list)
}

func pgJDBCHandshake(f Failure) string {
	if f.Step == StepPreamble { // an S of somebody else's, who does not go on
		f.How = fact.EndClosed
	}
	list := driverJava(f)
	return psqlException("SSL error: "+list[0].message, "08006", list)
}

// pgJDBCName: the verifier logs its reason, below a line with the date; the exception does not tell it
// (org/postgresql/ssl/PGjdbcHostnameVerifier.java).
func pgJDBCName(f Failure) string {
	what := "certificate for host " + f.Verdict.Name + " dNSName entries subjectAltName, but none of them match. Assuming server name validation failed"
	if leaf := f.leaf(); leaf != nil && len(leaf.DNSNames) == 0 {
		what = "hostname " + f.Verdict.Name + " does not match common name " + leaf.CommonName
	}
	return "SEVERE: Server name validation failed: " + what + "\n" +
		psqlException("The hostname "+f.Verdict.Name+" could not be verified by hostnameverifier PgjdbcHostnameVerifier.", "08006", nil)
}
