package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// logFigures compares reading one large log with grep, which only counts the lines of one kind, in the same run.
type logFigures struct {
	Megabytes float64 `json:"file_mb"`
	Ours      cost    `json:"tlswhy"`
	Grep      cost    `json:"grep_c_SSL_do_handshake"`
	OfGrep    float64 `json:"of_greps_speed"` // wall time of grep divided by ours, median of the pairs; the goal is 0.5 and more
}

// logRuns is how often both are run, in turn; the median counts, of each and of their ratio, and the greatest memory.
const logRuns = 7

// readLog measures ours and grep on a file (make one with scripts/make-log); nil where the file or grep is not there.
func readLog(ours, file string) (*logFigures, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, nil
	}
	if _, err := exec.LookPath("grep"); err != nil {
		return nil, nil
	}
	f := &logFigures{Megabytes: round(float64(st.Size()) / 1e6)}
	var theirs, own []cost
	var ratios []float64
	for range logRuns {
		grep, err := runGrep(file)
		if err != nil {
			return nil, err
		}
		mine, err := run(ours, "diagnose", file, "--format", "json")
		if err != nil {
			return nil, err
		}
		theirs, own = append(theirs, grep), append(own, mine)
		ratios = append(ratios, grep.Wall/mine.Wall)
	}
	f.Grep, f.Ours, f.OfGrep = median(theirs), median(own), sum(ratios).Median
	return f, nil
}

// runGrep runs grep as fast as it goes: in the C locale it compares bytes. Without a match it exits with 1.
func runGrep(file string) (cost, error) {
	cmd := exec.Command("grep", "-c", "SSL_do_handshake", file)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	begun := time.Now()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
		return cost{}, fmt.Errorf("grep: %v\n%s", err, out)
	}
	return costOf(cmd, time.Since(begun)), nil
}

// median is the run that took a middling time, with the greatest memory of all.
func median(runs []cost) cost {
	memory := slices.MaxFunc(runs, func(a, b cost) int { return cmp.Compare(a.Memory, b.Memory) }).Memory
	slices.SortFunc(runs, func(a, b cost) int { return cmp.Compare(a.Wall, b.Wall) })
	m := runs[len(runs)/2]
	m.Memory = memory
	return m
}
