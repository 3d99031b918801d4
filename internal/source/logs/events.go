package logs

import (
	"bufio"
	"bytes"
	"io"
)

// An export of the Windows Event Viewer has all events in one line, which may be the whole file. It is read as one event
// a line, and line numbers count that.
var (
	eventEnds  = []byte("</Event>")
	eventJoint = []byte("</Event><Event")
)

// eventHead is how far two events in one line are looked for: further than one event is long.
const eventHead = 64 << 10

// eventLines gives each event of such an export a line of its own, and leaves every other stream as it is.
func eventLines(in io.Reader) io.Reader {
	head := bufio.NewReaderSize(in, eventHead)
	start, _ := head.Peek(eventHead) // an error comes again when it is read
	if !bytes.Contains(start, eventJoint) {
		return head
	}
	return &eventSplitter{in: head}
}

// An eventSplitter puts a line end between "</Event>" and what follows it directly.
type eventSplitter struct {
	in    *bufio.Reader
	block [4 << 10]byte
	out   []byte // read and not yet given away
	err   error
	met   int // bytes of eventEnds that were just met
	buf   []byte
}

func (s *eventSplitter) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		var n int
		n, s.err = s.in.Read(s.block[:])
		s.split(s.block[:n])
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

func (s *eventSplitter) split(block []byte) {
	s.buf = s.buf[:0]
	for _, b := range block {
		if s.met == len(eventEnds) {
			if b == '<' {
				s.buf = append(s.buf, '\n')
			}
			s.met = 0
		}
		switch b {
		case eventEnds[s.met]:
			s.met++
		case '<':
			s.met = 1
		default:
			s.met = 0
		}
		s.buf = append(s.buf, b)
	}
	s.out = s.buf
}
