package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientCertificateUntrusted = Cause{
	ID: "TW6102", Slug: "client-certificate-untrusted", Since: "0.1",
	Phase: ClientAuth, Level: Breaks,
	Title: "the server does not trust the CA behind the client's certificate, {issuer}",
	Plain: "the server does not accept the client's certificate: it does not trust its CA",
	Why: "The server checks the client's certificate as a client checks a server's: an authority on the server's own list must have signed it. " +
		"This one's did not, or an intermediate certificate that belongs to it was not sent along by the client.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -cert CERT -key KEY </dev/null: compare Acceptable client certificate CA " +
		"names with openssl x509 -in CERT -noout -issuer",
	Cites: []string{
		"RFC 8446 §6.2 (unknown_ca, alert 48)", "RFC 8446 §4.2.4 (certificate_authorities)",
		"nginx ngx_http_ssl_module: ssl_client_certificate, ssl_verify_depth", "PostgreSQL manual, ssl_ca_file",
	},
	Decide: "which CAs the server accepts, with --cert and --key",
	Signs: []Sign{
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.ByServer}, Weight: 10},
		{Of: fact.LeafUnverified, In: []fact.Context{fact.ByServer}, Weight: 10},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.SelfSignedRoot, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.CertRevoked, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.ClientCertDemanded, Weight: 4},
		{Of: fact.PeerAlert(42), Weight: 7},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByClient}, Weight: 8},
		{Of: fact.PeerAlert(42), In: []fact.Context{"go"}, Weight: 6},
		{Of: fact.PeerAlert(44), Weight: 4},
		{Of: fact.PeerAlert(44), In: []fact.Context{fact.ByClient}, Weight: 7},
		{Of: fact.PeerAlert(46), Weight: 5},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByClient}, Weight: 9},
		{Of: fact.PeerAlert(48), Weight: 7},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByClient}, Weight: 10},
		{Of: fact.PeerAlert(49), Weight: 7},
		{Of: fact.OwnAlert(42), Weight: 5},
		{Of: fact.OwnAlert(42), In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.OwnAlert(48), In: []fact.Context{fact.ByServer}, Weight: 10},
	},
	Hides: []string{"keys-disagree"},
	Advice: []change.Change{
		change.New(change.PresentCertificate, change.Client),
		change.New(change.TrustClientCA, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		h, own := refusedClient(c), c.Question.OwnCert.Leaf()
		if h == nil || own == nil {
			return nil
		}
		m := located(c, h, stated(h, ending(h)+", in answer to the client's certificate"), "issuer", own.Issuer, "subject", called(own))
		switch on := listed(h.Request, c.Question.OwnCert); {
		case alerted(h, alertUnknownCA):
		case alerted(h, 116) || !refusedVaguely(h) || ownFault(c, h) || cut(h) && c.Mixed():
			return nil
		case on == fact.Yes:
			m.Sure = Possible
			m.Against = []Proof{{Ref: h.Ref, Says: "the server lists this issuer among the CAs it accepts"}}
		default:
			m.Sure = Likely
		}
		if names := acceptable(h.Request); len(names) > 0 {
			m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: "CAs the server accepts: " + list(names) + "; the certificate is of " + own.Issuer})
		}
		m.Changes = []change.Change{
			change.New(change.TrustClientCA, change.Server, "issuer", own.Issuer),
			change.New(change.PresentCertificate, change.Client, given("issuer", list(acceptable(h.Request)))...),
		}
		return []Match{m}
	},
}
