package preamble

import (
	"fmt"
	"io"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// ldap is the directory protocol with the StartTLS extended operation (RFC 4511 §4.14).
func ldap() Protocol {
	return Protocol{ID: "ldap", Ports: []uint16{389, 3268}, Parse: parseLDAP}
}

// Tags of the operations that are looked at (RFC 4511 §4.2, §4.12).
const (
	ldapBindResponse     byte = 0x61
	ldapExtendedRequest  byte = 0x77
	ldapExtendedResponse byte = 0x78
)

const (
	startTLSOID = "1.3.6.1.4.1.1466.20037"
	// maxLDAP is how many messages of one side are looked at.
	maxLDAP = 100
)

// An ldapMessage is one message, cut off a recording.
type ldapMessage struct {
	id   string // as it stands, an INTEGER
	op   byte
	body []byte
	end  int // where it ends
}

// cutBER takes one element off b: tag, contents and size over all.
func cutBER(b []byte) (tag byte, body []byte, size int, ok bool) {
	if len(b) < 2 {
		return 0, nil, 0, false
	}
	n, at := int(b[1]), 2
	if n >= 0x80 {
		count := n - 0x80
		if count < 1 || count > 4 || len(b) < 2+count {
			return 0, nil, 0, false
		}
		n = 0
		for _, c := range b[2 : 2+count] {
			n = n<<8 | int(c)
		}
		at += count
	}
	if n > len(b)-at {
		return 0, nil, 0, false
	}
	return b[0], b[at : at+n], at + n, true
}

// cutLDAP takes one message off b, which begins at offset at of its side.
func cutLDAP(b []byte, at int) (ldapMessage, bool) {
	tag, message, size, ok := cutBER(b)
	if !ok || tag != 0x30 {
		return ldapMessage{}, false
	}
	idTag, id, n, ok := cutBER(message)
	if !ok || idTag != 0x02 || len(id) > 5 {
		return ldapMessage{}, false
	}
	op, body, _, ok := cutBER(message[n:])
	return ldapMessage{string(id), op, body, at + size}, ok
}

// asksTLS reports the StartTLS request.
func (m ldapMessage) asksTLS() bool {
	tag, oid, _, ok := cutBER(m.body)
	return ok && m.op == ldapExtendedRequest && tag == 0x80 && string(oid) == startTLSOID
}

// result reads LDAPResult (RFC 4511 §4.1.9): the code and the words.
func (m ldapMessage) result() (code int, text string) {
	_, value, n, ok := cutBER(m.body)
	if !ok || len(value) == 0 {
		return -1, ""
	}
	code = int(value[0])
	_, _, dn, ok := cutBER(m.body[n:])
	if ok {
		_, words, _, _ := cutBER(m.body[n+dn:])
		text = string(words[:min(len(words), firstBytes)])
	}
	return code, text
}

// resultName is the name of a result code that has to do with TLS (RFC 4511 appendix A).
func resultName(code int) string {
	switch code {
	case 1:
		return "operationsError"
	case 2:
		return "protocolError"
	case 8:
		return "strongerAuthRequired"
	case 13:
		return "confidentialityRequired"
	case 52:
		return "unavailable"
	case 53:
		return "unwillingToPerform"
	}
	return fmt.Sprintf("result code %d", code)
}

// ldapError is a result as a protocol's error.
func ldapError(code int, text string) Error {
	if text != "" {
		text = ": " + text
	}
	return Error{Code: code, Text: resultName(code) + text}
}

// parseLDAP looks for StartTLS and its answer, which carries the same message ID.
func parseLDAP(client, server []byte) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	plain, at := false, 0
	for range maxLDAP {
		m, ok := cutLDAP(client[at:], at)
		if !ok {
			break
		}
		at = m.end
		if m.asksTLS() {
			spans.mark(wire.ClientSide, at, "StartTLS", "")
			return answeredLDAP(client, server, m, told, spans)
		}
		if !plain {
			plain = true
			spans.mark(wire.ClientSide, at, "operation", "in the clear")
		}
	}
	switch {
	case at == 0 && len(client) == 0:
		return serverLDAP(server, told, spans)
	case at == 0 && isRecord(client):
		spans.Client, spans.Server = whole(client, 0), whole(server, 0)
		return told, spans, nil
	case !plain:
		return told, spans, io.ErrUnexpectedEOF
	}
	return insistsLDAP(server, told, spans)
}

// answeredLDAP is the part from the answer to StartTLS on.
func answeredLDAP(client, server []byte, asked ldapMessage, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	at := 0
	for range maxLDAP {
		m, ok := cutLDAP(server[at:], at)
		if !ok {
			break
		}
		at = m.end
		if m.op != ldapExtendedResponse || m.id != asked.id {
			continue
		}
		code, text := m.result()
		if code != 0 {
			told.TLS = fact.No
			told = withError(told, ldapError(code, text))
			spans.mark(wire.ServerSide, at, "refusal", told.ErrorText)
			return told, spans, ErrDeclined
		}
		spans.mark(wire.ServerSide, at, "success", "")
		break
	}
	if at == 0 && len(server) > 0 && !isRecord(server) || asked.end == len(client) && at == len(server) && len(spans.Marks) < 2 {
		return told, spans, io.ErrUnexpectedEOF
	}
	told.TLS = fact.Yes
	spans.Client, spans.Server = whole(client, asked.end), whole(server, at)
	return told, spans, nil
}

// serverLDAP reads the server's side alone.
func serverLDAP(server []byte, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	at := 0
	for range maxLDAP {
		m, ok := cutLDAP(server[at:], at)
		if !ok {
			break
		}
		at = m.end
	}
	if isRecord(server[at:]) {
		told.TLS = fact.Yes
		spans.Server = whole(server, at)
		return told, spans, nil
	}
	return told, spans, io.ErrUnexpectedEOF
}

// insistsLDAP is a client that goes on in the clear: the answer to its bind may say that TLS is needed.
func insistsLDAP(server []byte, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	at := 0
	for range maxLDAP {
		m, ok := cutLDAP(server[at:], at)
		if !ok {
			break
		}
		at = m.end
		if code, text := m.result(); m.op == ldapBindResponse && (code == 8 || code == 13) {
			told = withError(told, ldapError(code, text))
			spans.mark(wire.ServerSide, at, "refusal", told.ErrorText)
			return told, spans, ErrReply
		}
	}
	return told, spans, ErrNoTLS
}
