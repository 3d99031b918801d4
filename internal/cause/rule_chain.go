package cause

import (
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A fault is one problem of the verdict on the chain that the handshake to explain brought.
type fault struct {
	h    *fact.Handshake
	p    *fact.Problem
	cert *fact.Certificate // the one the problem is about; the leaf when it is about the chain as a whole
}

// faultOf finds the worst problem of these kinds: one that this client refuses before one that it bears.
func faultOf(c *fact.Case, kinds ...fact.ProblemKind) (fault, bool) {
	h := c.Base()
	if h == nil || h.Verdict == nil || h.Chain.Leaf() == nil {
		return fault{}, false
	}
	var found *fact.Problem
	for i := range h.Verdict.Problems {
		p := &h.Verdict.Problems[i]
		if slices.Contains(kinds, p.Kind) && (found == nil || p.Fatal && !found.Fatal) {
			found = p
		}
	}
	if found == nil {
		return fault{}, false
	}
	return fault{h, found, certAt(h.Chain, found.At)}, true
}

// certAt is the certificate at a place of the chain, the leaf for places outside.
func certAt(chain *fact.Chain, at int) *fact.Certificate {
	if at < 0 || at >= len(chain.Certificates) {
		at = 0
	}
	return &chain.Certificates[at]
}

// match is the finding: proven, since the recorded chain judged again without this one problem passes, or has its
// other problems left, which are findings of their own. What this client bears is a weakness that others refuse.
// Args hold host, port, subject and issuer beside those given.
func (f fault) match(c *fact.Case, input string, args ...string) Match {
	m := Match{About: about(c, f.h), Sure: Proven, Args: where(c, f.h, args...), Proof: []Proof{f.judgedAgain(input)}}
	m.Args["subject"], m.Args["issuer"] = called(f.cert), f.cert.Issuer
	if f.h.Passive != nil && f.dependsOnAnchors() && f.h.End.Alert != alertUnknownCA {
		m.Sure = Likely // judged with our anchors: what the watched client trusts is not on the wire
	}
	if !f.p.Fatal {
		m.Level = Weak
	}
	return m
}

// dependsOnAnchors reports problems that another client, with other trusted roots, need not have.
func (f fault) dependsOnAnchors() bool {
	switch f.p.Kind {
	case fact.RootUnknown, fact.IssuerMissing, fact.NoAnchors, fact.AnchorRotated:
		return true
	}
	return false
}

// judgedAgain says what the verdict is with one input changed.
func (f fault) judgedAgain(input string) Proof {
	return again(f.h, "the same chain judged again "+input+" "+f.outcome())
}

func (f fault) outcome() string {
	if !f.p.Fatal {
		return "has one weakness less, which this client bears"
	}
	if rest := left(f.h.Verdict, f.p.Kind); len(rest) > 0 {
		return "has only its other faults left: " + list(rest)
	}
	return "passes"
}

// left lists the fatal problems of other kinds.
func left(v *fact.Verdict, but ...fact.ProblemKind) []string {
	var kinds []string
	for _, p := range v.Problems {
		if p.Fatal && !slices.Contains(but, p.Kind) && !slices.Contains(kinds, string(p.Kind)) {
			kinds = append(kinds, string(p.Kind))
		}
	}
	return kinds
}

// seen is a proof from the handshake itself.
func (f fault) seen(says string) Proof { return Proof{Ref: f.h.Ref, Says: says} }

// given leaves out the pairs of name and value whose value is empty.
func given(pairs ...string) []string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, pairs[i], pairs[i+1])
		}
	}
	return out
}

// where is the target, and pairs of name and value, as arguments.
func where(c *fact.Case, h *fact.Handshake, args ...string) map[string]string {
	port := c.Question.Port
	if h != nil && h.ServerAddr().IsValid() {
		port = h.ServerAddr().Port()
	}
	m := map[string]string{"host": c.Question.Host, "port": itoa(int(port))}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

// called is what people call a certificate: its common name, its first name, or its whole subject.
func called(cert *fact.Certificate) string {
	switch {
	case cert == nil:
		return "the certificate"
	case cert.CommonName != "":
		return cert.CommonName
	case len(cert.DNSNames) > 0:
		return cert.DNSNames[0]
	case cert.Subject != "":
		return cert.Subject
	}
	return "a certificate without a subject"
}

// top is the last certificate of the way up from the leaf that was sent, as far as the names lead.
func top(chain *fact.Chain) *fact.Certificate {
	at := chain.Leaf()
	for range chain.Certificates {
		next := bySubject(chain, at.Issuer)
		if next == nil || next == at || next.SelfIssued {
			if next != nil {
				at = next
			}
			break
		}
		at = next
	}
	return at
}

// bySubject finds a certificate by its subject, or gives nil.
func bySubject(chain *fact.Chain, subject string) *fact.Certificate {
	if chain == nil || subject == "" {
		return nil
	}
	for i := range chain.Certificates {
		if chain.Certificates[i].Subject == subject {
			return &chain.Certificates[i]
		}
	}
	return nil
}

// clock is the verifier's time: the one the case began with, else the one the chain was judged at.
func clock(c *fact.Case, h *fact.Handshake) time.Time {
	if c.Question.Now.IsZero() && h != nil && h.Verdict != nil {
		return h.Verdict.At
	}
	return c.Question.Now
}

// orElse is s, or other words when there is none.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
