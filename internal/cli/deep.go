package cli

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/source/live"
)

// deepFlag adds --deep, which may stand without a value.
func deepFlag(cmd *cobra.Command, to *string) {
	f := cmd.Flags()
	f.Var(deepValue{to}, "deep", "bring about what else happens once in many connections: leading-zero (TLS_DHE, the default), all (rare numbers, forms of hellos, resumption, too)")
	f.Lookup("deep").NoOptDefVal = live.DeepLeadingZero
}

// A deepValue is what --deep= says; nothing behind the sign, as an unset variable of a shell leaves it, is a mistake.
type deepValue struct{ to *string }

func (v deepValue) String() string {
	if v.to == nil {
		return "" // pflag asks a zero value, too
	}
	return *v.to
}

// Set implements pflag.Value.
func (v deepValue) Set(s string) error {
	if s == "" {
		return errors.New("it is empty; write --deep, --deep=leading-zero or --deep=all")
	}
	*v.to = s
	return nil
}

// Type implements pflag.Value.
func (v deepValue) Type() string { return "string" }

func knownDeep(what string) bool {
	return what == "" || what == live.DeepLeadingZero || what == live.DeepAll
}

// deepBudget divides the connections between the diagnosis and --deep, and says before any is made what will be done. A
// number that the user gives, or MySQL's, is that of both together.
func (w *world) deepBudget(o options, t target, spent int, s *live.Settings) {
	if o.deep == "" {
		return
	}
	s.Deep = live.DeepCost(o.deep)
	total := o.max
	if total == 0 && t.protocol == "mysql" {
		total = mysqlConnections
	}
	if total > 0 {
		s.Max, s.Deep = deepShares(max(total-spent, 0), s.Deep, connections+o.repeat-1)
	} else if _, err := netip.ParseAddr(t.host); err != nil {
		s.DeepEach = live.DeepEach // a name may have several addresses
	}
	usual, each := "", ""
	if few := live.DeepUsual(o.deep); s.Deep > few {
		usual = fmt.Sprintf(" (about %d where nothing is wrong)", few)
	}
	if s.DeepEach > 0 {
		each = fmt.Sprintf(", and up to %d to each further address of that name", s.DeepEach)
	}
	fmt.Fprintf(w.stderr, "tlswhy: --deep makes up to %d more connections%s to %s%s: %s\n", s.Deep, usual, t.String(), each, deepSays[o.deep])
	if t.protocol == "mysql" {
		fmt.Fprintf(w.stderr, "tlswhy: MySQL counts each against max_connect_errors and may block this host after 100 (error 1129); FLUSH HOSTS resets that\n")
	}
}

// deepShares leaves the diagnosis what --deep does not need at most, and where that is little, a quarter; never more than
// there are.
func deepShares(total, cost, usual int) (diagnosis, deep int) {
	diagnosis = max(total-cost, min(usual, (total+3)/4))
	return diagnosis, total - diagnosis
}

// deepSays tells what a target will meet.
var deepSays = map[string]string{
	live.DeepLeadingZero: "TLS handshakes with TLS_DHE suites whose secret or public value starts with a zero byte; " +
		"a faulty server breaks some of them and may log that, a sound one notices nothing; nobody logs in",
	live.DeepAll: "TLS handshakes with rare numbers and odd, large or fragmented messages, and resumed sessions; " +
		"a faulty server breaks some of them and may log that, a sound one notices nothing; nobody logs in",
}
