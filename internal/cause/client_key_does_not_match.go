package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientKeyDoesNotMatch = Cause{
	ID: "TW9201", Slug: "client-key-does-not-match", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "the client's private key does not belong to its certificate {subject}",
	Plain: "the client's private key does not belong to its certificate",
	Why: "A certificate and its private key are made as a pair; with the key the client proves that the certificate is its own. The two files " +
		"given here are not a pair, for instance after a renewal that replaced only one of them. Most programs refuse to start like that.",
	Check: "openssl x509 -in CERT -noout -pubkey and openssl pkey -in KEY -pubout must print the same",
	Cites: []string{
		"OpenSSL X509_check_private_key(3): key values mismatch", "Go crypto/tls X509KeyPair: private key does not match public key",
		"RFC 8446 §4.4.3 (decrypt_error, alert 51)",
	},
	Signs: []Sign{
		{Of: fact.BadSignature, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.KeyMismatch, In: []fact.Context{"libpq"}, Weight: 10},
		{Of: fact.PeerAlert(51), Weight: 5},
		{Of: fact.OwnAlert(51), Weight: 3},
		{Of: fact.KeyMismatch, In: []fact.Context{fact.ByClient}, Weight: 10},
		{Of: fact.FileBad, In: []fact.Context{"mysql"}, Weight: 4},
	},
	Hides:   []string{"client-certificate-untrusted", "client-certificate-missing", "keys-disagree"},
	Written: writtenClientKeyMismatch,
	Advice: []change.Change{
		change.New(change.MatchKey, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		own, h := c.Question.OwnCert.Leaf(), c.Base()
		if c.Question.OwnKeyOK != fact.No || h == nil {
			return nil
		}
		m := located(c, h, Match{Sure: Proven, Level: WillBreak}, "subject", called(own))
		m.Proof = []Proof{{Ref: fact.Ref{Kind: "computed", At: h.Ref.At, Name: "the pair compared"},
			Says: "the public key of the certificate is not that of the private key"}}
		if refused := refusedClient(c); refused != nil {
			m.Level = ""
			m.Proof = append(m.Proof, Proof{Ref: refused.Ref, Says: ending(refused) + ", in answer to the client's certificate and proof"})
		}
		m.Changes = []change.Change{change.New(change.MatchKey, change.Client)}
		return []Match{m}
	},
}
