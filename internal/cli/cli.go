// Package cli is the command line: one file per verb, one with all terminal rules.
package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/words"
)

// Exit codes, an interface that scripts rely on.
const (
	exitOK         = 0 // outcome ok, or notes only
	exitFound      = 1 // fails, intermittent, at risk, or a failure whose cause stays unknown
	exitUsage      = 2 // wrong usage
	exitUnreadable = 3 // the evidence cannot be read
)

// A world is what the program touches outside itself.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	code           int
	results        []result // the questions answered, in order
}

// Main runs the program and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	w := &world{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv}
	return w.run(args)
}

func (w *world) run(args []string) int {
	root := w.root()
	root.SetArgs(numbersAsWords(args))
	root.SetOut(w.stdout)
	root.SetErr(w.stderr)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(w.stderr, "tlswhy:", report.Safe(words.Redact(err.Error())))
		var lost unreadable
		if errors.As(err, &lost) {
			return exitUnreadable
		}
		var usage usageError
		if errors.As(err, &usage) || w.code == exitOK {
			return exitUsage
		}
	}
	return w.code
}

func (w *world) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tlswhy",
		Short: "says why a TLS handshake fails, proves it, and names the exact change",
		Long: "tlswhy says why a TLS handshake fails, proves it by experiment, and names the exact change.\n\n" +
			"exit codes: 0 works · 1 fails, intermittent, at risk or unknown · 2 wrong usage · 3 evidence cannot be read",
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown verb %q; run: tlswhy diagnose TARGET", shown(args[0]))
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(w.diagnose(), w.matrix(), w.explain(), w.lab())
	return root
}
