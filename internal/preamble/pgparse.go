package preamble

import (
	"bytes"
	"errors"
	"io"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// parsePostgres reads both sides' recordings: up to two requests and their answers of one byte. TLS from the
// first byte is read too: a server of PostgreSQL 17 takes both on one port.
func parsePostgres(client, server []byte) (fact.Said, Spans, error) {
	told := fact.Said{Product: "PostgreSQL"}
	var spans Spans
	from, answered := 0, 0
	for range 3 {
		m, size, err := cutStartup(client[from:])
		switch {
		case errors.Is(err, errNotPostgres):
			return directPostgres(client, server, from, answered, spans)
		case err != nil:
			return told, spans, err
		}
		from += size
		spans.mark(wire.ClientSide, from, m.name(), "")
		if m.code != pgSSLRequest && m.code != pgGSSENCRequest {
			return parsePlainPostgres(server, answered, told, spans)
		}
		if answered >= len(server) {
			return told, spans, io.ErrUnexpectedEOF
		}
		answer := server[answered]
		if answer != 'N' && (answer != 'S' || m.code != pgSSLRequest) {
			return parsePGAnswer(server, answered, told, spans)
		}
		answered++
		spans.mark(wire.ServerSide, answered, string(rune(answer)), "")
		if m.code != pgSSLRequest {
			continue
		}
		told.TLS = fact.Is(answer == 'S')
		if answer == 'S' {
			return parsePGTLS(client, server, from, answered, told, spans)
		}
		if from >= len(client) {
			return told, spans, ErrDeclined
		}
	}
	return told, spans, io.ErrUnexpectedEOF
}

// cutStartup takes one message off the start of a recording.
func cutStartup(b []byte) (startup, int, error) {
	r := bytes.NewReader(b)
	m, _, err := readStartup(r)
	return m, len(b) - r.Len(), cut(err)
}

// directPostgres is a client that begins, or goes on, with what is no PostgreSQL message.
func directPostgres(client, server []byte, from, answered int, spans Spans) (fact.Said, Spans, error) {
	told, direct, err := parseDirect(client[from:], server[answered:])
	for _, s := range direct.Client {
		spans.Client = append(spans.Client, Span{s.From + from, s.To + from})
	}
	for _, s := range direct.Server {
		spans.Server = append(spans.Server, Span{s.From + answered, s.To + answered})
	}
	return told, spans, err
}

// parsePGTLS is the part from S on. A server that has answered S may still send an error in the clear; SSH
// begins with S too.
func parsePGTLS(client, server []byte, from, answered int, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	spans.Client = whole(client, from)
	after := server[answered:]
	if looksTLS(after) {
		spans.Server = whole(server, answered)
		return told, spans, nil
	}
	if e, size, ok := readPGError(after); ok {
		spans.mark(wire.ServerSide, answered+size, "ErrorResponse", errorNote(e))
		return withError(told, e), spans, ErrReply
	}
	spans.Server = whole(server, answered)
	if speaks, _ := Sniff(server[answered-1:]); speaks == "" && from < len(client) {
		return told, spans, nil // the decoder shows it as what came where TLS was due
	}
	told, err := strangePostgres(told, server[answered-1:])
	return told, spans, err
}

// parsePGAnswer is an answer to a request that is neither S nor N.
func parsePGAnswer(server []byte, answered int, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	b := server[answered:]
	if b[0] == 'G' {
		spans.mark(wire.ServerSide, answered+1, "G", "GSSAPI encryption")
		return told, spans, ErrNoTLS
	}
	if e, size, ok := readPGError(b); ok {
		spans.mark(wire.ServerSide, answered+size, "ErrorResponse", errorNote(e))
		return withError(told, e), spans, ErrReply
	}
	told, err := strangePostgres(told, b)
	return told, spans, err
}

// parsePlainPostgres is a client that starts up in the clear; the server's answer may insist on TLS.
func parsePlainPostgres(server []byte, answered int, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	if e, size, ok := readPGError(server[answered:]); ok {
		spans.mark(wire.ServerSide, answered+size, "ErrorResponse", errorNote(e))
		return withError(told, e), spans, ErrReply
	}
	if told.TLS == fact.No {
		return told, spans, ErrDeclined
	}
	return told, spans, ErrNoTLS
}
