// Package remedy writes a change in the configuration language of the product that must change: the lines to
// put, where, how they take effect and how to take them back. One file per platform; what a platform cannot
// write, the platform "general" says in a sentence.
package remedy

import (
	"slices"
	"sync"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Step is one thing to do. Values in Snippet, Apply and Undo that come from a peer are quoted for the
// language they stand in; a value that cannot be quoted there makes the step absent.
type Step struct {
	What    string            // what becomes true, in one plain sentence without full stop
	File    string            // where Snippet belongs; "" when it is a command or nothing is known
	Snippet string            // exact lines to put there, or to run; "" when there is only the sentence
	Apply   string            // what makes it take effect
	Undo    string            // what takes it back
	Risk    string            // only for steps that are not advised: what they cost, in one sentence
	ID      string            // message ID of What: "remedy.<platform>.<kind>", with ".<variant>" where a platform has several
	Args    map[string]string // the values of the placeholders in the message, cleaned of control characters
}

// A Platform is a product, or a field of work, with a configuration language.
type Platform struct {
	ID    string // "nginx-server"
	Title string // "nginx", for people
	Sides []change.Side
	// Owns says from 0 (not at all) to 100 (surely) whether the platform is what runs on this side of the
	// case. From Sure on it is known, below it is a guess from the protocol.
	Owns func(c *fact.Case, side change.Side) int
	// Steps writes a change; false when the platform has no words for it.
	Steps func(ch change.Change, c *fact.Case) ([]Step, bool)
}

// Sure is the score from which a platform is known to be the right one, not guessed.
const Sure = 60

// Advice is a step with the platform it is for.
type Advice struct {
	Platform string // ID of the platform
	Step
	Advised bool // false: it works, costs security (Risk says what) and is listed so that nobody has to search for it
}

// All lists the platforms. General, which has a sentence for every change, is the last. The list is shared: it is not to be
// changed.
func All() []Platform { return platforms() }

var platforms = sync.OnceValue(func() []Platform {
	return []Platform{
		nginxServer(), nginxUpstream(), mysqlServer(), mysqlClient(), postgresServer(), libpq(), schannel(), sqlServer(), sqlClient(),
		haproxy(), apache(), java(), node(), python(), golang(), curl(),
		certificates(), network(), openSSL(), general(),
	}
})

// ByID finds a platform.
func ByID(id string) (Platform, bool) {
	for _, p := range All() {
		if p.ID == id {
			return p, true
		}
	}
	return Platform{}, false
}

// contributors is how many platforms speak about one change: more would bury the one that is needed.
const contributors = 3

// For writes a change for the platforms that run on its side of the case, the surest first, in at most limit
// steps (0: all). There is always one: where no platform is known, or none has words for the change, the
// general sentence comes first and guesses follow.
func For(c *fact.Case, ch change.Change, limit int) []Advice {
	if c == nil {
		c = &fact.Case{}
	}
	if ch.Args["machine"] != "" && !describedWindows(c) { // other evidence tells of it: the change is for that Windows all the same
		c = &fact.Case{Question: c.Question, Machines: []fact.Machine{{}}}
	}
	advice, sure := specific(c, ch)
	if !sure {
		advice = append(written(general(), ch, c), advice...)
	}
	if limit > 0 && len(advice) > limit {
		advice = advice[:limit]
	}
	return advice
}

// specific asks the platforms but general; sure says that the first which answered is known to run there.
func specific(c *fact.Case, ch change.Change) (advice []Advice, sure bool) {
	spoke := 0
	for _, o := range owners(c, ch) {
		steps := written(o.platform, ch, c)
		if len(steps) == 0 {
			continue
		}
		if spoke == 0 {
			sure = o.score >= Sure
		}
		advice = append(advice, steps...)
		if spoke++; spoke == contributors {
			break
		}
	}
	return advice, sure
}

type owner struct {
	platform Platform
	score    int
}

// owners lists the platforms but general that own a change's side of the case and write its product, the surest first.
func owners(c *fact.Case, ch change.Change) []owner {
	var list []owner
	for _, p := range All() {
		if p.ID == generalID || !slices.Contains(p.Sides, ch.Side) || !writesFor(p.ID, ch.Product) || describedWindows(c) && p.ID != "schannel" {
			continue
		}
		if s := sureOf(p.ID, ch.Product, p.Owns(c, ch.Side)); s > 0 {
			list = append(list, owner{p, s})
		}
	}
	slices.SortStableFunc(list, func(a, b owner) int { return b.score - a.score })
	return list
}

// leftOut is the price of offering something that is not advised although it weakens nothing by its kind.
const leftOut = "it is left out on purpose, as a rule because it is weak"

func written(p Platform, ch change.Change, c *fact.Case) []Advice {
	steps, ok := p.Steps(ch, c)
	if !ok {
		return nil
	}
	advice := make([]Advice, len(steps))
	for i, s := range steps {
		if !ch.Advised && s.Risk == "" {
			s.Risk = leftOut
		}
		advice[i] = Advice{Platform: p.ID, Step: s, Advised: ch.Advised && s.Risk == ""}
	}
	return advice
}
