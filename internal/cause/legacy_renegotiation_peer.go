package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var legacyRenegotiationPeer = Cause{
	ID: "TW3012", Slug: "legacy-renegotiation-peer", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "the server lacks secure renegotiation (RFC 5746)",
	Why: "In 2009 a hole was found in how TLS connections change their keys; the repair is called secure renegotiation. This server does not have it. " +
		"OpenSSL 3 and programs built on it refuse such servers unless told otherwise; older ones connect all the same.",
	Check: "openssl s_client -connect {host}:{port} -legacy_server_connect prints \"Secure Renegotiation IS NOT supported\"; without the option OpenSSL 3 fails",
	Cites: []string{
		"RFC 5746 §3.4, §4.1", "CVE-2009-3555", "OpenSSL 3.0 migration guide: SSL_OP_LEGACY_SERVER_CONNECT is off; 0A000152 unsafe legacy renegotiation disabled",
	},
	Decide: "the same, taking a peer without secure renegotiation",
	Signs: []Sign{
		{Of: fact.UnsafeRenegotiation, Weight: 10},
		{Of: fact.PeerAlert(100), Weight: 8},
	},
	Advice: []change.Change{
		change.New(change.SecureRenegotiation, change.Server),
		change.New(change.UpgradeServer, change.Server, "why", "its TLS library is older than 2010, or the repair was switched off"),
		change.NotAdvised(change.AllowLegacyRenegotiation, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		m, ok := unsafeRenegotiation(c)
		if !ok {
			return nil
		}
		m = located(c, c.Base(), m)
		m.Changes = []change.Change{
			change.New(change.SecureRenegotiation, change.Server),
			change.New(change.UpgradeServer, change.Server, "why", "its TLS library is older than 2010, or the repair was switched off"),
			change.NotAdvised(change.AllowLegacyRenegotiation, change.Client),
		}
		return []Match{m}
	},
}

// unsafeRenegotiation: the client refused the server for it, or bears it.
func unsafeRenegotiation(c *fact.Case) (Match, bool) {
	if h := brokeOff(c, "no-secure-renegotiation"); h != nil {
		e := experiment{variant: fact.Variant{Kind: fact.Accept, Value: "legacy-renegotiation"}, weight: 9,
			flipped: "with unsafe renegotiation accepted, the client goes on with this server"}
		if flips(c, e.variant) == fact.No { // something else is wrong too, but this is what the client refuses first
			m := stated(h, "the ServerHello carries no renegotiation_info, and "+ending(h))
			m.Sure = Likely
			return m, true
		}
		return e.try(c)
	}
	h := before13(c)
	if h == nil || !h.Client.Renegotiation || h.Server.Renegotiation {
		return Match{}, false
	}
	m := stated(h, "the client offers it and the server does not take it up; this client bears that")
	m.Level = Weak
	return m, true
}
