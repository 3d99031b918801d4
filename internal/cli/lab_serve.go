package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/report"
)

// renewal is how often the lab makes a new CA: often enough that a client which fetches ca.pem has some hours left of
// the day that a CA lives.
const renewal = 12 * time.Hour

// starters is how many endpoints are started side by side; some take a third of a second to be ready.
const starters = 16

// A stand is a lab that serves a plan until it is closed.
type stand struct {
	plan      []place
	bench     *bench
	endpoints []*lab.Endpoint // by place; nil where it could not be served
	errors    []error
	page      string // URL, "" without one
	shown     atomic.Pointer[report.Lab]
}

// serveLab serves until it is interrupted.
func (w *world) serveLab(o *labOptions, plan []place) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return w.serveUntil(ctx, o, plan)
}

func (w *world) serveUntil(ctx context.Context, o *labOptions, plan []place) error {
	if !o.address().IsLoopback() {
		fmt.Fprintf(w.stderr, "tlswhy: listening on %s, where other machines reach it; %s\n", o.address(), report.ForTests)
	}
	s, err := openStand(ctx, o, plan)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.complain(w, o); err != nil {
		return err
	}
	if s.page, err = s.openPage(ctx, o); err != nil {
		return usagef("--page: %v", err)
	}
	s.tell()
	if o.format == "json" {
		if err := report.LabJSON(w.stdout, *s.shown.Load()); err != nil {
			return err
		}
	} else {
		report.LabServing(w.stdout, *s.shown.Load())
	}
	fmt.Fprintf(w.stderr, "tlswhy: serving %d endpoints until interrupted, CA in %s%s\n", s.served(), s.shown.Load().CA, s.where())
	return s.last(ctx, w)
}

func (s *stand) where() string {
	if s.page == "" {
		return ""
	}
	return ", listed at " + s.page
}

// last waits for the end, and renews the CA meanwhile.
func (s *stand) last(ctx context.Context, w *world) error {
	t := time.NewTicker(renewal)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			if err := s.renew(ctx); err != nil {
				return err
			}
			fmt.Fprintf(w.stderr, "tlswhy: a new CA has taken the place of the former one in %s\n", s.shown.Load().CA)
		}
	}
}

// openStand makes a CA and starts what is planned; what could not be started is in errors.
func openStand(ctx context.Context, o *labOptions, plan []place) (*stand, error) {
	b, err := newBench()
	if err != nil {
		return nil, err
	}
	b.env.Listen = o.address()
	s := &stand{plan: plan, bench: b}
	s.start(ctx)
	return s, nil
}

func (s *stand) start(ctx context.Context) {
	s.endpoints, s.errors = make([]*lab.Endpoint, len(s.plan)), make([]error, len(s.plan))
	slots := make(chan struct{}, starters)
	var wg sync.WaitGroup
	for i, p := range s.plan {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			s.endpoints[i], s.errors[i] = s.bench.serve(ctx, p)
		})
	}
	wg.Wait()
}

// complain tells what could not be served. What was asked for by name must be.
func (s *stand) complain(w *world, o *labOptions) error {
	for i, err := range s.errors {
		if err == nil {
			continue
		}
		if !o.all {
			return err
		}
		fmt.Fprintf(w.stderr, "tlswhy: not served: %s/%s: %s\n", s.plan[i].proto.ID, s.plan[i].fault.Name(), report.Safe(err.Error()))
	}
	if s.served() == 0 {
		return fmt.Errorf("nothing could be served on %s", o.address())
	}
	return nil
}

func (s *stand) served() int {
	n := 0
	for _, e := range s.endpoints {
		if e != nil {
			n++
		}
	}
	return n
}

// tell notes for page and output what is served.
func (s *stand) tell() {
	l := labOf(s.plan)
	l.Page = s.page
	for i, p := range s.plan {
		out := report.LabEndpoint{Protocol: p.proto.ID, Files: []string{}}
		if e := s.endpoints[i]; e == nil {
			out.Why = s.errors[i].Error()
		} else {
			l.CA = s.bench.env.CAFile()
			out.Target, out.Address, out.Files = e.Target, e.Addr, s.filesOf(e)
			if out.Command = diagnosing(e); e.Hand != "" {
				out.Command = e.Hand
			}
		}
		for j := range l.Faults {
			if l.Faults[j].Name == p.fault.Name() {
				l.Faults[j].Endpoints = append(l.Faults[j].Endpoints, out)
			}
		}
	}
	s.shown.Store(&l)
}

// filesOf are the files that an endpoint hands over, but the CA that is everybody's.
func (s *stand) filesOf(e *lab.Endpoint) []string {
	files := []string{}
	for _, f := range append(append([]string{}, e.Flags...), e.Files...) {
		if strings.HasPrefix(f, s.bench.dir) && f != s.bench.env.CAFile() {
			files = append(files, f)
		}
	}
	return files
}

// renew serves the same on the same ports with a new CA.
func (s *stand) renew(ctx context.Context) error {
	for i, e := range s.endpoints {
		if e == nil {
			continue
		}
		s.plan[i].port = portOf(e.Addr)
		for j, f := range e.Flags {
			if f == "--dns" {
				s.plan[i].dns = portOf(e.Flags[j+1])
			}
		}
	}
	s.closeEndpoints()
	env, err := lab.NewEnv(s.bench.dir)
	if err != nil {
		return err
	}
	env.Listen = s.bench.env.Listen
	s.bench.env = env
	s.start(ctx)
	s.tell()
	return nil
}

func portOf(address string) int {
	_, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	return n
}

func (s *stand) closeEndpoints() {
	var wg sync.WaitGroup
	for _, e := range s.endpoints {
		if e != nil {
			wg.Go(e.Close)
		}
	}
	wg.Wait()
}

func (s *stand) close() {
	s.closeEndpoints()
	s.bench.close()
}
