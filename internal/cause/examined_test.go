package cause

import (
	"math/big"
	"net/netip"
	"slices"
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
		p := PictureOf(examinedCase(shown("right", c.right), shown("self-signed", c.wrong), shown("self-signed", c.wrong)))
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

// Ends of a connection in which a certificate had been sent, and one in which none was.
var (
	certLost    = question{end: fact.End{By: wire.ClientSide, How: fact.EndReset, After: "ServerKeyExchange"}, step: "Certificate"}
	certClosed  = question{end: fact.End{By: wire.ClientSide, How: fact.EndClosed, After: "ServerKeyExchange"}, step: "Certificate"}
	certLater   = question{end: fact.End{By: wire.ClientSide, How: fact.EndClosed, After: "client Finished"}, step: "Certificate"}
	certDenied  = question{end: fact.End{By: wire.ClientSide, How: fact.EndAlert, Alert: 45, After: "Certificate"}, step: "Certificate"}
	certTaken   = question{end: completed, done: true}
	certLate    = question{end: fact.End{By: wire.ClientSide, How: fact.EndAlert, Alert: 48, After: "client Finished"}, done: true}
	noSuite     = question{end: fact.End{By: wire.ServerSide, How: fact.EndLocal, Reason: wire.ReasonNoSharedSuite, Detail: "no suite in common"}}
	earlyAlert  = question{end: fact.End{By: wire.ClientSide, How: fact.EndAlert, Alert: 40, After: "ServerHello"}}
	asksRight   = fact.Forcing{What: fact.ClientCertificate, Form: "right"}
	asksExpired = fact.Forcing{What: fact.ClientCertificate, Form: "expired"}
	asksOld     = fact.Forcing{What: fact.ClientVersion, Form: "TLS1.1"}
)

// questions are some that were asked the same.
func questions(f fact.Forcing, ends ...question) []question {
	for i := range ends {
		ends[i].f = f
		ends[i].f.Try = i + 1
	}
	return ends
}

// TestPictureOfLostConnections: a connection that was lost is no refusal, and neither is an end by the server or before anything
// was shown; an alert is, and so is the same end again and again.
func TestPictureOfLostConnections(t *testing.T) {
	lossy := questions(fact.Forcing{What: fact.ClientCertificate, Form: "right"}, certLost, certTaken)
	for name, c := range map[string]struct {
		before, list []question
		want         string
	}{
		"alert":                   {list: questions(asksExpired, certDenied), want: Refuses},
		"lost once":               {list: questions(asksExpired, certLost), want: Inconclusive},
		"lost, then taken":        {list: questions(asksExpired, certLost, certTaken), want: Takes},
		"twice":                   {list: questions(asksExpired, certLost, certClosed), want: Refuses},
		"twice, elsewhere":        {list: questions(asksExpired, certLost, certLater), want: Inconclusive},
		"twice, others are lost":  {before: lossy, list: questions(asksExpired, certLost, certClosed), want: Inconclusive},
		"always, others are lost": {before: lossy, list: questions(asksExpired, certLost, certLost, certLost, certLost, certLost), want: Refuses},
		"right, twice":            {list: questions(asksRight, certLost, certLost), want: Inconclusive},
		"right, three times":      {list: questions(asksRight, certLost, certLost, certLost), want: Refuses},
		"right, but taken before": {before: questions(ruleAsked, certTaken), list: questions(asksRight, certLost, certLost, certLost), want: Inconclusive},
		"alert, others are lost":  {before: lossy, list: questions(asksExpired, certDenied), want: Refuses},
		"alert after Finished":    {list: questions(asksExpired, certLate), want: RefusesAfter},
		"no shared suite":         {list: questions(asksExpired, noSuite, noSuite), want: NotAsked},
		"before the certificate":  {list: questions(asksExpired, earlyAlert, earlyAlert), want: NotAsked},
		"taken and refused":       {list: questions(asksExpired, certTaken, certDenied), want: Differs},
	} {
		p := PictureOf(examinedCase(slices.Concat(c.before, c.list)...))
		if j := p.Certs[len(p.Certs)-1]; j.Is != c.want || j.Is != Takes && j.Why == "" {
			t.Errorf("%s: %+v, want %s", name, j, c.want)
		}
	}
	for name, c := range map[string]struct {
		list []question
		want string
	}{
		"alert":           {questions(asksOld, earlyAlert), Refuses},
		"lost once":       {questions(asksOld, certLost), Inconclusive},
		"twice":           {questions(asksOld, certLost, certLost), Refuses},
		"no shared suite": {questions(asksOld, noSuite, noSuite), NotAsked},
		"lost, taken":     {questions(asksOld, certLost, certTaken), Takes},
	} {
		if p := PictureOf(examinedCase(c.list...)); len(p.Old) != 1 || p.Old[0].Is != c.want || p.Old[0].With != "TLS1.1" {
			t.Errorf("TLS 1.1, %s: %+v, want %s", name, p.Old, c.want)
		}
	}
	short := []question{{f: shortAsked, end: resets}, {f: plainAsked, end: completed, done: true}, {f: shortAsked, end: resets}, {f: shortAsked, end: resets}}
	if p := PictureOf(examinedCase(slices.Concat(lossy, short)...)); p.Short.Is != Inconclusive {
		t.Errorf("the public value, others are lost: %+v", p.Short)
	}
}

// TestPictureOfSeveralClients: curl with a CA and curl -k say hello alike. Answers that one client does not give together are no
// proof that it accepts any certificate.
func TestPictureOfSeveralClients(t *testing.T) {
	shown := func(form string, ends ...question) []question {
		return questions(fact.Forcing{What: fact.ClientCertificate, Form: form}, ends...)
	}
	any, some := []question{certTaken, certTaken}, []question{certTaken, certDenied}
	both := func(first, second []question, more ...question) []question {
		list := append(shown("right", certTaken), shown("unknown-ca", slices.Clone(first)...)...)
		return append(append(list, shown("self-signed", slices.Clone(second)...)...), more...)
	}
	denied := []question{certDenied, certDenied}
	for name, c := range map[string]struct {
		list            []question
		anyone, several bool
		sure            Sure
	}{
		"verifies nothing":             {list: both(any, any), anyone: true, sure: Proven},
		"nothing, but wants long keys": {list: both(any, any, shown("rsa-1024", certDenied)...), anyone: true, sure: Proven},
		"looks at names alone":         {list: both(any, any, shown("other-name", certDenied)...), anyone: true, sure: Likely},
		"one of two takes it":          {list: both(some, some), several: true, sure: Likely},
		"one kind and not the other":   {list: both(any, denied), several: true, sure: Likely},
		"right one refused by another": {list: append(questions(ruleAsked, certDenied, certTaken), both(any, any)...), several: true, sure: Likely},
		"verifies":                     {list: both(denied, denied)},
		"verifies, with a loss":        {list: both(denied, []question{certLost, certDenied, certDenied})},
	} {
		k := examinedCase(c.list...)
		for i := range k.Handshakes {
			if h := &k.Handshakes[i]; h.End.How == fact.EndAlert && strings.Contains(h.Variant.Value, fact.ClientDHE) {
				h.End.Alert = 48
			}
		}
		p, list := PictureOf(k), examinedVerification(k)
		if p.Anyone != c.anyone || p.Several != c.several || len(list) > 1 || (len(list) == 1) != (c.sure != "") {
			t.Errorf("%s: anyone %v, several %v, %+v", name, p.Anyone, p.Several, list)
			continue
		}
		if len(list) == 1 && (list[0].Sure != c.sure || (c.sure == Likely) != (len(list[0].Against) > 0)) {
			t.Errorf("%s: %+v", name, list[0])
		}
	}
}
