package cause

import "github.com/tlswhy/tlswhy/internal/fact"

// unresolved is the name without an address, when that is why nothing was dialled.
func unresolved(c *fact.Case, why string) *fact.Host {
	if c.Base() != nil {
		return nil
	}
	for i := range c.Hosts {
		if h := &c.Hosts[i]; h.Error == why {
			return h
		}
	}
	return nil
}

// lookup is the proof from a name's resolution, with the resolver's own words.
func lookup(h *fact.Host, says string) Proof {
	if h.Detail != "" {
		says += ": " + h.Detail
	}
	return Proof{Ref: fact.Ref{Kind: "live", At: "look-up of " + h.Name, Name: "name resolution"}, Says: says}
}

// unreached is the handshake to explain when no TCP connection came about, in this way.
func unreached(c *fact.Case, how fact.How) *fact.Handshake {
	h := failing(c, fact.AtTCP)
	if h == nil || h.End.How != how || reachedElsewhere(c) {
		return nil
	}
	return h
}

// reachedElsewhere reports whether another address of the name took the connection: clients go on to the next when one
// does not answer (RFC 8305), so that is no failure. one-backend-differs tells of it.
func reachedElsewhere(c *fact.Case) bool {
	for i := range c.Handshakes {
		if h := &c.Handshakes[i]; h.Unchanged() && h.Progress() > fact.AtTCP {
			return true
		}
	}
	return false
}
