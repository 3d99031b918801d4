package logs

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nginx is its error log (src/core/ngx_log.c, ngx_http_log_error in src/http/ngx_http_request.c):
//
//	2024/10/21 08:41:45 [crit] 165#165: *18127 MESSAGE while PHASE, client: A, server: N, request: "…", upstream: "…", host: "…"
//
// and what it prints before the log is open: nginx: [emerg] MESSAGE. OpenResty, Angie, Tengine and Kong write the same.
var nginx = Dialect{
	ID: "nginx",
	Anchors: []string{"SSL", "TLS", "ssl_", "certificate", "OCSP", "HTTPS", "PROXY protocol", "negotiated", `\x16\x03`, "\x16\x03",
		`upstream: "https`, `upstream: "grpcs`},
	Parse: parseNginx,
}

func parseNginx(line []byte, o *Options) (Record, bool) {
	at, rest, ok := nginxHead(line, o)
	if !ok {
		return Record{}, false
	}
	end := bytes.IndexByte(rest, ']')
	if end < 2 || end > 8 || rest[0] != '[' {
		return Record{}, false
	}
	r := Record{At: at, Level: nginxLevel(rest[1:end]), Product: "nginx"}
	if r.Level == "" {
		return Record{}, false
	}
	message, fields := nginxMessage(rest[end+1:])
	r.Message = string(message)
	if request := field(fields, `request: "`); helloBytes(request) {
		r.Message += `, request: "\x16\x03…"` // a ClientHello came to a port for plain HTTP: the message itself does not say so
	}
	r.fillNginx(fields)
	r.Name = nginxName(r.Message)
	r.Contexts = nginxSeat(message, &r)
	if probes(quoted(field(fields, `request: "`))) {
		r.Contexts = append(slices.Clone(r.Contexts), fact.HealthCheck)
	}
	return r, true
}

// helloBytes: a text begins like a TLS handshake record (RFC 8446 §5.1), as nginx writes it or as an escaped log has it.
func helloBytes(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x16\x03")) || bytes.HasPrefix(b, []byte(`\x16\x03`))
}

// nginxHead takes off what stands before the level.
func nginxHead(line []byte, o *Options) (at time.Time, rest []byte, ok bool) {
	if rest, ok = bytes.CutPrefix(line, []byte("nginx: [")); ok {
		return at, line[len("nginx: "):], true
	}
	if len(line) < 24 || line[4] != '/' || line[19] != ' ' || line[20] != '[' {
		return at, nil, false
	}
	at, n := isoStamp(line[:19], o.zone())
	return at, line[20:], n == 19
}

// nginxLevel is a level by its name (err_levels in src/core/ngx_log.c); "" for another word.
func nginxLevel(name []byte) string {
	for _, l := range []string{"error", "crit", "info", "warn", "notice", "alert", "emerg", "debug", "stderr"} {
		if string(name) == l {
			return l
		}
	}
	return ""
}

// nginxMessage takes the process, thread and connection numbers off, and divides the message from the fields after it.
func nginxMessage(rest []byte) (message, fields []byte) {
	rest = bytes.TrimLeft(rest, " ")
	if head, after, ok := bytes.Cut(rest, []byte(": ")); ok && len(head) < 32 && bytes.IndexByte(head, '#') > 0 && number(head[:1]) >= 0 {
		rest = after
	}
	if len(rest) > 0 && rest[0] == '*' {
		if n, after, ok := bytes.Cut(rest[1:], []byte{' '}); ok && len(n) > 0 && len(n) < 20 && number(n[:1]) >= 0 {
			rest = after
		}
	}
	if i := bytes.Index(rest, []byte(", client: ")); i >= 0 {
		return rest[:i], rest[i:]
	}
	if i := bytes.Index(rest, []byte(", server: ")); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, nil
}

// fillNginx reads the fields. A request is the client's own text and may look like further fields: those nginx writes
// come after it, so the last ones count.
func (r *Record) fillNginx(fields []byte) {
	client := word(field(fields, ", client: "))
	r.Client, _ = netip.ParseAddr(string(client))
	r.Server = string(word(field(fields, ", server: ")))
	r.Upstream = string(quoted(last(fields, `, upstream: "`)))
	r.Host = string(quoted(last(fields, `, host: "`)))
}

// nginxName is the name that an upstream's certificate was checked for: proxy_ssl_name's, by default the name in proxy_pass
// (ngx_http_upstream_ssl_handshake, ngx_stream_proxy_ssl_handshake; OpenResty's ngx_http_lua_socket_tcp.c). The field "host" is
// what the client asked for, and may be anything.
func nginxName(message string) string {
	for _, before := range []string{`upstream SSL certificate does not match "`, `lua ssl certificate does not match host "`} {
		if name, ok := between(message, before, `"`); ok {
			return name
		}
	}
	return ""
}

// field is what follows the first of a name.
func field(b []byte, name string) []byte {
	if i := bytes.Index(b, []byte(name)); i >= 0 {
		return b[i+len(name):]
	}
	return nil
}

// last is what follows the last of a name.
func last(b []byte, name string) []byte {
	var found []byte
	for {
		if b = field(b, name); b == nil {
			return found
		}
		found = b
	}
}

// word is a text up to its comma or blank.
func word(b []byte) []byte {
	if i := bytes.IndexAny(b, ", "); i >= 0 {
		return b[:i]
	}
	return b
}

// quoted is a text up to its closing quotation mark.
func quoted(b []byte) []byte {
	if i := bytes.IndexByte(b, '"'); i >= 0 {
		return b[:i]
	}
	return b
}

// nginxSeats tell by a part of the message on which side nginx stood; the first that is found decides.
var nginxSeats = []struct {
	part string
	in   []fact.Context
}{
	{"SSL handshaking to upstream", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}},
	{"while connecting to upstream", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}},
	{"SSL handshaking", []fact.Context{fact.Web, fact.ByServer}},
	{"upstream SSL certificate", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}},
	{"reading response header from upstream", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}},
	{"lua ssl certificate", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}},
	{"to upstream", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream, fact.InUse}},
	{"upstream", []fact.Context{fact.Web, fact.ByClient, fact.ToUpstream}},
	{"waiting for request", []fact.Context{fact.Web, fact.ByServer, fact.InUse}},
	{"keepalive", []fact.Context{fact.Web, fact.ByServer, fact.InUse}},
	{"sending response to client", []fact.Context{fact.Web, fact.ByServer, fact.InUse}},
}

func nginxSeat(message []byte, r *Record) []fact.Context {
	for i := range nginxSeats {
		if bytes.Contains(message, []byte(nginxSeats[i].part)) {
			return nginxSeats[i].in
		}
	}
	switch {
	case r.Client.IsValid():
		return []fact.Context{fact.Web, fact.ByServer}
	case r.Level == "emerg":
		return []fact.Context{fact.Web, fact.ByServer, fact.AtStart}
	}
	return []fact.Context{fact.Web}
}
