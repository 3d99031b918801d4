package logs

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// golang reads the forms in which programs in Go log: key=value (slog, logrus, go-kit), klog, zap's console, zerolog's console
// (Traefik 3), and the log package's. Lines of JSON are another dialect's.
var golang = Dialect{
	ID: "go",
	Anchors: []string{
		"TLS", "tls", "x509", "ertificate", "SSL", "ssl", "andshake", "HTTPS", "https", "EOF", "connection reset",
	},
	Parse: func(line []byte, o *Options) (Record, bool) {
		for _, form := range []func([]byte, *Options) (Record, bool){logfmt, klog, zapConsole, zerologConsole, goLog} {
			if r, ok := form(line, o); ok {
				return r.goServer(), true
			}
		}
		return Record{}, false
	},
	Continues: func(line []byte) bool {
		return len(line) > 1 && line[0] == '\t' || bytes.HasPrefix(line, []byte("goroutine "))
	},
}

// logfmt reads time="…" level=error msg="…" error="…".
func logfmt(line []byte, o *Options) (Record, bool) {
	var r Record
	pairs := keyValues(string(line))
	var message, fault string
	for _, p := range pairs {
		switch strings.ToLower(p[0]) {
		case "time", "ts", "t", "timestamp":
			r.At, _, _ = isoClock([]byte(p[1]), o)
		case "level", "lvl", "severity":
			r.Level = p[1]
		case "msg", "message":
			message = p[1]
		case "err", "error":
			fault = p[1]
		case "remote", "remote_addr", "remote_ip", "client", "remoteaddr":
			r.Client = addressOf(p[1])
		}
	}
	if len(pairs) < 2 || r.Level == "" && r.At.IsZero() || message == "" && fault == "" {
		return r, false
	}
	r.Message = joinFault(message, fault)
	r.Product = traefikOr("", line)
	return r, true
}

func joinFault(message, fault string) string {
	if message == "" || fault == "" {
		return message + fault
	}
	return message + ": " + fault
}

// traefikOr knows Traefik by what only it says.
func traefikOr(product string, line []byte) string {
	if bytes.Contains(line, []byte("traefik")) || bytes.Contains(line, []byte("entryPointName=")) || bytes.Contains(line, []byte("oxy/")) {
		return "traefik"
	}
	return product
}

// keyValues reads key=value and key="value" pairs from the beginning of a line; none when it does not begin with one.
func keyValues(s string) (pairs [][2]string) {
	for len(pairs) < 64 {
		s = strings.TrimLeft(s, " ")
		key, rest, ok := strings.Cut(s, "=")
		if !ok || key == "" || strings.ContainsAny(key, " \"\t") {
			break
		}
		if !strings.HasPrefix(rest, `"`) {
			value, after, _ := strings.Cut(rest, " ")
			pairs = append(pairs, [2]string{key, value})
			s = after
			continue
		}
		end := closing([]byte(rest[1:]))
		if end < 0 {
			return append(pairs, [2]string{key, rest[1:]})
		}
		pairs = append(pairs, [2]string{key, unquoted(rest[1 : end+1])})
		s = rest[end+2:]
	}
	return pairs
}

// unquoted undoes the escapes of a quoted value.
func unquoted(s string) string {
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\n`, "\n", `\t`, "\t").Replace(s)
}

// klog reads "E1121 23:57:28.348912       1 server.go:3055] text", as Kubernetes' components write.
func klog(line []byte, o *Options) (Record, bool) {
	if len(line) < 30 || !oneOf(line[0], "IWEF") || o == nil || o.Now.IsZero() {
		return Record{}, false
	}
	v, ok := digitsAt(line[1:], "dddd dd:dd:dd.")
	clock, n, nano, ok2 := [3]int{}, 0, 0, false
	if ok {
		clock, n, nano, ok2 = dayTime(line[6:])
	}
	place, _, ok3 := bytes.Cut(line[min(len(line), 6+n):min(len(line), 200)], []byte("] "))
	if !ok || !ok2 || !ok3 || !bytes.Contains(place, []byte(".go:")) && !bytes.Contains(place, []byte(":")) {
		return Record{}, false
	}
	at, ok := moment(o.Now.Year(), time.Month(v[0]/100), v[0]%100, clock, nano, o.location())
	if ok && at.After(o.Now.AddDate(0, 0, 1)) {
		at, ok = moment(o.Now.Year()-1, time.Month(v[0]/100), v[0]%100, clock, nano, o.location())
	}
	level := map[byte]string{'I': "info", 'W': "warning", 'E': "error", 'F': "fatal"}[line[0]]
	return Record{At: at, Level: level, Message: string(line[6+n+len(place)+2:])}, ok
}

// zapConsole reads time, level, logger, place, message and fields between tabs.
func zapConsole(line []byte, o *Options) (Record, bool) {
	f := strings.Split(string(line), "\t")
	if len(f) < 3 || len(f) > 16 || !isLevel(f[1]) {
		return Record{}, false
	}
	at, _, ok := isoClock([]byte(f[0]), o)
	return Record{At: at, Level: f[1], Message: strings.Join(f[2:], " ")}, ok
}

// zerologConsole reads '2024-11-20T16:01:41Z DBG proxy.go:113 > 500 Internal Server Error error="tls: …"'.
func zerologConsole(line []byte, o *Options) (Record, bool) {
	at, rest, ok := isoClock(line, o)
	if !ok || len(rest) < 5 || rest[3] != ' ' {
		return Record{}, false
	}
	switch string(rest[:3]) {
	case "TRC", "DBG", "INF", "WRN", "ERR", "FTL", "PNC":
	default:
		return Record{}, false
	}
	text := rest[4:]
	if i := bytes.Index(text[:min(len(text), 160)], []byte(" > ")); i >= 0 {
		text = text[i+3:]
	}
	return Record{At: at, Level: string(rest[:3]), Message: string(text), Product: traefikOr("", line)}, true
}

// goLog reads "2019/04/18 10:48:18 http: TLS handshake error from 10.0.0.7:48322: EOF".
func goLog(line []byte, o *Options) (Record, bool) {
	if len(line) < 21 || line[4] != '/' || line[10] != ' ' {
		return Record{}, false
	}
	at, rest, ok := isoClock(line, o)
	if !ok || len(rest) == 0 || rest[0] == '[' && bytes.IndexByte(rest, '#') > 0 {
		return Record{}, false
	}
	if _, leveled := appLevel(rest); leveled { // another library's line
		return Record{}, false
	}
	return Record{At: at, Message: string(rest)}, true
}

// goServer reads the peer out of net/http's message about a handshake (src/net/http/server.go).
func (r Record) goServer() Record {
	peer, ok := between(r.Message, "http: TLS handshake error from ", ": ")
	if ok {
		r.Client = addressOf(peer)
		r.Contexts = append(r.Contexts, fact.ByServer)
		if !slices.Contains(r.Contexts, fact.Web) {
			r.Contexts = append(r.Contexts, fact.Web)
		}
	}
	return r
}
