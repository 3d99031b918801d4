package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var peerImplementationBug = Cause{
	ID: "TW8009", Slug: "peer-implementation-bug", Since: "0.1",
	Phase: Session, Level: Breaks, Residual: true,
	Title: "the {who} breaks the rules of TLS: {what}{rate}",
	Plain: "the other side breaks the rules of TLS",
	Why: "What the server does cannot be right, whatever its settings are: the program that speaks TLS on its side, or a device that sits in between, has a defect. " +
		"No setting of the client can repair that; an update of the server's program or its replacement can.",
	Check: "openssl s_client -connect {host}:{port} -msg, and another client such as gnutls-cli: the same defect shows with each",
	Cites: []string{"RFC 8446 §4.1.3, §4.1.4, §6.2", "RFC 5246 §7.4.1.3", "RFC 8422 §5.10 (leading zeros of an ECDHE secret are kept)",
		"RFC 8017 §7.2.1 (an RSA ciphertext is as long as the modulus)", "RFC 6066 §4, RFC 8449 §4 (sizes of records)"},
	Signs: []Sign{
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer, "behind-proxy"}, Weight: 7},
		{Of: fact.CipherRefused, Weight: 4},
		{Of: fact.BadKeyShare, Weight: 5},
		{Of: fact.BadKeyShare, In: []fact.Context{fact.ByClient}, Weight: 6},
		{Of: fact.BadKeyShare, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.BadExtension, Weight: 7},
		{Of: fact.BadExtension, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.DecodeError, Weight: 8},
		{Of: fact.DecodeError, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.DecodeError, In: []fact.Context{"erlang"}, Weight: 8},
		{Of: fact.DecodeError, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 6},
		{Of: fact.UnexpectedMessage, Weight: 8},
		{Of: fact.UnexpectedMessage, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.InternalError, Weight: 7},
		{Of: fact.InternalError, In: []fact.Context{fact.ByServer, "nginx"}, Weight: 7},
		{Of: fact.BadSignature, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.BadRecordMAC, Weight: 6},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.Database}, Weight: 5},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.BadFinished, Weight: 5},
		{Of: fact.ResumptionFailed, Weight: 3},
		{Of: fact.PeerAlert(10), Weight: 8},
		{Of: fact.PeerAlert(20), Weight: 5},
		{Of: fact.PeerAlert(21), Weight: 6},
		{Of: fact.PeerAlert(22), Weight: 7},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(47), Weight: 6},
		{Of: fact.PeerAlert(50), Weight: 7},
		{Of: fact.PeerAlert(80), Weight: 7},
		{Of: fact.PeerAlert(80), In: []fact.Context{fact.ByClient, fact.ToUpstream}, Weight: 6},
		{Of: fact.PeerAlert(80), In: []fact.Context{fact.ByClient, "curl"}, Weight: 7},
		{Of: fact.PeerAlert(80), In: []fact.Context{"mongodb"}, Weight: 4},
		{Of: fact.PeerAlert(109), Weight: 6},
		{Of: fact.PeerAlert(110), Weight: 8},
		{Of: fact.OwnAlert(47), Weight: 6},
		{Of: fact.OwnAlert(50), Weight: 8},
		{Of: fact.OwnAlert(10), In: []fact.Context{"schannel"}, Weight: 5},
		{Of: fact.OwnAlert(20), Weight: 4},
		{Of: fact.OwnAlert(10), Weight: 8},
		{Of: fact.OwnAlert(80), Weight: 6},
	},
	Advice: []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", "it breaks the rules of TLS"),
		change.New(change.UpgradeClient, change.Client, "why", "a newer version may know how to live with it"),
		change.New(change.AskOwner, change.Server, "what", "which program and version speaks TLS here, and its log at this time"),
	},
	Match: func(c *fact.Case) []Match {
		list := slices.Concat(numbersMeasured(c), unfitNumbers(c), reusedNumbers(c), limitsMeasured(c), ruleBroken(c), examinedValue(c))
		for i := range list {
			list[i].Args["who"] = orElse(list[i].Args["who"], "server")
		}
		return list
	},
}

// ruleBroken is what is wrong with the server's part in the handshake to explain.
func ruleBroken(c *fact.Case) []Match {
	h, what := brokenRule(c)
	if what == "" {
		return nil
	}
	m := residual(c, h, ending(h), "what", what)
	if !certain(h) {
		m.Sure = Possible
	}
	m.Changes = []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", what),
		change.New(change.AskOwner, change.Server, "what", "which program and version speaks TLS here, and its log at this time"),
	}
	return []Match{m}
}

// brokenRule says what is wrong with the server's part, or "".
func brokenRule(c *fact.Case) (*fact.Handshake, string) {
	h := c.Base()
	switch {
	case h == nil || h.Completed():
		return nil, ""
	case h.End.How == fact.EndLocal:
		return h, ruleOf(h)
	case h.End.How == fact.EndNotTLS && begun(h):
		return h, "clear text comes where TLS was agreed on"
	case h.Progress() == fact.AtHello && (c.Mixed() || flips(c, wide) == fact.No):
		return h, strangeAlert(c, h)
	case h.Progress() == fact.AtServerHello || h.Progress() == fact.AtCertificate:
		return h, stoppedMidway(h)
	}
	return nil, ""
}

// certain reports whether the wire shows the defect itself, not only where it ended.
func certain(h *fact.Handshake) bool {
	return h.End.How == fact.EndLocal || h.End.How == fact.EndNotTLS
}

// ruleOf tells what the client objected to.
func ruleOf(h *fact.Handshake) string {
	switch h.End.Reason {
	case wire.ReasonUnofferedVersion:
		if h.Server != nil && h.Client != nil && h.Server.Version < highest(h.Client) {
			return "" // server-too-old
		}
		return "it chooses a version that was not offered"
	case wire.ReasonUnofferedSuite:
		return "it chooses a cipher suite that was not offered"
	case wire.ReasonUnofferedGroup, wire.ReasonRetryUnoffered:
		return "it chooses a group that was not offered"
	case wire.ReasonCompression:
		return "it chooses a compression that was not offered"
	case wire.ReasonDowngrade:
		return "it marks its own answer as a downgrade: a newer version was lost on the way"
	case wire.ReasonBadKeyShare, wire.ReasonBadDHGroup:
		return "its key share cannot be valid"
	case wire.ReasonRetrySameGroup, wire.ReasonRetryNoChange, wire.ReasonSecondRetry:
		return "it asks for a second hello without need"
	case wire.ReasonDecode:
		return "a message cannot be decoded"
	case wire.ReasonUnexpected:
		return "a message comes out of turn"
	case wire.ReasonTooLarge:
		return "a message is larger than any can be"
	case wire.ReasonEndless, wire.ReasonTooMuchAppData:
		return "its messages do not end"
	}
	return ""
}

// strangeAlert: an alert for a broken hello, when the hello is sound and no wider one helps.
func strangeAlert(c *fact.Case, h *fact.Handshake) string {
	if !vague(h) && !alerted(h, wire.AlertBadRecordMAC, wire.AlertDecryptError) {
		return ""
	}
	if alerted(h, wire.AlertHandshakeFailure, 71) && !c.Mixed() {
		return "" // an ordinary refusal, whatever of
	}
	return "it answers the ClientHello with alert " + alertName(h.End.Alert)
}

// stoppedMidway: the server ended in the middle of its own flight.
func stoppedMidway(h *fact.Handshake) string {
	if h.Request == nil && (cut(h) || vague(h)) {
		return "it ends in the middle of its own messages"
	}
	return ""
}
