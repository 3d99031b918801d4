package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// haproxy reads HAProxy's log (doc/configuration.txt §8): connections and requests, errors of connections ("%ci:%cp [%tr]
// %ft: message"), and what is said about servers. Its start-up messages come on the terminal, with a level in brackets.
var haproxy = Dialect{
	ID: "haproxy",
	Anchors: []string{
		"SSL", "TLS", "Layer6", "~ ", "PROXY protocol", "PROXY header", "ertificate", "andshake", " SC-", " sC-", "ssl", "has no server available", "cert '", "crt",
	},
	Parse: parseHAProxy,
}

func parseHAProxy(line []byte, o *Options) (Record, bool) {
	line, head := haproxyHead(line, o)
	peer, rest := firstWord(line)
	if stamp, after, ok := inBrackets(rest); ok {
		at, _, clock := clfClock(stamp, o)
		if client := addressOf(string(peer)); clock && (client.IsValid() || bytes.HasPrefix(peer, []byte("unix:"))) {
			r := Record{At: at, Level: head.Level, Product: "haproxy", Contexts: []fact.Context{fact.Web}, Client: client}
			return haproxySession(r, string(after))
		}
	}
	return haproxyNotice(line, head)
}

// haproxyHead takes what "format timed", "format iso" and the terminal put before a line: "<6>2026-11-21T23:57:28.349892+00:00 ",
// the same without the level,
// "[WARNING]  (17553) : ", of old with the day of the year and the time in between.
func haproxyHead(line []byte, o *Options) ([]byte, Record) {
	var r Record
	stamped := line
	if len(line) > 3 && line[0] == '<' && line[2] == '>' {
		stamped = line[3:]
	}
	if at, rest, ok := isoClock(stamped, o); ok {
		r.At, line = at, bytes.TrimLeft(rest, " ")
	}
	if level, rest, ok := inBrackets(line); ok && isUpper(line[1]) && isLevel(string(level)) {
		if i := bytes.Index(rest, []byte(") : ")); i >= 0 && i < 40 && bytes.IndexByte(rest[:i], '(') >= 0 {
			r.Level, line = strings.ToLower(string(level)), rest[i+4:]
		}
	}
	return line, r
}

// haproxySession reads what follows the time of a connection: "web/1: SSL handshake failure", or a frontend, a server,
// times, and the state in which the session ended.
func haproxySession(r Record, text string) (Record, bool) {
	front, rest, ok := strings.Cut(text, " ")
	if !ok {
		return r, false
	}
	if name, colon := strings.CutSuffix(front, ":"); colon {
		r.Server, _, _ = strings.Cut(name, "/")
		r.Message = rest
		r.Contexts = append(r.Contexts, fact.ByServer)
		return r, true
	}
	name, tls := strings.CutSuffix(front, "~") // §8.2.3: the listener spoke TLS
	r.Server, r.Message = name, text
	server, numbers, _ := strings.Cut(rest, " ")
	if !strings.Contains(server, "/") {
		return r, false
	}
	if !strings.HasSuffix(server, "/<NOSRV>") { // answered or refused by HAProxy itself
		r.Upstream = server
	}
	if strings.Contains(numbers, " SC") || strings.Contains(numbers, " sC") { // §8.5: the server could not be connected to
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
		return r, true
	}
	r.Success = tls && haproxyServed(numbers)
	return r, true
}

// haproxyServed: the times are followed by a status below 500, and the session ended as it should, or with what HAProxy
// itself answered ("LR").
func haproxyServed(numbers string) bool {
	f := strings.Fields(numbers)
	return len(f) > 5 && len(f[1]) == 3 && f[1] >= "100" && f[1] < "500" && (strings.HasPrefix(f[5], "--") || strings.HasPrefix(f[5], "LR"))
}

// haproxyNotices begin what is said about servers, backends and the configuration (src/server.c, src/check.c, src/cfgparse.c).
var haproxyNotices = []string{"Server ", "Health check for ", "Backup Server ", "Proxy ", "backend ", "parsing [", "config : ", "Starting ", "Loading ", "Stopping ", "Error(s) found in configuration", "fd["}

// haproxyNotice reads lines without a client.
func haproxyNotice(line []byte, head Record) (Record, bool) {
	text := string(line)
	known := false
	for _, n := range haproxyNotices {
		known = known || strings.HasPrefix(text, n)
	}
	if !known || head.Level == "" && !haproxyAbout(text) {
		return Record{}, false
	}
	r := Record{At: head.At, Level: head.Level, Product: "haproxy", Contexts: []fact.Context{fact.Web}, Message: text}
	if i := strings.Index(text, "erver "); i >= 0 && i < 24 && strings.Contains(text, "/") {
		r.Upstream, _, _ = strings.Cut(text[i+6:], " ")
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream, fact.HealthCheck)
		r.Success = strings.Contains(text, "reason: Layer6 check passed")
	}
	return r, true
}

// haproxyAbout: the sentence is HAProxy's also where no level stands before it.
func haproxyAbout(text string) bool {
	for _, s := range []string{" is UP", " is DOWN", ", reason: Layer", " has no server available!", " is going DOWN", " failed, reason: ", "] OpenSSL error["} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
