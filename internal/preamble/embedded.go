package preamble

import (
	"bytes"
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// embedded is any protocol that nobody here knows and that turns to TLS after some bytes in the clear: the
// ClientHello tells where.
func embedded() Protocol { return Protocol{ID: "unknown", Parse: parseEmbedded} }

// maxClear is how many bytes in the clear are searched.
const maxClear = 4 << 10

// findHello finds a record that holds the start of a ClientHello (typ 1) or ServerHello (2), behind bytes in the
// clear; -1 when there is none. Nine bytes must agree (RFC 8446 §4.1.2, §5.1), so that text is not taken for one.
func findHello(b []byte, typ byte) int {
	limit := min(len(b), maxClear)
	for at := 0; ; at++ {
		n := bytes.Index(b[at:limit], []byte{0x16, 3})
		if n < 0 {
			return -1
		}
		if at += n; isHello(b[at:], typ) {
			return at
		}
	}
}

func isHello(b []byte, typ byte) bool {
	if len(b) < 11 || b[2] > 4 || b[5] != typ || b[6] != 0 || b[9] != 3 || b[10] > 4 {
		return false
	}
	record, message := int(b[3])<<8|int(b[4]), int(b[7])<<8|int(b[8])
	return message >= 38 && (record >= message+4 || record >= 512)
}

// parseEmbedded cuts off what stands before the hellos.
func parseEmbedded(client, server []byte) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	from, answered := findHello(client, wire.TypeClientHello), findHello(server, wire.TypeServerHello)
	if from < 0 && answered < 0 {
		return told, spans, ErrNoTLS
	}
	if answered < 0 { // an alert, or nothing: what follows the server's last clear line
		if answered = bytes.Index(server[:min(len(server), maxClear)], []byte{0x15, 3}); answered < 0 || !isAlert(server[answered:]) {
			answered = len(server)
		}
	}
	from = max(from, 0)
	if from > 0 {
		spans.mark(wire.ClientSide, from, "clear bytes", fmt.Sprintf("%d bytes of an unknown protocol", from))
	}
	if answered > 0 {
		spans.mark(wire.ServerSide, answered, "clear bytes", fmt.Sprintf("%d bytes of an unknown protocol", answered))
	}
	spans.Client, spans.Server = whole(client, from), whole(server, answered)
	return told, spans, nil
}
