package logs

import (
	"context"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Read reads a log of any size in bounded memory. Compressed input (gzip, zstd, bzip2) and UTF-16 are undone. The
// error is for an unknown Options.Format and a context that ended; whatever else went wrong stands in the Result's
// gaps, beside what was read.
func Read(ctx context.Context, r io.Reader, o Options) (Result, error) {
	rd := newReader(o, runtime.GOMAXPROCS(0))
	in, release, err := unpacked(r)
	defer release()
	if err != nil {
		return Result{Gaps: []fact.Gap{{What: o.Name, Why: err.Error()}}}, nil
	}
	if err := rd.read(ctx, in); err != nil {
		return Result{}, err
	}
	return rd.result(), nil
}

// A reader is one log being read.
type reader struct {
	o           Options
	view        *view
	workers     []*worker
	fold        *folder
	lines       int // merged so far
	first, last time.Time
	gaps        []fact.Gap
	moreGaps    int
}

func newReader(o Options, workers int) *reader {
	if o.Name == "" {
		o.Name = "log"
	}
	s := newSeeds()
	r := &reader{o: o, fold: newFolder(o.Name, s)}
	for range max(workers, 1) {
		r.workers = append(r.workers, &worker{o: &r.o, memo: newMemo(s)})
	}
	return r
}

// A job is a chunk on its way: the worker puts the batch where the merging side waits for it, in the order of the log.
type job struct {
	data []byte
	hits []hit // room for the batch's
	long int   // length of the chunk's last line where that did not fit
	done chan batch
}

// read takes in a stream of lines, to its end.
func (r *reader) read(ctx context.Context, in io.Reader) error {
	c := &chunker{r: eventLines(in)}
	data, err := r.begin(c)
	if err != nil || len(data) == 0 {
		r.ended(c)
		return err
	}
	if c.ended && len(c.rest) == 0 { // one chunk is not worth the hands
		b := r.workers[0].chunk(r.view, data, nil)
		r.merge(&b)
		r.ended(c)
		return ctx.Err()
	}
	return r.readOn(ctx, c, data)
}

// readOn reads chunks side by side and merges what they say in their order. data is the first.
func (r *reader) readOn(ctx context.Context, c *chunker, data []byte) error {
	jobs, order, free := make(chan *job), make(chan *job, len(r.workers)), make(chan *job, len(r.workers)+2)
	var working sync.WaitGroup
	for _, w := range r.workers {
		working.Go(func() {
			for j := range jobs {
				j.done <- w.chunk(r.view, j.data, j.hits)
			}
		})
	}
	first := &job{data: data, done: make(chan batch, 1)}
	for range cap(free) - 1 {
		free <- &job{data: make([]byte, 0, chunkSize), done: make(chan batch, 1)}
	}
	go func() {
		feed(ctx, c, first, jobs, order, free)
		close(jobs)
		close(order)
	}()
	for j := range order {
		b := <-j.done
		if j.long > 0 {
			b.long = append(b.long, longText{max(b.lines-1, 0), j.long})
		}
		r.merge(&b)
		clear(b.hits) // what they name is not held
		j.hits, j.long = b.hits[:0], 0
		free <- j
	}
	working.Wait()
	r.ended(c)
	return ctx.Err()
}

// begin reads the first chunk and plans by it.
func (r *reader) begin(c *chunker) ([]byte, error) {
	var long int
	c.long = func(n int) { long = n }
	data := c.next(make([]byte, 0, chunkSize))
	if long > 0 {
		r.gapOfLine(r.lines+1, cutText(long))
	}
	if r.view == nil {
		v, err := plan(data, &r.o, sniffLines)
		if err != nil {
			return nil, err
		}
		r.view = v
	}
	c.cut = r.view.wholeRecords(&r.o)
	return c.shorten(data), nil
}

// feed hands chunks to the workers until the stream or the context ends. Those that are merged come back by free.
func feed(ctx context.Context, c *chunker, j *job, jobs, order chan<- *job, free <-chan *job) {
	for len(j.data) > 0 && ctx.Err() == nil {
		order <- j
		jobs <- j
		j = <-free
		c.long = func(n int) { j.long = n }
		j.data = c.next(j.data[:0])
	}
}

// ended notes why a stream could not be read to its end.
func (r *reader) ended(c *chunker) {
	if c.err != nil {
		r.gaps = append(r.gaps, fact.Gap{What: r.fold.ref(r.lines + 1).At, Why: "nothing was read from here on: " + c.err.Error()})
	}
}

// result sums up what was read.
func (r *reader) result() Result {
	out := Result{Lines: r.lines, About: r.fold.about, First: r.first, Last: r.last, Events: r.fold.result(), Gaps: r.allGaps()}
	if r.view != nil {
		out.Dialect = r.view.main
	}
	return out
}
