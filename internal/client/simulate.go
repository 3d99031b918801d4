package client

import (
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// handshake walks through a recorded handshake as this client would make it; nil: it has its connection. Where the client
// breaks off, h ends there.
func (p *predictor) handshake(h *fact.Handshake) *Failure {
	if h.End.After == "tcp" || h.End.After == "dns" {
		return &Failure{Step: StepTCP, How: h.End.How}
	}
	if begun(h) {
		if reason := p.refuse(StepPreamble, h); reason != "" {
			return p.breakOff(h, StepPreamble, 0, reason)
		}
	}
	if h.End.After == "preamble" {
		return &Failure{Step: StepPreamble, How: h.End.How}
	}
	for _, look := range []func(*fact.Handshake) *Failure{p.atHello, p.atCertificate, p.atKey, p.atEnd} {
		if f := look(h); f != nil {
			return f
		}
	}
	return p.afterwards(h)
}

// begun: the server's part of the preamble is known, its refusal to speak TLS included.
func begun(h *fact.Handshake) bool {
	return h.End.After != "preamble" || h.Said != nil && h.Said.TLS != fact.Unknown
}

// breakOff ends h with the client's own refusal.
func (p *predictor) breakOff(h *fact.Handshake, step string, alert uint8, reason string) *Failure {
	h.Finished = fact.No
	h.End = fact.End{By: wire.ClientSide, How: fact.EndLocal, After: step, Alert: alert, Reason: reason}
	return &Failure{Step: step, How: fact.EndLocal, Reason: reason, Verdict: h.Verdict}
}

// atHello is what the client thinks of the ServerHello.
func (p *predictor) atHello(h *fact.Handshake) *Failure {
	if reason := p.refuse(StepHello, h); reason != "" {
		return p.breakOff(h, StepHello, 0, reason)
	}
	if h.Server == nil {
		return nil
	}
	if r := p.Profile.Limits.Refuse("ServerHello", flight(h)); r != nil {
		h.Chain, h.Key = nil, nil
		return p.breakOff(h, StepServerHello, r.Alert, r.Reason)
	}
	if reason := p.refuse(StepServerHello, h); reason != "" {
		h.Chain, h.Key = nil, nil
		return p.breakOff(h, StepServerHello, 0, reason)
	}
	return nil
}

// atCertificate judges the chain when it comes; who looks at it later has another turn in afterwards.
func (p *predictor) atCertificate(h *fact.Handshake) *Failure {
	if h.Chain == nil || len(h.Chain.Certificates) == 0 {
		return nil
	}
	if reason := p.refuse(StepCertificate, h); reason != "" {
		return p.breakOff(h, StepCertificate, 0, reason)
	}
	if !p.Chain {
		return nil
	}
	v := p.judge(h)
	h.Verdict = &v
	switch reason := refusal(&v); {
	case reason == "chain" && !p.ChainLate, reason == "name" && !p.NameLate:
		return p.turnAway(h, StepCertificate, reason)
	}
	return nil
}

// turnAway ends h with the client's refusal of the certificate, told as a probe tells it: the messages ran to their end, the verdict
// is that of the client.
func (p *predictor) turnAway(h *fact.Handshake, step, reason string) *Failure {
	h.Finished, h.Alerts = fact.Yes, nil
	h.End = fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "client Finished"}
	return &Failure{Step: step, How: fact.EndLocal, Reason: reason, Verdict: h.Verdict}
}

// judge holds the chain against the client's rules.
func (p *predictor) judge(h *fact.Handshake) fact.Verdict {
	name := ""
	if p.Name {
		name = p.at.Host
		if p.at.Name != "" {
			name = p.at.Name
		}
	}
	return trust.Judge(h.Chain, h.OCSP, p.Profile.Policy(name, p.at.Now, p.at.Roots(p.Roots)))
}

// refusal is "", "chain", or "name" when nothing but the name is wrong.
func refusal(v *fact.Verdict) string {
	switch {
	case v.OK():
		return ""
	case v.Without(fact.NameMismatch, fact.NameIsIP, fact.NameOnlyInCN):
		return "name"
	}
	return "chain"
}

// atKey is what the client thinks of the ServerKeyExchange.
func (p *predictor) atKey(h *fact.Handshake) *Failure {
	if h.Key == nil {
		return nil
	}
	if r := p.Profile.Limits.Refuse("ServerKeyExchange", flight(h)); r != nil {
		return p.breakOff(h, StepKeyExchange, r.Alert, r.Reason)
	}
	return nil
}

// atEnd is what became of the handshake itself, as recorded.
func (p *predictor) atEnd(h *fact.Handshake) *Failure {
	if h.Finished == fact.Yes {
		return nil
	}
	how := h.End.How
	if n := len(h.NotTLS); how == fact.EndNotTLS && n > 0 && n < recordHeader {
		how = fact.EndTimeout // who waits for the whole header of a record waits in vain
	}
	return &Failure{Step: reached(h), How: how, Alert: h.End.Alert, Reason: h.End.Reason, Verdict: h.Verdict}
}

// recordHeader is the length of what precedes each record (RFC 8446 §5.1).
const recordHeader = 5

// reached is the step that a broken handshake came to.
func reached(h *fact.Handshake) string {
	switch p := h.Progress(); {
	case p >= fact.AtKeyExchange:
		return StepFinished
	case h.Key != nil:
		return StepKeyExchange
	case p == fact.AtCertificate:
		return StepCertificate
	case p == fact.AtServerHello:
		return StepServerHello
	}
	return StepHello
}

// afterwards is what happens once both Finished are through: a late look at the certificate, a late refusal by the server
// (TLS 1.3 client certificates, RFC 8446 §4.4.2.4), the login.
func (p *predictor) afterwards(h *fact.Handshake) *Failure {
	if p.Chain && !h.Verdict.OK() {
		return p.turnAway(h, StepFinished, refusal(h.Verdict))
	}
	if reason := p.refuse(StepDone, h); reason != "" {
		return p.breakOff(h, StepDone, 0, reason)
	}
	if h.End.How != fact.EndCompleted {
		return &Failure{Step: StepDone, How: h.End.How, Alert: h.End.Alert, Verdict: h.Verdict, Said: p.server.said(h)}
	}
	if l := p.server.Sealed; l != nil && l.End.How != fact.EndCompleted {
		h.End = l.End
		return &Failure{Step: StepDone, How: l.End.How, Alert: l.End.Alert, Said: l.Said, Verdict: h.Verdict}
	}
	return nil
}

// said gives the words of a server that refuses a missing certificate within its protocol.
func (s *Server) said(h *fact.Handshake) *fact.Said {
	switch {
	case h.End.How == fact.EndError && s.Uncertified != nil:
		return s.Uncertified.Said
	case h.End.Detail == "" || h.End.How != fact.EndError:
		return h.Said
	}
	return &fact.Said{ErrorText: h.End.Detail}
}

func flight(h *fact.Handshake) *wire.Flight {
	return &wire.Flight{Server: h.Server, KeyExchange: h.Key}
}
