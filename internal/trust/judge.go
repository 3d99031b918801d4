package trust

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// judgeAnchor says why no anchor was reached: the one thing whose change would lead to one.
func (j *judgement) judgeAnchor() {
	end := j.best.end()
	switch {
	case j.best.complete:
	case j.best.nodes[0].SelfSigned:
		j.add(fact.Problem{Kind: fact.SelfSignedLeaf, At: 0, Fatal: true, Detail: end.Subject})
		if j.Anchors == 0 {
			j.add(fact.Problem{Kind: fact.NoAnchors, At: -1})
		}
	case j.Anchors == 0:
		j.add(fact.Problem{Kind: fact.NoAnchors, At: -1, Fatal: true})
	case j.judgeRotated(end):
	case end.SelfSigned:
		j.add(fact.Problem{Kind: fact.RootUnknown, At: end.at, Fatal: true, Detail: end.Subject})
	default:
		j.add(fact.Problem{Kind: fact.IssuerMissing, At: end.at, Fatal: true, Detail: end.Issuer, Names: end.AIA})
	}
}

// judgeRotated looks for an anchor that has the name of the missing one and another key: the CA made a new key, the
// verifier has the old one.
func (j *judgement) judgeRotated(end node) bool {
	same := j.policy.Roots.named(end.issuerKey)
	if len(same) == 0 || end.anchor {
		return false
	}
	old := same[0]
	j.add(fact.Problem{Kind: fact.AnchorRotated, At: -1, Fatal: true, Time: old.NotAfter,
		Detail: fmt.Sprintf("%s is here with another key, valid from %s to %s", old.Subject, day(old.NotBefore), day(old.NotAfter))})
	return true
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// judgeName compares the name used with the leaf.
func (j *judgement) judgeName() {
	p, leaf := j.policy, &j.sent[0].Certificate
	if p.Name == "" {
		return
	}
	ok, how := MatchName(leaf, p.Name, p.names())
	if ok {
		if strings.HasPrefix(how, "cn:") {
			j.add(fact.Problem{Kind: fact.NameOnlyInCN, At: 0, Names: []string{leaf.CommonName}})
		}
		return
	}
	found := append(slices.Clone(leaf.DNSNames), leaf.IPs...)
	problem := fact.Problem{Kind: fact.NameMismatch, At: 0, Fatal: true, Names: found, Detail: "subject alternative names"}
	if len(found) == 0 && leaf.CommonName != "" {
		problem.Names, problem.Detail = []string{leaf.CommonName}, "common name"
	}
	lenient := p.names()
	lenient.CNFallback, lenient.CNForIP = true, true
	cn, _ := MatchName(leaf, p.Name, lenient)
	_, err := netip.ParseAddr(strings.Trim(p.Name, "[]"))
	switch {
	case err == nil:
		problem.Kind = fact.NameIsIP
		if ok, _ := MatchName(leaf, p.Name, NameOptions{}); ok {
			problem.Detail = "the certificate lists the address, this client compares host names only"
		}
	case cn:
		problem.Kind = fact.NameOnlyInCN
	}
	j.add(problem)
}

func (c *certificate) expired(t time.Time) bool { return !c.NotAfter.IsZero() && t.After(c.NotAfter) }
func (c *certificate) early(t time.Time) bool   { return !c.NotBefore.IsZero() && t.Before(c.NotBefore) }

// judgeTimes looks at the validity of every certificate of the path.
func (j *judgement) judgeTimes() {
	for i, n := range j.best.nodes {
		late, early := fact.CAExpired, fact.CANotYetValid
		if i == 0 {
			late, early = fact.LeafExpired, fact.LeafNotYetValid
		}
		if n.expired(j.policy.Time) {
			j.addExpired(late, n)
		}
		if n.early(j.policy.Time) {
			j.add(fact.Problem{Kind: early, At: n.at, Fatal: true, Detail: n.Subject, Time: n.NotBefore})
		}
	}
	if !slices.ContainsFunc(j.Problems, func(p fact.Problem) bool { return p.Kind == fact.CAExpired }) {
		j.judgeOtherPaths()
	}
}

// addExpired tells an anchor that was renewed with the same key, while this verifier keeps the old copy, from one
// that is simply out of date.
func (j *judgement) addExpired(kind fact.ProblemKind, n node) {
	p := fact.Problem{Kind: kind, At: n.at, Fatal: true, Detail: n.Subject, Time: n.NotAfter}
	for _, s := range j.sent {
		if n.anchor && n.at < 0 && s.subjectKey == n.subjectKey && s.SHA256 != n.SHA256 && !s.expired(j.policy.Time) {
			p.Kind, p.Detail = fact.AnchorRotated, n.Subject+" was renewed, the copy here is out of date"
		}
	}
	j.add(p)
}

// expiredRoots are roots that once cross-signed half the web and are gone: a certificate issued by one of them
// leads old libraries into a path that is out of date (OpenSSL 1.0.2, GnuTLS before 3.6.14).
var expiredRoots = [...]struct {
	name string
	end  string
}{
	{"CN=DST Root CA X3,O=Digital Signature Trust Co.", "2021-09-30T14:01:15Z"},
	{"CN=AddTrust External CA Root,OU=AddTrust External TTP Network,O=AddTrust AB,C=SE", "2020-05-30T10:48:38Z"},
	{"CN=GlobalSign,O=GlobalSign,OU=GlobalSign Root CA - R2", "2021-12-15T08:00:00Z"},
	{"CN=Baltimore CyberTrust Root,OU=CyberTrust,O=Baltimore,C=IE", "2025-05-12T23:59:00Z"},
}

// judgeOtherPaths looks for a way through an expired certificate beside the good one.
func (j *judgement) judgeOtherPaths() {
	if !j.Trusted {
		return
	}
	for _, p := range j.paths {
		for _, n := range p.nodes[1:] {
			if j.best.has(n.certificate) {
				continue
			}
			if n.expired(j.policy.Time) {
				j.add(fact.Problem{Kind: fact.ExpiredRootSent, At: n.at, Detail: n.Subject, Time: n.NotAfter})
				return
			}
			if end, ok := expiredRoot(n.Issuer); ok && n.at >= 0 && j.policy.Time.After(end) {
				j.add(fact.Problem{Kind: fact.ExpiredRootSent, At: n.at, Detail: n.Issuer, Time: end})
				return
			}
		}
	}
}

func expiredRoot(issuer string) (time.Time, bool) {
	for _, r := range expiredRoots {
		if r.name == issuer {
			end, err := time.Parse(time.RFC3339, r.end)
			return end, err == nil
		}
	}
	return time.Time{}, false
}
