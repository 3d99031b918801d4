package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var clientCertificateMissing = Cause{
	ID: "TW6101", Slug: "client-certificate-missing", Since: "0.1",
	Phase: ClientAuth, Level: Breaks,
	Title: "the server demands a client certificate and gets none",
	Why: "Usually only the server shows a certificate. This one wants to know who the client is as well (mutual TLS), asked for the client's " +
		"certificate, got an empty answer and ended the connection. With TLS 1.3 that comes only after the client believes it is connected.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null shows Acceptable client certificate CA names; with -cert and -key it connects",
	Cites: []string{
		"RFC 8446 §4.4.2.4, §6.2 (certificate_required, alert 116)", "RFC 5246 §7.4.6 (handshake_failure for want of a certificate)",
		"Go crypto/tls handshake_server.go (bad_certificate below TLS 1.3)", "PostgreSQL manual, Certificate Authentication",
	},
	Decide: "what the server does when it gets no client certificate",
	Signs: []Sign{
		{Of: fact.EOFInHandshake, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
		{Of: fact.HandshakeFailed, Weight: 3},
		{Of: fact.ClientCertDemanded, Weight: 10},
		{Of: fact.NoPeerCert, Weight: 10},
		{Of: fact.NoPeerCert, In: []fact.Context{fact.ByServer}, Weight: 10},
		{Of: fact.PeerAlert(40), Weight: 6},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 6},
		{Of: fact.PeerAlert(40), In: []fact.Context{"java"}, Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{"go"}, Weight: 5},
		{Of: fact.PeerAlert(41), Weight: 9},
		{Of: fact.PeerAlert(42), Weight: 6},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByClient}, Weight: 7},
		{Of: fact.PeerAlert(42), In: []fact.Context{"go"}, Weight: 4},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.PeerAlert(49), Weight: 6},
		{Of: fact.PeerAlert(80), Weight: 4},
		{Of: fact.PeerAlert(80), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 3},
		{Of: fact.PeerAlert(100), Weight: 3},
		{Of: fact.PeerAlert(116), Weight: 10},
		{Of: fact.OwnAlert(40), Weight: 3},
		{Of: fact.OwnAlert(42), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.OwnAlert(116), Weight: 10},
	},
	Hides: []string{"closed-after-hello", "keys-disagree"},
	Advice: []change.Change{
		change.New(change.PresentCertificate, change.Client),
		change.New(change.AskOwner, change.Owner, "what", "a client certificate, or access without one"),
	},
	Match: func(c *fact.Case) []Match {
		h := refusedClient(c)
		if h == nil || !(alerted(h, wire.AlertCertificateRequired) || c.Question.OwnCert.Leaf() == nil && refusedVaguely(h)) {
			return nil
		}
		m := located(c, h, stated(h, "the server asks for a client certificate; after the answer that there is none, "+ending(h)))
		if c.Question.OwnCert.Leaf() != nil { // a real client keeps it back when it suits no scheme or CA of the request
			m.Proof[0].Says = "the server says it got no certificate although the client has one: none of the kinds it asks for"
		}
		if cut(h) {
			if c.Mixed() {
				return nil // without a certificate it would fail every time
			}
			m.Sure = Likely
		}
		if names := acceptable(h.Request); len(names) > 0 {
			m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: "CAs it accepts: " + list(names)})
			m.Args["issuer"] = list(names)
		}
		m.Changes = []change.Change{
			change.New(change.PresentCertificate, change.Client, given("issuer", m.Args["issuer"])...),
			change.New(change.AskOwner, change.Owner, "what", "a client certificate, or access without one"),
		}
		return []Match{m}
	},
}
