package client

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// A Server is what was learnt of one server, enough to predict every behaviour against it.
type Server struct {
	// Hello holds what each shape of hello met, by Behaviour.Shape. They were made without Limits and are judged anew.
	Hello map[string]*fact.Handshake
	// Plain is the answer to a login in plain text, Sealed the one to a login on TLS; nil: not asked.
	Plain, Sealed *Login
	// Uncertified is the answer to a login on TLS for want of a client certificate that the server had asked for; nil: none such.
	Uncertified *Login
}

// A Login is how a server answered who logs in without a password: End.How is completed when it would go on.
type Login struct {
	End  fact.End
	Said *fact.Said
}

// An Outcome is what comes of a connection, in one word.
type Outcome string

// The outcomes.
const (
	Verified   Outcome = "verified"   // TLS, and the peer is who it should be
	Unverified Outcome = "unverified" // TLS with anybody, or with anybody that the CA knows
	Plaintext  Outcome = "plaintext"  // silently none
	Fails      Outcome = "fails"
	NotKnown   Outcome = "unknown" // nothing was learnt that would tell
)

// A Prediction is what one behaviour comes to.
type Prediction struct {
	Outcome   Outcome
	Failure   *Failure        // nil unless Outcome is Fails
	Text      string          // what the client prints then
	Handshake *fact.Handshake // as this client would make it, with its verdict; nil when it makes none
	Fell      *Failure        // what made it go on in plain text, or try again
}

// A Place is where a prediction happens: the name connected to, the anchors of each kind, the clock.
type Place struct {
	Host  string // the name or address typed
	Port  uint16
	Name  string // verified instead of Host, "": Host
	Roots func(RootsUse) trust.Roots
	Now   time.Time
}

// Predict tells what a client with behaviour b would come to at this server. It is pure.
func Predict(b Behaviour, s *Server, at Place) Prediction {
	if b.Forced != nil && s.forces() {
		b = *b.Forced
	}
	p := predictor{Behaviour: b, server: s, at: at}
	if reason := p.refuse(StepStart, nil); reason != "" {
		return p.fail(&Failure{Step: StepStart, How: fact.EndLocal, Reason: reason}, nil)
	}
	switch b.TLS {
	case TLSNever:
		return p.plain(nil)
	case TLSAllow:
		first := p.plain(nil)
		if first.Failure == nil || first.Failure.Step != StepPlain || first.Failure.How != fact.EndError {
			return first
		}
		return p.secure(first.Failure)
	}
	return p.secure(nil)
}

// forces: the server refuses a login in plain text.
func (s *Server) forces() bool {
	return s.Plain != nil && (s.Plain.End.How == fact.EndDeclined || s.Plain.End.How == fact.EndError)
}

// predictor is one prediction in the making.
type predictor struct {
	Behaviour
	server *Server
	at     Place
}

func (p *predictor) refuse(step string, h *fact.Handshake) string {
	if p.Refuse == nil {
		return ""
	}
	return p.Refuse(step, h)
}

// fail completes a failure and lets the client say it.
func (p *predictor) fail(f *Failure, h *fact.Handshake) Prediction {
	f.Handshake, f.Host, f.Port = h, p.at.Host, p.at.Port
	if h != nil && f.Said == nil {
		f.Said = h.Said
	}
	out := Prediction{Outcome: Fails, Failure: f, Handshake: h, Fell: f.First}
	if p.Text != nil {
		out.Text = p.Text(*f)
	}
	return out
}

// plain predicts a login in plain text, after a failure that led to it or nil.
func (p *predictor) plain(first *Failure) Prediction {
	if reason := p.refuse(StepPlain, nil); reason != "" {
		return p.fail(&Failure{Step: StepPlain, How: fact.EndLocal, Reason: reason, First: first}, nil)
	}
	l := p.server.Plain
	switch {
	case l == nil:
		return Prediction{Outcome: NotKnown, Fell: first}
	case l.End.How == fact.EndCompleted:
		return Prediction{Outcome: Plaintext, Fell: first}
	}
	step := StepPlain
	if l.End.After == "tcp" || l.End.After == "preamble" {
		step = l.End.After
	}
	return p.fail(&Failure{Step: step, How: l.End.How, Said: l.Said, First: first}, nil)
}

// secure predicts an attempt over TLS, and what follows when it fails.
func (p *predictor) secure(first *Failure) Prediction {
	recorded := p.server.Met(p.Behaviour)
	if recorded == nil {
		return Prediction{Outcome: NotKnown, Fell: first}
	}
	h := *recorded // simulated: this client's verdict and end
	h.Verdict, h.Variant = nil, fact.Variant{}
	f := p.handshake(&h)
	if f == nil {
		return Prediction{Outcome: p.proven(), Handshake: &h, Fell: first}
	}
	f.First = first
	out := p.fail(f, &h)
	if p.TLS != TLSAllow && p.PlainOn&occasion(f) != 0 {
		return p.plain(f)
	}
	return out
}

func (p *predictor) proven() Outcome {
	if p.Verifies() {
		return Verified
	}
	return Unverified
}

// occasion is what a failure over TLS gives a client that may go on in plain text.
func occasion(f *Failure) Fallback {
	switch {
	case f.Step == StepStart || f.Step == StepTCP:
		return 0
	case f.Step == StepDone && f.How == fact.EndError:
		return OnReject
	case f.Step != StepPreamble:
		return OnFailure
	}
	switch f.How {
	case fact.EndDeclined:
		return OnDecline
	case fact.EndError:
		return OnError
	case fact.EndNotTLS:
		return OnOther
	case fact.EndClosed, fact.EndReset:
		return OnSilence
	}
	return 0
}
