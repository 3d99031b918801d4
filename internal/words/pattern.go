package words

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first needed: compiling all of them would take most of the
// time that a run needs to start.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
