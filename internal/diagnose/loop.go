package diagnose

import (
	"context"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// An Answerer makes experiments and adds what they show to the case.
type Answerer interface {
	// AskAll makes the experiments side by side; those that would change nothing are noted in the case.
	AskAll(ctx context.Context, c *fact.Case, variants []fact.Variant) int
	// Left is how many connections may still be made.
	Left() int
	// Quiet reports that a handshake met silence: then all open experiments are made at once.
	Quiet() bool
}

// Loop alternates Run and experiments until nothing is open, the failure is proven, or no connection is left. Then the changes
// that are advised are tried.
func Loop(ctx context.Context, c *fact.Case, catalogue []cause.Cause, a Answerer) Diagnosis {
	tried := false
	for {
		d := Run(c, catalogue)
		trying := len(d.Asks) == 0 && len(d.Tries) > 0 && !tried
		if len(d.Asks) == 0 && !trying || a.Left() <= 0 || ctx.Err() != nil {
			return d
		}
		seen := len(c.Handshakes) + len(c.Same)
		if trying {
			tried = true
			a.AskAll(ctx, c, d.Tries[:min(len(d.Tries), a.Left())])
		} else {
			a.AskAll(ctx, c, next(d.Asks, a))
		}
		if len(c.Handshakes)+len(c.Same) == seen {
			return Run(c, catalogue)
		}
	}
}

// next is the experiment that splits most open causes; after a silence all of them, side by side.
func next(asks []fact.Ask, a Answerer) []fact.Variant {
	n := 1
	if a.Quiet() {
		n = min(len(asks), a.Left())
	}
	out := make([]fact.Variant, n)
	for i := range out {
		out[i] = asks[i].Variant
	}
	return out
}
