package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var proxyRefusedConnect = Cause{
	ID: "TW1010", Slug: "proxy-refused-connect", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "the proxy refuses the tunnel: {reply}",
	Plain: "the proxy refuses the tunnel to the server",
	Why: "The client does not reach the server itself but asks a proxy to pass its bytes on. The proxy answered that it will not, or cannot: the destination or its port is " +
		"not allowed, the proxy wants a login, or it cannot reach the server. TLS has not begun, although clients report it as a TLS failure.",
	Check: "curl -v -x http://{host}:{port} https://DESTINATION/ shows the proxy's answer to CONNECT",
	Cites: []string{"RFC 9110 §9.3.6 (CONNECT)", "RFC 9110 §15.5.8 (407)", "RFC 1928 §6 (SOCKS replies)"},
	Signs: []Sign{
		{Of: fact.TunnelRefused, Weight: 10},
		{Of: fact.BrokeInHandshake, Weight: 3},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByClient}, Weight: 3},
	},
	Hides: []string{"not-a-tls-problem"},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Network, "what", "the proxy's rule for this destination and port, or a login for it"),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || !h.TunnelRefused() {
			return nil
		}
		reply := "no reason given"
		if s := h.Said; s != nil {
			reply = orElse(strings.TrimSpace(strings.TrimPrefix(itoa(s.ErrorCode), "0")+" "+printable([]byte(s.ErrorText))), reply)
		}
		m := located(c, h, Match{Sure: Proven, Proof: []Proof{{Ref: endRef(h), Says: "the proxy answers: " + reply}}}, "reply", reply)
		m.Changes = []change.Change{
			change.New(change.AskOwner, change.Network, "what", "the proxy's rule for this destination and port, or a login for it"),
		}
		return []Match{m}
	},
}
