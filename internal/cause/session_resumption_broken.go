package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var sessionResumptionBroken = Cause{
	ID: "TW8010", Slug: "session-resumption-broken", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "resumed sessions break, full handshakes work{rate}",
	Plain: "resumed sessions break, full handshakes work",
	Why: "To save time a client may go on with the keys of an earlier connection. Here that goes wrong: the connection breaks, " +
		"while connections that begin anew work. Often several servers behind one name do not share their session keys, or a device on the way mixes them up.",
	Check: "openssl s_client -connect {host}:{port} -reconnect </dev/null resumes five times; compare with the first connection",
	Cites: []string{"RFC 8446 §2.2, §4.6.1", "RFC 5077 §3.1", "RFC 5246 §7.3 (abbreviated handshake)"},
	Signs: []Sign{
		{Of: fact.InternalError, Weight: 4},
		{Of: fact.InternalError, In: []fact.Context{fact.ByServer, "nginx"}, Weight: 7},
		{Of: fact.ResumptionFailed, Weight: 10},
		{Of: fact.PeerAlert(10), Weight: 2},
		{Of: fact.PeerAlert(115), Weight: 4},
	},
	Hides: []string{"keys-disagree", "closed-after-hello", "peer-implementation-bug"},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Server, "what", "whether all servers behind the name share their session ticket keys or cache, and to switch resumption off until they do"),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || !resumedAndBroke(h) {
			return resumptionMeasured(c)
		}
		return []Match{resumptionMatch(c, h, Possible, "")}
	},
	Crowd: func(c *fact.Case) []Match {
		var resumed, full tally
		var first *fact.Handshake
		for i := range c.Handshakes {
			h := &c.Handshakes[i]
			if h.Passive == nil || h.Server == nil || h.Told() == fact.Unknown || h.Passive.Resumed == fact.Unknown {
				continue
			}
			t, n := &full, max(h.Seen.Count, 1)
			if h.Passive.Resumed == fact.Yes {
				t = &resumed
			}
			t.all += n
			if h.Told() == fact.No {
				t.broke += n
				if first == nil && resumedAndBroke(h) {
					first = h
				}
			}
		}
		if first == nil || full.all == 0 || fisher(resumed.broke, resumed.all, full.broke, full.all) > 0.01 {
			return nil
		}
		m := resumptionMatch(c, first, Likely, ": "+itoa(resumed.broke)+" of "+itoa(resumed.all)+" resumed ones")
		m.Count = resumed.broke
		m.Proof = append(m.Proof, Proof{Ref: first.Ref, Says: itoa(full.broke) + " of " + itoa(full.all) + " full handshakes break; by chance: " +
			chance(fisher(resumed.broke, resumed.all, full.broke, full.all))})
		return []Match{m}
	},
}

// resumedAndBroke: the server accepted the session that the client offered, and the handshake did not complete.
func resumedAndBroke(h *fact.Handshake) bool {
	return h.Passive != nil && h.Passive.Resumed == fact.Yes && h.Told() == fact.No && h.End.By != wire.Nobody
}

func resumptionMatch(c *fact.Case, h *fact.Handshake, sure Sure, rate string) Match {
	m := located(c, h, Match{Sure: sure, Proof: []Proof{{Ref: endRef(h), Says: "the server takes the offered session up, then: " + ending(h)}}}, "rate", rate)
	m.Changes = mendResumption()
	return m
}

func mendResumption() []change.Change {
	return []change.Change{
		change.New(change.AskOwner, change.Server, "what", "whether all servers behind the name share their session ticket keys or cache, and to switch resumption off until they do"),
	}
}
