package preamble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// proxySignature begins version 2 of the PROXY protocol (proxy-protocol.txt §2.2).
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

const (
	maxProxyV1 = 107 // §2.1, the end of line included
	maxProxyV2 = 16 + 4096
)

// ErrNoProxyHeader is ReadProxyHeader's: the connection begins with something else.
var ErrNoProxyHeader = errors.New("no PROXY protocol header")

// WithProxyHeader is p behind a receiver that insists on the PROXY protocol: Dial says "PROXY UNKNOWN" first, which
// claims no address of anybody.
func WithProxyHeader(p Protocol) Protocol {
	dial, parse := p.Dial, p.Parse
	p.Dial = func(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error) {
		stop := heed(ctx, c)
		_, err := io.WriteString(c, "PROXY UNKNOWN\r\n")
		stop()
		if err != nil {
			return c, fact.Said{}, fmt.Errorf("sending the PROXY header: %w", err)
		}
		return dial(ctx, c, o)
	}
	p.Parse = func(client, server []byte) (fact.Said, Spans, error) {
		return parseBehindHeader(parse, client, server)
	}
	return p
}

// LocalProxyHeader is version 2's LOCAL command: the proxy speaks for itself, as in a health check.
func LocalProxyHeader() []byte { return []byte(proxySignature + "\x20\x00\x00\x00") }

// parseBehindHeader parses a recording that may begin with a PROXY header.
func parseBehindHeader(parse func(client, server []byte) (fact.Said, Spans, error), client, server []byte) (fact.Said, Spans, error) {
	size, source := cutProxyHeader(client)
	if size == 0 {
		return parse(client, server)
	}
	told, spans, err := parse(client[size:], server)
	for i := range spans.Client {
		spans.Client[i].From += size
		spans.Client[i].To += size
	}
	for i := range spans.Marks {
		if spans.Marks[i].From == wire.ClientSide {
			spans.Marks[i].End += size
		}
	}
	note := ""
	if source.IsValid() {
		note = "for " + source.String()
	}
	spans.Marks = append([]Mark{{wire.ClientSide, size, "PROXY header", note}}, spans.Marks...)
	return told, spans, err
}

// cutProxyHeader measures a header at the start of b; 0 when there is none, or not a whole one.
func cutProxyHeader(b []byte) (size int, source netip.AddrPort) {
	if len(b) == 0 || b[0] != 'P' && b[0] != proxySignature[0] {
		return 0, netip.AddrPort{} // as in nearly every recording: no need to word an error
	}
	r := bytes.NewReader(b)
	source, err := readProxyHeader(r)
	if err != nil {
		return 0, netip.AddrPort{}
	}
	return len(b) - r.Len(), source
}

// ReadProxyHeader reads a header of version 1 or 2 off a connection, as a server does that insists on one. The
// source is the client that the proxy names; the zero value when it names none (UNKNOWN, LOCAL, Unix sockets).
// What is no header gives ErrNoProxyHeader.
func ReadProxyHeader(ctx context.Context, c net.Conn) (source netip.AddrPort, err error) {
	defer heed(ctx, c)()
	return readProxyHeader(c)
}

func readProxyHeader(c io.Reader) (netip.AddrPort, error) {
	head, err := readN(c, 1)
	switch {
	case err != nil:
		return netip.AddrPort{}, err
	case head[0] == 'P':
		return readProxyV1(c)
	case head[0] == proxySignature[0]:
		return readProxyV2(c)
	}
	return netip.AddrPort{}, fmt.Errorf("%w but %q", ErrNoProxyHeader, head)
}

// readProxyV1 reads the line behind its first letter, byte by byte so as not to take what follows.
func readProxyV1(c io.Reader) (netip.AddrPort, error) {
	line := []byte{'P'}
	for len(line) < maxProxyV1 && !bytes.HasSuffix(line, []byte("\r\n")) {
		b, err := readN(c, 1)
		if err != nil {
			return netip.AddrPort{}, err
		}
		line = append(line, b...)
		if n := min(len(line), 6); string(line[:n]) != "PROXY "[:n] {
			return netip.AddrPort{}, fmt.Errorf("%w but %q", ErrNoProxyHeader, line)
		}
	}
	fields := strings.Fields(string(line))
	if len(fields) >= 2 && fields[1] == "UNKNOWN" {
		return netip.AddrPort{}, nil
	}
	if len(fields) != 6 {
		return netip.AddrPort{}, fmt.Errorf("%w: %d words of 6", ErrNoProxyHeader, len(fields))
	}
	source, err := netip.ParseAddrPort(net.JoinHostPort(fields[2], fields[4]))
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%w: %w", ErrNoProxyHeader, err)
	}
	return source, nil
}

// readProxyV2 reads the binary form behind its first byte.
func readProxyV2(c io.Reader) (netip.AddrPort, error) {
	head, err := readN(c, 15)
	if err != nil {
		return netip.AddrPort{}, err
	}
	n := int(binary.BigEndian.Uint16(head[13:]))
	if string(head[:11]) != proxySignature[1:] || head[11]>>4 != 2 || n > maxProxyV2 {
		return netip.AddrPort{}, fmt.Errorf("%w: signature or version", ErrNoProxyHeader)
	}
	body, err := readN(c, n)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return proxyV2Source(head[11]&0xf, head[12]>>4, body), nil
}

// proxyV2Source takes the source address of command PROXY and families AF_INET 1 and AF_INET6 2.
func proxyV2Source(command, family byte, body []byte) netip.AddrPort {
	size := map[byte]int{1: 4, 2: 16}[family]
	if command != 1 || size == 0 || len(body) < 2*size+4 {
		return netip.AddrPort{}
	}
	a, _ := netip.AddrFromSlice(body[:size])
	return netip.AddrPortFrom(a, binary.BigEndian.Uint16(body[2*size:]))
}
