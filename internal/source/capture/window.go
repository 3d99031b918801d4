package capture

import (
	"io"
	"time"
)

const (
	firstWindow = 64 << 10  // small files take no more
	fullWindow  = 512 << 10 // as large as helps: half of it is copied down at most once per its length
	maxFrame    = 256 << 10 // libpcap's largest snap length; what claims more is damaged
)

// A window slides over an input and hands out slices of it without copying each frame. Its size bounds what a reader
// can look at, and so what a lying length can make it allocate.
type window struct {
	r        io.Reader
	at       *countedFile // nil where only sequential reading is possible
	buf      []byte
	from, to int   // the unread part of buf
	base     int64 // offset of buf[0] in the input
	err      error // what ended reading
}

func newWindow(r io.Reader) *window { return &window{r: r, buf: make([]byte, firstWindow)} }

// offset is where the next unread byte stands in the input.
func (w *window) offset() int64 { return w.base + int64(w.from) }

// peek returns the next n bytes without taking them, fewer only where the input ends. n is at most fullWindow. They
// stay valid until the next peek or skip.
func (w *window) peek(n int) []byte {
	if w.to-w.from < n {
		w.fill(n)
	}
	return w.buf[w.from:min(w.to, w.from+n)]
}

// take drops n bytes that were peeked.
func (w *window) take(n int) { w.from += n }

// fill reads until n bytes are there, and takes what else the input has ready.
func (w *window) fill(n int) {
	if w.err != nil {
		return
	}
	w.makeRoom(n)
	for idle := 0; w.to-w.from < n && w.err == nil; {
		got := w.read(w.buf[w.to:])
		w.to += got
		if idle++; got > 0 {
			idle = 0
		} else if idle > 100 && w.err == nil {
			w.err = io.ErrNoProgress
		}
	}
}

// makeRoom moves the unread part to the front, into a larger buffer once the input has shown to be long.
func (w *window) makeRoom(n int) {
	next := w.buf
	if n > len(next) || w.base > 0 && len(next) < fullWindow {
		next = make([]byte, max(fullWindow, n))
	}
	w.to = copy(next, w.buf[w.from:w.to])
	w.base += int64(w.from)
	w.from, w.buf = 0, next
}

func (w *window) read(b []byte) int {
	var n int
	if w.at != nil {
		n, w.err = w.at.ReadAt(b, w.base+int64(w.to))
	} else {
		n, w.err = w.r.Read(b)
	}
	return n
}

// skip passes over n bytes and reports how many there were.
func (w *window) skip(n int64) int64 {
	done := int64(0)
	for done < n {
		if w.from == w.to && len(w.peek(1)) == 0 {
			break
		}
		step := min(n-done, int64(w.to-w.from))
		w.from += int(step)
		done += step
	}
	return done
}

// seek goes to an offset; false when it lies behind and the input cannot be read again.
func (w *window) seek(offset int64) bool {
	if ahead := offset - w.base; ahead >= 0 && ahead <= int64(w.to) {
		w.from = int(ahead)
		return true
	}
	if w.at != nil && offset >= 0 {
		w.base, w.from, w.to, w.err = offset, 0, 0, nil
		return true
	}
	ahead := offset - w.offset()
	return ahead >= 0 && w.skip(ahead) == ahead
}

// end tells why no more bytes came, when some part of a file was due: nothing was left (io.EOF), something was (a
// *damage), or the input failed. Whatever is left is dropped; from then on it is io.EOF.
func (w *window) end(part string) error {
	err, offset, left := w.err, w.offset(), w.to-w.from
	w.from, w.err = w.to, io.EOF
	if err != io.EOF && err != nil {
		return err
	}
	if left == 0 {
		return io.EOF
	}
	return &damage{Offset: offset, What: "the file ends in the middle of " + part}
}

// timeAt is a moment in UTC; the zero time for one that no calendar of four-digit years holds, since such a one
// cannot be written as JSON.
func timeAt(sec, nsec int64) time.Time {
	if sec < 0 || sec >= 253402300800 || nsec < 0 || nsec >= 1e9 { // 10000-01-01
		return time.Time{}
	}
	return time.Unix(sec, nsec).UTC()
}

// writable is a moment, or the zero time if it cannot be written as JSON.
func writable(t time.Time) time.Time {
	if t.Year() > 9999 || t.Year() < 1 {
		return time.Time{}
	}
	return t
}

// fileTime turns Windows' 100 ns units since 1601 into a moment.
func fileTime(t int64) time.Time {
	const epoch = 11644473600 // seconds from 1601 to 1970
	return timeAt(t/1e7-epoch, t%1e7*100)
}
