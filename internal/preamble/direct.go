package preamble

import (
	"context"
	"io"
	"net"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// https is HTTP over TLS (RFC 9110 §4.2.2), which offers HTTP/2 by ALPN (RFC 9113 §3.2).
func https() Protocol {
	return Protocol{
		ID: "https", Schemes: []string{"https"}, Ports: []uint16{443, 8443}, ALPN: []string{"h2", "http/1.1"},
		Dial: pass, Accept: pass, Deny: answerHTTP, Parse: parseDirect,
	}
}

// bareTLS is TLS from the first byte and nothing known about what runs inside.
func bareTLS() Protocol {
	return Protocol{
		ID: "tls", Schemes: []string{"tls", "ssl"}, Ports: []uint16{443, 465, 636, 853, 990, 993, 995, 5671, 6380, 8883, 9093},
		Dial: pass, Accept: pass, Deny: hangUp, Parse: parseDirect,
	}
}

// pass is Dial and Accept of protocols that begin with TLS.
func pass(_ context.Context, c net.Conn, _ Options) (net.Conn, fact.Said, error) {
	return c, fact.Said{}, nil
}

// hangUp is Deny where the login's protocol is not known.
func hangUp(_ context.Context, c net.Conn, _ Options) error { return c.Close() }

// parseDirect finds TLS from the first byte on both sides; a server that says something else is named.
func parseDirect(client, server []byte) (fact.Said, Spans, error) {
	var said fact.Said
	spans := Spans{Client: whole(client, 0), Server: whole(server, 0)}
	if len(server) > 0 && !looksTLS(server) {
		noteOther(&said, server)
	}
	return said, spans, nil
}

// whole is everything of b from an offset on, or nothing.
func whole(b []byte, from int) []Span {
	if from >= len(b) {
		return nil
	}
	return []Span{{from, len(b)}}
}

// looksTLS tells TLS records (RFC 8446 §5.1) and SSLv2 framing (RFC 5246 appendix E.2) from everything else.
// Too few bytes count as TLS: nothing speaks against it.
func looksTLS(b []byte) bool {
	switch {
	case len(b) == 0:
		return true
	case b[0] >= 0x14 && b[0] <= 0x18:
		return len(b) < 2 || b[1] == 0x03
	case b[0]&0x80 != 0:
		return len(b) < 3 || b[2] == 0x01 || b[2] == 0x04
	}
	return false
}

// maxRequest bounds the HTTP request that answerHTTP reads.
const maxRequest = 8 << 10

const httpAnswer = "the TLS handshake succeeded\n"

// answerHTTP reads one HTTP/1 request's head and says that TLS worked. A lab endpoint that speaks HTTP has no
// login to deny.
func answerHTTP(ctx context.Context, c net.Conn, _ Options) error {
	defer heed(ctx, c)()
	if err := readHead(c); err != nil {
		return err
	}
	_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 28\r\n\r\n"+httpAnswer)
	return err
}

// readHead reads up to the empty line that ends a request's head, or as much as is allowed.
func readHead(c net.Conn) error {
	var head strings.Builder
	b := make([]byte, 512)
	for head.Len() < maxRequest {
		n, err := c.Read(b)
		head.Write(b[:n])
		if strings.Contains(head.String(), "\r\n\r\n") {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
