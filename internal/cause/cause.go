// Package cause is the catalogue: one file per cause, each a card of data with a few lines of rule, its sources,
// and a test case that provokes it beside a near miss that does not.
package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Phase is the step of a connection under which a cause is filed.
type Phase string

// The phases, in the order of a connection.
const (
	Reach       Phase = "reach"
	Preamble    Phase = "preamble"
	Hello       Phase = "hello"
	KeyExchange Phase = "key-exchange"
	ServerAuth  Phase = "server-auth"
	ClientAuth  Phase = "client-auth"
	Finish      Phase = "finish"
	Session     Phase = "session"
	ServerSetup Phase = "server-setup"
	ClientSetup Phase = "client-setup"
	Benign      Phase = "benign"
)

// A Level is how much a finding hurts.
type Level string

// The levels, worst first.
const (
	Breaks    Level = "breaks"
	WillBreak Level = "will-break"
	Weak      Level = "weak"
	Note      Level = "note"
)

// A Sure is how certain a finding is (see the rules in the design).
type Sure string

// Proven: a one-change experiment flipped, a recorded flight judged again passes, or the wire states it.
// Likely: one cause explains everything. Possible: several do.
const (
	Proven   Sure = "proven"
	Likely   Sure = "likely"
	Possible Sure = "possible"
)

// A Cause is one card of the catalogue. Texts hold {placeholders} that Match.Args fills.
type Cause struct {
	ID, Slug, Since string
	Phase           Phase
	Level           Level
	Title           string          // the cause in one plain sentence, no full stop
	Why             string          // for a person who does not know TLS
	Check           string          // how to see it by hand
	Cites           []string        // RFC, KB, source file of the product that prints the message
	Hides           []string        // consequences silent while this holds
	Plain           string          // the title where nothing but a text is known: no placeholders; "" when Title has none
	Signs           []Sign          // what texts say when this is the cause
	Advice          []change.Change // what to change where nothing but a text is known, the smallest safe change first
	Decide          string          // the experiment that tells this cause from others, in words: "the same handshake with the name sent"; "" where only Check does
	Residual        bool            // names only where it broke: gives way to any finer cause, never proven
	Match           func(*fact.Case) []Match
	// Written, where a cause has it, looks at configuration: settings, the connections they describe, the files they name.
	Written func(*fact.Case) []Match
	// Crowd, where a cause has it, looks at many watched handshakes of one server at once: what it says of them
	// takes the place of what Match says of each.
	Crowd func(*fact.Case) []Match
	// Checks are Check in the words of one protocol, where Check names the programs of several.
	Checks map[string]string
	// Variants are the ways in which a cause shows that ask for other words; Match.Variant names one. "" of a text: the card's.
	Variants map[string]Variant
}

// A Variant are the words for one way in which a cause shows.
type Variant struct{ Title, Why, Check string }

// Words gives the card's texts as a match says them, each with the end of its message ID.
func (c *Cause) Words(m Match) (words Variant, ids Variant) {
	words, ids = Variant{c.Title, c.Why, c.Check}, Variant{".title", ".why", ".check"}
	v := c.Variants[m.Variant]
	for _, t := range []struct{ of, word, id *string }{{&v.Title, &words.Title, &ids.Title}, {&v.Why, &words.Why, &ids.Why}, {&v.Check, &words.Check, &ids.Check}} {
		if *t.of != "" {
			*t.word, *t.id = *t.of, "."+m.Variant+*t.id
		}
	}
	return words, ids
}

// A Sign is a symptom by which texts show a cause, and how much it speaks for it: 10 where an expert would name this
// cause first, 5 where it is one of several, 1 where it is merely possible.
type Sign struct {
	Of     fact.Symptom
	In     []fact.Context // circumstances that must hold; the sign with most of them counts
	Weight int
}

// A Match is one place where the rule holds.
type Match struct {
	About   About
	Args    map[string]string
	Level   Level // "" means the cause's own
	Count   int   // how many handshakes it speaks of, where a crowd was looked at
	Rare    bool  // it breaks a connection now and then and lets the others through
	Sure    Sure
	Proof   []Proof
	Against []Proof
	Asks    []fact.Ask // experiments that would make it proven, or rule it out
	Changes []change.Change
	// Measured: an experiment that was asked for brought it about. It is never hidden, and explains no failure of the
	// unchanged handshake.
	Measured bool
	// Variant is which of the card's variants it is, "" for none.
	Variant string
}

// About is the subject a finding speaks of.
type About struct {
	Client   string `json:"client"`
	Server   string `json:"server"`
	SNI      string `json:"sni"`
	Upstream string `json:"upstream"`
}

// A Proof is one piece of evidence with what it says; Says may hold placeholders of the match's Args.
type Proof struct {
	Ref  fact.Ref
	Says string
}
