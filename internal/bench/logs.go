package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// logFigures compares reading one large log with grep, which only counts the lines of one kind, in the same run.
type logFigures struct {
	Megabytes float64 `json:"file_mb"`
	Ours      cost    `json:"tlswhy"`
	Grep      cost    `json:"grep_c_SSL_do_handshake"`
	OfGrep    float64 `json:"of_greps_speed"` // wall time of grep divided by ours; the goal is 0.5 and more
}

// logRuns is how often both are run; the fastest run of each counts, for others use the machine as well.
const logRuns = 5

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
	for range logRuns {
		grep, err := runGrep(file)
		if err != nil {
			return nil, err
		}
		own, err := run(ours, "diagnose", file, "--format", "json")
		if err != nil {
			return nil, err
		}
		f.Grep, f.Ours = faster(f.Grep, grep), faster(f.Ours, own)
	}
	f.OfGrep = round(f.Grep.Wall / f.Ours.Wall)
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

// faster is the cost of the faster of two runs, with the greater memory; a cost without time is none yet.
func faster(a, b cost) cost {
	memory := max(a.Memory, b.Memory)
	if a.Wall == 0 || b.Wall < a.Wall {
		a = b
	}
	a.Memory = memory
	return a
}
