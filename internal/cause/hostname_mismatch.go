package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var hostnameMismatch = Cause{
	ID: "TW5101", Slug: "hostname-mismatch", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate is for {names}, not for {host}",
	Plain: "the certificate is not for the name that was used",
	Why: "A certificate says for which names it is valid, and a client accepts it only for the name that was typed. This one " +
		"names other hosts: either the connection leads to another server than the one meant, or the certificate was issued without this name.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -ext subjectAltName " +
		"(databases: add -starttls mysql or -starttls postgres)",
	Cites:  []string{"RFC 9525 §6.3 (matching the DNS domain name)", "RFC 2818 §3.1", "OpenSSL X509_V_ERR_HOSTNAME_MISMATCH (62)"},
	Decide: "the names in the certificate that it sends",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"ldap"}, Weight: 3},
		{Of: fact.VerifyFailed, Weight: 3},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.VerifyFailed, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.CertName, Weight: 10},
		{Of: fact.CertName, In: []fact.Context{"peer-is-address"}, Weight: 6},
		{Of: fact.IPMismatch, Weight: 5},
		{Of: fact.CommonNameOnly, Weight: 4},
		{Of: fact.RejectedByCallback, Weight: 5},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.PeerAlert(42), In: []fact.Context{"go"}, Weight: 3},
		{Of: fact.PeerAlert(46), Weight: 4},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.OwnAlert(46), Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.UseName, change.Client),
		change.New(change.AddNameToCertificate, change.Owner),
		change.NotAdvised(change.SkipNameCheck, change.Client),
	},
	Match: matchHostnameMismatch,
}

// matchHostnameMismatch: it stays possible as long as another server name could still get the right certificate.
func matchHostnameMismatch(c *fact.Case) []Match {
	f, ok := faultOf(c, fact.NameMismatch)
	if !ok {
		return nil
	}
	m := f.match(c, "for "+namesOf(f.h), "names", namesOf(f.h))
	m.Proof = append(m.Proof, f.seen("names of the certificate: "+namesOf(f.h)))
	if v, some := otherSNI(c, f.h); some && canonicalThatFits(c, f.h) == "" {
		switch cured(c, v) {
		case fact.Yes:
			return nil
		case fact.Unknown:
			m.Sure, m.Asks = Possible, []fact.Ask{{Variant: v, Weight: 3}}
		case fact.No:
			if t := c.Tried(v); t != nil && t.Chain.Leaf() != nil {
				m.Proof = append(m.Proof, Proof{Ref: t.Ref, Says: "with " + sentName(t) + " the certificate does not fit either"})
			}
		}
	}
	m.Changes = []change.Change{change.New(change.AddNameToCertificate, change.Owner, "name", c.Question.Host)}
	if other := usable(f.cert); other != "" {
		m.Changes = append(m.Changes, change.New(change.UseName, change.Client, "name", other))
	}
	m.Changes = append(m.Changes, change.NotAdvised(change.SkipNameCheck, change.Client))
	return []Match{m}
}
