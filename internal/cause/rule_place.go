package cause

import "github.com/tlswhy/tlswhy/internal/fact"

// located adds to a match whom it speaks of, and to its arguments host, port and further pairs of name and value.
func located(c *fact.Case, h *fact.Handshake, m Match, args ...string) Match {
	m.About, m.Args = about(c, h), where(c, h, args...)
	return m
}

// stated is a match that the evidence itself proves: no experiment is needed.
func stated(h *fact.Handshake, says string) Match {
	return Match{Sure: Proven, Proof: []Proof{{Ref: h.Ref, Says: says}}}
}

// rate counts the unchanged handshakes with the address of h, and those among them that ended as h did.
func rate(c *fact.Case, h *fact.Handshake) (same, all int) {
	for i := range c.Handshakes {
		o := &c.Handshakes[i]
		if !o.Unchanged() || o.ServerAddr() != h.ServerAddr() {
			continue
		}
		n := max(o.Seen.Count, 1)
		all += n
		if o.End.How == h.End.How && o.End.After == h.End.After && o.End.Alert == h.End.Alert && o.Completed() == h.Completed() {
			same += n
		}
	}
	return same, all
}

// residual is the match of a cause that names only where it broke: likely, with its rate: k of n, empty for one alone.
func residual(c *fact.Case, h *fact.Handshake, says string, args ...string) Match {
	k, n := rate(c, h)
	often := ""
	if n > 1 {
		often = ": " + itoa(k) + " of " + itoa(n)
	}
	args = append(args, "k", itoa(k), "n", itoa(n), "rate", often)
	return located(c, h, Match{Sure: Likely, Proof: []Proof{{Ref: h.Ref, Says: says}}}, args...)
}

// local reports whether the client itself broke off for one of these reasons.
func local(h *fact.Handshake, reasons ...string) bool {
	if h.End.How != fact.EndLocal {
		return false
	}
	for _, r := range reasons {
		if h.End.Reason == r {
			return true
		}
	}
	return false
}

// brokeOff is the handshake to explain when the client itself broke it off for one of these reasons.
func brokeOff(c *fact.Case, reasons ...string) *fact.Handshake {
	h := c.Base()
	if h == nil || h.Completed() || !local(h, reasons...) {
		return nil
	}
	return h
}
