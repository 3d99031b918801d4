package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// intercepted matches a chain whose issuer is named like a product of one kind that re-signs TLS. The name is all
// there is to see, and anybody may choose it; that the client refuses the product's CA is judged again. A client that
// trusts it is told who reads along.
func intercepted(c *fact.Case, kind string, side change.Side) []Match {
	h := c.Base()
	if h == nil || h.Verdict == nil || h.Chain.Leaf() == nil {
		return nil
	}
	product, of, ok := trust.Interceptor(h.Chain)
	if !ok || of != kind {
		return nil
	}
	issuer := top(h.Chain).Issuer
	m := Match{About: about(c, h), Sure: Proven, Level: Note, Args: where(c, h, "product", product, "issuer", issuer),
		Proof: []Proof{{Ref: h.Ref, Says: "the certificate is issued by " + issuer}}}
	if f, refused := faultOf(c, fact.RootUnknown, fact.IssuerMissing, fact.SelfSignedLeaf, fact.NoAnchors, fact.AnchorRotated); refused && f.p.Fatal {
		m.Level = ""
		m.Proof = append(m.Proof, f.judgedAgain("with the CA of "+product+" trusted"))
	}
	m.Changes = []change.Change{
		change.New(change.FixMiddlebox, side, "what", product+": exempt "+c.Question.Host+" from inspection"),
		change.New(change.TrustCA, change.Client, "issuer", issuer),
		change.NotAdvised(change.TrustAnything, change.Client),
	}
	return []Match{m}
}
