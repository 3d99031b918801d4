package logs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tlswhy/tlswhy/internal/fact"
)

const (
	followEvery = 250 * time.Millisecond
	// A daemon goes on writing to the file that was renamed until it is told to open the new one, which log rotation does
	// after it has renamed all files.
	oldFileKept = 5 * time.Minute
	headBytes   = 512 // of a file, by which it is known again
)

// Follow reads a file that grows, from its beginning on, and hands each what was added, whenever something was. It
// survives rotation by renaming and by truncation, and ends with the context, or with an error if the file cannot be
// read at all, or Options.Format is unknown. Result.Lines and line numbers go on counting from call to call, until another file has taken the name.
// A line is read when its line end is there. A compressed file cannot be followed.
//
// The follower is our own: nxadm/tail v1.4.11 leaves a renamed file at once, and lost 8,100 of 31,500 lines where the
// writer went on for a moment, as every daemon does.
func Follow(ctx context.Context, name string, o Options, each func(Result)) error {
	if _, err := plan(nil, &o, 0); err != nil {
		return err
	}
	f := follower{name: name, o: o, each: each, every: followEvery, keep: int(oldFileKept / followEvery)}
	return f.run(ctx)
}

// A follower looks at a name again and again.
type follower struct {
	name  string
	o     Options
	each  func(Result)
	every time.Duration
	keep  int // rounds that a renamed file is still looked at after its last line
	files []*followed
}

// followed is one file that has, or had, the name.
type followed struct {
	f      *os.File
	r      *reader
	offset int64
	head   []byte // its first bytes, to see that it was truncated and has grown again
	idle   int    // rounds without a line, since another file has the name
	old    bool
}

func (f *follower) run(ctx context.Context) error {
	defer f.close()
	if err := f.open(); err != nil {
		return err
	}
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	for {
		if err := f.round(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (f *follower) close() {
	for _, x := range f.files {
		x.f.Close()
	}
}

// open begins with the file that has the name now.
func (f *follower) open() error {
	file, err := os.Open(f.name)
	if err != nil {
		return fmt.Errorf("following %s: %w", f.name, err)
	}
	if st, err := file.Stat(); err != nil || st.IsDir() {
		file.Close()
		return fmt.Errorf("following %s: it is no file", f.name)
	}
	f.files = append(f.files, &followed{f: file, r: newReader(f.o, runtime.GOMAXPROCS(0))})
	return nil
}

// round reads what was added. What was renamed comes first: its lines are older. The name is looked at before, so that
// a file that is found to be old has been read after that.
func (f *follower) round(ctx context.Context) error {
	if err := f.rotate(); err != nil {
		return err
	}
	kept := f.files[:0]
	for _, x := range f.files {
		x.idle++
		ended := x.old && x.idle > f.keep
		if err := x.advance(ctx, ended, f); err != nil {
			return err
		}
		if ended {
			x.f.Close()
			continue
		}
		kept = append(kept, x)
	}
	f.files = kept
	return nil
}

// rotate sees whether another file has the name.
func (f *follower) rotate() error {
	now, err := os.Stat(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // renamed, and the new one is not there yet
	}
	if err != nil {
		return fmt.Errorf("following %s: %w", f.name, err)
	}
	if n := len(f.files); n > 0 {
		newest := f.files[n-1]
		if st, err := newest.f.Stat(); err == nil && os.SameFile(st, now) {
			return nil
		}
		newest.old = true
	}
	err = f.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// advance reads the lines that were added. all takes a last line without line end, too.
func (x *followed) advance(ctx context.Context, all bool, f *follower) error {
	st, err := x.f.Stat()
	if err != nil {
		return fmt.Errorf("following %s: %w", f.name, err)
	}
	size := st.Size()
	if x.truncated(size) {
		x.offset, x.head = 0, nil
		x.r.gaps = append(x.r.gaps, fact.Gap{What: f.name, Why: "the file was truncated: lines written since the last look before that are lost"})
		x.r.lines = 0
	}
	end := size
	if !all {
		end = x.lastLineEnd(size)
	}
	if end <= x.offset {
		return nil
	}
	x.idle = 0
	if err := x.r.read(ctx, x.text(end)); err != nil {
		return nil // the context ended
	}
	x.offset = end
	x.remember()
	f.each(x.r.handOver())
	return nil
}

// text is what stands between the offset and an end, as UTF-8.
func (x *followed) text(end int64) io.Reader {
	section := bufio.NewReader(io.NewSectionReader(x.f, x.offset, end-x.offset))
	switch {
	case x.offset == 0:
		return decoded(section)
	case x.wide() == little:
		return transform.NewReader(section, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case x.wide() == big:
		return transform.NewReader(section, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	}
	return section
}

// The forms in which a file may be written.
const (
	narrow = iota // UTF-8, or another form in which '\n' is a byte
	little        // UTF-16, as SQL Server writes its ERRORLOG
	big
)

// wide tells the form by the first bytes.
func (x *followed) wide() int {
	head := make([]byte, 8)
	n, _ := x.f.ReadAt(head, 0)
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), everySecondZero(head, 1):
		return little
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), everySecondZero(head, 0):
		return big
	}
	return narrow
}

// lineEnd is where the last line end of a block ends, -1 when there is none. from is the block's place in the file.
func lineEnd(block []byte, from int64, form int) int {
	for i := len(block); i > 0; {
		if i = bytes.LastIndexByte(block[:i], '\n'); i < 0 {
			break
		}
		even := (from+int64(i))%2 == 0
		switch {
		case form == narrow, form == big && !even && i > 0 && block[i-1] == 0:
			return i + 1
		case form == little && even && i+1 < len(block) && block[i+1] == 0:
			return i + 2
		}
	}
	return -1
}

// truncated: the file is shorter than it was, or begins differently.
func (x *followed) truncated(size int64) bool {
	if size < x.offset {
		return true
	}
	head := make([]byte, len(x.head))
	n, _ := x.f.ReadAt(head, 0)
	return !bytes.Equal(head[:n], x.head)
}

func (x *followed) remember() {
	if len(x.head) < headBytes {
		head := make([]byte, min(headBytes, x.offset))
		n, _ := x.f.ReadAt(head, 0)
		x.head = head[:n]
	}
}

// lastLineEnd is where the last whole line ends, at or after the offset.
func (x *followed) lastLineEnd(size int64) int64 {
	block := make([]byte, 32<<10)
	form := x.wide()
	if form != narrow {
		size -= size % 2
	}
	for at := size; at > x.offset; {
		from := max(x.offset, at-int64(len(block)))
		n, err := x.f.ReadAt(block[:at-from], from)
		if err != nil && err != io.EOF {
			return x.offset
		}
		if i := lineEnd(block[:n], from, form); i >= 0 {
			return from + int64(i)
		}
		at = from
	}
	return x.offset
}

// handOver is what was read since the last time.
func (r *reader) handOver() Result {
	out := r.result()
	r.fold, r.gaps, r.moreGaps = newFolder(r.o.Name, r.fold.seeds), nil, 0
	r.first, r.last = time.Time{}, time.Time{}
	return out
}
