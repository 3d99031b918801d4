package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var hostnameIsIPAddress = Cause{
	ID: "TW5103", Slug: "hostname-is-ip-address", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client connects to an IP address, {host}, and the certificate is for {names}",
	Plain: "the client connects to an IP address, and the certificate is for host names",
	Why: "A client compares the certificate with exactly what was typed. Here that is an address, and the certificate carries host " +
		"names only, as nearly all do. Addresses are also never sent as server name, so a server with several certificates cannot choose.",
	Check:  "openssl s_client -connect {host}:{port} </dev/null | openssl x509 -noout -ext subjectAltName shows DNS: entries and no IP Address: {host}",
	Cites:  []string{"RFC 5280 §4.2.1.6 (iPAddress)", "RFC 9525 §6.4 (matching an IP address)", "RFC 6066 §3 (no literal addresses in server_name)"},
	Decide: "the addresses in the certificate that it sends",
	Signs: []Sign{
		{Of: fact.CertName, Weight: 3},
		{Of: fact.CertName, In: []fact.Context{"peer-is-address"}, Weight: 10},
		{Of: fact.IPMismatch, Weight: 10},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByServer}, Weight: 3},
	},
	Hides: []string{"hostname-mismatch"},
	Advice: []change.Change{
		change.New(change.UseName, change.Client),
		change.New(change.AddNameToCertificate, change.Owner),
		change.NotAdvised(change.SkipNameCheck, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.NameIsIP)
		if !ok {
			return nil
		}
		m := f.match(c, "for "+namesOf(f.h), "names", namesOf(f.h))
		m.Proof = append(m.Proof, f.seen(orElse(f.p.Detail, "names of the certificate")+": "+namesOf(f.h)))
		if other := usable(f.cert); other != "" {
			m.Changes = append(m.Changes, change.New(change.UseName, change.Client, "name", other))
		}
		m.Changes = append(m.Changes,
			change.New(change.AddNameToCertificate, change.Owner, "name", c.Question.Host),
			change.NotAdvised(change.SkipNameCheck, change.Client))
		return []Match{m}
	},
}
