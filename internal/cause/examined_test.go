package cause

import (
	"math/big"
	"net/netip"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A question is one connection of a client under test, as it ended.
type question struct {
	f    fact.Forcing
	end  fact.End
	done bool
	step string // the last one
}

// examinedCase is the case of a client that offers all there is to ask about.
func examinedCase(list ...question) *fact.Case {
	hello := &wire.ClientHello{Raw: []byte{1}, LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12},
		Suites: []uint16{names.TLS_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}, Groups: []uint16{names.FFDHE2048}}
	c := &fact.Case{Question: fact.Question{Protocol: "https", Host: "db.shop.test"}}
	for i, a := range list {
		h := fact.Handshake{Variant: a.f.Variant(), Client: hello, Server: &wire.ServerHello{Version: wire.TLS12}, End: a.end, Finished: fact.No,
			Ref: fact.Ref{Kind: "live", At: "connection " + itoa(i+1)}, Seen: fact.Seen{Count: 1},
			Path: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:50000"), netip.MustParseAddrPort("127.0.0.1:443")},
			Key:  &wire.ServerKeyExchange{P: wire.FFDHEPrime(names.FFDHE2048), G: big.NewInt(2), PLen: 256, YsLen: 256}}
		if a.done {
			h.Finished = fact.Yes
		}
		if a.f.Form == "short" {
			h.Key.YsLen = 255
		}
		if a.step != "" {
			h.Steps = []fact.Step{{From: wire.ClientSide, Name: a.step}}
		}
		c.Handshakes = append(c.Handshakes, h)
	}
	return c
}

var (
	completed   = fact.End{By: wire.ClientSide, How: fact.EndCompleted}
	resets      = fact.End{By: wire.ClientSide, How: fact.EndReset, After: "ServerKeyExchange"}
	wrongKeys   = fact.End{By: wire.ServerSide, How: fact.EndLocal, Reason: wire.ReasonBadRecord}
	givenAway   = fact.End{By: wire.ServerSide, How: fact.EndLocal, Reason: wire.ReasonBadKeyShare}
	unknownCA   = fact.End{By: wire.ClientSide, How: fact.EndAlert, Alert: 48, After: "Certificate"}
	ruleAsked   = fact.Forcing{What: fact.ClientDHE, Zero: "secret", Extra: "over2049"}
	shortAsked  = fact.Forcing{What: fact.ClientDHE, Zero: "public", Form: "short", Extra: "ffdhe2048"}
	plainAsked  = fact.Forcing{What: fact.ClientDHE, Zero: "none", Form: "padded", Extra: "ffdhe2048"}
	ffdheAsked  = fact.Forcing{What: fact.ClientFFDHE, Zero: "secret", Extra: "ffdhe2048"}
	ffdhePlain  = fact.Forcing{What: fact.ClientFFDHE, Zero: "none", Extra: "ffdhe2048"}
	ffdheStrip  = fact.Forcing{What: fact.ClientFFDHE, Zero: "secret", Form: fact.RuleStripped, Extra: "ffdhe2048"}
	ruleKeeping = fact.Forcing{What: fact.ClientDHE, Zero: "secret", Rule: fact.RuleKept, Extra: "over2049"}
)

// TestPictureOfRules: one handshake whose keys tell is enough, one that fails is not.
func TestPictureOfRules(t *testing.T) {
	for name, c := range map[string]struct {
		list             []question
		rule, why, rule3 string
		short            string
	}{
		"kept":                  {list: []question{{f: ruleKeeping, end: completed, done: true}}, rule: Keeps, rule3: NotAsked, short: NotAsked},
		"untrusted":             {list: []question{{f: ruleAsked, end: unknownCA}}, rule: Inconclusive, why: "let it trust the lab's CA", rule3: NotAsked, short: NotAsked},
		"wrong keys once":       {list: []question{{f: ruleAsked, end: wrongKeys}}, rule: Inconclusive, rule3: NotAsked, short: NotAsked},
		"wrong keys twice":      {list: []question{{f: ruleAsked, end: wrongKeys}, {f: ruleAsked, end: wrongKeys}}, rule: NeitherRule, rule3: NotAsked, short: NotAsked},
		"short, no control":     {list: []question{{f: shortAsked, end: resets}, {f: shortAsked, end: resets}, {f: shortAsked, end: resets}}, rule: NotAsked, rule3: NotAsked, short: Inconclusive},
		"short, two of three":   {list: []question{{f: shortAsked, end: resets}, {f: plainAsked, end: completed, done: true}, {f: shortAsked, end: resets}}, rule: NotAsked, rule3: NotAsked, short: Inconclusive},
		"short, three of three": {list: []question{{f: shortAsked, end: resets}, {f: plainAsked, end: completed, done: true}, {f: shortAsked, end: resets}, {f: shortAsked, end: resets}}, rule: NotAsked, rule3: NotAsked, short: Refuses},
		"short, once taken":     {list: []question{{f: shortAsked, end: resets}, {f: shortAsked, end: completed, done: true}}, rule: NotAsked, rule3: NotAsked, short: Takes},
		"ffdhe, mute": {list: []question{{f: ffdheAsked, end: resets}, {f: ffdhePlain, end: completed, done: true}, {f: ffdheStrip, end: completed, done: true}, {f: ffdheAsked, end: resets}, {f: ffdheAsked, end: resets}},
			rule: NotAsked, rule3: Strips, short: NotAsked},
		"ffdhe, fails always": {list: []question{{f: ffdheAsked, end: resets}, {f: ffdhePlain, end: resets}, {f: ffdheStrip, end: resets}, {f: ffdheAsked, end: resets}, {f: ffdheAsked, end: resets}},
			rule: NotAsked, rule3: Inconclusive, short: NotAsked},
	} {
		p := PictureOf(examinedCase(c.list...))
		if p.Rule.Is != c.rule || p.Rule13.Is != c.rule3 || p.Short.Is != c.short || !strings.Contains(p.Rule.Why, c.why) {
			t.Errorf("%s: %+v, TLS 1.3 %+v, short %+v", name, p.Rule, p.Rule13, p.Short)
		}
	}
}

// TestPictureOfOthers: a client that offers nothing is not exposed, over TDS 7 no client is to TLS 1.3, and of one without a hello
// nothing is said.
func TestPictureOfOthers(t *testing.T) {
	none := examinedCase(question{f: fact.Forcing{What: fact.ClientCertificate, Form: "right"}, end: completed, done: true})
	none.Handshakes[0].Client = &wire.ClientHello{Versions: []uint16{wire.TLS13}, Suites: []uint16{names.TLS_AES_128_GCM_SHA256}}
	if p := PictureOf(none); p.Rule.Is != NotExposed || p.Rule13.Is != NotExposed || p.Short.Is != NotExposed {
		t.Errorf("%+v", p)
	}
	tds := examinedCase(question{f: ruleKeeping, end: completed, done: true})
	tds.Question.Protocol = "mssql"
	if p := PictureOf(tds); p.Rule13.Is != NotExposed || p.Rule13.Why == "" || p.Rule.Is != Keeps {
		t.Errorf("%+v", p)
	}
	silent := examinedCase(question{f: fact.Forcing{What: fact.ClientPlain}, end: resets})
	silent.Handshakes[0].Client = nil
	if p := PictureOf(silent); p.Rule.Is != NotAsked || p.Rule13.Is != NotAsked {
		t.Errorf("%+v", p)
	}
	chance := ruleAsked
	chance.Extra = "rep2048_127" // 1 is among the few powers of its generator
	if p := PictureOf(examinedCase(question{f: chance, end: givenAway})); p.Odd.Is != "" {
		t.Errorf("%+v", p.Odd)
	}
	if p := PictureOf(examinedCase(question{f: ruleAsked, end: givenAway})); p.Odd.Is != "yes" {
		t.Errorf("%+v", p.Odd)
	}
}

// TestPictureOfCertificates: who verifies after the handshake leaves without the words that follow the right certificate.
func TestPictureOfCertificates(t *testing.T) {
	shown := func(form, step string) question {
		return question{f: fact.Forcing{What: fact.ClientCertificate, Form: form}, end: completed, done: true, step: step}
	}
	for _, c := range []struct {
		right, wrong, want string
		anyone             bool
	}{
		{"application data", "application data", Takes, true},
		{"application data", "client Finished", RefusesAfter, false},
		{"client Finished", "client Finished", Takes, true}, // it never says anything
	} {
		p := PictureOf(examinedCase(shown("right", c.right), shown("self-signed", c.wrong)))
		if p.Certs[1].Is != c.want || p.Anyone != c.anyone {
			t.Errorf("%+v: %+v", c, p.Certs)
		}
	}
}

// TestExaminedFindings: what is wrong with a client becomes a finding with its proof, and a right client has none.
func TestExaminedFindings(t *testing.T) {
	for name, c := range map[string]struct {
		list  []question
		slug  string
		proof string
	}{
		"keeps":     {[]question{{f: ruleKeeping, end: completed, done: true}}, "dhe-leading-zero", "under the keys of the secret with its leading zeros"},
		"neither":   {[]question{{f: ruleAsked, end: wrongKeys}, {f: ruleAsked, end: wrongKeys}}, "dhe-leading-zero", "opens neither"},
		"short":     {[]question{{f: shortAsked, end: resets}, {f: plainAsked, end: completed, done: true}, {f: shortAsked, end: resets}, {f: shortAsked, end: resets}}, "dhe-public-value-short", "fewer bytes than the prime"},
		"mute":      {[]question{{f: ffdheAsked, end: resets}, {f: ffdhePlain, end: completed, done: true}, {f: ffdheStrip, end: completed, done: true}, {f: ffdheAsked, end: resets}, {f: ffdheAsked, end: resets}}, "dhe-leading-zero", "it fails each time"},
		"Yc is 1":   {[]question{{f: ruleAsked, end: givenAway}}, "peer-implementation-bug", "the handshake ends here"},
		"any chain": {[]question{{f: fact.Forcing{What: fact.ClientCertificate, Form: "right"}, end: completed, done: true}, {f: fact.Forcing{What: fact.ClientCertificate, Form: "unknown-ca"}, end: completed, done: true}}, "verification-off", "of a CA that it cannot know"},
		"right":     {[]question{{f: fact.Forcing{What: fact.ClientDHE, Zero: "secret", Rule: fact.RuleStripped, Extra: "over2049"}, end: completed, done: true}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			found := map[string]Match{}
			for _, cause := range All() {
				if cause.Match == nil {
					continue
				}
				for _, m := range cause.Match(examinedCase(c.list...)) {
					found[cause.Slug] = m
				}
			}
			m, ok := found[c.slug]
			if c.slug == "" && len(found) > 0 || c.slug != "" && (!ok || len(found) != 1) {
				t.Fatalf("found %v", found)
			}
			if ok && (m.Sure != Proven || len(m.Proof) == 0 || !strings.Contains(m.Proof[0].Says, c.proof) || m.About.Client != "127.0.0.1" || len(m.Changes) == 0) {
				t.Errorf("%+v", m)
			}
		})
	}
}
