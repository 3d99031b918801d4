package preamble

import (
	"bytes"
	"io"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// xmpp is messaging with <starttls/> in its stream features (RFC 6120 §5).
func xmpp() Protocol {
	return Protocol{ID: "xmpp", Ports: []uint16{5222, 5269}, Parse: parseXMPP}
}

// maxStream is how much of each side is searched: what precedes TLS is a stream header, features and one element.
const maxStream = 32 << 10

// element finds the first element of a name, with or without a namespace prefix: where it begins and where it ends, its
// closing tag included.
func element(b []byte, name string) (from, to int, ok bool) {
	b = b[:min(len(b), maxStream)]
	from = bytes.Index(b, []byte("<"+name))
	if from < 0 {
		return 0, 0, false
	}
	n := bytes.IndexByte(b[from:], '>')
	if n < 0 {
		return 0, 0, false
	}
	to = from + n + 1
	if b[to-2] == '/' {
		return from, to, true
	}
	closing := "</" + name + ">"
	if n = bytes.Index(b[to:], []byte(closing)); n < 0 {
		return 0, 0, false
	}
	return from, to + n + len(closing), true
}

// parseXMPP looks for the client's starttls and the server's proceed or failure.
func parseXMPP(client, server []byte) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	if _, end, ok := element(server, "stream:features"); ok {
		_, _, offers := element(server[:end], "starttls")
		told.TLS = fact.Is(offers)
		spans.mark(wire.ServerSide, end, "stream features", map[bool]string{true: "offers STARTTLS", false: "offers no TLS"}[offers])
	}
	_, asked, asks := element(client, "starttls")
	if asks {
		asked += blanks(client[asked:])
		spans.mark(wire.ClientSide, asked, "starttls", "")
	}
	if _, end, ok := element(server, "proceed"); ok {
		end += blanks(server[end:])
		spans.mark(wire.ServerSide, end, "proceed", "")
		told.TLS = fact.Yes
		spans.Server = whole(server, end)
		if asks {
			spans.Client = whole(client, asked)
		}
		return told, spans, nil
	}
	return refusedXMPP(client, server, asks, asked, told, spans)
}

// blanks counts the white space at the start of b, which keeps an XML stream alive.
func blanks(b []byte) int {
	return len(b) - len(bytes.TrimLeft(b, " \r\n\t"))
}

// refusedXMPP is a stream without the server's consent.
func refusedXMPP(client, server []byte, asks bool, asked int, told fact.Said, spans Spans) (fact.Said, Spans, error) {
	if asks {
		if _, end, ok := element(server, "failure"); ok {
			spans.mark(wire.ServerSide, end, "failure", "")
			told.TLS = fact.No
			return told, spans, ErrDeclined
		}
		if len(server) == 0 || isRecord(client[asked:]) {
			spans.Client = whole(client, asked)
			return told, spans, nil
		}
		return told, spans, io.ErrUnexpectedEOF
	}
	_, _, auth := element(client, "auth")
	switch {
	case told.TLS == fact.No:
		return told, spans, ErrDeclined
	case auth:
		return told, spans, ErrNoTLS
	}
	return told, spans, io.ErrUnexpectedEOF
}
