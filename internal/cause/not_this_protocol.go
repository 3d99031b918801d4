package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var notThisProtocol = Cause{
	ID: "TW2006", Slug: "not-this-protocol", Since: "0.1",
	Phase: Preamble, Level: Breaks,
	Title: "port {port} does not speak {wanted}; it speaks {who}",
	Plain: "the port speaks another protocol than this client's",
	Why: "Each kind of server has its own first words, before encryption begins. Those of this port are not the ones of the program that " +
		"connects: it is the wrong port or the wrong server, or the address has the wrong scheme in front.",
	Check: "nc {host} {port} shows what a server says by itself; openssl s_client -connect {host}:{port} shows whether it is TLS",
	Cites: []string{
		"MySQL protocol, Connection Phase: the server greets first", "PostgreSQL protocol: SSLRequest", "[MS-TDS] 2.2.3.1: packet header",
		"IANA Service Name and Port Number Registry",
	},
	Decide: "what other protocols the port answers to",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"freetds"}, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, "libpq"}, Weight: 5},
		{Of: fact.Reset, Weight: 2},
		{Of: fact.TimedOut, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.NotTLS, Weight: 4},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 2},
		{Of: fact.NotTLS, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.NotThisProtocol, Weight: 10},
		{Of: fact.NotThisProtocol, In: []fact.Context{"libpq"}, Weight: 7},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer, fact.Database}, Weight: 8},
		{Of: fact.PeerAlert(120), Weight: 3},
	},
	Hides: []string{"closed-after-hello", "silent-after-hello"},
	Advice: []change.Change{
		change.New(change.UsePort, change.Client),
		change.New(change.UseScheme, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		m, who, ok := otherProtocol(c)
		if !ok {
			return nil
		}
		h := c.Base()
		m = located(c, h, m, "wanted", orElse(speakerOf(h.Protocol, false).name, "what is asked of it"), "who", orElse(who, "something else"))
		m.Changes = []change.Change{
			change.New(change.UsePort, change.Client, "port", "the one that speaks "+m.Args["wanted"], "scheme", h.Protocol),
		}
		if who != "" {
			m.Changes = append(m.Changes, change.New(change.UseScheme, change.Client, "scheme", "the one of "+who))
		}
		return []Match{m}
	},
}

// otherProtocol: the port's own words tell another protocol, or another one is answered where the client's is not.
func otherProtocol(c *fact.Case) (Match, string, bool) {
	if h, who := inClear(c); h != nil {
		return foreignWords(c, h, who)
	}
	h := wrongWord(c)
	if h == nil || c.Mixed() {
		return Match{}, "", false
	}
	if id := direct(h.Protocol); id != "" && takesTo(c, id) == fact.Yes {
		return Match{Sure: Proven, Proof: another(c, h, id)}, "TLS", wantsDirect(c, id) == fact.No
	}
	id, asks := takesOne(c, h, others(h))
	switch {
	case id != "":
		return Match{Sure: Proven, Proof: another(c, h, id)}, speakerOf(id, false).name, true
	case len(asks) > 0:
		return Match{Sure: Possible, Asks: asks, Proof: []Proof{{Ref: h.Ref, Says: ending(h)}}}, "", true
	case h.Progress() == fact.AtPreamble && cut(h) && c.Tried(sayNothing) != nil:
		return Match{Sure: Possible, Proof: []Proof{{Ref: h.Ref, Says: "it closes when it hears the first words, not before: " + ending(h)}}}, "", true
	}
	return Match{}, "", false
}

// foreignWords judges what came in clear.
func foreignWords(c *fact.Case, h *fact.Handshake, who speaker) (Match, string, bool) {
	m := Match{Sure: Proven, Proof: quoted(h, orElse(who.name, "nobody known"))}
	switch who.kind {
	case plain:
		if behindHTTP(c, who) == fact.Yes {
			return Match{Sure: Proven, Proof: another(c, h, "tls")}, "TLS", true
		}
		return m, "", false
	case mail:
		return m, who.name, !startsWithTLS(h.Protocol)
	case database:
		return m, who.name, h.Protocol != "tls"
	case encrypted:
		if id := direct(h.Protocol); id != "" && wantsDirect(c, id) != fact.No {
			return m, "", false // implicit-tls-required, or still to be found out
		}
		return m, who.name, true
	}
	m.Sure = Likely
	return m, who.name, true
}

// others lists the protocols that may be behind the port instead. For bare TLS no other one is wrong: there
// starttls-required asks.
func others(h *fact.Handshake) []string {
	var ids []string
	switch {
	case h.Protocol == "tls":
		return nil
	case h.Protocol == "mysql":
		ids = []string{"tls"} // MySQL itself never begins with TLS
	}
	for _, id := range []string{"postgres", "mssql"} {
		if family(id) != family(h.Protocol) {
			ids = append(ids, id)
		}
	}
	return ids
}
