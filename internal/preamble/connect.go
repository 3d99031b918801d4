package preamble

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// httpConnect is a tunnel through an HTTP proxy (RFC 9110 §9.3.6).
func httpConnect(deep int) Protocol {
	return Protocol{ID: "http-connect", Ports: []uint16{3128, 8080}, Parse: func(client, server []byte) (fact.Said, Spans, error) {
		return parseConnect(client, server, deep)
	}}
}

const (
	// maxHead bounds one request's or answer's head.
	maxHead = 32 << 10
	// maxTries is how often one connection asks anew: a proxy that wants a login refuses once or twice.
	maxTries = 8
)

// parseConnect reads requests and answers up to the one that opens the tunnel.
func parseConnect(client, server []byte, deep int) (fact.Said, Spans, error) {
	var told fact.Said
	var spans Spans
	from, answered := 0, 0
	for range maxTries {
		line, size, ok := cutHead(client[from:])
		if !ok {
			break
		}
		target := connectTarget(line)
		if target == "" {
			return told, spans, ErrNoTLS
		}
		from += size
		spans.mark(wire.ClientSide, from, "CONNECT", target)
		through := tunnel{client: from, port: portIn(target), deep: deep}
		if len(server) == 0 && isRecord(client[from:]) {
			return through.inside(client, server, spans)
		}
		status, size, ok := cutHead(server[answered:])
		code := statusCode(status)
		if !ok || code == 0 {
			return told, spans, io.ErrUnexpectedEOF
		}
		head := server[answered : answered+size]
		answered += size
		spans.mark(wire.ServerSide, answered, strconv.Itoa(code), reason(status))
		if code/100 == 2 {
			through.server = answered
			return through.inside(client, server, spans)
		}
		told = withError(told, Error{Code: code, Text: reason(status)})
		answered += min(bodySize(head, server[answered:]), len(server)-answered)
	}
	if told.ErrorCode != 0 {
		return told, spans, ErrReply
	}
	return told, spans, io.ErrUnexpectedEOF
}

// cutHead takes a message's head off b and returns its first line. Headers, which may hold credentials, are not kept.
func cutHead(b []byte) (first string, size int, ok bool) {
	end := bytes.Index(b[:min(len(b), maxHead)], []byte("\r\n\r\n"))
	if end < 0 {
		return "", 0, false
	}
	line, _, _ := strings.Cut(string(b[:end]), "\r\n")
	return line, end + 4, true
}

// connectTarget is the authority that a request asks for, "" when it is no CONNECT.
func connectTarget(line string) string {
	fields := strings.Fields(line)
	if len(fields) < 2 || fields[0] != "CONNECT" {
		return ""
	}
	return fields[1][:min(len(fields[1]), firstBytes)]
}

func portIn(target string) uint16 {
	_, port, _ := net.SplitHostPort(target)
	n, _ := strconv.ParseUint(port, 10, 16)
	return uint16(n)
}

// statusCode reads "HTTP/1.1 200 Connection established".
func statusCode(line string) int {
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(line, "HTTP/1.") || len(fields[1]) != 3 {
		return 0
	}
	code, _ := strconv.Atoi(fields[1])
	return max(code, 0)
}

func reason(line string) string {
	fields := strings.SplitN(line, " ", 3)
	if len(fields) < 3 {
		return ""
	}
	return fields[2][:min(len(fields[2]), firstBytes)]
}

// bodySize measures the body behind an answer's head (RFC 9112 §6): all that is there when nothing tells its length.
func bodySize(head, rest []byte) int {
	for _, line := range strings.Split(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "content-length":
			var n int
			if _, err := fmt.Sscanf(value, "%d", &n); err == nil && n >= 0 {
				return n
			}
		case "transfer-encoding":
			if n := bytes.Index(rest, []byte("0\r\n\r\n")); strings.EqualFold(value, "chunked") && n >= 0 {
				return n + 5
			}
		}
	}
	return len(rest)
}
