package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// lab serves faulty endpoints for other clients to meet.
func (w *world) lab() *cobra.Command {
	return &cobra.Command{
		Use:   "lab [PROTO/FAULT...]",
		Short: "serve a faulty endpoint on loopback, to test clients with; without an argument, list what can be served",
		Long: "lab serves endpoints that are wrong on purpose, on loopback, until it is interrupted. Its CA lives in memory\n" +
			"for a day; logins are discarded unread.",
		Example: "  tlswhy lab\n  tlswhy lab mysql/certificate-expired",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return w.listLab()
			}
			return w.serveLab(args)
		},
	}
}

func (w *world) listLab() error {
	for _, f := range lab.Faults() {
		fmt.Fprintf(w.stdout, "%-34s %-40s %s\n", f.Slug, strings.Join(f.Protos, " "), f.Says)
	}
	return nil
}

func (w *world) serveLab(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b, err := newBench()
	if err != nil {
		return err
	}
	defer b.close()
	for _, arg := range args {
		e, err := b.start(ctx, arg)
		if err != nil {
			return err
		}
		defer e.Close()
		fmt.Fprintf(w.stdout, "%s\n  tlswhy diagnose %s %s\n", arg, shellWord(e.Target), shellWords(e.Flags))
	}
	fmt.Fprintln(w.stderr, "tlswhy: serving until interrupted")
	<-ctx.Done()
	return nil
}

// answerLab starts a lab endpoint and diagnoses it with what a user could type, and nothing else.
func (w *world) answerLab(ctx context.Context, cmd *cobra.Command, o options, arg string) (result, error) {
	b, err := newBench()
	if err != nil {
		return result{}, err
	}
	defer b.close()
	e, err := b.start(ctx, strings.TrimPrefix(arg, "lab:"))
	if err != nil {
		return result{}, err
	}
	defer e.Close()
	fmt.Fprintf(w.stderr, "tlswhy: the lab serves an endpoint; by hand this is\n  tlswhy diagnose %s %s\n", shellWord(e.Target), shellWords(e.Flags))
	if err := applyFlags(cmd, &o, e.Flags); err != nil {
		return result{}, err
	}
	t, err := parseTarget(e.Target)
	if err != nil {
		return result{}, err
	}
	return w.answerTarget(ctx, o, t)
}

// applyFlags sets what the endpoint hands over, unless the user said otherwise.
func applyFlags(cmd *cobra.Command, o *options, flags []string) error {
	fresh := (&world{}).diagnose()
	if err := fresh.ParseFlags(flags); err != nil {
		return fmt.Errorf("the lab's own command: %v", err)
	}
	take := func(name string, to *string) {
		if f := fresh.Flags().Lookup(name); f.Changed && !cmd.Flags().Changed(name) {
			*to = f.Value.String()
		}
	}
	take("as", &o.as)
	take("sni", &o.sni)
	take("connect", &o.connect)
	take("dns", &o.dns)
	take("ca", &o.ca)
	take("cert", &o.cert)
	take("key", &o.key)
	if fresh.Flags().Changed("timeout") && !cmd.Flags().Changed("timeout") {
		o.timeout, _ = fresh.Flags().GetDuration("timeout")
	}
	if fresh.Flags().Changed("repeat") && !cmd.Flags().Changed("repeat") {
		o.repeat, _ = fresh.Flags().GetInt("repeat")
	}
	return nil
}

// A bench is a running lab with the folder for the files it hands over.
type bench struct {
	env *lab.Env
	dir string
}

func newBench() (*bench, error) {
	dir, err := os.MkdirTemp("", "tlswhy-lab-")
	if err != nil {
		return nil, err
	}
	env, err := lab.NewEnv(dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return &bench{env: env, dir: dir}, nil
}

func (b *bench) close() {
	b.env.Close()
	os.RemoveAll(b.dir)
}

// start serves "proto/slug"; the protocol may be left out.
func (b *bench) start(ctx context.Context, arg string) (*lab.Endpoint, error) {
	proto, slug, ok := strings.Cut(arg, "/")
	if !ok {
		proto, slug = "", arg
	}
	f, p, err := lab.Find(proto, slug)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return startFault(ctx, f, b.env, p)
}

func startFault(ctx context.Context, f lab.Fault, env *lab.Env, p preamble.Protocol) (*lab.Endpoint, error) {
	e, err := f.Start(ctx, env, p)
	if err != nil {
		return nil, fmt.Errorf("the lab could not start: %v", err)
	}
	return e, nil
}

func shellWords(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = shellWord(w)
	}
	return strings.Join(out, " ")
}

func shellWord(w string) string {
	if strings.ContainsAny(w, " \\'\"$`!*?[](){}<>|&;#~") || w == "" {
		return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return w
}
