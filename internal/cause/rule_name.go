package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nameProblems are the ways in which a certificate does not fit the name used.
var nameProblems = []fact.ProblemKind{fact.NameMismatch, fact.NameOnlyInCN, fact.NameIsIP}

// wrongName is the fault of a certificate for another name. One that has the right name in the wrong place is not
// another host's, so another server name would not help.
func wrongName(c *fact.Case) (fault, bool) { return faultOf(c, fact.NameMismatch) }

// fits reports whether the server's certificate carries the name that was checked, whatever else is wrong with it.
func fits(h *fact.Handshake) bool {
	if h == nil || h.Verdict == nil || h.Chain.Leaf() == nil {
		return false
	}
	return !slices.ContainsFunc(h.Verdict.Problems, func(p fact.Problem) bool {
		return p.Fatal && slices.Contains(nameProblems, p.Kind)
	})
}

// otherSNI is the server name that could get another certificate out of the server: the target's own name when
// none or another one was sent, none when it was.
func otherSNI(c *fact.Case, h *fact.Handshake) (fact.Variant, bool) {
	host := c.Question.Host
	if h == nil || h.Client == nil || host == "" || isAddress(host) {
		return fact.Variant{}, false
	}
	if sameName(h.Client.ServerName, host) {
		return withoutSNI, true
	}
	return fact.Variant{Kind: fact.ServerName, Value: host}, true
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// cured tells whether another server name got a certificate that fits. Unknown: it can still be tried.
func cured(c *fact.Case, v fact.Variant) fact.Tri {
	t := c.Tried(v)
	switch {
	case c.Mixed() || slices.Contains(c.Same, v):
		return fact.No
	case t == nil:
		return fact.Unknown
	}
	return fact.Is(fits(t))
}

// bySNI is the finding that another server name gets, or may get, a certificate that fits.
func bySNI(c *fact.Case, f fault, v fact.Variant, weight int) (Match, bool) {
	seen := f.seen("with " + sentName(f.h) + " the server sends the certificate of " + namesOf(f.h))
	switch cured(c, v) {
	case fact.Yes:
		t := c.Tried(v)
		says := "with " + sentName(t) + " it sends one that fits, of " + namesOf(t)
		if rest := left(t.Verdict, nameProblems...); len(rest) > 0 {
			says += "; it has other faults: " + list(rest)
		}
		return Match{Sure: Proven, Proof: []Proof{{Ref: t.Ref, Says: says}, seen}}, true
	case fact.Unknown:
		return Match{Sure: Possible, Proof: []Proof{seen}, Asks: []fact.Ask{{Variant: v, Weight: weight}}}, true
	}
	return Match{}, false
}

// sentName says which server name a handshake carried.
func sentName(h *fact.Handshake) string {
	if h.Client == nil || h.Client.ServerName == "" {
		return "no server name"
	}
	return "the server name " + h.Client.ServerName
}

// namesOf lists what the leaf is for.
func namesOf(h *fact.Handshake) string {
	leaf := h.Chain.Leaf()
	if leaf == nil {
		return "nobody"
	}
	if all := slices.Concat(leaf.DNSNames, leaf.IPs); len(all) > 0 {
		return list(all)
	}
	return orElse(leaf.CommonName, "no name at all")
}

// usable is the first host name of the leaf that one can connect to as it stands, or "".
func usable(leaf *fact.Certificate) string {
	for _, n := range leaf.DNSNames {
		if !strings.Contains(n, "*") {
			return n
		}
	}
	return ""
}
