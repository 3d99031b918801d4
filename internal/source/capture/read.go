package capture

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Options say how captures are read. The zero value is useful.
type Options struct {
	Secrets       []wire.Secret // of a key log; those inside the captures are used as well
	Conversations bool          // keep each handshake, instead of folding equal ones
	Packets       int           // stop after so many packets; 0: all
	// Progress is called now and then with the bytes read so far of all inputs, before decompression.
	Progress func(done int64)
}

// A Result is what captures hold.
type Result struct {
	Handshakes    []fact.Handshake // in the order of their first packets
	Gaps          []fact.Gap       // what could not be read
	Packets       int
	Bytes         int64     // of the packets on the wire
	Conversations int       // TCP connections
	TLS           int       // … in which TLS or a protocol that leads to it was found
	First, Last   time.Time // times of the first and last packet; zero without any
	Truncated     bool      // Options.Packets stopped the reading
	Readable      int       // inputs of which something could be read
}

// Read reads captures as one case: rotated files in the order of their first packets, and packets that two files hold
// only once. What cannot be read becomes a Gap; the error is only the context's.
func Read(ctx context.Context, inputs []Input, o Options) (*Result, error) {
	res := &Result{}
	sources := openAll(inputs, res)
	defer func() {
		for _, s := range sources {
			s.Close()
		}
	}()
	r := &reading{chains: newChainCache(), seed: maphash.MakeSeed(), ports: portNames(), aside: newAside(o.Conversations)}
	if !o.Conversations {
		r.shapes = &shapeTable{list: map[shape]int32{}}
	}
	r.secrets.add(o.Secrets)
	for _, s := range sources {
		r.names = append(r.names, s.name)
	}
	fold := newFolder(o.Conversations)
	p := start(r.newDecoder, func(j *job) { r.collect(j, fold) })
	a := newAssembly(p.send)
	a.several = len(sources) > 1
	a.interested(o.Secrets)
	a.ports = r.ports
	r.tapes, r.table = a.tapes, a.table
	l := &loop{ctx: ctx, a: a, r: r, o: o, res: res, sources: sources, decoder: newDecoder()}
	err := l.run()
	a.finishAll()
	p.wait()
	r.aside.join(fold)
	res.Handshakes, res.Conversations, res.TLS = fold.results(), a.flows, fold.count
	res.gap(a.evicted, "connections not followed to their end", "more were open at once than are kept")
	res.gap(fold.left, "handshakes not listed", fmt.Sprintf("there are more than %d different ones", maxDistinct))
	return res, err
}

// portNames tells which protocol a port is usually for.
func portNames() map[uint16]string {
	ports := map[uint16]string{}
	for _, p := range preamble.All() {
		for _, n := range p.Ports {
			if ports[n] == "" {
				ports[n] = p.ID
			}
		}
	}
	return ports
}

// gap notes something that happened n times.
func (res *Result) gap(n int, what, why string) {
	if n > 0 {
		res.Gaps = append(res.Gaps, fact.Gap{What: fmt.Sprintf("%d %s", n, what), Why: why})
	}
}

// A source is one input with its first frame.
type source struct {
	*container
	name  string
	first Frame
	err   error // of the first frame
}

// openAll opens the inputs and puts them in the order of their first packets.
func openAll(inputs []Input, res *Result) []*source {
	var list []*source
	for _, in := range inputs {
		c, err := openContainer(in)
		if err != nil {
			res.Gaps = append(res.Gaps, fact.Gap{What: in.Name, Why: err.Error()})
			continue
		}
		s := &source{container: c, name: in.Name}
		if len(inputs) > 1 {
			s.first, s.err = c.Next()
			s.first.Data = slices.Clone(s.first.Data)
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b *source) int { return a.first.At.Compare(b.first.At) })
	return list
}

// next is the next frame, the first one as it was peeked at.
func (s *source) next() (Frame, error) {
	if s.first.Number == 0 && s.err == nil {
		return s.container.Next()
	}
	f, err := s.first, s.err
	s.first, s.err = Frame{}, nil
	return f, err
}

// A loop feeds the frames of all sources to the assembly.
type loop struct {
	ctx     context.Context
	a       *assembly
	r       *reading
	o       Options
	res     *Result
	sources []*source
	decoder *packetDecoder
	done    int64 // bytes of the sources before
	damages int

	first, last int64 // times of the packets, nanoseconds since 1970
}

const (
	maxDamageGaps = 20 // listed of one input
	every         = 4096
)

func (l *loop) run() error {
	defer l.times()
	for i, s := range l.sources {
		l.damages = 0
		err := l.read(int32(i), s)
		l.done += s.bytesRead()
		if err != nil {
			return err
		}
		if l.res.Truncated {
			break
		}
	}
	return nil
}

// read takes one source to its end.
func (l *loop) read(file int32, s *source) error {
	var seg segment
	before := l.res.Packets
	defer func() {
		if l.res.Packets > before {
			l.res.Readable++
		}
	}()
	for {
		frame, err := s.next()
		if err != nil {
			if l.failed(s, err) {
				return nil
			}
			continue
		}
		at := frame.At.UnixNano()
		l.count(at, frame.Len)
		if l.res.Packets%every == 0 {
			if err := l.pause(s); err != nil {
				return err
			}
		}
		if l.decoder.decode(&frame, &seg) {
			l.a.add(&seg, place{file: file, packet: int32(frame.Number), at: at})
		}
		if l.res.Packets == l.o.Packets {
			l.res.Truncated = true
			break
		}
	}
	l.secrets(s)
	return nil
}

// count adds one packet to the totals.
func (l *loop) count(at int64, size int) {
	if l.res.Packets == 0 {
		l.first, l.last = at, at
	}
	l.res.Packets++
	l.res.Bytes += int64(size)
	l.first, l.last = min(l.first, at), max(l.last, at)
}

// times fills in when the packets were captured.
func (l *loop) times() {
	if l.res.Packets > 0 {
		l.res.First, l.res.Last = time.Unix(0, l.first).UTC(), time.Unix(0, l.last).UTC()
	}
}

// pause is what has to be done now and then.
func (l *loop) pause(s *source) error {
	l.secrets(s)
	if l.o.Progress != nil {
		l.o.Progress(l.done + s.bytesRead())
	}
	return l.ctx.Err()
}

func (l *loop) secrets(s *source) {
	list := s.takeSecrets()
	l.r.secrets.add(list)
	l.a.interested(list)
}

// failed notes what could not be read, and tells whether the source ends here.
func (l *loop) failed(s *source, err error) bool {
	l.secrets(s)
	if errors.Is(err, io.EOF) {
		return true
	}
	var d *damage
	more := errors.As(err, &d)
	if l.damages++; l.damages <= maxDamageGaps {
		l.res.Gaps = append(l.res.Gaps, fact.Gap{What: s.name, Why: err.Error()})
	}
	return !more
}
