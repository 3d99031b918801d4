package cause

import (
	"slices"
	"strconv"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A speaker is a protocol that a port may turn out to speak.
type speaker struct {
	id   string // as fact.Said.Speaks or a preamble ID has it
	name string // for people
	kind speakerKind
}

// A speakerKind says what a client that meets the protocol can do.
type speakerKind uint8

const (
	stranger  speakerKind = iota // nobody known
	plain                        // clear text for good: no TLS on this port
	mail                         // text protocols with a STARTTLS command or the like
	database                     // TLS is asked for inside the protocol
	encrypted                    // TLS from the first byte
)

// speakers lists who can be told by its first bytes.
func speakers() []speaker {
	return []speaker{
		{"http", "HTTP", plain}, {"ssh", "SSH", plain}, {"vnc", "VNC", plain}, {"redis", "Redis", plain}, {"amqp", "AMQP", plain},
		{"memcached", "memcached", plain}, {"mongodb", "MongoDB", plain}, {"telnet", "Telnet", plain}, {"rdp", "RDP", plain},
		{"proxy-header", "a PROXY protocol header", plain},
		{"smtp", "SMTP", mail}, {"imap", "IMAP", mail}, {"pop3", "POP3", mail}, {"ftp", "FTP", mail}, {"nntp", "NNTP", mail},
		{"xmpp", "XMPP", mail}, {"ldap", "LDAP", mail}, {"managesieve", "ManageSieve", mail}, {"irc", "IRC", mail}, {"nats", "NATS", mail},
		{"mysql", "MySQL", database}, {"mysqlx", "MySQL X", database}, {"postgres", "PostgreSQL", database},
		{"postgres-error", "PostgreSQL", database}, {"tds", "SQL Server (TDS)", database}, {"mssql", "SQL Server (TDS)", database},
		{"tls", "TLS", encrypted}, {"tls-alert", "TLS", encrypted}, {"sslv2", "SSL 2", encrypted},
		{"https", "HTTPS", encrypted}, {"mssql-strict", "TDS 8.0", encrypted}, {"postgres-direct", "PostgreSQL with direct TLS", encrypted},
	}
}

// speakerOf finds a protocol by its ID. An unknown one that upgrades by a command counts among the mail protocols.
func speakerOf(id string, upgrades bool) speaker {
	all := speakers()
	if i := slices.IndexFunc(all, func(s speaker) bool { return s.id == id }); i >= 0 {
		return all[i]
	}
	if upgrades {
		return speaker{id, id, mail}
	}
	return speaker{id, id, stranger}
}

// inClear is the handshake to explain when the answer was not TLS where none had been agreed on, and who spoke.
func inClear(c *fact.Case) (*fact.Handshake, speaker) {
	h := failing(c, fact.AtPreamble, fact.AtHello)
	if h == nil || h.End.How != fact.EndNotTLS || begun(h) {
		return nil, speaker{}
	}
	if h.Said == nil {
		return h, speaker{}
	}
	s := speakerOf(h.Said.Speaks, h.Said.Upgrades)
	if family(s.id) == family(h.Protocol) && s.kind == database {
		return nil, speaker{} // its own protocol, only not as the preamble wants it
	}
	return h, s
}

// begun reports whether the peer agreed to start TLS.
func begun(h *fact.Handshake) bool { return h.Said != nil && h.Said.TLS == fact.Yes }

// family joins the names of one product's protocol.
func family(id string) string {
	switch id {
	case "mssql", "mssql-strict", "tds":
		return "mssql"
	case "postgres", "postgres-direct", "postgres-error":
		return "postgres"
	case "mysql", "mysqlx":
		return "mysql"
	}
	return id
}

// direct is how a protocol begins when TLS comes first, or "" where that is not known to exist.
func direct(protocol string) string {
	switch protocol {
	case "mssql":
		return "mssql-strict"
	case "postgres":
		return "postgres-direct"
	}
	return ""
}

// startsWithTLS reports whether a protocol sends the ClientHello first.
func startsWithTLS(protocol string) bool {
	return protocol == "tls" || protocol == "https" || protocol == "mssql-strict" || protocol == "postgres-direct"
}

// wrongWord is the handshake to explain when the peer cut it or fell silent before it had answered anything: what we
// said first may not be what it expects. A peer that closes unasked does not mind our words.
func wrongWord(c *fact.Case) *fact.Handshake {
	h := failing(c, fact.AtPreamble, fact.AtHello)
	if h == nil || !cut(h) && !silent(h) || heard(h) || closesUnasked(c) {
		return nil
	}
	return h
}

// answersTLS reports whether the peer of h answered a ClientHello with TLS, be it an alert.
func answersTLS(h *fact.Handshake) bool {
	return h != nil && h.Client != nil && (h.Server != nil || h.Retry != nil || alerted(h))
}

// takesTo tells whether the peer answers in a protocol other than the client's. Unknown: it was not tried.
func takesTo(c *fact.Case, id string) fact.Tri {
	v := beginAs(id)
	h := c.Tried(v)
	switch {
	case c.Mixed() || slices.Contains(c.Same, v):
		return fact.No
	case h == nil:
		return fact.Unknown
	case startsWithTLS(id):
		return fact.Is(answersTLS(h))
	}
	return fact.Is(h.Said != nil && h.Said.TLS != fact.Unknown)
}

// beginAs is the experiment that begins as a client of another protocol.
func beginAs(id string) fact.Variant { return fact.Variant{Kind: fact.Preamble, Value: id} }

// takesOne looks for a protocol that the peer answers in. Without one, it asks for those not tried yet.
func takesOne(c *fact.Case, h *fact.Handshake, ids []string) (string, []fact.Ask) {
	var asks []fact.Ask
	for _, id := range ids {
		switch takesTo(c, id) {
		case fact.Yes:
			return id, nil
		case fact.Unknown:
			asks = append(asks, fact.Ask{Variant: beginAs(id), Weight: portWeight(h, id)})
		}
	}
	return "", asks
}

// portWeight is 6 for the protocol whose usual port the client connected to, else 3.
func portWeight(h *fact.Handshake, id string) int {
	port := h.ServerAddr().Port()
	if usualPort(port) == id || family(usualPort(port)) == family(id) {
		return 6
	}
	return 3
}

// usualPort is the protocol that a port is known for, or "".
func usualPort(port uint16) string {
	switch port {
	case 1433:
		return "mssql"
	case 3306:
		return "mysql"
	case 5432, 6432:
		return "postgres"
	case 443, 8443, 465, 636, 853, 990, 993, 995, 5671, 8883:
		return "tls"
	}
	return ""
}

// another is the proof that the peer answers in another protocol.
func another(c *fact.Case, h *fact.Handshake, id string) []Proof {
	t := c.Tried(beginAs(id))
	return []Proof{
		{Ref: t.Ref, Says: "begun as a client of " + speakerOf(id, false).name + " begins, the server answers"},
		{Ref: h.Ref, Says: "begun as this client begins: " + ending(h)},
	}
}

// quoted is what the server said, as a proof.
func quoted(h *fact.Handshake, who string) []Proof {
	said := strconv.Itoa(len(answerBytes(h))) + " bytes"
	if b := answerBytes(h); len(b) > 0 {
		said = printable(b)
	}
	return []Proof{{Ref: h.Ref, Says: "the server answers as " + who + " does: " + said}}
}

// spokeElsewhere is an experiment that got a clear answer where the handshake to explain got none: a server that
// waits for its client, as HTTP's does, stays silent until it is spoken to.
func spokeElsewhere(c *fact.Case) *fact.Handshake {
	base := failing(c, fact.AtPreamble)
	if base == nil || base.End.How == fact.EndNotTLS {
		return nil
	}
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if !h.Unchanged() && h.End.How == fact.EndNotTLS && h.Said != nil && speakerOf(h.Said.Speaks, false).kind == plain {
			return h
		}
	}
	return nil
}
