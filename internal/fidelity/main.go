// Command fidelity measures predictions against real clients: it starts the servers of a laboratory, gathers what each of them does
// in at most twelve connections, predicts every row of a table of real clients and prints how often the outcome and the
// error text are the real ones.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.rows, "rows", "../shared/corpus/matrix.jsonl", "the measured rows")
	flag.StringVar(&o.modes, "modes", "internal/client/testdata/modes_*.tsv", "which product and mode each row means")
	flag.StringVar(&o.scripts, "scripts", "../shared/corpus/lab", "where up.sh and down.sh are")
	flag.StringVar(&o.lab, "lab", os.Getenv("LAB"), "a laboratory that runs already; empty: one is started, and stopped at the end")
	flag.StringVar(&o.misses, "misses", "", "write every wrong prediction to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	rows, modes, scripts, lab, misses string
}

func run(ctx context.Context, o options, out io.Writer) error {
	rows, err := readRows(o.rows)
	if err != nil {
		return err
	}
	modes, err := readModes(o.modes)
	if err != nil {
		return err
	}
	lab, err := openLab(ctx, o.lab, o.scripts)
	if err != nil {
		return err
	}
	defer lab.close()
	begun := time.Now()
	tries := plan(rows, modes, lab.servers)
	connections, most, err := lab.predict(ctx, tries)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d connections to %d servers in %s, at most %d to one\n\n", connections, len(bySite(tries)),
		time.Since(begun).Round(100*time.Millisecond), most)
	tally(tries).print(out)
	if o.misses == "" {
		return nil
	}
	f, err := os.Create(o.misses)
	if err != nil {
		return err
	}
	writeMisses(f, tries)
	return f.Close()
}

// plan joins rows with what their modes mean and where their server listens.
func plan(rows []row, modes modes, servers map[site]uint16) []*try {
	var out []*try
	for _, r := range rows {
		t := &try{row: r, site: site{r.Fault, r.Proto}}
		t.port, t.served = servers[t.site]
		t.meaning, t.known = modes.find(r)
		out = append(out, t)
	}
	return out
}

// bySite groups the tries that can be made by their server, in a fixed order of servers.
func bySite(tries []*try) [][]*try {
	groups := map[site][]*try{}
	var order []site
	for _, t := range tries {
		if !t.served || !t.known {
			continue
		}
		if groups[t.site] == nil {
			order = append(order, t.site)
		}
		groups[t.site] = append(groups[t.site], t)
	}
	out := make([][]*try, len(order))
	for i, s := range order {
		out[i] = slices.Clip(groups[s])
	}
	return out
}
