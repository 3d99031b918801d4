package words

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// proxyCodes reads what proxies and servers write as codes: numbers of messages, HAProxy's termination state, and the
// seats of nginx, Apache httpd and HAProxy, which lie beside the message.
func proxyCodes(clean string, r *Reading) {
	vendorNumbers(clean, r)
	nginxSeat(clean, r)
	apacheSeat(clean, r)
	haproxySeat(clean, r)
	haproxyState(clean, r)
}

// nginxSeat: nginx ends a message with what it was doing. "while SSL handshaking" is said of a client, and
// "while SSL handshaking to upstream" of the upstream; a line cut off behind these words has no ", client:" to tell.
func nginxSeat(clean string, r *Reading) {
	const doing = "while SSL handshaking"
	for rest := clean; ; {
		i := strings.Index(rest, doing)
		if i < 0 {
			return
		}
		rest = rest[i+len(doing):]
		if !strings.HasPrefix(rest, " to upstream") {
			r.Contexts = append(r.Contexts, fact.ByServer, fact.Web, "nginx")
			return
		}
	}
}

// apacheSeat: mod_ssl writes [client ADDRESS] where it is the server, and [remote ADDRESS] where mod_proxy is the client
// (server/log.c, ap_log_cerror and the error log format's %a).
func apacheSeat(clean string, r *Reading) {
	at := strings.Index(clean, "[ssl:")
	if at < 0 {
		return
	}
	client, remote := strings.Index(clean[at:], "[client "), strings.Index(clean[at:], "[remote ")
	switch {
	case remote >= 0 && (client < 0 || remote < client):
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream, fact.Web, "apache")
	case client >= 0:
		r.Contexts = append(r.Contexts, fact.ByServer, fact.Web, "apache")
	}
}

// haproxySeat: what breaks while a connection is being accepted is logged behind "FRONTEND/LISTENER: "
// (src/session.c, session_prepare_log_prefix). Health checks print the same words in quotes.
func haproxySeat(clean string, r *Reading) {
	for _, say := range [...]string{"SSL handshake failure", " during SSL handshake"} {
		at := strings.Index(clean, say)
		if at < 0 {
			continue
		}
		colon := strings.LastIndex(clean[:at], ": ")
		slash := strings.LastIndex(clean[:max(colon, 0)], "/")
		if slash >= 0 && slash+1 < colon && !strings.Contains(clean[slash+1:colon], " ") && strings.Contains(clean[:slash], "] ") {
			r.Contexts = append(r.Contexts, fact.ByServer, fact.Web, "haproxy")
		}
	}
}

// haproxyState reads the four letters of an HTTP log line, behind the two captured cookies that are mostly "-"
// (HAProxy configuration manual, section 8.5): the first says who ended the session, the second when.
func haproxyState(clean string, r *Reading) {
	_, rest, ok := strings.Cut(clean, " - - ")
	if !ok || len(rest) < 5 || rest[4] != ' ' || strings.Trim(rest[2:4], "-NIDVEPORUX") != "" {
		return
	}
	is, by := sessionEnd(rest[:2])
	if by == "" {
		return
	}
	r.Say(is)
	r.Contexts = append(r.Contexts, fact.Web, "haproxy")
	if by == fact.ByClient {
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
		return
	}
	r.Contexts = append(r.Contexts, by)
}

// sessionEnd: what the first two letters of a termination state say, and in which seat HAProxy was.
func sessionEnd(state string) (fact.Symptom, fact.Context) {
	switch state {
	case "SC": // refused, reset or a failed handshake: the log does not tell which
		return fact.CannotConnect, fact.ByClient
	case "sC":
		return fact.ConnectTimeout, fact.ByClient
	case "SH", "SD", "SL":
		return fact.Closed, fact.ByClient
	case "sH", "sD", "sL":
		return fact.TimedOut, fact.ByClient
	case "CC", "CD", "CH", "CL", "CR":
		return fact.Closed, fact.ByServer
	case "cD", "cH", "cL", "cR":
		return fact.TimedOut, fact.ByServer
	case "PR":
		return fact.NotThisProtocol, fact.ByServer
	}
	return "", ""
}
