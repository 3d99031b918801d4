package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// apache reads the error log of Apache httpd: 2.4's "[time] [module:level] [pid 1:tid 2] (os error)text: [client a:p]
// AH12345: message" and 2.2's "[time] [level] [client a] message" (server/log.c). What OpenSSL said follows in a line that
// names no client, and belongs to the line before.
var apache = Dialect{
	ID: "apache",
	Anchors: []string{
		"[ssl:", "SSL", "TLS", "AH00898", "AH01084", "AH01097", "AH01102", "AH01114", "AH00957", `\x16\x03`, "ertificate", "AH10", "andshake",
	},
	Parse:     parseApache,
	Continues: func(line []byte) bool { _, rest, ok := apacheHead(line, nil); return ok && opensslOnly(rest) },
}

func parseApache(line []byte, o *Options) (Record, bool) {
	r, rest, ok := apacheHead(line, o)
	if !ok || opensslOnly(rest) {
		return r, false
	}
	text := string(rest)
	text = r.apachePeer(text, "[client ")
	text = r.apachePeer(text, "[remote ")
	if i := strings.LastIndex(text, " (server "); i >= 0 && strings.HasSuffix(text, ")") {
		r.Server, text = text[i+9:len(text)-1], text[:i]
	}
	if i := strings.LastIndex(text, ", referer: "); i >= 0 {
		text = text[:i]
	}
	r.Message = text
	if _, name, ok := strings.Cut(text, "SSL Proxy: Peer certificate does not match for hostname "); ok { // AH02411, mod_ssl's ssl_engine_io.c
		r.Name = string(word([]byte(name)))
	}
	return r, true
}

// apacheHead reads time, module and level, process and thread.
func apacheHead(line []byte, o *Options) (r Record, rest []byte, ok bool) {
	kind, rest, ok := inBrackets(line)
	if !ok {
		return r, line, false
	}
	var timed bool
	if r.At, _, timed = anyClock(kind, o, ctimeClock, isoClock); timed {
		kind, rest, ok = inBrackets(rest)
	} else { // ErrorLogFormat may leave the time out, and people do when they report
		ok = bytes.HasPrefix(rest, []byte("[pid ")) && bytes.IndexByte(kind, ':') > 0
	}
	if !ok {
		return r, line, false
	}
	module, level, found := bytes.Cut(kind, []byte(":"))
	if !found {
		module, level = nil, kind
	}
	if !isLevel(string(level)) && !bytes.HasPrefix(level, []byte("trace")) {
		return r, line, false
	}
	if pid, after, ok := inBrackets(rest); ok && bytes.HasPrefix(pid, []byte("pid ")) {
		rest = after
	}
	r.Level, r.Product, r.Contexts = string(level), "apache", []fact.Context{fact.Web}
	if bytes.HasPrefix(module, []byte("proxy")) {
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
	} else if bytes.Equal(module, []byte("ssl")) && !bytes.Contains(rest, []byte("[remote ")) && bytes.Contains(rest, []byte("[client ")) {
		r.Contexts = append(r.Contexts, fact.ByServer)
	}
	return r, rest, true
}

// apachePeer takes "[client 10.0.0.7:44330] " or "[remote …] " out of a text.
func (r *Record) apachePeer(text, mark string) string {
	before, after, ok := strings.Cut(text, mark)
	if !ok || len(before) > 300 {
		return text
	}
	peer, after, ok := strings.Cut(after, "]")
	if !ok {
		return text
	}
	if mark == "[client " {
		r.Client = addressOf(peer)
	} else {
		r.Upstream = peer
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
	}
	return before + strings.TrimPrefix(after, " ")
}

// opensslOnly: the rest of the line is OpenSSL's word about the line before.
func opensslOnly(rest []byte) bool {
	return bytes.HasPrefix(rest, []byte("SSL Library Error")) || bytes.HasPrefix(rest, []byte("OpenSSL: error:"))
}
