package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// envoy reads Envoy's own log, as it is and as Istio's agent prints it, and the access log in its default form and in
// Istio's (docs: configuration/observability/access_log).
var envoy = Dialect{
	ID: "envoy",
	Anchors: []string{
		"TLS", "SSL", "tls", "ssl", "ertificate", "andshake", "secret", "upstream connect error", `" 200 `, `" 204 `, `" 304 `, "UF,", " UF ", "connection_failure", "connection failure",
	},
	Parse: parseEnvoy,
}

func parseEnvoy(line []byte, o *Options) (Record, bool) {
	if r, ok := envoyComponent(line, o); ok {
		return r, true
	}
	if r, ok := envoyIstio(line, o); ok {
		return r, true
	}
	return envoyAccess(line, o)
}

// envoyComponent reads "[2023-06-14 14:37:00.455][18][debug][connection] [source/…/ssl_socket.cc:224] [C31] TLS error: …".
func envoyComponent(line []byte, o *Options) (Record, bool) {
	stamp, rest, ok := inBrackets(line)
	if !ok || len(rest) == 0 || rest[0] != '[' || len(line) < len(stamp)+3 || line[len(stamp)+2] != '[' {
		return Record{}, false
	}
	at, _, clock := isoClock(stamp, o)
	thread, rest, ok1 := inBrackets(rest)
	level, rest, ok2 := inBrackets(rest)
	_, rest, ok3 := inBrackets(rest)
	if !clock || !ok1 || !ok2 || !ok3 || !allDigits(string(thread)) || !isLevel(string(level)) {
		return Record{}, false
	}
	return Record{At: at, Level: string(level), Product: "envoy", Contexts: []fact.Context{fact.Web}, Message: envoyText(rest)}, true
}

// envoyText leaves out the place in the source and the number of the connection.
func envoyText(rest []byte) string {
	for range 3 {
		inner, after, ok := inBrackets(rest)
		if !ok || !(bytes.Contains(inner, []byte(".cc:")) || len(inner) > 1 && oneOf(inner[0], "CST") && isDigit(inner[1])) {
			break
		}
		rest = bytes.TrimPrefix(after, []byte("["))
		if len(rest) != len(after) {
			rest = after
		}
	}
	return string(rest)
}

// envoyIstio reads "2020-08-11T04:09:52.229257Z\tdebug\tenvoy connection\t[…:226] [C321] TLS error: …".
func envoyIstio(line []byte, o *Options) (Record, bool) {
	f := bytes.SplitN(line, []byte("\t"), 4)
	if len(f) < 4 || !bytes.HasPrefix(f[2], []byte("envoy ")) {
		return Record{}, false
	}
	at, _, ok := isoClock(f[0], o)
	if !ok || !isLevel(string(f[1])) {
		return Record{}, false
	}
	text, _, _ := bytes.Cut(f[3], []byte("\tthread="))
	return Record{At: at, Level: string(f[1]), Product: "envoy", Contexts: []fact.Context{fact.Web, "istio"}, Message: envoyText(text)}, true
}

// envoyAccess reads an access log: '[time] "GET / HTTP/1.1" 503 UF … "authority" "upstream"', and what Istio adds after.
func envoyAccess(line []byte, o *Options) (Record, bool) {
	stamp, rest, ok := inBrackets(line)
	if !ok || len(rest) == 0 || rest[0] != '"' {
		return Record{}, false
	}
	at, _, clock := isoClock(stamp, o)
	text := string(rest)
	request, tail, quoted := strings.Cut(text[1:], `" `)
	f := strings.Fields(tail)
	if !clock || !quoted || len(f) < 6 || len(f[0]) > 3 || !allDigits(f[0]) {
		return Record{}, false
	}
	r := Record{At: at, Product: "envoy", Contexts: []fact.Context{fact.Web}, Message: f[0] + " " + tail[len(f[0])+1:]}
	quotes := quotedParts(tail)
	if n := len(quotes); n >= 2 {
		r.Host, r.Upstream = dashed(quotes[n-2]), dashed(quotes[n-1])
	}
	if _, after, ok := cutLast(tail, `" `); ok { // Istio: cluster, upstream's local address, downstream's local and remote address
		if f := strings.Fields(after); len(f) >= 4 {
			r.Client = addressOf(f[3])
		}
	}
	r.Success = f[0] >= "200" && f[0] < "500" && f[1] == "-" && request != ""
	if strings.Contains(f[1], "UF") {
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
	}
	return r, true
}

// quotedParts are the texts between quotation marks.
func quotedParts(s string) (list []string) {
	for len(list) < 32 {
		_, after, ok := strings.Cut(s, `"`)
		inner, rest, closed := strings.Cut(after, `"`)
		if !ok || !closed {
			break
		}
		list = append(list, inner)
		s = rest
	}
	return list
}

// dashed is empty for "-", which stands for nothing.
func dashed(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// cutLast cuts at the last place of sep.
func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
