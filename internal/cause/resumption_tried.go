package cause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A resumptionTried is what a server at one address did with sessions of one kind.
type resumptionTried struct {
	form    string // "psk", "ticket", "id"
	server  string
	full    []*fact.Handshake
	resumed []*fact.Handshake // those in which a session was offered
}

// resumptionsTried reads the experiments with sessions, in the order in which they were made.
func resumptionsTried(c *fact.Case) []*resumptionTried {
	var list []*resumptionTried
	find := func(form, server string) *resumptionTried {
		for _, r := range list {
			if r.form == form && r.server == server {
				return r
			}
		}
		list = append(list, &resumptionTried{form: form, server: server})
		return list[len(list)-1]
	}
	for _, h := range c.Forced("resumption") {
		f, _ := h.Variant.Forcing()
		r := find(f.Form, h.ServerAddr().String())
		if f.Extra == "resumed" {
			r.resumed = append(r.resumed, h)
		} else {
			r.full = append(r.full, h)
		}
	}
	return list
}

// counts are how many of the handshakes came to their end.
func finishedOf(list []*fact.Handshake) int {
	n := 0
	for _, h := range list {
		if h.Progress() == fact.AtDone {
			n++
		}
	}
	return n
}

// broken: each offer of a session failed, often enough that chance is ruled out, and full handshakes with the same machine
// worked. "": not so.
func (r *resumptionTried) broken(run plainRun) Sure {
	if finishedOf(r.resumed) > 0 || finishedOf(r.full) == 0 {
		return ""
	}
	return run.sure(r.resumed, waitedFor(r.resumed))
}

// taken is how many sessions were taken up and worked.
func (r *resumptionTried) taken() int {
	n := 0
	for _, h := range r.resumed {
		if h.Resumed() == fact.Yes && h.Progress() == fact.AtDone {
			n++
		}
	}
	return n
}

func (r *resumptionTried) says() string {
	return map[string]string{"psk": "session tickets of TLS 1.3", "ticket": "session tickets of TLS 1.2", "id": "session IDs of TLS 1.2"}[r.form]
}

// resumptionMeasured are the findings of the experiments with sessions, one for each address.
func resumptionMeasured(c *fact.Case) []Match {
	var out []Match
	at := map[string]int{}
	run := ordinaryIn(c)
	for _, r := range resumptionsTried(c) {
		sure := r.broken(run)
		if sure == "" {
			continue
		}
		i, known := at[r.server]
		if !known {
			i, at[r.server] = len(out), len(out)
			out = append(out, located(c, r.resumed[0], Match{Sure: sure, Measured: true}, "rate", ""))
		}
		m := &out[i]
		if sure == Proven {
			m.Sure = Proven
		}
		m.Count += len(r.resumed)
		m.Args["rate"] = strings.TrimPrefix(m.Args["rate"]+", "+r.says(), ", ")
		m.Proof = append(m.Proof,
			Proof{Ref: r.resumed[0].Ref, Says: fmt.Sprintf("%s offered: %s, %d of %d times", r.says(), ending(r.resumed[0]), len(r.resumed), len(r.resumed))},
			Proof{Ref: r.full[0].Ref, Says: fmt.Sprintf("without a session to take up, with the same address: it completes, %d of %d times", finishedOf(r.full), len(r.full))},
			run.proof(len(r.resumed)))
	}
	for i := range out {
		out[i].Args["rate"] = ": " + out[i].Args["rate"]
		out[i].Changes = mendResumption()
	}
	return out
}

// checkedResumption says which ways work. A server may decline a session at any time; then a full handshake follows.
func checkedResumption(c *fact.Case) []string {
	var works []string
	tried := resumptionsTried(c)
	for _, r := range tried {
		if n := r.taken(); n > 0 && finishedOf(r.resumed) == len(r.resumed) {
			works = append(works, fmt.Sprintf("%s (%d of %d taken up by %s)", r.says(), n, len(r.resumed), r.server))
		}
	}
	switch {
	case len(works) > 0:
		return []string{"resumption works: " + strings.Join(works, ", ")}
	case slices.ContainsFunc(tried, (*resumptionTried).begins) && !offeredAny(tried):
		return []string{"resumption: the server gives out no session, so that none can break"}
	case offeredAny(tried) && !slices.ContainsFunc(tried, func(r *resumptionTried) bool { return r.taken() > 0 || finishedOf(r.resumed) < len(r.resumed) }):
		return []string{"resumption: the server takes no session up and makes full handshakes instead, so that none can break"}
	}
	return nil
}

// begins: full handshakes of this kind work, so that the server could have handed out a session.
func (r *resumptionTried) begins() bool { return finishedOf(r.full) > 0 }

func offeredAny(list []*resumptionTried) bool {
	return slices.ContainsFunc(list, func(r *resumptionTried) bool { return len(r.resumed) > 0 })
}

// refusedOffer: the server declined what each of these handshakes offers, a version or a key exchange that it has not.
func refusedOffer(list []*fact.Handshake) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(h *fact.Handshake) bool {
		return h.Progress() != fact.AtHello || !alerted(h, wire.AlertHandshakeFailure, wire.AlertProtocolVersion, 71)
	})
}

// undecidedResumption are failures that were not repeated often enough, or not each time, and full handshakes none of
// which comes to its end.
func undecidedResumption(c *fact.Case) []Question {
	var list []Question
	tried := resumptionsTried(c)
	for _, r := range tried {
		if n := len(r.resumed) - finishedOf(r.resumed); n > 0 && r.broken(ordinaryIn(c)) == "" {
			list = append(list, Question{"do resumed sessions break with " + r.server + " (" + r.says() + ")",
				fmt.Sprintf("%d of %d failed (%s); run it again", n, len(r.resumed), ending(worst(r.resumed)))})
		}
	}
	if slices.ContainsFunc(tried, (*resumptionTried).begins) {
		return list
	}
	for _, r := range tried {
		if len(r.full) > 0 && !refusedOffer(r.full) {
			return append(list, Question{"do resumed sessions break", "no full handshake came to its end (" + ending(worst(r.full)) + ")" + wantsKey(c, r.full)})
		}
	}
	return list
}

// wantsKey adds what the server asked for and did not get.
func wantsKey(c *fact.Case, list []*fact.Handshake) string {
	if c.Question.OwnCert == nil && slices.ContainsFunc(list, func(h *fact.Handshake) bool { return h.Request != nil }) {
		return "; with --cert and --key it might"
	}
	return ""
}
