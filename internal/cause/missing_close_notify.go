package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var missingCloseNotify = Cause{
	ID: "TW8004", Slug: "missing-close-notify", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "the peer ends connections without the closing message of TLS{effect}",
	Plain: "the peer ended the connection without the closing message of TLS, and this library takes that for an error",
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
	Match: closesAtOnce,
}

// closesAtOnce is a note on a server that closed, or reset, the connection when it was said good-bye to, without a word.
// RFC 5246 §7.2.1 demands a close_notify of its own; RFC 8446 §6.1 wants one before the end of what is sent.
func closesAtOnce(c *fact.Case) []Match {
	for _, h := range c.Forced("close") {
		if h.Finished != fact.Yes || !cut(h) {
			continue
		}
		how := "the server closes the connection without one of its own"
		if h.End.How == fact.EndReset {
			how = "the connection is reset"
		}
		m := Match{Sure: Proven, Level: Note, Measured: true, Proof: []Proof{{Ref: h.Ref, Says: "our side says close_notify: " + how}}}
		m.Changes = []change.Change{change.New(change.CloseProperly, change.Server)}
		return []Match{located(c, h, m, "effect", ": strict libraries take that for an error")}
	}
	return nil
}

// checkedClose says that the server ends connections as it should.
func checkedClose(c *fact.Case) []string {
	for _, h := range c.Forced("close") {
		if h.Finished == fact.Yes && h.End.How == fact.EndAlert && h.End.By == wire.ServerSide && h.End.Alert == wire.AlertCloseNotify {
			return []string{"the server answers the closing message of TLS (close_notify) with its own"}
		}
	}
	return nil
}
