package cause

import (
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// share is what one of the causes that lack something in common adds to the ask for everything at once. Together
// they come to 16 where an alert says so or the server never sends alerts (SQL Server), else to half of it.
func share(h *fact.Handshake, parts int) int {
	if alerted(h, wire.AlertHandshakeFailure, 71) || h.Protocol == "mssql" && cut(h) {
		return parts
	}
	return max(1, parts/2)
}

// lacking is the rule of the causes in which the two sides have nothing in common in one respect. Everything at once
// is offered first; where the server's answer uses what was missing in this respect, the respect alone is tried, and
// its flip is the proof. When every respect was tried and none suffices alone, each of them is likely.
func lacking(c *fact.Case, parts int, e experiment, in func(missing) bool) (Match, bool) {
	base := atHello(c)
	if base == nil || !unexplained(base) {
		return Match{}, false
	}
	switch flips(c, e.variant) {
	case fact.Yes:
		if !in(missingIn(c, c.Tried(e.variant))) {
			return Match{}, false
		}
		return e.try(c)
	case fact.No:
		return together(c, in)
	}
	switch flips(c, wide) {
	case fact.No:
		return Match{}, false
	case fact.Yes:
		if !in(missingIn(c, c.Tried(wide))) {
			return Match{}, false
		}
		return e.try(c)
	}
	return experiment{variant: wide, weight: share(base, parts)}.try(c)
}

// together is the match of a respect that is missing, but not the only one.
func together(c *fact.Case, in func(missing) bool) (Match, bool) {
	h := c.Tried(wide)
	if flips(c, wide) != fact.Yes {
		return Match{}, false
	}
	m := missingIn(c, h)
	if !in(m) || !exhausted(c, m) {
		return Match{}, false
	}
	return Match{Sure: Likely, Proof: []Proof{
		{Ref: h.Ref, Says: "with everything offered at once the server answers, and uses what this client lacks"},
		{Ref: c.Base().Ref, Says: "unchanged it fails: " + ending(c.Base())},
	}}, true
}

// exhausted reports whether each respect that is missing was tried alone, without success.
func exhausted(c *fact.Case, m missing) bool {
	for _, r := range []struct {
		missing bool
		alone   fact.Variant
	}{
		{m.older, olderAlone(c)}, {m.newer, newerVersions}, {m.suite || m.keyType, allSuites},
		{m.group, allGroups}, {m.signature, allSignatures}, {m.ems, withEMS},
	} {
		if r.missing && flips(c, r.alone) != fact.No {
			return false
		}
	}
	return true
}

// olderAlone is the experiment that adds the version which a server older than the client would take: to a client of
// TLS 1.3 alone, TLS 1.2 is older and stands among the new ones.
func olderAlone(c *fact.Case) fact.Variant {
	h := c.Base()
	if h.Client == nil || lowest(h.Client) <= wire.TLS12 {
		return olderVersions
	}
	if w := c.Tried(wide); chosenVersion(w) != 0 && chosenVersion(w) < wire.TLS12 || flips(c, newerVersions) == fact.No {
		return olderVersions
	}
	return newerVersions
}
