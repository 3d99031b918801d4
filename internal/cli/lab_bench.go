package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/lab"
)

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
	fmt.Fprintf(w.stderr, "tlswhy: the lab serves an endpoint; by hand this is\n  %s\n", diagnosing(e))
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
	take("deep", &o.deep)
	if fresh.Flags().Changed("timeout") && !cmd.Flags().Changed("timeout") {
		o.timeout, _ = fresh.Flags().GetDuration("timeout")
	}
	if fresh.Flags().Changed("max-connections") && !cmd.Flags().Changed("max-connections") {
		o.max, _ = fresh.Flags().GetInt("max-connections")
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

// start serves "proto/fault"; the protocol may be left out.
func (b *bench) start(ctx context.Context, arg string) (*lab.Endpoint, error) {
	places, err := placesOf(arg)
	if err != nil {
		return nil, err
	}
	return b.serve(ctx, places[0])
}

func (b *bench) serve(ctx context.Context, p place) (*lab.Endpoint, error) {
	e, err := p.fault.Start(ctx, b.env.OnPort(p.port, p.dns), p.proto)
	if err != nil {
		return nil, fmt.Errorf("the lab could not start: %v", err)
	}
	return e, nil
}

// diagnosing is the command that diagnoses an endpoint.
func diagnosing(e *lab.Endpoint) string {
	return "tlswhy diagnose " + shellWord(e.Target) + " " + shellWords(e.Flags)
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
