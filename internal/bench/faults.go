package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/tlswhy/tlswhy/internal/cli"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/report"
)

// faults is the table of the lab: what each fault was diagnosed as, and at what price.
type faults struct {
	Median int     `json:"median_connections"` // of those that need no --deep, which has connections of its own
	Max    int     `json:"max_connections"`
	Named  int     `json:"named"` // the fault's own cause came first
	Of     int     `json:"of"`
	Rows   []fault `json:"rows"`
}

// fault is one row.
type fault struct {
	Fault       string   `json:"fault"`
	Protocol    string   `json:"protocol"`
	Needs       []string `json:"needs,omitempty"` // flags without which no diagnosis meets it
	Found       string   `json:"found"`
	Sure        string   `json:"sure"`
	Connections int      `json:"connections"`
	cause       string
}

// allFaults diagnoses every fault that a diagnosis can meet, over every protocol it can be served over.
func allFaults() (faults, error) {
	var rows []fault
	for _, f := range lab.Faults() {
		for _, p := range f.Protos {
			if f.Slug != lab.Healthy && !f.ByHand {
				rows = append(rows, fault{Fault: f.Name(), Protocol: p, Needs: f.Needs, cause: f.Slug})
			}
		}
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, 8)
	errs := make([]error, len(rows))
	for i := range rows {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; wg.Done() }()
			errs[i] = rows[i].fill()
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return faults{}, err
		}
	}
	return count(rows), nil
}

func (f *fault) fill() error {
	var out, errs bytes.Buffer
	cli.Main([]string{"diagnose", "lab:" + f.Protocol + "/" + f.Fault, "--format", "json"}, nil, &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return fmt.Errorf("%s over %s: %v\n%s", f.Fault, f.Protocol, err, errs.String())
	}
	f.Found, f.Connections = r.Outcome, r.Connections
	if len(r.Findings) > 0 {
		f.Found, f.Sure = r.Findings[0].Cause, r.Findings[0].Sure
	}
	return nil
}

func count(rows []fault) faults {
	out := faults{Rows: rows, Of: len(rows)}
	var n []int
	for _, r := range rows {
		if len(r.Needs) == 0 {
			n = append(n, r.Connections)
		}
		if r.Found == r.cause {
			out.Named++
		}
	}
	slices.Sort(n)
	out.Median, out.Max = n[len(n)/2], n[len(n)-1]
	return out
}
