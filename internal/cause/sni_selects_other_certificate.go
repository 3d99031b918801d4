package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var sniSelectsOtherCertificate = Cause{
	ID: "TW5105", Slug: "sni-selects-other-certificate", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the server chooses its certificate by the name it is told (SNI): told {sent} it sends that of {names}, which is not for {host}",
	Plain: "the server chooses its certificate by the name it is told (SNI), and answers with another host's",
	Why: "One server can hold certificates for many names. The client says at the very start which name it wants (server name indication, " +
		"SNI), and the server picks by it. With the name that this client sends it picks a certificate for another host than the one meant.",
	Check: "compare openssl s_client -connect {host}:{port} -servername {host} with -noservername: the certificates differ",
	Cites: []string{
		"RFC 6066 §3 (server_name)", "RFC 8446 §4.4.2.2 (the server chooses its certificate by server_name)",
		"nginx, Configuring HTTPS servers: default server",
	},
	Decide: "the certificate for another server name",
	Signs: []Sign{
		{Of: fact.NoNameSent, Weight: 3},
		{Of: fact.OtherHostSameConn, Weight: 2},
		{Of: fact.CertName, Weight: 4},
	},
	Hides: []string{"hostname-mismatch", "certificate-without-san", "self-signed-certificate", "ca-not-trusted", "missing-intermediate"},
	Advice: []change.Change{
		change.New(change.SendServerName, change.Client),
		change.New(change.ServeName, change.Server),
		change.NotAdvised(change.SkipNameCheck, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := wrongName(c)
		if !ok || f.h.Client == nil || f.h.Client.ServerName == "" || canonicalThatFits(c, f.h) != "" {
			return nil
		}
		v, some := otherSNI(c, f.h)
		if !some {
			return nil
		}
		m, ok := bySNI(c, f, v, 8)
		if !ok {
			return nil
		}
		m.About = about(c, f.h)
		m.Args = where(c, f.h, "sent", f.h.Client.ServerName, "names", namesOf(f.h))
		m.Changes = []change.Change{change.New(change.SendServerName, change.Client, "name", c.Question.Host)}
		if v == withoutSNI {
			m.Changes = []change.Change{change.New(change.ServeName, change.Server, "name", c.Question.Host)}
		}
		return []Match{m}
	},
}
