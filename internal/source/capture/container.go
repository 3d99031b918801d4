package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// linkUnknown is the link type of frames that hold no packet we know how to open.
const linkUnknown = ^uint32(0)

const (
	sniffLength = 128             // bytes that name a format
	sniffPacked = 128<<10 + 4<<10 // bytes that hold the first block of any zstd stream (RFC 8878 §3.1.1.2.4)
)

// errNotCapture is returned for an input that is no capture of packets.
var errNotCapture = errors.New("no packet capture: pcap, pcapng, Network Monitor, snoop and etl files are read, also inside gzip or zstd")

// A container is an opened input: the format is known, and the frames can be read. It is a frameReader and a
// secretTaker.
type container struct {
	frames  frameReader
	format  string // as Sniff names it
	count   *counter
	release func()
	damaged int // places told of
	hushed  int // places passed over in silence
}

// maxDamages is how many damaged places are told one by one: a file of rubbish has millions.
const maxDamages = 100

// openContainer finds the format of an input and opens it. It returns errNotCapture for something else, and another
// error for a capture that cannot be read at all. The container must be closed.
func openContainer(in Input) (*container, error) {
	if in.live != nil {
		return &container{frames: in.live, format: "live", count: &counter{}, release: func() {}}, nil
	}
	count := &counter{r: in.R}
	w, release, err := decompress(count)
	if err != nil {
		release()
		return nil, err
	}
	format := formatOf(w.peek(sniffLength))
	if at, ok := in.R.(io.ReaderAt); ok && w.r == io.Reader(count) && readable(at) {
		w.at = &countedFile{at, &count.n}
	}
	frames, err := openFormat(format, w)
	if err != nil {
		release()
		return nil, err
	}
	return &container{frames: frames, format: format, count: count, release: release}, nil
}

// readable reports whether ReadAt works at all: a pipe has the method too.
func readable(at io.ReaderAt) bool {
	_, err := at.ReadAt(make([]byte, 1), 0)
	return err == nil
}

func openFormat(format string, w *window) (frameReader, error) {
	switch format {
	case "pcap":
		return openPcap(w)
	case "pcapng":
		return openPcapng(w), nil
	case "netmon":
		return openNetmon(w)
	case "snoop":
		return openSnoop(w)
	case "etl":
		return openETL(w)
	}
	if w.err != nil && w.err != io.EOF {
		return nil, w.err
	}
	return nil, errNotCapture
}

// Next returns the next frame, as frameReader says.
func (c *container) Next() (Frame, error) {
	for {
		f, err := c.frames.Next()
		if err == nil {
			return f, nil
		}
		d, ok := err.(*damage)
		switch {
		case ok && c.damaged < maxDamages:
			c.damaged++
			return f, d
		case ok:
			c.hushed++
		case err == io.EOF && c.hushed > 0:
			d := &damage{Offset: c.bytesRead(), What: fmt.Sprintf("%d more damaged places up to the end", c.hushed)}
			c.hushed = 0
			return f, d
		default:
			return f, err
		}
	}
}

// takeSecrets returns the TLS secrets met since the last call.
func (c *container) takeSecrets() []wire.Secret {
	if t, ok := c.frames.(secretTaker); ok {
		return t.takeSecrets()
	}
	return nil
}

// bytesRead is how much of the input was read, before decompression. It may be called from another goroutine.
func (c *container) bytesRead() int64 { return c.count.n.Load() }

// Close frees the decompressor. The input stays open.
func (c *container) Close() error {
	c.release()
	return nil
}

// Sniff names the format of a capture by its first bytes: "pcap", "pcapng", "netmon", "snoop" or "etl", with "gzip+"
// or "zstd+" before it when it is packed, and "" when it is none. 128 bytes suffice for a plain file; of a packed one
// the start of what is inside must be there: 132 KiB always do.
func Sniff(head []byte) string {
	prefix := ""
	for range maxNesting {
		switch {
		case isGzip(head):
			prefix += "gzip+"
			head = unpackHead(gzip.NewReader(bytes.NewReader(head)))
		case isZstd(head):
			prefix += "zstd+"
			z, err := zstd.NewReader(bytes.NewReader(head), zstd.WithDecoderMaxWindow(maxZstdWindow),
				zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(1))
			if err == nil {
				defer z.Close()
			}
			head = unpackHead(z, err)
		}
	}
	if format := formatOf(head); format != "" {
		return prefix + format
	}
	return ""
}

func unpackHead(r io.Reader, err error) []byte {
	if err != nil {
		return nil
	}
	head := make([]byte, sniffPacked)
	n, _ := io.ReadFull(r, head) // cut off, as heads are
	return head[:n]
}

// formatOf names a format by magic bytes.
func formatOf(head []byte) string {
	if len(head) < 8 {
		return ""
	}
	switch binary.LittleEndian.Uint32(head) {
	case pcapMicro, pcapNano, pcapPatched, pcapMicroSwapped, pcapNanoSwapped, pcapPatchedSwapped:
		return "pcap"
	case blockSection:
		return "pcapng"
	}
	switch {
	case bytes.HasPrefix(head, []byte("GMBU")), bytes.HasPrefix(head, []byte("RTSS")):
		return "netmon"
	case bytes.HasPrefix(head, []byte("snoop\x00\x00\x00")):
		return "snoop"
	case isETL(head):
		return "etl"
	}
	return ""
}
