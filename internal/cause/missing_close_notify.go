package cause

import (
	"fmt"

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

// closesAtOnce is a note on a server that closed, or reset, the connection each time it was said good-bye to, without a word.
// RFC 5246 §7.2.1 demands a close_notify of its own; RFC 8446 §6.1 wants one before the end of what is sent.
func closesAtOnce(c *fact.Case) []Match {
	cutOff, whole := goodByes(c)
	run := ordinaryIn(c)
	sure := run.sure(cutOff, true)
	stood, fell := leftStanding(c)
	if whole > 0 || fell > 0 || sure == "" {
		return nil // it may be that the server, or the network, ended them without our word
	}
	if stood < 2 {
		sure = Likely
	}
	how := "the server closes the connection without one of its own"
	if cutOff[0].End.How == fact.EndReset {
		how = "the connection is reset"
	}
	m := Match{Sure: sure, Level: Note, Measured: true, Proof: []Proof{
		{Ref: cutOff[0].Ref, Says: fmt.Sprintf("our side says close_notify: %s, %d of %d times", how, len(cutOff), len(cutOff))}, run.proof(len(cutOff)),
	}}
	m.Changes = []change.Change{change.New(change.CloseProperly, change.Server)}
	return []Match{located(c, cutOff[0], m, "effect", ": strict libraries take that for an error")}
}

// goodByes are the connections that were ended by us: those cut off without an answer, and how many others there are.
func goodByes(c *fact.Case) (cutOff []*fact.Handshake, whole int) {
	for _, h := range c.Forced("close") {
		switch f, _ := h.Variant.Forcing(); {
		case f.Form == "control" || h.Finished != fact.Yes:
		case cut(h):
			cutOff = append(cutOff, h)
		default:
			whole++
		}
	}
	return cutOff, whole
}

// leftStanding counts connections that were left alone for a moment: those that stood, and those that did not.
func leftStanding(c *fact.Case) (stood, fell int) {
	for _, h := range c.Forced("close") {
		switch f, _ := h.Variant.Forcing(); {
		case f.Form != "control":
		case h.Progress() == fact.AtDone:
			stood++
		default:
			fell++
		}
	}
	return stood, fell
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
