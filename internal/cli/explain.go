package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/words"
)

func (w *world) explain() *cobra.Command {
	var format, language string
	cmd := &cobra.Command{
		Use:   "explain [SLUG|ID|CODE|WORD]",
		Short: "the catalogue's page for a cause, or what a code means",
		Long: "explain prints the catalogue of causes; with a slug or an ID, its page; with a code as programs print it, what it means and\n" +
			"which causes are behind it, most likely first; with another word, the causes that speak of it.",
		Example: "  tlswhy explain\n" +
			"  tlswhy explain hostname-is-alias\n" +
			"  tlswhy explain 0A000458\n" +
			"  tlswhy explain -2146893019\n" +
			"  tlswhy explain alert 40\n" +
			"  tlswhy explain ERR_TLS_CERT_ALTNAME_INVALID",
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef("unknown format %q; use text or json", format)
			}
			if language != "en" {
				return usagef("unknown language %q; use en", language)
			}
			return w.runExplain(format, strings.Join(args, " "))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().StringVar(&language, "lang", "en", "language of the text: en")
	return cmd
}

// negative is a number with its sign, which would be read as a flag.
var negative = regexp.MustCompile(`^-[0-9]+$`)

// numbersAsWords puts "--" before the first signed number of explain's arguments, so that -2146893019 is one. A blank is put
// before an argument that begins as a PEM block does: it is a text, and no switch.
func numbersAsWords(args []string) []string {
	args = slices.Clone(args)
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		if strings.HasPrefix(args[i], "---") {
			args[i] = " " + args[i]
		}
	}
	if len(args) == 0 || args[0] != "explain" || slices.Contains(args, "--") {
		return args
	}
	i := slices.IndexFunc(args, negative.MatchString)
	if i < 0 {
		return args
	}
	flags := slices.Clone(args[i+1:]) // flags behind the number still count
	return slices.Concat(args[:i], flags, []string{"--", args[i]})
}

func (w *world) runExplain(format, asked string) error {
	x := explanation(strings.TrimSpace(asked))
	if format == "json" {
		if err := report.ExplanationJSON(w.stdout, x); err != nil {
			return err
		}
	} else if err := report.WriteExplanation(w.stdout, x, style(w.stdout, w.getenv)); err != nil {
		return err
	}
	if len(x.Codes)+len(x.Causes) == 0 {
		fmt.Fprintf(w.stderr, "tlswhy: nothing is known by the name %s; tlswhy explain lists the catalogue\n", report.Safe(asked))
	}
	return nil
}

// explanation finds what was asked: nothing, a card, a code, or a word.
func explanation(asked string) report.Explanation {
	x := report.Explanation{Schema: report.ExplainSchema, Asked: asked, Codes: []report.Code{}, Causes: []report.Page{}}
	all := cause.All()
	for i := range all {
		if asked == "" || strings.EqualFold(all[i].Slug, asked) || strings.EqualFold(all[i].ID, asked) {
			x.Causes = append(x.Causes, report.PageOf(&all[i]))
		}
	}
	if asked == "" {
		slices.SortStableFunc(x.Causes, func(a, b report.Page) int { return strings.Compare(a.ID, b.ID) })
	}
	if len(x.Causes) > 0 {
		return x
	}
	r := words.Explain(asked)
	for _, c := range r.Codes {
		x.Codes = append(x.Codes, report.Code(c))
	}
	e := fact.Event{Symptoms: r.Symptoms, Contexts: r.Contexts}
	for _, k := range cause.Candidates(&e, all) {
		x.Causes = append(x.Causes, report.PageOf(k.Cause))
	}
	if len(x.Codes)+len(x.Causes) == 0 {
		x.Causes = search(all, asked)
	}
	return x
}

// search lists the cards that hold every word.
func search(all []cause.Cause, asked string) []report.Page {
	list := []report.Page{}
	for i := range all {
		p := report.PageOf(&all[i])
		text := strings.ToLower(strings.Join([]string{p.Cause, p.Title, p.Why, p.Check, strings.Join(p.Signs, " ")}, " "))
		missing := func(word string) bool { return !strings.Contains(text, word) }
		if fields := strings.Fields(strings.ToLower(asked)); len(fields) > 0 && !slices.ContainsFunc(fields, missing) {
			list = append(list, p)
		}
	}
	return list
}
