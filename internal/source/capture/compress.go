package capture

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow bounds what a zstd frame may ask for. `zstd -19` and all below it stay under; RFC 8878 §3.1.1.1.2
// recommends 8 MiB as the least a decoder should accept.
const maxZstdWindow = 32 << 20

// maxNesting is how many layers of compression are taken off: a rotated file is compressed once, by accident twice.
const maxNesting = 2

// A counter counts what was read of an input, for the progress bar.
type counter struct {
	r      io.Reader
	n      atomic.Int64
	failed error // what ended reading, if not the end of the input
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	if err != nil && err != io.EOF {
		c.failed = err
	}
	return n, err
}

// A countedFile is a counter over an input that can be read anywhere.
type countedFile struct {
	at io.ReaderAt
	n  *atomic.Int64
}

func (c *countedFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.at.ReadAt(b, off)
	c.n.Add(int64(n))
	return n, err
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}) }

func isZstd(head []byte) bool { return bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) }

// decompress takes the layers of compression off an input. It returns the window on what is inside, and what must be called
// when reading is over.
func decompress(source *counter) (*window, func(), error) {
	w := newWindow(source)
	release := func() {}
	for range maxNesting {
		head := w.peek(4)
		switch {
		case isGzip(head):
			z, err := gzip.NewReader(w.rest())
			if err != nil {
				return nil, release, fmt.Errorf("the gzip header is damaged: %v", err)
			}
			w = newWindow(&unpacked{r: z, format: "gzip", source: source})
		case isZstd(head):
			z, err := zstd.NewReader(w.rest(), zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderLowmem(true),
				zstd.WithDecoderConcurrency(1))
			if err != nil {
				return nil, release, fmt.Errorf("zstd: %v", err)
			}
			inner := release
			release = func() { z.Close(); inner() }
			w = newWindow(&unpacked{r: z, format: "zstd", source: source})
		default:
			return w, release, nil
		}
	}
	return w, release, nil
}

// rest is what the window has not handed out, as a stream.
func (w *window) rest() io.Reader { return io.MultiReader(bytes.NewReader(w.buf[w.from:w.to]), w.r) }

// An unpacked stream tells a decompressor's complaint as damage: what came before it is good.
type unpacked struct {
	r      io.Reader
	format string
	source *counter
	done   int64 // bytes handed out
}

func (u *unpacked) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	u.done += int64(n)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case u.source.failed != nil: // the input's fault, not the stream's
		return n, u.source.failed
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return n, fmt.Errorf("zstd with a window over %d MiB: unpack it first with zstd -d --long=31", maxZstdWindow>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, &damage{Offset: u.done, What: "the " + u.format + " stream is cut off"}
	}
	return n, &damage{Offset: u.done, What: "the " + u.format + " stream is damaged"}
}
