package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var sniMissing = Cause{
	ID: "TW3112", Slug: "sni-missing", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the client does not say which name it wants (no SNI), and the server needs that",
	Why: "Many names can live on one address. A client says which one it means at the very start (server name indication, SNI). This client " +
		"sends none, so the server refuses, or answers with the certificate of a default host that is not the one meant.",
	Check: "openssl s_client -connect {host}:{port} -noservername fails, with -servername {host} it connects",
	Cites: []string{
		"RFC 6066 §3 (server_name; unrecognized_name, alert 112)", "RFC 8446 §9.2 (a server may demand server_name)",
		"nginx ngx_http_ssl_module: ssl_reject_handshake", "nginx ngx_http_proxy_module: proxy_ssl_server_name, off by default",
	},
	Hides: []string{"hostname-mismatch", "certificate-without-san", "self-signed-certificate", "ca-not-trusted", "missing-intermediate",
		"sni-selects-other-certificate", "closed-after-hello", "silent-after-hello"},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || h.Client == nil || h.Client.ServerName != "" || h.Completed() {
			return nil
		}
		m, ok := withoutName(c, h)
		if !ok {
			return nil
		}
		m.About, m.Args = about(c, h), where(c, h)
		m.Changes = []change.Change{change.New(change.SendServerName, change.Client, "name", c.Question.Host)}
		if isAddress(c.Question.Host) {
			m.Changes = []change.Change{
				change.New(change.UseName, change.Client),
				change.New(change.AskOwner, change.Owner, "what", "the host name to connect to in place of "+c.Question.Host),
			}
		}
		return []Match{m}
	},
}

// withoutName: the server refused a hello without a name, or answered it with a certificate that does not fit.
func withoutName(c *fact.Case, h *fact.Handshake) (Match, bool) {
	if refused := atHello(c); refused != nil {
		return refusedWithoutName(c, refused)
	}
	f, ok := wrongName(c)
	if !ok || isAddress(c.Question.Host) || c.Question.Host == "" {
		return Match{}, false
	}
	return bySNI(c, f, fact.Variant{Kind: fact.ServerName, Value: c.Question.Host}, 9)
}

// refusedWithoutName asks for the hello with the target's name. Alert 112 stands for itself when that cannot be
// tried or does not help: it says that the server looked for a name it knows.
func refusedWithoutName(c *fact.Case, h *fact.Handshake) (Match, bool) {
	says := Proof{Ref: h.Ref, Says: "no server name was sent, and " + ending(h)}
	named := alerted(h, 112)
	if isAddress(c.Question.Host) || c.Question.Host == "" {
		return Match{Sure: Proven, Proof: []Proof{says}}, named
	}
	e := experiment{variant: fact.Variant{Kind: fact.ServerName, Value: c.Question.Host}, weight: weightWithoutName(h),
		flipped: "with the server name " + c.Question.Host + " the server answers"}
	m, ok := e.try(c)
	if ok || !named || c.Mixed() {
		return m, ok
	}
	m = Match{Sure: Likely, Proof: []Proof{says}}
	if t := c.Tried(e.variant); t != nil {
		m.Against = []Proof{{Ref: t.Ref, Says: "with the server name " + c.Question.Host + ": " + ending(t)}}
	}
	return m, true
}

// weightWithoutName: how a server without a default host ends a hello without a name: alert 112 (nginx, HAProxy), 40
// or 80 (Go, cloud front ends), or a close.
func weightWithoutName(h *fact.Handshake) int {
	switch {
	case alerted(h, 112):
		return 10
	case alerted(h, 40, 80), cut(h):
		return 9
	case silent(h):
		return 6
	}
	return 3
}
