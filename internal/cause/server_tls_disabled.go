package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var serverTLSDisabled = Cause{
	ID: "TW2005", Slug: "server-tls-disabled", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "the server has TLS switched off",
	Why: "Before encryption starts, the two sides agree on it in clear. The server answered that it has none to offer, while " +
		"this client insists on it. The server was installed or started without a certificate, or TLS was turned off.",
	Check: "mysql: SHOW VARIABLES LIKE 'have_ssl' · postgres: SHOW ssl · SQL Server: the error log says whether a certificate was loaded",
	Cites: []string{
		"PostgreSQL protocol, SSL Session Encryption: the reply N to SSLRequest",
		"MySQL protocol, Connection Phase: CLIENT_SSL (0x0800) in the server's capability flags",
		"MS-TDS 2.2.6.5: ENCRYPT_NOT_SUP",
	},
	Decide: "the server's answer when it is asked for TLS",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"freetds"}, Weight: 4},
		{Of: fact.ServerWithoutTLS, Weight: 10},
	},
	Written: writtenTLSOff,
	Advice: []change.Change{
		change.New(change.EnableTLS, change.Server),
		change.NotAdvised(change.TurnTLSOff, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h := failing(c, fact.AtPreamble)
		if h == nil || h.End.How != fact.EndDeclined && !(h.End.How == fact.EndError && knowsNoSSLRequest(h.Said)) {
			return nil
		}
		says := declined[h.Protocol]
		if h.End.How == fact.EndError {
			says = "the server does not know SSLRequest: " + saidError(h)
		}
		return []Match{{
			About: about(c, h), Sure: Proven,
			Proof: []Proof{{Ref: h.Ref, Says: says}},
			Changes: []change.Change{
				change.New(change.EnableTLS, change.Server),
				change.NotAdvised(change.TurnTLSOff, change.Client),
			},
		}}
	},
}

// declined says how each protocol's server declines.
var declined = map[string]string{
	"mysql":    "the greeting does not carry CLIENT_SSL",
	"postgres": "the server answers N to SSLRequest",
	"mssql":    "the PRELOGIN reply says ENCRYPT_NOT_SUP",
}

// knowsNoSSLRequest: the server took SSLRequest (1234.5679) for a protocol version that it does not speak, as
// PostgreSQL before 7.1 and some poolers do; the number is the same in every language.
func knowsNoSSLRequest(s *fact.Said) bool {
	return s != nil && strings.Contains(s.ErrorText, "1234.5679")
}
