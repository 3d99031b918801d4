package preamble

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// rdp is Remote Desktop: an X.224 connection request and confirm settle the security protocol (MS-RDPBCGR §2.2.1.1).
func rdp() Protocol {
	return Protocol{ID: "rdp", Ports: []uint16{3389}, Parse: parseRDP}
}

const (
	x224Request byte = 0xe0
	x224Confirm byte = 0xd0

	rdpNegRequest  byte = 1
	rdpNegResponse byte = 2
	rdpNegFailure  byte = 3

	rdpStandard uint32 = 0 // RDP's own encryption
)

// cutTPKT takes one packet off b: the X.224 type and what follows its fixed part (RFC 1006 §6, X.224 §13.3).
func cutTPKT(b []byte) (kind byte, body []byte, size int, ok bool) {
	if len(b) < 11 || b[0] != 3 {
		return 0, nil, 0, false
	}
	size = int(binary.BigEndian.Uint16(b[2:]))
	if size < 11 || size > len(b) {
		return 0, nil, 0, false
	}
	if kind = b[5] & 0xf0; kind == x224Request && size > 11 && b[11] >= 0xc0 {
		return 0, nil, 0, false // X.224 parameters (TPDU size, TSAPs): ISO transport of others, as S7 uses it on port 102
	}
	return kind, b[11:size], size, true
}

// negotiation is the eight bytes behind the routing token or cookie of a request, and all of a confirm's: kind and value.
func negotiation(body []byte) (kind byte, value uint32, ok bool) {
	if bytes.HasPrefix(body, []byte("Cookie:")) {
		n := bytes.Index(body, []byte("\r\n"))
		if n < 0 {
			return 0, 0, false
		}
		body = body[n+2:]
	}
	if len(body) < 8 || body[0] < rdpNegRequest || body[0] > rdpNegFailure {
		return 0, 0, false
	}
	return body[0], binary.LittleEndian.Uint32(body[4:]), true
}

// rdpProtocols names the security protocols asked for or chosen (MS-RDPBCGR §2.2.1.1.1).
func rdpProtocols(v uint32) string {
	if v == rdpStandard {
		return "RDP security"
	}
	name := ""
	for i, s := range []string{"TLS", "CredSSP", "RDSTLS", "CredSSP with early authorization", "Azure AD"} {
		if v&(1<<i) == 0 {
			continue
		}
		if name != "" {
			name += ", "
		}
		name += s
	}
	return name
}

// rdpFailure is a failure code in words (MS-RDPBCGR §2.2.1.2.2).
func rdpFailure(code uint32) string {
	words := []string{"", "TLS is required", "TLS is not allowed", "the server has no certificate", "inconsistent flags",
		"CredSSP is required", "TLS with a client certificate is required"}
	if code > 0 && code < uint32(len(words)) {
		return words[code]
	}
	return fmt.Sprintf("negotiation failure %d", code)
}

// parseRDP reads the request and the confirm. The cookie, a user's name as a rule, is passed over.
func parseRDP(client, server []byte) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	kind, body, from, ok := cutTPKT(client)
	asked, wanted := rdpStandard, false
	switch {
	case ok && kind == x224Request:
		_, asked, wanted = negotiation(body)
		spans.mark(wire.ClientSide, from, "connection request", rdpProtocols(asked))
	case len(client) > 0 && !isRecord(client):
		return told, spans, io.ErrUnexpectedEOF
	default:
		from = 0
	}
	kind, body, answered, ok := cutTPKT(server)
	switch {
	case ok && kind == x224Confirm:
		return confirmedRDP(client, server, body, from, answered, told, spans)
	case len(server) > 0 && !isRecord(server) || len(server) == 0 && (!wanted || !isRecord(client[from:])):
		return told, spans, io.ErrUnexpectedEOF
	}
	spans.Client, spans.Server = whole(client, from), whole(server, 0)
	return told, spans, nil
}

// confirmedRDP is the part from the server's confirm on.
func confirmedRDP(client, server, body []byte, from, answered int, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	kind, value, ok := negotiation(body)
	switch {
	case ok && kind == rdpNegFailure:
		told = withError(told, Error{Code: int(value), Text: rdpFailure(value)})
		told.TLS = fact.Is(value != 2 && value != 3)
		spans.mark(wire.ServerSide, answered, "negotiation failure", told.ErrorText)
		if told.TLS == fact.No {
			return told, spans, ErrDeclined
		}
		return told, spans, ErrReply
	case !ok || value == rdpStandard: // servers before RDP 5.2 answer without a word about it
		spans.mark(wire.ServerSide, answered, "connection confirm", rdpProtocols(rdpStandard))
		told.TLS = fact.No
		return told, spans, ErrDeclined
	}
	spans.mark(wire.ServerSide, answered, "connection confirm", rdpProtocols(value))
	told.TLS = fact.Yes
	spans.Client, spans.Server = whole(client, from), whole(server, answered)
	return told, spans, nil
}
