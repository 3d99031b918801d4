package cause

import "github.com/tlswhy/tlswhy/internal/fact"

// suspectZeros: many unchanged handshakes fail as the fault of leading zeros makes them fail, and about as often.
func suspectZeros(c *fact.Case, h *fact.Handshake) bool {
	return h.Passive == nil && c.Repeats != nil && dheBroke(h) && failsAsZeros(c) && len(c.Forced("dhe")) == 0
}

// near is how many times 1 in 256 the rate may be at most, 95 times in 100, for a likely cause.
const near = 4

// repeatedZeros is the suspicion that such a rate raises, and no more: --deep proves or excludes it in a few connections.
func repeatedZeros(c *fact.Case, h *fact.Handshake) Match {
	r, _ := Repeat(c)
	m := brokenOnce(c, h)
	m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: r.Words() + "; 1 in 256 is 0.39 %"})
	m.Args["rate"] = ": " + itoa(r.Failed) + " of " + itoa(r.Made) + " handshakes"
	if r.High > near*leadingZero {
		m.Sure, m.Args["may"] = Possible, "may compute"
	}
	m.Against = []Proof{{Ref: h.Ref, Says: "a rate is no proof: tlswhy diagnose --deep proves or excludes it in at most eight connections"}}
	return m
}
