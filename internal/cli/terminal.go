package cli

import (
	"io"
	"os"
	"strconv"

	"charm.land/lipgloss/v2"

	"github.com/tlswhy/tlswhy/internal/report"
)

// The rules of the terminal, all of them:
//   - results go to stdout, progress and messages to stderr with a "tlswhy:" prefix;
//   - messages are lower-case and without a full stop;
//   - no colour when stdout is no terminal, when NO_COLOR is set to anything, or when TERM is dumb;
//   - nothing a peer, a certificate or a file said is printed before report.Safe has escaped it;
//   - progress is shown on a terminal only.

// isTerminal reports whether w is a character device.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

// style is how stdout shows emphasis.
func style(w io.Writer, getenv func(string) string) report.Style {
	s := report.Style{}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil {
		s.Width = n
	}
	if !isTerminal(w) || getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" {
		return s
	}
	render := func(st lipgloss.Style) func(string) string { return func(t string) string { return st.Render(t) } }
	s.Strong = render(lipgloss.NewStyle().Bold(true))
	s.Bad = render(lipgloss.NewStyle().Foreground(lipgloss.Red))
	s.Good = render(lipgloss.NewStyle().Foreground(lipgloss.Green))
	s.Dim = render(lipgloss.NewStyle().Faint(true))
	return s
}
