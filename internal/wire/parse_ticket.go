package wire

import "bytes"

// ticketName is how many bytes of a ticket name the key that it is sealed with, where the server follows the
// recommendation of RFC 5077 §4.
const ticketName = 16

// TicketKeyName is the start of a session ticket, which names the key that sealed it on servers that follow RFC 5077
// §4, OpenSSL, GnuTLS and NSS among them. On others it is as random as the rest: only a name that comes again is one.
// The body is that of a NewSessionTicket (RFC 5077 §3.3, RFC 8446 §4.6.1).
func TicketKeyName(version uint16, body []byte) ([]byte, error) {
	if is13(version) && version != TLS13 {
		return nil, nil // drafts differ in what stands before the ticket
	}
	c := newCursor(body)
	c.bytes(4, "ticket lifetime")
	if is13(version) {
		c.bytes(4, "ticket age add")
		c.vec8("ticket nonce")
	}
	ticket := c.vec16("ticket")
	if len(ticket) < ticketName {
		return nil, c.err
	}
	return bytes.Clone(ticket[:ticketName]), c.err
}
