package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/source/live"
)

// deepFlag adds --deep, which may stand without a value.
func deepFlag(cmd *cobra.Command, to *string) {
	f := cmd.Flags()
	f.StringVar(to, "deep", "", "bring about what else happens once in many connections: leading-zero (TLS_DHE, the default), all (rare numbers, forms of hellos, resumption, too)")
	f.Lookup("deep").NoOptDefVal = live.DeepLeadingZero
}

func knownDeep(what string) bool {
	return what == "" || what == live.DeepLeadingZero || what == live.DeepAll
}

// shallowMySQL is what a diagnosis leaves of a MySQL server's 20 connections to itself when --deep has the rest.
var shallowMySQL = map[string]int{live.DeepLeadingZero: mysqlConnections - live.DeepCost(live.DeepLeadingZero), live.DeepAll: 5}

// deepBudget divides the connections between the diagnosis and --deep, and says before any is made what will be done.
func (w *world) deepBudget(o options, t target, s *live.Settings) {
	if o.deep == "" {
		return
	}
	s.Deep = live.DeepCost(o.deep)
	if t.protocol == "mysql" && o.max == 0 {
		s.Max = min(s.Max, shallowMySQL[o.deep])
		s.Deep = min(s.Deep, mysqlConnections-s.Max)
	}
	usual := ""
	if s.Deep > live.DeepUsual {
		usual = fmt.Sprintf(" (about %d where nothing is wrong)", live.DeepUsual)
	}
	fmt.Fprintf(w.stderr, "tlswhy: --deep makes up to %d more connections%s to %s: %s\n", s.Deep, usual, t.String(), deepSays[o.deep])
	if t.protocol == "mysql" {
		fmt.Fprintf(w.stderr, "tlswhy: MySQL counts each against max_connect_errors and may block this host after 100 (error 1129); FLUSH HOSTS resets that\n")
	}
}

// deepSays tells what a target will meet.
var deepSays = map[string]string{
	live.DeepLeadingZero: "TLS handshakes with TLS_DHE suites whose secret or public value starts with a zero byte; " +
		"a faulty server breaks some of them and may log that, a sound one notices nothing; nobody logs in",
	live.DeepAll: "TLS handshakes with rare numbers and odd, large or fragmented messages, and resumed sessions; " +
		"a faulty server breaks some of them and may log that, a sound one notices nothing; nobody logs in",
}
