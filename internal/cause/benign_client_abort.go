package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var benignClientAbort = Cause{
	ID: "TW0102", Slug: "benign-client-abort", Since: "0.1",
	Phase: Benign, Level: Note,
	Title: "the client went away {where}, without a complaint",
	Plain: "the client went away in the middle of the handshake, without a complaint",
	Why: "The client ended the connection in the middle of the handshake and sent no alert: it was stopped, lost patience, or only wanted to see whether somebody answers. " +
		"Nothing that the server sent explains it. A few of these are ordinary; many from one client deserve a look at that client.",
	Check: "the client's own log at this time; a client that cannot accept the server's certificate often leaves like this too",
	Cites: []string{"RFC 8446 §6.1 (user_canceled, close_notify)", "curl and Node close without an alert when the name does not match"},
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 6},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 7},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 7},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 7},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer, "behind-proxy"}, Weight: 5},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.AcceptThenClosed, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.Closed, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.Reset, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.Closed, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer, "haproxy"}, Weight: 6},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(0), Weight: 3},
		{Of: fact.PeerAlert(90), Weight: 9},
	},
	Advice: []change.Change{
		change.New(change.LeaveAlone, change.Server),
		change.New(change.AskOwner, change.Client, "what", "its log at this time, if it happens often"),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || h.Passive == nil || h.Told() != fact.No || !h.Verdict.OK() || !clientLeft(h) {
			return nil
		}
		where := "after its " + h.End.After
		if h.End.After != "ClientHello" && h.End.After != "client Finished" {
			where = "after the server's " + h.End.After
		}
		says := "the client ends the connection (" + string(h.End.How) + "), no alert before it"
		if h.End.By == wire.ServerSide {
			says = "the client never answers the server's flight; the server hangs up (" + string(h.End.How) + ")"
		}
		m := located(c, h, Match{Sure: Likely, Proof: []Proof{{Ref: endRef(h), Says: says}}}, "where", where)
		m.Changes = []change.Change{change.New(change.AskOwner, change.Client, "what", "its log at this time, if it happens often")}
		return []Match{m}
	},
}

// clientLeft: the client ended the connection itself, with no alert or none but a good-bye.
// Or it was gone already: the server waited for its answer and hung up.
func clientLeft(h *fact.Handshake) bool {
	if h.End.By == wire.ServerSide && h.End.After == "ServerHelloDone" && h.Alerts == nil {
		return cut(h)
	}
	if h.End.By != wire.ClientSide {
		return false
	}
	switch h.End.How {
	case fact.EndClosed, fact.EndReset:
		return true
	case fact.EndAlert:
		return h.End.Alert == wire.AlertCloseNotify || h.End.Alert == wire.AlertUserCanceled
	}
	return false
}
