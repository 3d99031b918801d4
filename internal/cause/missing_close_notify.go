package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var missingCloseNotify = Cause{
	ID: "TW8004", Slug: "missing-close-notify", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "the peer ended the connection without the closing message of TLS, and this library takes that for an error",
	Why: "TLS has a message for saying good-bye (close_notify), so that nobody on the way can cut a transfer short unnoticed. The peer simply closed the " +
		"connection, as many programs do. OpenSSL 3 and GnuTLS report that as an error, older versions kept quiet, so that it shows after an upgrade. What was " +
		"received may be complete: the application must know by its length.",
	Check: "curl -v https://{host}:{port}/ and openssl s_client -connect {host}:{port}: the transfer is complete and the error comes at its very end; " +
		"if what arrived is shorter than announced, the connection broke",
	Cites: []string{
		"RFC 8446 §6.1 (close_notify)",
		"OpenSSL 3.0 migration guide: SSL_R_UNEXPECTED_EOF_WHILE_READING (0A000126), SSL_OP_IGNORE_UNEXPECTED_EOF",
		"GnuTLS: GNUTLS_E_PREMATURE_TERMINATION (-110)",
		"RFC 9112 §9.8 (TLS connection closure)",
	},
	Signs: []Sign{
		{Of: fact.NoCloseNotify, Weight: 10},
		{Of: fact.PeerAlert(0), Weight: 1},
	},
	Advice: []change.Change{
		change.New(change.CloseProperly, change.Server),
		change.New(change.UpgradeServer, change.Server, "why", "it ends connections without close_notify"),
		change.NotAdvised(change.IgnoreMissingClose, change.Client),
	},
}
