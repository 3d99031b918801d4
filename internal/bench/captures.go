package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// captures compares reading one large capture with the named peers, in the same run.
type captures struct {
	Megabytes  float64 `json:"file_mb"`
	Ours       cost    `json:"tlswhy"`
	TShark     cost    `json:"tshark_Y_tls.handshake_T_fields"`
	TCPDump    cost    `json:"tcpdump_w_dev_null"`
	OverTShark float64 `json:"times_faster_than_tshark_cpu"`
	OfTCPDump  float64 `json:"times_tcpdump_cpu"`
}

// cost is what one command took.
type cost struct {
	CPU    float64 `json:"cpu_s"`
	Wall   float64 `json:"wall_s"`
	Memory float64 `json:"peak_memory_mb"`
}

// readCaptures measures ours, tshark and tcpdump on the file; nil where the file or a peer is not there.
func readCaptures(ours, file string) (*captures, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, nil
	}
	for _, peer := range []string{"tshark", "tcpdump"} {
		if _, err := exec.LookPath(peer); err != nil {
			return nil, nil
		}
	}
	c := &captures{Megabytes: round(float64(st.Size()) / 1e6)}
	if c.Ours, err = run(ours, "diagnose", file, "--format", "json"); err != nil {
		return nil, err
	}
	if c.TCPDump, err = run("tcpdump", "-r", file, "-w", "/dev/null"); err != nil {
		return nil, err
	}
	if c.TShark, err = run("tshark", "-n", "-r", file, "-Y", "tls.handshake", "-T", "fields", "-e", "tls.handshake.type"); err != nil {
		return nil, err
	}
	c.OverTShark = round(c.TShark.CPU / c.Ours.CPU)
	c.OfTCPDump = round(c.Ours.CPU / c.TCPDump.CPU)
	return c, nil
}

// run runs a command to its end; a diagnosis that finds something exits with 1.
func run(argv ...string) (cost, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	begun := time.Now()
	err := cmd.Run()
	wall := time.Since(begun)
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() > 1 {
		return cost{}, fmt.Errorf("%s: %v", argv[0], err)
	}
	return costOf(cmd, wall), nil
}

// costOf is what a command that has ended took.
func costOf(cmd *exec.Cmd, wall time.Duration) cost {
	u, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return cost{CPU: round(cpu.Seconds()), Wall: round(wall.Seconds()), Memory: round(float64(u.Maxrss) / 1024)}
}
