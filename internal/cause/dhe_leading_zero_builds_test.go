package cause

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	dheGCM   = 0x009f
	ecdheCBC = 0xc028
)

// described is a machine as package client fills it in.
func described(product, build string, repaired fact.Tri, by fact.RepairBy) fact.Machine {
	return fact.Machine{Ref: fact.Ref{Kind: "conf", At: product}, Product: product, Build: build, Server: fact.Yes, Repaired: repaired, By: by,
		Order: fact.SuiteOrder{From: "default", Suites: []uint16{ecdheCBC, dheGCM}}}
}

var (
	old2012   = described("Windows Server 2012 R2", "6.3.9600", fact.No, fact.ByRelease)
	old2016   = described("Windows Server 2016", "10.0.14393.3541", fact.No, fact.ByRevision)
	new2016   = described("Windows Server 2016", "10.0.14393.3542", fact.Yes, fact.ByRevision)
	maybe2016 = described("Windows Server 2016", "10.0.14393", fact.Unknown, fact.ByNothing)
	new2019   = described("Windows Server 2019", "10.0.17763", fact.Yes, fact.ByRelease)
)

// pair is a client and a server that agree on a suite.
func pair(client, server fact.Machine, suite, after uint16) *fact.Case {
	return &fact.Case{Machines: []fact.Machine{client, server}, Meetings: []fact.Meeting{{Client: 0, Server: 1, Version: wire.TLS12, Suite: suite, After: after}}}
}

// TestWrittenZeros: what builds say by themselves and in pairs, and never that it is proven.
func TestWrittenZeros(t *testing.T) {
	alone := func(m fact.Machine) *fact.Case { return &fact.Case{Machines: []fact.Machine{m}} }
	noDHE, both := old2012, pair(old2012, new2019, dheGCM, ecdheCBC)
	noDHE.Order.Suites = []uint16{ecdheCBC}
	reverse := pair(old2012, new2019, dheGCM, ecdheCBC)
	reverse.Meetings[0].Reverse = true
	nothing := pair(noDHE, new2019, dheGCM, 0)
	nothing.Machines[0].Order.Suites = []uint16{dheGCM}
	for name, c := range map[string]struct {
		c     *fact.Case
		want  string   // level and sureness of each match
		kinds []string // changes of the first
	}{
		"fixed":                    {alone(new2016), "", nil},
		"release fixed":            {alone(new2019), "", nil},
		"one revision below":       {alone(old2016), "will-break likely", []string{"upgrade-server", "drop-dhe"}},
		"never":                    {alone(old2012), "will-break likely", []string{"drop-dhe"}},
		"unknown revision":         {alone(maybe2016), "will-break possible", []string{"upgrade-server", "drop-dhe"}},
		"contradicting itself":     {alone(contradicting2019()), "will-break possible", []string{"drop-dhe"}}, // no update is named for it
		"never, but without DHE":   {alone(noDHE), "note likely", []string{"leave-alone"}},
		"pair with two rules":      {both, "breaks likely", []string{"drop-dhe", "drop-dhe"}},
		"pair with one unknown":    {pair(old2012, maybe2016, dheGCM, ecdheCBC), "will-break possible", []string{"upgrade-server", "drop-dhe", "drop-dhe"}},
		"pair alike, both wrong":   {pair(old2012, old2016, dheGCM, ecdheCBC), "weak likely, weak likely", nil},
		"pair alike, both right":   {pair(new2016, new2019, dheGCM, ecdheCBC), "", nil},
		"pair that needs no DHE":   {pair(new2019, old2012, ecdheCBC, ecdheCBC), "weak likely", nil},
		"pair with nothing else":   {nothing, "breaks likely", []string{"offer-suite", "drop-dhe", "drop-dhe"}},
		"the other way round":      {reverse, "will-break likely", []string{"drop-dhe", "drop-dhe"}},
		"nobody":                   {&fact.Case{}, "", nil},
		"settings without version": {alone(fact.Machine{Order: fact.SuiteOrder{From: "registry", Suites: []uint16{dheGCM}}}), "", nil},
	} {
		var got []string
		for _, m := range writtenZeros(c.c) {
			got = append(got, string(m.Level)+" "+string(m.Sure))
			checkMatch(t, dheLeadingZero, m)
			if m.Sure == Proven || len(m.Proof) == 0 || m.Level != Note && len(m.Against) == 0 {
				t.Errorf("%s: %+v", name, m)
			}
			for _, ch := range m.Changes {
				if ch.Kind == change.AllowOldVersion || ch.Kind == change.LowerSecurityLevel {
					t.Errorf("%s: proposes %s", name, ch.Kind)
				}
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if ms := writtenZeros(c.c); c.kinds != nil && (len(ms) == 0 || !slices.Equal(kindsOf(ms[0].Changes), c.kinds)) {
			t.Errorf("%s: changes %+v, want %v", name, ms, c.kinds)
		}
	}
	if m := writtenZeros(both)[0]; !strings.Contains(m.Proof[len(m.Proof)-1].Says, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384") {
		t.Errorf("not told what they agree on afterwards: %+v", m.Proof)
	}
}

// contradicting2019 was told with the name of one release and the build of another.
func contradicting2019() fact.Machine {
	m := described("Windows Server 2019", "10.0.14393.3300", fact.Unknown, fact.ByNothing)
	m.Contradiction, m.Order = "10.0.14393 is Server 2016", fact.SuiteOrder{}
	return m
}

// TestContradictionIsTold: neither the name nor the build is taken for the right one.
func TestContradictionIsTold(t *testing.T) {
	m := contradicting2019()
	if says := RepairSays(&m); !strings.HasPrefix(says, "not told") || !strings.Contains(says, m.Contradiction) {
		t.Error(says)
	}
	if ch := dropOn(&m, change.Server); ch.Args["windows"] != "" {
		t.Errorf("%+v", ch)
	}
}

func kindsOf(list []change.Change) []string {
	out := []string{}
	for _, ch := range list {
		out = append(out, string(ch.Kind))
	}
	return out
}

// TestHowToDrop: the cmdlets where there are any, unless a policy is in force; the list of a machine is its own without TLS_DHE_*.
func TestHowToDrop(t *testing.T) {
	policy, local, listed := new2016, old2012, fact.Machine{Order: fact.SuiteOrder{From: "Get-TlsCipherSuite"}}
	names := []string{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"}
	policy.Order.From, policy.Order.Names = "group policy", names
	local.Order.From, local.Order.Names = "registry", names
	const left = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_256_GCM_SHA384"
	for name, c := range map[string]struct {
		m          fact.Machine
		way, suite string
	}{
		"2016": {new2016, "cmdlets", ""}, "2012 R2": {old2012, "policy", ""}, "a policy on 2016": {policy, "policy", left}, "a list on 2012 R2": {local, "policy", left},
		"what the cmdlet printed": {listed, "cmdlets", ""}, "nothing known": {fact.Machine{}, "", ""},
		"10 of no build": {described("Windows 10", "", fact.Unknown, fact.ByNothing), "cmdlets", ""},
		"2003":           {described("Windows Server 2003", "5.2.3790", fact.No, fact.ByRelease), "registry", ""},
	} {
		if ch := dropOn(&c.m, change.Server); ch.Kind != change.DropDHE || ch.Args["windows"] != c.way || ch.Args["suites"] != c.suite {
			t.Errorf("%s: %+v", name, ch)
		}
	}
}

// TestLeadingZeroWord: what a pair says about a failure that a text shows.
func TestLeadingZeroWord(t *testing.T) {
	reverse := pair(old2012, new2019, dheGCM, ecdheCBC)
	reverse.Meetings[0].Reverse = true
	for name, c := range map[string]struct {
		c            *fact.Case
		sure         Sure
		says, denies bool
	}{
		"two rules":           {pair(old2012, new2019, dheGCM, ecdheCBC), Likely, true, false},
		"the other way round": {reverse, "", true, false}, // the pair that was asked is not in the case: each machine speaks for itself
		"one unrepaired":      {&fact.Case{Machines: []fact.Machine{old2016}}, "", true, false},
		"one repaired":        {&fact.Case{Machines: []fact.Machine{new2016}}, "", false, true},
		"both wrong":          {pair(old2012, old2016, dheGCM, ecdheCBC), Possible, false, true},
		"both right":          {pair(new2016, new2019, dheGCM, ecdheCBC), Possible, false, true},
		"no DHE":              {pair(new2019, old2012, ecdheCBC, ecdheCBC), "", false, true},
		"nobody":              {&fact.Case{}, "", false, false},
	} {
		if w := LeadingZeroWord(c.c); w.Sure != c.sure || len(w.For) > 0 != c.says || len(w.Against) > 0 != c.denies {
			t.Errorf("%s: %+v", name, w)
		}
	}
}

// TestRepairSays1607: KB4557473's list has Windows 10 from version 1511 on, its paragraph on the cause wants the update on 1607: both are told.
func TestRepairSays1607(t *testing.T) {
	for build, both := range map[string]bool{"10.0.14393": true, "10.0.14393.3541": true, "10.0.14393.3542": false, "10.0.15063": false, "10.0.10586": false} {
		m := described("Windows 10", build, fact.Yes, fact.ByRelease)
		if says := RepairSays(&m); strings.Contains(says, "its text asks") != both || !strings.HasPrefix(says, "repaired") {
			t.Errorf("%s: %s", build, says)
		}
	}
}
