package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var serverSpeaksPlaintext = Cause{
	ID: "TW2002", Slug: "server-speaks-plaintext", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "port {port} speaks {who} in clear text, not TLS",
	Plain: "the server answers in clear text, not TLS: it is the wrong port, or TLS is not switched on there",
	Why: "The client began to negotiate encryption, and the answer is ordinary readable text, such as HTTP or a greeting. On this port the server does not encrypt at all: it is the " +
		"wrong port, or TLS was never switched on for it. Messages such as \"wrong version number\" mean just this, not a TLS version.",
	Check:  "curl -v http://{host}:{port}/ or nc {host} {port} shows the readable answer",
	Cites:  []string{"RFC 8446 §5.1 (a TLS record begins with its type and version)", "OpenSSL: SSL_R_WRONG_VERSION_NUMBER (0A00010B)", "RFC 9110 §4.2"},
	Decide: "the bytes that the port answers to TLS",
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 4},
		{Of: fact.SilentInHandshake, Weight: 3},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 6},
		{Of: fact.TimedOut, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.NotTLS, Weight: 9},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient}, Weight: 10},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 10},
		{Of: fact.NotTLS, In: []fact.Context{"python"}, Weight: 8},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient, fact.Mail}, Weight: 8},
		{Of: fact.NotTLS, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.NotTLS, In: []fact.Context{"schannel"}, Weight: 3},
		{Of: fact.HTTPFromServer, Weight: 10},
		{Of: fact.TLSToPlainPort, Weight: 10},
		{Of: fact.TLSToPlainPort, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 8},
		{Of: fact.HTTPSProxyURL, Weight: 3},
		{Of: fact.StartTLSNeeded, Weight: 2},
		{Of: fact.HandshakeFailed, In: []fact.Context{"upgrade-port"}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{"upgrade-port"}, Weight: 6},
		{Of: fact.EOFInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 6},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 6},
		{Of: fact.ResetInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 6},
		{Of: fact.NoCloseNotify, In: []fact.Context{"upgrade-port"}, Weight: 6},
		{Of: fact.DecodeError, Weight: 3},
		{Of: fact.UnexpectedMessage, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.HealthCheck}, Weight: 3},
		{Of: fact.NoPeerCert, In: []fact.Context{fact.ByClient}, Weight: 4},
	},
	Hides:   []string{"closed-after-hello"},
	Written: writtenTLSToPlainPort,
	Advice: []change.Change{
		change.New(change.UsePort, change.Client),
		change.New(change.UseScheme, change.Client),
		change.New(change.EnableTLS, change.Server),
		change.NotAdvised(change.TurnTLSOff, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h, who := inClear(c)
		if t := spokeElsewhere(c); h == nil && t != nil {
			h, who = t, speakerOf(t.Said.Speaks, false)
		}
		if h == nil || who.kind != plain || behindHTTP(c, who) == fact.Yes {
			return nil
		}
		m := located(c, h, Match{Sure: Proven, Proof: quoted(h, who.name)}, "who", who.name)
		if behindHTTP(c, who) == fact.Unknown {
			m.Asks = []fact.Ask{{Variant: beginAs("tls"), Weight: 5}}
		}
		m.Changes = []change.Change{change.New(change.UsePort, change.Client, "port", "the one the server offers TLS on", "scheme", h.Protocol)}
		if startsWithTLS(c.Base().Protocol) { // else it is another server than the one meant, and a certificate would not make it that
			m.Changes = append(m.Changes, change.New(change.EnableTLS, change.Server, "port", m.Args["port"]), change.NotAdvised(change.TurnTLSOff, change.Client))
		}
		return []Match{m}
	},
}

// behindHTTP tells whether TLS is spoken where HTTP answered in clear: web servers answer so on their TLS ports too,
// when what comes first is no ClientHello, such as the words of a database's client.
func behindHTTP(c *fact.Case, who speaker) fact.Tri {
	if base := c.Base(); who.id != "http" || base == nil || startsWithTLS(base.Protocol) {
		return fact.No
	}
	return takesTo(c, "tls")
}
