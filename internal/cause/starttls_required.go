package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var starttlsRequired = Cause{
	ID: "TW2003", Slug: "starttls-required", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "port {port} speaks {who} first; TLS must be asked for within it",
	Plain: "the port speaks its own protocol first; TLS must be asked for within it",
	Why: "There are two ways to begin encryption: at once, or after a few words in the application's own language that ask for it. This client " +
		"encrypts at once; this port wants to be greeted and asked in its own protocol first.",
	Check: "openssl s_client -connect {host}:{port} -starttls smtp (imap, pop3, ftp, ldap, xmpp, mysql, postgres) connects; without -starttls it does not",
	Cites: []string{
		"RFC 3207 (SMTP), RFC 9051 §6.2.1 (IMAP), RFC 2595 §4 (POP3), RFC 4217 (FTP)", "RFC 8314 (implicit TLS beside STARTTLS)",
		"MySQL protocol: SSLRequest", "PostgreSQL protocol: SSLRequest, sslnegotiation", "[MS-TDS] PRELOGIN",
	},
	Decide: "the protocol's own upgrade to TLS first",
	Signs: []Sign{
		{Of: fact.Closed, In: []fact.Context{fact.Mail, fact.ByClient}, Weight: 5},
		{Of: fact.NotTLS, Weight: 5},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{"python"}, Weight: 5},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient, fact.Mail}, Weight: 9},
		{Of: fact.TLSToPlainPort, Weight: 3},
		{Of: fact.StartTLSNeeded, Weight: 10},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{"upgrade-port"}, Weight: 9},
		{Of: fact.NotTLS, In: []fact.Context{"upgrade-port"}, Weight: 9},
		{Of: fact.EOFInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 9},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 9},
		{Of: fact.ResetInHandshake, In: []fact.Context{"upgrade-port"}, Weight: 9},
		{Of: fact.NoCloseNotify, In: []fact.Context{"upgrade-port"}, Weight: 9},
		{Of: fact.UnexpectedMessage, Weight: 2},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello"},
	Advice: []change.Change{
		change.New(change.UseScheme, change.Client),
		change.New(change.UsePort, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		m, id, ok := mustAsk(c)
		if !ok {
			return nil
		}
		m = located(c, c.Base(), m, "who", orElse(speakerOf(id, true).name, "its own protocol"))
		m.Changes = []change.Change{
			change.New(change.UseScheme, change.Client, "scheme", orElse(family(id), "that of its protocol")),
			change.New(change.UsePort, change.Client, "port", "the one with TLS from the first byte", "scheme", c.Base().Protocol),
		}
		return []Match{m}
	},
}

// mustAsk: a greeting came that tells a protocol with an upgrade, or one of those is answered where TLS at once was not.
func mustAsk(c *fact.Case) (Match, string, bool) {
	if h, who := inClear(c); h != nil {
		upgrades := who.kind == mail && startsWithTLS(h.Protocol) || who.kind == database && h.Protocol == "tls"
		return Match{Sure: Proven, Proof: quoted(h, who.name)}, who.id, upgrades
	}
	h := wrongWord(c)
	if h == nil || c.Mixed() {
		return Match{}, "", false
	}
	id, asks := takesOne(c, h, upgradable(h.Protocol))
	switch {
	case id != "":
		return Match{Sure: Proven, Proof: another(c, h, id)}, id, true
	case len(asks) > 0:
		return Match{Sure: Possible, Asks: asks, Proof: []Proof{{Ref: h.Ref, Says: ending(h)}}}, "", true
	}
	return Match{}, "", false
}

// upgradable lists the protocols that a client of TLS at once may have been meant to begin with. A MySQL server needs
// no asking: it greets whoever connects.
func upgradable(protocol string) []string {
	switch protocol {
	case "tls":
		return []string{"postgres", "mssql"}
	case "mssql-strict":
		return []string{"mssql"}
	case "postgres-direct":
		return []string{"postgres"}
	}
	return nil
}
