package preamble

import (
	"bytes"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// Guess tells from a recording's bytes, and from the server's port where they leave it open, which protocol to
// read it as; nil when nothing fits. It is for captures, and knows the protocols of Recorded too: Identify asks a
// live port.
func Guess(client, server []byte, port uint16) *Protocol {
	if size, _ := cutProxyHeader(client); size > 0 {
		client = client[size:]
	}
	return guessWithin(client, server, port, maxTunnels)
}

// guessWithin looks into as many tunnels, one inside the other, as deep says.
func guessWithin(client, server []byte, port uint16, deep int) *Protocol {
	asked, _ := Sniff(client)
	answered, _ := Sniff(server)
	switch {
	case asked == "tls" || asked == "sslv2" || len(client) == 0 && answered == "tls":
		return tlsFirst(port)
	case asked == "postgres":
		return ByID("postgres")
	case asked == "tds":
		return ByID("mssql")
	case answered == "mysql":
		return ByID("mysql")
	}
	id := guessTunnel(client, server, deep)
	if id == "" {
		id = guessRecorded(client, server, asked, answered, port)
	}
	for _, p := range recorded(deep - 1) {
		if p.ID == id {
			return &p
		}
	}
	if findHello(client, wire.TypeClientHello) > 0 {
		p := embedded()
		return &p
	}
	return ByPort(port)
}

// guessTunnel knows the proxies' protocols.
func guessTunnel(client, server []byte, deep int) string {
	switch {
	case deep == 0:
		return ""
	case bytes.HasPrefix(client, []byte("CONNECT ")):
		return "http-connect"
	case isSOCKS(client, server):
		return "socks"
	}
	return ""
}

// guessRecorded knows the protocols that a command upgrades to TLS, by what each side says first.
func guessRecorded(client, server []byte, asked, answered string, port uint16) string {
	line, _, _ := cutLine(client)
	verb := firstWord(line)
	switch {
	case isRDP(client) || len(client) == 0 && answered == "rdp":
		return "rdp"
	case asked == "ldap" || asked == "xmpp":
		return asked
	case verb == "EHLO" || verb == "LHLO" || verb == "HELO":
		return "smtp"
	case answered == "smtp" || answered == "ftp":
		return smtpOrFTP(verb, answered, port)
	case answered == "" && holds([]string{"AUTH TLS", "AUTH SSL"}, ftpVerb(line)):
		return "ftp"
	case answered == "" && (verb == "CAPA" || verb == "STLS"):
		return "pop3"
	case answered == "irc", answered == "" && verb == "STARTTLS":
		if len(client) > 0 && !holds([]string{"CAP", "NICK", "PASS", "USER", "STARTTLS"}, verb) {
			return ""
		}
		return "irc"
	}
	return answered
}

// smtpOrFTP tells apart two servers that both greet with 220.
func smtpOrFTP(verb, answered string, port uint16) string {
	switch {
	case holds([]string{"USER", "AUTH", "FEAT", "OPTS", "SYST"}, verb), verb == "" && port == 21:
		return "ftp"
	case verb == "":
		return answered
	}
	return "smtp"
}

// isRDP wants a connection request that holds a cookie, a negotiation or nothing: other protocols over TPKT, those of
// industrial controllers above all, have parameters of their own there.
func isRDP(client []byte) bool {
	kind, body, _, ok := cutTPKT(client)
	if !ok || kind != x224Request {
		return false
	}
	_, _, wants := negotiation(body)
	return wants || len(body) == 0 || bytes.HasPrefix(body, []byte("Cookie:"))
}

// tlsFirst is the protocol of a port that was spoken to in TLS from the first byte.
func tlsFirst(port uint16) *Protocol {
	switch p := ByPort(port); {
	case p == nil:
		return ByID("tls")
	case p.ID == "mssql":
		return ByID("mssql-strict")
	case p.ID == "postgres":
		return ByID("postgres-direct")
	case p.ID == "mysql":
		return ByID("tls")
	default:
		return p
	}
}
