package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificatePinMismatch = Cause{
	ID: "TW5106", Slug: "certificate-pin-mismatch", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client expects one exact certificate or key, and the server shows another",
	Why: "This client does not only ask who vouches for the server: it was told which certificate, or which public key, it must see (pinning). The server shows " +
		"another one. Most often the certificate was renewed and the client still has the former one; it is also what somebody in between would look like, so " +
		"compare before changing anything.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -fingerprint -sha256 -dates on a network that you trust, " +
		"and the same of the file the client has; for a pinned public key: openssl x509 -noout -pubkey, then openssl pkey -pubin -outform der | openssl dgst " +
		"-sha256 -binary | base64",
	Cites: []string{
		"Microsoft.Data.SqlClient, SqlConnectionStringBuilder.ServerCertificate",
		"curl: CURLE_SSL_PINNEDPUBKEYNOTMATCH (90)",
		"RFC 7469 §2.4 (a pin is a digest of the public key)",
		"OWASP Pinning Cheat Sheet",
	},
	Signs: []Sign{
		{Of: fact.PinMismatch, Weight: 10},
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.KeyNotPinned)
		if !ok {
			return nil
		}
		m := f.match(c, "without the pin")
		m.Proof = append(m.Proof, f.seen("public key sent: "+f.p.Detail+"; the client demands "+strings.Join(f.p.Names, " or ")))
		m.Changes = []change.Change{
			change.New(change.AskOwner, change.Owner, "what", "whether the certificate was renewed, and its fingerprint"),
			change.New(change.UpdatePin, change.Client),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Owner, "what", "whether the certificate was renewed, and its fingerprint"),
		change.New(change.UpdatePin, change.Client),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
}
