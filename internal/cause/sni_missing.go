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
	Decide: "the same with the server name sent",
	Signs: []Sign{
		{Of: fact.EOFInHandshake, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 5},
		{Of: fact.ResetInHandshake, Weight: 3},
		{Of: fact.BrokeInHandshake, Weight: 3},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.NotTLS, Weight: 1},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient}, Weight: 1},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 2},
		{Of: fact.UnrecognizedName, Weight: 8},
		{Of: fact.NoNameSent, Weight: 10},
		{Of: fact.OtherHostSameConn, Weight: 3},
		{Of: fact.HandshakeFailed, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.HealthCheck}, Weight: 6},
		{Of: fact.PeerAlert(40), Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 8},
		{Of: fact.PeerAlert(40), In: []fact.Context{"java"}, Weight: 4},
		{Of: fact.PeerAlert(40), In: []fact.Context{"go"}, Weight: 5},
		{Of: fact.PeerAlert(80), Weight: 5},
		{Of: fact.PeerAlert(80), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 7},
		{Of: fact.PeerAlert(80), In: []fact.Context{fact.ByClient, "curl"}, Weight: 6},
		{Of: fact.PeerAlert(80), In: []fact.Context{"mongodb"}, Weight: 3},
		{Of: fact.PeerAlert(112), Weight: 8},
		{Of: fact.PeerAlert(112), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 9},
		{Of: fact.PeerAlert(112), In: []fact.Context{"java"}, Weight: 7},
		{Of: fact.PeerAlert(112), In: []fact.Context{"go"}, Weight: 7},
		{Of: fact.PeerAlert(112), In: []fact.Context{"curl"}, Weight: 7},
		{Of: fact.OwnAlert(112), Weight: 4},
	},
	Hides: []string{"hostname-mismatch", "certificate-without-san", "self-signed-certificate", "ca-not-trusted", "missing-intermediate",
		"sni-selects-other-certificate", "closed-after-hello", "silent-after-hello"},
	Written: writtenNoName,
	Advice: []change.Change{
		change.New(change.SendServerName, change.Client),
		change.New(change.UseName, change.Client),
	},
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
