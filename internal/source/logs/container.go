package logs

import (
	"bytes"
	"encoding/json"
	"time"
)

// dockerJSON is a line of Docker's json-file driver, and of collectors that pass it on:
// {"log":"text\n","stream":"stderr","time":"2024-01-10T08:41:45.123456789Z"}.
var dockerJSON = Envelope{ID: "docker", Open: func(line []byte, o *Options) ([]byte, Record, bool) {
	if len(line) < 12 || line[0] != '{' || !bytes.Contains(line, []byte(`"log":`)) || !bytes.Contains(line, []byte(`"stream":`)) {
		return nil, Record{}, false
	}
	var v struct {
		Log  string
		Time string
	}
	if json.Unmarshal(line, &v) != nil || v.Log == "" {
		return nil, Record{}, false
	}
	at, _ := isoStamp([]byte(v.Time), o.location())
	return bytes.TrimRight([]byte(v.Log), "\r\n"), Record{At: at}, true
}}

// cri is a line as Kubernetes' runtimes write it (CRI): "2024-01-10T08:41:45.123456789Z stderr F text". A part of a long line
// has P in place of F; the parts stay apart.
var cri = Envelope{ID: "cri", Open: func(line []byte, o *Options) ([]byte, Record, bool) {
	at, rest, ok := nanoTime(line)
	if !ok {
		return nil, Record{}, false
	}
	for _, head := range []string{"stdout F ", "stderr F ", "stdout P ", "stderr P "} {
		if inner, ok := bytes.CutPrefix(rest, []byte(head)); ok {
			return inner, Record{At: at}, true
		}
	}
	return nil, Record{}, false
}}

// stamped is a line of "docker logs -t" or "kubectl logs --timestamps": the time with nanoseconds, then the text.
var stamped = Envelope{ID: "timestamps", Open: func(line []byte, o *Options) ([]byte, Record, bool) {
	at, rest, ok := nanoTime(line)
	return rest, Record{At: at}, ok && len(rest) > 0
}}

// nanoTime reads RFC 3339 with nanoseconds, which runtimes write and programs hardly do. Trailing zeros are left out
// by Go's formats, so seven digits are enough.
func nanoTime(line []byte) (at time.Time, rest []byte, ok bool) {
	if len(line) < 28 || line[10] != 'T' || line[19] != '.' {
		return at, nil, false
	}
	at, n := isoStamp(line, time.UTC)
	digits := 0
	for i := 20; i < n && isDigit(line[i]); i++ {
		digits++
	}
	if n == 0 || digits < 7 || n >= len(line) || line[n] != ' ' {
		return at, nil, false
	}
	return at, line[n+1:], true
}

// compose is a line behind the name of its container, as docker compose and docker service logs print it: "proxy-1  | text",
// with the name in colour or not.
var compose = Envelope{ID: "compose", Open: func(line []byte, _ *Options) ([]byte, Record, bool) {
	head, inner, ok := bytes.Cut(line[:min(len(line), 120)], []byte("|"))
	if !ok || len(inner) == 0 && len(line) > len(head)+1 {
		return nil, Record{}, false
	}
	name := bytes.TrimSpace(withoutColour(head))
	if len(name) == 0 || !bytes.HasSuffix(withoutColour(head), []byte(" ")) || !containerName(name) {
		return nil, Record{}, false
	}
	inner = line[len(head)+1:]
	inner = bytes.TrimPrefix(inner, []byte("\x1b[0m"))
	return bytes.TrimPrefix(inner, []byte(" ")), Record{}, true
}}

// pod is a line of "kubectl logs --prefix": "[pod/web-5d9c/nginx] text".
var pod = Envelope{ID: "kubectl", Open: func(line []byte, _ *Options) ([]byte, Record, bool) {
	name, rest, ok := inBrackets(line)
	if !ok || !bytes.HasPrefix(name, []byte("pod/")) || bytes.Count(name, []byte("/")) != 2 {
		return nil, Record{}, false
	}
	return rest, Record{}, true
}}

// containerName: letters, digits, '.', '_', '-', and the '@' of a service's node.
func containerName(b []byte) bool {
	for _, c := range b {
		if !isWordByte(c) && !oneOf(c, ".-@") {
			return false
		}
	}
	return true
}

// withoutColour drops a terminal's colour codes (ECMA-48 §8.3.117).
func withoutColour(b []byte) []byte {
	if bytes.IndexByte(b, 0x1b) < 0 {
		return b
	}
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] != 0x1b {
			out = append(out, b[i])
			continue
		}
		for i+1 < len(b) && b[i] != 'm' {
			i++
		}
	}
	return out
}
