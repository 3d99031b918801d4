package client

import "github.com/tlswhy/tlswhy/internal/fact"

// freeTDS is tsql and the libraries of FreeTDS 1.3 as Debian builds them, with GnuTLS. Certificates are looked at only where freetds.conf
// names a "ca file" (src/tds/tls.c).
func freeTDS() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.Text, b.SNI = gnutls37(), freeTDSText, SNINever
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "freetds", Says: "FreeTDS 1.3 (tsql, pymssql, DB-Library), GnuTLS", Protocols: []string{"mssql"}, Aliases: []string{"tsql", "pymssql", "db-lib"},
		Modes: []Mode{
			mode("encryption=request", "the default: the login is encrypted with anybody; plain text where the server has no TLS", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}),
			mode("encryption=off", "plain text, the password included", Behaviour{TLS: TLSNever}),
			mode("encryption=require", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("encryption=require ca file", "TLS or nothing, chain and name verified",
				Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true, ChainLate: true, NameLate: true}),
		},
	}
}

// freeTDSText is db-lib's first error: 20017 where a server that demands TLS closes, else 20002, which tells no cause.
func freeTDSText(f Failure) string {
	if _, _, text, ok := f.serverError(); ok {
		return text
	}
	if f.Step == StepPlain && f.How == fact.EndDeclined {
		return "Unexpected EOF from the server"
	}
	return "Adaptive Server connection failed"
}
