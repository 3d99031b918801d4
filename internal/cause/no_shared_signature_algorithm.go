package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var noSharedSignatureAlgorithm = Cause{
	ID: "TW3009", Slug: "no-shared-signature-algorithm", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "client and server have no signature algorithm in common; the server signs with {scheme}",
	Plain: "client and server have no signature algorithm in common",
	Why: "The server proves with a signature that its certificate is its own. The client lists the kinds of signature it accepts, and the server can make " +
		"none of them. Often SHA-1 is all that an old server can do, and new clients no longer accept it; or the key is of a kind the client does not know.",
	Check: "openssl s_client -connect {host}:{port} -sigalgs 'RSA+SHA1:RSA+SHA256:ECDSA+SHA256:ed25519' -cipher 'ALL:@SECLEVEL=0' shows the server's choice (Peer signature type)",
	Cites: []string{
		"RFC 8446 §4.2.3", "RFC 5246 §7.4.1.4.1", "RFC 9155 (no MD5 and SHA-1 signatures)", "Go 1.25 release notes: crypto/tls refuses SHA-1 signatures in TLS 1.2",
		"Microsoft: error 10054 on SQL Server connections, scenario 4 (SHA512 certificates)",
	},
	Decide: "the same with every signature algorithm offered",
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 6},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.NoSharedSignature, Weight: 9},
		{Of: fact.NoSharedSignature, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.LegacySignature, Weight: 6},
		{Of: fact.InternalError, In: []fact.Context{fact.ByClient, "in-key-exchange"}, Weight: 7},
		{Of: fact.PeerAlert(40), Weight: 4},
		{Of: fact.PeerAlert(40), In: []fact.Context{"go"}, Weight: 4},
	},
	Hides: []string{"closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.OfferSignature, change.Server, "scheme", "rsa_pss_rsae_sha256"),
		change.New(change.ReissueStronger, change.Server, "need", "RSA 2048 bits or ECDSA P-256, and SHA-256"),
		change.New(change.UpgradeServer, change.Server, "why", "it can only sign with what was withdrawn"),
		change.NotAdvised(change.AllowSHA1, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		e := experiment{variant: allSignatures, weight: 6, flipped: "with every signature algorithm offered, the server goes on; it signs with {scheme}"}
		m, ok := lacking(c, 4, e, func(m missing) bool { return m.signature })
		if !ok {
			m, ok = unofferedScheme(c, e)
		}
		if !ok {
			return nil
		}
		t := answered(c, allSignatures, wide)
		if t == nil {
			t = h
		}
		scheme := chosenScheme(t)
		m = located(c, h, m, "scheme", schemeName(scheme))
		m.Changes = signatureChanges(h.Client, t, scheme)
		return []Match{m}
	},
}

// unofferedScheme: the server signed with what the client did not list, and the client broke off.
func unofferedScheme(c *fact.Case, e experiment) (Match, bool) {
	if h := brokeOff(c, wire.ReasonUnofferedScheme); h == nil || h.Client == nil {
		return Match{}, false
	}
	e.weight = 9
	return e.try(c)
}

// schemeName is the signature scheme in words; TLS 1.3 does not show it.
func schemeName(scheme uint16) string {
	if scheme == 0 {
		return "one that this client does not list"
	}
	return names.Scheme(scheme)
}

// weakDigest reports whether a scheme signs with SHA-1 or MD5.
func weakDigest(scheme uint16) bool { return scheme>>8 == 1 || scheme>>8 == 2 }

// signatureChanges: the server learns one of the client's algorithms, or the client one of the server's.
func signatureChanges(h *wire.ClientHello, answer *fact.Handshake, scheme uint16) []change.Change {
	all := []change.Change{change.New(change.OfferSignature, change.Server, "scheme", fittingScheme(h.Signatures, keyType(answer)))}
	switch {
	case weakDigest(scheme):
		all = append(all, change.NotAdvised(change.AllowSHA1, change.Client))
	case scheme != 0:
		all = append(all, change.New(change.OfferSignature, change.Client, "scheme", names.Scheme(scheme)))
	}
	return all
}

func keyType(h *fact.Handshake) string {
	if h == nil || h.Chain.Leaf() == nil {
		return ""
	}
	return h.Chain.Leaf().KeyType
}

// fittingScheme is the first algorithm of a client's list that a key of this type can sign with.
func fittingScheme(offered []uint16, keyType string) string {
	for _, s := range offered {
		low := s & 0xff
		rsa := s>>8 == 8 && low >= 4 && low <= 6 || s>>8 < 8 && low == 1
		ecdsa := s>>8 < 8 && low == 3
		if !weakDigest(s) && (keyType == "" || keyType == "RSA" && rsa || keyType == "ECDSA" && ecdsa) {
			return names.Scheme(s)
		}
	}
	return "rsa_pss_rsae_sha256"
}
