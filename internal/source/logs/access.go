package logs

import (
	"bytes"
	"net/netip"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// access is the common and combined log format of web servers (nginx's log_format combined, Apache's LogFormat), with
// Apache's virtual host before it or not:
//
//	203.0.113.7 - - [21/Oct/2024:08:41:45 +0000] "\x16\x03\x01\x02…" 400 157 "-" "-"
//
// It does not tell whether a request came over TLS, so there are no successes in it.
var access = Dialect{
	ID:      "access",
	Anchors: []string{`"\x16\x03`, "\"\x16\x03", `" 421 `, `" 495 `, `" 496 `, `" 497 `, `" 525 `, `" 526 `},
	Parse:   parseAccess,
}

func parseAccess(line []byte, o *Options) (Record, bool) {
	open := bytes.IndexByte(line[:min(len(line), 300)], '[')
	if open < 6 || open+1 >= len(line) {
		return Record{}, false
	}
	at, n := clfStamp(line[open+1:], o.zone())
	rest, ok := bytes.CutPrefix(line[open+1+n:], []byte(`] "`))
	if n == 0 || !ok {
		return Record{}, false
	}
	end := closing(rest)
	if end < 0 || len(rest) < end+5 || number(rest[end+2:end+5]) < 100 {
		return Record{}, false
	}
	r := Record{At: at, Contexts: []fact.Context{fact.ByServer, fact.Web}}
	r.Client, r.Server = accessPeers(line[:open])
	r.Message = `"` + string(withoutQuery(rest[:end])) + `" ` + string(rest[end+2:end+5]) + statusName(rest[end+2:end+5])
	return r, true
}

// closing is where a quoted text ends: at a quotation mark that is not escaped.
func closing(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// accessPeers reads what stands before the time: client, or virtual host and client.
func accessPeers(head []byte) (client netip.Addr, server string) {
	words := bytes.Fields(head)
	for i, w := range words[:min(len(words), 2)] {
		if a, err := netip.ParseAddr(string(w)); err == nil {
			if i == 1 {
				server = string(words[0])
			}
			return a, server
		}
	}
	return client, ""
}

// withoutQuery cuts the query off a request line: it may hold anything, and says nothing about TLS.
func withoutQuery(request []byte) []byte {
	q := bytes.IndexByte(request, '?')
	if q < 0 {
		return request
	}
	if i := bytes.LastIndexByte(request, ' '); i > q {
		return append(bytes.Clone(request[:q]), request[i:]...)
	}
	return request[:q]
}

// statusName is the name of a status that tells of TLS: nginx's own (ngx_http_request.h), RFC 9110 §15.5.20, and those
// of Cloudflare. A log has the number only, the product's pages and messages the name.
func statusName(status []byte) string {
	switch string(status) {
	case "421":
		return " Misdirected Request"
	case "495":
		return " SSL Certificate Error"
	case "496":
		return " SSL Certificate Required"
	case "497":
		return " HTTP Request Sent to HTTPS Port"
	case "525":
		return " SSL handshake failed"
	case "526":
		return " Invalid SSL certificate"
	}
	return ""
}
