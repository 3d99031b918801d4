package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// postfix reads lines of Postfix, which logs through syslog or in its form: "… mx postfix/smtpd[20343]: text". The name before
// the bracket tells the side: smtpd is a server, smtp a client. The journal keeps that name apart; then the text must do.
var postfix = Dialect{
	ID:      "postfix",
	Anchors: []string{"TLS", "SSL", "STARTTLS", "ertificate"},
	Parse: func(line []byte, o *Options) (Record, bool) {
		program, text, ok := postfixProgram(line)
		if !ok && !postfixText(line) {
			return Record{}, false
		}
		if !ok {
			text = line
		}
		if bytes.HasPrefix(text, postfixLibrary) {
			return Record{}, false
		}
		r := Record{Product: "postfix", Contexts: []fact.Context{fact.Mail}, Message: string(text)}
		return r.postfixPeer(program), true
	},
	Continues: func(line []byte) bool {
		if _, text, ok := postfixProgram(line); ok {
			line = text
		}
		return bytes.HasPrefix(line, postfixLibrary)
	},
}

// postfixLibrary begins what OpenSSL said about the failure that the line before names the peer of (src/tls/tls_misc.c).
var postfixLibrary = []byte("warning: TLS library problem: ")

// postfixProgram finds "postfix/smtpd[20343]: " and what follows; a second word of the name is a service ("postfix/smtps/smtpd").
func postfixProgram(line []byte) (program string, text []byte, ok bool) {
	head := line[:min(len(line), 200)]
	i := bytes.Index(head, []byte("postfix"))
	if i < 0 || i > 0 && head[i-1] != ' ' {
		return "", nil, false
	}
	tag, _, ok := bytes.Cut(head[i:], []byte("]: "))
	name, pid, ok2 := bytes.Cut(tag, []byte("["))
	if !ok || !ok2 || !allDigits(string(pid)) || bytes.IndexByte(name, ' ') >= 0 {
		return "", nil, false
	}
	return string(name[bytes.LastIndexByte(name, '/')+1:]), line[i+len(tag)+3:], true
}

// postfixTexts are messages that say by themselves that they are Postfix's (src/tls/tls_server.c, tls_client.c, tls_misc.c).
var postfixTexts = []string{
	"SSL_accept error from ", "SSL_connect error to ", "lost connection after STARTTLS from ", "Anonymous TLS connection established ",
	"Trusted TLS connection established ", "Untrusted TLS connection established ", "Verified TLS connection established ", "certificate verification failed for ",
	"server certificate verification failed for ", "setting up TLS connection ", "Server certificate not ",
}

func postfixText(line []byte) bool {
	for _, t := range postfixTexts {
		if bytes.HasPrefix(line, []byte(t)) {
			return true
		}
	}
	return false
}

// postfixPeer reads "from host[10.0.0.7]" and "to host[10.0.0.9]:25".
func (r Record) postfixPeer(program string) Record {
	from, isFrom := between(r.Message, " from ", "]")
	to, isTo := between(r.Message, " to ", ": ")
	switch {
	case program == "smtp" || program == "lmtp" || program == "" && (isTo || strings.Contains(r.Message, "failed for ")):
		r.Contexts = append(r.Contexts, fact.ByClient)
		if relay, ok := between(r.Message, "relay=", ","); ok {
			to, isTo = relay, true
		} else if peer, ok := between(r.Message, "failed for ", ": "); ok {
			to, isTo = peer, true
		}
		if isTo && strings.Contains(to, "[") {
			r.Upstream = to
		}
	case isFrom && strings.Contains(from, "["):
		r.Contexts = append(r.Contexts, fact.ByServer)
		_, address, _ := strings.Cut(from, "[")
		r.Client = addressOf(address)
	case program == "smtpd" || program == "postscreen" || program == "tlsproxy":
		r.Contexts = append(r.Contexts, fact.ByServer)
	}
	r.Success = strings.Contains(r.Message, " TLS connection established ")
	return r
}

// dovecot reads lines of Dovecot, through syslog ("dovecot: imap-login: text") or in its own file ("Nov 22 00:00:45 imap-login:
// Info: text").
var dovecot = Dialect{
	ID:      "dovecot",
	Anchors: []string{"TLS", "SSL", "ssl", "ertificate"},
	Parse:   parseDovecot,
}

// dovecotServices begin what Dovecot's processes say, and where errors of its configuration stand.
var dovecotServices = []string{
	"imap-login: ", "pop3-login: ", "submission-login: ", "managesieve-login: ", "sieve-login: ", "lmtp: ", "lmtp(", "auth: ", "auth-worker(", "master: ", "config: ", "doveconf: ",
	"imap(", "pop3(", "imap-urlauth-login: ", "ssl-params: ", "director: ", "anvil: ", "log: ", "stats: ", "script-login: ",
}

// dovecotService: without a time or the program's name before it, only the name of a login process is telling.
func dovecotService(text string, sure bool) bool {
	for _, s := range dovecotServices {
		if strings.HasPrefix(text, s) && (sure || strings.HasSuffix(s, "-login: ")) {
			return true
		}
	}
	return false
}

func parseDovecot(line []byte, o *Options) (Record, bool) {
	r := Record{Product: "dovecot", Contexts: []fact.Context{fact.Mail, fact.ByServer}}
	at, line, timed := yearlessClock(line, o)
	r.At = at
	line, named := bytes.CutPrefix(line, []byte("dovecot: "))
	text := string(line)
	if !dovecotService(text, named || timed) {
		return r, false
	}
	if _, rest, ok := strings.Cut(text, ": "); ok {
		if level, after, ok := strings.Cut(rest, ": "); ok && isLevel(level) {
			r.Level, rest = strings.ToLower(level), after
		}
		r.Message = rest
	}
	if peer, ok := between(r.Message, "rip=", ","); ok {
		r.Client = addressOf(peer)
	}
	if own, ok := between(r.Message, "lip=", ","); ok {
		r.Server = own
	}
	r.Success = strings.HasPrefix(r.Message, "Login: ") && strings.Contains(r.Message, ", TLS")
	return r, true
}
