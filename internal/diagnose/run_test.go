package diagnose

import (
	"context"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// card makes a cause that always matches as told.
func card(id, slug string, m cause.Match, change func(*cause.Cause)) cause.Cause {
	c := cause.Cause{ID: id, Slug: slug, Phase: cause.Hello, Level: cause.Breaks,
		Match: func(*fact.Case) []cause.Match { return []cause.Match{m} }}
	if change != nil {
		change(&c)
	}
	return c
}

func failed(v fact.Variant) fact.Handshake {
	return fact.Handshake{Ref: fact.Ref{Kind: "live", At: "experiment 1"}, Variant: v, Client: &wire.ClientHello{}, Finished: fact.No,
		End: fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "ClientHello"}}
}

func worked(v fact.Variant) fact.Handshake {
	return fact.Handshake{Variant: v, Client: &wire.ClientHello{}, Server: &wire.ServerHello{}, Finished: fact.Yes, End: fact.End{How: fact.EndCompleted}}
}

func slugsOf(list []Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Cause.Slug)
	}
	return out
}

func TestProvenOvertakesGuessesAndResidues(t *testing.T) {
	c := &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}
	ask := []fact.Ask{{Variant: fact.Variant{Kind: fact.Wide}, Weight: 5}}
	catalogue := []cause.Cause{
		card("TW3002", "residue", cause.Match{Sure: cause.Likely}, func(c *cause.Cause) { c.Residual = true }),
		card("TW3003", "guess", cause.Match{Sure: cause.Possible, Asks: ask}, nil),
		card("TW3004", "root", cause.Match{Sure: cause.Proven}, nil),
	}
	d := Run(c, catalogue)
	if got := slugsOf(d.Findings); !slices.Equal(got, []string{"root"}) {
		t.Errorf("findings %v", got)
	}
	if len(d.Hidden) != 2 || len(d.Asks) != 0 || d.Outcome != Fails {
		t.Errorf("hidden %v, asks %v, outcome %s", slugsOf(d.Hidden), d.Asks, d.Outcome)
	}
}

func TestRootHidesItsConsequence(t *testing.T) {
	c := &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}
	about := cause.About{Server: "192.0.2.1:443"}
	elsewhere := cause.About{Server: "192.0.2.2:443"}
	hides := func(c *cause.Cause) { c.Hides = []string{"consequence"} }
	tests := []struct {
		name string
		root cause.Match
		then cause.Match
		want []string
	}{
		{"same subject", cause.Match{Sure: cause.Proven, About: about}, cause.Match{Sure: cause.Proven, About: about}, []string{"root"}},
		{"another subject", cause.Match{Sure: cause.Proven, About: elsewhere}, cause.Match{Sure: cause.Proven, About: about}, []string{"consequence", "root"}},
		{"a guess hides nothing certain", cause.Match{Sure: cause.Likely, About: about}, cause.Match{Sure: cause.Proven, About: about}, []string{"consequence", "root"}},
		{"a latent root hides nothing that breaks", cause.Match{Sure: cause.Proven, About: about, Level: cause.Weak}, cause.Match{Sure: cause.Proven, About: about}, []string{"consequence", "root"}},
	}
	for _, test := range tests {
		d := Run(c, []cause.Cause{card("TW5001", "consequence", test.then, nil), card("TW5002", "root", test.root, hides)})
		got := slugsOf(d.Findings)
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestOrderOfCatalogueDoesNotMatter(t *testing.T) {
	c := &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}
	catalogue := []cause.Cause{
		card("TW3001", "a", cause.Match{Sure: cause.Likely}, nil),
		card("TW3002", "b", cause.Match{Sure: cause.Proven}, nil),
		card("TW3003", "c", cause.Match{Sure: cause.Proven, Level: cause.Note}, nil),
		card("TW3004", "d", cause.Match{Sure: cause.Proven}, func(c *cause.Cause) { c.Hides = []string{"b"} }),
	}
	want := slugsOf(Run(c, catalogue).Findings)
	slices.Reverse(catalogue)
	if got := slugsOf(Run(c, catalogue).Findings); !slices.Equal(got, want) {
		t.Errorf("reversed catalogue: %v, before %v", got, want)
	}
}

func TestOutcomes(t *testing.T) {
	none := []cause.Cause{}
	level := func(l cause.Level) []cause.Cause {
		return []cause.Cause{card("TW3001", "x", cause.Match{Sure: cause.Proven, Level: l}, nil)}
	}
	repeat := fact.Variant{Kind: fact.Repeat, Value: "2"}
	unreached := fact.Handshake{Variant: fact.Variant{Kind: fact.Address, Value: "[::1]:443"}, Finished: fact.No, End: fact.End{How: fact.EndRefused, After: "tcp"}}
	tests := []struct {
		name string
		hs   []fact.Handshake
		list []cause.Cause
		want Outcome
	}{
		{"works", []fact.Handshake{worked(fact.Variant{})}, none, OK},
		{"works, with a note", []fact.Handshake{worked(fact.Variant{})}, level(cause.Note), OK},
		{"works, weak", []fact.Handshake{worked(fact.Variant{})}, level(cause.Weak), OK},
		{"works, not for long", []fact.Handshake{worked(fact.Variant{})}, level(cause.WillBreak), AtRisk},
		{"fails", []fact.Handshake{failed(fact.Variant{})}, level(cause.Breaks), Fails},
		{"fails, nobody knows why", []fact.Handshake{failed(fact.Variant{})}, none, Unknown},
		{"sometimes", []fact.Handshake{worked(fact.Variant{}), failed(repeat)}, level(cause.Breaks), Intermittent},
		{"sometimes, nobody knows why", []fact.Handshake{worked(fact.Variant{}), failed(repeat)}, none, Intermittent},
		{"one address takes no connection", []fact.Handshake{unreached, worked(fact.Variant{})}, none, OK},
		{"an experiment works", []fact.Handshake{failed(fact.Variant{}), worked(fact.Variant{Kind: fact.Wide})}, level(cause.Breaks), Fails},
	}
	for _, test := range tests {
		if got := Run(&fact.Case{Handshakes: test.hs}, test.list).Outcome; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A bookkeeper answers experiments with failure and remembers which were made together.
type bookkeeper struct {
	rounds [][]fact.Variant
	left   int
	quiet  bool
}

func (b *bookkeeper) AskAll(_ context.Context, c *fact.Case, list []fact.Variant) int {
	b.rounds = append(b.rounds, list)
	for _, v := range list {
		c.Handshakes = append(c.Handshakes, failed(v))
		b.left--
	}
	return len(list)
}
func (b *bookkeeper) Left() int   { return b.left }
func (b *bookkeeper) Quiet() bool { return b.quiet }

// askers are two causes that want one experiment together and each its own.
func askers() []cause.Cause {
	ask := func(own string) cause.Cause {
		return cause.Cause{ID: "TW3" + own, Slug: own, Level: cause.Breaks, Phase: cause.Hello, Match: func(c *fact.Case) []cause.Match {
			if c.Tried(fact.Variant{Kind: fact.Suites, Value: own}) != nil {
				return nil
			}
			return []cause.Match{{Sure: cause.Possible, Asks: []fact.Ask{
				{Variant: fact.Variant{Kind: fact.Wide, Value: "all"}, Weight: 3}, {Variant: fact.Variant{Kind: fact.Suites, Value: own}, Weight: 5}}}}
		}}
	}
	return []cause.Cause{ask("001"), ask("002")}
}

func TestLoopTakesTheExperimentThatSplitsMost(t *testing.T) {
	b := &bookkeeper{left: 12}
	c := &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}
	d := Loop(context.Background(), c, askers(), b)
	if len(b.rounds) != 3 || b.rounds[0][0].Kind != fact.Wide {
		t.Errorf("rounds %v", b.rounds)
	}
	if d.Outcome != Unknown {
		t.Errorf("outcome %s", d.Outcome)
	}
}

func TestLoopMakesAllAtOnceAfterSilence(t *testing.T) {
	b := &bookkeeper{left: 12, quiet: true}
	c := &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}
	Loop(context.Background(), c, askers(), b)
	if len(b.rounds) != 1 || len(b.rounds[0]) != 3 {
		t.Errorf("rounds %v", b.rounds)
	}
}

func TestLoopKeepsToItsBudget(t *testing.T) {
	b := &bookkeeper{left: 1}
	c := &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}
	d := Loop(context.Background(), c, askers(), b)
	if len(b.rounds) != 1 || len(d.Open) != 2 {
		t.Errorf("rounds %v, open %v", b.rounds, slugsOf(d.Open))
	}
}

// TestLoopTriesWhatItAdvises: the changes of a cause that is known are imitated once, within the budget, and one that did not
// help is no longer advised.
func TestLoopTriesWhatItAdvises(t *testing.T) {
	known := func(sure cause.Sure) []cause.Cause {
		return []cause.Cause{card("TW3001", "known", cause.Match{Sure: sure, Changes: []change.Change{
			change.New(change.OfferGroup, change.Client, "group", "P-521"), change.New(change.AskOwner, change.Server)}}, nil)}
	}
	for _, row := range []struct {
		sure   cause.Sure
		left   int
		rounds int
		kinds  []change.Kind
	}{
		{cause.Proven, 12, 1, []change.Kind{change.AskOwner}},
		{cause.Proven, 0, 0, []change.Kind{change.OfferGroup, change.AskOwner}},
		{cause.Possible, 12, 0, []change.Kind{change.OfferGroup, change.AskOwner}},
	} {
		b := &bookkeeper{left: row.left}
		d := Loop(context.Background(), &fact.Case{Handshakes: []fact.Handshake{failed(fact.Variant{})}}, known(row.sure), b)
		var kinds []change.Kind
		for _, ch := range d.Findings[0].Changes {
			kinds = append(kinds, ch.Kind)
		}
		if len(b.rounds) != row.rounds || !slices.Equal(kinds, row.kinds) {
			t.Errorf("%s with %d left: %d rounds, changes %v", row.sure, row.left, len(b.rounds), kinds)
		}
	}
}

// TestFlipOfAFickleServerIsCheckedAgain: a server that hangs up on every other handshake, whatever stands in it, lets the
// first changed one pass. Only the unchanged handshake, made once more, tells that from a cause.
func TestFlipOfAFickleServerIsCheckedAgain(t *testing.T) {
	for _, row := range []struct {
		again fact.Handshake
		want  Outcome
		slug  string
	}{{fact.Handshake{End: fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "ClientHello"}}, Fails, "large-hello-dropped"},
		{fact.Handshake{End: fact.End{How: fact.EndCompleted}}, Intermittent, "closed-after-hello"}} {
		hello := &wire.ClientHello{Raw: make([]byte, 1500), LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12},
			Suites: []uint16{0x1301}, Groups: []uint16{29}, ServerName: "x.test"}
		told := func(h fact.Handshake, v fact.Variant) fact.Handshake {
			h.Ref, h.Protocol, h.Client, h.Variant, h.Finished = fact.Ref{Kind: "live", At: v.String()}, "https", hello, v, fact.Is(h.End.How == fact.EndCompleted)
			if h.Finished == fact.Yes {
				h.Server, h.Verdict = &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301}, &fact.Verdict{Trusted: true}
			}
			return h
		}
		closed := fact.Handshake{End: fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "ClientHello"}}
		small := fact.Variant{Kind: fact.HelloShape, Value: "one-segment"}
		c := &fact.Case{Question: fact.Question{Host: "x.test", Protocol: "https", Port: 443}, Handshakes: []fact.Handshake{
			told(closed, fact.Variant{}), told(fact.Handshake{End: fact.End{How: fact.EndCompleted}}, small)}}
		once := fact.Variant{Kind: fact.Repeat, Value: "2"}
		d := Run(c, cause.All())
		if len(d.Asks) == 0 || d.Asks[0].Variant != once {
			t.Fatalf("asks %v, want the unchanged handshake again", d.Asks)
		}
		c.Handshakes = append(c.Handshakes, told(row.again, once))
		d = Run(c, cause.All())
		if got := slugsOf(d.Findings); d.Outcome != row.want || len(got) == 0 || got[0] != row.slug {
			t.Errorf("outcome %s, findings %v; want %s, %s", d.Outcome, got, row.want, row.slug)
		}
	}
}
