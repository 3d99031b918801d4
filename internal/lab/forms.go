package lab

import (
	"crypto/tls"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// formFaults are servers that take the hello of most clients, and break on a form of it that is allowed as well.
func formFaults() []Fault {
	return []Fault{
		rare("hello-length-intolerance", "fragments", "the server closes when the hello comes in more than one record",
			deepAll, judging(wantsOneRecord)),
		rare("hello-length-intolerance", "extensions", "the server refuses hellos with an extension that it does not know",
			deepAll, judging(wantsKnown)),
		rare("session-resumption-broken", "", "the server hands out tickets and resets when a client comes back with one",
			deepAll, withTickets, judging(hatesTickets)),
	}
}

// wantsOneRecord is mbedTLS up to 3.6, which does not put a ClientHello together (Mbed-TLS issue 9269), although RFC 8446
// §5.1 lets it come in several records.
func wantsOneRecord(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if h.RecordsOfHello > 1 {
		return closing
	}
	return nil
}

// wantsKnown breaks RFC 8446 §4.2: unknown extensions must be ignored. GREASE (RFC 8701) is there to find such servers.
func wantsKnown(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if slices.ContainsFunc(h.Extensions, func(e wire.Extension) bool { return names.GREASE(e.Type) }) {
		return alerts(wire.AlertDecodeError)
	}
	return nil
}

// withTickets lets the server hand out session tickets.
func withTickets(s *site) error {
	s.tls.SessionTicketsDisabled = false
	s.tls.MinVersion = tls.VersionTLS12
	return nil
}

// hatesTickets resets when the hello offers an earlier session: by a ticket (RFC 5077 §3.2) or a pre-shared key
// (RFC 8446 §4.2.11).
func hatesTickets(_ *site, _ *guest, h *wire.ClientHello) verdict {
	for _, e := range h.Extensions {
		if e.Type == wire.ExtPreSharedKey || e.Type == wire.ExtSessionTicket && len(e.Data) > 0 {
			return resets
		}
	}
	return nil
}
