package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// stunnel reads stunnel's log: "2026.11.21 23:59:25 LOG3[1]: SSL_accept: …", without the time through syslog; of old with a
// process number, "LOG3[730:140]: …" (src/log.c). The digit is syslog's severity.
var stunnel = Dialect{
	ID: "stunnel",
	Anchors: []string{
		"LOG0[", "LOG1[", "LOG2[", "LOG3[", "LOG4[", "TLS accepted", "TLS connected", "SSL accepted", "SSL connected", "ertificate", "CERT:", "Connection reset",
	},
	Parse: parseStunnel,
}

func parseStunnel(line []byte, o *Options) (Record, bool) {
	r := Record{Product: "stunnel"}
	if at, rest, ok := isoClock(line, o); ok {
		r.At, line = at, rest
	}
	if program, _, ok := bytes.Cut(line[:min(len(line), 40)], []byte("]: ")); ok && bytes.HasPrefix(program, []byte("stunnel[")) {
		line = line[len(program)+len("]: "):]
	}
	rest, ok := bytes.CutPrefix(line, []byte("LOG"))
	if !ok || len(rest) < 5 || rest[0] < '0' || rest[0] > '7' || rest[1] != '[' {
		return r, false
	}
	thread, _, ok := bytes.Cut(rest[2:min(len(rest), 60)], []byte("]: "))
	if !ok {
		return r, false
	}
	r.Level, r.Message = severities[rest[0]-'0'], string(rest[2+len(thread)+3:])
	switch {
	case strings.HasPrefix(r.Message, "SSL_accept"), strings.HasPrefix(r.Message, "TLS accepted"), strings.HasPrefix(r.Message, "SSL accepted"):
		r.Contexts = []fact.Context{fact.ByServer}
	case strings.HasPrefix(r.Message, "SSL_connect"), strings.HasPrefix(r.Message, "TLS connected"), strings.HasPrefix(r.Message, "SSL connected"):
		r.Contexts = []fact.Context{fact.ByClient}
	}
	r.Success = strings.Contains(r.Message[:min(len(r.Message), 16)], "accepted: ") || strings.Contains(r.Message[:min(len(r.Message), 16)], "connected: ")
	return r, true
}
