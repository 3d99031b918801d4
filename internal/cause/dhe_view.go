package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// where names the machine, when it is not the only one.
func (v *dheView) where() string {
	text := ""
	if !v.alone {
		text = "; at " + v.at
	}
	if h := v.shown(); !v.one && h != nil {
		text += "; by the machine of several behind this address that writes the generator in " + itoa(h.Key.GLen) + " bytes under a prime of " +
			itoa(h.Key.P.BitLen()) + " bits"
		if h.Chain != nil && len(h.Chain.Certificates) > 0 {
			text += " and has the certificate with SHA-256 " + h.Chain.Certificates[0].SHA256[:min(16, len(h.Chain.Certificates[0].SHA256))] + "…"
		}
	}
	return text
}

// located is a finding about the machine's address.
func (v *dheView) located(h *fact.Handshake, m Match, args ...string) Match {
	if rest := v.afterwards(); rest != nil && rest.Server != nil {
		args = append(args, "afterwards", names.SuiteName(rest.Server.Suite))
	}
	return located(v.c, h, m, args...)
}

// unchanged is the client's own handshake with this address, or nil.
func (v *dheView) unchanged() *fact.Handshake {
	for i := range v.c.Handshakes {
		h := &v.c.Handshakes[i]
		if _, forced := h.Variant.Forcing(); !forced && h.Unchanged() && h.ServerAddr().String() == v.at {
			return h
		}
	}
	return v.c.Base()
}

// level is what the fault does to this client: where its own handshake agrees on another suite, nothing breaks until that
// changes, or another client comes.
func (v *dheView) level() Level {
	h := v.unchanged()
	switch {
	case h == nil:
		return Breaks
	case h.Server != nil && !dhe(h), h.Server == nil && h.Client != nil && !offersDHE(h):
		return WillBreak
	}
	return Breaks
}

// offersDHE: some suite of the hello is one of TLS_DHE.
func offersDHE(h *fact.Handshake) bool {
	for _, id := range h.Client.Suites {
		if s, ok := names.SuiteByID(id); ok && s.Kex == "DHE" {
			return true
		}
	}
	return false
}

// afterwards is a handshake that tells what is agreed on when TLS_DHE suites are gone: the client's own, or the one without
// them; nil when there is none.
func (v *dheView) afterwards() *fact.Handshake {
	if h := v.unchanged(); h != nil && h.Server != nil && !dhe(h) {
		return h
	}
	for _, h := range v.c.Forced("dhe") {
		if f, _ := h.Variant.Forcing(); f.Form == noDHE && h.ServerAddr().String() == v.at && !h.Lost() {
			return h
		}
	}
	return nil
}

// advise gives the changes. To take TLS_DHE away is advised where something is left then.
func (v *dheView) advise(m *Match, why string) {
	m.Changes = []change.Change{change.New(change.UpgradeServer, change.Server, "why", why)}
	rest := v.afterwards()
	switch {
	case rest == nil:
		m.Against = append(m.Against, Proof{Ref: v.shown().Ref, Says: "what is agreed on without TLS_DHE suites was not asked: try that before they are taken away"})
	case rest.Server != nil:
		m.Proof = append(m.Proof, Proof{Ref: rest.Ref, Says: "afterwards: without TLS_DHE suites this client and this server agree on " + names.SuiteName(rest.Server.Suite)})
	default:
		m.Proof = append(m.Proof, Proof{Ref: rest.Ref, Says: "without TLS_DHE suites nothing is left that both have (" + ending(rest) + "): taking them away now stops every connection of this client"})
		m.Changes = append(m.Changes, change.New(change.OfferSuite, change.Server, "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
		return
	}
	m.Changes = append(m.Changes, change.New(change.DropDHE, change.Server))
}

// emsMeasured tells whether the rule was measured with extended master secret, and without it.
func (v *dheView) emsMeasured() (with, off bool) {
	rule := map[string]string{Strips: "stripped", Keeps: "kept"}[v.Is]
	for _, c := range v.pick(secretZero, ruled(rule), agree(fact.Yes)) {
		with, off = with || c.h.Server.EMS, off || !c.h.Server.EMS
	}
	return with, off
}

// lost are the cells that the network cut off each time they were made, one of each kind.
func (v *dheView) lost() []dheCell {
	var list []dheCell
	for _, c := range v.loose {
		told := func(o dheCell) bool { return c.kind().Same(o.kind()) && !o.h.Lost() }
		known := func(o dheCell) bool { return c.kind().Same(o.kind()) }
		if c.h.Lost() && v.tells(c) && len(v.pick(told)) == 0 && !containsCell(v.loose, told) && !containsCell(list, known) {
			list = append(list, c)
		}
	}
	return list
}

// tells: what this cell asks was answered by no other one. The rule without extended master secret is a question of its own.
func (v *dheView) tells(c dheCell) bool { return c.Rule == "stripped" && c.Zero != "none" }

func (c dheCell) kind() fact.Forcing {
	f := c.Forcing
	f.Extra = ""
	return f
}

func containsCell(list []dheCell, fits func(dheCell) bool) bool {
	for _, c := range list {
		if fits(c) {
			return true
		}
	}
	return false
}

// about names what a cell asks.
func (c dheCell) about() string {
	text := "a TLS_DHE public value that starts with a zero byte, padded"
	switch {
	case c.Zero == "secret":
		text = "a TLS_DHE secret that starts with a zero byte"
	case c.Form == "short":
		text = "a TLS_DHE public value shorter than the prime"
	}
	if c.EMS == "off" {
		return text + ", without extended master secret"
	}
	return text + ", with extended master secret offered"
}
