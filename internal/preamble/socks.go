package preamble

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// socks is a tunnel through a SOCKS proxy, version 4, 4a or 5 (RFC 1928, RFC 1929; SOCKS 4A by Y. Lee).
func socks(deep int) Protocol {
	return Protocol{ID: "socks", Ports: []uint16{1080}, Parse: func(client, server []byte) (fact.Said, Spans, error) {
		if len(client) > 0 && client[0] == 4 {
			return parseSOCKS4(client, server, deep)
		}
		return parseSOCKS5(client, server, deep)
	}}
}

// isSOCKS wants both sides to fit, as a version byte alone says little.
func isSOCKS(client, server []byte) bool {
	if len(client) < 3 || len(server) < 2 {
		return false
	}
	switch client[0] {
	case 4:
		return (client[1] == 1 || client[1] == 2) && server[0] == 0 && server[1] >= 0x5a && server[1] <= 0x5d && len(client) >= 9
	case 5:
		return server[0] == 5 && (server[1] <= 2 || server[1] == 0xff) && client[1] >= 1 && len(client) >= 2+int(client[1])
	}
	return false
}

// parseSOCKS4 reads one request and one answer.
func parseSOCKS4(client, server []byte, deep int) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	user := bytes.IndexByte(client[min(8, len(client)):min(len(client), 8+firstBytes)], 0)
	if user < 0 {
		return told, spans, io.ErrUnexpectedEOF
	}
	port, from := binary.BigEndian.Uint16(client[2:]), 8+user+1
	host := netip.AddrFrom4([4]byte(client[4:8])).String()
	if client[4] == 0 && client[5] == 0 && client[6] == 0 && client[7] != 0 { // 4a: the name follows
		n := bytes.IndexByte(client[from:min(len(client), from+firstBytes)], 0)
		if n < 0 {
			return told, spans, io.ErrUnexpectedEOF
		}
		host, from = string(client[from:from+n]), from+n+1
	}
	spans.mark(wire.ClientSide, from, "SOCKS4 request", net.JoinHostPort(host, strconv.Itoa(int(port))))
	if len(server) < 8 {
		return told, spans, io.ErrUnexpectedEOF
	}
	if code := server[1]; code != 0x5a {
		told = withError(told, Error{Code: int(code), Text: "request rejected"})
		spans.mark(wire.ServerSide, 8, "SOCKS4 refusal", told.ErrorText)
		return told, spans, ErrReply
	}
	spans.mark(wire.ServerSide, 8, "SOCKS4 granted", "")
	return tunnel{from, 8, port, deep}.inside(client, server, spans)
}

// parseSOCKS5 reads the choice of a method, the login that it may need, request and answer.
func parseSOCKS5(client, server []byte, deep int) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	if len(client) < 2 || len(server) < 2 || len(client) < 2+int(client[1]) {
		return told, spans, io.ErrUnexpectedEOF
	}
	from, answered := 2+int(client[1]), 2
	spans.mark(wire.ClientSide, from, "SOCKS5 greeting", "")
	spans.mark(wire.ServerSide, answered, "SOCKS5 method", socksMethod(server[1]))
	switch {
	case server[1] == 0xff:
		told = withError(told, Error{Code: 0xff, Text: "no acceptable authentication method"})
		return told, spans, ErrReply
	case server[1] == 2:
		from, answered = from+loginSize(client[from:]), answered+2
		if from > len(client) || answered > len(server) {
			return told, spans, io.ErrUnexpectedEOF
		}
		spans.mark(wire.ClientSide, from, "SOCKS5 login", "")
		if server[answered-1] != 0 {
			told = withError(told, Error{Code: int(server[answered-1]), Text: "the proxy refuses the login"})
			return told, spans, ErrReply
		}
	case server[1] != 0:
		return told, spans, ErrNoTLS // GSSAPI wraps what follows
	}
	return requestSOCKS5(client, server, from, answered, spans, deep)
}

func socksMethod(m byte) string {
	switch m {
	case 0:
		return "no authentication"
	case 1:
		return "GSSAPI"
	case 2:
		return "user name and password"
	}
	return "none acceptable"
}

// loginSize measures the user name and password of RFC 1929.
func loginSize(b []byte) int {
	if len(b) < 2 || len(b) < 3+int(b[1]) {
		return len(b) + 1
	}
	user := int(b[1])
	return 3 + user + int(b[2+user])
}

// requestSOCKS5 is the part from the request on.
func requestSOCKS5(client, server []byte, from, answered int, spans Spans, deep int) (fact.Said, Spans, error) {
	var told fact.Said
	host, port, size, ok := socksAddress(client[from:])
	if !ok {
		return told, spans, io.ErrUnexpectedEOF
	}
	from += size
	spans.mark(wire.ClientSide, from, "SOCKS5 request", net.JoinHostPort(host, strconv.Itoa(int(port))))
	_, _, size, ok = socksAddress(server[answered:])
	if !ok {
		return told, spans, io.ErrUnexpectedEOF
	}
	code := server[answered+1]
	answered += size
	if code != 0 {
		told = withError(told, Error{Code: int(code), Text: socksFailure(code)})
		spans.mark(wire.ServerSide, answered, "SOCKS5 refusal", told.ErrorText)
		return told, spans, ErrReply
	}
	spans.mark(wire.ServerSide, answered, "SOCKS5 granted", "")
	return tunnel{from, answered, port, deep}.inside(client, server, spans)
}

// socksAddress reads the shape that request and answer share (RFC 1928 §4, §6): version, code, zero, kind of address,
// address, port.
func socksAddress(b []byte) (host string, port uint16, size int, ok bool) {
	if len(b) < 5 || b[0] != 5 {
		return "", 0, 0, false
	}
	at, n := 4, map[byte]int{1: 4, 3: int(b[4]), 4: 16}[b[3]]
	if b[3] == 3 {
		at = 5
	}
	if n == 0 || len(b) < at+n+2 {
		return "", 0, 0, false
	}
	raw := b[at : at+n]
	host = string(raw)
	if b[3] != 3 {
		a, _ := netip.AddrFromSlice(raw)
		host = a.String()
	}
	return host, binary.BigEndian.Uint16(b[at+n:]), at + n + 2, true
}

// socksFailure is a reply code in words (RFC 1928 §6).
func socksFailure(code byte) string {
	words := []string{"", "general failure", "not allowed by the rules", "network unreachable", "host unreachable", "connection refused",
		"TTL expired", "command not supported", "address type not supported"}
	if int(code) < len(words) {
		return words[code]
	}
	return fmt.Sprintf("failure %d", code)
}
