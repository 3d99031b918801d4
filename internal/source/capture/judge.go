package capture

import (
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Judge lets a usual client's policy judge the chains that watched clients refused, at the time of the capture and for
// the name they asked for. Chains that were accepted are not judged: their client knew what it trusts. roots is called
// once such a chain is met.
func Judge(list []fact.Handshake, roots func() trust.Roots) {
	for i := range list {
		h := &list[i]
		sure, maybe := refusedChain(h)
		if !sure && !maybe {
			continue
		}
		p := trust.Policy{Time: h.Seen.First, Roots: roots(), MinRSABits: 1024, MinECBits: 160, CNFallback: true, RequireEKU: "serverAuth", MaxDepth: 20}
		if h.Client != nil {
			p.Name = h.Client.ServerName
		}
		v := trust.Judge(h.Chain, h.OCSP, p)
		if sure || plainlyWrong(&v) {
			h.Verdict = &v
		}
	}
}

// refusedChain: the client ended the handshake after the certificate; surely because of it when its alert says so
// (RFC 8446 §6.2: 42 to 46, 48, 49), maybe when it just left, as curl and Node do over a wrong name.
func refusedChain(h *fact.Handshake) (sure, maybe bool) {
	if h.Chain.Leaf() == nil || h.End.By != wire.ClientSide || h.Told() != fact.No {
		return false, false
	}
	switch a := h.End.Alert; {
	case h.End.How == fact.EndAlert && (a >= 42 && a <= 46 || a == 48 || a == 49):
		return true, false
	case h.End.How == fact.EndAlert && a != wire.AlertCloseNotify && a != wire.AlertUserCanceled:
		return false, false
	}
	return false, true
}

// plainlyWrong: what is wrong whatever the client trusts.
func plainlyWrong(v *fact.Verdict) bool {
	for _, k := range []fact.ProblemKind{fact.NameMismatch, fact.NameIsIP, fact.LeafExpired, fact.LeafNotYetValid, fact.SelfSignedLeaf} {
		if p := v.Find(k); p != nil && p.Fatal {
			return true
		}
	}
	return false
}
