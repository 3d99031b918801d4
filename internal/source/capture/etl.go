package capture

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// errNoPackets ends an .etl file without packets; the advice names the programs that know more of such files.
var errNoPackets = errors.New("etl: no packet events that can be read; convert it with: etl2pcapng in.etl out.pcapng (netsh trace) or pktmon etl2pcap in.etl")

const (
	bufferHeader   = 0x48     // WMI_BUFFER_HEADER
	traceHeader    = 32       // SYSTEM_TRACE_HEADER
	etlBufferLimit = 16 << 20 // of one buffer; Windows allows 16 MB (EVENT_TRACE_PROPERTIES)
	sortLimit      = 32 << 20 // bytes of packets that wait to be put in order
	flagCompressed = 0x40     // of a buffer
)

// isETL tells an event trace log by its first event, which has no magic number but a fixed place and form
// (TRACE_LOGFILE_HEADER).
func isETL(head []byte) bool {
	if len(head) < bufferHeader+8 {
		return false
	}
	le := binary.LittleEndian
	size, saved := le.Uint32(head), le.Uint32(head[4:])
	mark := head[bufferHeader:]
	return size >= 1024 && size <= etlBufferLimit && size%1024 == 0 && saved >= bufferHeader+traceHeader && saved <= size &&
		mark[0] <= 2 && mark[1] == 0 && (mark[2] == 1 || mark[2] == 2) && mark[3] == 0xc0 && le.Uint16(mark[6:]) == 0
}

// An etlClock turns the time stamps of a trace into moments (TRACE_LOGFILE_HEADER: StartTime, PerfFreq and the clock
// type in ReservedFlags).
type etlClock struct {
	start time.Time
	zero  int64 // the time stamp of the first event, which was taken at start
	freq  int64 // time stamps in a second; 0: they are FILETIMEs
}

// etlReader reads the packets of an event trace log as `netsh trace`, ndiscap and pktmon write them. Each processor
// fills buffers of its own, so packets are sorted by time within a bound.
type etlReader struct {
	w        *window
	clock    etlClock
	buffer   []byte // events of the current buffer that are not read yet
	at       int64  // offset of the current buffer
	queue    packetQueue
	size     int // bytes in the queue
	order    int
	number   int
	packer   ndisPacker
	ended    error
	squeezed bool // compressed buffers were seen
	told     bool // something was said of what is missing
}

func openETL(w *window) (*etlReader, error) {
	head := w.peek(512)
	const need = bufferHeader + traceHeader + 0x110
	if len(head) < need {
		return nil, fmt.Errorf("etl: the file ends in its header")
	}
	return &etlReader{w: w, clock: parseClock(head)}, nil
}

// parseClock reads the clock out of the first event. Its fixed part is 8 bytes longer in traces of 64-bit sessions
// (two pointers).
func parseClock(head []byte) etlClock {
	le := binary.LittleEndian
	body := head[bufferHeader+traceHeader:]
	at := 0xf0 // of BootTime
	if head[bufferHeader+2] == 2 && len(body) >= 0x118 {
		at = 0xf8
	}
	c := etlClock{zero: int64(le.Uint64(head[bufferHeader+16:])), start: fileTime(int64(le.Uint64(body[at+16:])))}
	const systemClock = 2
	if le.Uint32(body[at+24:]) != systemClock {
		c.freq = max(1, int64(le.Uint64(body[at+8:])))
	}
	return c
}

func (c etlClock) time(stamp int64) time.Time {
	if c.freq == 0 {
		return fileTime(stamp)
	}
	d := stamp - c.zero
	sec, rest := d/c.freq, d%c.freq
	if sec > 1<<32 || sec < -1<<32 {
		return time.Time{}
	}
	fraction := time.Duration(float64(rest) / float64(c.freq) * 1e9)
	return writable(timeAt(c.start.Unix()+sec, 0).Add(time.Duration(c.start.Nanosecond()) + fraction))
}

// Next returns the next frame in the order of time.
func (e *etlReader) Next() (Frame, error) {
	for e.ended == nil && e.size < sortLimit {
		if err := e.event(); err != nil {
			if d, ok := err.(*damage); ok {
				e.told = true
				return Frame{}, d
			}
			e.ended = err
		}
	}
	if len(e.queue) == 0 {
		err := e.ended
		e.ended = io.EOF
		if err == io.EOF && e.number == 0 && !e.told {
			e.told = true
			err = errNoPackets
		}
		return Frame{}, err
	}
	p := heap.Pop(&e.queue).(*queuedPacket)
	e.size -= len(p.data) + packetCost
	e.number++
	return Frame{Number: e.number, At: p.at, Link: p.link, Data: p.data, Len: p.full}, nil
}

// event reads the next event of any kind and queues its packet, if it completes one.
func (e *etlReader) event() error {
	if len(e.buffer) == 0 {
		return e.nextBuffer()
	}
	data, isEvent, ok := cutEvent(&e.buffer)
	if !ok {
		e.buffer = nil
		return &damage{Offset: e.at, What: "an event in the buffer is damaged; the rest of the buffer is lost"}
	}
	if !isEvent {
		return nil
	}
	body, ok := eventBody(data)
	if !ok {
		return nil
	}
	ev := parseEvent(data, body)
	if p, ok := e.packer.add(ev); ok {
		e.order++
		q := &queuedPacket{ndisPacket: p, at: e.clock.time(ev.stamp), order: e.order}
		q.data = append([]byte(nil), p.data...)
		e.size += len(q.data) + packetCost
		heap.Push(&e.queue, q)
	}
	return nil
}

// nextBuffer reads the next buffer: a header and events up to SavedOffset.
func (e *etlReader) nextBuffer() error {
	h := e.w.peek(bufferHeader)
	if len(h) < bufferHeader {
		return e.w.end("a buffer header")
	}
	le := binary.LittleEndian
	e.at = e.w.offset()
	size, saved, flags := le.Uint32(h), le.Uint32(h[0x30:]), le.Uint16(h[0x34:])
	if saved < bufferHeader || saved > size {
		saved = le.Uint32(h[4:])
	}
	if size < bufferHeader || size > etlBufferLimit || saved < bufferHeader || saved > size {
		e.w.skip(1 << 62)
		return &damage{Offset: e.at, What: fmt.Sprintf("a buffer claims %d bytes; all behind it is lost", size)}
	}
	e.w.take(bufferHeader)
	if flags&flagCompressed != 0 {
		return e.compressed(int64(size) - bufferHeader)
	}
	return e.load(int(saved)-bufferHeader, int64(size-saved))
}

// compressed passes over a buffer that Windows packed (EVENT_TRACE_COMPRESSED_MODE) and tells so once.
func (e *etlReader) compressed(n int64) error {
	e.w.skip(n)
	if e.squeezed {
		return nil
	}
	e.squeezed = true
	return &damage{Offset: e.at, What: "the trace is compressed: convert it with etl2pcapng in.etl out.pcapng"}
}

// load copies a buffer's events out of the window piece by piece: a buffer may be larger than it.
func (e *etlReader) load(n int, rest int64) error {
	e.buffer = e.buffer[:0]
	for len(e.buffer) < n {
		b := e.w.peek(min(n-len(e.buffer), fullWindow))
		if len(b) == 0 {
			e.buffer = nil
			return e.cut()
		}
		e.buffer = append(e.buffer, b...)
		e.w.take(len(b))
	}
	if e.w.skip(rest) < rest {
		return nil // the padding of the last buffer
	}
	return nil
}

func (e *etlReader) cut() error {
	if err := e.w.end("a buffer"); err != io.EOF {
		return err
	}
	return &damage{Offset: e.at, What: "the file ends in the middle of a buffer"}
}
