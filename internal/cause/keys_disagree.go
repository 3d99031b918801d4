package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var keysDisagree = Cause{
	ID: "TW7001", Slug: "keys-disagree", Since: "0.1",
	Phase: Finish, Level: Breaks, Residual: true,
	Title: "the two sides computed different keys: the final check fails ({suite}){rate}",
	Plain: "the two sides computed different keys, or a message was changed on the way",
	Why: "Everything was agreed on, and each side computed the keys by itself. The last messages, the first ones under these keys, cannot be opened by the other side or do not " +
		"check out. One side computes wrongly, or something on the way changed a message.",
	Check: "tlswhy diagnose TARGET --deep proves or excludes the known fault of leading zeros, which breaks 1 in 256 connections with a TLS_DHE suite; failing each time is a defect of one side",
	Cites: []string{"RFC 5246 §7.4.9", "RFC 8446 §4.4.4", "Microsoft KB4557473 (TLS_DHE, about 1 in 256)", "RFC 7627 §1 (both sides must agree on extended master secret)"},
	Signs: []Sign{
		{Of: fact.UnexpectedMessage, Weight: 2},
		{Of: fact.BadSignature, Weight: 3},
		{Of: fact.BadRecordMAC, Weight: 8},
		{Of: fact.BadRecordMAC, In: []fact.Context{"libpq"}, Weight: 4},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.Database}, Weight: 6},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.InUse}, Weight: 4},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.BadFinished, Weight: 9},
		{Of: fact.PeerAlert(10), Weight: 2},
		{Of: fact.PeerAlert(20), Weight: 8},
		{Of: fact.PeerAlert(21), Weight: 8},
		{Of: fact.PeerAlert(51), Weight: 6},
		{Of: fact.PeerAlert(80), Weight: 4},
		{Of: fact.OwnAlert(51), Weight: 6},
		{Of: fact.OwnAlert(20), Weight: 7},
	},
	Advice: []change.Change{
		change.New(change.UpgradeServer, change.Server, "why", "its key computation may disagree with the client's"),
		change.New(change.UpgradeClient, change.Client, "why", "its key computation may disagree with the server's"),
		change.New(change.FixMiddlebox, change.Network, "what", "a device that changes messages, if other networks work"),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || h.Server == nil || !keysFailed(h) {
			return nil
		}
		m := residual(c, h, ending(h), "suite", names.SuiteName(h.Server.Suite))
		m.Changes = []change.Change{
			change.New(change.UpgradeServer, change.Server, "why", "its key computation disagrees with the client's"),
			change.New(change.UpgradeClient, change.Client, "why", "its key computation disagrees with the server's"),
		}
		if s, ok := names.SuiteByID(h.Server.Suite); ok && s.Kex == "DHE" {
			m.Changes = append(m.Changes, change.New(change.DropDHE, change.Server))
		}
		return []Match{m}
	},
}

// keysFailed: one side could not open or check the other's Finished. A server that closes without a word at this
// point does the same, unless it had asked for a client certificate: then that may be why.
func keysFailed(h *fact.Handshake) bool {
	switch {
	case h.Completed():
		return false
	case local(h, wire.ReasonBadFinished, wire.ReasonBadRecord):
		return true
	case h.Progress() != fact.AtKeyExchange && h.Progress() != fact.AtFinished:
		return false
	case alerted(h, wire.AlertBadRecordMAC, wire.AlertDecryptError, 21): // 21: decryption_failed of TLS 1.0
		return true
	}
	return h.Request == nil && h.End.After == "client Finished" && (cut(h) || alerted(h, wire.AlertHandshakeFailure, wire.AlertInternalError))
}
