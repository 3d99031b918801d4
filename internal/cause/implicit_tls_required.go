package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var implicitTLSRequired = Cause{
	ID: "TW2004", Slug: "implicit-tls-required", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "the server expects TLS from the first byte; this client speaks {who} in clear first",
	Plain: "the server expects TLS from the first byte, and this client speaks in clear first",
	Why: "There are two ways to begin encryption: at once, or after a few words in clear that ask for it. This client asks first, as older " +
		"versions of its protocol do; the server is set to take nothing but encryption from the first byte and hangs up.",
	Check: "openssl s_client -connect {host}:{port} -alpn {alpn} shows a certificate at once; with -starttls it fails",
	Cites: []string{
		"[MS-TDS] TDS 8.0: TLS comes before PRELOGIN (Encrypt=Strict, SQL Server 2022)", "SQL Server error 17836",
		"PostgreSQL 17, libpq sslnegotiation=direct and ALPN \"postgresql\"", "RFC 8314 §3",
	},
	Decide: "TLS from the first byte",
	Signs: []Sign{
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.Closed, In: []fact.Context{fact.Mail, fact.ByClient}, Weight: 6},
		{Of: fact.TimedOut, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.StrictTLSNeeded, Weight: 10},
		{Of: fact.NotThisProtocol, Weight: 5},
		{Of: fact.NotThisProtocol, In: []fact.Context{"libpq"}, Weight: 4},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer, fact.Database}, Weight: 3},
	},
	Advice: []change.Change{
		change.New(change.UseScheme, change.Client),
		change.New(change.UseStrict, change.Client),
		change.New(change.EnableTLS, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		h := refusedClear(c)
		if h == nil || c.Mixed() {
			return nil
		}
		id := direct(h.Protocol)
		m := Match{Sure: Possible, Proof: []Proof{{Ref: h.Ref, Says: ending(h)}}}
		switch wantsDirect(c, id) {
		case fact.No:
			return nil
		case fact.Unknown:
			m.Asks = []fact.Ask{{Variant: beginAs(id), Weight: directWeight(h)}}
		case fact.Yes:
			m = Match{Sure: Proven, Proof: another(c, h, id)}
		}
		m = located(c, h, m, "who", speakerOf(h.Protocol, false).name, "alpn", directALPN(id))
		m.Changes = []change.Change{
			change.New(change.UseScheme, change.Client, "scheme", id),
			change.New(change.EnableTLS, change.Server, "why", "let it take clients that ask for TLS, too"),
		}
		if id == "mssql-strict" {
			m.Changes[0] = change.New(change.UseStrict, change.Client)
		}
		return []Match{m}
	},
}

// refusedClear is the handshake to explain when words in clear, of a protocol that can also begin with TLS, met a
// close, silence or TLS.
func refusedClear(c *fact.Case) *fact.Handshake {
	h := wrongWord(c)
	if t, who := inClear(c); t != nil && who.kind == encrypted {
		h = t
	}
	if h == nil || h.Progress() != fact.AtPreamble || direct(h.Protocol) == "" {
		return nil
	}
	return h
}

// wantsDirect tells whether the same protocol is answered when TLS comes first. The protocol chosen by ALPN tells it
// from any other server of TLS; where none was chosen, the port does.
func wantsDirect(c *fact.Case, id string) fact.Tri {
	t := takesTo(c, id)
	h := c.Tried(beginAs(id))
	if t != fact.Yes {
		return t
	}
	if chosenVersion(h) == 0 || h.ALPN != "" && h.ALPN != directALPN(id) {
		return fact.No
	}
	if id == "postgres-direct" {
		return fact.Is(h.ALPN != "") // PostgreSQL insists on ALPN (protocol, SSL Session Encryption)
	}
	return fact.Is(h.ALPN != "" || usualPort(h.ServerAddr().Port()) != "tls")
}

// directALPN is what a protocol calls itself in ALPN.
func directALPN(id string) string {
	if id == "mssql-strict" {
		return "tds/8.0"
	}
	return "postgresql"
}

func directWeight(h *fact.Handshake) int {
	if h.End.How == fact.EndNotTLS {
		return 9
	}
	return 6
}
