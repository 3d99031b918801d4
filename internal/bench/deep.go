package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/cli"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// randomTries is how many plain handshakes stand beside one examination.
const randomTries = 3000

// deepFigures are about what --deep brings about, where chance does so once in 256 connections.
type deepFigures struct {
	Stepping []stepFigures `json:"stepping_to_a_zero_byte"`
	Server   versus        `json:"server_that_keeps_zeros"`
}

// stepFigures compare the search by one multiplication a try with that by one exponentiation a try. Both start anew each
// time and end at the first secret with a leading zero.
type stepFigures struct {
	Bits      int     `json:"bits"`
	Runs      int     `json:"runs"`
	Mean      float64 `json:"mean_ms"`
	Max       float64 `json:"max_ms"`
	Tries     float64 `json:"mean_tries"`
	NaiveRuns int     `json:"naive_runs"`
	NaiveMean float64 `json:"naive_mean_ms"`
	NaiveTry  float64 `json:"naive_mean_tries"`
	Ratio     float64 `json:"ratio"`
}

// versus holds an examination of a server against random tries with the same server, right after.
type versus struct {
	Target      string  `json:"target"`
	Verdict     string  `json:"verdict"`
	Sure        string  `json:"sure"`
	Connections int     `json:"connections"`
	Took        float64 `json:"ms"`
	Tries       int     `json:"random_handshakes"`
	Failures    int     `json:"random_failures"`
	OneIn       float64 `json:"random_one_in"`
	From        float64 `json:"random_one_in_from"` // 95 %, Wilson
	To          float64 `json:"random_one_in_to"`
	Seconds     float64 `json:"random_s"`
}

func measureDeep() (*deepFigures, error) {
	var f deepFigures
	for _, g := range []struct {
		group       uint16
		runs, naive int
	}{{names.FFDHE2048, 400, 48}, {names.FFDHE4096, 200, 16}} {
		s, err := compareSteps(g.group, g.runs, g.naive)
		if err != nil {
			return nil, err
		}
		f.Stepping = append(f.Stepping, s)
	}
	var err error
	f.Server, err = compareTries("mssql", "dhe-leading-zero")
	return &f, err
}

// compareSteps runs both searches against fresh public values of a group.
func compareSteps(group uint16, runs, naive int) (stepFigures, error) {
	p := wire.FFDHEPrime(group)
	f := stepFigures{Bits: p.BitLen(), Runs: runs, NaiveRuns: naive}
	var total, slow time.Duration
	tries, slowTries := 0, 0
	for i := range runs {
		s := wire.Stepping{P: p, G: big.NewInt(2), Secret: wire.ZeroStart, Public: wire.FullStart}
		s.Peer = new(big.Int).Exp(s.G, big.NewInt(int64(1e17)+int64(i)), p)
		begun := time.Now()
		_, n, err := s.Exponent()
		if err != nil {
			return f, err
		}
		took := time.Since(begun)
		total, tries, f.Max = total+took, tries+n, max(f.Max, ms(took))
		if i >= naive {
			continue
		}
		s.Public, s.Max = wire.AnyStart, 1 // one exponentiation, a new exponent the next time
		begun = time.Now()
		n, err = searchNaively(s)
		if err != nil {
			return f, err
		}
		slow, slowTries = slow+time.Since(begun), slowTries+n
	}
	f.Mean, f.Tries = round(ms(total)/float64(runs)), round(float64(tries)/float64(runs))
	f.Max, f.NaiveMean = round(f.Max), round(ms(slow)/float64(naive))
	f.NaiveTry, f.Ratio = round(float64(slowTries)/float64(naive)), round(f.NaiveMean/f.Mean)
	return f, nil
}

// searchNaively takes a new exponent for each try, and counts them.
func searchNaively(s wire.Stepping) (tries int, err error) {
	for {
		tries++
		_, _, err := s.Exponent()
		var spent *wire.StepError
		if !errors.As(err, &spent) || spent.Reason != wire.ReasonStepsSpent {
			return tries, err
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// compareTries examines a server of the lab, and then makes plain handshakes with it, one after the other, that offer
// TLS_DHE alone, as a client without luck would choose.
func compareTries(protocol, slug string) (versus, error) {
	f := versus{Tries: randomTries}
	fault, proto, err := lab.Find(protocol, slug)
	if err != nil {
		return f, err
	}
	dir, err := os.MkdirTemp("", "tlswhy-bench-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(dir)
	env, err := lab.NewEnv(dir)
	if err != nil {
		return f, err
	}
	defer env.Close()
	e, err := fault.Start(context.Background(), env, proto)
	if err != nil {
		return f, err
	}
	defer e.Close()
	f.Target = "lab:" + protocol + "/" + slug
	if err := f.examine(e); err != nil {
		return f, err
	}
	return f, f.tryOften(e, *preamble.ByID(protocol))
}

func (f *versus) tryOften(e *lab.Endpoint, p preamble.Protocol) error {
	begun := time.Now()
	for range f.Tries {
		ok, err := plainDHE(e, p)
		if err != nil {
			return err
		}
		if !ok {
			f.Failures++
		}
	}
	f.Seconds = round(time.Since(begun).Seconds())
	if f.Failures == 0 {
		return fmt.Errorf("none of %d random handshakes with %s failed", f.Tries, f.Target)
	}
	f.OneIn = round(float64(f.Tries) / float64(f.Failures))
	low, high := wilson(f.Failures, f.Tries)
	f.From, f.To = round(1/high), round(1/low)
	return nil
}

func (f *versus) examine(e *lab.Endpoint) error {
	args := append([]string{"diagnose", e.Target, "--format", "json"}, e.Flags...)
	if !slices.Contains(args, "--deep") {
		args = append(args, "--deep")
	}
	var out, errs bytes.Buffer
	begun := time.Now()
	cli.Main(args, nil, &out, &errs, func(string) string { return "" })
	f.Took = round(ms(time.Since(begun)))
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return fmt.Errorf("%s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	f.Verdict, f.Connections = r.Outcome, r.Connections
	if len(r.Findings) > 0 {
		f.Verdict, f.Sure = r.Findings[0].Cause, r.Findings[0].Sure
	}
	return nil
}

// plainDHE is one handshake with a TLS_DHE suite and no number chosen. The error is about what comes before it.
func plainDHE(e *lab.Endpoint, p preamble.Protocol) (completed bool, err error) {
	raw, err := net.Dial("tcp", e.Addr)
	if err != nil {
		return false, err
	}
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(10 * time.Second))
	c, _, err := p.Dial(context.Background(), raw, preamble.Options{Host: e.Host})
	if err != nil {
		return false, err
	}
	client, err := wire.NewClient(wire.ClientConfig{Hello: wire.Hello{Versions: []uint16{wire.TLS12}, ServerName: e.Host, Renegotiation: true,
		Suites: []uint16{names.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384}, Signatures: []uint16{names.RSAPSSRSAESHA256, names.RSAPKCS1SHA256}}})
	if err != nil {
		return false, err
	}
	return handshake(client, c) == nil, nil
}

func handshake(client *wire.Client, c io.ReadWriter) error {
	out := client.Start()
	buf := make([]byte, 16<<10)
	for {
		if _, err := c.Write(out); err != nil {
			return err
		}
		if client.Done() {
			return nil
		}
		n, err := c.Read(buf)
		if err != nil {
			return err
		}
		if out, err = client.Feed(buf[:n]); err != nil {
			return err
		}
	}
}

// wilson is the interval that holds the true share 95 times in 100 when k of n were seen.
func wilson(k, n int) (low, high float64) {
	const z = 1.959964
	share, size := float64(k)/float64(n), float64(n)
	middle := (share + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(share*(1-share)/size+z*z/(4*size*size))
	return middle - half, middle + half
}
