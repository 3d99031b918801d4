package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var serverKeyExchangeSignature = Cause{
	ID: "TW4004", Slug: "server-key-exchange-signature", Since: "0.1",
	Phase: KeyExchange, Level: Breaks,
	Title: "the server's signature on its key exchange is not accepted ({scheme}): {reason}",
	Plain: "the server's signature on its key exchange is not accepted",
	Why: "The server signs its part of the key agreement, so that nobody can put another key in. The client could not accept this signature: it is made " +
		"with a method that is no longer trusted, or it does not fit the certificate that the server shows.",
	Check: "openssl s_client -connect {host}:{port} -tls1_2 -cipher 'ALL:@SECLEVEL=0' prints \"Peer signing digest\", or fails with \"bad signature\"",
	Cites: []string{
		"RFC 5246 §7.4.3", "RFC 9155 §2 to §4 (no MD5 and SHA-1)", "OpenSSL: SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED (0A00014D), SSL_R_BAD_SIGNATURE",
	},
	Decide: "the same, with the signature algorithm that the server signs with",
	Signs: []Sign{
		{Of: fact.LegacySignature, Weight: 7},
		{Of: fact.InternalError, In: []fact.Context{fact.ByClient, "in-key-exchange"}, Weight: 8},
		{Of: fact.BadSignature, Weight: 8},
		{Of: fact.PeerAlert(51), Weight: 6},
		{Of: fact.OwnAlert(51), Weight: 6},
	},
	Hides: []string{"peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferSignature, change.Server, "scheme", "rsa_pss_rsae_sha256"),
		change.New(change.UpgradeServer, change.Server, "why", "it signs with SHA-1 or MD5, or wrongly"),
		change.NotAdvised(change.AllowSHA1, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		if m, ok := refusedDigest(c); ok {
			h := c.Base()
			m = located(c, h, m, "scheme", schemeName(h.Key.Scheme), "reason", "its digest is refused")
			m.Changes = []change.Change{
				change.New(change.OfferSignature, change.Server, "scheme", fittingScheme(h.Client.Signatures, keyType(h))),
				change.New(change.UpgradeServer, change.Server, "why", "it signs with SHA-1 or MD5 although better was offered"),
				change.NotAdvised(change.AllowSHA1, change.Client),
			}
			return []Match{m}
		}
		h := unfitSignature(c)
		if h == nil {
			return nil
		}
		m := Match{Sure: Likely, Proof: []Proof{{Ref: h.Ref, Says: "the signature of " + itoa(len(h.Key.Signature)) + " bytes does not verify: " + orElse(h.End.Detail, h.End.Reason)}}}
		m = located(c, h, m, "scheme", schemeName(h.Key.Scheme), "reason", "it does not verify under the certificate's key")
		m.Changes = []change.Change{
			change.New(change.MatchKey, change.Server),
			change.New(change.UpgradeServer, change.Server, "why", "its TLS implementation, or the device that holds its key, signs wrongly"),
		}
		return []Match{m}
	},
}

// refusedDigest: in TLS 1.2 the server signed with SHA-1 or MD5 and the client broke off. Before TLS 1.2 there is
// nothing else, and the version is the cause.
func refusedDigest(c *fact.Case) (Match, bool) {
	h := brokeOff(c, "weak-signature")
	if h == nil || h.Client == nil || h.Server == nil || h.Key == nil || h.Server.Version < wire.TLS12 {
		return Match{}, false
	}
	e := experiment{variant: allSignatures, weight: 9, flipped: "with SHA-1 signatures accepted, the client goes on"}
	if slices.Contains(h.Client.Signatures, h.Key.Scheme) { // it lists the scheme and refuses it all the same
		e.variant = fact.Variant{Kind: fact.Accept, Value: "weak-signature"}
	}
	if m, ok := e.try(c); ok {
		return m, true
	}
	m := stated(h, "the server signs with "+schemeName(h.Key.Scheme)+", and "+ending(h))
	m.Sure = Likely
	return m, true
}

// unfitSignature is the handshake of TLS 1.2 or older that died of a signature that does not verify, although type and
// length fit the certificate's key: otherwise the key is another one, and key-does-not-match-certificate says so.
func unfitSignature(c *fact.Case) *fact.Handshake {
	h := brokeOff(c, wire.ReasonBadSignature)
	if h == nil || h.Server == nil || h.Server.Version >= wire.TLS13 || h.Key == nil || h.Chain.Leaf() == nil || foreignKey(h) != "" {
		return nil
	}
	return h
}
