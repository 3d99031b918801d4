package lab

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// How often a question is asked again when chance, or a fault that chance would do for, answered it.
const (
	maxMisses = 3
	// maxWaiting is how often a client that takes no group of ours is waited for in ffdhe2048: the secret starts
	// with a zero byte in one of 256, so that 1177 handshakes show one 99 times in 100.
	maxWaiting = 1177
)

// wrongCertificates are shown to a client that takes the right one, in this order.
func wrongCertificates() []string {
	return []string{"unknown-ca", "self-signed", "other-name", "expired", "not-yet-valid", "client-purpose", "name-in-cn-only", "rsa-1024"}
}

// A plan decides what the next connection of one client is asked. It reads the answers so far and nothing else.
type plan struct {
	hello   *wire.ClientHello
	plain12 bool // the protocol ends at TLS 1.2
	only    string
	done    []fact.Handshake
	pending []fact.Forcing
}

// next is the first open question; false: the picture is complete, or waits for connections under way.
func (p *plan) next() (fact.Forcing, bool) {
	sections := []func() (fact.Forcing, bool){p.ruleOfDHE, p.ruleOfFFDHE, p.publicValues, p.certificates, p.versions, p.waitForChance}
	if p.only == OnlyLeadingZero {
		sections = []func() (fact.Forcing, bool){p.ruleOfDHE, p.ruleOfFFDHE, p.publicValues, p.waitForChance}
	}
	for _, section := range sections {
		if f, open := section(); open {
			return f, true
		}
	}
	return fact.Forcing{}, false
}

// complete reports that nothing but chance is left to wait for.
func (p *plan) complete() bool {
	f, open := p.next()
	return len(p.pending) == 0 && (!open || f.Try > maxMisses)
}

// tries are the answers to one question, whatever rule they showed.
func (p *plan) tries(f fact.Forcing) []*fact.Handshake {
	var list []*fact.Handshake
	for i := range p.done {
		g, _ := p.done[i].Variant.Forcing()
		g.Rule = ""
		if g.Same(f) {
			list = append(list, &p.done[i])
		}
	}
	return list
}

// ask makes f the next question unless a connection under way is asked the same.
func (p *plan) ask(f fact.Forcing) (fact.Forcing, bool) {
	if slices.ContainsFunc(p.pending, f.Same) {
		return fact.Forcing{}, false
	}
	f.Try = len(p.tries(f)) + 1
	return f, true
}

// dheSuites are all that can be completed with an RSA certificate.
func dheSuites() []uint16 {
	var ids []uint16
	for _, s := range names.AllSuites() {
		if s.Completable && s.Kex == "DHE" && s.Auth == "RSA" {
			ids = append(ids, s.ID)
		}
	}
	slices.SortStableFunc(ids, func(a, b uint16) int { return aead(b) - aead(a) })
	return ids
}

func aead(id uint16) int {
	if s, _ := names.SuiteByID(id); s.MAC == "AEAD" {
		return 1
	}
	return 0
}

func ruleQuestion(group string) fact.Forcing {
	return fact.Forcing{What: fact.ClientDHE, Zero: "secret", Extra: group}
}

// ruleOfDHE goes through the groups until one of them tells the rule.
func (p *plan) ruleOfDHE() (fact.Forcing, bool) {
	if !fact.OffersDHE(p.hello) || p.stopped() {
		return fact.Forcing{}, false
	}
	for _, g := range testGroups() {
		if !p.refused(g.name) {
			if f := ruleQuestion(g.name); len(p.tries(f)) < maxMisses {
				return p.ask(f)
			}
		}
	}
	return fact.Forcing{}, false
}

// stopped: the rule is known, or cannot be: the client ends every handshake at the certificate, or used keys of
// neither rule twice.
func (p *plan) stopped() bool {
	neither := 0
	for i := range p.done {
		h := &p.done[i]
		f, _ := h.Variant.Forcing()
		if f.What != fact.ClientDHE || f.Zero != "secret" {
			continue
		}
		if f.Rule != "" || h.RefusedChain() {
			return true
		}
		if h.End.Reason == wire.ReasonBadRecord {
			neither++
		}
	}
	return neither >= 2
}

// refused: the client ended a handshake with this group before it sent a value of its own.
func (p *plan) refused(group string) bool {
	return slices.ContainsFunc(p.tries(ruleQuestion(group)), func(h *fact.Handshake) bool {
		return h.Finished != fact.Yes && h.Server != nil && h.Public == nil
	})
}

// waitForChance repeats ffdhe2048 for a client that refuses every group of ours.
func (p *plan) waitForChance() (fact.Forcing, bool) {
	f := ruleQuestion("ffdhe2048")
	n := len(p.pending)
	for _, h := range p.tries(f) {
		n += h.Seen.Count
	}
	if !fact.OffersDHE(p.hello) || p.stopped() || p.refused(f.Extra) || n >= maxWaiting {
		return fact.Forcing{}, false
	}
	f.Try = n + 1
	return f, true
}

// ruleOfFFDHE: TLS 1.3 keeps leading zeros. One connection tells; where it failed, the same without a zero and the
// same by the other rule show that the zero is why.
func (p *plan) ruleOfFFDHE() (fact.Forcing, bool) {
	group := fact.OffersFFDHE(p.hello)
	if group == 0 || p.plain12 {
		return fact.Forcing{}, false
	}
	f := fact.Forcing{What: fact.ClientFFDHE, Zero: "secret", Extra: names.Group(group)}
	tries := p.tries(f)
	if len(tries) == 0 {
		return p.ask(f)
	}
	if tries[0].Finished == fact.Yes || tries[0].RefusedChain() {
		return fact.Forcing{}, false
	}
	for _, cell := range []fact.Forcing{
		{What: f.What, Zero: "none", Extra: f.Extra}, {What: f.What, Zero: "secret", Form: fact.RuleStripped, Extra: f.Extra},
	} {
		if len(p.tries(cell)) == 0 && !slices.ContainsFunc(p.pending, cell.Same) {
			return p.ask(cell)
		}
	}
	if len(tries) < maxMisses && !slices.ContainsFunc(tries, opened) {
		return p.ask(f)
	}
	return fact.Forcing{}, false
}

// opened: the client's answer showed its rule.
func opened(h *fact.Handshake) bool {
	f, _ := h.Variant.Forcing()
	return f.Rule != ""
}

// publicValues: our value starts with a zero byte and is sent short, then padded. A failing cell is asked three
// times, and beside it once without the zero.
func (p *plan) publicValues() (fact.Forcing, bool) {
	if !fact.OffersDHE(p.hello) || p.endsAtChain(fact.ClientDHE) {
		return fact.Forcing{}, false
	}
	control := fact.Forcing{What: fact.ClientDHE, Zero: "none", Form: "padded", Extra: "ffdhe2048"}
	for _, form := range []string{"short", "padded"} {
		f := fact.Forcing{What: fact.ClientDHE, Zero: "public", Form: form, Extra: "ffdhe2048"}
		tries := p.tries(f)
		failed := len(tries) > 0 && !slices.ContainsFunc(tries, finished)
		if failed && len(p.tries(control)) == 0 {
			return p.ask(control)
		}
		if len(tries) == 0 || failed && len(tries) < maxMisses && slices.ContainsFunc(p.tries(control), finished) {
			return p.ask(f)
		}
	}
	return fact.Forcing{}, false
}

func finished(h *fact.Handshake) bool { return h.Finished == fact.Yes }

// endsAtChain: an experiment of that kind ended at the certificate.
func (p *plan) endsAtChain(what string) bool {
	return slices.ContainsFunc(p.done, func(h fact.Handshake) bool {
		f, _ := h.Variant.Forcing()
		return f.What == what && h.RefusedChain()
	})
}

// certificates: the right one, and if that is taken the wrong ones. Those that anybody can make are shown twice, as they decide
// most, and clients that differ in their settings alone are one here.
func (p *plan) certificates() (fact.Forcing, bool) {
	right := fact.Forcing{What: fact.ClientCertificate, Form: "right"}
	talks := slices.ContainsFunc(p.tries(right), (*fact.Handshake).WentOn)
	reply := func(h *fact.Handshake) fact.Reply { return h.ChainReply(talks) }
	if !p.settled(right, 1, reply) {
		return p.ask(right)
	}
	if !slices.ContainsFunc(p.tries(right), finished) {
		return fact.Forcing{}, false
	}
	for _, form := range wrongCertificates() {
		f, least := fact.Forcing{What: fact.ClientCertificate, Form: form}, 1
		if form == "unknown-ca" || form == "self-signed" {
			least = 2
		}
		if !p.settled(f, least, reply) && !slices.ContainsFunc(p.pending, f.Same) {
			return p.ask(f)
		}
	}
	return fact.Forcing{}, false
}

// settled reports that a question was answered as often as is needed, or that asking on is of no use. An end without a word
// is no answer before it came again.
func (p *plan) settled(f fact.Forcing, least int, reply func(*fact.Handshake) fact.Reply) bool {
	tries, told, none := p.tries(f), 0, 0
	var left []*fact.Handshake
	for _, h := range tries {
		switch reply(h) {
		case fact.ReplyNone:
			none++
		case fact.ReplyLeft:
			left = append(left, h)
		default:
			told++
		}
	}
	enough := fact.BreaksThatTell(p.done, f)
	return told >= least || told == 0 && fact.RepliesAlike(left) >= enough || none >= 2 || len(tries) > enough
}

// versions asks for the old ones that the hello does not rule out.
func (p *plan) versions() (fact.Forcing, bool) {
	for _, v := range p.oldVersions() {
		f := fact.Forcing{What: fact.ClientVersion, Form: names.Version(v)}
		if !p.settled(f, 1, (*fact.Handshake).VersionReply) && !slices.ContainsFunc(p.pending, f.Same) {
			return p.ask(f)
		}
	}
	return fact.Forcing{}, false
}

// oldVersions are those below TLS 1.2 that the client lists, or may have when its hello has no list (RFC 8446 §4.2.1).
func (p *plan) oldVersions() []uint16 {
	return slices.DeleteFunc([]uint16{wire.TLS11, wire.TLS10, wire.SSLv3}, func(v uint16) bool {
		if len(p.hello.Versions) > 0 {
			return !slices.Contains(p.hello.Versions, v)
		}
		return v > p.hello.LegacyVersion
	})
}
