// Command bench measures what a diagnosis costs, beside a plain Go crypto/tls handshake in the same run, and
// prints the figures as JSON: make bench.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/tlswhy/tlswhy/internal/lab"
)

// pairs is how often ours and the peer's are run, in turn.
const pairs = 41

// figures are what make bench prints.
type figures struct {
	Command   string       `json:"command"`
	Machine   string       `json:"machine"`
	Pairs     int          `json:"pairs"`
	Healthy   healthy      `json:"healthy_target"`
	FirstByte milliseconds `json:"start_to_first_byte_ms"`
	Memory    float64      `json:"peak_memory_mb"`
	Floor     float64      `json:"peak_memory_floor_mb"` // Linux counts what a process held before exec: no figure is below the bench's own
	Captures  *captures    `json:"captures,omitempty"`
	Logs      *logFigures  `json:"logs,omitempty"`
	Deep      *deepFigures `json:"leading_zero"`
	Faults    faults       `json:"lab_faults"`
}

// healthy compares a diagnosis of a working target with a plain handshake, both as whole processes.
type healthy struct {
	Ours        milliseconds `json:"tlswhy_ms"`
	Plain       milliseconds `json:"plain_go_crypto_tls_ms"`
	Ratio       float64      `json:"median_ratio"`
	Extra       float64      `json:"median_extra_ms"`
	Limit       float64      `json:"limit_ms"` // 1.5 × plain + 5 ms
	Connections int          `json:"connections"`
}

// milliseconds sums up a series of times.
type milliseconds struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "plain" {
		if err := plainHandshake(os.Args[2], os.Args[3]); err != nil {
			log.Fatal(err)
		}
		return
	}
	if len(os.Args) == 5 && os.Args[1] == "make-log" {
		if err := makeLog(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			log.Fatal(err)
		}
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "deep" {
		emit(measureDeep())
		return
	}
	emit(measure())
}

// emit writes figures as JSON.
func emit(f any, err error) {
	if err != nil {
		log.Fatal(err)
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		log.Fatal(err)
	}
}

// plainHandshake is the peer: what any Go program does to connect.
func plainHandshake(addr, ca string) error {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	name, _, _ := strings.Cut(os.Getenv("BENCH_NAME"), ":")
	c, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: roots, ServerName: name})
	if err != nil {
		return err
	}
	return c.Close()
}

func measure() (figures, error) {
	f := figures{Command: "make bench", Machine: fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()), Pairs: pairs}
	dir, err := os.MkdirTemp("", "tlswhy-bench-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(dir)
	ours, peer := filepath.Join(dir, "tlswhy"), filepath.Join(dir, "plain")
	for bin, pkg := range map[string]string{ours: "./cmd/tlswhy", peer: "./internal/bench"} {
		if out, err := exec.Command("go", "build", "-o", bin, pkg).CombinedOutput(); err != nil {
			return f, fmt.Errorf("building %s: %v\n%s", pkg, err, out)
		}
	}
	env, err := lab.NewEnv(dir)
	if err != nil {
		return f, err
	}
	defer env.Close()
	if err := compare(&f, env, ours, peer); err != nil {
		return f, err
	}
	if f.FirstByte, err = firstByte(ours); err != nil {
		return f, err
	}
	if f.Captures, err = readCaptures(ours, os.Getenv("BENCH_CAPTURE")); err != nil {
		return f, err
	}
	if f.Logs, err = readLog(ours, os.Getenv("BENCH_LOG")); err != nil {
		return f, err
	}
	f.Floor = ownMemory()
	if f.Deep, err = measureDeep(); err != nil {
		return f, err
	}
	f.Faults, err = allFaults()
	return f, err
}

// compare runs the two programs in turn against one healthy endpoint.
func compare(f *figures, env *lab.Env, ours, peer string) error {
	fault, proto, err := lab.Find("https", lab.Healthy)
	if err != nil {
		return err
	}
	e, err := fault.Start(context.Background(), env, proto)
	if err != nil {
		return err
	}
	defer e.Close()
	ca := e.Flags[slices.Index(e.Flags, "--ca")+1]
	os.Setenv("BENCH_NAME", e.Host)
	var a, b []float64
	for i := range pairs + 3 {
		x, memory, err := timed(append([]string{ours, "diagnose", e.Target}, e.Flags...))
		if err != nil {
			return err
		}
		y, _, err := timed([]string{peer, "plain", e.Addr, ca})
		if err != nil {
			return err
		}
		if i >= 3 { // the first are for warming up
			a, b = append(a, x), append(b, y)
		}
		f.Memory = max(f.Memory, memory)
	}
	f.Healthy = healthy{Ours: sum(a), Plain: sum(b), Connections: 1}
	f.Healthy.Ratio = round(f.Healthy.Ours.Median / f.Healthy.Plain.Median)
	f.Healthy.Extra = round(f.Healthy.Ours.Median - f.Healthy.Plain.Median)
	f.Healthy.Limit = round(1.5*f.Healthy.Plain.Median + 5)
	return nil
}

// timed runs a program and gives its wall time in milliseconds and peak memory in megabytes.
func timed(argv []string) (wall, memory float64, err error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	wall = float64(time.Since(begun).Microseconds()) / 1000
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %v\n%s", argv[0], err, out)
	}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = round(float64(u.Maxrss) / 1024)
	}
	return wall, memory, nil
}

// firstByte measures from the start of the process to the first byte that a listener receives.
func firstByte(ours string) (milliseconds, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return milliseconds{}, err
	}
	defer l.Close()
	var all []float64
	for range pairs {
		cmd := exec.Command(ours, "diagnose", "tls://"+l.Addr().String(), "--max-connections", "1")
		begun := time.Now()
		if err := cmd.Start(); err != nil {
			return milliseconds{}, err
		}
		c, err := l.Accept()
		if err != nil {
			return milliseconds{}, err
		}
		if _, err := c.Read(make([]byte, 1)); err != nil {
			return milliseconds{}, err
		}
		all = append(all, float64(time.Since(begun).Microseconds())/1000)
		c.Close()
		cmd.Wait()
	}
	return sum(all), nil
}

// ownMemory is the bench's own peak so far in megabytes (proc(5), VmHWM), 0 where the system does not tell.
func ownMemory() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return round(kb / 1024)
		}
	}
	return 0
}

func sum(list []float64) milliseconds {
	s := slices.Sorted(slices.Values(list))
	return milliseconds{Min: round(s[0]), Median: round(s[len(s)/2]), Max: round(s[len(s)-1])}
}

func round(x float64) float64 { return float64(int(x*100+0.5)) / 100 }
