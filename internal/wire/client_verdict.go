package wire

// AwaitsVerdict reports whether the server may still refuse although Done: in TLS 1.3 it judges the client's
// certificate, or its absence, only after the client's Finished, so that the refusal comes when the client thinks
// all is well (RFC 8446 §4.4.2.4). It is asked only of servers that requested a certificate.
func (c *Client) AwaitsVerdict() bool {
	return c.done && c.version >= TLS13 && c.flight.Request != nil && !c.Settled()
}

// Settled reports whether the server has shown that it accepted the client's Finished.
func (c *Client) Settled() bool { return c.accepted || len(c.appData) > 0 }

// Requested reports whether the server asked for a client certificate.
func (c *Client) Requested() bool { return c.flight.Request != nil }

// ALPN is the application protocol chosen, or "".
func (c *Client) ALPN() string { return c.flight.ALPN }
