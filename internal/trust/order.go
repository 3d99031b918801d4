package trust

import (
	"fmt"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// judgeOrder compares what was sent with the path found: each certificate should certify the one before it
// (RFC 5246 §7.4.2), nothing else should be sent. RFC 8446 §4.4.2 asks receivers to take any order.
func (j *judgement) judgeOrder() {
	if j.tooDeep(j.best) {
		j.add(fact.Problem{Kind: fact.TooDeep, At: -1, Fatal: true,
			Detail: fmt.Sprintf("%d intermediates, %d allowed", intermediates(j.best), max(j.policy.MaxDepth, 0))})
	}
	last := 0
	for _, n := range j.best.nodes[1:] {
		if n.at >= 0 && n.at < last {
			j.add(fact.Problem{Kind: fact.OrderWrong, At: n.at, Detail: "certificates that belong together are sent in another order"})
			break
		}
		last = max(last, n.at)
	}
	j.judgeFirst()
	j.judgeUnrelated()
}

func intermediates(p path) int {
	n := len(p.nodes) - 1
	if p.complete && n > 0 {
		n--
	}
	return n
}

func (j *judgement) tooDeep(p path) bool {
	return j.policy.MaxDepth != 0 && p.complete && intermediates(p) > max(j.policy.MaxDepth, 0)
}

// judgeFirst looks for a CA in the leaf's place with a certificate of its own further down.
func (j *judgement) judgeFirst() {
	first := j.sent[0]
	if !first.CA {
		return
	}
	for _, s := range j.sent[1:] {
		if !s.CA && s.issuerKey == first.subjectKey && verify(s.certificate, first.certificate) == good {
			j.add(fact.Problem{Kind: fact.OrderWrong, At: s.at, Detail: "the first certificate sent is a CA's, the server's own comes later"})
			return
		}
	}
}

// judgeUnrelated notes what was sent and belongs to no path from the leaf.
func (j *judgement) judgeUnrelated() {
	seen := map[string]bool{}
	for _, s := range j.sent {
		again := seen[s.SHA256] && len(s.DER) > 0
		seen[s.SHA256] = true
		if !again && slices.ContainsFunc(j.paths, func(p path) bool { return p.has(s.certificate) || p.replaces(s) }) {
			continue
		}
		p := fact.Problem{Kind: fact.Unrelated, At: s.at, Detail: s.Subject}
		switch {
		case again:
			p.Detail += " (sent twice)"
		case slices.ContainsFunc(j.best.nodes, func(n node) bool { return n.issuerKey == s.subjectKey }):
			p.Detail += " (it has the name of an issuer and another key)"
		}
		j.add(p)
	}
}

// replaces reports whether the path ends at an anchor with the name and key of s, or goes on from it.
func (p path) replaces(s node) bool {
	for _, n := range p.nodes {
		if n.subjectKey == s.subjectKey && string(n.key.spki) == string(s.key.spki) {
			return true
		}
	}
	return false
}
