package capture

import (
	"hash/maphash"
	"runtime"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A reading is what the goroutines of one Read share.
type reading struct {
	names   []string // of the inputs
	tapes   *sync.Pool
	table   *flowTable
	chains  *chainCache
	secrets secretStore
	shapes  *shapeTable // nil where each handshake is wanted
	seed    maphash.Seed
	ports   map[uint16]string // protocol IDs
	aside   *aside
}

// A job is a batch of flows on its way: workers decode them in any order, the collector takes them in the order in
// which they were finished, so that the result does not depend on who was faster.
type job struct {
	flows []*flow
	found []found
	done  chan struct{}
}

// A found handshake is told in full, or by the place of one like it that was told before.
type found struct {
	handshake *fact.Handshake // nil for another one like that in place
	silent    bool            // no byte was said
	shape     shape
	place     int32
	start     int64
	file      int32
	first     int32
}

// A pipeline decodes finished flows on all cores but the one that reads.
type pipeline struct {
	work, order chan *job
	workers     sync.WaitGroup
	collected   chan struct{}
}

// start begins decoding. Each worker has its own decoder; collect is called from one goroutine.
func start(newDecoder func() func(*job), collect func(*job)) *pipeline {
	n := max(1, runtime.GOMAXPROCS(0)-1)
	p := &pipeline{work: make(chan *job, 2*n), order: make(chan *job, 4*n), collected: make(chan struct{})}
	for range n {
		p.workers.Go(func() {
			decode := newDecoder()
			for j := range p.work {
				decode(j)
				close(j.done)
			}
		})
	}
	go func() {
		defer close(p.collected)
		for j := range p.order {
			<-j.done
			collect(j)
		}
	}()
	return p
}

// send hands a batch on; it waits while too many are under way.
func (p *pipeline) send(flows []*flow) {
	j := &job{flows: flows, done: make(chan struct{})}
	p.order <- j
	p.work <- j
}

// wait ends the pipeline when all is decoded.
func (p *pipeline) wait() {
	close(p.work)
	close(p.order)
	p.workers.Wait()
	<-p.collected
}

// newDecoder is a worker's own decoder: it decodes a batch and gives its memory back.
func (r *reading) newDecoder() func(*job) {
	shapes := &shaper{seed: r.seed}
	return func(j *job) {
		for _, f := range j.flows {
			r.find(j, f, shapes)
			recycle(r.tapes, f.tape)
			f.tape = nil
			r.table.free(f)
		}
		j.flows = nil
	}
}

// find decodes one flow, unless one of its shape was decoded before.
func (r *reading) find(j *job, f *flow, shapes *shaper) {
	one := found{start: f.start, file: f.file, first: f.first}
	if f.tape == nil {
		if h, ok := r.unanswered(f); ok {
			one.handshake, one.silent = &h, true
			j.found = append(j.found, one)
		}
		return
	}
	if r.shapes != nil && r.secrets.empty() {
		one.shape = shapes.of(f)
	}
	if one.shape != noShape {
		if at, ok := r.shapes.place(one.shape); ok {
			one.place = at
			j.found = append(j.found, one)
			return
		}
	}
	if h, ok := r.handshake(f); ok {
		one.handshake = &h
		j.found = append(j.found, one)
	}
}

// collect counts what a batch brought.
func (r *reading) collect(j *job, fold *folder) {
	for _, one := range j.found {
		if one.silent {
			r.aside.fold.add(one.handshake)
			continue
		}
		if one.handshake == nil {
			fold.again(int(one.place), time.Unix(0, one.start).UTC(), func() fact.Ref { return r.ref(one.file, one.first) })
			continue
		}
		if at := fold.add(one.handshake); at >= 0 && r.shapes != nil {
			r.shapes.learn(one.shape, at)
		}
	}
}
