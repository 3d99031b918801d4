package diagnose

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// maxTries is how many changes of one diagnosis are tried.
const maxTries = 3

// attempt marks the changes of a failure's causes that experiments have imitated, and says which are still to be tried: what
// is advised should be known to help.
func attempt(c *fact.Case, d *Diagnosis) {
	base := c.Base()
	if base == nil || base.Completed() || c.Mixed() || base.Passive != nil {
		return
	}
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Level != cause.Breaks || f.Sure == cause.Possible || f.Measured {
			continue
		}
		for _, ch := range f.Changes {
			all := cause.Imitations(ch)
			done := slices.ContainsFunc(all, func(v fact.Variant) bool {
				return c.Tried(v) != nil || slices.Contains(c.Same, v) || slices.Contains(d.Tries, v)
			})
			if len(all) > 0 && !done && len(d.Tries) < maxTries {
				d.Tries = append(d.Tries, all[0])
			}
		}
		f.Changes = cause.Attempted(c, f.Changes)
		if c.Question.Configured != "" {
			f.Changes = change.Aimed(f.Changes, change.Client, proxyOf(c.Question.Configured))
			slices.SortStableFunc(f.Changes, smallerFirst)
		}
	}
}

// proxies have settings of their own for what their library does by default: advice for another program, or for the library, does
// not reach them.
var proxies = []string{"nginx", "haproxy", "apache", "envoy", "stunnel"}

func proxyOf(dialect string) string {
	if slices.Contains(proxies, dialect) {
		return dialect
	}
	return ""
}

// smallerFirst puts a line of the configuration at hand before what others have to do, such as a new certificate.
func smallerFirst(a, b change.Change) int {
	size := func(ch change.Change) int {
		switch {
		case !ch.Advised:
			return 2
		case len(cause.Imitations(ch)) > 0:
			return 0
		}
		return 1
	}
	return size(a) - size(b)
}
