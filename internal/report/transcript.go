package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Transcript writes what was tried, in order: the question of each step, its answer, every message, and the
// command that repeats the step by hand.
func Transcript(w io.Writer, c *fact.Case) error {
	var b strings.Builder
	for i := range c.Hosts {
		h := &c.Hosts[i]
		if len(h.Addrs) == 1 && h.Addrs[0].String() == h.Name {
			continue // an address needs no look-up
		}
		fmt.Fprintf(&b, "look-up\n  asked     addresses and aliases of %s\n  answer    %s\n  by hand   dig +noall +answer %s A %s AAAA\n\n",
			h.Name, hostAnswer(h), quote(h.Name), quote(h.Name))
	}
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		fmt.Fprintf(&b, "%s\n  asked     %s\n  answer    %s\n", h.Ref.At, asked(h.Variant), answer(h))
		for _, s := range h.Steps {
			fmt.Fprintf(&b, "  %8s  %s %s %s\n", ms(s.At), arrow(s.From), s.Name, s.Note)
		}
		if h.End.How != fact.EndCompleted && h.End.How != fact.EndAlert {
			fmt.Fprintf(&b, "  %8s  ■ %s\n", ms(h.Took), broke(h))
		}
		fmt.Fprintf(&b, "  by hand   %s\n\n", ByHand(c, h))
	}
	for _, v := range c.Same {
		fmt.Fprintf(&b, "not made\n  asked     %s\n  answer    it would change nothing in what this client sends\n\n", asked(v))
	}
	_, err := io.WriteString(w, safeLines(b.String()))
	return err
}

func safeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(Safe(l), " ")
	}
	return strings.Join(lines, "\n")
}

func arrow(from wire.Side) string {
	if from == wire.ServerSide {
		return "◀"
	}
	return "▶"
}

func hostAnswer(h *fact.Host) string {
	if h.Error != "" {
		return h.Error + ": " + h.Detail
	}
	var parts []string
	for _, a := range h.Aliases {
		parts = append(parts, "alias "+a)
	}
	for _, a := range h.Addrs {
		parts = append(parts, a.String())
	}
	return strings.Join(parts, ", ")
}

func answer(h *fact.Handshake) string {
	if h.Completed() {
		return fmt.Sprintf("completes with %s, %s", names.Version(h.Server.Version), names.SuiteName(h.Server.Suite))
	}
	if h.Finished == fact.Yes && !h.Verdict.OK() {
		return "the handshake runs through, the client refuses the certificate"
	}
	return broke(h)
}

// questions says in words what each kind of experiment asks.
var questions = map[fact.VariantKind]string{
	fact.Baseline:   "does it work as this client does it?",
	fact.Repeat:     "does it work the same again? (%s)",
	fact.Address:    "does the address %s answer the same?",
	fact.ServerName: "what if the server name sent is: %s?",
	fact.Name:       "what if the name used is %s?",
	fact.Version:    "what if only %s is offered?",
	fact.Versions:   "what if the %s versions are offered too?",
	fact.Wide:       "what if everything we know is offered?",
	fact.Suites:     "what if %s cipher suites are offered?",
	fact.Groups:     "what if %s key-exchange groups are offered?",
	fact.Signatures: "what if %s signature algorithms, SHA-1 too, are offered?",
	fact.HelloShape: "what if the hello is %s?",
	fact.ALPN:       "what if the application protocol offered is: %s?",
	fact.EMS:        "what if extended master secret is %s?",
	fact.Preamble:   "what if the conversation begins as %s?",
	fact.Segment:    "what if TCP segments are at most %s bytes?",
	fact.Silence:    "what does the server do while we say nothing for %s?",
	fact.Own:        "what if the client certificate is: %s?",
	fact.Accept:     "what if the client no longer refuses: %s?",
}

func asked(v fact.Variant) string {
	q, ok := questions[v.Kind]
	if !ok {
		return v.String()
	}
	if strings.Contains(q, "%s") {
		return fmt.Sprintf(q, v.Value)
	}
	return q
}

// quote makes a word safe for a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-:/,[]", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
