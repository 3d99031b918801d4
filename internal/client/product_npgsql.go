package client

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// npgsql is Npgsql 6 and newer on Linux (src/Npgsql/Internal/NpgsqlConnector.cs). Read in its source, not measured: require verifies
// nothing, prefer goes on in plain text where the server has no TLS or refuses the login on it.
func npgsql() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.ChainLate, b.NameLate, b.Text = openssl3Min12(), true, true, npgsqlText
		return Mode{ID: id, Says: says, Does: b}
	}
	full := Behaviour{TLS: TLSRequire, Roots: RootsSystem, Chain: true, Name: true}
	given := full
	given.Roots = RootsGiven
	return Product{
		ID: "npgsql", Says: "Npgsql 6 and newer, .NET on Linux (not measured)", Protocols: []string{"postgres"}, Aliases: []string{"npgsql/.net"},
		Modes: []Mode{
			mode("SSL Mode=Prefer", "TLS with anybody; plain text where the server has none", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline | OnReject}),
			mode("SSL Mode=Disable", "plain text", Behaviour{TLS: TLSNever}),
			mode("SSL Mode=Allow", "plain text; TLS with anybody when the server refuses that", Behaviour{TLS: TLSAllow, PlainOn: OnError}),
			mode("SSL Mode=Require", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("SSL Mode=VerifyCA;Root Certificate", "TLS or nothing; the chain is verified, the name is not", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}),
			mode("SSL Mode=VerifyFull", "TLS or nothing, chain and name verified with the system's roots", full),
			mode("SSL Mode=VerifyFull;Root Certificate", "TLS or nothing; chain and name verified", given),
		},
	}
}

func npgsqlText(f Failure) string {
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble {
		return "Npgsql.PostgresException (0x80004005): " + state + ": " + text
	}
	const exception = "Npgsql.NpgsqlException (0x80004005): "
	switch {
	case f.Step == StepTCP:
		return exception + "Failed to connect to " + f.server() + ":" + f.port() + "\n ---> System.Net.Sockets.SocketException: " + errnoText(f.How)
	case f.How == fact.EndDeclined:
		return exception + "SSL connection requested. No SSL enabled connection from this host is configured."
	case f.Reason == "chain" || f.Reason == "name":
		return exception + "Exception while performing SSL handshake\n ---> System.Security.Authentication.AuthenticationException: " +
			"The remote certificate is invalid according to the validation procedure: " + policyErrors(f)
	case f.withinTLS():
		return exception + "Exception while performing SSL handshake\n ---> System.Security.Authentication.AuthenticationException: Authentication failed, see inner exception."
	case f.How == fact.EndTimeout:
		return exception + "The operation has timed out"
	}
	return exception + "Exception while reading from stream"
}

// policyErrors are the flags of System.Net.Security.SslPolicyErrors that the verdict amounts to.
func policyErrors(f Failure) string {
	name, chain := nameProblem(f.Verdict) != nil, f.Reason == "chain"
	switch {
	case name && chain:
		return "RemoteCertificateNameMismatch, RemoteCertificateChainErrors"
	case name:
		return "RemoteCertificateNameMismatch"
	}
	return "RemoteCertificateChainErrors"
}
